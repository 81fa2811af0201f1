"""What a text plainly names: ids, ARNs, addresses, each a string that stands in it."""

import re
from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass
from itertools import islice

from bot.report.forms import ADDRESSES, API_ID, CALLERS, FORMS, RECORDS, SOURCES
from bot.report.onepass import OnePass
from bot.report.request import failing_request, outside_the_log, record_around

KEYS = (
    "api_id", "region", "stage", "method", "path", "account", "function_arn", "function_name", "role_arn", "domain",
    "request_id", "extended_request_id", "authorizer_id", "status",
)  # fmt: skip
_OF_ONE_REQUEST = frozenset(
    {"method", "path", "raw_path", "status", "request_id", "extended_request_id", "caller", "source_ip", "vpc_endpoint"}
)
_AS_THEY_STAND = frozenset(
    {"account", "masked_account", "region", "status", "domain", "request_id", "method", "vpc_endpoint"}
)
_WINDOW = (8_000, 3_000)
"""How many bytes before and after the error are searched before the whole text is."""
_MOST_CANDIDATES = 40
_LONGEST_WORD = 2_000
"""From twice as many bytes on, what nothing parts is no word, and RE2 takes long to say where its groups stand."""
_PARTING = b" \"'<>`,;|?#)]\\"

_GROUP = re.compile(r"\(\?P<(?:spoken_)?(\w+)>")
_PLACEHOLDER = re.compile(
    r"(?i)your|example|placeholder|^x+$|^(?:api|rest|lambda|function|stage|account|method|resource|authorizer|auth)"
    r"[-_]?(?:id|name|arn|value)?$|^\d?x{3,}|^(?:null|none|undefined|true|false)$"
)
# "test-invoke-stage" is what the console's Test button presents; no API has it.
_NO_STAGE = frozenset(
    [
        "test-invoke-stage",
        "authorizers",
        "restapis",
        "apis",
        "is",
        "not",
        "and",
        "the",
        "in",
        "of",
        "for",
        "to",
        "variable",
        "variables",
        "named",
        "called",
        "with",
        "level",
        "on",
        "at",
        "or",
        "was",
        "has",
        "it",
        "we",
        "you",
        "via",
        "from",
        "name",
        "es",
        "de",
        "del",
        "la",
        "el",
        "failed",
        "error",
        "se",
        "now",
        "manager",
    ]
)
_NO_CUSTOM_DOMAIN = re.compile(
    r"(?i)(?:^|\.)(?:amazonaws\.com(?:\.cn)?|amazon\.com|awsapps\.com|aws|cloudfront\.net|github(?:usercontent)?\.com|"
    r"gitlab\.com|stackoverflow\.com|slack\.com|atlassian\.net|google\.com|datadoghq\.com|hashicorp\.com|terraform\.io|"
    r"npmjs\.com|w3\.org|mozilla\.org|chrome\.com|localhost|local|internal|on\.aws|[a-z0-9_]*(?:js|py|ts|json|html|yaml))$"
)
_WORD = re.compile(rf"(?:^|[\s\"'`(「:：は])({API_ID})(?:$|[\s\"'`)」,.?!はがので])")


@dataclass(frozen=True, slots=True)
class Named:
    """The ids of a text; who called and from where, where that is printed."""

    ids: Mapping[str, str]
    caller: str | None
    source_ip: str | None = None
    vpc_endpoint: str | None = None


@dataclass(frozen=True, slots=True)
class _Place:
    """A part of the text, and where in it the error stands, in bytes; at its very start where it stands elsewhere."""

    text: bytes
    start: int = 0
    end: int = 0
    is_record: bool = False
    """One record of an access log."""

    def distance(self, start: int, end: int) -> int:
        """How far from the error something else stands."""
        return max(self.start - end, start - self.end, 0)


class Names:
    """Reads ids from plain text. Stateless after construction."""

    def __init__(self) -> None:
        self._forms = FORMS + ADDRESSES + CALLERS + SOURCES + RECORDS
        self._patterns = OnePass(self._forms)
        self._keys = tuple(frozenset(_GROUP.findall(form)) for form in self._forms)
        self._addresses = range(len(FORMS), len(FORMS) + len(ADDRESSES))
        self._records = range(len(self._forms) - len(RECORDS), len(self._forms))

    def read(self, text: bytes, error: tuple[int, int] | None) -> Named:
        """What `text` names; `error` is where its most decisive symptom stands, in bytes.

        One value a key. Where a text tells of several requests it is the one that belongs to the failing request: the
        record or the log lines around the error, then the nearest before and after it, then the first in the text. What
        belongs to one request only (method, path, status, its ids) is never taken from another request's log lines.
        """
        found: dict[str, str] = {}
        text = _without_endless_words(text)
        for place, kind in _places(text, error):
            known = found.keys() | (set() if kind is not False else _OF_ONE_REQUEST)
            for key, value in self._named_in(place, known, about_api_gateway=error is not None).items():
                if kind is None or (key in _OF_ONE_REQUEST) == kind:
                    found.setdefault(key, value)
        _add_alone(text, found)
        _settle_path(found, at_api_gateway=b".execute-api." in text)
        _settle_account(found)
        if found.get("extended_request_id") == found.get("request_id"):
            found.pop("extended_request_id", None)
        ids = {key: found[key] for key in KEYS if key in found}
        return Named(ids, found.get("caller"), found.get("source_ip"), found.get("vpc_endpoint"))

    def _named_in(self, place: _Place, known: Set[str], about_api_gateway: bool) -> dict[str, str]:
        """What one part of the text names besides `known`: by the plainest form, the nearest to the error."""
        named = dict.fromkeys(known, "")
        for index in sorted(self._patterns.which(place.text)):
            if self._keys[index] <= named.keys():
                continue
            if index in self._records and not place.is_record:
                continue
            if index in self._addresses and not about_api_gateway and b" " in place.text:
                continue
            nearest: dict[str, tuple[int, str]] = {}
            for match in islice(self._patterns.locate(index, place.text), _MOST_CANDIDATES):
                distance = place.distance(*match.span())
                for key, value in _values(match.groupdict()):
                    if key not in nearest or distance < nearest[key][0]:
                        nearest[key] = (distance, value)
                if place.end == 0 and self._keys[index] <= nearest.keys():
                    break
            for key, (_, value) in nearest.items():
                named.setdefault(key, value)
        return {key: value for key, value in named.items() if key not in known}


