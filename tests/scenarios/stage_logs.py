"""Accounts that write execution logs, or would like to."""

from __future__ import annotations

import json

from bot.demo.rest_api import Api
from bot.demo.world import API_GATEWAY, World, document, trust
from tests.scenarios.scenario import Case, Expected, found, nothing_wrong, scenario

_TURNED_OFF = "BadRequestException: CloudWatch Logs role ARN must be set in account settings to enable logging"
_ROLE = "apigateway-logs"
_WRITES = document(
    {
        "Effect": "Allow",
        "Action": ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"],
        "Resource": "arn:aws:logs:*:*:log-group:API-Gateway-Execution-Logs_*:*",
    }
)


def _shop(world: World, logs: str | None = "INFO") -> Api:
    orders = world.function("orders")
    api = world.rest_api("shop").method("GET /orders", orders).method("POST /orders", orders)
    orders.allows(api.source())
    return api.stage("prod", logs=logs)


def _advised(**facts: str) -> Expected:
    return found("execution_logging_off", stack="merge", **facts)


def _remove(world: World, role: str = _ROLE) -> None:
    iam = world.client("iam")
    iam.detach_role_policy(RoleName=role, PolicyArn=world.push_to_logs)
    iam.delete_role(RoleName=role)


def _trusts(world: World, *statements: dict[str, object]) -> None:
    world.client("iam").update_assume_role_policy(RoleName=_ROLE, PolicyDocument=json.dumps(document(*statements)))


@scenario
def a_stack_long_deleted(world: World) -> Case:
    api = _shop(world)
    _remove(world)
    gone = f"arn:aws:iam::{world.account}:role/{_ROLE}"
    return Case(api.arn, (found("logging_role_missing", api_id=api.id, stages="prod", role_arn=gone),))


@scenario
def an_account_set_back(world: World) -> Case:
    api = _shop(world).stage("test", logs="ERROR")
    world.logs_with("")
    return Case(api.url("prod"), (found("logging_role_missing", stages="prod"),), stack_stays=True)


@scenario
def a_first_stage_in_a_new_region(world: World) -> Case:
    world.role("apigateway-cloudwatch-logs")
    api = _shop(world, logs=None)
    return Case(
        f"{_TURNED_OFF} ({api.id})",
        (found("logging_role_missing", stages="prod"),),
        advises=(_advised(stages="prod"),),
        stack_stays=True,
        runs=("apigateway-cloudwatch-logs-2",),
    )


@scenario
def a_role_tidied_into_a_folder(world: World) -> Case:
    api = _shop(world)
    _remove(world)
    moved = world.role(_ROLE, attached=[world.push_to_logs], path="/platform/")
    named = f"arn:aws:iam::{world.account}:role/{_ROLE}"
    return Case(
        api.arn,
        (found("logging_role_missing", rollback=False, role_arn=named, expected=moved, actual=named),),
        stack_stays=True,
    )


@scenario
def a_role_lent_to_servers(world: World) -> Case:
    api = _shop(world)
    _trusts(world, *trust("ec2.amazonaws.com")["Statement"])
    return Case(api.arn, (found("logging_role_not_assumable", stack="merge", stages="prod", lacks="trust"),))


@scenario
def a_role_stripped_bare(world: World) -> Case:
    api = _shop(world, logs="ERROR")
    world.client("iam").detach_role_policy(RoleName=_ROLE, PolicyArn=world.push_to_logs)
    return Case(api.arn, (found("logging_role_not_assumable", stack="merge", lacks="permissions"),))


@scenario
def a_role_of_a_former_team(world: World) -> Case:
    api = _shop(world)
    iam = world.client("iam")
    iam.detach_role_policy(RoleName=_ROLE, PolicyArn=world.push_to_logs)
    reads = document({"Effect": "Allow", "Action": "logs:GetLogEvents", "Resource": "*"})
    iam.put_role_policy(RoleName=_ROLE, PolicyName="read", PolicyDocument=json.dumps(reads))
    _trusts(world, *trust("lambda.amazonaws.com")["Statement"])
    return Case(api.arn, (found("logging_role_not_assumable", stack="merge", lacks="trust, permissions"),))


