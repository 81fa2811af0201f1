"""What is noted of a question in the inbox, so that whoever goes on with it edits what stands there already."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

from bot.slack.conversation.delivery import Posted


@dataclass(frozen=True, slots=True)
class Note:
    """Where a question is answered, as far as that has begun.

    `posted` is the bot's message, where one stands that can be edited; `in_private` if the asker was told where only
    they can read it. `is_greeted` if they know that it has arrived. `may_be_said` if an answer may have been given
    that can be neither looked for nor edited. `earlier` is the id under which the answer is kept that is compared with
    the new one, once that takes its place. `is_warned` if they may have been told of a secret in it.
    """

    posted: Posted | None = None
    in_private: bool = False
    is_greeted: bool = False
    may_be_said: bool = False
    earlier: str | None = None
    is_warned: bool = False

    def written(self) -> str:
        """The note as text."""
        return json.dumps(asdict(self))

    @classmethod
    def read(cls, text: str) -> "Note":
        """What was `written`; of what another release has written, what this one knows."""
        content = json.loads(text) if text else {}
        known, posted = _known_of(cls, content), content.get("posted")
        return cls(**known | {"posted": Posted(**_known_of(Posted, posted)) if posted else None})


def _known_of(cls: type, content: Mapping[str, Any]) -> dict[str, Any]:
    names = {field.name for field in fields(cls)}
    return {name: value for name, value in content.items() if name in names}
