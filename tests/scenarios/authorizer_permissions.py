"""Accounts in which the policy of a function keeps the API's authorizers out."""

from __future__ import annotations

from bot.demo.rest_api import Api
from bot.demo.world import API_GATEWAY, Function, World
from tests.scenarios.pasted import AUTHORIZER_FAILED, NOT_PERMITTED, access_log, execution_log
from tests.scenarios.scenario import Case, found, scenario

_LOG = f"{NOT_PERMITTED}\n{AUTHORIZER_FAILED}"


def _open_function(world: World, name: str, api: Api) -> Function:
    return world.function(name).allows(api.source(), sid="api")


@scenario
def tokens_checked_by_a_function(world: World) -> Case:
    api, session = world.rest_api("accounts"), world.function("session")
    gate = api.authorizer("session", session)
    api.method("GET /me", _open_function(world, "accounts", api), authorizer=gate).stage("prod")
    return Case(
        execution_log(api, "prod", "GET /me", _LOG),
        (
            found(
                "authorizer_permission_missing",
                function_arn=str(session),
                authorizer_id=gate.id,
                authorizer_name="session",
                methods="GET /me",
                source_arn=gate.source,
            ),
        ),
    )


@scenario
def requests_checked_behind_an_alias(world: World) -> Case:
    api, session = world.rest_api("accounts"), world.function("session", versions=1, live="1").at("live")
    gate = api.authorizer("session", session, type="REQUEST")
    accounts = _open_function(world, "accounts", api)
    for method in ("ANY /{proxy+}", "GET /me", "DELETE /me"):
        api.method(method, accounts, authorizer=gate)
    api.stage("dev").stage("prod")
    return Case(
        api.id,
        (
            found(
                "authorizer_permission_missing",
                function_arn=str(session),
                methods="DELETE /me, GET /me, ANY /{proxy+}",
            ),
        ),
    )


@scenario
def methods_open_to_the_authorizer_function(world: World) -> Case:
    api, session = world.rest_api("accounts"), world.function("session")
    gate = api.authorizer("session", session)
    api.method("GET /me", _open_function(world, "accounts", api), authorizer=gate).stage("prod")
    session.allows(api.source("GET /me"))
    return Case(
        api.id,
        (
            found(
                "authorizer_permission_source_arn_mismatch",
                expected=gate.source,
                actual=api.source("GET /me"),
                differs="form",
            ),
        ),
    )


@scenario
def an_authorizer_made_anew(world: World) -> Case:
    api, session = world.rest_api("accounts"), world.function("session", versions=1).at("1")
    gate = api.authorizer("session", session, type="REQUEST")
    api.method("ANY /", _open_function(world, "accounts", api), authorizer=gate).stage("prod")
    session.allows(f"{api.arn}/authorizers/abc123")
    return Case(
        f"オーソライザーを呼び出す権限がありません。 {api.url('prod')}",
        (found("authorizer_permission_source_arn_mismatch", differs="authorizer", expected=gate.source),),
        locale="ja",
    )


@scenario
def an_account_next_door(world: World) -> Case:
    api, session = world.rest_api("accounts"), world.function("session")
    gate = api.authorizer("session", session)
    api.method("GET /me", _open_function(world, "accounts", api), authorizer=gate).stage("prod")
    session.allows(gate.source, source_account="210987654321")
    return Case(
        api.id, (found("authorizer_permission_condition_unmet", key="AWS:SourceAccount", actual="210987654321"),)
    )


@scenario
def every_authorizer_spelled_out(world: World) -> Case:
    api, session = world.rest_api("accounts"), world.function("session", versions=1, live="1").at("live")
    gate = api.authorizer("session", session)
    api.method("GET /me/{part}", _open_function(world, "accounts", api), authorizer=gate).stage("prod")
    session.states(Condition={"StringEquals": {"aws:SourceArn": f"{api.arn}/authorizers/*"}})
    return Case(
        execution_log(api, "prod", "GET /me/name", _LOG),
        (found("authorizer_permission_condition_unmet", key="aws:SourceArn", expected=gate.source),),
    )


