"""What a curl command sends, told from its arguments."""

import re
from binascii import b2a_base64
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice

from bot.model import SentRequest
from bot.report.header import Headers, query_names

_BEGINNING = re.compile(r"(?i)(?:^|[\s`\"'(>#$:])(curl(?:\.exe)?)[ \t]")
_LONGEST = 16_000
_MOST_COMMANDS = 20
_MOST_WORDS = 500
# Many lose the backslashes on the way: a line that begins with an option or an address belongs to the one before.
_CONTINUED = re.compile(r"(?:[ \t]+|[\\^`][ \t]*\r?\n[ \t>]*|\r?\n[ \t>]*(?=--?[A-Za-z]|[\"']?https?://))*")
_CURLY_QUOTES = str.maketrans("‘’“”", "''\"\"")
# Each piece begins with another character, so that none is tried twice at one place.
_PIECE = re.compile(r"\$?'([^']*)'|\$?\"((?:[^\"\\]|\\.)*)\"|\\(.)|([^\s'\"\\`]+)|([\"'\\])", re.DOTALL)
_END = frozenset({"|", "||", "&&", "&", ";", ">", ">>", "2>&1", "<"})
_URL = re.compile(r"(?i)[a-z]+://|\$|[a-z0-9-]+(?:\.[a-z0-9-]+)+(?:[/:?]|$)")
_HOST = re.compile(r"(?:[a-zA-Z]+://)?(?:[^/@\s]*@)?([A-Za-z0-9.-]+)")

# https://curl.se/docs/manpage.html: the options that have an argument, as far as it could be taken for something else.
_SHORT_WITH_VALUE = "HuXdbAeFoTmxwEKUrCtyYzcPQ"
_LONG_WITH_VALUE = frozenset(
    [
        "header", "user", "request", "data", "data-raw", "data-binary", "data-ascii", "data-urlencode", "json",
        "cookie", "user-agent", "referer", "form", "output", "upload-file", "max-time", "connect-timeout",
        "proxy", "write-out", "cert", "key", "cacert", "capath", "config", "resolve", "connect-to", "url",
        "oauth2-bearer", "aws-sigv4", "netrc-file", "retry", "retry-delay", "retry-max-time", "range",
        "cookie-jar", "proxy-user", "interface", "form-string", "cert-type", "key-type", "ciphers", "tls-max",
        "trace", "trace-ascii", "limit-rate", "max-redirs", "dns-servers", "unix-socket", "url-query", "stderr",
        "pass",
    ]
)  # fmt: skip
_FORM = "application/x-www-form-urlencoded"
_JSON = "application/json"
_BODIES = {
    "data": _FORM, "data-raw": _FORM, "data-binary": _FORM, "data-ascii": _FORM, "data-urlencode": _FORM,
    "json": _JSON, "form": "multipart/form-data", "form-string": "multipart/form-data",
}  # fmt: skip
"""The options that make a body, and the type that curl gives it."""
_NO_BODY = "-"
_SHORT = {
    "H": "header", "u": "user", "X": "request", "d": "data", "b": "cookie", "A": "user-agent", "e": "referer",
    "F": "form", "T": "upload-file", "K": "config", "n": "netrc", "G": "get",
}  # fmt: skip
# These send, or fetch from elsewhere, what the command does not show.
_UNTOLD = frozenset(
    [
        "config", "netrc", "netrc-file", "netrc-optional", "aws-sigv4", "digest", "ntlm", "negotiate",
        "anyauth", "cookie", "next", "proxy-user", "url-query",
        "location-trusted", "variable", "expand-header",
    ]
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class CurlCommand:
    """A curl command as it stands in a text: the request that it makes, and the host it makes it to."""

    request: SentRequest | None = field(repr=False)
    """None if it sends a value that the command does not show."""
    host: str


def curl_commands(text: str) -> Iterator[CurlCommand]:
    """The curl commands in a text, in their order. The word alone, without a URL, is none."""
    for number, match in enumerate(_BEGINNING.finditer(text)):
        if number == _MOST_COMMANDS:
            return
        following = text[match.end(1) : match.end(1) + _LONGEST].translate(_CURLY_QUOTES)
        command = _command(list(islice(_words(following), _MOST_WORDS)))
        if command:
            yield command


def _words(text: str) -> Iterator[str]:
    """The words that follow, as a shell parts them, up to the command's end. A newline in quotes is no end."""
    position = _CONTINUED.match(text).end()  # type: ignore[union-attr]
    while position < len(text):
        word = ""
        start = position
        while match := _PIECE.match(text, position):
            word += next(piece for piece in match.groups() if piece is not None)
            position = match.end()
        if position == start or word in _END:
            return
        yield word
        position = _CONTINUED.match(text, position).end()  # type: ignore[union-attr]


def _command(words: list[str]) -> CurlCommand | None:
    headers = Headers()
    url = body = ""
    for option, value in _options(words):
        if option in ("", "url"):
            bare = value.strip("<>")
            # A variable may hold anything. What else stands there is prose, or a gap that the writer left.
            if url or not _URL.match(bare) or bare.startswith("$"):
                headers.hide()
            url = url or (bare if _URL.match(bare) else "")
        elif option == "header":
            _add(headers, value)
        elif option == "user":
            _add_user(headers, value)
        elif option == "oauth2-bearer":
            headers.add("authorization", f"Bearer {value}")
        elif option in ("user-agent", "referer") or (option == "cookie" and "=" in value):
            headers.add(option, value)
        elif option in _BODIES:
            body = body or _BODIES[option]
        elif option == "compressed":
            headers.add_default("accept-encoding", "deflate, gzip")
        elif option == "get":
            body = _NO_BODY
        elif option in _UNTOLD:
            headers.hide()
    if not url:
        return None
    host = _HOST.match(url)
    _add_defaults(headers, host[1] if host else "", body)
    return CurlCommand(headers.request(query_names(url), is_whole=True), host[1] if host else "")


def _options(words: list[str]) -> Iterator[tuple[str, str]]:
    """Each option by its long name with its argument; what is none has an empty name."""
    rest = iter(words)
    for word in rest:
        if word.startswith("--") and len(word) > 2:
            name, _, value = word[2:].partition("=")
            yield name, value or (next(rest, "") if name in _LONG_WITH_VALUE else "")
        elif word.startswith("-") and len(word) > 1:
            letters = word[1:]
            for place, letter in enumerate(letters):
                if letter in _SHORT_WITH_VALUE:
                    yield _SHORT.get(letter, letter), letters[place + 1 :] or next(rest, "")
                    break
                yield _SHORT.get(letter, letter), ""
        else:
            yield "", word


def _add(headers: Headers, header: str) -> None:
    """Takes in the argument of `-H`: `Name: value`, `Name;` for an empty value, `Name:` for none, or a file's name."""
    name, colon, value = header.rstrip().partition(":")
    if value.strip():
        headers.add(name, value)
    elif not colon and name.endswith(";"):
        headers.add(name[:-1], "")
    elif not colon:
        headers.hide()


def _add_user(headers: Headers, user: str) -> None:
    if ":" in user and "$" not in user and "*" not in user:
        encoded = b2a_base64(user.encode("utf-8", "replace"), newline=False).decode()
        headers.add_default("authorization", f"Basic {encoded}")
    else:
        headers.hide()


def _add_defaults(headers: Headers, host: str, body: str) -> None:
    headers.add_default("host", host)
    headers.add_default("accept", _JSON if body == _JSON else "*/*")
    # Its version would follow, which the command does not tell.
    headers.add_default("user-agent", "curl")
    if body and body != _NO_BODY:
        headers.add_default("content-type", body)
