"""A role by its ARN: who may assume it, what it may do, and how far its boundary lets it reach."""

import pytest

from bot.aws.account import Unseen
from bot.aws.iam import Role
from bot.aws.iam_identity import PolicyKind
from bot.model import Hint
from tests.aws.tapes import ABSENT, ACCOUNT, DENIED, Tape, account_of, found

ARN = f"arn:aws:iam::{ACCOUNT}:role/teams/a/caller"
OWN = f"arn:aws:iam::{ACCOUNT}:policy/own"
EDGE = f"arn:aws:iam::{ACCOUNT}:policy/edge"


def document(action="lambda:InvokeFunction"):
    return {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": action, "Resource": "*"}]}


TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Principal": {"Service": "apigateway.amazonaws.com"}, "Action": "sts:AssumeRole"}
    ],
}


def record_role(tape, boundary=None, trust=TRUST):
    described = {"RoleName": "caller", "Arn": ARN, "AssumeRolePolicyDocument": trust}
    if boundary:
        described["PermissionsBoundary"] = {"PermissionsBoundaryArn": boundary}
    tape.holds("iam", "ListRolePolicies", found(PolicyNames=[]), RoleName="caller")
    attach(tape)
    return tape.holds("iam", "GetRole", found(Role=described), RoleName="caller")


def record_inline(tape, **documents):
    tape.holds("iam", "ListRolePolicies", found(PolicyNames=list(documents)), RoleName="caller")
    for name, content in documents.items():
        tape.holds("iam", "GetRolePolicy", found(PolicyDocument=content), RoleName="caller", PolicyName=name)
    return tape


def record_managed(tape, arn, content, version="v3"):
    tape.holds("iam", "GetPolicy", found(Policy={"DefaultVersionId": version}), PolicyArn=arn)
    shown = found(PolicyVersion={"Document": content})
    return tape.holds("iam", "GetPolicyVersion", shown, PolicyArn=arn, VersionId=version)


def attach(tape, *arns):
    listed = found(AttachedPolicies=[{"PolicyArn": arn} for arn in arns])
    return tape.holds("iam", "ListAttachedRolePolicies", listed, RoleName="caller")


def role_on(tape):
    return Role(account_of(tape), ARN)


@pytest.mark.parametrize(
    ("arn", "name", "path"),
    [
        (ARN, "caller", "/teams/a/"),
        (f"arn:aws:iam::{ACCOUNT}:role/caller", "caller", "/"),
        ("caller", "caller", "/"),
    ],
)
def test_name_and_path_are_told_apart(arn, name, path):
    role = Role(account_of(Tape()), arn)
    assert (role.name, role.path) == (name, path)


def test_an_absent_role_is_an_answer():
    role = role_on(Tape())
    assert (bool(role.answer), role.is_there, role.real_arn) == (False, False, ARN)


def test_a_role_of_the_same_name_under_another_path_is_another_role():
    account = account_of(record_role(Tape()))
    assert Role(account, ARN).is_there
    other = Role(account, f"arn:aws:iam::{ACCOUNT}:role/caller")
    assert (bool(other.answer), other.is_there, other.real_arn) == (True, False, ARN)


def test_who_may_assume_it():
    (statement,) = role_on(record_role(Tape())).trust.statements
    assert statement.principals == (("Service", "apigateway.amazonaws.com"),)


def test_inline_policies_come_before_attached_ones_each_with_its_evidence():
    tape = record_inline(record_role(Tape()), b=document("b:B"), a=document("a:A"))
    attach(record_managed(tape, OWN, document("c:C")), OWN)
    policies = role_on(tape).identity_policies
    assert [(each.kind, each.name, each.version) for each in policies] == [
        (PolicyKind.INLINE, "b", None),
        (PolicyKind.INLINE, "a", None),
        (PolicyKind.ATTACHED, OWN, "v3"),
    ]
    assert [each.policy.document["Statement"][0]["Action"] for each in policies] == ["b:B", "a:A", "c:C"]
    assert len({each.evidence for each in policies}) == 3


