"""Writes down what is owed, before Slack is told that it has arrived."""

import time
from collections.abc import Callable
from dataclasses import replace

from bot.inbox.inbox import Inbox, Item
from bot.inbox.sealed import Seal
from bot.report.redact import redact
from bot.report.sent import sent_request
from bot.slack.conversation.memory import Memory
from bot.slack.conversation.threads import Threads
from bot.slack.incoming.entrances import Asked, Commented, Lasting, Thread, Way
from bot.slack.incoming.lasting import FORM, group_of, id_of, kind_of, written

_REMEMBERED = 20_000
_REMEMBERED_SECONDS = 10 * 60
LONGEST_BODY = 300_000
"""Characters of what is sealed. One that the inbox refused would pass for a failure of the inbox."""
_FEW_CHARACTERS = 1_000
_BEGIN = (Way.MENTION, Way.SHORTCUT)
"""The ways in by which the bot may come to take part in a thread among people."""


class Intake:
    """Everything that lasts goes into the inbox, sealed; what people say to each other elsewhere does not.

    Secrets are taken out before, but for those of a request as its client sent it, whose headers are to be compared.
    """

    def __init__(self, inbox: Inbox, seal: Seal, threads: Threads, clock: Callable[[], float] = time.time) -> None:
        self._inbox = inbox
        self._seal = seal
        self._threads = threads
        self._clock = clock
        self._taken: Memory[str, bool] = Memory(_REMEMBERED, _REMEMBERED_SECONDS)
        """The threads in which something was asked just now, which need not be known as the bot's yet."""

    def concerns(self, entrance: Lasting) -> bool:
        """Whether it may be meant for the bot: a reply among people is not, in a thread that the bot has no part in."""
        if not isinstance(entrance, Asked) or entrance.way is not Way.REPLY:
            return True
        assert isinstance(entrance.answer_to, Thread), "only messages are replies"
        return bool(self._taken.get(group_of(entrance))) or self._threads.knows(entrance.answer_to)

    def take(self, entrance: Lasting) -> None:
        """Write it down, once however often it comes. Raises Full and StoreFails."""
        if isinstance(entrance, Asked) and entrance.way in _BEGIN and isinstance(entrance.answer_to, Thread):
            # Before it is written down: what is said there next may come to another process, and sooner than its turn.
            self._threads.expect(entrance.answer_to)
        entrance = _without_secrets(entrance)
        group = group_of(entrance)
        item = Item(
            id=id_of(entrance),
            group=group,
            person=entrance.person,
            channel=_channel(entrance),
            kind=kind_of(entrance),
            form=FORM,
            arrived=self._clock(),
            body=self._sealed(entrance),
        )
        self._inbox.accept(item)
        self._taken.put(group, True)

    def _sealed(self, entrance: Lasting) -> str:
        body = self._seal.close(written(entrance))
        while len(body) > LONGEST_BODY and isinstance(entrance, Asked) and (entrance.pasted or entrance.files):
            entrance = _shorter(entrance)
            body = self._seal.close(written(entrance))
        return body


def _without_secrets(entrance: Lasting) -> Lasting:
    if isinstance(entrance, Commented):
        comment, secrets = redact(entrance.comment)
        return replace(entrance, comment=comment, secrets=secrets)
    if isinstance(entrance, Asked):
        pasted, secrets = redact(entrance.pasted)
        is_request = sent_request(entrance.pasted) is not None
        return replace(entrance, pasted=entrance.pasted if is_request else pasted, secrets=secrets)
    return entrance


def _shorter(asked: Asked) -> Asked:
    """With half of its text, or else of its files. A log ends with its error, and begins with the request."""
    if len(asked.pasted) <= _FEW_CHARACTERS:
        return replace(asked, pasted="", files=asked.files[: len(asked.files) // 2])
    quarter = len(asked.pasted) // 4
    return replace(asked, pasted=f"{asked.pasted[:quarter]}\n…\n{asked.pasted[-quarter:]}")


def _channel(entrance: Lasting) -> str | None:
    if isinstance(entrance, Asked):
        return entrance.channel
    return None if isinstance(entrance, Commented) or entrance.message is None else entrance.message.channel
