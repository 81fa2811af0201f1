"""How the bot logs: one line an event, without anybody's secrets and, where it serves, without what was pasted."""

import errno
import json
import logging
import math
import re
import sys
import threading
import traceback
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any

from bot.explained import Explained
from bot.reply.visible import visible
from bot.report.redact import redact

log = logging.getLogger(__name__)

_Raised = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]

_LONGEST_TEXT = 4_000
_FRAMES = 30
_CAUSES = 5
_CODE = re.compile("[A-Za-z][A-Za-z0-9_.]{0,63}")
_PROGRAM = f"{Path(__file__).parents[1]}/"
_STANDARD = {*vars(logging.makeLogRecord({})), "message", "asctime", "taskName"}
"""What every record has, so that whatever else it has is an `extra`."""

_question: ContextVar[str | None] = ContextVar("question", default=None)


@contextmanager
def about(question: str) -> Iterator[None]:
    """Has every line that is logged inside bear a question's id. Threads begin without: hand them the context."""
    token = _question.set(question)
    try:
        yield
    finally:
        _question.reset(token)


def log_to_standard_error(*, with_tracebacks: bool) -> None:
    """Sends warnings and errors of a command to the standard error of whoever runs it."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_ForWhoeverRunsIt(with_tracebacks=with_tracebacks))
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)


def log_for_operators(form: str | None, level: str) -> None:
    """Sends what a service logs from a level on to standard error, and what nobody caught in any thread, too.

    `form` is `json`, `text`, or None: text on a terminal, JSON elsewhere. `level` is a name of `logging`, in any case.
    """
    handler = _Handler(sys.stderr)
    as_json = not sys.stderr.isatty() if form is None else form == "json"
    handler.setFormatter(_AsJson() if as_json else _AsText())
    handler.addFilter(lambda record: _is_ours(record) or record.levelno >= logging.WARNING)
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
    logging.captureWarnings(True)

    def tell(error: BaseException | None) -> None:
        log.critical("an error that nobody caught", exc_info=error)

    sys.excepthook = lambda _, error, __: tell(error)
    threading.excepthook = lambda raised: tell(raised.exc_value)
    sys.unraisablehook = lambda raised: tell(raised.exc_value)


def trace_of(error: BaseException) -> str:
    """On one line: an error and where it was raised, those that it came from as well."""
    return "; caused by ".join(
        f"{_named(each)} at {', '.join(_frames(each)) or 'no known place'}" for each in _with_causes(error)
    )


class _ForWhoeverRunsIt(logging.Formatter):
    """At a terminal, errors may quote what was pasted: whoever reads it pasted it. Secrets may not be quoted."""

    def __init__(self, *, with_tracebacks: bool) -> None:
        super().__init__("%(levelname)s %(name)s: %(message)s")
        self._with_tracebacks = with_tracebacks

    def formatMessage(self, record: logging.LogRecord) -> str:
        extras = _extras(record)
        told = super().formatMessage(record) + (f" {json.dumps(extras)}" if extras else "")
        return visible(redact(told)[0])

    def formatException(self, ei: _Raised) -> str:
        if not self._with_tracebacks:
            return visible(redact(f"({ei[0].__name__ if ei[0] else ''}: {ei[1]})")[0])
        # Indented, so that no line of the error's own can pass for another that is logged.
        return "\n".join(f"  {visible(line)}" for line in redact(super().formatException(ei))[0].split("\n"))


class _Handler(logging.StreamHandler[Any]):
    """Where a line cannot be made or written, the original would print the arguments of the call."""

    def handleError(self, record: logging.LogRecord) -> None:
        try:
            self.stream.write(self.format(_unloggable(record)) + self.terminator)
        except (OSError, ValueError):
            pass  # Standard error is gone, and there is nobody left to be told.


class _AsJson(logging.Formatter):
    """One JSON object a line, in ASCII: nothing that is logged can begin another line or another field."""

    def format(self, record: logging.LogRecord) -> str:
        question = _question.get()
        fields: dict[str, Any] = {
            "time": _time(record),
            "level": record.levelname,
            "logger": record.name,
            "message": _message(record),
            **({"question": question} if question is not None else {}),
            "thread": record.threadName,
        }
        errors = _errors(record)
        if errors:
            fields["errors"] = [_described(error) for error in errors]
        return json.dumps({**_extras(record), **fields})


class _AsText(logging.Formatter):
    """One line for a person."""

    def format(self, record: logging.LogRecord) -> str:
        question = _question.get()
        parts = [
            f"{_time(record)} {record.levelname} {record.name}: {_message(record)}",
            *([f"question={question}"] if question is not None else []),
            *(f"{name}={json.dumps(value)}" for name, value in _extras(record).items()),
        ]
        errors = _errors(record)
        if errors:
            parts.append(f"({trace_of(errors[0])})")
        return _on_one_line(" ".join(parts))


def _is_ours(record: logging.LogRecord) -> bool:
    return record.name.partition(".")[0] == "bot"


def _time(record: logging.LogRecord) -> str:
    return datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _message(record: logging.LogRecord) -> str:
    """What is said. Libraries put what they were given into their messages, so that of them only the place is told."""
    if not _is_ours(record):
        return f"(not repeated) {record.filename}:{record.lineno} {record.funcName}"
    arguments = record.args
    if isinstance(arguments, Mapping):
        arguments = {name: _discreet(each) for name, each in arguments.items()}
    elif arguments:
        arguments = tuple(map(_discreet, arguments))
    message = str(_discreet(record.msg))
    return _fit(message % arguments if arguments else message)


def _extras(record: logging.LogRecord) -> dict[str, Any]:
    if not _is_ours(record):
        return {}
    return {name: _plain(value) for name, value in vars(record).items() if name not in _STANDARD}


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, bool | int) or (isinstance(value, float) and math.isfinite(value)):
        return value
    if isinstance(value, tuple):
        return [_plain(each) for each in value]
    return _fit(str(_discreet(value)))


def _discreet(value: Any) -> Any:
    return _named(value) if isinstance(value, BaseException) else value


def _fit(text: str) -> str:
    return redact(text)[0][:_LONGEST_TEXT]


def _on_one_line(text: str) -> str:
    if text.isprintable():
        return text
    return "".join(each if each.isprintable() else ascii(each)[1:-1] for each in text)


def _errors(record: logging.LogRecord) -> list[BaseException]:
    error = record.exc_info[1] if record.exc_info else None
    return _with_causes(error) if error else []


def _with_causes(error: BaseException) -> list[BaseException]:
    errors: list[BaseException] = []
    cause: BaseException | None = error
    while cause is not None and cause not in errors and len(errors) < _CAUSES:
        errors.append(cause)
        cause = cause.__cause__ or (None if cause.__suppress_context__ else cause.__context__)
    return errors


def _described(error: BaseException) -> dict[str, Any]:
    code = _code(error)
    return {
        "class": _class(error),
        **({"code": code} if code else {}),
        **({"message": _fit(str(error))} if isinstance(error, Explained) else {}),
        "frames": _frames(error),
    }


def _named(error: BaseException) -> str:
    """An error in words that quote nothing: its own where they are meant for people, else its class."""
    if isinstance(error, Explained):
        return _fit(str(error))
    code = _code(error)
    return f"{_class(error)} ({code})" if code else _class(error)


def _class(error: BaseException) -> str:
    kind = type(error)
    return kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"


def _code(error: BaseException) -> str | None:
    """The word by which the system, SQLite, Slack or AWS say what kind of error it is."""
    if isinstance(error, OSError):
        return errno.errorcode.get(error.errno or 0)
    response = getattr(error, "response", None)
    body = getattr(response, "data", response)  # Slack's is an object around it.
    code = getattr(error, "sqlite_errorname", None)
    if isinstance(body, Mapping):
        given = body.get("Error")
        code = given.get("Code") if isinstance(given, Mapping) else body.get("error")
    return code if isinstance(code, str) and _CODE.fullmatch(code) else None


def _frames(error: BaseException) -> list[str]:
    """Where it was raised, the outermost first."""
    frames = [
        f"{frame.f_code.co_filename.removeprefix(_PROGRAM)}:{line} {frame.f_code.co_qualname}"
        for frame, line in traceback.walk_tb(error.__traceback__)
    ]
    return frames[-_FRAMES:]


def _unloggable(record: logging.LogRecord) -> logging.LogRecord:
    where = f"{record.filename}:{record.lineno}"
    return logging.LogRecord(__name__, logging.ERROR, record.pathname, record.lineno, "no line for %s", (where,), None)
