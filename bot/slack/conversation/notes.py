"""What is noted of a question in the inbox, so that whoever goes on with it edits what stands there already."""

import json
from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True)
class Note:
    """Where a question is answered, as far as that has begun.

    `channel`, `ts` and `thread` are of the bot's message, where one stands that can be edited; `in_private` if the asker
    was told where only they can read it. `is_greeted` if they know that it has arrived. `may_be_said` if an answer may have been
    given that cannot be looked for, nor edited.
    """

    channel: str | None = None
    ts: str | None = None
    thread: str | None = None
    in_private: bool = False
    is_greeted: bool = False
    may_be_said: bool = False

    def written(self) -> str:
        """The note as text."""
        return json.dumps(asdict(self))

    @classmethod
    def read(cls, text: str) -> "Note":
        """What was `written`; of what another release has written, what this one knows."""
        content = json.loads(text) if text else {}
        return cls(**{name: value for name, value in content.items() if name in cls.__slots__})
