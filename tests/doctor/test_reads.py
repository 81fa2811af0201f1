"""Every read of the list can be tried, changes nothing, and says by its answer whether it is permitted."""

from dataclasses import replace

import botocore.session
import pytest
from botocore.validate import ParamValidator

from bot.aws.account import Result
from bot.aws.denials import REMEDIES
from bot.aws.reads import READS, policy_document, widest
from bot.doctor.check import Access, Outcome, Tried
from bot.doctor.reads import judged, probes, tried
from bot.model import DenyingPolicy
from bot.model import Outcome as ReadOutcome
from tests.aws.tapes import ABSENT, ACCOUNT, DENIED, REGION, THROTTLED, found

FAR = "us-east-1"
APIS = {REGION: "a1b2c3d4e5", FAR: None}
ALL = list(probes("aws", ACCOUNT, REGION, APIS))
REJECTED = Result(ReadOutcome.FAILED, error="UnrecognizedClientException: who?", credentials_rejected=True)
OPT_IN = Result(ReadOutcome.FAILED, error="OptInRequired: subscribe")
SILENT = Result(ReadOutcome.FAILED, error="no answer", unreachable=True)
BROKEN = Result(ReadOutcome.FAILED, error="InternalFailure: oh")


def test_every_read_of_the_list_is_tried_and_no_other():
    assert {probe.call for probe in ALL} == set(READS)
    assert len({probe.read for probe in ALL}) == len(ALL)


def test_each_is_tried_in_each_region_but_for_what_has_none():
    regions = {call: [probe.region for probe in ALL if probe.call == call] for call in READS}
    everywhere = {call for call, there in regions.items() if set(there) == {None}}
    assert {service for service, _ in everywhere} == {"iam", "sts", "ec2"}
    assert all(regions[call] == [REGION, FAR] for call in regions.keys() - everywhere)


def test_each_is_as_aws_takes_it():
    session, validator = botocore.session.get_session(), ParamValidator()
    faults = {}
    for probe in ALL:
        shape = session.get_service_model(probe.read.service).operation_model(probe.read.operation).input_shape
        arguments = {k: v for k, v in probe.read.arguments.items() if k != "StartTime"}  # meant from now
        report = validator.validate(arguments, shape) if shape else None
        if report and report.has_errors():
            faults[probe.call] = report.generate_report()
    assert faults == {}


def test_a_listing_names_what_is_read():
    in_api = {probe.read.arguments["restApiId"] for probe in ALL if "restApiId" in probe.read.arguments}
    assert in_api == {"a1b2c3d4e5", "0000000000"}


@pytest.mark.parametrize("partition", ["aws", "aws-cn", "aws-us-gov"])
def test_the_grants_together_are_the_policy(partition):
    granted = {}
    for probe in probes(partition, ACCOUNT, REGION, APIS):
        of_action = granted.setdefault(READS[probe.call].action, set())
        of_action.update(probe.grantable(partition, ACCOUNT, "*"))
    policy = {}
    for statement in policy_document(partition, ACCOUNT)["Statement"]:
        for action in statement["Action"]:
            policy.setdefault(action, set()).update(statement["Resource"])
    assert {action: set(widest(resources)) for action, resources in granted.items()} == policy


@pytest.mark.parametrize(
    ("result", "access", "is_of_nothing"),
    [
        (found(items=[]), Access.OK, False),
        (ABSENT, Access.OK, True),
        (DENIED, Access.DENIED, False),
        (REJECTED, Access.NOT_ENABLED, False),
        (OPT_IN, Access.NOT_ENABLED, False),
        (THROTTLED, Access.COULD_NOT_CHECK, False),
        (SILENT, Access.COULD_NOT_CHECK, False),
        (BROKEN, Access.COULD_NOT_CHECK, False),
    ],
)
def test_what_an_answer_says(result, access, is_of_nothing):
    outcome = tried(ALL[-1], result)
    assert (outcome.access, outcome.is_of_nothing) == (access, is_of_nothing)


def judge(call, *results):
    asked = [probe for probe in ALL if probe.call == call]
    answers = [(probe, tried(probe, result), result) for probe, result in zip(asked, results, strict=True)]
    return judged("shop", "aws", ACCOUNT, call, answers)


