"""Of AWS's own policies, only such as read are well; those of a user's groups count as well."""

import json

import pytest
from moto.iam.aws_managed_policies import aws_managed_policies_data

from bot.doctor.check import Outcome
from bot.doctor.privileges import judged
from tests.aws.tapes import ACCOUNT, DENIED, THROTTLED, Tape, account_of, found

ROLE = f"arn:aws:sts::{ACCOUNT}:assumed-role/bot/i-1"
USER = f"arn:aws:iam::{ACCOUNT}:user/bots/kintsugi"
OURS = f"arn:aws:iam::{ACCOUNT}:policy/AdministratorAccess"
"""Anybody may call a policy of their own like that: it is not judged."""
WRITING = ("Administrator", "PowerUser", "FullAccess", "ReadWrite", "Developer", "Operator", "ServiceRole")


def of_aws(name, partition="aws"):
    return f"arn:{partition}:iam::aws:policy/{name}"


def attached(*arns):
    return found(AttachedPolicies=[{"PolicyArn": arn, "PolicyName": arn.rpartition("/")[2]} for arn in arns])


def check_of(tape, arn=ROLE):
    return judged("shop", account_of(tape), arn)


def of_the_role(*arns):
    return check_of(Tape().holds("iam", "ListAttachedRolePolicies", attached(*arns), RoleName="bot"))


@pytest.mark.parametrize(
    "name",
    [
        "AdministratorAccess",
        "PowerUserAccess",
        "IAMFullAccess",
        "AWSLambda_FullAccess",
        "AmazonAPIGatewayAdministrator",
        "AdministratorAccess-Amplify",
        "SecretsManagerReadWrite",
        "job-function/NetworkAdministrator",
        "service-role/AWSLambdaBasicExecutionRole",
    ],
)
@pytest.mark.parametrize("partition", ["aws", "aws-cn", "aws-us-gov"])
def test_one_that_may_do_more_than_read_is_a_problem(name, partition):
    check = of_the_role(OURS, of_aws("ReadOnlyAccess", partition), of_aws(name, partition))
    assert (check.name, check.outcome) == ("aws.privileges", Outcome.PROBLEM)
    assert check.seen.startswith(f"has {name.rpartition('/')[2]} of AWS's own policies")
    assert "kintsugi policy" in check.remedy


def test_those_that_read_and_those_that_are_not_aws_s_are_well():
    reading = ("ReadOnlyAccess", "job-function/ViewOnlyAccess", "SecurityAudit", "AWSCloudTrail_ReadOnlyAccess")
    check = of_the_role(OURS, *map(of_aws, reading))
    assert check.outcome is Outcome.OK
    assert check.seen.endswith("what others allow is not judged")
    assert of_the_role().outcome is Outcome.OK


def test_of_all_of_aws_s_policies_none_that_writes_passes():
    names = json.loads(aws_managed_policies_data)
    passing = [name for name in names if of_the_role(of_aws(name)).outcome is Outcome.OK]
    assert len(passing) > 200
    assert [name for name in passing if any(word in name for word in WRITING)] == []


def test_what_is_attached_to_a_user_or_to_a_group_of_theirs():
    tape = Tape().holds("iam", "ListAttachedUserPolicies", attached(OURS), UserName="kintsugi")
    tape.holds("iam", "ListGroupsForUser", found(Groups=[{"GroupName": "bots"}]), UserName="kintsugi")
    tape.holds("iam", "ListAttachedGroupPolicies", attached(), GroupName="bots")
    assert check_of(tape, USER).outcome is Outcome.OK
    tape.holds("iam", "ListAttachedGroupPolicies", attached(of_aws("AdministratorAccess")), GroupName="bots")
    check = check_of(tape, USER)
    assert (check.outcome, check.seen.split()[1]) == (Outcome.PROBLEM, "AdministratorAccess")


@pytest.mark.parametrize("result", [DENIED, THROTTLED])
@pytest.mark.parametrize("operation", ["ListAttachedUserPolicies", "ListGroupsForUser"])
def test_what_cannot_be_listed_is_not_known(operation, result):
    tape = Tape().holds("iam", "ListAttachedUserPolicies", attached(), UserName="kintsugi")
    tape.holds("iam", "ListGroupsForUser", found(Groups=[]), UserName="kintsugi")
    check = check_of(tape.holds("iam", operation, result, UserName="kintsugi"), USER)
    assert (check.outcome, check.seen) == (
        Outcome.COULD_NOT_CHECK,
        f"the policies of kintsugi cannot be listed ({result.error})",
    )
    assert check.remedy == "see to aws.read first"


@pytest.mark.parametrize(
    "arn",
    [
        f"arn:aws:sts::{ACCOUNT}:federated-user/mika",
        f"arn:aws:iam::{ACCOUNT}:user/gone",
        f"arn:aws:iam::{ACCOUNT}:x",
        f"arn:aws:sts::{ACCOUNT}:assumed-role",
    ],
)
def test_an_identity_of_which_nothing_can_be_read(arn):
    check = check_of(Tape(), arn)
    assert check.outcome is Outcome.COULD_NOT_CHECK
    assert check.remedy
