"""Who may do what, and where: three lists that the accounts file has for the whole bot and for each account."""

from collections.abc import Iterator
from typing import Annotated

from pydantic import BaseModel, ConfigDict, StringConstraints, field_validator

from bot.model import Asker, Command

DIRECT = "direct"
"""The place that is no channel: direct messages, the Home tab and the form that is opened there."""

TAKES = {
    "channels": 'a list of Slack\'s ids of channels, like ["C0123456789"], which stand at the end of "channel details"'
    f'; "{DIRECT}" is direct messages and the Home tab',
    "people": 'a list of Slack\'s ids of people, like ["U0123456789"], which "Copy member ID" in a profile gives',
    "commands": f"a list of what is permitted of {', '.join(Command)}",
}
"""What belongs under each key, in words."""

ChannelId = Annotated[str, StringConstraints(pattern=rf"^([CDG][A-Z0-9]{{2,}}|{DIRECT})$")]
PersonId = Annotated[str, StringConstraints(pattern=r"^[UW][A-Z0-9]{2,}$")]


class Permissions(BaseModel):
    """Where, for whom and for what something is open: all three must permit it.

    None is everywhere, everybody and everything; an empty list is nowhere, nobody and nothing.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    channels: tuple[ChannelId, ...] | None = None
    people: tuple[PersonId, ...] | None = None
    commands: tuple[Command, ...] | None = None

    @field_validator("commands")
    @classmethod
    def _with_something_to_do_it_with(cls, commands: tuple[Command, ...] | None) -> tuple[Command, ...] | None:
        if commands and Command.ASK not in commands:
            raise ValueError(f'is without "{Command.ASK}", and without an answer there is nothing else to be done')
        return commands

    @property
    def is_restricted(self) -> bool:
        """Something is open not to everybody, or not everywhere."""
        return (self.channels, self.people, self.commands) != (None, None, None)

    def permits(self, asker: Asker | None) -> bool:
        """Whether that person may do there what they want to do. The command line, which is nobody, may."""
        if asker is None:
            return True
        return (
            (self.channels is None or _is_among(asker.channel, self.channels))
            and (self.people is None or asker.person in self.people)
            and (self.commands is None or asker.command in self.commands)
        )

    def beyond(self, whole: "Permissions") -> Iterator[tuple[str, list[str]]]:
        """What is named here under each key, and not permitted there: it is never permitted where both must."""
        for key in TAKES:
            given, permitted = getattr(self, key) or (), getattr(whole, key)
            if permitted is not None and (more := [str(each) for each in given if not _is_among(each, permitted)]):
                yield key, more


def _is_among(channel: str | None, channels: tuple[str, ...]) -> bool:
    return channel in channels or (DIRECT in channels and (channel is None or channel.startswith("D")))
