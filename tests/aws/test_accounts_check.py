"""An account of the file is in order if it can be entered, is the right one, and can be read in its regions."""

from dataclasses import replace

import pytest

from bot.aws.account import Result
from bot.aws.accounts import Accounts, CannotEnter, NoRegion
from bot.aws.accounts_check import State, check_accounts
from bot.aws.accounts_file import AccountEntry
from bot.aws.denials import REMEDIES
from bot.model import DenyingPolicy, Hint, Outcome, UnseenReason
from tests.aws.tapes import ACCOUNT, DENIED, REGION, THROTTLED, Tape, found

ID, FAR = "210987654321", "us-east-1"
ENTRY = AccountEntry(id=ID, name="shop", role_arn=f"arn:aws:iam::{ID}:role/reads")
NARROW = ENTRY.model_copy(update={"regions": (REGION,)})
OWN = AccountEntry(id=ACCOUNT, own=True, regions=(REGION,))
NO_ROLE = Result(Outcome.FAILED, error="AccessDenied: not you", hint=Hint.OTHER_ACCOUNT)
REJECTED = Result(Outcome.FAILED, error="ExpiredToken: old", credentials_rejected=True)
SILENT = Result(Outcome.FAILED, error="no answer", unreachable=True)


def a_tape(id=ID):
    tape = Tape().holds("sts", "GetCallerIdentity", found(Account=id, Arn=f"arn:aws:sts::{id}:assumed-role/reads/x"))
    tape.holds("ec2", "DescribeRegions", found(Regions=[{"RegionName": name} for name in (REGION, FAR)]))
    for region in (REGION, FAR):
        tape.holds("apigateway", "GetRestApis", found(items=[]), region)
    return tape


def checked(tape, *entries):
    accounts = Accounts(entries, lambda: tape, REGION, lambda entry: tape)
    return list(check_accounts(accounts, entries, accounts.inquiry(60)))


def test_what_is_in_order_says_where_it_can_be_read():
    (wide,), (narrow,) = checked(a_tape(), ENTRY), checked(a_tape(), NARROW)
    assert (wide.state, wide.said) == (State.OK, f"can be read in {REGION}, {FAR}")
    assert (narrow.entry, narrow.state, narrow.said) == (NARROW, State.OK, f"can be read in {REGION}")


def test_regions_that_are_set_need_not_be_listed():
    assert checked(a_tape().holds("ec2", "DescribeRegions", DENIED), NARROW)[0].state is State.OK


@pytest.mark.parametrize(
    ("service", "operation", "result", "state", "says"),
    [
        (
            "sts",
            "GetCallerIdentity",
            NO_ROLE,
            State.PROBLEM,
            "role/reads cannot be assumed (AccessDenied: not you); let",
        ),
        ("sts", "GetCallerIdentity", REJECTED, State.PROBLEM, "not accepted (ExpiredToken: old); renew them"),
        ("sts", "GetCallerIdentity", SILENT, State.COULD_NOT_CHECK, "who we are (no answer); check the network"),
        ("sts", "GetCallerIdentity", found(Account="999988887777"), State.PROBLEM, "of the account 999988887777; mend"),
        ("ec2", "DescribeRegions", DENIED, State.PROBLEM, "may not list its regions (AccessDenied: not you); give the"),
        ("ec2", "DescribeRegions", THROTTLED, State.COULD_NOT_CHECK, "its regions cannot be listed (TooMany"),
        (
            "apigateway",
            "GetRestApis",
            DENIED,
            State.PROBLEM,
            f"may not read API Gateway in {REGION} (AccessDenied: not",
        ),
        ("apigateway", "GetRestApis", REJECTED, State.PROBLEM, f"not accepted in {REGION}; enable the region, or take"),
        ("apigateway", "GetRestApis", THROTTLED, State.COULD_NOT_CHECK, f"no answer in {REGION} ({REGION}: TooMany"),
    ],
)
def test_what_is_wrong_is_said_with_its_remedy(service, operation, result, state, says):
    (check,) = checked(a_tape().holds(service, operation, result), ENTRY)
    assert check.state is state
    assert says in check.said


def test_where_giving_it_the_policy_would_not_help_another_remedy_is_said():
    closed = replace(DENIED, denied_by=DenyingPolicy.SERVICE_CONTROL)
    (check,) = checked(a_tape().holds("apigateway", "GetRestApis", closed), ENTRY)
    assert check.said.endswith(f"; {REMEDIES[DenyingPolicy.SERVICE_CONTROL]}")


def test_of_several_faults_the_one_to_be_mended_is_said():
    tape = a_tape().holds("apigateway", "GetRestApis", THROTTLED).holds("apigateway", "GetRestApis", DENIED, FAR)
    assert checked(tape, ENTRY)[0].said.startswith(f"may not read API Gateway in {FAR} (")


def test_the_own_account_has_to_be_the_one_of_the_bot_s_credentials():
    assert checked(a_tape(ACCOUNT), OWN)[0].state is State.OK
    (check,) = checked(a_tape("999988887777"), OWN)
    assert check.said.startswith("the bot's own credentials are those of the account 999988887777")


def test_one_account_that_is_out_of_order_hides_no_other():
    other = AccountEntry(id="345678901234", role_arn="arn:aws:iam::345678901234:role/reads")
    entries = (ENTRY, other)

    def enter(entry):
        if entry is ENTRY:
            raise CannotEnter("there are no credentials")
        return a_tape(entry.id)

    accounts = Accounts(entries, Tape, REGION, enter)
    first, second = check_accounts(accounts, entries, accounts.inquiry(60))
    assert (first.state, first.said) == (State.PROBLEM, "there are no credentials")
    assert second.state is State.OK


def test_without_any_region_nothing_can_be_checked(monkeypatch, tmp_path):
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    accounts = Accounts((ENTRY,), Tape, None, lambda entry: Tape())
    with pytest.raises(NoRegion):
        list(check_accounts(accounts, (ENTRY,), accounts.inquiry(60)))


def test_no_answer_in_time_could_not_be_checked():
    late = Result(Outcome.FAILED, error="no answer in time", reason=UnseenReason.NOT_TRIED)
    assert checked(a_tape().holds("apigateway", "GetRestApis", late), ENTRY)[0].state is State.COULD_NOT_CHECK
