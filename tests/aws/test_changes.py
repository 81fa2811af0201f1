"""Who changed a thing: what CloudTrail is asked, and which of its events are about this very thing."""

from datetime import UTC, datetime

import pytest

from bot.aws.account import Unseen
from bot.aws.changes import RECORDED_AS, Thing
from tests.aws.tapes import ACCOUNT, DENIED, REGION, Tape, account_of, found
from tests.aws.trails import MIKA, PIPELINE, an_event

ORDERS = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:orders"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/service/invoker"
POLICY = f"arn:aws:iam::{ACCOUNT}:policy/invoke"
API = "a1b2c3d4e5"


def thing(id=ORDERS, service="lambda", source=None, **more):
    return Thing(account_of(source or Tape()), service, id, REGION, **more)


def newest(events, *listed, before=None, **of):
    """What is told of a thing whose history, asked for any event, lists these."""
    asked = thing(source=Tape(otherwise=found(Events=list(listed))), **of)
    return asked.newest(events, before)


def told(*events, before=None, names=("RemovePermission",), **of):
    change = newest(names, *events, before=before, **of)
    return change and (change.event, change.by)


def permission(event="RemovePermission20150331v2", **parameters):
    return an_event(event, {"functionName": "orders", "statementId": "invoke", **parameters})


@pytest.mark.parametrize(
    ("service", "id", "event", "name", "region"),
    [
        ("lambda", ORDERS, "RemovePermission", "RemovePermission20150331v2", REGION),
        ("lambda", ORDERS.replace(REGION, "ca-west-1"), "DeleteFunction", "DeleteFunction20150331", "ca-west-1"),
        ("apigateway", API, "UpdateStage", "UpdateStage", REGION),
        ("ec2", "vpce-0a1b", "ModifyVpcEndpoint", "ModifyVpcEndpoint", REGION),
        ("iam", ROLE, "DeleteRole", "DeleteRole", "us-east-1"),
        ("iam", ROLE.replace(":aws:", ":aws-cn:"), "DeleteRole", "DeleteRole", "cn-north-1"),
        ("iam", ROLE.replace(":aws:", ":aws-us-gov:"), "DeleteRole", "DeleteRole", "us-gov-west-1"),
        ("iam", ROLE.replace(":aws:", ":aws-new:"), "DeleteRole", "DeleteRole", REGION),
    ],
)  # fmt: skip
def test_what_is_asked_and_where(service, id, event, name, region):
    read = thing(id, service).lookup(event)
    assert (read.service, read.operation, read.region) == ("cloudtrail", "LookupEvents", region)
    assert read.arguments == {
        "LookupAttributes": [{"AttributeKey": "EventName", "AttributeValue": name}],
        "StartTime": "-PT10080M",
        "MaxResults": 50,
    }
    assert {read: 1}[thing(id, service).lookup(event)] == 1


def test_the_newest_change_is_told_with_its_evidence():
    change = newest(
        ("AddPermission", "RemovePermission"),
        permission(),
        an_event("AddPermission20150331v2", {"functionName": "orders"}, at="2026-11-19T09:00:00Z"),
    )
    assert change is not None
    assert (change.event, change.at.hour, change.by) == ("AddPermission", 9, MIKA)
    assert change.evidence == "e1"


@pytest.mark.parametrize(("before", "by"), [(10, PIPELINE), (9, PIPELINE), (8, MIKA), (7, None)])
def test_what_was_changed_after_the_failure_did_not_bring_it_about(before, by):
    events = (
        an_event(parameters={"functionName": "orders"}, at="2026-11-19T09:00:00Z", identity={"arn": PIPELINE}),
        an_event(parameters={"functionName": "orders"}, at="2026-11-19T08:00:00Z"),
    )
    change = newest(("RemovePermission",), *events, before=datetime(2026, 11, 19, before, tzinfo=UTC))
    assert (change and change.by) == by


@pytest.mark.parametrize(("token", "event"), [(None, "RemovePermission"), ("more", None)])
def test_behind_a_full_page_of_others_there_may_be_a_newer_one(token, event):
    # The page of AddPermission ends on 19 November at 08:30.
    removed = permission() | {"CloudTrailEvent": an_event(
        parameters={"functionName": "orders"}, at="2026-11-18T00:00:00Z"
    )["CloudTrailEvent"]}  # fmt: skip
    other = an_event("AddPermission20150331v2", {"functionName": "carts"})
    tape = Tape()
    asked = thing(source=tape)
    for name, body in (
        ("AddPermission", found(Events=[other], NextToken=token)),
        ("RemovePermission", found(Events=[removed])),
    ):
        read = asked.lookup(name)
        tape.holds("cloudtrail", "LookupEvents", body, **read.arguments)
    change = asked.newest(["AddPermission", "RemovePermission"], None)
    assert (change and change.event) == event


