"""A user: own policies, those of the groups, and the boundary."""

import pytest

from bot.aws.account import Unseen
from bot.aws.iam_identity import PolicyKind
from bot.aws.iam_user import User
from tests.aws.tapes import ACCOUNT, DENIED, Tape, account_of, found

ARN = f"arn:aws:iam::{ACCOUNT}:user/people/kim"
TEAM = f"arn:aws:iam::{ACCOUNT}:policy/team"
EDGE = f"arn:aws:iam::{ACCOUNT}:policy/edge"


def document(action):
    return {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": action, "Resource": "*"}]}


def record_managed(tape, arn):
    tape.holds("iam", "GetPolicy", found(Policy={"DefaultVersionId": "v2"}), PolicyArn=arn)
    shown = found(PolicyVersion={"Document": document("c:C")})
    return tape.holds("iam", "GetPolicyVersion", shown, PolicyArn=arn, VersionId="v2")


def record_user(boundary=None):
    described = {"UserName": "kim", "Arn": ARN}
    if boundary:
        described["PermissionsBoundary"] = {"PermissionsBoundaryArn": boundary}
    tape = Tape().holds("iam", "GetUser", found(User=described), UserName="kim")
    tape.holds("iam", "ListUserPolicies", found(PolicyNames=["own"]), UserName="kim")
    tape.holds("iam", "GetUserPolicy", found(PolicyDocument=document("a:A")), UserName="kim", PolicyName="own")
    tape.holds("iam", "ListGroupsForUser", found(Groups=[{"GroupName": "devs"}]), UserName="kim")
    tape.holds("iam", "ListGroupPolicies", found(PolicyNames=["in"]), GroupName="devs")
    tape.holds("iam", "GetGroupPolicy", found(PolicyDocument=document("b:B")), GroupName="devs", PolicyName="in")
    tape.holds("iam", "ListAttachedUserPolicies", found(AttachedPolicies=[]), UserName="kim")
    attached = found(AttachedPolicies=[{"PolicyArn": TEAM}])
    tape.holds("iam", "ListAttachedGroupPolicies", attached, GroupName="devs")
    return record_managed(tape, TEAM)


def test_what_a_user_may_do_by_its_own_policies_and_by_its_groups():
    policies = User(account_of(record_user()), ARN).identity_policies
    assert [(each.kind, each.name) for each in policies] == [
        (PolicyKind.INLINE, "own"),
        (PolicyKind.INLINE, "in"),
        (PolicyKind.ATTACHED, TEAM),
    ]


def test_a_boundary():
    user = User(account_of(record_managed(record_user(EDGE), EDGE)), ARN)
    assert (user.boundary.kind, user.boundary.name) == (PolicyKind.BOUNDARY, EDGE)
    assert User(account_of(record_user()), ARN).boundary is None


def test_a_user_who_is_not_there():
    user = User(account_of(Tape()), ARN)
    assert (bool(user.answer), user.real_arn, user.boundary) == (False, ARN, None)


def test_names_that_are_free():
    user = User(account_of(record_user()), ARN)
    assert (user.free_policy_name("own"), user.free_policy_name("in")) == ("own-2", "in")


def test_all_lists_are_started_at_once():
    tape = record_user()
    User(account_of(tape), ARN).expect()
    assert tape.operations == ["GetUser", "ListUserPolicies", "ListAttachedUserPolicies", "ListGroupsForUser"]


def test_groups_that_cannot_be_seen():
    tape = record_user().holds("iam", "ListGroupsForUser", DENIED, UserName="kim")
    with pytest.raises(Unseen):
        User(account_of(tape), ARN).identity_policies  # noqa: B018
