"""The one door of this process to AWS: what is not listed is refused before it is signed, whoever made the client.

Every client of botocore and boto3, a resource's, a paginator's and a waiter's too, is a `BaseClient`, and every
signature that botocore makes for AWS is asked of a `RequestSigner`. Once the door is closed, it stands at each client
from its first moment, and each signature is for a call that a door has let through, as it was let through.
Sessions of the bot's own have a door with another list:

- who reads an account (`bot.aws.live`): the reads, and what botocore does by itself to obtain credentials;
- who enters another account (`bot.aws.assumed_role`): AssumeRole, of the role configured and with nothing else;
- who keeps what the bot owes (`bot.store.clients`): what deploy/storage.yaml's policy allows;
- the simulation (`bot.demo.simulation`) has none: accounts are built with it.

The door keeps code honest that uses AWS's library. Code that signs by itself, or starts another process, is kept by
the IAM policy, which is made of the same list.
"""

import threading
from collections.abc import Callable, Collection, Mapping
from functools import partial, wraps
from typing import Any
from weakref import WeakKeyDictionary, WeakSet

from bot.aws.reads import READS, WITHHELD, drop_secrets
from bot.aws.signed_call import SignedCall

Call = tuple[str, str]
"""boto3's name of a service and the API's name of an operation."""

ASSUME_ROLE: Call = ("sts", "AssumeRole")

_LET_THROUGH, _CLOSED, _ID = "kintsugi_let_through", "kintsugi_closed", "kintsugi-door-"
_EVENTS = ("provide-client-params", "before-parameter-build", "before-sign", "before-send", "after-call")
"""What happens to every call, in this order."""
_closing = threading.Lock()


class NotAllowed(Exception):
    """A call that is not listed was about to be made, and was refused before it was signed."""

    def __init__(self, service: str, operation: str, reason: str = "") -> None:
        told = reason or "is not among the reads this bot may make (bot/aws/reads.py)"
        super().__init__(f"{service}:{operation} {told}; it was not sent")


class Door:
    """Lets the calls listed through, as they are when it sees them, and no presigned URL at all.

    A URL would work for whoever holds it: one of GetCallerIdentity is how people sign in to clusters.
    """

    def __init__(
        self, *listed: Collection[Call], may_assume: Callable[[Mapping[str, Any]], bool] = lambda _: False
    ) -> None:
        """`may_assume` says of AssumeRole's parameters whether they are those that somebody configured."""
        self._listed = frozenset(call for calls in listed for call in calls)
        self._may_assume = may_assume

    def stand_at(self, client: Any) -> None:
        """Takes the place of whichever door stands at a client."""
        _open(client)
        handlers = (
            self._knows_the_call,
            partial(self._knows_the_parameters, client.meta.endpoint_url),
            self._has_let_it_through,
            self._has_let_it_through,
            self._drops_secrets,
        )
        for event, handler in zip(_EVENTS, handlers, strict=True):
            client.meta.events.register_last(event, handler, unique_id=_ID + event)

    def _knows_the_call(self, model: Any, context: dict[str, Any], **_: Any) -> None:
        """The first event of a call, a presigned URL and a presigned form alike."""
        self._require_listed(model)
        if context.get("is_presign_request"):
            raise NotAllowed(*_call(model), "was to become a presigned URL, which whoever holds it could use")

    def _knows_the_parameters(
        self, endpoint_url: str, model: Any, params: Mapping[str, Any], context: dict[str, Any], **_: Any
    ) -> None:
        """The last event before a call is put together."""
        self._require_listed(model)
        if withheld := WITHHELD & params.keys():
            raise NotAllowed(*_call(model), f"would return secrets with {', '.join(sorted(withheld))}")
        if _call(model) == ASSUME_ROLE and not self._may_assume(params):
            raise NotAllowed(*_call(model), "is of another role, or asks otherwise for it, than is configured")
        context[_LET_THROUGH] = SignedCall(model, params, endpoint_url)

    def _require_listed(self, model: Any) -> None:
        if _call(model) not in self._listed:
            raise NotAllowed(*_call(model))

    @staticmethod
    def _has_let_it_through(request: Any, event_name: str, **_: Any) -> None:
        """Some tokens, a database's for one, are signed without being a call; and a call may have been changed."""
        service, operation = event_name.split(".")[1:]
        _compare(request, service, operation)

    @staticmethod
    def _drops_secrets(model: Any, parsed: dict[str, Any], **_: Any) -> None:
        drop_secrets(model.service_model.service_name, parsed)


