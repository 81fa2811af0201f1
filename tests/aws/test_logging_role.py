"""The role that writes the logs: which it is, whether API Gateway may use it, and whether it may write."""

import pytest

from bot.aws.account import Unseen
from bot.aws.logging_role import LoggingRole
from bot.aws.policy import Access
from tests.aws.tapes import ACCOUNT, DENIED, Tape, api_of, found, method, record_api

ROLE = f"arn:aws:iam::{ACCOUNT}:role/writer"
PUSH = "arn:aws:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs"
WRITE = ["logs:CreateLogStream", "logs:PutLogEvents"]


def a_tape(role_arn=ROLE):
    tape = record_api(Tape(), {"GET /pets": method("arn:aws:lambda:eu-west-1:123456789012:function:pets")})
    return tape.holds("apigateway", "GetAccount", found(cloudwatchRoleArn=role_arn) if role_arn else found())


def record(tape, *statements, attached=(), boundary=None):
    described = {"RoleName": "writer", "Arn": ROLE, "AssumeRolePolicyDocument": {"Statement": []}}
    if boundary:
        described["PermissionsBoundary"] = {"PermissionsBoundaryArn": boundary}
    tape.holds("iam", "GetRole", found(Role=described), RoleName="writer")
    policies = [{"PolicyName": arn, "PolicyArn": arn} for arn in attached]
    tape.holds("iam", "ListAttachedRolePolicies", found(AttachedPolicies=policies), RoleName="writer")
    tape.holds("iam", "ListRolePolicies", found(PolicyNames=["own"] if statements else []), RoleName="writer")
    document = {"Statement": list(statements)}
    tape.holds("iam", "GetRolePolicy", found(PolicyDocument=document), RoleName="writer", PolicyName="own")
    return tape


def may_write(tape):
    logging = LoggingRole(api_of(tape))
    (stage,) = api_of(tape).stages
    return logging.may_write(logging.role, stage)


def allows(resource="*", action=WRITE, effect="Allow"):
    return {"Effect": effect, "Action": action, "Resource": resource}


GROUP = f"arn:aws:logs:eu-west-1:{ACCOUNT}:log-group:API-Gateway-Execution-Logs_a1b2c3d4e5/prod"


@pytest.mark.parametrize(
    ("statements", "verdict"),
    [
        ([allows()], Access.ALLOWED),
        ([allows(action="logs:*")], Access.ALLOWED),
        ([allows(GROUP)], Access.ALLOWED),
        ([allows(f"{GROUP}:*")], Access.ALLOWED),
        ([allows(f"{GROUP}:log-stream:*")], Access.ALLOWED),
        ([allows(f"arn:aws:logs:eu-west-1:{ACCOUNT}:log-group:API-Gateway-*")], Access.ALLOWED),
        ([allows(action="logs:PutLogEvents")], Access.NOT_ALLOWED),
        ([allows(f"{GROUP}-2:*")], Access.NOT_ALLOWED),
        ([allows(action="s3:*")], Access.NOT_ALLOWED),
        ([allows(), allows(effect="Deny", action="logs:PutLogEvents")], Access.DENIED),
    ],
)
def test_it_may_write_what_its_policies_let_it(statements, verdict):
    assert may_write(record(a_tape(), *statements)) is verdict


def test_what_aws_s_own_policy_allows_need_not_be_read():
    tape = record(a_tape(), attached=[PUSH])
    assert may_write(tape) is Access.ALLOWED
    assert "GetPolicyVersion" not in tape.operations


def test_beside_aws_s_own_policy_a_boundary_counts():
    with pytest.raises(Unseen):
        may_write(
            record(a_tape(), attached=[PUSH], boundary="arn:aws:iam::123456789012:policy/edge").holds(
                "iam", "GetPolicy", DENIED, PolicyArn=PUSH
            )
        )


def test_an_account_may_name_no_role():
    logging = LoggingRole(api_of(a_tape(None)))
    assert (logging.arn, logging.role, len(logging.evidence)) == (None, None, 1)


@pytest.mark.parametrize("arn", ["arn:aws:iam::210987654321:role/writer", "writer", "ARN"])
def test_a_role_of_another_account_cannot_be_judged(arn):
    api = api_of(a_tape(arn))
    with pytest.raises(Unseen):
        _ = LoggingRole(api).role
    assert [str(each.hint) for each in api.account.inquiry.unseen] == ["other_account"]


def test_what_was_not_answered_is_unseen():
    tape = a_tape().holds("apigateway", "GetAccount", DENIED)
    with pytest.raises(Unseen):
        _ = LoggingRole(api_of(tape)).arn


def test_a_free_name_is_one_that_no_role_has():
    tape = a_tape(None)
    assert LoggingRole(api_of(tape)).free_name() == "apigateway-cloudwatch-logs"
    taken = found(Role={"Arn": "arn:aws:iam::123456789012:role/apigateway-cloudwatch-logs"})
    tape.holds("iam", "GetRole", taken, RoleName="apigateway-cloudwatch-logs")
    assert LoggingRole(api_of(tape)).free_name() == "apigateway-cloudwatch-logs-2"