@scenario
def a_function_calls_the_checker(world: World) -> Case:
    api, session = world.rest_api("accounts"), world.function("session")
    gate = api.authorizer("session", session)
    api.method("GET /me", _open_function(world, "accounts", api), authorizer=gate).stage("prod")
    session.allows(gate.source, principal="lambda.amazonaws.com")
    return Case(
        api.id, (found("authorizer_permission_wrong_principal", actual="lambda.amazonaws.com", expected=API_GATEWAY),)
    )


@scenario
def an_account_as_principal(world: World) -> Case:
    api, session = world.rest_api("accounts"), world.function("session", versions=1, live="1").at("live")
    gate = api.authorizer("session", session, type="REQUEST")
    api.method("ANY /{proxy+}", _open_function(world, "accounts", api), authorizer=gate).stage("prod")
    session.allows(gate.source, principal=world.account)
    return Case(
        api.url("prod", "/x"),
        (found("authorizer_permission_wrong_principal", actual=f"arn:aws:iam::{world.account}:root"),),
    )


@scenario
def a_checker_with_a_url(world: World) -> Case:
    api, session = world.rest_api("accounts"), world.function("session")
    gate = api.authorizer("session", session)
    api.method("GET /me", _open_function(world, "accounts", api), authorizer=gate).stage("prod")
    session.allows(gate.source, action="lambda:InvokeFunctionUrl")
    return Case(api.id, (found("authorizer_permission_wrong_action", actual="lambda:InvokeFunctionUrl"),))


@scenario
def a_checker_that_may_be_looked_at(world: World) -> Case:
    api, session = world.rest_api("accounts"), world.function("session", versions=1).at("1")
    gate = api.authorizer("session", session, type="REQUEST")
    api.method("ANY /", _open_function(world, "accounts", api), authorizer=gate).stage("prod")
    session.states(Action="lambda:GetFunction", Condition={"ArnLike": {"AWS:SourceArn": gate.source}})
    return Case(
        access_log(api, "prod", "GET /", "Authorizer error"),
        (found("authorizer_permission_wrong_action", actual="lambda:GetFunction"),),
    )


@scenario
def a_checker_with_two_aliases(world: World) -> Case:
    api, session = world.rest_api("accounts"), world.function("session", versions=2, old="1", new="2")
    gate = api.authorizer("session", session.at("new"))
    api.method("GET /me", _open_function(world, "accounts", api), authorizer=gate).stage("prod")
    session.at("old").allows(gate.source)
    return Case(
        api.id,
        (
            found(
                "authorizer_permission_on_other_qualifier",
                granted_on=str(session.at("old")),
                called=str(session.at("new")),
            ),
        ),
    )


@scenario
def a_checker_named_by_the_stage(world: World) -> Case:
    api, session = world.rest_api("accounts"), world.function("session", versions=1, live="1")
    gate = api.authorizer("session", session.at("${stageVariables.alias}"), type="REQUEST")
    api.method("ANY /{proxy+}", _open_function(world, "accounts", api), authorizer=gate)
    api.stage("prod", {"alias": "live"})
    session.allows(gate.source)
    return Case(
        api.id,
        (
            found(
                "authorizer_permission_on_other_qualifier",
                granted_on=str(session),
                called=str(session.at("live")),
            ),
        ),
    )


@scenario
def a_checker_shut_to_one_api(world: World) -> Case:
    api, session = world.rest_api("accounts"), world.function("session")
    gate = api.authorizer("session", session)
    api.method("GET /me", _open_function(world, "accounts", api), authorizer=gate).stage("prod")
    session.allows(gate.source).states("Deny", sid="closed", Condition={"ArnLike": {"AWS:SourceArn": gate.source}})
    return Case(api.id, (found("authorizer_permission_denied", rollback=False, stack=None, statement="closed"),))


@scenario
def a_checker_for_one_account(world: World) -> Case:
    api, session = world.rest_api("accounts"), world.function("session", versions=1, live="1").at("live")
    gate = api.authorizer("session", session, type="REQUEST")
    api.method("ANY /{proxy+}", _open_function(world, "accounts", api), authorizer=gate).stage("prod")
    session.allows(gate.source).states(
        "Deny", sid="others", Principal="*", Condition={"StringNotEquals": {"aws:SourceAccount": "210987654321"}}
    )
    return Case(
        execution_log(api, "prod", "GET /x", _LOG),
        (found("authorizer_permission_denied", cli=False, stack=None, statement="others"),),
        heals=False,
    )
