"""Of each question that came to its end, tells once how: the log, the metrics and the audit log."""

import logging
import time
from collections.abc import Callable, Iterable
from enum import Enum, auto
from typing import Any

from bot.audit import AuditLog, Ended, seen
from bot.model import Reply
from bot.slack import actions
from bot.slack.conversation.people import People
from bot.slack.incoming.entrances import Asked, Clicked, Entrance, Thread, Way
from bot.slack.incoming.lasting import id_of, kind_of
from bot.telemetry import Telemetry
from bot.worker import Held

log = logging.getLogger(__name__)

GONE = "no_longer_kept"
"""What is said of an answer that is not there, and of one that is hidden."""
LOOKS = {actions.CHECK_AGAIN: "check_again", actions.CANDIDATE: "choice"}
"""The clicks that are questions, and what the audit log calls them."""


class Became(Enum):
    """What became of something that was taken up. Whoever takes it up has to say, so that no question ends untold."""

    ENDED = auto()
    """It came to its end, and the ledger was told how: only the ledger says so."""
    PASSED_ON = auto()
    """It waits for its turn."""
    NO_QUESTION = auto()
    """It was none: something said among people, or a button that asks nothing."""


class Ledger:
    """To be told before a question is struck off: where a process dies in between, it is told again."""

    def __init__(
        self, people: People, telemetry: Telemetry, audit: AuditLog, clock: Callable[[], float] = time.time
    ) -> None:
        """`clock` is the wall's, by which it is known how long ago a question arrived."""
        self._people = people
        self._telemetry = telemetry
        self._audit = audit
        self._clock = clock

    def answered(self, entrance: Asked | Clicked, held: Held, reply: Reply) -> Became:
        """Its answer stands in Slack."""
        kind, verdict, seconds = kind_of(entrance), reply.diagnosis.verdict, self._seconds(held)
        log.info("answered", extra={"kind": kind, "verdict": verdict, "seconds": round(seconds, 3)})
        self._telemetry.answered(kind, verdict, reply.locale, seconds)
        self._write(entrance, seconds, outcome="answered", language=reply.locale, **seen(reply.diagnosis))
        return Became.ENDED

    def ended(self, entrance: Asked | Clicked, held: Held, outcome: str, why: str | None = None) -> Became:
        """There is no answer to it; `outcome` as of `Telemetry.ended`."""
        self._telemetry.ended(kind_of(entrance), outcome)
        language = self._people.language(entrance.person)
        self._write(entrance, self._seconds(held), outcome=outcome, why=why, language=language)
        return Became.ENDED

    def refused(self, entrance: Asked | Clicked, held: Held, why: str) -> Became:
        """There is no answer to it: whoever asked may not, or what they asked about again is kept no longer."""
        return self.ended(entrance, held, "expired" if why == GONE else "refused", why)

    def not_taken(self, entrance: Entrance, why: str) -> None:
        """It was not even written down. What people say to each other need not have been a question."""
        match entrance:
            case Asked() if entrance.way is not Way.REPLY:
                self._write(entrance, 0, outcome="not_taken", why=why)
            case Clicked() if entrance.action in LOOKS:
                self._write(entrance, 0, outcome="not_taken", why=why)

    def unreadable(self, held: Held) -> None:
        """There is no answer to it, since it cannot be read any more."""
        item = held.lease.item
        self._telemetry.ended(item.kind, "failed")
        self._audit.write(
            Ended(
                question=item.id,
                outcome="failed",
                way=item.kind,
                why="unreadable",
                person=item.person,
                team=self._people.team(item.person),
                channel=item.channel,
                milliseconds=int(self._seconds(held) * 1_000),
            )
        )

    def _write(self, entrance: Asked | Clicked, seconds: float, **told: Any) -> None:
        self._audit.write(
            Ended(
                question=id_of(entrance),
                way=_way(entrance),
                person=entrance.person,
                team=self._people.team(entrance.person),
                channel=entrance.asker.channel,
                thread_ts=_thread_ts(entrance),
                milliseconds=int(seconds * 1_000),
                **told,
            )
        )

    def _seconds(self, held: Held) -> float:
        return max(0.0, self._clock() - held.lease.item.arrived)


def log_refused(entrance: Entrance, why: str, accounts: Iterable[str] = ()) -> None:
    """Log that something was not done for somebody. Only here it is said which accounts it was about."""
    who = {"person": entrance.person, "channel": entrance.asker.channel}
    entered_by = entrance.action if isinstance(entrance, Clicked) else kind_of(entrance)
    log.info("refused", extra={**who, "entrance": entered_by, "account": tuple(sorted(accounts)), "why": why})


def _way(entrance: Asked | Clicked) -> str:
    return LOOKS.get(entrance.action, "clicked") if isinstance(entrance, Clicked) else entrance.way


def _thread_ts(entrance: Asked | Clicked) -> str | None:
    if isinstance(entrance, Clicked):
        return (entrance.message.thread or entrance.message.ts) if entrance.message else None
    return entrance.answer_to.ts if isinstance(entrance.answer_to, Thread) else entrance.hangs_on
