"""Every payload of Slack is acknowledged here, at once: nothing in this module waits for anything but the inbox."""

import logging
import time
from collections.abc import Callable
from functools import partial

from slack_bolt import BoltRequest, BoltResponse
from slack_bolt.middleware import Middleware

from bot.inbox.inbox import Full
from bot.pool import Pool, TooBusy
from bot.slack.conversation.haste import Haste
from bot.slack.conversation.intake import Intake
from bot.slack.conversation.memory import Once
from bot.slack.conversation.reception import Reception
from bot.slack.incoming.entering import entered
from bot.slack.incoming.entrances import Asked, Entrance, FormWanted, HomeOpened, Lasting, ResponseUrl
from bot.slack.incoming.lasting import kind_of, lasts
from bot.slack.outgoing.messages import say
from bot.store.store import StoreFails
from bot.telemetry import Telemetry

log = logging.getLogger(__name__)

_REMEMBERED = 20_000
_REMEMBERED_SECONDS = 60 * 60


class Listeners(Middleware):
    """The one middleware of ours: decides what a payload is, has it written down and acknowledges it.

    Bolt's own listeners acknowledge from a pool that they share with their work; with the pool busy, Slack hears
    nothing within its three seconds and the user sees a time-out. So no listener is registered: the answer that a
    middleware returns is the acknowledgement.
    """

    def __init__(
        self, bot_user: str, intake: Intake, reception: Reception, errands: Pool, telemetry: Telemetry
    ) -> None:
        """`errands` open forms and views, which does not last."""
        self._bot_user = bot_user
        self._intake = intake
        self._reception = reception
        self._errands = errands
        self._telemetry = telemetry
        self._haste = Haste()
        # Beside what the inbox knows: it may have been kept from writing something down.
        self._once = Once(_REMEMBERED, _REMEMBERED_SECONDS)

    def process(self, *, req: BoltRequest, resp: BoltResponse, next: Callable[[], BoltResponse]) -> BoltResponse:
        """Takes any payload and answers with its acknowledgement; what would come next in Bolt never comes."""
        began = time.monotonic()
        self._reception.desk.channels.notice(req.body)
        try:
            entrance = entered(req.body, self._bot_user)
        except (LookupError, TypeError, ValueError, AttributeError) as error:
            # Bolt's way with errors looks into the payload itself. What was sent is not repeated in the log.
            log.error("a payload could not be read: %s", type(error).__name__)
            return BoltResponse(status=200)
        if entrance is None:
            return BoltResponse(status=200)
        answer = self._done(entrance)
        self._telemetry.acknowledged(kind_of(entrance), time.monotonic() - began)
        return answer

    def _done(self, entrance: Entrance) -> BoltResponse:
        if self._once.knows(entrance.key):
            return BoltResponse(status=200)
        # Questions have bounds of their own.
        if not isinstance(entrance, Asked) and self._haste.is_too_fast(entrance.person):
            log.warning("somebody presses too much: a %s is not taken", kind_of(entrance))
            self._reception.desk.ledger.not_taken(entrance, "too_fast")
            # The Home tab stands there already, and nobody has to open it once more.
            return BoltResponse(status=200) if isinstance(entrance, HomeOpened) else self._turned_away(entrance)
        return self._take(entrance) if lasts(entrance) else self._do_at_once(entrance)

    def _take(self, entrance: Lasting) -> BoltResponse:
        if not self._intake.concerns(entrance):
            return BoltResponse(status=200)
        try:
            self._intake.take(entrance)
        except (Full, StoreFails) as error:
            log.error("something is not taken: %s", str(error) or type(error).__name__)
            self._reception.desk.ledger.not_taken(entrance, "full" if isinstance(error, Full) else "store_fails")
            return self._turned_away(entrance)
        self._once.put(entrance.key)
        return BoltResponse(status=200)

    def _do_at_once(self, entrance: Entrance) -> BoltResponse:
        if not self._once.first(entrance.key):
            return BoltResponse(status=200)
        reception = self._reception
        try:
            self._errands.submit(partial(reception.receive, entrance), partial(reception.failed, entrance))
        except TooBusy:
            log.error("too busy to open something")
            return self._turned_away(entrance)
        return BoltResponse(status=200)

    def _turned_away(self, entrance: Entrance) -> BoltResponse:
        """A command is answered with its acknowledgement; anything else is not acknowledged, so that Slack repeats it.

        https://docs.slack.dev/interactivity/implementing-slash-commands, https://docs.slack.dev/apis/events-api#retries
        """
        if not isinstance(entrance, (Asked, FormWanted)) or not isinstance(entrance.answer_to, ResponseUrl):
            return BoltResponse(status=503)
        desk = self._reception.desk
        message = say(desk.words(desk.people.language(entrance.person)).block("cannot_take"))
        return BoltResponse(status=200, body={"response_type": "ephemeral", **message.payload()})
