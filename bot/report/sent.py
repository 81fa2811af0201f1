"""What a paste shows of the request as its client sent it: `curl -v`, a curl command, raw headers, a browser's headers.

Reads the raw text: the values are compared in memory and shown to nobody (`model.SentRequest`).
"""

import re
from dataclasses import dataclass, replace

import re2

from bot.model import SentRequest
from bot.report.command import curl_commands
from bot.report.header import Headers, query_names

_SIGN = re2.compile(
    rb"(?i)\bcurl(?:\.exe)?[ \t]|HTTP/[0-9.]+[ \t\r]*(?:\n|$)|:authority:|\bfetch\(|\baxios\b|\brequests\.[a-z]+\("
)
_FRAME = r"(?:(?:>|&gt;)[ \t]?){0,16}(?:[0-9a-f]{4}: )?"
"""As deep as a mail is quoted: each mark is taken off each line by itself."""
_REQUEST_LINE = re.compile(
    rf"(?P<frame>{_FRAME})(?:GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS) (?P<target>\S+) HTTP/[0-9.]+\s*"
)
_RESPONSE = re.compile(r"[<>&lgt; \t]{0,12}HTTP/[0-9.]+ (?P<status>[0-9]{3})\b")
_HEADER = re.compile(r"(?P<name>:?[A-Za-z0-9_-]{1,64}):(?:[ \t]+(?P<value>.*))?")
_NOISE = re.compile(r"[*{}] |[*{}]$|=> |== ")
_TRACE_WIDTH = 64
_EXECUTE_API = ".execute-api."
_MOST_LINES = 20_000
_MOST_REQUESTS = 30
_MOST_HEADERS = 200
_LITERALS = re.compile(r"headers[\"']?[ \t]{0,4}[:=][ \t]{0,4}\{([^{}]*)\}")
_CALL = re.compile(r"\bfetch\(|\baxios\b|\brequests\.[a-z]{1,10}\(")
_CALL_BEFORE = 600
_PAIR = re.compile(r"[\"']([A-Za-z0-9_-]{1,64})[\"'][ \t]*:[ \t]*(?:\"([^\"\n]*)\"|'([^'\n]*)')[ \t]*(?:[,\r\n]|$)")


@dataclass(frozen=True, slots=True)
class _Shown:
    """A request that the text shows, and whether what answered it was an error; None where no answer is shown."""

    request: SentRequest | None
    host: str
    failed: bool | None


def sent_request(text: str) -> SentRequest | None:
    """The request that failed, as the client sent it; None where the text shows none, or hides a value of it.

    Of several that are shown it is the last one to API Gateway that was answered by an error. A request on the wire
    outweighs the command that made it.
    """
    if not _SIGN.search(text.encode("utf-8", "replace")):
        return None
    if "&gt;" in text or "&quot;" in text:
        text = _without_entities(text)
    lines = text.splitlines()
    shown = _on_the_wire(lines[-_MOST_LINES:])
    if not shown:
        shown = [_Shown(command.request, command.host, None) for command in curl_commands(text)]
        shown = [each for each in shown if _EXECUTE_API in each.host] or shown
        if len({tuple(each.request.values.items()) if each.request else () for each in shown}) > 1:
            # Which of them failed, nothing tells for certain.
            shown = [_Shown(_in_part(each.request), each.host, None) for each in shown]
    if not shown:
        return _in_a_snippet(text)
    return max(enumerate(shown), key=lambda each: (*_plausible(each[1]), each[0]))[1].request


def _plausible(shown: _Shown) -> tuple[bool, bool]:
    return shown.failed is not False, _EXECUTE_API in shown.host


def _in_part(request: SentRequest | None) -> SentRequest | None:
    return request and replace(request, is_whole=False)


def _without_entities(text: str) -> str:
    for entity, character in (("&gt;", ">"), ("&lt;", "<"), ("&quot;", '"'), ("&#39;", "'"), ("&amp;", "&")):
        text = text.replace(entity, character)
    return text


