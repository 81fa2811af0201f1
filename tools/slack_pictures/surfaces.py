"""What a picture is asked to show: a payload as Slack gets it, and what Slack's own window adds to it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, Literal, get_args

Payload = Mapping[str, Any]
Kind = Literal["message", "ephemeral", "modal", "home"]

_UNSHOWN = {
    "channel", "thread_ts", "response_type", "replace_original", "unfurl_links", "unfurl_media", "parse", "link_names",
    "mrkdwn", "metadata", "type", "callback_id", "external_id", "private_metadata", "notify_on_close", "clear_on_close",
}  # fmt: skip
_SHOWN = {
    "message": {"text", "blocks"},
    "ephemeral": {"text", "blocks"},
    "modal": {"title", "blocks", "submit", "close"},
    "home": {"blocks"},
}


class NotDrawn(Exception):
    """Something that would be missing from a picture, or wrong in it: told, never left out."""


@dataclass(frozen=True, slots=True)
class Surface:
    """One picture. `payload` is a message's arguments, or a view; `width` is in CSS pixels.

    `names` are the people and channels that the payload mentions, by their ids; `files` are snippets below a message.
    """

    name: str
    language: str
    surface: Kind
    payload: Payload
    width: int = 720
    files: tuple[Mapping[str, str], ...] = ()
    app: str = "Kintsugi"
    time: str = "10:42"
    edited: bool = False
    names: Mapping[str, str] = field(default_factory=dict)

    @property
    def blocks(self) -> list[Payload]:
        """What is shown; a message without blocks is its text."""
        if "blocks" in self.payload:
            return list(self.payload["blocks"])
        return [{"type": "section", "text": {"type": "mrkdwn", "text": self.payload["text"]}}]


def read_surfaces(path: Path) -> list[Surface]:
    """The surfaces that a JSON file lists. Raises NotDrawn where an entry is not as `Surface` has it."""
    surfaces = [_surface(entry) for entry in json.loads(path.read_text("utf-8"))]
    pictures = [(surface.name, surface.language) for surface in surfaces]
    if twice := {picture for picture in pictures if pictures.count(picture) > 1}:
        raise NotDrawn(f"asked for twice: {sorted(twice)}")
    return surfaces


def _surface(entry: Mapping[str, Any]) -> Surface:
    if unknown := entry.keys() - {each.name for each in fields(Surface)}:
        raise NotDrawn(f"{entry.get('name')}: an entry has no {sorted(unknown)}")
    if missing := {"name", "language", "surface", "payload"} - entry.keys():
        raise NotDrawn(f"{entry.get('name')}: an entry needs {sorted(missing)}")
    if entry["surface"] not in get_args(Kind):
        raise NotDrawn(f"{entry['name']}: no surface {entry['surface']!r}, only {', '.join(get_args(Kind))}")
    surface = Surface(**{**entry, "files": tuple(entry.get("files", ()))})
    if undrawn := surface.payload.keys() - _SHOWN[surface.surface] - _UNSHOWN:
        raise NotDrawn(f"{surface.name}: {sorted(undrawn)} of a {surface.surface} cannot be drawn yet")
    return surface
