"""Tells whoever sent a secret that it was taken out, and that it has to be replaced: only they see it, and once."""

import logging
from dataclasses import replace
from functools import partial

from bot.pool import Pool, TooBusy
from bot.slack.conversation.desk import Desk
from bot.slack.conversation.notes import Note
from bot.slack.incoming.entrances import Asked, Commented, Way
from bot.store.store import StoreFails
from bot.worker import Held

log = logging.getLogger(__name__)


class Exposure:
    """Never holds up an answer: what it says is an errand, and nothing hangs on whether that succeeds."""

    def __init__(self, desk: Desk, errands: Pool) -> None:
        self._desk = desk
        self._errands = errands

    def warn(self, sent: Asked | Commented, held: Held) -> None:
        """Tell somebody that what they sent held a secret, unless they may have been told before.

        Whoever sent it has to replace it, also where they are not answered.
        """
        note = Note.read(held.note)
        if note.is_warned:
            return
        log.info("what was sent held a secret")
        name = "secret_in_channel" if _is_read_by_others(sent) else "secret_sent"
        try:
            # Before it is said: better not at all than once more after every crash.
            held.write(replace(note, is_warned=True).written())
            self._errands.submit(partial(self._tell, sent, name), _log_failure)
        except (StoreFails, TooBusy) as error:
            _log_failure(error)

    def _tell(self, sent: Asked | Commented, name: str) -> None:
        self._desk.tell(sent, self._desk.people.person_for_now(sent.person), name)


def _is_read_by_others(sent: Asked | Commented) -> bool:
    """Whether it stands in a channel; what is given to a command or a form is shown to nobody."""
    is_message = isinstance(sent, Asked) and sent.way in (Way.MENTION, Way.REPLY, Way.SHORTCUT)
    return is_message and sent.channel is not None and not sent.channel.startswith("D")


def _log_failure(error: BaseException) -> None:
    log.warning("nobody was told of a secret in what they sent (%s)", type(error).__name__)
