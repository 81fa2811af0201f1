"""Each account is entered, and each read that the bot may make is made in it."""

from dataclasses import replace

import pytest

from bot.aws.account import Result
from bot.aws.accounts import Accounts, CannotEnter
from bot.aws.accounts_file import AccountEntry
from bot.aws.denials import REMEDIES
from bot.aws.reads import READS
from bot.doctor.accounts import enter_each, examine
from bot.doctor.check import Access, Outcome
from bot.model import DenyingPolicy, Hint
from bot.model import Outcome as ReadOutcome
from tests.aws.tapes import ACCOUNT, DENIED, REGION, THROTTLED, Tape, found

SHOP, FAR = "210987654321", "us-east-1"
ENTRY = AccountEntry(
    id=SHOP, name="shop", role_arn=f"arn:aws:iam::{SHOP}:role/reads", external_id="f8d1b0aa2c6e4d57", regions=(REGION,)
)
OWN = AccountEntry(id=ACCOUNT, own=True, regions=(REGION,))
ROLE = f"arn:aws:sts::{ACCOUNT}:assumed-role/bot/i-1"
NO_ROLE = Result(ReadOutcome.FAILED, error="AccessDenied: not you", hint=Hint.OTHER_ACCOUNT)
EXPIRED = Result(ReadOutcome.FAILED, error="ExpiredToken: old", credentials_rejected=True)
LATE = "SignatureDoesNotMatch: Signature expired: 20261120T093000Z is now earlier than 20261120T094500Z"
SKEWED = Result(ReadOutcome.FAILED, error=LATE, credentials_rejected=True)
MISSING = Result(
    ReadOutcome.FAILED, error="there are no AWS credentials", credentials_rejected=True, credentials_missing=True
)
SILENT = Result(ReadOutcome.FAILED, error="no answer", unreachable=True)
REJECTED = Result(ReadOutcome.FAILED, error="UnrecognizedClientException: who?", credentials_rejected=True)


def a_tape(id=ACCOUNT, arn=ROLE, regions=(REGION,)):
    tape = Tape().holds("sts", "GetCallerIdentity", found(Account=id, Arn=arn))
    tape.holds("ec2", "DescribeRegions", found(Regions=[{"RegionName": name} for name in regions]))
    attached = found(AttachedPolicies=[{"PolicyArn": f"arn:aws:iam::{id}:policy/kintsugi-reads"}])
    return tape.holds("iam", "ListAttachedRolePolicies", attached, RoleName=arn.split("/")[1])


def examined(source, *entries, enter=None):
    accounts = Accounts(entries, lambda: source, REGION, lambda entry: enter)
    checks = list(examine(accounts, entries, 60))
    assert all(check.remedy for check in checks if check.outcome is not Outcome.OK)
    return checks


def the(checks, name):
    (check,) = (check for check in checks if check.name == name)
    return check


def not_well(checks):
    return [(check.name, check.subject, str(check.outcome)) for check in checks if check.outcome is not Outcome.OK]


def test_all_is_well():
    tape = a_tape(regions=(REGION, FAR))
    checks = examined(tape)
    assert not_well(checks) == []
    assert [check.name for check in checks] == ["aws.identity", "aws.privileges", "aws.regions"] + ["aws.read"] * len(
        READS
    )
    assert the(checks, "aws.identity").seen == f"is {ROLE}"
    assert the(checks, "aws.regions").seen == f"enabled: {REGION}, {FAR}"
    assert {(read.service, read.operation) for read in tape.asked} == set(READS)


@pytest.mark.parametrize("call", sorted(READS.keys() - {("sts", "GetCallerIdentity")}), ids=":".join)
def test_each_read_that_is_denied_is_named_with_its_statement(call):
    tape = a_tape()
    checks = examined(lambda read: DENIED if (read.service, read.operation) == call else tape(read), OWN)
    (check,) = (check for check in checks if check.name == "aws.read" and check.outcome is not Outcome.OK)
    assert (check.outcome, check.subject) == (Outcome.PROBLEM, f"{ACCOUNT} {call[0]} {call[1]}")
    assert check.grant["Action"] == READS[call].action
    assert {each.access for each in check.tried} == {Access.DENIED}
    beside = {name for name, _, _ in not_well(checks)} - {"aws.read"}
    assert beside == ({"aws.privileges"} if call == ("iam", "ListAttachedRolePolicies") else set())


@pytest.mark.parametrize(
    ("result", "outcome", "says", "remedy"),
    [
        (EXPIRED, "problem", "not accepted (ExpiredToken: old)", f"renew them, and see that {REGION} is enabled"),
        (SKEWED, "problem", "refused for the time", "clock right"),
        (replace(SKEWED, hint=Hint.OTHER_ACCOUNT), "problem", "refused for the time", "clock right"),
        (MISSING, "problem", "there are no AWS credentials", "set AWS_PROFILE"),
        (NO_ROLE, "problem", "its role cannot be assumed", "trust policy"),
        (SILENT, "could_not_check", "does not tell who we are (no answer)", "check the network"),
        (THROTTLED, "could_not_check", "does not tell who we are (TooMany", "run this again"),
    ],
)
def test_an_account_that_cannot_be_entered(result, outcome, says, remedy):
    checks = examined(a_tape().holds("sts", "GetCallerIdentity", result))
    assert not_well(checks) == [
        ("aws.identity", "own account", outcome),
        ("aws.read", "own account", "could_not_check"),
    ]
    assert says in checks[0].seen
    assert remedy in checks[0].remedy