def test_a_boundary_is_no_identity_policy():
    tape = record_managed(record_role(Tape(), boundary=EDGE), EDGE, document("e:E"), "v1")
    role = role_on(tape)
    assert role.identity_policies == ()
    assert (role.boundary.kind, role.boundary.name, role.boundary.version) == (PolicyKind.BOUNDARY, EDGE, "v1")
    assert role.boundary.policy.document == document("e:E")


def test_a_role_without_a_boundary_has_none():
    assert role_on(record_role(Tape())).boundary is None


each_read_of_what_it_may_do = pytest.mark.parametrize(
    ("operation", "parameters"),
    [
        ("ListRolePolicies", {"RoleName": "caller"}),
        ("ListAttachedRolePolicies", {"RoleName": "caller"}),
        ("GetRolePolicy", {"RoleName": "caller", "PolicyName": "a"}),
        ("GetPolicy", {"PolicyArn": OWN}),
        ("GetPolicyVersion", {"PolicyArn": OWN, "VersionId": "v3"}),
    ],
)


@each_read_of_what_it_may_do
def test_what_is_listed_and_not_there_is_no_empty_policy(operation, parameters):
    tape = record_inline(attach(record_managed(record_role(Tape()), OWN, document()), OWN), a=document())
    tape.holds("iam", operation, ABSENT, **parameters)
    role = role_on(tape)
    with pytest.raises(Unseen):
        _ = role.identity_policies
    assert [(each.operation, each.hint) for each in role.account.inquiry.unseen] == [(operation, Hint.CONTRADICTED)]


def test_a_role_that_has_policies_is_not_absent():
    role = role_on(record_inline(Tape(), a=document()))
    with pytest.raises(Unseen):
        _ = role.is_there
    assert [(each.operation, each.hint) for each in role.account.inquiry.unseen] == [("GetRole", Hint.CONTRADICTED)]


def test_a_boundary_that_is_not_there_is_not_no_boundary():
    role = role_on(record_role(Tape(), boundary=EDGE))
    with pytest.raises(Unseen):
        _ = role.boundary


@each_read_of_what_it_may_do
def test_every_closed_door_leaves_open_what_it_may_do(operation, parameters):
    tape = record_inline(record_role(Tape()), a=document())
    attach(record_managed(tape, OWN, document()), OWN)
    tape.holds("iam", operation, DENIED, **parameters)
    role = role_on(tape)
    with pytest.raises(Unseen):
        _ = role.identity_policies
    assert [gap.operation for gap in role.account.inquiry.unseen] == [operation]


def test_a_document_that_cannot_be_read_is_a_gap():
    role = role_on(record_role(Tape(), trust={"Statement": "nonsense"}))
    with pytest.raises(Unseen):
        _ = role.trust
    assert [gap.hint for gap in role.account.inquiry.unseen] == [Hint.MALFORMED_POLICY]


def test_documents_of_one_layer_are_asked_for_before_any_is_waited_for():
    tape = record_inline(record_role(Tape(), boundary=EDGE), a=document(), b=document())
    tape.holds("iam", "GetRolePolicy", DENIED, RoleName="caller", PolicyName="a")
    attach(record_managed(record_managed(tape, OWN, document()), EDGE, document()), OWN)
    with pytest.raises(Unseen):
        _ = role_on(tape).identity_policies
    assert set(tape.operations) == {
        "GetRole",
        "ListRolePolicies",
        "ListAttachedRolePolicies",
        "GetRolePolicy",
        "GetPolicy",
        "GetPolicyVersion",
    }
    assert tape.operations.count("GetPolicyVersion") == tape.operations.count("GetRolePolicy") == 2


def test_iam_is_asked_from_the_home_region():
    tape = Tape()
    role = Role(account_of(tape, region="us-gov-west-1", partition="aws-us-gov"), ARN)
    role.expect()
    assert {read.region for read in tape.asked} == {"us-gov-west-1"}
    assert len(tape.asked) == 3
