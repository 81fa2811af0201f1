"""What reaches the log, and what does not."""

import ast
import gc
import io
import json
import logging
import subprocess
import sys
import threading
import urllib.error
import warnings
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from pathlib import Path

import pytest
from botocore.exceptions import ClientError
from slack_sdk.errors import SlackApiError

from bot.explained import Explained
from bot.logs import about, log_for_operators, log_to_standard_error, trace_of

SECRET = "AKIAIOSFODNN7EXAMPLE"
CANARY = "canary was pasted"
BOT = Path(__file__).parents[1] / "bot"

ours = logging.getLogger("bot.anything")


@pytest.fixture
def begin(monkeypatch):
    """Begins to log as a service does; returns what gives the lines. Not before the test: pytest has handlers, too."""
    root = logging.getLogger()
    level, hooks = root.level, (sys.excepthook, threading.excepthook, sys.unraisablehook)

    def begin(form, level="debug", stream=None):
        stream = stream or io.StringIO()
        monkeypatch.setattr(sys, "stderr", stream)
        log_for_operators(form, level)
        return lambda: stream.getvalue().split("\n")[:-1]

    yield begin
    root.setLevel(level)
    logging.captureWarnings(False)
    sys.excepthook, threading.excepthook, sys.unraisablehook = hooks


@pytest.fixture
def begin_json(begin):
    """As `begin`; returns what gives the objects of the lines."""

    def begin_json():
        told = begin("json")
        return lambda: [json.loads(line) for line in told()]

    return begin_json


@pytest.fixture(params=["json", "text"])
def form(request):
    """Each form of the log."""
    return request.param


@pytest.mark.parametrize("with_tracebacks", [True, False])
def test_no_line_holds_a_secret(with_tracebacks: bool, capsys: pytest.CaptureFixture[str]):
    log_to_standard_error(with_tracebacks=with_tracebacks)
    try:
        raise ValueError(f"cannot use {SECRET}")
    except ValueError:
        ours.exception("could not do it with %s", SECRET)
    told = capsys.readouterr().err
    assert "could not do it with" in told
    assert SECRET not in told
    assert ("Traceback" in told) is with_tracebacks


def test_an_unexpected_error_is_one_sentence_without_secrets():
    code = f"from bot import cli; import typer; cli._before_any_command(debug=False); raise ValueError('{SECRET}')"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr.startswith("kintsugi: an unexpected error (ValueError: ")
    assert SECRET not in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("with_tracebacks", [True, False])
def test_whoever_runs_a_command_sees_what_is_logged_and_none_of_it_commands_their_terminal(
    with_tracebacks: bool, capsys: pytest.CaptureFixture[str]
):
    hostile = "\x1b]0;owned\x07\x9b2J \u202edeined\nERROR bot.forged: x\rERROR bot.forged: x"
    log_to_standard_error(with_tracebacks=with_tracebacks)
    try:
        raise ValueError(hostile)
    except ValueError:
        ours.exception("could not do it with %s", hostile, extra={"place": hostile})
    told = capsys.readouterr().err
    assert told.replace("\n", "").isprintable()
    (line,) = [line for line in told.split("\n") if line.startswith(("ERROR", "INFO"))]
    assert json.loads(line[line.index("{") :]) == {"place": hostile}
    assert told.count("owned") == 3


def test_an_unexpected_error_commands_no_terminal():
    error = r"ValueError('\x1b]0;owned\x07\u202ex\nkintsugi: y')"
    code = f"from bot import cli; cli._before_any_command(debug=False); raise {error}"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stderr.startswith(
        r"kintsugi: an unexpected error (ValueError: \u001b]0;owned\u0007\u202ex kintsugi: y)"
    )
    assert done.stderr.count("\n") == 1


class Quoting(Exception):
    """Whatever is done with it, it quotes."""

    def __str__(self):
        return CANARY

    __repr__ = __str__


class Unspeakable:
    """Cannot even be made a text."""

    def __str__(self):
        raise ValueError(CANARY)

    __repr__ = __str__


def noted():
    error = ValueError("x")
    error.add_note(CANARY)
    return error


