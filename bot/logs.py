"""How the bot logs: one line an event on standard error, without anybody's secrets."""

import logging
import sys
import traceback
from types import TracebackType

from bot.report.redact import redact

_Raised = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


class _Discreet(logging.Formatter):
    """An exception may quote what was pasted, or AWS may have quoted a signed request: every line is redacted."""

    def __init__(self, *, with_tracebacks: bool) -> None:
        super().__init__("%(levelname)s %(name)s: %(message)s")
        self._with_tracebacks = with_tracebacks

    def format(self, record: logging.LogRecord) -> str:
        return redact(super().format(record))[0].rstrip()

    def formatException(self, ei: _Raised) -> str:
        return super().formatException(ei) if self._with_tracebacks else f"({ei[0].__name__ if ei[0] else ''}: {ei[1]})"


def trace_of(error: BaseException) -> str:
    """The traceback of an error without secrets: what was raised may quote what was pasted."""
    return redact("".join(traceback.format_exception(error)))[0]


def log_to_standard_error(*, with_tracebacks: bool) -> None:
    """Sends warnings and errors of the whole process to standard error."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Discreet(with_tracebacks=with_tracebacks))
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
