"""Who called, and from where: what a question tells of the caller, in the terms of policies."""

import pytest

from bot.aws.apigateway import Focus
from bot.aws.callers import Caller
from bot.aws.iam import Role
from bot.aws.iam_user import User
from bot.aws.policy import Principal
from bot.model import Incident, SentRequest
from tests.aws.tapes import ACCOUNT, API, REGION, Tape, api_of, found, record_api

SESSION = f"arn:aws:sts::{ACCOUNT}:assumed-role/caller/session"
USER = f"arn:aws:iam::{ACCOUNT}:user/people/kim"
REFUSAL = "User: anonymous is not authorized to perform: execute-api:Invoke on resource: x"


def caller(tape=None, private=False, **told):
    tape = record_api(tape or Tape(), {"GET /": {"authorizationType": "NONE"}})
    if private:
        described = {"types": ["PRIVATE"], "vpcEndpointIds": ["vpce-1"]}
        tape.holds("apigateway", "GetRestApi", found(id=API, endpointConfiguration=described), restApiId=API)
    return Caller(api_of(tape, Focus(incident=Incident(**told))))


@pytest.mark.parametrize(
    ("arn", "kind", "name"),
    [
        (SESSION, Role, "caller"),
        (f"arn:aws:iam::{ACCOUNT}:role/a/caller", Role, "caller"),
        (USER, User, "kim"),
        (f"arn:aws:sts::{ACCOUNT}:federated-user/kim", type(None), None),
        (f"arn:aws:iam::{ACCOUNT}:root", type(None), None),
        ("arn:aws:sts::111122223333:assumed-role/caller/session", type(None), None),
        ("arn:aws:sts::********9012:assumed-role/caller/session", type(None), None),
        ("kim", type(None), None),
        (None, type(None), None),
    ],
)
def test_the_identity_behind_an_arn(arn, kind, name):
    identity = caller(caller=arn).identity
    assert isinstance(identity, kind)
    assert name == (identity.name if identity else None)


def test_a_policy_names_a_session_by_its_role():
    assert caller(caller=SESSION).lasting_arn == f"arn:aws:iam::{ACCOUNT}:role/caller"
    described = found(Role={"Arn": f"arn:aws:iam::{ACCOUNT}:role/a/caller"})
    assert caller(Tape().holds("iam", "GetRole", described, RoleName="caller"), caller=SESSION).lasting_arn == (
        f"arn:aws:iam::{ACCOUNT}:role/a/caller"
    )
    assert caller(caller=USER).lasting_arn == USER
    assert caller(caller=f"arn:aws:sts::{ACCOUNT}:federated-user/kim").lasting_arn is None
    assert caller().lasting_arn is None


def test_who_asks_depends_on_the_authorization():
    signed = caller(caller=SESSION)
    assert signed.principal("AWS_IAM") == Principal.aws(SESSION)
    assert signed.principal("NONE") == signed.principal("CUSTOM") == Principal.anonymous()
    assert caller().principal("AWS_IAM") is None
    said = caller(symptoms=("resource-policy-deny",), text=REFUSAL)
    assert said.principal("AWS_IAM") == said.principal_at_endpoint() == Principal.anonymous()
    assert signed.principal_at_endpoint() == Principal.aws(SESSION)
    assert caller().principal_at_endpoint() is None


@pytest.mark.parametrize(
    ("ending", "by_policy", "deny"),
    [
        ("", True, False),
        (" with an explicit deny", True, True),
        (" with an explicit deny in a VPC endpoint policy", False, True),
        (" because no VPC endpoint policy allows the execute-api:Invoke action", False, False),
    ],
)
def test_what_a_refusal_says(ending, by_policy, deny):
    said = caller(symptoms=("resource-policy-deny",), text=REFUSAL + ending)
    assert (said.met_a_policy, said.met_a_deny, said.is_called_anonymous) == (by_policy, deny, True)
    assert not caller(symptoms=("forbidden-generic",), text=REFUSAL + ending).met_a_policy


def test_what_a_call_from_the_internet_lacks():
    context = caller(source_ip="192.0.2.7").context(Principal.anonymous())
    assert context["aws:SourceIp"] == "192.0.2.7"
    assert context["aws:SourceVpce"] == context["aws:VpcSourceIp"] == context["aws:PrincipalArn"] == ()
    assert "aws:SourceIp" not in caller().context(None)


def test_what_a_call_through_an_endpoint_lacks():
    described = {"VpcEndpointId": "vpce-2", "VpcId": "vpc-1"}
    tape = Tape().holds("ec2", "DescribeVpcEndpoints", found(VpcEndpoints=[described]), VpcEndpointIds=["vpce-2"])
    told = caller(tape, private=True, source_ip="10.0.0.7", vpc_endpoint="vpce-2").context(None)
    assert told["aws:SourceIp"] == ()
    assert (told["aws:VpcSourceIp"], told["aws:SourceVpce"], told["aws:SourceVpc"]) == ("10.0.0.7", "vpce-2", "vpc-1")
    untold = caller(private=True)
    assert "aws:SourceVpce" not in untold.context(None)
    assert untold.endpoint.id == "vpce-1"
    assert not untold.endpoint_is_told
    assert caller(vpc_endpoint="vpce-2").endpoint is None


def test_the_context_of_one_who_signed():
    context = caller(caller=USER).context(Principal.aws(USER))
    assert (context["aws:PrincipalAccount"], context["aws:PrincipalArn"]) == (ACCOUNT, USER)
    assert "aws:PrincipalArn" not in caller(caller=SESSION).context(Principal.aws(SESSION))


@pytest.mark.parametrize(
    ("sent", "signed"),
    [
        (None, False),
        (SentRequest({}), False),
        (SentRequest({"authorization": "Bearer x"}), False),
        (SentRequest({"authorization": "AWS4-HMAC-SHA256 Credential=x"}), True),
        (SentRequest({}, query=("X-Amz-Signature",)), True),
    ],
)
def test_whether_a_call_was_signed(sent, signed):
    assert caller(sent=sent).has_signed is signed
    assert caller(sent=sent, caller=SESSION).has_signed


def test_regions_are_the_apis():
    assert caller(private=True).endpoint.region == REGION
