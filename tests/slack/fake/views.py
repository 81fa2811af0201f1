"""Modals and Home tabs: the methods that show them, and what the acknowledgement of a form does with them.

https://docs.slack.dev/surfaces/modals, https://docs.slack.dev/surfaces/app-home
"""

from collections.abc import Mapping
from typing import Any

from tests.slack.blockkit import check_view
from tests.slack.blockkit.complaint import need
from tests.slack.fake.state import state_of
from tests.slack.fake.things import View
from tests.slack.fake.webapi import Arguments, Method, mapping, text
from tests.slack.fake.workspace import APP, BOT_ID, TEAM, Refused, Workspace

_DEEPEST = 3


def shown(view: View) -> dict[str, Any]:
    """A view as a payload has it."""
    state = {"values": state_of(view.blocks, view.values)}
    return view.as_json(APP, TEAM, BOT_ID) | {"state": state}


def stack_of(workspace: Workspace, view: View) -> list[View]:
    """The modals of whoever sees this one, the uppermost last."""
    return workspace.modals.setdefault(view.user, [])


def acknowledged(workspace: Workspace, view: View, answer: Mapping[str, Any]) -> None:
    """Do what a submission's acknowledgement says. Raises NotAccepted if it says nothing that Slack understands."""
    stack = stack_of(workspace, view)
    action = answer.get("response_action")
    allowed = {"errors": {"errors"}, "update": {"view"}, "push": {"view"}, "clear": set(), None: set()}
    need(action in allowed, f"response_action {action!r}")
    need(set(answer) - {"response_action"} == allowed[action], f"an acknowledgement with {sorted(answer)}")
    match action:
        case "errors":
            inputs = {block["block_id"] for block in view.blocks if block["type"] == "input"}
            need(answer["errors"], "errors, but none")
            need(set(answer["errors"]) <= inputs, f"errors of {sorted(answer['errors'])}, but inputs are {inputs}")
        case "update":
            check_view(answer["view"])
            _replace(workspace, view, answer["view"])
        case "push":
            check_view(answer["view"])
            need(len(stack) < _DEEPEST, "push_limit_reached")
            stack.append(_new(workspace, view.user, answer["view"], view))
        case "clear":
            stack.clear()
        case None if view in stack:
            stack.remove(view)


def _new(workspace: Workspace, user: str, content: Mapping[str, Any], previous: View | None = None) -> View:
    view_id = workspace.new_id("V")
    root = previous.root if previous else view_id
    kept = dict(content) | {"blocks": workspace.named(content["blocks"])}
    return View(view_id, user, kept, _hash(workspace), root, previous.id if previous else None)


def _hash(workspace: Workspace) -> str:
    return f"{workspace.new_ts()}.hash"


def _replace(workspace: Workspace, view: View, content: Mapping[str, Any]) -> None:
    need(content["type"] == view.content["type"], f"a {view.content['type']} becomes no {content['type']}")
    view.content = dict(content) | {"blocks": workspace.named(content["blocks"])}
    view.hash = _hash(workspace)
    still = {block["block_id"] for block in view.blocks}
    view.values = {block: values for block, values in view.values.items() if block in still}


def _checked(view: Mapping[str, Any], kind: str) -> None:
    check_view(view)
    if view["type"] != kind:
        raise Refused("invalid_arguments", f"a view of type {view['type']}", is_fault=True)


def _open(workspace: Workspace, arguments: Arguments) -> dict[str, Any]:
    _checked(arguments["view"], "modal")
    trigger = workspace.exchange(arguments["trigger_id"])
    view = _new(workspace, trigger.user, arguments["view"])
    workspace.modals[trigger.user] = [view]
    return {"view": shown(view)}


def _push(workspace: Workspace, arguments: Arguments) -> dict[str, Any]:
    _checked(arguments["view"], "modal")
    trigger = workspace.exchange(arguments["trigger_id"])
    stack = workspace.modals.get(trigger.user, [])
    if trigger.view is None or not stack:
        raise Refused("not_found", "nothing is open to push upon", is_fault=True)
    if len(stack) >= _DEEPEST:
        raise Refused("push_limit_reached", is_fault=True)
    view = _new(workspace, trigger.user, arguments["view"], stack[-1])
    stack.append(view)
    return {"view": shown(view)}


def _update(workspace: Workspace, arguments: Arguments) -> dict[str, Any]:
    _checked(arguments["view"], "modal")
    view = workspace.view(arguments["view_id"])
    if view is None:
        raise Refused("not_found", arguments["view_id"])
    if arguments.get("hash", view.hash) != view.hash:
        raise Refused("hash_conflict")
    _replace(workspace, view, arguments["view"])
    return {"view": shown(view)}


def _publish(workspace: Workspace, arguments: Arguments) -> dict[str, Any]:
    _checked(arguments["view"], "home")
    user = arguments["user_id"]
    if user not in workspace.people:
        raise Refused("user_not_found")
    home = workspace.homes.get(user)
    if "hash" in arguments and (home is None or home.hash != arguments["hash"]):
        raise Refused("hash_conflict")
    if home is None:
        home = workspace.homes[user] = _new(workspace, user, arguments["view"])
    else:
        _replace(workspace, home, arguments["view"])
    return {"view": shown(home)}


METHODS = {
    "views.open": Method({"trigger_id!": text, "view!": mapping}, _open),
    "views.push": Method({"trigger_id!": text, "view!": mapping}, _push),
    "views.update": Method({"view_id!": text, "view!": mapping, "hash": text}, _update),
    "views.publish": Method({"user_id!": text, "view!": mapping, "hash": text}, _publish),
}
