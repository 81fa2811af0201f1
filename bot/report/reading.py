"""Reads a paste: secrets out, then its symptoms, then what it plainly names, and the request as its client sent it."""

import re
from collections.abc import Iterable
from functools import reduce

from bot.model import Report
from bot.report.conversation import continued
from bot.report.elsewhere import is_elsewhere
from bot.report.ids import Names
from bot.report.moments import first_moment
from bot.report.plain import plain
from bot.report.redact import redact
from bot.report.sent import sent_request
from bot.report.symptoms import Signatures

MAX_CHARACTERS = 4_000_000
_CUT = "\n…\n"
# Decoding UTF-16 does the same, but takes five times as long.
_PAIR = re.compile("[\ud800-\udbff][\udc00-\udfff]")
_LONE = re.compile("[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]")


class Reader:
    """Turns whatever was pasted into a report. Never raises, and keeps nothing between two texts."""

    def __init__(self, signatures: Signatures, max_characters: int = MAX_CHARACTERS) -> None:
        """Of a text longer than `max_characters` only the head and the tail are read: a log ends with its error."""
        self._signatures = signatures
        self._max_characters = max_characters
        self._names = Names()

    def read(self, pasted: str) -> Report:
        """What `pasted` shows and names. The report's text is `pasted` without secrets, else as it came."""
        raw = _without_surrogates(self._cut(pasted))
        text, redacted = redact(raw)
        simple = plain(text)
        sights = () if is_elsewhere(simple) else self._signatures.sights(simple)
        named = self._names.read(simple, (sights[0].start, sights[0].end) if sights else None)
        return Report(
            text=text,
            symptoms=tuple(sight.sighting for sight in sights),
            ids=named.ids,
            redacted=redacted,
            caller=named.caller,
            source_ip=named.source_ip,
            vpc_endpoint=named.vpc_endpoint,
            # What a client sent is compared before redaction; nothing else of the report sees it.
            sent=sent_request(raw),
            failed_at=first_moment(simple),
        )

    def read_all(self, pasted: Iterable[str]) -> Report:
        """What one text or several of one conversation, oldest first, tell together (`bot.report.conversation`)."""
        return reduce(continued, map(self.read, pasted))

    def _cut(self, text: str) -> str:
        if len(text) <= self._max_characters:
            return text
        half = self._max_characters // 2
        return text[:half] + _CUT + text[-half:]


def _without_surrogates(text: str) -> str:
    """Joins surrogate pairs and replaces lone ones, which neither a store nor a reply could hold."""
    if text.isascii():
        return text
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return _PAIR.sub(_joined, _LONE.sub("\ufffd", text))
    return text


def _joined(pair: re.Match[str]) -> str:
    return chr(0x10000 + ((ord(pair[0][0]) - 0xD800) << 10) + ord(pair[0][1]) - 0xDC00)
