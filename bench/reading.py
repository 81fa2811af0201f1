"""How fast a paste is read, side by side with the same signatures one after the other in `re`."""

import random
import re
import statistics
import time
import uuid
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

from bench.hostile import hostile_texts
from bot.report.ids import Names
from bot.report.plain import plain
from bot.report.reading import Reader
from bot.report.redact import redact
from bot.report.symptoms import Signatures, SymptomCard, load_symptoms

SYMPTOMS = Path(__file__).parent.parent / "symptoms"
ONE_MEGABYTE = 1_000_000
ROUNDS = 7


def execution_log(size: int, failing: bool = True) -> str:
    """An execution log of `size` characters, as a stage with full request logging writes it; the last request fails."""
    chance = random.Random(20_260)
    lines: list[str] = []
    length = 0
    while length < size - 1_500:
        request = uuid.UUID(int=chance.getrandbits(128))
        item = chance.randrange(100_000)
        block = [
            f"Starting execution for request: {request}",
            f"HTTP Method: GET, Resource Path: /orders/{item}",
            f"Method request path: {{id={item}}}",
            "Method request headers: {Accept=application/json, Host=k3n9x0q2zz.execute-api.eu-west-1.amazonaws.com, "
            f"Authorization=****************{item:06d}, X-Amzn-Trace-Id=Root=1-{item:08x}, "
            "User-Agent=okhttp/4.12.0}",
            "Endpoint request URI: https://lambda.eu-west-1.amazonaws.com/2015-03-31/functions/"
            "arn:aws:lambda:eu-west-1:111122223333:function:orders-read:live/invocations",
            f"Received response. Status: 200, Integration latency: {item % 90} ms",
            f'Endpoint response body before transformations: {{"statusCode":200,"body":"{{\\"id\\":{item}}}"}}',
            "Method completed with status: 200",
        ]
        block = [f"2026-02-03T10:{item % 60:02d}:00.{item % 1000:03d}Z ({request}) {line}\n" for line in block]
        lines += block
        length += sum(map(len, block))
    if failing:
        request = uuid.UUID(int=chance.getrandbits(128))
        lines += [
            f"2026-02-03T11:00:00.000Z ({request}) {line}\n"
            for line in (
                f"Starting execution for request: {request}",
                "HTTP Method: POST, Resource Path: /orders",
                "Sending request to https://lambda.eu-west-1.amazonaws.com/2015-03-31/functions/"
                "arn:aws:lambda:eu-west-1:111122223333:function:orders-write/invocations",
                "Execution failed due to configuration error: Invalid permissions on Lambda function",
                "Method completed with status: 500",
            )
        ]
    return "".join(lines)


def more_cards(cards: tuple[SymptomCard, ...], times: int) -> tuple[SymptomCard, ...]:
    """`times` as many signatures, each copy with words of its own so that none can be shared."""
    return cards + tuple(
        replace(
            card,
            signatures=tuple(
                replace(signature, pattern=_followed_by(signature.pattern, f" playbook {copy}"))
                for signature in card.signatures
            ),
        )
        for copy in range(1, times)
        for card in cards
    )


def _followed_by(pattern: str, words: str) -> str:
    flags = "(?i)" if pattern.startswith("(?i)") else ""
    return f"{flags}(?:{pattern.removeprefix(flags)}){words}"


def milliseconds(act: Callable[[], object], rounds: int = ROUNDS) -> float:
    """The median of several runs, after one that warms up."""
    act()
    times = []
    for _ in range(rounds):
        start = time.perf_counter()
        act()
        times.append((time.perf_counter() - start) * 1_000)
    return statistics.median(times)


def one_after_the_other(cards: tuple[SymptomCard, ...], text: str) -> Callable[[], object]:
    """What a reader without a common pass does: each signature by itself, in the standard library's engine."""
    patterns = [re.compile(signature.pattern) for card in cards for signature in card.signatures]
    return lambda: [pattern.search(text) for pattern in patterns]


def measure() -> dict[str, float]:
    """Milliseconds for a log of 1 MB, and how many times faster one pass is than one signature after the other."""
    text = execution_log(ONE_MEGABYTE)
    simple = plain(text).decode()
    cards = load_symptoms(SYMPTOMS)
    many = more_cards(cards, 4)
    few_signatures, many_signatures = Signatures(cards), Signatures(many)
    names = Names()
    data = simple.encode()
    figures = {
        "signatures": float(sum(len(card.signatures) for card in cards)),
        "read_ms": _reading(few_signatures, text),
        "read_4x_ms": _reading(many_signatures, text),
        "redact_ms": milliseconds(lambda: redact(text)),
        "plain_ms": milliseconds(lambda: plain(text)),
        "signatures_ms": milliseconds(lambda: few_signatures.sights(data)),
        "ids_ms": milliseconds(lambda: names.read(data, (len(data) - 200, len(data) - 180))),
        "re_ms": milliseconds(one_after_the_other(cards, simple), rounds=1),
        "re_4x_ms": milliseconds(one_after_the_other(many, simple), rounds=1),
    }
    reader = Reader(few_signatures)
    hostile = hostile_texts(ONE_MEGABYTE).values()
    figures["worst_ms"] = max(milliseconds(partial(reader.read, each), rounds=1) for each in hostile)
    figures["faster_than_re"] = figures["re_ms"] / figures["signatures_ms"]
    figures["faster_than_re_4x"] = figures["re_4x_ms"] / milliseconds(lambda: many_signatures.sights(data))
    return figures


def _reading(signatures: Signatures, text: str) -> float:
    reader = Reader(signatures)
    return milliseconds(lambda: reader.read(text))
