"""Every payload of Slack is acknowledged here, at once: nothing in this module waits for anything."""

import logging
from collections.abc import Callable
from functools import partial

from slack_bolt import BoltRequest, BoltResponse
from slack_bolt.middleware import Middleware

from bot.pool import Pool, TooBusy
from bot.slack.conversation.memory import Once
from bot.slack.conversation.reception import Reception
from bot.slack.incoming.entering import entered
from bot.slack.incoming.entrances import Asked, Entrance, FormWanted, ResponseUrl
from bot.slack.outgoing.messages import say

log = logging.getLogger(__name__)

_REMEMBERED = 20_000
_REMEMBERED_SECONDS = 60 * 60


class Listeners(Middleware):
    """The one middleware of ours: decides what a payload is, hands it to a worker and acknowledges it.

    Bolt's own listeners acknowledge from a pool that they share with their work; with the pool busy, Slack hears
    nothing within its three seconds and the user sees a time-out. So no listener is registered: the answer that a
    middleware returns is the acknowledgement.
    """

    def __init__(self, bot_user: str, reception: Reception, errands: Pool) -> None:
        """`errands` are short: saying that a question has arrived, doing what was clicked."""
        self._bot_user = bot_user
        self._reception = reception
        self._errands = errands
        self._once = Once(_REMEMBERED, _REMEMBERED_SECONDS)

    def process(self, *, req: BoltRequest, resp: BoltResponse, next: Callable[[], BoltResponse]) -> BoltResponse:
        """Takes any payload and answers with its acknowledgement; what would come next in Bolt never comes."""
        self._reception.desk.channels.notice(req.body)
        try:
            entrance = entered(req.body, self._bot_user)
        except (LookupError, TypeError, ValueError, AttributeError) as error:
            # Bolt's way with errors looks into the payload itself. What was sent is not repeated in the log.
            log.error("a payload could not be read: %s", type(error).__name__)
            return BoltResponse(status=200)
        if entrance is None or not self._once.first(*entrance.keys):
            return BoltResponse(status=200)
        reception = self._reception
        try:
            self._errands.submit(partial(reception.receive, entrance), partial(reception.failed, entrance))
        except TooBusy:
            log.error("too busy even to say so: something was dropped")
            return self._too_busy(entrance)
        return BoltResponse(status=200)

    def _too_busy(self, entrance: Entrance) -> BoltResponse:
        # Only a command can be answered with its acknowledgement: https://docs.slack.dev/interactivity/implementing-slash-commands
        if not isinstance(entrance, (Asked, FormWanted)) or not isinstance(entrance.answer_to, ResponseUrl):
            return BoltResponse(status=200)
        desk = self._reception.desk
        message = say(desk.words(desk.people.language(entrance.person)).block("too_busy"))
        return BoltResponse(status=200, body={"response_type": "ephemeral", **message.payload()})
