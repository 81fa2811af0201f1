"""Each attempt at a call of AWS, first ones and retries alike, waits for its turn and is told to whoever listens."""

import threading
import time
from collections.abc import Callable, Mapping
from typing import Any, Protocol

from botocore.exceptions import BotoCoreError

from bot.aws.account import DEADLINE
from bot.aws.error_codes import Meaning, meaning_of
from bot.aws.pace import Pace
from bot.telemetry import Telemetry


class NoTurn(BotoCoreError):
    """A call was not made: so many are waiting for the account that its turn would come after the question's end."""

    fmt = "too many calls are waiting for this account, which AWS limits to so many a second"


class Events(Protocol):
    """Where botocore's handlers are registered: a client's, or a session's for the clients that it makes."""

    def register(self, event_name: str, handler: Callable[..., Any]) -> Any:
        """Calls the handler at each event of that name."""


class Follower(Protocol):
    """Whoever heeds the calls of clients."""

    def follow(self, events: Events) -> None:
        """Heeds the calls of a client, or of every client that a session makes from now on."""


class Attempts:
    """Botocore handlers for the clients of one account. Without a `pace` nothing waits."""

    def __init__(
        self, telemetry: Telemetry, pace: Pace | None = None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._telemetry = telemetry
        self._pace = pace
        self._clock = clock
        self._this_thread = threading.local()

    def follow(self, events: Events) -> None:
        """As in `Follower`."""
        events.register("before-sign", self._begin)
        events.register("needs-retry", self._end)

    def _begin(self, signing_name: str, region_name: str, **_: Any) -> None:
        # The signing name is one for both versions of API Gateway, whose calls AWS counts together.
        if self._pace and not self._pace.wait(signing_name, region_name, DEADLINE.get()):
            raise NoTurn
        self._this_thread.begun = self._clock()

    def _end(
        self,
        response: tuple[Any, Mapping[str, Any]] | None,
        operation: Any,
        request_dict: Mapping[str, Any],
        **_: Any,
    ) -> None:
        """Returns None, and so leaves it to botocore whether to try again."""
        outcome = "found"
        if response is None:
            outcome = Meaning.FAILED
        elif response[0].status_code >= 300:
            outcome = meaning_of(str(response[1].get("Error", {}).get("Code", "")))
        service = operation.service_model
        if self._pace and outcome is Meaning.THROTTLED:
            self._pace.slow_down(service.signing_name, request_dict["context"]["client_region"])
        outcome = Meaning.FAILED if outcome is Meaning.CREDENTIALS else outcome
        seconds = self._clock() - getattr(self._this_thread, "begun", self._clock())
        self._telemetry.asked_aws(service.service_name, operation.name, str(outcome), seconds)