def _on_the_wire(lines: list[str]) -> list[_Shown]:
    """The last requests whose own lines are shown, in their order."""
    shown: list[_Shown] = []
    for number in range(len(lines) - 1, -1, -1):
        line = lines[number]
        if "HTTP/" in line:
            match = _REQUEST_LINE.fullmatch(line.strip(' \t\r"'))
            if match:
                shown.append(_request(lines, number, match["target"], match["frame"]))
        elif line.lstrip().startswith(":authority:"):
            shown.append(_of_a_browser(lines, number))
        if len(shown) == _MOST_REQUESTS:
            break
    return [each for each in reversed(shown) if each.host]


def _request(lines: list[str], number: int, target: str, frame: str) -> _Shown:
    """The request whose request line is `lines[number]`; `frame` is what curl or a quoting mail puts before a line."""
    depth = frame.count(">")
    is_trace = frame.rstrip().endswith(":")
    headers = Headers()
    is_ended = False
    content = [_unframed(line, depth, is_trace) for line in lines[number + 1 : number + 1 + _MOST_HEADERS]]
    for line in _joined(content) if is_trace else content:
        if line is None:
            continue
        if not line.strip():
            is_ended = True
            break
        match = _HEADER.fullmatch(line.strip())
        if not match:
            break
        headers.add(match["name"], match["value"] or "")
    is_whole = is_ended or {"user-agent", "accept"} <= set(headers.names)
    return _Shown(
        headers.request(query_names(target), is_whole=is_whole),
        headers.value("host"),
        _failed(lines, number + len(headers.names)),
    )


def _unframed(line: str, depth: int, is_trace: bool) -> str | None:
    """What a line of a request says; None for a line that curl itself put between."""
    text = line.strip("\r")
    for _ in range(depth):
        bare = text.lstrip(" \t")
        if not bare.startswith(">"):
            return None if _NOISE.match(bare) else "<" if bare else None
        text = bare[1:].removeprefix(" ")
    if is_trace:
        offset, colon, rest = text.strip(" \t").partition(":")
        return rest.removeprefix(" ") if colon and len(offset) == 4 else None if _NOISE.match(text) else "<"
    return text


def _joined(content: list[str | None]) -> list[str | None]:
    """The lines of `--trace-ascii`, which cuts them after 64 characters."""
    joined: list[str | None] = []
    is_cut = False
    for line in content:
        if is_cut and joined and joined[-1] is not None and line:
            joined[-1] += line
        else:
            joined.append(line)
        is_cut = line is not None and len(line) == _TRACE_WIDTH
    return joined


def _failed(lines: list[str], number: int) -> bool | None:
    for line in lines[number : number + 40]:
        match = _RESPONSE.match(line.lstrip())
        if match:
            return match["status"][0] in "45"
        if _REQUEST_LINE.match(line.strip()):
            return None
    return None


def _of_a_browser(lines: list[str], number: int) -> _Shown:
    """A browser's list of request headers, its pseudo-headers first; values stand beside their names or below them."""
    headers = Headers()
    rest = iter(lines[number : number + 1 + _MOST_HEADERS])
    for line in rest:
        text = line.strip()
        name, colon, value = text[1:].partition(":") if text.startswith(":") else text.partition(":")
        if not colon or not re.fullmatch(r"[A-Za-z0-9_-]{1,64}", name):
            break
        pseudo = text.startswith(":")
        value = value.strip() or next(rest, "").strip()
        headers.add({"authority": "host"}.get(name, f":{name}") if pseudo else name, value)
    is_whole = {"user-agent", "accept"} <= set(headers.names)
    target = headers.value(":path")
    return _Shown(headers.request(query_names(target), is_whole=is_whole), headers.value("host"), None)


def _in_a_snippet(text: str) -> SentRequest | None:
    """The literal headers in a call of `fetch`, `axios` or `requests`; such clients send others besides."""
    for match in _LITERALS.finditer(text):
        if _CALL.search(text, max(0, match.start() - _CALL_BEFORE), match.start()):
            headers = Headers()
            for name, double, single in _PAIR.findall(match[1]):
                headers.add(name, double or single)
            if headers.names:
                return headers.request((), is_whole=False)
    return None