@scenario
def a_role_under_suspicion(world: World) -> Case:
    api = _shop(world)
    ban = {"Effect": "Deny", "Principal": {"Service": API_GATEWAY}, "Action": "sts:AssumeRole"}
    _trusts(world, *trust(API_GATEWAY)["Statement"], ban)
    return Case(api.arn, (found("logging_role_not_assumable", cli=False, stack=None, lacks="trust"),), heals=False)


@scenario
def a_role_kept_within_bounds(world: World) -> Case:
    api = _shop(world)
    storage = world.managed_policy("storage", document({"Effect": "Allow", "Action": "s3:*", "Resource": "*"}))
    world.client("iam").put_role_permissions_boundary(RoleName=_ROLE, PermissionsBoundary=storage)
    return Case(
        api.arn, (found("logging_role_not_assumable", cli=False, stack=None, lacks="permissions"),), heals=False
    )


@scenario
def a_quiet_stage(world: World) -> Case:
    world.can_log()
    api = _shop(world, logs=None)
    log_group = f"API-Gateway-Execution-Logs_{api.id}/prod"
    return nothing_wrong(api.arn, _advised(stages="prod", logging_level="OFF", log_groups=log_group))


@scenario
def a_quiet_account(world: World) -> Case:
    api = _shop(world, logs=None).stage("test", logs=None)
    return nothing_wrong(api.arn, _advised(stages="prod, test"))


@scenario
def one_stage_of_two(world: World) -> Case:
    api = _shop(world).stage("test", logs=None)
    return nothing_wrong(api.arn, _advised(stages="test"))


@scenario
def a_quiet_stage_and_a_role_under_suspicion(world: World) -> Case:
    world.can_log()
    ban = {"Effect": "Deny", "Principal": {"Service": API_GATEWAY}, "Action": "sts:AssumeRole"}
    _trusts(world, *trust(API_GATEWAY)["Statement"], ban)
    return nothing_wrong(_shop(world, logs=None).arn, _advised(stages="prod"), heals=False)


@scenario
def a_quiet_stage_and_a_role_lent(world: World) -> Case:
    world.can_log()
    _trusts(world, *trust("ec2.amazonaws.com")["Statement"])
    return nothing_wrong(_shop(world, logs=None).arn, _advised(stages="prod"))


@scenario
def a_stage_that_was_told_to_stop(world: World) -> Case:
    api = _shop(world).logs("prod", "OFF")
    return nothing_wrong(f"{api.url('prod', '/orders')} Internal server error", _advised(stages="prod"))


@scenario
def a_method_kept_out_of_the_log(world: World) -> Case:
    api = _shop(world).logs("prod", "OFF", "GET /orders")
    said = f"GET {api.url('prod', '/orders')} Internal server error"
    return nothing_wrong(said, _advised(stages="prod", logging_level="OFF"))


@scenario
def a_stage_that_logs_errors(world: World) -> Case:
    api = _shop(world, logs="ERROR")
    said = f'{api.url("prod", "/orders")} {{"message": "Unauthorized"}}'
    return Case(said, verdict="could_not_check", advises=(_advised(logging_level="ERROR"),), heals=False)


@scenario
def a_role_put_together_by_hand(world: World) -> Case:
    world.logs_with(world.role("writer", inline={"write": _WRITES}))
    return nothing_wrong(_shop(world).arn)


@scenario
def a_role_with_a_fitting_boundary(world: World) -> Case:
    logs = world.managed_policy("logs", document({"Effect": "Allow", "Action": "logs:*", "Resource": "*"}))
    world.logs_with(world.role("writer", attached=[world.push_to_logs], boundary=logs, path="/platform/"))
    return nothing_wrong(_shop(world).arn)


@scenario
def one_method_in_the_log(world: World) -> Case:
    world.can_log()
    api = _shop(world, logs=None).logs("prod", "INFO", "GET /orders")
    return nothing_wrong(f"GET {api.url('prod', '/orders')} Internal server error")


@scenario
def a_region_of_china(world: World) -> Case:
    there = World(world.aws, world.account, "cn-north-1", world.now)
    api = _shop(there)
    _remove(there)
    return Case(
        api.arn,
        (found("logging_role_missing", role_arn=f"arn:aws-cn:iam::{world.account}:role/{_ROLE}"),),
        region="cn-north-1",
    )