READS_ONLY = Door(READS)
_doors: WeakKeyDictionary[Any, Door | None] = WeakKeyDictionary()
"""The doors of the bot's own sessions, by their events: boto3 and botocore have no other public thing in common."""
_free: WeakSet[Any] = WeakSet()
"""The signers of clients that have no door."""


def close() -> None:
    """From now on, the clients that any session of this process makes can only read, but for the bot's own sessions.

    Called before any code of a playbook is loaded and wherever the bot first uses AWS; once more does nothing.
    """
    from botocore.client import BaseClient
    from botocore.session import Session
    from botocore.signers import RequestSigner

    with _closing:
        _take(BaseClient, "__init__", _made_with_a_door)
        _take(Session, "create_client", _given_the_door_of_its_session)
        _take(RequestSigner, "get_auth_instance", _signing_what_was_let_through)


def give(events: Any, door: Door | None) -> None:
    """Gives the clients that a session of the bot's own makes from now on another door, or none.

    `events` are the session's: `session.events` of boto3, the component `event_emitter` of botocore.
    """
    close()
    _doors[events] = door


def _take(owner: type, name: str, instead: Callable[[Callable[..., Any]], Callable[..., Any]]) -> None:
    """Has another method take a method's place, once."""
    method = getattr(owner, name)
    if not hasattr(method, _CLOSED):
        taken = wraps(method)(instead(method))
        setattr(taken, _CLOSED, True)
        setattr(owner, name, taken)


def _made_with_a_door(make: Callable[..., None]) -> Callable[..., None]:
    def __init__(client: Any, *words: Any, **named: Any) -> None:
        make(client, *words, **named)
        READS_ONLY.stand_at(client)

    return __init__


def _given_the_door_of_its_session(make: Callable[..., Any]) -> Callable[..., Any]:
    def create_client(session: Any, *words: Any, **named: Any) -> Any:
        client = make(session, *words, **named)
        door = _doors.get(session.get_component("event_emitter"), READS_ONLY)
        if door is None:
            _open(client)
            _free.add(client._request_signer)
        elif door is not READS_ONLY:
            door.stand_at(client)
        return client

    return create_client


def _signing_what_was_let_through(make: Callable[..., Any]) -> Callable[..., Any]:
    """After the last handler of the last event: what differs now will not be signed."""

    def get_auth_instance(
        signer: Any, signing_name: str, region_name: str, signature_version: str | None = None, **named: Any
    ) -> Any:
        auth = make(signer, signing_name, region_name, signature_version, **named)
        if signer in _free:
            return auth
        version = str(signature_version or signer.signature_version)
        sign = auth.add_auth

        def add_auth(request: Any) -> Any:
            if version.endswith(("-query", "-presign-post")):
                raise NotAllowed(signing_name, "presign", "would be good for whoever holds it")
            _compare(request, signing_name, "sign", signing_name)
            return sign(request)

        auth.add_auth = add_auth
        return auth

    return get_auth_instance


def _compare(request: Any, service: str, operation: str, signing_name: str | None = None) -> None:
    call = request.context.get(_LET_THROUGH)
    if not isinstance(call, SignedCall):
        raise NotAllowed(service, operation)
    if signing_name and not call.is_signed_as(signing_name):
        raise NotAllowed(service, operation, "was to be signed for another service than was asked")
    if part := call.difference(request):
        raise NotAllowed(service, operation, f"was given another {part} after it was let through")


def _open(client: Any) -> None:
    for event in _EVENTS:
        client.meta.events.unregister(event, unique_id=_ID + event)


def _call(model: Any) -> Call:
    return model.service_model.service_name, model.name
