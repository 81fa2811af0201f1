"""A REST API as its four reads show it, whole or in focus."""

import pytest

from bot.aws.account import Unseen
from bot.aws.api_parts import Stage
from bot.aws.apigateway import TEST_STAGE, Focus
from bot.model import Incident
from tests.aws.tapes import API, DENIED, Tape, api_of, found, function_arn, method, record_api, uri_of

PETS = function_arn("pets")
AUTHORIZERS = (
    {"id": "b2", "name": "used", "type": "TOKEN", "authorizerUri": uri_of(PETS)},
    {"id": "a1", "name": "also", "type": "REQUEST", "authorizerUri": uri_of(PETS), "authorizerCredentials": "arn"},
    {"id": "c3", "name": "idle", "type": "TOKEN", "authorizerUri": uri_of(PETS)},
)
METHODS = {
    "GET /pets": method(PETS, "b2"),
    "POST /pets": method(PETS, "b2"),
    "ANY /pets/{id}": method(PETS, "a1"),
    "GET /": method(),
}
READS = ("GetRestApi", "GetResources", "GetStages", "GetAuthorizers")


def whole(focus=None, stages=({"stageName": "prod"}, {"stageName": "dev"})):
    return api_of(record_api(Tape(), METHODS, stages, AUTHORIZERS), focus)


def closed(tape, *operations):
    for operation in operations:
        more = {"embed": ["methods"]} if operation == "GetResources" else {}
        tape.holds("apigateway", operation, DENIED, restApiId=API, **more)
    return tape


def labels(methods):
    return [each.label for each in methods]


def test_every_read_it_takes_is_started_together():
    tape = record_api(Tape(), METHODS)
    api_of(tape).expect()
    assert sorted(tape.operations) == sorted(READS)


@pytest.mark.parametrize("shut", [(), READS[:1], READS[:2], READS[:3]])
def test_any_open_read_tells_that_it_exists(shut):
    assert api_of(closed(record_api(Tape(), METHODS), *shut)).exists


def test_it_does_not_exist_where_the_first_that_answers_finds_nothing():
    assert not api_of(Tape()).exists
    assert not api_of(closed(Tape(), "GetRestApi")).exists


def test_where_every_door_is_closed_nobody_knows():
    with pytest.raises(Unseen) as unseen:
        _ = api_of(closed(Tape(), *READS)).exists
    assert unseen.value.read.operation == "GetRestApi"


@pytest.mark.parametrize(("body", "name"), [({"id": API, "name": "pets"}, "pets"), ({"id": API}, API)])
def test_its_name_is_what_people_gave_it_or_its_id(body, name):
    assert api_of(Tape().holds("apigateway", "GetRestApi", found(**body), restApiId=API)).name == name


def test_methods_come_by_path_and_verb():
    assert labels(whole().methods) == ["GET /", "GET /pets", "POST /pets", "ANY /pets/{id}"]


def test_a_resource_without_methods_has_none():
    resources = found(items=[{"id": "r", "path": "/"}, {"id": "s", "path": "/a", "resourceMethods": {"GET": {}}}])
    tape = Tape().holds("apigateway", "GetResources", resources, restApiId=API, embed=["methods"])
    (bare,) = api_of(tape).methods
    assert (bare.label, bare.authorization_type, bare.integration, bare.resource_id) == ("GET /a", "NONE", None, "s")


@pytest.mark.parametrize(
    ("focus", "seen"),
    [
        (Focus(path="/pets", method="GET"), ["GET /pets"]),
        (Focus(path="/pets"), ["GET /pets", "POST /pets"]),
        (Focus(path="/pets/7", method="DELETE"), ["ANY /pets/{id}"]),
        (Focus(path="/prod/pets", method="GET"), ["GET /pets"]),
        (Focus(path="/nowhere"), []),
        (Focus(authorizer="b2"), ["GET /pets", "POST /pets"]),
        (Focus(path="/pets/7", authorizer="b2"), ["ANY /pets/{id}"]),
        (Focus(stage="dev"), ["GET /", "GET /pets", "POST /pets", "ANY /pets/{id}"]),
    ],
)
def test_out_of_focus_does_not_occur(focus, seen):
    assert labels(whole(focus).methods) == seen
    assert len(whole(focus).every_method) == 4


def test_an_authorizer_takes_part_where_a_method_in_focus_uses_it():
    together = [(each.id, labels(methods)) for each, methods in whole().authorizers]
    assert together == [("a1", ["ANY /pets/{id}"]), ("b2", ["GET /pets", "POST /pets"])]
    assert [each.id for each, _ in whole(Focus(path="/pets", method="GET")).authorizers] == ["b2"]
    assert whole(Focus(path="/")).authorizers == ()
    assert [each.id for each in whole().every_authorizer] == ["b2", "a1", "c3"]


def test_credentials_that_are_empty_are_none():
    assert [each.credentials for each in whole().every_authorizer] == [None, "arn", None]


def test_a_method_whose_authorizer_is_gone_has_none_to_look_at():
    api = api_of(record_api(Tape(), {"GET /": method(PETS, "zz")}))
    assert api.authorizers == ()


def test_stages_in_focus():
    assert [stage.name for stage in whole().stages] == ["prod", "dev"]
    assert [stage.name for stage in whole(Focus(stage="dev")).stages] == ["dev"]
    assert whole(Focus(stage="gone")).stages == ()
    assert whole(Focus(stage="dev")).stage_names == ("prod", "dev")


def test_a_canary_is_a_second_stage_with_its_variables_laid_over():
    prod = {
        "stageName": "prod",
        "variables": {"a": "1", "b": "2"},
        "canarySettings": {"stageVariableOverrides": {"b": "3", "c": "4"}},
    }
    assert whole(stages=(prod,)).stages == (
        Stage("prod", {"a": "1", "b": "2"}),
        Stage("prod", {"a": "1", "b": "3", "c": "4"}, is_canary=True),
    )


def test_a_canary_without_variables_of_its_own_has_its_stage_s():
    stages = whole(stages=({"stageName": "prod", "canarySettings": {"percentTraffic": 5.0}},)).stages
    assert [(stage.is_canary, stage.variables) for stage in stages] == [(False, {}), (True, {})]


@pytest.mark.parametrize(
    ("focus", "stages"),
    [(None, ()), (Focus(stage=TEST_STAGE), ({"stageName": "prod"},)), (Focus(stage="prod"), ())],
)
def test_without_stages_and_where_it_was_asked_about_there_is_the_console_s_test(focus, stages):
    assert whole(focus, stages).stages == (Stage(TEST_STAGE, {}, exists=False),)


def test_what_a_part_rests_on_is_the_read_that_shows_it():
    api = whole()
    api.expect()
    evidence = {each.operation: each.id for each in api.account.inquiry.evidence}
    authorizer, (first, second) = api.authorizers[1]
    assert api.evidence_of(authorizer, first, second, api.stages[0]) == (
        evidence["GetAuthorizers"],
        evidence["GetResources"],
        evidence["GetStages"],
    )


def test_the_whole_api_is_asked_about_on_behalf_of_the_same_caller():
    caller = "arn:aws:iam::123456789012:user/somebody"
    incident = Incident(caller=caller)
    assert Focus(stage="dev", path="/pets", incident=incident).whole == Focus(incident=incident)
    assert labels(whole(Focus(incident=incident)).methods) == labels(whole().methods)


def test_what_tells_the_calls_is_started_without_the_rest():
    tape = record_api(Tape(), METHODS)
    api_of(tape).expect_calls()
    assert sorted(tape.operations) == ["GetAuthorizers", "GetResources", "GetStages"]
