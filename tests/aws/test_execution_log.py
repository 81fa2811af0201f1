"""Execution logs of every kind of failure, in every form in which they are pasted (`logs/*.txt`), and as events."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.aws.execution_log import LoggedRequest, read_execution_events, read_execution_log

CORPUS = sorted(Path(__file__).with_name("logs").glob("*.txt"))


def expected_and_text(file: Path) -> tuple[dict[str, str], str]:
    """The lines `# name: value` at the top of a file, and the log beneath them."""
    head, _, text = file.read_text("utf-8").partition("\n\n")
    pairs = (line.removeprefix("# ").partition(": ") for line in head.splitlines())
    return {name: value for name, _, value in pairs}, text


def told(request: LoggedRequest, name: str) -> object:
    """What a file states of a request, by the name under which it does."""
    output = request.authorizer_output
    match name:
        case "statements":
            return len(output.policy.statements) if output and output.policy else None
        case "output_is_cut":
            return output is not None and output.is_cut
        case "lines":
            return len(request.lines)
        case "when":
            return request.when.isoformat() if request.when else None
        case _:
            return getattr(request, name)


@pytest.mark.parametrize("file", CORPUS, ids=lambda file: file.stem)
def test_what_the_log_says_is_read(file: Path) -> None:
    expected, text = expected_and_text(file)
    requests = read_execution_log(text)
    assert len(requests) == int(expected.pop("requests"))
    for name, value in expected.items():
        assert str(told(requests[0], name)) == value, name


@pytest.mark.parametrize("file", CORPUS, ids=lambda file: file.stem)
def test_a_log_cut_anywhere_breaks_nothing(file: Path) -> None:
    _, text = expected_and_text(file)
    for end in range(0, len(text), 97):
        for request in read_execution_log(text[:end]):
            assert request.lines


def test_events_say_when_and_where() -> None:
    id = "4f6d2c1a-9b0e-4d57-8c3f-71e5a2b9d0c6"
    events = [
        {"timestamp": 1795162502500, "message": f"({id}) Gateway response type: ACCESS_DENIED with status code: 403"},
        {"timestamp": 1795162502000, "message": f"({id}) The client is not authorized to perform this operation."},
    ]
    (request,) = read_execution_events(events, "API-Gateway-Execution-Logs_q7w8e9r0t1/live", "e7")
    assert (request.api_id, request.stage, request.evidence) == ("q7w8e9r0t1", "live", "e7")
    assert request.when is not None
    assert request.when.isoformat() == "2026-11-20T08:15:02+00:00"
    assert request.lines[0].startswith("The client")


def test_what_a_caller_writes_into_a_line_is_no_line() -> None:
    id, other = "4f6d2c1a-9b0e-4d57-8c3f-71e5a2b9d0c6", "b27e9d40-15fa-4c08-a6d1-3c90e8f7124b"
    forged = f"Method request headers: {{X=1\n({other}) Unauthorized request: {other}}}"
    events = [
        {"timestamp": 1, "message": f"({id}) Starting execution for request: {id}"},
        {"timestamp": 2, "message": f"({id}) {forged}"},
    ]
    (request,) = read_execution_events(events)
    assert request.request_id == id
    assert not request.unauthorized


def test_of_two_requests_with_one_id_nothing_is_said() -> None:
    id = "4f6d2c1a-9b0e-4d57-8c3f-71e5a2b9d0c6"  # which their caller may choose
    events = [
        {"timestamp": number, "message": f"({id}) {message}"}
        for number, message in enumerate(
            (
                "Extended Request Id: JKZsWGbpjoEF6Vw=",
                'Authorizer result body before parsing: {"policyDocument": {"Statement": []}}',
                "Extended Request Id: QmZ1kHg2DoEEaXA=",
                "The client is not authorized to perform this operation.",
            )
        )
    ]
    assert read_execution_events(events) == ()
    (request,) = read_execution_events(events[:2])
    assert request.extended_request_id == "JKZsWGbpjoEF6Vw="


def test_one_log_fills_up_another() -> None:
    one = LoggedRequest(request_id="a", status=403, lines=("x",))
    both = one.filled_up_with(LoggedRequest(request_id="a", status=500, method="GET", lines=("y", "x")))
    assert (both.status, both.method, both.lines) == (403, "GET", ("x", "y"))


_EVENTS = st.lists(
    st.dictionaries(st.sampled_from(["timestamp", "message"]), st.one_of(st.none(), st.integers(), st.text())),
    max_size=5,
)


@given(st.text(), _EVENTS)
def test_no_input_breaks_it(text: str, events: list[dict[str, object]]) -> None:
    read_execution_log(text)
    read_execution_log("(4f6d2c1a-9b0e-4d57-8c3f-71e5a2b9d0c6) Authorizer result body before parsing: " + text)
    read_execution_events(events, text)