LAMBDA = ("lambda", "GetPolicy")


def test_permitted_everywhere():
    check = judge(LAMBDA, found(), ABSENT)
    assert (check.outcome, check.subject, check.seen) == (
        Outcome.OK,
        "shop lambda GetPolicy",
        "is permitted in all 2 regions",
    )
    assert judge(LAMBDA, ABSENT, ABSENT).seen.endswith(", as far as a read of what is not there shows")


def test_denied_in_one_region_is_granted_there():
    check = judge(LAMBDA, found(), DENIED)
    arn = f"arn:aws:lambda:{FAR}:{ACCOUNT}:function:*"
    assert (check.outcome, check.seen) == (Outcome.PROBLEM, f"is denied in {FAR} (AccessDenied: not you)")
    assert check.grant == {"Effect": "Allow", "Action": "lambda:GetPolicy", "Resource": arn}
    assert f'"{arn}"' in check.remedy


def test_denied_everywhere_is_granted_everywhere_and_outweighs_silence():
    check = judge(LAMBDA, DENIED, DENIED)
    assert check.grant["Resource"] == f"arn:aws:lambda:*:{ACCOUNT}:function:*"
    assert judge(LAMBDA, SILENT, DENIED).outcome is Outcome.PROBLEM


FORBIDDEN = replace(DENIED, denied_by=DenyingPolicy.SERVICE_CONTROL)


def test_what_a_grant_would_not_help_gets_none():
    check = judge(LAMBDA, found(), FORBIDDEN)
    assert (check.outcome, check.seen) == (Outcome.PROBLEM, f"is denied in {FAR} (AccessDenied: not you)")
    assert check.grant is None
    assert check.remedy == REMEDIES[DenyingPolicy.SERVICE_CONTROL]


def test_where_both_are_so_each_region_has_its_remedy():
    check = judge(LAMBDA, DENIED, FORBIDDEN)
    assert check.seen.startswith("is denied in all 2 regions (")
    assert check.grant["Resource"] == f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:*"
    assert check.remedy.endswith(f"}}, and {REMEDIES[DenyingPolicy.SERVICE_CONTROL]}")


def test_a_policy_of_aws_and_one_of_the_account_are_told_apart():
    own, of_aws = (f"arn:aws:iam::{owner}:policy/*" for owner in (ACCOUNT, "aws"))
    call = ("iam", "GetPolicy")
    assert judge(call, DENIED, ABSENT).grant["Resource"] == own
    assert judge(call, ABSENT, DENIED).grant["Resource"] == of_aws
    assert judge(call, DENIED, DENIED).grant["Resource"] == [own, of_aws]


@pytest.mark.parametrize(
    ("result", "remedy"), [(THROTTLED, "asked less"), (SILENT, "reach AWS"), (BROKEN, "see what AWS says")]
)
def test_what_was_not_answered_is_not_known(result, remedy):
    check = judge(LAMBDA, found(), result)
    assert check.outcome is Outcome.COULD_NOT_CHECK
    assert check.seen == f"was not answered in {FAR} ({result.error})"
    assert remedy in check.remedy


def test_what_is_not_enabled_is_not_well():
    check = judge(LAMBDA, found(), OPT_IN)
    assert (check.outcome, check.seen) == (
        Outcome.COULD_NOT_CHECK,
        f"is not enabled in {FAR} (OptInRequired: subscribe)",
    )
    assert judge(LAMBDA, REJECTED, DENIED).outcome is Outcome.PROBLEM


def test_a_region_of_which_that_is_known_says_nothing_of_the_others():
    beside = (Tried(FAR, Access.NOT_ENABLED, "who?"),)
    probe = next(probe for probe in ALL if probe.call == LAMBDA)
    check = judged("shop", "aws", ACCOUNT, LAMBDA, [(probe, tried(probe, found()), found())], beside)
    assert (check.outcome, [each.access for each in check.tried]) == (Outcome.OK, [Access.OK, Access.NOT_ENABLED])
    assert judged("shop", "aws", ACCOUNT, LAMBDA, [], beside).outcome is Outcome.COULD_NOT_CHECK
