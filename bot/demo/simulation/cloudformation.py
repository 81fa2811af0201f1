"""Stacks that fail as AWS's do: unknown types are refused, a resource that fails rolls the stack back."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

from moto.cloudformation import parsing
from moto.cloudformation.exceptions import ValidationError
from moto.cloudformation.models import ChangeSet, CloudFormationBackend, Event, Stack
from moto.core.common_models import CloudFormationModel
from moto.utilities.utils import get_partition

from bot.demo.simulation import stack_account, stack_apis, stack_permissions
from bot.demo.simulation.operations import SERVICE_ERRORS, AwsError, as_aws_error

# How the services say that what should be deleted is gone already.
_GONE = {"NoSuchEntity", "NotFoundException", "ResourceNotFoundException"}


class ResourceFailed(Exception):
    """A resource of a stack could not be made or changed."""

    def __init__(self, logical_id: str, resource_type: str, reason: str) -> None:
        super().__init__(reason)
        self.logical_id = logical_id
        self.resource_type = resource_type
        self.reason = reason


def _refuse_unknown(template: dict[str, Any]) -> None:
    types = {resource["Type"] for resource in (template.get("Resources") or {}).values()}
    known = {*parsing.get_model_map(), *parsing.NULL_MODELS}
    if unknown := sorted(types - known):
        message = f"Template format error: Unrecognized resource types: [{', '.join(unknown)}]"
        raise ValidationError(message=message)


def _checked(parse: Callable[[Any], None]) -> Callable[[Any], None]:
    """A template is parsed, and refused at once where the simulation lacks one of its types."""

    def parse_and_check(owner: Stack | ChangeSet) -> None:
        parse(owner)
        _refuse_unknown(owner.template_dict)

    return parse_and_check


def _reasoned(step: Callable[..., Any]) -> Callable[..., Any]:
    """An error of the service called becomes the failure of the resource."""

    def attempt(logical_id: str, resource_json: dict[str, Any], *rest: Any, **named: Any) -> Any:
        try:
            return step(logical_id, resource_json, *rest, **named)
        except SERVICE_ERRORS as problem:
            reason = f'Resource handler returned message: "{as_aws_error(problem).message}"'
            code = "(HandlerErrorCode: GeneralServiceException)"
            raise ResourceFailed(logical_id, resource_json["Type"], f"{reason} {code}") from problem
        except KeyError as problem:
            reason = f"Properties validation failed for resource {logical_id}: required key {problem} not found"
            raise ResourceFailed(logical_id, resource_json["Type"], reason) from problem

    return attempt


def _report(stack: Stack, problem: ResourceFailed, status: str) -> None:
    stack.events.append(
        Event(
            stack_id=stack.stack_id,
            stack_name=stack.name,
            logical_resource_id=problem.logical_id,
            physical_resource_id="",
            resource_type=problem.resource_type,
            resource_status=status,
            resource_status_reason=problem.reason,
            resource_properties=None,
        )
    )


def _unmake(stack: Stack, *, keep_retained: bool) -> None:
    """Remove what the stack made, last made first; what is gone already is no failure."""
    resources = stack.resource_map
    made = [name for name in resources._parsed_resources if name in resources._resource_json_map]
    for logical_id in reversed(made):
        resource, template = resources._parsed_resources.pop(logical_id), resources._resource_json_map[logical_id]
        if keep_retained and template.get("DeletionPolicy") == "Retain":
            continue
        try:
            resources._delete_resource(resource, template)
        except SERVICE_ERRORS as problem:
            if as_aws_error(problem).code not in _GONE:
                raise


def _roll_back_creation(stack: Stack, problem: ResourceFailed) -> None:
    _report(stack, problem, "CREATE_FAILED")
    stack._add_stack_event(
        "ROLLBACK_IN_PROGRESS", f"The following resource(s) failed to create: [{problem.logical_id}]. "
    )
    _unmake(stack, keep_retained=False)
    stack.status = "ROLLBACK_COMPLETE"
    stack._add_stack_event("ROLLBACK_COMPLETE")


def _create(stack: Stack) -> None:
    stack.status = "CREATE_IN_PROGRESS"
    try:
        stack.resource_map.create(stack.template_dict)
    except ResourceFailed as problem:
        _roll_back_creation(stack, problem)
    else:
        stack.mark_creation_complete()


def _update(
    stack: Stack,
    template: str,
    role_arn: str | None = None,
    parameters: dict[str, Any] | None = None,
    tags: dict[str, str] | None = None,
) -> None:
    before, parameters_before = stack.template_dict, stack.parameters
    new_template = stack.parse_template(template)
    _refuse_unknown(new_template)
    stack.status = "UPDATE_IN_PROGRESS"
    stack._add_stack_event("UPDATE_IN_PROGRESS", "User Initiated")
    try:
        stack.resource_map.update(new_template, parameters)
    except ResourceFailed as problem:
        _report(stack, problem, "UPDATE_FAILED")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # moto warns of the resource that was never made
            stack.resource_map.update(before, parameters_before)
        stack.status = "UPDATE_ROLLBACK_COMPLETE"
    else:
        stack.template, stack.template_dict = template, new_template
        stack.output_map = stack._create_output_map()
        stack.parameters = parameters or stack.parameters
        stack.tags = stack.tags if tags is None else tags
        stack.role_arn, stack.status = role_arn, "UPDATE_COMPLETE"
    stack._add_stack_event(stack.status)


def _execute_change_set(backend: CloudFormationBackend, change_set_name: str, stack_name: str | None = None) -> None:
    named = [
        each
        for each in backend.change_sets.values()
        if change_set_name in (each.change_set_id, each.change_set_name)
        and stack_name in (None, each.stack_name, each.stack_id)
    ]
    if not named:
        raise AwsError("ChangeSetNotFound", f"ChangeSet [{change_set_name}] does not exist", 404)
    change_set = named[-1]
    stack: Stack = change_set.stack
    if change_set.change_set_type == "CREATE":
        stack.template, stack.parameters = change_set.template, change_set.parameters
        stack._parse_template()
        stack.resource_map = stack._create_resource_map()
        stack.output_map = stack._create_output_map()
        stack._add_stack_event("CREATE_IN_PROGRESS", "User Initiated")
        _create(stack)
    else:
        _update(stack, change_set.template, change_set.role_arn, change_set.parameters, change_set.tags)
    change_set.execution_status = "EXECUTE_COMPLETE"


def _delete(stack: Stack) -> None:
    stack._add_stack_event("DELETE_IN_PROGRESS", "User Initiated")
    _unmake(stack, keep_retained=True)
    stack._add_stack_event("DELETE_COMPLETE")
    stack.status = "DELETE_COMPLETE"


_new_resource_map = parsing.ResourceMap.__init__


def _resource_map(resource_map: parsing.ResourceMap, *arguments: Any, **named: Any) -> None:
    """AWS::Partition and AWS::URLSuffix follow from the region; moto always says `aws`."""
    _new_resource_map(resource_map, *arguments, **named)
    partition = get_partition(resource_map._region_name)
    resource_map._parsed_resources["AWS::Partition"] = partition
    suffix = "amazonaws.com.cn" if partition == "aws-cn" else "amazonaws.com"
    resource_map._parsed_resources["AWS::URLSuffix"] = suffix


# moto knows its models weakly, by subclass, so somebody has to hold on to ours.
TYPES: tuple[type[CloudFormationModel], ...] = (
    stack_permissions.Permission,
    stack_permissions.IamRole,
    stack_permissions.RolePolicy,
    stack_account.AccountResource,
    stack_apis.RestApiResource,
    stack_apis.MethodResource,
    stack_apis.DeploymentResource,
    stack_apis.StageResource,
)

for _cache in (parsing.get_model_list, parsing.get_model_map, parsing.get_name_type_map):
    _cache.cache_clear()
parsing.parse_and_create_resource = _reasoned(parsing.parse_and_create_resource)
parsing.parse_and_update_resource = _reasoned(parsing.parse_and_update_resource)
parsing.ResourceMap.__init__ = _resource_map
Stack._parse_template = _checked(Stack._parse_template)
ChangeSet._parse_template = _checked(ChangeSet._parse_template)
Stack.create_resources = _create
Stack.delete = _delete
Stack.update = _update
CloudFormationBackend.execute_change_set = _execute_change_set
