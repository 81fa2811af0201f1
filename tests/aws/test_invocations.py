"""Every call that an API makes of a function, on each stage, with its stage variables filled in."""

import pytest

from bot.aws.apigateway import Focus
from bot.aws.invocations import beyond_focus, by_kind, calls_of, common_facts, deployments, invocations, method_labels
from bot.model import Phase
from tests.aws.tapes import (
    ACCOUNT,
    API,
    REGION,
    Tape,
    account_of,
    api_of,
    found,
    function_arn,
    integration,
    method,
    record_api,
    uri_of,
)

PETS = function_arn("pets")
VARIABLE = function_arn("${stageVariables.f}", "${stageVariables.alias}")
SOURCE = f"arn:aws:execute-api:{REGION}:{ACCOUNT}:{API}"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/caller"
PASSTHROUGH = "arn:aws:iam::*:user/*"
TOKEN = {"id": "au12", "name": "n", "type": "TOKEN", "authorizerUri": uri_of(PETS)}


def calls(methods, stages=({"stageName": "prod"},), authorizers=(), focus=None):
    return calls_of(api_of(record_api(Tape(), methods, stages, authorizers), focus))


def stage(name, canary=None, **variables):
    described = {"stageName": name, "variables": variables}
    if canary is not None:
        described["canarySettings"] = {"stageVariableOverrides": canary}
    return described


def test_one_call_for_each_method_and_stage():
    made = calls({"GET /pets": method(PETS), "ANY /": method(PETS)}, (stage("prod"), stage("dev")))
    assert [(call.subject.label, call.stage.name) for call in made] == [
        ("ANY /", "prod"),
        ("ANY /", "dev"),
        ("GET /pets", "prod"),
        ("GET /pets", "dev"),
    ]
    assert {(call.function, call.kind, call.phase, call.follows_stage) for call in made} == {
        (PETS, "integration", Phase.INTEGRATION, False)
    }


@pytest.mark.parametrize(
    "defined",
    [
        {"type": "MOCK"},
        {"type": "HTTP_PROXY", "uri": "https://example.com", "httpMethod": "GET"},
        {"type": "AWS", "uri": f"arn:aws:apigateway:{REGION}:dynamodb:action/GetItem", "httpMethod": "POST"},
    ],
)
def test_what_calls_no_function_is_no_call(defined):
    assert calls({"GET /": {"methodIntegration": defined}}) == ()
    assert calls({"GET /": method()}) == ()


def test_authorizers_come_first_and_their_calls_carry_the_methods_that_fail_with_them():
    made = calls({"GET /a": method(PETS, "au12"), "GET /b": method(authorizer="au12")}, authorizers=(TOKEN,))
    assert [(call.kind, call.phase) for call in made] == [
        ("authorizer", Phase.AUTHORIZER),
        ("integration", Phase.INTEGRATION),
    ]
    assert [each.label for each in made[0].methods] == ["GET /a", "GET /b"]
    assert made[0].source_arn() == f"{SOURCE}/authorizers/au12"


@pytest.mark.parametrize(
    "other",
    [
        {"id": "au12", "name": "n", "type": "COGNITO_USER_POOLS"},
        {"id": "au12", "name": "n", "type": "COGNITO_USER_POOLS", "authorizerUri": uri_of(PETS)},
        {"id": "zz99", "name": "n", "type": "TOKEN", "authorizerUri": uri_of(PETS)},
    ],
)
def test_authorizers_that_call_no_function_or_that_nobody_uses_make_no_call(other):
    assert calls({"GET /": method(authorizer="au12")}, authorizers=(other,)) == ()


def test_what_is_presented_names_the_method_as_it_is_configured():
    (call,) = calls({"ANY /pets/{id}": method(PETS)})
    assert call.source_arn() == f"{SOURCE}/prod/ANY/pets/{{id}}"
    assert call.source_arn("*") == f"{SOURCE}/*/ANY/pets/{{id}}"


def test_stage_variables_are_filled_in_by_each_stage():
    stages = (stage("prod", f="pets", alias="live"), stage("dev", f="toys", alias="7"))
    made = calls({"GET /": method(VARIABLE)}, stages)
    assert [call.function for call in made] == [function_arn("pets", "live"), function_arn("toys", "7")]
    assert all(call.follows_stage and call.rests_on_function_policy for call in made)


def test_a_canary_calls_with_its_own_variables():
    made = calls({"GET /": method(VARIABLE)}, (stage("prod", {"alias": "next"}, f="pets", alias="live"),))
    assert [(call.stage.is_canary, call.function) for call in made] == [
        (False, function_arn("pets", "live")),
        (True, function_arn("pets", "next")),
    ]


@pytest.mark.parametrize(
    ("variables", "missing"),
    [({}, ("f", "alias")), ({"f": "pets"}, ("alias",)), ({"f": "", "alias": "live"}, ("f",))],
)
def test_a_variable_that_is_not_set_leaves_the_function_open(variables, missing):
    (call,) = calls({"GET /": method(VARIABLE)}, (stage("prod", **variables),))
    assert (call.function, call.function_arn, call.missing_variables) == (None, None, missing)
    assert call.follows_stage
    assert not call.rests_on_function_policy


def test_a_variable_in_the_role_may_be_missing_too():
    defined = method(PETS, credentials="arn:aws:iam::123456789012:role/${stageVariables.role}")
    open_, filled = calls({"GET /": defined}, (stage("prod"), stage("dev", role="caller")))
    assert (open_.credentials, open_.missing_variables) == (None, ("role",))
    assert not open_.rests_on_function_policy
    assert (filled.role, filled.missing_variables) == (ROLE, ())


