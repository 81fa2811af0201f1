"""Accounts in which a caller is refused: by a resource policy, a VPC endpoint's, its own, or unsigned."""

from __future__ import annotations

from bot.demo.rest_api import Api
from bot.demo.world import World, document, trust
from tests.scenarios.pasted import INTERNAL_ERROR
from tests.scenarios.scenario import Case, found, nothing_wrong, scenario

_INVOKE = "execute-api:Invoke"
_NEIGHBOUR = "210987654321"
_EVERYONE = {"Effect": "Allow", "Principal": "*"}


def session_of(role: str, name: str = "i-0123456789abcdef0") -> str:
    """The ARN under which a role's session calls."""
    return role.replace(":iam:", ":sts:").replace(":role/", ":assumed-role/") + f"/{name}"


def refused(api: Api, request: str, caller: str = "anonymous", ending: str = "") -> str:
    """A refusal as API Gateway words it, the account masked as it masks it."""
    verb, _, path = request.partition(" ")
    stage, _, rest = path.removeprefix("/").partition("/")
    masked = api.arn.replace(api.world.account, f"********{api.world.account[-4:]}")
    said = f"User: {caller} is not authorized to perform: {_INVOKE} on resource: {masked}/{stage}/{verb}/{rest}"
    return f'{{"Message":"{said}{ending}"}}'


_NO_TOKEN = '{"message":"Missing Authentication Token"}'


def may_call(*resources: str, effect: str = "Allow") -> dict[str, object]:
    """An identity policy about calls of these ARNs."""
    return document({"Effect": effect, "Action": _INVOKE, "Resource": list(resources)})


def shop(world: World, *methods: str, authorization: str = "AWS_IAM") -> Api:
    """An API with methods that call one function, which may be invoked."""
    api, orders = world.rest_api("shop"), world.function("orders")
    for method in methods or ("GET /orders",):
        api.method(method, orders, authorization=authorization)
    orders.allows(api.source())
    return api


# ---- the caller's own policies


@scenario
def a_batch_job_that_calls(world: World) -> Case:
    api = shop(world).stage("prod")
    role = world.role("batch", trust("ec2.amazonaws.com"))
    return Case(
        refused(api, "GET /prod/orders", session_of(role)),
        (
            found(
                "caller_not_allowed",
                principal=role,
                lacking="identity",
                caller=session_of(role),
                resource=f"{api.arn}/prod/GET/orders",
                methods="GET /orders",
            ),
        ),
    )


@scenario
def a_developer_in_a_group(world: World) -> Case:
    api = shop(world, "GET /orders/{id}", "DELETE /orders/{id}").stage("prod")
    world.group("developers", {"invoke-api": may_call(f"{api.arn}/prod/GET/orders/*")})
    other = may_call("arn:aws:execute-api:eu-west-1:123456789012:zzzzzzzzzz/*")
    user = world.user("kim", {"invoke-api": other}, groups=["developers"], path="/people/")
    return Case(
        refused(api, "DELETE /prod/orders/7", user),
        (found("caller_not_allowed", principal=user, lacking="identity", resource=f"{api.arn}/prod/DELETE/orders/7"),),
    )


@scenario
def a_developer_of_the_house(world: World) -> Case:
    user = world.user("kim")
    api = shop(world, "PUT /orders")
    house = {"AWS": f"arn:aws:iam::{world.account}:root"}
    api.policy({"Effect": "Allow", "Principal": house}).stage("prod")
    return Case(
        refused(
            api, "PUT /prod/orders", user, " because no identity-based policy allows the execute-api:Invoke action"
        ),
        (found("caller_not_allowed", "likely", principal=user, lacking="identity"),),
    )


@scenario
def a_developer_of_the_house_by_name(world: World) -> Case:
    user = world.user("kim")
    api = shop(world, "PUT /orders")
    api.policy({"Effect": "Allow", "Principal": {"AWS": [world.account, user]}}).stage("prod")
    return nothing_wrong(refused(api, "PUT /prod/orders", user))


@scenario
def a_shop_with_one_open_door(world: World) -> Case:
    api = shop(world, "GET /orders", "POST /orders", authorization="NONE")
    api.policy({"Effect": "Allow", "Principal": "*", "Resource": "execute-api:/*/GET/orders"}).stage("prod")
    return Case(
        f"POST {api.url('prod', '/orders')} {refused(api, 'POST /prod/orders')}",
        (found("resource_policy_does_not_allow", stack="merge", methods="POST /orders"),),
        prints=('"*"',),
    )


