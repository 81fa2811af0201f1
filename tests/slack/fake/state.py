"""What is chosen and filled in: of one element, and of everything that is shown, as `state.values` has it.

https://docs.slack.dev/reference/interaction-payloads/view-interactions-payload
"""

from collections.abc import Mapping
from typing import Any

from tests.slack.fake.things import elements

_ONE, _MANY = ("static_select", "radio_buttons", "overflow"), ("multi_static_select", "checkboxes")
_IDS = {
    "users_select": "selected_user", "multi_users_select": "selected_users",
    "channels_select": "selected_channel", "multi_channels_select": "selected_channels",
    "conversations_select": "selected_conversation", "multi_conversations_select": "selected_conversations",
    "datepicker": "selected_date", "timepicker": "selected_time",
}  # fmt: skip
_STATELESS = ("button", "overflow", "icon_button", "feedback_buttons", "workflow_button")


def options_of(element: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The options of a menu, in their groups or not."""
    groups = element.get("option_groups", [])
    return [*element.get("options", []), *(option for group in groups for option in group["options"])]


def chosen(element: Mapping[str, Any], value: Any) -> dict[str, Any]:
    """An element in which somebody has chosen, or written, this. Fails the test if there is no such option."""
    kind = element["type"]
    offered = {option["value"]: option for option in options_of(element)}
    if kind in _ONE:
        assert value is None or value in offered, f"{element['action_id']} offers {sorted(offered)}, not {value!r}"
        return {"type": kind, "selected_option": offered.get(value)}
    if kind in _MANY:
        assert set(value) <= set(offered), f"{element['action_id']} offers {sorted(offered)}, not {value!r}"
        return {"type": kind, "selected_options": [offered[each] for each in value]}
    if kind in _IDS:
        return {"type": kind, _IDS[kind]: value}
    longest, least = element.get("max_length", 3_000), element.get("min_length", 0)
    assert value is None or least <= len(value) <= longest, (
        f"{element['action_id']} takes {least} to {longest} characters"
    )
    return {"type": kind, "value": value or None}


def state_of(blocks: list[dict[str, Any]], values: Mapping[str, Any]) -> dict[str, Any]:
    """Everything that can be chosen or filled in: as somebody has left it, or as it was at first."""
    state: dict[str, Any] = {}
    for block, element in elements(blocks):
        if element["type"] in _STATELESS:
            continue
        known = values.get(block, {}).get(element["action_id"])
        state.setdefault(block, {})[element["action_id"]] = _at_first(element) if known is None else known
    return state


def is_empty(value: Mapping[str, Any]) -> bool:
    """Whether nothing is chosen or filled in."""
    return not any(inner for name, inner in value.items() if name != "type")


def _at_first(element: Mapping[str, Any]) -> dict[str, Any]:
    kind = element["type"]
    if kind in _ONE:
        return {"type": kind, "selected_option": element.get("initial_option")}
    if kind in _MANY:
        return {"type": kind, "selected_options": element.get("initial_options", [])}
    if kind in _IDS:
        name = _IDS[kind]
        return {"type": kind, name: element.get(name.replace("selected", "initial"))}
    return {"type": kind, "value": element.get("initial_value")}