ERRORS = {
    "plain": ValueError(CANARY),
    "key": KeyError(CANARY),
    "quoting": Quoting(),
    "noted": noted(),
    "group": ExceptionGroup(CANARY, [ValueError(CANARY)]),
    "undecodable": UnicodeDecodeError("utf-8", CANARY.encode(), 0, 1, CANARY),
    "file": FileNotFoundError(2, CANARY, CANARY),
    "url": urllib.error.URLError(CANARY),
    "aws": ClientError({"Error": {"Code": "TooManyRequestsException", "Message": CANARY}}, "GetRestApis"),
    "aws code": ClientError({"Error": {"Code": CANARY, "Message": CANARY}}, "GetRestApis"),
    "slack": SlackApiError(CANARY, {"ok": False, "error": "invalid_blocks", "messages": [CANARY]}),
    "slack code": SlackApiError(CANARY, {"ok": False, "error": CANARY}),
    "slack body": SlackApiError(CANARY, CANARY),
}


def raised(error, cause=None):
    """The error with a traceback, and with a cause if one is given."""
    with pytest.raises(type(error)) as caught:
        raise error from cause
    return caught.value


@pytest.mark.parametrize("error", ERRORS.values(), ids=ERRORS)
def test_no_error_can_quote_what_was_pasted(begin, form, error):
    told = begin(form)
    caught = raised(error)
    ours.error("with a trace", exc_info=caught)
    ours.error("as a cause", exc_info=raised(RuntimeError("x"), caught))
    ours.error("told: %s", caught)
    ours.error("told: %r", caught)
    ours.error("told: %(error)s", {"error": caught})
    ours.error("told: %s", trace_of(caught))
    ours.error(caught)
    ours.error("beside", extra={"why": caught})
    logged = told()
    assert len(logged) == 8
    assert CANARY not in "\n".join(logged)
    assert all(type(error).__qualname__ in line for line in logged)


def test_what_libraries_say_is_not_repeated(begin, form):
    told = begin(form)
    library = logging.getLogger("slack_sdk.web.base_client")
    library.error(f"Failed to decode Slack API response: {CANARY}")
    library.warning("the payload: %s", CANARY, extra={"payload": CANARY})
    library.info(f"on_message invoked: {CANARY}")
    logging.getLogger("botany").error(CANARY)
    logging.getLogger().error(CANARY)
    warnings.warn(CANARY, stacklevel=1)
    logged = told()
    assert len(logged) == 5
    assert CANARY not in "\n".join(logged)
    assert "slack_sdk.web.base_client" in logged[0]
    assert "test_logs.py:" in logged[0]


def test_a_line_that_cannot_be_made_says_where_and_nothing_else(begin, form):
    told = begin(form)
    ours.error("%d", CANARY)
    ours.error("%s %s", CANARY)
    ours.error("%s", Unspeakable())
    ours.error("beside", extra={"what": Unspeakable()})
    logged = told()
    assert len(logged) == 4
    assert all("no line for test_logs.py:" in line for line in logged)
    assert CANARY not in "\n".join(logged)


class Unfinished:
    """Breaks when it is let go."""

    def __del__(self):
        raise ValueError(CANARY)


def test_what_nobody_caught_is_logged_like_all_else(begin, form):
    told = begin(form)

    def fail():
        raise ValueError(CANARY)

    thread = threading.Thread(target=fail, name="a thread")
    thread.start()
    thread.join()
    Unfinished()
    gc.collect()
    error = raised(ValueError(CANARY))
    sys.excepthook(type(error), error, error.__traceback__)
    logged = told()
    assert len(logged) == 3
    assert all("an error that nobody caught" in line and "ValueError" in line for line in logged)
    assert CANARY not in "\n".join(logged)


def test_nothing_that_is_logged_can_begin_another_line(begin, form):
    told = begin(form)
    forged = '\r\n\v\f\x1b[2K\x85\u2028\u2029{"level":"INFO"}\x00\ud800'
    with about(forged):
        ours.error("it is %s", forged, extra={"what": forged})
    thread = threading.Thread(target=lambda: ours.error(forged), name=forged)
    thread.start()
    thread.join()
    logged = told()
    assert len(logged) == 2
    assert all(line.isprintable() for line in logged)


def test_a_secret_is_taken_out_wherever_it_stands(begin, form):
    told = begin(form)
    ours.error("it is %s", SECRET, extra={"what": f"and {SECRET}"}, exc_info=raised(Explained(SECRET)))
    (line,) = told()
    assert SECRET not in line


def test_a_line_is_an_object_with_all_that_is_known(begin_json):
    lines = begin_json()
    with about("q1"):
        ours.warning("answered %d", 2, extra={"verdict": "found", "seconds": 1.5, "is_first": True, "way": None})
    (line,) = lines()
    assert line.pop("time")[10:] > "T"
    assert line == {
        "level": "WARNING",
        "logger": "bot.anything",
        "message": "answered 2",
        "question": "q1",
        "thread": threading.current_thread().name,
        "verdict": "found",
        "seconds": 1.5,
        "is_first": True,
        "way": None,
    }


