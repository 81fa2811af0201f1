"""What one closed door leaves of an answer: all that does not rest on it."""

from __future__ import annotations

from fnmatch import fnmatchcase

from bot.aws.account import Read, Result, Source
from bot.demo.world import CALLER_CREDENTIALS, World, may_invoke
from bot.model import Outcome, Question, Reply, UnseenReason
from tests.conftest import Ask, Troubleshoot
from tests.scenarios.test_findings import seen


def _causes(reply: Reply) -> list[str]:
    return [cause for cause, _, _ in seen(reply.findings)]


def test_authorizers_that_no_method_uses_hide_nothing(world: World, ask: Ask) -> None:
    orders, users = world.function("orders"), world.function("users")
    api = world.rest_api("shop").method("GET /users", users)
    api.method("GET /orders", orders, credentials=CALLER_CREDENTIALS, authorization="AWS_IAM").stage("prod")
    world.aws.deny("apigateway", "GetAuthorizers")
    reply = ask(api.id)
    assert (str(reply.diagnosis.verdict), reply.diagnosis.unseen) == ("found", ())
    assert _causes(reply) == ["integration_permission_missing", "caller_credentials_passthrough"]


def test_another_api_that_cannot_be_looked_into_hides_none_that_uses_the_function(world: World, ask: Ask) -> None:
    orders = world.function("orders")
    api = world.rest_api("shop").method("GET /orders", orders).stage("prod")
    other = world.rest_api("other")
    world.aws.deny("apigateway", "GetResources", when=other.id)
    reply = ask(str(orders))
    assert reply.diagnosis.target is not None
    assert reply.diagnosis.target.id == api.id
    assert _causes(reply) == ["integration_permission_missing"]
    assert [(each.operation, other.id in each.resource) for each in reply.diagnosis.unseen] == [("GetResources", True)]


def test_aliases_are_not_needed_where_the_policy_itself_is_nearly_right(world: World, ask: Ask) -> None:
    orders = world.function("orders", versions=1, live="1")
    api = world.rest_api("shop").method("GET /orders", orders).stage("prod")
    orders.allows(api.source("GET /users"))
    world.aws.deny("lambda", "ListAliases")
    reply = ask(api.id)
    assert seen(reply.findings) == [("integration_permission_source_arn_mismatch", "proven", "asked")]
    assert reply.diagnosis.unseen == ()


def test_a_role_that_cannot_be_seen_is_granted_wherever_its_path_leads(world: World, ask: Ask) -> None:
    orders = world.function("orders")
    role = world.role("gateway", inline={"invoke": may_invoke(orders)}, path="/service/")
    api = world.rest_api("shop").method("GET /orders", orders, credentials=role).stage("prod")
    world.aws.deny("iam", "GetRole")
    (unseen,) = (each for each in ask(api.id).diagnosis.unseen if each.resource.endswith("role/gateway"))
    assert unseen.grant is not None
    assert (unseen.operation, unseen.grant["Action"]) == ("GetRole", "iam:GetRole")
    assert any(fnmatchcase(role, pattern) for pattern in unseen.grant["Resource"])


def _without(source: Source, region: str) -> Source:
    """The same account, in which a service control policy closes one region."""

    def answer(read: Read) -> Result:
        if read.region == region:
            return Result(Outcome.DENIED, error="explicit deny in a policy", reason=UnseenReason.DENIED)
        return source(read)

    return answer


def test_a_closed_region_hides_no_api_beyond_it(world: World, troubleshooter: Troubleshoot, live: Source) -> None:
    far = World(world.aws, world.account, "us-east-1")
    orders = far.function("orders")
    api = far.rest_api("shop").method("GET /orders", orders).stage("prod")
    orders.allows(api.source())
    bot = troubleshooter(source=_without(live, "ap-south-1"))
    there, nowhere = (bot.answer(Question(id, "en")).diagnosis for id in (api.id, "qwertyuio1"))
    assert (str(there.verdict), there.unseen) == ("healthy", ())
    assert (str(nowhere.verdict), {each.reason for each in nowhere.unseen}) == (
        "could_not_check",
        {UnseenReason.DENIED},
    )