@scenario
def a_role_with_a_list_of_stages(world: World) -> Case:
    api = shop(world).stage("dev").stage("prod")
    role = world.role("reports", trust("lambda.amazonaws.com"), {"call": may_call(f"{api.arn}/dev/*")}, path="/a/")
    caller = f"arn:aws:sts::{world.account}:assumed-role/reports/nightly"
    return Case(
        refused(api, "GET /prod/orders", caller, f" because no identity-based policy allows the {_INVOKE} action"),
        (found("caller_not_allowed", principal=role, stages="prod"),),
    )


@scenario
def a_role_kept_from_production(world: World) -> Case:
    api = shop(world).stage("prod")
    held = {"Sid": "NotInProduction", "Effect": "Deny", "Action": _INVOKE, "Resource": f"{api.arn}/prod/*"}
    policy = document(*may_call(f"{api.arn}/*")["Statement"], held)  # type: ignore[misc]
    role = world.role("reports", trust("lambda.amazonaws.com"), {"call": policy})
    return Case(
        refused(api, "GET /prod/orders", session_of(role)),
        (found("caller_not_allowed", lacking="explicit deny", sid="NotInProduction", cli=False, stack=None),),
        heals=False,
    )


@scenario
def a_caller_next_door(world: World) -> Case:
    neighbour = World(world.aws, _NEIGHBOUR)
    role = neighbour.role("partner", trust("ecs-tasks.amazonaws.com"))
    api = shop(world).policy({**_EVERYONE, "Principal": {"AWS": "111122223333"}}).stage("prod")
    return Case(
        refused(api, "GET /prod/orders", session_of(role)),
        (
            found("resource_policy_does_not_allow", stack="merge", caller=session_of(role), differs="principal"),
            found("caller_not_allowed", principal=role, lacking="identity"),
        ),
        accounts=(_NEIGHBOUR,),
    )


@scenario
def a_caller_of_an_unknown_account(world: World) -> Case:
    api = shop(world).stage("prod")
    caller = "arn:aws:sts::444455556666:assumed-role/partner/x"
    return Case(
        refused(api, "GET /prod/orders", caller),
        (found("resource_policy_does_not_allow", stack="merge", caller=caller, resource=f"{api.arn}/prod/GET/orders"),),
        verdict="found",
        heals=False,
    )


# ---- the resource policy


@scenario
def a_policy_for_accounts(world: World) -> Case:
    api = shop(world, "GET /orders", "POST /orders", authorization="NONE")
    api.policy({"Sid": "Partners", "Effect": "Allow", "Principal": {"AWS": [world.account, "111122223333"]}})
    return Case(
        api.stage("prod").id,
        (
            found(
                "resource_policy_does_not_allow",
                cli=False,
                stack=None,
                sid="Partners",
                differs="principal",
                caller="anonymous",
                methods="GET /orders, POST /orders",
                authorization_type="NONE",
            ),
        ),
        heals=False,
    )


@scenario
def a_policy_with_a_ban_on_everybody(world: World) -> Case:
    api = shop(world, "GET /orders/{id}", authorization="NONE")
    closed = {"Sid": "Closed", "Effect": "Deny", "Principal": "*"}
    api.policy(_EVERYONE, closed).stage("prod")
    return Case(
        refused(api, "GET /prod/orders/7", ending=" with an explicit deny"),
        (
            found(
                "resource_policy_denies", cli=False, stack=None, sid="Closed", resource=f"{api.arn}/prod/GET/orders/7"
            ),
        ),
        heals=False,
    )


@scenario
def a_policy_for_two_networks(world: World) -> Case:
    api = shop(world, authorization="NONE")
    elsewhere = {"NotIpAddress": {"aws:SourceIp": ["192.0.2.0/24", "198.51.100.0/24"]}}
    api.policy(_EVERYONE, {"Sid": "Office", "Effect": "Deny", "Principal": "*", "Condition": elsewhere}).stage("prod")
    return Case(
        refused(api, "GET /prod/orders", ending=" with an explicit deny"),
        (
            found(
                "resource_policy_denies",
                "likely",
                cli=False,
                stack=None,
                sid="Office",
                condition="NotIpAddress aws:SourceIp",
                expected="192.0.2.0/24, 198.51.100.0/24",
            ),
        ),
        heals=False,
    )


@scenario
def a_policy_that_forgot_a_method(world: World) -> Case:
    api = shop(world, "GET /orders", "POST /orders")
    role = world.role("batch", trust("ec2.amazonaws.com"))
    partner = f"arn:aws:iam::{_NEIGHBOUR}:role/partner"
    neighbour = World(world.aws, _NEIGHBOUR)
    neighbour.role("partner", trust("ec2.amazonaws.com"), {"call": may_call(f"{api.arn}/*")})
    api.policy(
        {"Sid": "Read", "Effect": "Allow", "Principal": {"AWS": [role, partner]}, "Resource": "execute-api:/*/GET/*"}
    ).stage("prod")
    return Case(
        refused(api, "POST /prod/orders", session_of(partner)),
        (
            found(
                "resource_policy_does_not_allow",
                stack="merge",
                sid="Read",
                differs="resource",
                actual=f"{api.arn}/prod/POST/orders",
            ),
        ),
        accounts=(_NEIGHBOUR,),
    )