def test_what_is_told_beside_takes_nobodys_place(begin_json):
    lines = begin_json()
    ours.info("true", extra={"time": "x", "level": "x", "logger": "x", "errors": float("nan")})
    (line,) = lines()
    assert (line["level"], line["logger"], line["message"], line["errors"]) == ("INFO", "bot.anything", "true", "nan")
    assert line["time"].endswith("Z")


def test_an_error_is_told_with_its_causes_and_where_they_were_raised(begin_json):
    lines = begin_json()
    ours.error("it failed", exc_info=raised(Explained("set it to a file"), ERRORS["aws"]))
    first, cause = lines()[0]["errors"]
    assert (first["class"], first["message"]) == ("bot.explained.Explained", "set it to a file")
    assert (cause["class"], cause["code"]) == ("botocore.exceptions.ClientError", "TooManyRequestsException")
    assert "message" not in cause
    assert first["frames"][-1].startswith("tests/test_logs.py:")
    assert first["frames"][-1].endswith(" raised")


def test_errors_that_go_round_in_a_circle_come_to_an_end(begin_json):
    lines = begin_json()
    first, second = ValueError(), KeyError()
    first.__cause__, second.__cause__ = second, first
    ours.error("it failed", exc_info=first)
    assert [each["class"] for each in lines()[0]["errors"]] == ["ValueError", "KeyError"]


def test_an_endless_recursion_and_an_endless_text_make_no_endless_line(begin, form):
    told = begin(form)

    def deeper():
        deeper()

    try:
        deeper()
    except RecursionError:
        ours.exception("it failed: %s", "x" * 1_000_000)
    (line,) = told()
    assert len(line) < 10_000


def test_the_words_of_an_error_for_people_are_said(begin_json):
    lines = begin_json()
    ours.error("nothing can be taken up: %s", Explained("the store is gone"))
    ours.error("it failed: %s", ERRORS["slack"])
    assert [line["message"] for line in lines()] == [
        "nothing can be taken up: the store is gone",
        "it failed: slack_sdk.errors.SlackApiError (invalid_blocks)",
    ]


def test_a_question_is_named_inside_only_and_where_its_context_is_taken(begin_json):
    lines = begin_json()
    with ThreadPoolExecutor(1) as pool, about("q1"):
        ours.info("one")
        with about("q2"):
            pool.submit(copy_context().run, ours.info, "two").result()
        pool.submit(ours.info, "three").result()
        ours.info("four")
    ours.info("five")
    assert [line.get("question") for line in lines()] == ["q1", "q2", None, "q1", None]


def test_a_trace_is_one_line():
    trace = trace_of(raised(ValueError(CANARY), raised(KeyError(CANARY))))
    first, cause = trace.split("; caused by ")
    assert first.startswith("ValueError at tests/test_logs.py:")
    assert cause.startswith("KeyError at tests/test_logs.py:")
    assert trace_of(ValueError()) == "ValueError at no known place"


def test_only_what_is_grave_enough_is_logged(begin):
    told = begin("text", "warning")
    ours.info("not this")
    ours.warning("this", extra={"way": "a b"})
    (line,) = told()
    assert line[10] == "T"
    assert line.endswith('Z WARNING bot.anything: this way="a b"')


class Terminal(io.StringIO):
    """A terminal, as far as one can tell."""

    def isatty(self):
        return True


@pytest.mark.parametrize(("stream", "is_json"), [(Terminal, False), (io.StringIO, True)])
def test_a_terminal_is_told_in_text_and_all_else_in_json(begin, stream, is_json):
    told = begin(None, stream=stream())
    ours.info("hello")
    assert told()[0].startswith("{") is is_json


def test_nobody_to_tell_is_no_failure(begin):
    gone = io.StringIO()
    begin("json", stream=gone)
    gone.close()
    ours.error("hello")


def what_is_logged(path):
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            owner = node.func.value
            if isinstance(owner, ast.Name) and owner.id == "log" and node.func.attr != "isEnabledFor":
                yield node.args[0]


def test_what_varies_is_an_argument_of_a_log_call_where_it_can_be_looked_at():
    logged = [(path, each) for path in BOT.rglob("*.py") for each in what_is_logged(path)]
    assert len(logged) > 20
    assert [(path, each.lineno) for path, each in logged if not isinstance(each, ast.Constant)] == []
