"""The headers of one request as a paste shows them: values that are there, apart from those a person took out."""

import re

from bot.model import SentRequest

_MOST_HEADERS = 200
_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")
# What people, and our own redaction, write where a value stood.
_STAND_IN = re.compile(
    r"(?i)redacted|removed|hidden|omitted|secret[ -]?here|\*{3,}|x{4,}|\.{3}|…|<[^<>]*>|\{\{|\$[a-z_{(]|%[a-z_]+%|`"
    r"|\b(?:your|my|the|some)[-_ ]?[a-z_-]*(?:token|key|jwt|secret|password)"
    r"|^(?:[a-z]+ )?(?:[a-z]+[-_ ])?(?:access|id|auth|api|bearer)?[-_ ]?(?:token|key|jwt|secret)$"
)


class Headers:
    """Collects the headers of one request, by their names in lower case; of one sent twice both values count."""

    def __init__(self) -> None:
        self._values: dict[str, str] = {}
        self._is_told = True

    def add(self, name: str, value: str) -> None:
        """Takes in a header."""
        name = name.strip().lower()
        if len(self._values) >= _MOST_HEADERS:
            return
        if _STAND_IN.search(value[:1_000]):
            self.hide()
        else:
            value = value.strip()
            self._values[name] = f"{self._values[name]}, {value}" if name in self._values else value

    def add_default(self, name: str, value: str) -> None:
        """Takes in what a client sends where nobody says otherwise."""
        self._values.setdefault(name, value)

    def hide(self) -> None:
        """Takes in that something is sent with a value that nobody sees."""
        self._is_told = False

    @property
    def names(self) -> tuple[str, ...]:
        """In lower case."""
        return tuple(self._values)

    def value(self, name: str) -> str:
        """Empty where it is not shown."""
        return self._values.get(name, "")

    def request(self, query: tuple[str, ...], is_whole: bool) -> SentRequest | None:
        """The request that has these headers; None if one's value is hidden, as it would count as missing or as wrong.

        What HTTP/2 sends as `:path` and the like is no header.
        """
        if not self._is_told:
            return None
        values = {name: value for name, value in self._values.items() if _NAME.fullmatch(name)}
        return SentRequest(values, query, is_whole)


def query_names(url: str) -> tuple[str, ...]:
    """The names in a URL's query string that have a value, in their order."""
    _, _, query = url.partition("?")
    pairs = (part.partition("=") for part in query.partition("#")[0].split("&"))
    return tuple(dict.fromkeys(name for name, _, value in pairs if value and _NAME.fullmatch(name)))