@scenario
def a_policy_and_a_function_apart(world: World) -> Case:
    orders = world.function("orders")
    api = world.rest_api("shop").method("GET /orders", orders)
    api.policy({"Effect": "Allow", "Principal": {"AWS": world.account}}).stage("prod")
    return Case(
        refused(api, "GET /prod/orders"),
        (
            found("resource_policy_does_not_allow", cli=False, stack=None),
            found("integration_permission_missing"),
        ),
        heals=False,
    )


@scenario
def a_laptop_at_home(world: World) -> Case:
    api = shop(world, "GET /orders", "POST /orders", authorization="NONE")
    elsewhere = {"NotIpAddress": {"aws:SourceIp": ["192.0.2.0/24", "198.51.100.0/24"]}}
    api.policy(_EVERYONE, {"Sid": "Office", "Effect": "Deny", "Principal": "*", "Condition": elsewhere}).stage("prod")
    return Case(
        f"sourceIp: 203.0.113.9 {refused(api, 'GET /prod/orders', ending=' with an explicit deny')}",
        (
            found(
                "resource_policy_denies",
                stack="merge",
                sid="Office",
                condition="NotIpAddress aws:SourceIp",
                expected="192.0.2.0/24, 198.51.100.0/24",
                actual="203.0.113.9",
            ),
        ),
        prints=('"*"',),
    )


@scenario
def a_branch_office(world: World) -> Case:
    api = shop(world, "GET /orders/{id}", authorization="NONE")
    inside = {"IpAddress": {"aws:SourceIp": ["192.0.2.0/24"]}}
    api.policy({"Sid": "Office", **_EVERYONE, "Condition": inside}).stage("prod")
    return Case(
        f"sourceIp: 203.0.113.9 {refused(api, 'GET /prod/orders/7')}",
        (
            found(
                "resource_policy_does_not_allow",
                stack="merge",
                sid="Office",
                differs="condition",
                condition="IpAddress aws:SourceIp",
                expected="192.0.2.0/24",
                actual="203.0.113.9",
            ),
        ),
        prints=('"*"',),
    )


@scenario
def a_call_from_the_office(world: World) -> Case:
    api = shop(world, authorization="NONE")
    elsewhere = {"NotIpAddress": {"aws:SourceIp": ["192.0.2.0/24"]}}
    api.policy(_EVERYONE, {"Effect": "Deny", "Principal": "*", "Condition": elsewhere}).stage("prod")
    return nothing_wrong(f"sourceIp: 192.0.2.7 {refused(api, 'GET /prod/orders', ending=' with an explicit deny')}")


# ---- private APIs


@scenario
def a_call_through_another_endpoint(world: World) -> Case:
    first, second = world.vpc_endpoint(), world.vpc_endpoint()
    api = shop(world, authorization="NONE").private(first)
    elsewhere = {"StringNotEquals": {"aws:SourceVpce": first}}
    api.policy(_EVERYONE, {"Effect": "Deny", "Principal": "*", "Condition": elsewhere}).stage("prod")
    return Case(
        f"vpceId: {second} {refused(api, 'GET /prod/orders', ending=' with an explicit deny')}",
        (
            found(
                "resource_policy_denies",
                stack="merge",
                condition="StringNotEquals aws:SourceVpce",
                expected=first,
                actual=second,
            ),
        ),
        prints=('"*"',),
    )


@scenario
def an_endpoint_for_another_service(world: World) -> Case:
    other = "arn:aws:execute-api:eu-west-1:123456789012:zzzzzzzzzz/*"
    endpoint = world.vpc_endpoint({**_EVERYONE, "Action": _INVOKE, "Resource": other})
    api = shop(world, authorization="NONE").private(endpoint)
    api.policy({**_EVERYONE, "Condition": {"StringEquals": {"aws:SourceVpce": endpoint}}}).stage("prod")
    return Case(
        f"vpceId: {endpoint} {refused(api, 'GET /prod/orders')}",
        (
            found(
                "vpc_endpoint_policy_denies",
                stack="merge",
                vpc_endpoint_id=endpoint,
                differs="resource",
                expected=other,
                actual=f"{api.arn}/prod/GET/orders",
            ),
        ),
        prints=('"*"',),
    )


