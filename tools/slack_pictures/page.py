"""A surface as a page of HTML; what cannot be drawn is told, never left out."""

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, UndefinedError
from markupsafe import Markup

from tools.slack_pictures import mrkdwn
from tools.slack_pictures.chrome import chrome_in
from tools.slack_pictures.emoji import emoji, with_emoji
from tools.slack_pictures.surfaces import NotDrawn, Surface

_HERE = Path(__file__).parent
_STYLES = {"bold", "italic", "strike", "code"}
_UNSHOWN = {
    "action_id", "block_id", "value", "confirm", "verbatim", "focus_on_load", "dispatch_action",
    "dispatch_action_config", "min_query_length", "min_length", "max_length", "accessibility_label",
}  # fmt: skip


def page_of(surface: Surface) -> str:
    """The whole page. Raises NotDrawn for a block, an element or a field that has no picture yet."""
    environment = Environment(
        loader=FileSystemLoader(_HERE),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(
        css=Markup((_HERE / "slack.css").read_text("utf-8")),  # noqa: S704
        drawn=partial(_drawn, environment),
        styled=_styled,
        name_of=lambda key: _known(surface.names, key),
        character_of=_character_of,
        chrome=chrome_in(surface.language),
        with_emoji=with_emoji,
        mrkdwn_elements=mrkdwn.elements,
    )
    try:
        return environment.get_template("page.html.j2").render(surface=surface)
    except (NotDrawn, UndefinedError) as error:
        raise NotDrawn(f"{surface.name}.{surface.language}: {error}") from error


def _drawn(environment: Environment, payload: Mapping[str, Any]) -> str:
    # Each macro is named as a type of Slack's, and its arguments as the fields that are seen.
    kind = payload["type"]
    macros = environment.get_template("blocks.html.j2").module
    macro: Callable[..., str] | None = getattr(macros, kind, None)
    if macro is None:
        raise NotDrawn(f"{kind} cannot be drawn yet: {payload}")
    shown = {key: value for key, value in payload.items() if key not in _UNSHOWN | {"type"}}
    try:
        return macro(**shown)
    except (TypeError, UndefinedError) as error:
        raise NotDrawn(f"{kind}: {error}") from error


def _styled(style: Mapping[str, bool]) -> str:
    if unknown := style.keys() - _STYLES:
        raise NotDrawn(f"the style {sorted(unknown)} cannot be drawn yet")
    return " ".join(name for name, is_on in style.items() if is_on)


def _known(names: Mapping[str, str], key: str) -> str:
    if key not in names:
        raise NotDrawn(f"{key} is mentioned, and `names` does not say who or what that is")
    return names[key]


def _character_of(name: str) -> str:
    if (character := emoji(name)) is None:
        raise NotDrawn(f"there is no emoji :{name}: in Slack, or emoji.py does not know it yet")
    return character
