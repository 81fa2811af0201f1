"""Inboxes that are wrong on purpose: whoever looks for what is lost, or answered twice, has to find it here."""

import secrets
from dataclasses import replace
from typing import Any

from bot.inbox.inbox import Inbox, Item, Lease, Stage


class _Mutant:
    """Does as the inbox that it stands for, but for what is wrong with it."""

    def __init__(self, inbox: Inbox) -> None:
        self._inbox = inbox

    def __getattr__(self, method: str) -> Any:
        return getattr(self._inbox, method)


class Forgetful(_Mutant):
    """Says that it has written something down, and has not."""

    def accept(self, item: Item) -> bool:
        return True


class Hasty(_Mutant):
    """Strikes off what it hands to a worker for the answer."""

    def lease(self, stage: Stage, seconds: float, wait: float) -> Lease | None:
        lease = self._inbox.lease(stage, seconds, wait)
        if lease is not None and stage is Stage.WAITING:
            self._inbox.done(lease)
        return lease

    def extend(self, lease: Lease, seconds: float) -> None:
        """Nothing: it is struck off."""

    def done(self, lease: Lease) -> None:
        if lease.stage is not Stage.WAITING:
            self._inbox.done(lease)


class Undiscerning(_Mutant):
    """Takes everything for something new."""

    def accept(self, item: Item) -> bool:
        return self._inbox.accept(replace(item, id=secrets.token_hex(16)))


MUTANTS = {"forgets what it accepts": Forgetful, "strikes off too soon": Hasty, "knows nothing again": Undiscerning}
