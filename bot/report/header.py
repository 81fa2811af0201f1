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
        self._hidden: dict[str, None] = {}

    def add(self, name: str, value: str) -> None:
        """Takes in a header. A value that only stands for another one is kept as hidden."""
        name = name.strip().lower()
        if len(self._values) + len(self._hidden) >= _MOST_HEADERS:
            return
        if _STAND_IN.search(value[:1_000]):
            self._hidden[name] = None
        else:
            value = value.strip()
            self._values[name] = f"{self._values[name]}, {value}" if name in self._values else value

    def add_default(self, name: str, value: str) -> None:
        """Takes in what a client sends where nobody says otherwise."""
        if name not in self._values and name not in self._hidden:
            self._values[name] = value

    def hide(self, name: str) -> None:
        """Takes in a header that is sent with a value nobody sees."""
        self._values.pop(name, None)
        self._hidden[name] = None

    @property
    def names(self) -> tuple[str, ...]:
        """In lower case, hidden ones included."""
        return (*self._values, *self._hidden)

    def value(self, name: str) -> str:
        """Empty where it is not shown."""
        return self._values.get(name, "")

    def request(self, query: tuple[str, ...], is_whole: bool) -> SentRequest:
        """The request that has these headers. What HTTP/2 sends as `:path` and the like is no header."""
        values = {name: value for name, value in self._values.items() if _NAME.fullmatch(name)}
        hidden = tuple(name for name in self._hidden if _NAME.fullmatch(name) and name not in values)
        return SentRequest(values, query, is_whole, hidden)


def query_names(url: str) -> tuple[str, ...]:
    """The names in a URL's query string that have a value, in their order."""
    _, _, query = url.partition("?")
    pairs = (part.partition("=") for part in query.partition("#")[0].split("&"))
    return tuple(dict.fromkeys(name for name, _, value in pairs if value and _NAME.fullmatch(name)))
