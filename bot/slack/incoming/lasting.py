"""What somebody wants, as an item of the inbox: its id, what it is in order with, and its text, written and read."""

import hashlib
import json
from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Any, TypeGuard

from bot.slack import actions
from bot.slack.incoming.entrances import Asked, Clicked, Commented, Entrance, Lasting, Thread, Way

if TYPE_CHECKING:
    from pydantic import TypeAdapter

FORM = 3
"""The version of what is written; to be raised with every change of the dataclasses of `entrances`.

What older releases have written is owed as well: a new field has a default, and one that goes is still read.
"""
_KINDS: Mapping[str, type[Lasting]] = {"asked": Asked, "clicked": Clicked, "commented": Commented}


_OPENS_A_VIEW = (actions.EVIDENCE, actions.REST, actions.WRONG)


class Unreadable(Exception):
    """A text is none of what was written, or it is of a newer form, which another release has written."""


def lasts(entrance: Entrance) -> TypeGuard[Lasting]:
    """Whether it can be done later as well: a view has to be opened within three seconds of the click."""
    if isinstance(entrance, Clicked):
        return entrance.action not in _OPENS_A_VIEW
    return isinstance(entrance, (Asked, Commented))


def id_of(entrance: Entrance) -> str:
    """The same for every delivery of the same thing, and for its twins; different for everything else."""
    return hashlib.sha256("\x00".join(entrance.key).encode("utf-8", "replace")).hexdigest()[:32]


def group_of(entrance: Lasting) -> str:
    """What is to be done in order: the thread; all direct messages with somebody; anything else is alone.

    Where people write directly, what they write next may continue what the bot asked, outside of its thread.
    """
    place = None
    if isinstance(entrance, Asked) and entrance.way in (Way.MENTION, Way.REPLY, Way.DIRECT, Way.SHORTCUT):
        place = entrance.answer_to if isinstance(entrance.answer_to, Thread) else None
    elif isinstance(entrance, Clicked) and entrance.message and not entrance.message.is_ephemeral:
        place = Thread(entrance.message.channel, entrance.message.thread or entrance.message.ts)
    if place is None:
        return id_of(entrance)
    name = place.channel if place.channel.startswith("D") else f"{place.channel}:{place.ts}"
    # Slack's ids are short and plain; whoever sends others shall not break what reads them.
    return name if len(name) <= 100 and name.isascii() and name.isprintable() and " " not in name else id_of(entrance)


def kind_of(entrance: Entrance) -> str:
    """The way in, in a word."""
    return entrance.way.value if isinstance(entrance, Asked) else type(entrance).__name__.lower()


def written(entrance: Lasting) -> str:
    """The entrance as text."""
    name = type(entrance).__name__.lower()
    return json.dumps([FORM, name, _adapter(name).dump_python(entrance, mode="json")], ensure_ascii=False)


def read(text: str) -> Lasting:
    """What was `written`. Raises Unreadable."""
    try:
        form, name, content = json.loads(text)
        if form > FORM or name not in _KINDS:
            raise Unreadable(f"it is a {name!r} of form {form!r}, and this release reads forms up to {FORM}")
        found: Lasting = _adapter(name).validate_python(content)
    except (ValueError, TypeError, RecursionError) as error:
        raise Unreadable("it is none of what was written") from error
    return found


@cache
def _adapter(name: str) -> "TypeAdapter[Any]":
    from pydantic import TypeAdapter

    return TypeAdapter(_KINDS[name])
