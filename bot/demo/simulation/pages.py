"""Pages of a listing, with tokens that mean nothing to whoever reads them."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from typing import TypeVar

from bot.demo.simulation.operations import AwsError

Item = TypeVar("Item")


def page(items: Sequence[Item], limit: int, token: str | None, invalid: AwsError) -> tuple[Sequence[Item], str | None]:
    """At most `limit` items from where `token` points, and the token of the next page; raises `invalid`."""
    start = 0
    if token:
        try:
            start = int(base64.b64decode(token, validate=True).decode("ascii").removeprefix("item "))
        except (binascii.Error, UnicodeDecodeError, ValueError) as problem:
            raise invalid from problem
    end = start + limit
    following = base64.b64encode(f"item {end}".encode()).decode("ascii") if end < len(items) else None
    return items[start:end], following
