"""Takes whatever somebody wants to where it is done, at once or off the inbox, and tells them if that fails."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from bot.inbox.sealed import Seal, Unsealable
from bot.logs import about
from bot.slack.calling.failures import MustWait, ResponseUrlRefused, outcome_of, passes
from bot.slack.conversation.answering import Answering
from bot.slack.conversation.clicks import Clicks
from bot.slack.conversation.delivery import CANNOT_SAY
from bot.slack.conversation.desk import Desk
from bot.slack.conversation.ledger import LOOKS
from bot.slack.conversation.notes import Note
from bot.slack.conversation.rechecking import Rechecking
from bot.slack.conversation.views import Views
from bot.slack.incoming.entrances import Asked, Clicked, Commented, Entrance, FormWanted, HomeOpened, Lasting
from bot.slack.incoming.lasting import Unreadable, id_of, read
from bot.store.store import StoreFails
from bot.worker import Held, Hopeless, Later

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Reception:
    """What does not last is done at once."""

    desk: Desk
    clicks: Clicks
    views: Views

    def receive(self, entrance: Entrance) -> None:
        """Open what is wanted. Raises whatever hinders that."""
        match entrance:
            case FormWanted():
                self.views.open_form(entrance)
            case HomeOpened():
                self.views.show_home(entrance)
            case Clicked():
                self.clicks.click(entrance)

    def failed(self, entrance: Entrance, error: BaseException) -> None:
        """Tell somebody, in private, that what they wanted was not done; and the log why."""
        message = self.desk.failure(error, self.desk.people.language(entrance.person), id_of(entrance)[:8])
        if isinstance(entrance, (Clicked, FormWanted)):
            try:
                outlet = self.desk.in_private(entrance)
            except ResponseUrlRefused:
                return
            self.desk.show_or_log(outlet, message)


@dataclass(frozen=True, slots=True)
class Arrivals:
    """What has arrived: people are told so; what takes long is passed on."""

    desk: Desk
    seal: Seal
    answering: Answering
    clicks: Clicks

    def handle(self, held: Held) -> None:
        """As in `bot.worker.Handler`."""
        with about(held.lease.item.id), _slack_permitting():
            entrance = _opened(self.seal, held)
            match entrance:
                case Asked():
                    self.answering.receive(entrance, held)
                case Clicked():
                    # Whoever clicks waits for something to happen: noted, so that they soon hear where it cannot.
                    held.note = held.note or Note().written()
                    self.clicks.click(entrance, held)
                case Commented():
                    self.clicks.comment(entrance, held)

    def give_up(self, held: Held, error: BaseException | None) -> None:
        """As in `bot.worker.Handler`."""
        with about(held.lease.item.id), _told(self.desk, held, error):
            match _opened(self.seal, held):
                case Asked() as asked:
                    self.answering.give_up(asked, held, error)
                case Clicked() as clicked:
                    if clicked.action in LOOKS:
                        self.desk.ledger.ended(clicked, held, "failed")
                    language = self.desk.people.person_for_now(clicked.person).language
                    message = self.desk.failure(error, language, held.reference)
                    self.desk.in_private(clicked).show(message)


@dataclass(frozen=True, slots=True)
class Questions:
    """What was passed on: it is looked into."""

    desk: Desk
    seal: Seal
    answering: Answering
    rechecking: Rechecking

    def handle(self, held: Held) -> None:
        """As in `bot.worker.Handler`."""
        with about(held.lease.item.id), _slack_permitting():
            entrance = _opened(self.seal, held)
            match entrance:
                case Asked():
                    self.answering.answer(entrance, held)
                case Clicked():
                    self.rechecking.look(entrance, held)

    def give_up(self, held: Held, error: BaseException | None) -> None:
        """As in `bot.worker.Handler`."""
        with about(held.lease.item.id), _told(self.desk, held, error):
            match _opened(self.seal, held):
                case Asked() as asked:
                    self.answering.give_up(asked, held, error)
                case Clicked() as clicked:
                    self.rechecking.give_up(clicked, held, error)


def _opened(seal: Seal, held: Held) -> Lasting:
    try:
        return read(seal.open(held.lease.item.body))
    except Unsealable as error:
        raise Hopeless("it was sealed with another bot token") from error
    except Unreadable as error:
        raise Hopeless(str(error)) from error


@contextmanager
def _slack_permitting() -> Iterator[None]:
    """What Slack does not take now may be done later; what it refuses is hopeless."""
    try:
        yield
    except CANNOT_SAY as error:
        why = f"Slack did not take it ({outcome_of(error)})"
        pause = error.seconds if isinstance(error, MustWait) else None
        raise (Later(pause, why) if passes(error) else Hopeless(why)) from error


@contextmanager
def _told(desk: Desk, held: Held, error: BaseException | None) -> Iterator[None]:
    """Whoever cannot be told where they asked is told in person; where Slack refuses that, too, the log has it.

    Raises what passes: to be told later is better than never.
    """
    try:
        yield
    except (Hopeless, StoreFails, *CANNOT_SAY) as silent:
        if isinstance(silent, Hopeless):
            desk.ledger.unreadable(held)
        if passes(silent):
            raise
        log.error("reference %s: not told where it was asked (%s)", held.reference, type(silent).__name__)
        person = held.lease.item.person
        message = desk.failure(error, desk.people.person_for_now(person).language, held.reference)
        try:
            desk.in_person(person).show(message)
        except CANNOT_SAY as refused:
            if passes(refused):
                raise
            log.error("reference %s: nobody could be told (%s)", held.reference, outcome_of(refused))