def test_the_console_s_test_asks_for_variables_so_none_is_missing_there():
    made = calls({"GET /": method(VARIABLE), "POST /": method(PETS)}, stages=())
    assert [call.subject.label for call in made] == ["POST /"]
    assert made[0].source_arn() == f"{SOURCE}/test-invoke-stage/POST/"
    assert deployments(made) == {"stages_to_deploy": {}, "other_stages": []}


@pytest.mark.parametrize(
    ("credentials", "role", "passthrough"),
    [(None, None, False), (ROLE, ROLE, False), (PASSTHROUGH, None, True), ("arn:aws-cn:iam::*:user/*", None, True)],
)
def test_whose_credentials_it_is_called_with(credentials, role, passthrough):
    (call,) = calls({"GET /": method(PETS, credentials=credentials)})
    assert (call.role, call.uses_caller_credentials) == (role, passthrough)
    assert call.rests_on_function_policy is (credentials is None)


def test_what_no_function_can_be_called_is_kept_as_it_is_spelt():
    (call,) = calls({"GET /": method(function_arn("${stageVariables.f}"))}, (stage("prod", f="no such name!"),))
    assert (call.function, call.function_arn) == (function_arn("no such name!"), None)


def test_latest_is_the_function_itself():
    (call,) = calls({"GET /": method(function_arn("pets", "$LATEST"))})
    assert str(call.function_arn) == PETS


def test_an_account_that_lost_its_leading_zero_is_none():
    (call,) = calls({"GET /": method(function_arn("pets", account="12345678901"))})
    assert call.function == function_arn("pets", account="12345678901")
    assert call.function_arn is None


def test_what_findings_about_calls_have_in_common():
    made = calls({"GET /a": method(PETS, "au12"), "POST /b": method(PETS)}, (stage("x"), stage("y")), (TOKEN,))
    of_authorizer, of_integrations = by_kind(made)
    assert {call.kind for call in of_authorizer} == {"authorizer"}
    assert method_labels(of_integrations) == ["GET /a", "POST /b"]
    assert common_facts(of_integrations) == {"api_id": API, "methods": "GET /a, POST /b", "stages": "x, y"}
    assert common_facts(of_authorizer) == {
        "api_id": API,
        "methods": "GET /a",
        "stages": "x, y",
        "authorizer_id": "au12",
        "authorizer_name": "n",
    }


def test_where_only_one_kind_calls_there_is_one_part():
    assert [len(part) for part in by_kind(calls({"GET /": method(PETS), "POST /": method(PETS)}))] == [2]
    assert by_kind(()) == []


def test_a_call_rests_on_what_shows_it_and_the_console_s_test_on_no_stage():
    (call,) = calls({"GET /": method(PETS)})
    (tested,) = calls({"GET /": method(PETS)}, stages=())
    operations = {each.id: each.operation for each in call.api.account.inquiry.evidence}
    of_test = {each.id: each.operation for each in tested.api.account.inquiry.evidence}
    assert [operations[id] for id in call.evidence] == ["GetResources", "GetStages"]
    assert [of_test[id] for id in tested.evidence] == ["GetResources"]


def test_functions_and_roles_are_being_read_when_the_calls_are_known():
    tape = record_api(Tape(), {"GET /": method(PETS), "POST /": method(PETS, credentials=ROLE)})
    invocations(api_of(tape))
    assert tape.operations.count("GetPolicy") == 1
    assert {"GetFunctionConfiguration", "GetRole", "ListRolePolicies"} <= set(tape.operations)


def test_nothing_is_read_of_accounts_that_cannot_be_entered():
    theirs = function_arn("pets", account="210987654321")
    role = "arn:aws:iam::210987654321:role/caller"
    tape = record_api(Tape(), {"GET /": method(theirs), "POST /": method(PETS, credentials=role)})
    assert len(invocations(api_of(tape))) == 2
    assert not any(read.service == "iam" for read in tape.asked)
    assert [read.arguments for read in tape.asked if read.operation == "GetPolicy"] == [{"FunctionName": "pets"}]


def test_a_function_of_another_account_is_read_there():
    theirs = Tape().holds("lambda", "GetPolicy", found(Policy="{}"), FunctionName="pets")
    other = account_of(theirs, id="210987654321")
    tape = record_api(Tape(), {"GET /": method(function_arn("pets", account="210987654321"))})
    invocations(api_of(tape, neighbour={"210987654321": other}.get))
    assert "GetPolicy" in theirs.operations
    assert "GetPolicy" not in tape.operations


def test_beyond_the_focus_are_all_calls_with_those_in_focus_first():
    methods = {"GET /a": method(PETS), "GET /b": method(PETS), "GET /c": method(PETS)}
    in_focus = calls(methods, focus=Focus(path="/b"))
    assert [call.subject.path for call in in_focus] == ["/b"]
    assert [call.subject.path for call in beyond_focus(in_focus)] == ["/b", "/a", "/c"]


def test_calling_the_functions_lists_nothing_more_than_the_api_itself():
    tape = record_api(Tape(), {"GET /": {"methodIntegration": integration(PETS)}})
    calls_of(api_of(tape))
    assert set(tape.operations) <= {"GetStages", "GetResources", "GetAuthorizers"}
