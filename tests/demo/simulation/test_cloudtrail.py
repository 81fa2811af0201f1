"""The simulated event history: written only where asked for, and looked up as AWS's is."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from botocore.exceptions import ClientError

MIKA = "arn:aws:iam::123456789012:user/mika"


def lookup(world, region=None, **asked):
    client = world.aws.client("cloudtrail", world.account, region or world.region)
    return client.lookup_events(**asked)


def events(world, region=None, **asked):
    return lookup(world, region, **asked)["Events"]


def by_name(name):
    return {"LookupAttributes": [{"AttributeKey": "EventName", "AttributeValue": name}]}


def parameters(event):
    return json.loads(event["CloudTrailEvent"])["requestParameters"]


def test_building_an_account_leaves_no_history(world):
    world.rest_api("pets").method("GET /pets", world.function("pets").allows("arn:aws:s3:::b")).stage("prod")
    assert events(world) == []


def test_what_is_done_within_a_change_is_kept_and_nothing_after_it(world):
    pets = world.function("pets").allows()
    with world.changed(hours=3):
        pets.allows_no_longer()
    pets.allows()
    (event,) = events(world)
    assert event["EventName"] == "RemovePermission20150331v2"
    assert event["EventTime"] == world.now - timedelta(hours=3)
    assert (event["EventSource"], event["Username"], event["ReadOnly"]) == ("lambda.amazonaws.com", "mika", "false")
    record = json.loads(event["CloudTrailEvent"])
    assert record["requestParameters"] == {"functionName": "pets", "statementId": "invoke"}
    assert record["userIdentity"]["arn"] == MIKA
    assert "errorCode" not in record


def test_resetting_forgets(world):
    with world.changed(hours=1):
        world.function("pets")
    world.aws.reset()
    assert events(world) == []


def test_services_without_regions_are_kept_in_one(world):
    with world.changed(hours=1):
        world.role("invoker")
        world.function("pets")
    assert {event["EventName"] for event in events(world, "us-east-1")} == {"CreateRole", "GetRole"}
    assert "CreateFunction20150331" in {event["EventName"] for event in events(world)}
    assert events(world, "ap-northeast-1") == []


def test_what_failed_and_what_only_read_is_kept_too(world):
    with world.changed(hours=1):
        with pytest.raises(ClientError):
            world.client("lambda").remove_permission(FunctionName="none", StatementId="x")
        world.client("lambda").list_functions()
    listing, failed = events(world)
    assert json.loads(failed["CloudTrailEvent"])["errorCode"] == "ResourceNotFoundException"
    assert listing["ReadOnly"] == "true"


def test_api_gateway_wraps_what_does_not_stand_in_the_url(world):
    api = world.rest_api("pets").method("GET /pets", "arn:aws:lambda:eu-west-1:1:function:x")
    with world.changed(hours=1):
        api.method("POST /pets", "arn:aws:lambda:eu-west-1:123456789012:function:y")
        world.client("apigateway").update_rest_api(
            restApiId=api.id, patchOperations=[{"op": "replace", "path": "/name", "value": "new"}]
        )
    update, integration, _ = events(world)
    assert parameters(update) == {
        "restApiId": api.id,
        "template": False,
        "updateRestApiInput": {"patchOperations": [{"op": "replace", "path": "/name", "value": "new"}]},
    }
    told = parameters(integration)
    assert (told["restApiId"], told["httpMethod"]) == (api.id, "POST")
    assert told["putIntegrationInput"]["httpMethod"] == "POST"


@pytest.mark.parametrize(
    ("by", "type", "arn"),
    [
        ("user/mika", "IAMUser", MIKA),
        ("assumed-role/deployer/b1", "AssumedRole", "arn:aws:sts::123456789012:assumed-role/deployer/b1"),
        ("arn:aws:iam::123456789012:root", "Root", "arn:aws:iam::123456789012:root"),
    ],
)
def test_who_did_it(world, by, type, arn):
    with world.changed(by, "cloudformation.amazonaws.com", hours=1):
        world.rest_api("pets")
    record = json.loads(events(world)[0]["CloudTrailEvent"])
    assert (record["userIdentity"]["type"], record["userIdentity"]["arn"]) == (type, arn)
    assert record["userIdentity"]["invokedBy"] == record["sourceIPAddress"] == "cloudformation.amazonaws.com"


def test_looking_up(world):
    pets = world.function("pets")
    for number in range(60):
        with world.changed(minutes=100 - number):
            pets.allows(sid=f"s{number}")
    with world.changed(days=91):
        pets.allows(sid="old")
    found = by_name("AddPermission20150331v2")
    first = lookup(world, **found)
    assert len(first["Events"]) == 50
    assert parameters(first["Events"][0])["statementId"] == "s59"
    rest = lookup(world, NextToken=first["NextToken"], **found)
    assert (len(rest["Events"]), "NextToken" in rest) == (10, False)
    assert len(lookup(world, MaxResults=7, **found)["Events"]) == 7
    assert len(events(world, StartTime=world.now - timedelta(minutes=45), **found)) == 5
    assert len(events(world, EndTime=world.now - timedelta(minutes=96), **found)) == 5
    assert events(world, **by_name("AddPermission")) == []


@pytest.mark.parametrize(
    "asked",
    [
        {"LookupAttributes": by_name("A")["LookupAttributes"] * 2},
        {"LookupAttributes": [{"AttributeKey": "ResourceName", "AttributeValue": "x"}]},
        {"NextToken": "elsewhere"},
    ],
)
def test_what_is_refused(world, asked):
    with world.changed(hours=1):
        world.rest_api("pets")
    with pytest.raises(ClientError):
        lookup(world, **asked)


def test_it_can_be_closed(world):
    world.aws.deny("cloudtrail", "LookupEvents")
    with pytest.raises(ClientError, match="AccessDenied"):
        lookup(world)