def _without_endless_words(text: bytes) -> bytes:
    """`text` with as many blanks for what goes on after `_LONGEST_WORD` bytes in which nothing parts two words."""
    pieces = [text[start : start + _LONGEST_WORD] for start in range(0, len(text), _LONGEST_WORD)]
    is_word = [len(piece) == len(piece.translate(None, _PARTING)) == _LONGEST_WORD for piece in pieces]
    if not any(is_word):
        return text
    blank = b" " * _LONGEST_WORD
    return b"".join(
        blank if goes_on and begun else piece
        for piece, goes_on, begun in zip(pieces, is_word, [False, *is_word], strict=False)
    )


def _places(text: bytes, error: tuple[int, int] | None) -> Iterator[tuple[_Place, bool | None]]:
    """The parts of a text in which to look, best first.

    With each: True if only what belongs to one request counts there, False if only the rest does, None for all.
    """
    if error is None:
        yield _Place(text), None
        return
    start, end = error
    record = record_around(text, start, end)
    if record:
        yield _Place(text[slice(*record)], start - record[0], end - record[0], True), None
    request = failing_request(text, start)
    if request:
        lines, anchor = request
        yield _Place(lines, anchor, anchor + end - start), None
        yield _Place(outside_the_log(text)), True
    first, last = max(0, start - _WINDOW[0]), end + _WINDOW[1]
    elsewhere = False if request else None
    yield _Place(text[first:last], start - first, end - first), elsewhere
    if first > 0 or last < len(text):
        yield _Place(text), elsewhere


def _values(groups: Mapping[bytes, bytes | None]) -> Iterator[tuple[str, str]]:
    """The usable values of one match, whose groups RE2 names in bytes."""
    texts = {key.decode(): value.decode("utf-8", "ignore") for key, value in groups.items() if value}
    if "domain" in texts and _NO_CUSTOM_DOMAIN.search(texts["domain"]):
        return
    if texts.pop("unresolved", None):
        texts.pop("function_arn", None)
    if texts.pop("no_address", None):
        # A range, a longer number, a version.
        texts.pop("source_ip", None)
    for key, value in texts.items():
        settled = _settle(key, value)
        if settled:
            yield settled


def _settle(key: str, value: str) -> tuple[str, str] | None:
    """A key's value as it is kept, or None if it is a placeholder or a wildcard."""
    if key == "spoken_api_id":
        return ("api_id", value) if _looks_like_an_id(value) else None
    if key in ("stage", "spoken_stage"):
        usable = value.lower() not in _NO_STAGE and not _PLACEHOLDER.search(value) and value != "*"
        return ("stage", value) if usable else None
    if key in ("path", "raw_path", "root"):
        value = value.rstrip(".:!'") or "/"
        if value.count("}") > value.count("{"):
            value = value[: value.rindex("}")]
        return None if "*" in value or "${" in value or "..." in value else ("path" if key == "root" else key, value)
    if key == "method" and value == "*":
        return None
    if key in ("role_arn", "function_arn", "caller"):
        value = value.rstrip(".,:/")
        return None if re.search(r"(?i)your-|<", value) else (key, value)
    if key in _AS_THEY_STAND:
        return key, value
    if key == "source_ip":
        return (key, value) if "." in value or value.count(":") == 7 or value.count("::") == 1 else None
    if key == "authorizer_id" and not any(c.isdigit() for c in value):
        return None
    return None if _PLACEHOLDER.search(value) else (key, value)


def _looks_like_an_id(word: str) -> bool:
    """Ten letters and digits that are neither a word nor a number."""
    return any(c.isdigit() for c in word) and any(c.isalpha() for c in word) and not _PLACEHOLDER.search(word)


def _add_alone(text: bytes, found: dict[str, str]) -> None:
    """An API id that stands by itself in a short text, where nothing else in it could be one."""
    if "api_id" in found or len(text) > 300:
        return
    plain = text.decode("utf-8", "ignore")
    if _WORD.fullmatch(plain.strip()):
        # Whoever pastes one word of ten letters and nothing else means an id, even if chance gave it no digit.
        found["api_id"] = plain.strip()
        return
    words = {word for word in _WORD.findall(plain) if _looks_like_an_id(word)}
    if len(words) == 1:
        found["api_id"] = words.pop()


def _settle_path(found: dict[str, str], at_api_gateway: bool) -> None:
    """A path as a client sends it begins with the stage where the host is API Gateway's own."""
    raw = found.pop("raw_path", None)
    if raw is None or "path" in found:
        return
    first, _, rest = raw[1:].partition("/")
    if at_api_gateway and first:
        found.setdefault("stage", first)
    if first and first == found.get("stage"):
        raw = f"/{rest}" if rest else ""
    if raw:
        found["path"] = raw


def _settle_account(found: dict[str, str]) -> None:
    """A refusal prints only the last four digits of the API's account; what else is named may be the caller's."""
    if not found.get("account", "").endswith(found.pop("masked_account", "")):
        found.pop("account", None)