@scenario
def an_endpoint_for_one_role(world: World) -> Case:
    role = world.role("batch", trust("ec2.amazonaws.com"))
    endpoint = world.vpc_endpoint(
        {
            "Sid": "Batch",
            "Effect": "Allow",
            "Principal": {"AWS": role},
            "Action": "execute-api:*",
            "Resource": "arn:aws:execute-api:*",
        }
    )
    api = shop(world).private(endpoint)
    other = world.role("reports", trust("ec2.amazonaws.com"))
    api.policy({"Effect": "Allow", "Principal": {"AWS": [role, other]}}).stage("prod")
    return Case(
        refused(api, "GET /prod/orders", session_of(other)),
        (found("vpc_endpoint_policy_denies", "likely", stack="merge", sid="Batch", differs="principal"),),
        prints=('"*"',),
    )


@scenario
def a_service_behind_an_endpoint(world: World) -> Case:
    api = shop(world).private(world.vpc_endpoint()).stage("prod")
    role = world.role("batch", trust("ec2.amazonaws.com"), {"call": may_call(f"{api.arn}/*")})
    return Case(
        refused(api, "GET /prod/orders", session_of(role)),
        (found("private_api_without_policy", stack="merge", caller=session_of(role)),),
    )


@scenario
def a_service_for_the_whole_network(world: World) -> Case:
    api = shop(world, "GET /orders", "ANY /{proxy+}", authorization="NONE").private(world.vpc_endpoint())
    return Case(
        api.stage("dev").stage("prod").id,
        (found("private_api_without_policy", cli=False, stack=None, stages="dev, prod"),),
        heals=False,
    )


# ---- signatures


@scenario
def a_call_from_a_browser(world: World) -> Case:
    api = shop(world, "GET /orders/{id}", "PUT /orders/{id}").stage("prod")
    return Case(
        f"{api.url('prod', '/orders/7')} {_NO_TOKEN}",
        (found("call_not_signed", "likely", cli=False, stack=None, methods="GET /orders/{id}, PUT /orders/{id}"),),
        heals=False,
    )


@scenario
def a_call_of_any_verb(world: World) -> Case:
    api = shop(world, "ANY /{proxy+}").stage("v1")
    return Case(
        f"curl {api.url('v1', '/orders/7/items')}\n{_NO_TOKEN}",
        (found("call_not_signed", cli=False, stack=None, authorization_type="AWS_IAM"),),
        heals=False,
    )


# ---- accounts that look like these and are fine, or have another fault


@scenario
def a_caller_whose_role_is_gone(world: World) -> Case:
    api = shop(world).stage("prod")
    caller = f"arn:aws:sts::{world.account}:assumed-role/batch/i-1"
    return Case(refused(api, "GET /prod/orders", caller), verdict="could_not_check")


@scenario
def a_caller_let_in_by_the_api(world: World) -> Case:
    api = shop(world)
    role = world.role("batch", trust("ec2.amazonaws.com"))
    api.policy({"Effect": "Allow", "Principal": {"AWS": role}}).stage("prod")
    return nothing_wrong(refused(api, "GET /prod/orders", session_of(role)))


@scenario
def a_policy_for_networks_in_a_checkup(world: World) -> Case:
    api = shop(world, authorization="NONE")
    inside = {"IpAddress": {"aws:SourceIp": ["192.0.2.0/24"]}}
    api.policy({**_EVERYONE, "Condition": inside}).stage("prod")
    return nothing_wrong(api.id)


@scenario
def a_private_service_that_is_open(world: World) -> Case:
    endpoint = world.vpc_endpoint()
    api = shop(world, authorization="NONE").private(endpoint)
    api.policy({**_EVERYONE, "Condition": {"StringEquals": {"aws:SourceVpce": endpoint}}}).stage("prod")
    return nothing_wrong(api.id)


@scenario
def a_policy_that_names_roles_for_signed_methods(world: World) -> Case:
    api = shop(world)
    role = world.role("batch", trust("ec2.amazonaws.com"))
    api.policy({"Effect": "Allow", "Principal": {"AWS": role}}).stage("prod")
    return nothing_wrong(api.id)


@scenario
def a_broken_function_behind_a_policy(world: World) -> Case:
    orders = world.function("orders")
    api = world.rest_api("shop").method("GET /orders", orders)
    api.policy(_EVERYONE).stage("prod")
    return Case(f"{api.url('prod', '/orders')} {INTERNAL_ERROR}", (found("integration_permission_missing"),))


@scenario
def a_policy_for_one_network(world: World) -> Case:
    api = shop(world, authorization="NONE")
    inside = {"IpAddress": {"aws:SourceIp": "192.0.2.0/24"}}
    api.policy({**_EVERYONE, "Condition": inside}).stage("prod")
    return Case(
        refused(api, "GET /prod/orders"),
        (
            found(
                "resource_policy_does_not_allow",
                "likely",
                cli=False,
                stack=None,
                condition="IpAddress aws:SourceIp",
                expected="192.0.2.0/24",
            ),
        ),
        heals=False,
    )