def test_an_empty_page_that_is_not_the_last_hides_whatever_is_newer():
    tape = Tape()
    asked = thing(source=tape)
    for name, body in (
        ("AddPermission", found(Events=[], NextToken="more")),
        ("RemovePermission", found(Events=[permission()])),
    ):
        tape.holds("cloudtrail", "LookupEvents", body, **asked.lookup(name).arguments)
    assert asked.newest(["RemovePermission"], None)
    assert asked.newest(["AddPermission", "RemovePermission"], None) is None
    assert not any("NextToken" in read.arguments for read in tape.asked)


@pytest.mark.parametrize(
    ("given", "is_it"),
    [
        ("orders", True),
        (ORDERS, True),
        (f"{ACCOUNT}:function:orders", True),
        ("orders-eu", False),
        ("order", False),
        (ORDERS + "-eu", False),
        (f"{ORDERS}:live", False),
        ("orders:live", False),
        ("function", False),
        ("", False),
    ],
)
def test_a_function_is_told_from_others_however_it_is_written(given, is_it):
    assert (told(permission(functionName=given)) is not None) is is_it


@pytest.mark.parametrize("given", ["function", f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:function"])
def test_a_function_may_be_called_function(given):
    id = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:function"
    assert told(permission(functionName=given), id=id) == ("RemovePermission", MIKA)


@pytest.mark.parametrize(
    ("of", "event", "parameters", "is_it"),
    [
        ("live", "RemovePermission", {"qualifier": "live"}, True),
        ("live", "RemovePermission", {"functionName": "orders:live"}, True),
        ("live", "RemovePermission", {}, False),
        ("live", "RemovePermission", {"qualifier": "dev"}, False),
        (None, "RemovePermission", {"qualifier": "live"}, False),
        ("live", "DeleteFunction", {}, True),
        ("live", "DeleteFunction", {"qualifier": "live"}, True),
        ("live", "DeleteFunction", {"qualifier": "3"}, False),
        (None, "DeleteFunction", {"qualifier": "3"}, False),
        ("live", "DeleteAlias", {"name": "live"}, True),
        ("live", "DeleteAlias", {"name": "dev"}, False),
        ("$LATEST", "UpdateFunctionConfiguration", {}, True),
        (None, "UpdateFunctionCode", {}, True),
    ],
)
def test_a_qualifier_has_its_own_policy(of, event, parameters, is_it):
    id = f"{ORDERS}:{of}" if of else ORDERS
    listed = permission(RECORDED_AS["lambda"][event], **parameters)
    assert (told(listed, names=(event,), id=id) is not None) is is_it


@pytest.mark.parametrize(
    ("id", "event", "parameters", "is_it"),
    [
        (ROLE, "PutRolePolicy", {"roleName": "invoker"}, True),
        (ROLE, "PutRolePolicy", {"roleName": "invoker-2"}, False),
        (ROLE, "PutRolePolicy", {"userName": "invoker"}, False),
        (f"arn:aws:iam::{ACCOUNT}:user/mika", "PutUserPolicy", {"userName": "mika"}, True),
        (POLICY, "CreatePolicyVersion", {"policyArn": POLICY}, True),
        (POLICY, "CreatePolicyVersion", {"policyArn": f"{POLICY}-2"}, False),
        ("no arn", "PutRolePolicy", {"roleName": "no arn"}, False),
    ],
)  # fmt: skip
def test_roles_users_and_policies(id, event, parameters, is_it):
    listed = an_event(event, parameters, source="iam.amazonaws.com")
    assert (told(listed, names=(event,), id=id, service="iam") is not None) is is_it


@pytest.mark.parametrize(
    ("event", "parameters", "patches", "is_it"),
    [
        ("UpdateStage", {}, (), True),
        ("UpdateStage", {"stageName": "dev"}, (), False),
        ("UpdateStage", {"restApiId": "zzzzzzzzz9"}, (), False),
        ("UpdateStage", {"restApiId": None, "apiId": API}, (), False),
        ("UpdateStage", {"patchOperations": [{"path": "/variables/a"}]}, ("/variables",), True),
        ("UpdateStage", {"patchOperations": [{"path": "/variablesX"}]}, ("/variables",), False),
        ("UpdateStage", {}, ("/variables",), False),
        (
            "CreateDeployment",
            {"stageName": None, "createDeploymentInput": {"stageName": "prod"}},
            ("/variables",),
            True,
        ),
    ],
)
def test_a_part_of_an_api(event, parameters, patches, is_it):
    listed = an_event(event, {"restApiId": API, "stageName": "prod", **parameters}, source="apigateway.amazonaws.com")
    of = {"id": API, "service": "apigateway", "parameters": {"stageName": ("test", "prod")}, "patches": patches}
    assert (told(listed, names=(event,), **of) is not None) is is_it


@pytest.mark.parametrize(
    ("id", "service", "events"),
    [
        (ROLE, "iam", {"PutRolePolicy", "UpdateAssumeRolePolicy"}),
        (ROLE.replace(":role/", ":user/"), "iam", {"PutUserPolicy", "RemoveUserFromGroup"}),
        (POLICY, "iam", {"CreatePolicyVersion"}),
        ("no arn", "iam", set()),
        (ORDERS, "lambda", {"RemovePermission", "UpdateFunctionCode"}),
        (f"{ORDERS}:$LATEST", "lambda", {"RemovePermission", "UpdateFunctionCode"}),
        (f"{ORDERS}:3", "lambda", {"RemovePermission"}),
        (f"{ORDERS}:live", "lambda", {"RemovePermission", "UpdateAlias"}),
    ],
)
def test_what_may_happen_to_a_thing(id, service, events):
    everything = {
        "iam": {
            "PutRolePolicy",
            "UpdateAssumeRolePolicy",
            "PutUserPolicy",
            "RemoveUserFromGroup",
            "CreatePolicyVersion",
        },
        "lambda": {"RemovePermission", "UpdateFunctionCode", "UpdateAlias"},
    }
    assert {event for event in everything[service] if thing(id, service).may_have(event)} == events


def test_the_settings_of_the_account_are_one():
    listed = an_event("UpdateAccount", {"updateAccountInput": {}}, source="apigateway.amazonaws.com")
    assert told(listed, names=("UpdateAccount",), id=API, service="apigateway") == ("UpdateAccount", MIKA)


def test_an_endpoint_stands_wrapped_in_its_request():
    listed = an_event(
        "ModifyVpcEndpoint", {"ModifyVpcEndpointRequest": {"VpcEndpointId": "vpce-0a1b"}}, source="ec2.amazonaws.com"
    )
    assert told(listed, names=("ModifyVpcEndpoint",), id="vpce-0a1b", service="ec2") == ("ModifyVpcEndpoint", MIKA)
    assert told(listed, names=("ModifyVpcEndpoint",), id="vpce-0a1bc", service="ec2") is None


@pytest.mark.parametrize(
    "event",
    [
        permission("GetPolicy20150331v2"),
        an_event(parameters={"functionName": "orders"}, source="other.amazonaws.com"),
        an_event(parameters={"functionName": "orders"}, errorCode="AccessDenied"),
        an_event(parameters={"functionName": "orders"}, readOnly=True),
        an_event(parameters={"functionName": ["orders"]}),
        an_event(),
        {},
    ],
)
def test_what_is_no_change_of_it(event):
    assert told(event) is None


@pytest.mark.parametrize(
    ("of", "can_be"),
    [
        ({}, True),
        ({"id": "arn:aws:lambda:eu-west-1:1:function:${x}"}, False),
        ({"parameters": {"statementId": ()}}, False),
        ({"id": ROLE, "service": "iam"}, True),
        ({"id": "arn:aws:iam::aws:policy/service-role/AWSLambdaRole", "service": "iam"}, False),
        ({"id": "", "service": "apigateway"}, False),
    ],
)
def test_what_cannot_be_found_is_not_asked_for(of, can_be):
    assert thing(**of).can_be_found is can_be


def test_an_empty_history_tells_nothing_and_a_closed_one_is_unseen():
    assert thing(source=Tape()).newest(["RemovePermission"], None) is None
    assert thing(source=Tape(otherwise=found(Events=[]))).newest(["RemovePermission"], None) is None
    with pytest.raises(Unseen):
        thing(source=Tape(otherwise=DENIED)).newest(["RemovePermission"], None)
