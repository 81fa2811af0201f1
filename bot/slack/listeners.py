"""Every payload of Slack is acknowledged here, at once: nothing in this module waits for anything."""

import logging
from collections.abc import Callable
from functools import partial

from slack_bolt import BoltRequest, BoltResponse
from slack_bolt.middleware import Middleware

from bot.slack.conversation.answering import Answering
from bot.slack.conversation.memory import Once
from bot.slack.incoming.entrances import Asked, Bot, Clicked, ResponseUrl, entered
from bot.slack.outgoing.messages import say
from bot.worker import TooBusy, Worker

log = logging.getLogger(__name__)

_REMEMBERED = 20_000
_REMEMBERED_SECONDS = 60 * 60


class Listeners(Middleware):
    """The one middleware of ours: decides what a payload is, hands it to a worker and acknowledges it.

    Bolt's own listeners acknowledge from a pool that they share with their work; with the pool busy, Slack hears
    nothing within its three seconds and the user sees a time-out. So no listener is registered: the answer that a
    middleware returns is the acknowledgement.
    """

    def __init__(self, bot: Bot, answering: Answering, questions: Worker, errands: Worker) -> None:
        """`questions` may be busy for long; `errands` are short: sharing, and telling that there is no room."""
        self._bot = bot
        self._answering = answering
        self._questions = questions
        self._errands = errands
        self._once = Once(_REMEMBERED, _REMEMBERED_SECONDS)

    def process(self, *, req: BoltRequest, resp: BoltResponse, next: Callable[[], BoltResponse]) -> BoltResponse:
        """Takes any payload and answers with its acknowledgement; what would come next in Bolt never comes."""
        entrance = entered(req.body, self._bot)
        if entrance is None or not self._once.first(*entrance.keys):
            return BoltResponse(status=200)
        if isinstance(entrance, Clicked):
            self._errand(entrance, partial(self._answering.share, entrance))
            return BoltResponse(status=200)
        return self._ask(entrance)

    def _ask(self, asked: Asked) -> BoltResponse:
        try:
            self._questions.submit(partial(self._answering.answer, asked), partial(self._answering.failed, asked))
        except TooBusy:
            return self._refuse(asked)
        return self._say(asked, "acknowledged" if asked.pasted else None)

    def _refuse(self, asked: Asked) -> BoltResponse:
        log.warning("too busy: a question was turned away")
        if isinstance(asked.answer_to, ResponseUrl):
            return self._say(asked, "too_busy")
        self._errand(asked, partial(self._answering.tell, asked, "too_busy"))
        return BoltResponse(status=200)

    def _errand(self, entrance: Asked | Clicked, task: Callable[[], None]) -> None:
        try:
            self._errands.submit(task, partial(self._answering.failed, entrance))
        except TooBusy:
            log.error("too busy even to say so: an errand was dropped")

    def _say(self, asked: Asked, name: str | None) -> BoltResponse:
        # Only a command can be answered with its acknowledgement: https://docs.slack.dev/interactivity/implementing-slash-commands
        if name is None or not isinstance(asked.answer_to, ResponseUrl):
            return BoltResponse(status=200)
        message = say(self._answering.words(asked.asker, name))
        return BoltResponse(
            status=200,
            body={"response_type": "ephemeral", "text": message.text, "blocks": list(message.blocks)},
        )
