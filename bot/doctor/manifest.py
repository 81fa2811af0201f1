"""How the app as it is installed in Slack differs from our manifest."""

from collections.abc import Iterator, Mapping
from typing import Any

Manifest = Mapping[str, Any]


def differences(ours: Manifest, installed: Manifest) -> Iterator[str]:
    """Each difference in what the bot may do and hears, as a phrase; names and descriptions are a matter of taste.

    What is installed may have any form.
    """
    for what, path in _LISTS.items():
        yield from _unlike(what, _texts(_at(ours, path)), _texts(_at(installed, path)))
    for what, (path, key) in _NAMED.items():
        yield from _unlike(what, _keys(_at(ours, path), key), _keys(_at(installed, path), key))
    for what, path in _VALUES.items():
        wanted, there = _at(ours, path), _at(installed, path)
        # What is off or unset may as well be left out.
        if (wanted or False) != (there or False):
            yield f"{what} is {_told(there)} instead of {_told(wanted)}"


_LISTS = {
    "scope": "oauth_config.scopes.bot",
    "event": "settings.event_subscriptions.bot_events",
}
_NAMED = {
    "command": ("features.slash_commands", "command"),
    "shortcut": ("features.shortcuts", "callback_id"),
}
_VALUES = {
    "Socket Mode": "settings.socket_mode_enabled",
    "interactivity": "settings.interactivity.is_enabled",
    "token rotation": "settings.token_rotation_enabled",
    "the home tab": "features.app_home.home_tab_enabled",
    "the messages tab": "features.app_home.messages_tab_enabled",
    "the messages tab being read-only": "features.app_home.messages_tab_read_only_enabled",
    "the address for events": "settings.event_subscriptions.request_url",
    "the address for interactivity": "settings.interactivity.request_url",
}


def _at(manifest: Manifest, path: str) -> Any:
    found: Any = manifest
    for name in path.split("."):
        found = found.get(name) if isinstance(found, Mapping) else None
    return found


def _texts(found: Any) -> set[str]:
    return {each for each in found if isinstance(each, str)} if isinstance(found, list) else set()


def _keys(found: Any, key: str) -> set[str]:
    return {str(each.get(key)) for each in found if isinstance(each, Mapping)} if isinstance(found, list) else set()


def _unlike(what: str, wanted: set[str], there: set[str]) -> Iterator[str]:
    if missing := sorted(wanted - there):
        yield f"{what} missing: {', '.join(missing)}"
    if superfluous := sorted(there - wanted):
        yield f"{what} not ours: {', '.join(superfluous)}"


def _told(value: Any) -> str:
    return (
        {True: "on", False: "off", None: "off"}.get(value, repr(value)) if not isinstance(value, (list, dict)) else "?"
    )
