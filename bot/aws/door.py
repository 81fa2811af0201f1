"""The one door of this process to AWS: what is not listed is refused before it is signed, whoever made the client.

Every client of botocore and boto3, a resource's, a paginator's and a waiter's too, is made by `Session.create_client`.
Once the door is closed, that method has it stand at each client that it makes, whatever the session and however old.
Sessions of the bot's own have a door with another list:

- who reads an account (`bot.aws.live`): the reads, and what botocore does by itself to obtain credentials;
- who enters another account (`bot.aws.assumed_role`): AssumeRole, of the role configured and with nothing else;
- who keeps what the bot owes (`bot.store.clients`): what deploy/storage.yaml's policy allows;
- the simulation (`bot.demo.simulation`) has none: accounts are built with it.

The door keeps code honest that uses AWS's library. Code that signs by itself is kept by the IAM policy, which is the
same list.
"""

import threading
from collections.abc import Collection, Mapping
from functools import wraps
from typing import Any
from weakref import WeakKeyDictionary

from bot.aws.reads import READS, WITHHELD, drop_secrets

Call = tuple[str, str]
"""boto3's name of a service and the API's name of an operation."""

CREDENTIALS: frozenset[Call] = frozenset(
    {
        ("signin", "CreateOAuth2Token"),
        ("sso", "GetRoleCredentials"),
        ("sso-oidc", "CreateToken"),
        ("sts", "AssumeRole"),
        ("sts", "AssumeRoleWithWebIdentity"),
    }
)
"""What botocore itself calls to obtain the credentials that a profile, a pod or a sign-in stands for."""

_LET_THROUGH, _CLOSED = "kintsugi_let_through", "kintsugi_closed"
_closing = threading.Lock()


class NotAllowed(Exception):
    """A call that is not listed was about to be made, and was refused before it was signed."""

    def __init__(self, service: str, operation: str, reason: str = "") -> None:
        told = reason or "is not among the reads this bot may make (bot/aws/reads.py)"
        super().__init__(f"{service}:{operation} {told}; it was not sent")


class Door:
    """Lets the calls listed through, with their parameters where those are given, and no presigned URL at all.

    A URL would work for whoever holds it: one of GetCallerIdentity is how people sign in to clusters.
    """

    def __init__(self, *listed: Collection[Call], asked: Mapping[str, Any] | None = None) -> None:
        self._listed = frozenset(call for calls in listed for call in calls)
        self._asked = asked

    def stand_at(self, client: Any) -> None:
        """Takes the place of whichever door stands at a client. A call meets the events in this order."""
        for event, handler in (
            ("provide-client-params", self._knows_the_call),
            ("before-parameter-build", self._knows_the_parameters),
            ("before-sign", self._has_let_it_through),
            ("after-call", self._drops_secrets),
        ):
            client.meta.events.unregister(event, unique_id=f"kintsugi-door-{event}")
            client.meta.events.register_last(event, handler, unique_id=f"kintsugi-door-{event}")

    def _knows_the_call(self, model: Any, context: dict[str, Any], **_: Any) -> None:
        """The first event of a call, a presigned URL and a presigned form alike."""
        call = _call(model)
        if call not in self._listed:
            raise NotAllowed(*call)
        if context.get("is_presign_request"):
            raise NotAllowed(*call, "was to become a presigned URL, which whoever holds it could use")
        context[_LET_THROUGH] = model.name

    def _knows_the_parameters(self, model: Any, params: Mapping[str, Any], **_: Any) -> None:
        """The last event before a call is put together: no handler changes the parameters after it."""
        if withheld := WITHHELD & params.keys():
            raise NotAllowed(*_call(model), f"would return secrets with {', '.join(sorted(withheld))}")
        if self._asked is not None and params != self._asked:
            raise NotAllowed(*_call(model), "has other parameters than the accounts file gives it")

    @staticmethod
    def _has_let_it_through(request: Any, operation_name: str, event_name: str, **_: Any) -> None:
        """Some tokens, a database's for one, are signed without being a call."""
        if request.context.get(_LET_THROUGH) != operation_name:
            raise NotAllowed(event_name.split(".")[1], operation_name)

    @staticmethod
    def _drops_secrets(model: Any, parsed: dict[str, Any], **_: Any) -> None:
        drop_secrets(model.service_model.service_name, parsed)


READS_ONLY = Door(READS)
_doors: WeakKeyDictionary[Any, Door | None] = WeakKeyDictionary()
"""The doors of the bot's own sessions, by their events: boto3 and botocore have no other public thing in common."""


def close() -> None:
    """From now on, the clients that any session of this process makes can only read, but for the bot's own sessions.

    Called before any code of a playbook is loaded and wherever the bot first uses AWS; once more does nothing.
    """
    from botocore.session import Session

    with _closing:
        make = Session.create_client
        if hasattr(make, _CLOSED):
            return

        @wraps(make)
        def create_client(self: Any, *words: Any, **named: Any) -> Any:
            client = make(self, *words, **named)
            door = _doors.get(self.get_component("event_emitter"), READS_ONLY)
            if door is not None:
                door.stand_at(client)
            return client

        setattr(create_client, _CLOSED, True)
        Session.create_client = create_client  # type: ignore[method-assign]


def give(events: Any, door: Door | None) -> None:
    """Gives the clients that a session of the bot's own makes from now on another door, or none.

    `events` are the session's: `session.events` of boto3, the component `event_emitter` of botocore.
    """
    _doors[events] = door


def _call(model: Any) -> Call:
    return model.service_model.service_name, model.name