def test_one_account_that_is_closed_hides_nothing_of_the_others():
    far = a_tape().holds("sts", "GetCallerIdentity", NO_ROLE)
    checks = examined(a_tape(), OWN, ENTRY, enter=far)
    shop = f"shop ({SHOP})"
    assert not_well(checks) == [("aws.identity", shop, "problem"), ("aws.read", shop, "could_not_check")]
    assert sum(check.outcome is Outcome.OK for check in checks) == 3 + len(READS)


def test_a_role_for_which_there_are_no_credentials():
    def enter(entry):
        raise CannotEnter(f"there are no AWS credentials with which to assume {entry.role_arn}", "set AWS_PROFILE")

    accounts = Accounts((OWN, ENTRY), a_tape, REGION, enter)
    first, *_ = examine(accounts, (OWN, ENTRY), 60)
    assert (first.name, first.subject, first.outcome) == ("aws.identity", f"shop ({SHOP})", Outcome.PROBLEM)
    assert first.seen.endswith(ENTRY.role_arn)
    assert first.remedy == "set AWS_PROFILE"


def test_an_account_of_the_file_is_the_one_that_it_says():
    checks = examined(a_tape(), OWN, ENTRY, enter=a_tape(id="999988887777"))
    (identity,) = (check for check in checks if check.name == "aws.identity" and check.subject.startswith("shop"))
    assert (identity.outcome, identity.seen) == (
        Outcome.PROBLEM,
        "the credentials are those of the account 999988887777",
    )


def test_the_root_user_may_write():
    checks = examined(
        a_tape(arn=f"arn:aws:iam::{ACCOUNT}:root/x").holds(
            "sts", "GetCallerIdentity", found(Account=ACCOUNT, Arn=f"arn:aws:iam::{ACCOUNT}:root")
        )
    )
    assert ("aws.identity", ACCOUNT, "problem") in not_well(checks)


def test_a_region_that_is_not_enabled_is_named_and_not_asked_further():
    tape = a_tape().holds("apigateway", "GetRestApis", REJECTED, FAR)
    wide = OWN.model_copy(update={"regions": (REGION, FAR)})
    checks = examined(tape, wide)
    assert not_well(checks) == [("aws.regions", ACCOUNT, "problem")]
    assert the(checks, "aws.regions").seen == f"not enabled: {FAR} (UnrecognizedClientException: who?)"
    assert [read.operation for read in tape.asked if read.region == FAR] == ["GetRestApis"]


@pytest.mark.parametrize(("result", "outcome"), [(DENIED, "problem"), (THROTTLED, "could_not_check")])
def test_where_regions_cannot_be_listed_only_one_is_looked_into(result, outcome):
    checks = examined(a_tape().holds("ec2", "DescribeRegions", result))
    assert ("aws.regions", ACCOUNT, outcome) in not_well(checks)
    assert the(checks, "aws.regions").seen.endswith(f"only {REGION} was looked into")
    assert ("ec2:DescribeRegions" in the(checks, "aws.regions").remedy) == (result is DENIED)


def test_without_a_region_nothing_can_be_asked(environment, monkeypatch):
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION"):
        monkeypatch.delenv(name)
    (check,) = examine(Accounts((), lambda: a_tape(), None), (), 60)
    assert (check.name, check.outcome) == ("aws.identity", Outcome.PROBLEM)
    assert "no AWS region is configured" in check.seen


def test_what_the_simulated_account_refuses(aws, live):
    aws.client("iam").create_user(UserName="kintsugi")
    aws.deny("logs", "FilterLogEvents")
    aws.error("cloudtrail", "LookupEvents", "OptInRequired", "subscribe first")
    aws.disable_region(FAR)
    checks = examined(live, OWN.model_copy(update={"regions": (REGION, FAR)}))
    assert not_well(checks) == [
        ("aws.regions", ACCOUNT, "problem"),
        ("aws.read", f"{ACCOUNT} logs FilterLogEvents", "problem"),
        ("aws.read", f"{ACCOUNT} cloudtrail LookupEvents", "could_not_check"),
    ]


def test_an_endpoint_s_policy_that_lets_nobody_ask_who_we_are(aws, live):
    aws.deny("*", "*", policy="VPC endpoint policy")
    identity, _ = examined(live, OWN)
    assert (identity.name, identity.outcome) == ("aws.identity", Outcome.COULD_NOT_CHECK)
    assert identity.remedy == REMEDIES[DenyingPolicy.VPC_ENDPOINT]


def test_a_service_control_policy_that_closes_a_region(aws, live):
    aws.client("iam").create_user(UserName="kintsugi")
    aws.deny("lambda", "GetPolicy", region=FAR, policy="service control policy", is_explicit=True)
    checks = examined(live, OWN.model_copy(update={"regions": (REGION, FAR)}))
    assert not_well(checks) == [("aws.read", f"{ACCOUNT} lambda GetPolicy", "problem")]
    (check,) = (each for each in checks if each.outcome is Outcome.PROBLEM)
    assert check.seen.startswith(f"is denied in {FAR} (AccessDeniedException: User: ")
    assert (check.grant, check.remedy) == (None, REMEDIES[DenyingPolicy.SERVICE_CONTROL])


def test_credentials_that_have_expired(aws, live):
    aws.expire_credentials()
    assert not_well(examined(live, OWN))[0] == ("aws.identity", ACCOUNT, "problem")


def entered(tape, *entries):
    checks = list(enter_each(Accounts(entries, lambda: tape, REGION, lambda entry: tape), entries, 60))
    assert all(check.remedy for check in checks if check.outcome is not Outcome.OK)
    return checks


WIDE = ENTRY.model_copy(update={"regions": None})
CLOSED = replace(DENIED, denied_by=DenyingPolicy.SERVICE_CONTROL)


def test_to_enter_the_accounts_of_the_file_a_little_is_read_in_each_region():
    tape = a_tape(id=SHOP, regions=(REGION, FAR))
    checks = entered(tape, WIDE)
    assert not_well(checks) == []
    assert [(check.name, check.subject) for check in checks] == [
        ("aws.identity", f"shop ({SHOP})"),
        ("aws.regions", f"shop ({SHOP})"),
        ("aws.read", f"shop ({SHOP}) apigateway GetRestApis"),
    ]
    assert {(read.operation, read.region) for read in tape.asked} == {
        ("GetCallerIdentity", REGION),
        ("DescribeRegions", REGION),
        ("GetRestApis", REGION),
        ("GetRestApis", FAR),
    }


@pytest.mark.parametrize(
    ("service", "operation", "result", "name", "outcome"),
    [
        ("sts", "GetCallerIdentity", NO_ROLE, "aws.identity", "problem"),
        ("sts", "GetCallerIdentity", SILENT, "aws.identity", "could_not_check"),
        ("sts", "GetCallerIdentity", found(Account=ACCOUNT, Arn=ROLE), "aws.identity", "problem"),
        ("ec2", "DescribeRegions", DENIED, "aws.regions", "problem"),
        ("ec2", "DescribeRegions", THROTTLED, "aws.regions", "could_not_check"),
        ("apigateway", "GetRestApis", DENIED, "aws.read", "problem"),
        ("apigateway", "GetRestApis", CLOSED, "aws.read", "problem"),
        ("apigateway", "GetRestApis", REJECTED, "aws.regions", "problem"),
        ("apigateway", "GetRestApis", THROTTLED, "aws.read", "could_not_check"),
    ],
)
def test_what_keeps_it_from_being_entered_or_read_is_said(service, operation, result, name, outcome):
    checks = entered(a_tape(id=SHOP, regions=(REGION, FAR)).holds(service, operation, result), WIDE)
    assert next((check, said) for check, _, said in not_well(checks)) == (name, outcome)


def test_what_is_not_in_the_file_is_not_entered():
    assert {check.subject for check in entered(a_tape(), OWN)} == {ACCOUNT, f"{ACCOUNT} apigateway GetRestApis"}


@pytest.mark.parametrize(
    ("given", "outcome", "says"),
    [
        (None, Outcome.PROBLEM, "without an external id"),
        ("f8d1-97aa", Outcome.PROBLEM, "has only 9 characters"),
        (ENTRY.external_id, Outcome.OK, "with an external id of 16 characters"),
    ],
)
def test_another_account_is_entered_with_an_external_id_that_nobody_guesses(given, outcome, says):
    entry = ENTRY.model_copy(update={"external_id": given})
    check = the(examined(a_tape(), entry, enter=a_tape(SHOP)), "aws.external_id")
    assert (check.subject, check.outcome) == (f"shop ({SHOP})", outcome)
    assert says in check.seen
    assert given is None or given not in check.seen + check.remedy


@pytest.mark.parametrize(
    ("entries", "is_closed"),
    [
        ((), False),
        ((ENTRY,), False),
        ((ENTRY.model_copy(update={"people": ("U0FRIEND",)}),), True),
        ((OWN, ENTRY.model_copy(update={"people": ("U0FRIEND",)})), False),
    ],
)
def test_it_says_where_the_own_account_is_closed_to_slack(entries, is_closed):
    own = next(check for check in examined(a_tape(), *entries, enter=a_tape(SHOP)) if check.name == "aws.identity")
    assert own.outcome is Outcome.OK
    assert ("closed to Slack" in own.seen) is is_closed
