"""Whatever comes in the place of AWS's answer is told to be none: it is no empty answer, and nothing breaks of it."""

from __future__ import annotations

import json
from typing import Any

import botocore.session
import pytest
from botocore.awsrequest import AWSResponse

from bot.aws.account import Read, Result
from bot.aws.live import Live
from bot.aws.reads import READS
from bot.model import Outcome, UnseenReason
from tests.aws.tapes import REGION
from tests.aws.test_live import a_session

_BOTOCORE = botocore.session.get_session()
_XHTML = b'<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"><body><p>Sign in</p></body></html>'
_NOTHING = (
    *(b"", b"null", b"[]", b'"x"', b"7", b"[" * 100_000, b'{"items": ['),
    *(_XHTML, b"<html><p>Sign in", b"\xff\xfe{}"),
)
_EXPORT = ("apigateway", "GetExport")
_WHOLE = [call for call in READS if call != _EXPORT]


class _Raw:
    """As much of a body on its way as botocore reads."""

    def __init__(self, body: bytes) -> None:
        self._body = body

    def stream(self, **_: Any) -> list[bytes]:
        return [self._body]


@pytest.fixture(scope="module")
def wire() -> Any:
    """One `Live` for all, whose answers are whatever bytes are given beforehand."""

    class Wire:
        status, body = 200, b""

        def __init__(self) -> None:
            session = a_session()
            session.events.register("before-send", self._answer)
            self._live = Live(session)

        def _answer(self, request: Any, **_: Any) -> AWSResponse:
            return AWSResponse(request.url, self.status, {}, _Raw(self.body))

        def __call__(self, call: tuple[str, str], body: bytes, status: int = 200) -> Result:
            self.status, self.body = status, body
            shape = _BOTOCORE.get_service_model(call[0]).operation_model(call[1]).input_shape
            required = {name: _value(shape.members[name]) for name in shape.required_members}
            return self._live(Read.of(*call, REGION, **required))

    return Wire()


def _value(shape: Any) -> Any:
    return ["x"] if shape.type_name == "list" else "arn:aws:iam::aws:policy/x" if "arn" in shape.name.lower() else "x"


@pytest.mark.parametrize("call", _WHOLE, ids="-".join)
def test_what_is_no_answer_is_not_taken_for_an_empty_one(call: tuple[str, str], wire: Any) -> None:
    for body in _NOTHING:
        result = wire(call, body)
        assert (result.outcome, result.reason, result.unreachable) == (Outcome.FAILED, UnseenReason.FAILED, False), body
        assert "could not be read" in result.error, body
        assert not result.credentials_rejected


@pytest.mark.parametrize("call", _WHOLE, ids="-".join)
def test_members_in_another_form_than_the_service_s_break_nothing(call: tuple[str, str], wire: Any) -> None:
    shape = _BOTOCORE.get_service_model(call[0]).operation_model(call[1]).output_shape
    names = [member.serialization.get("name", name) for name, member in shape.members.items()]
    for value in (7, "x", [7], ["x"], {"x": 7}, [[]], 1e300):
        text = json.dumps(dict.fromkeys(names, value)).encode()
        children = "".join(f"<{name}>{value}</{name}>" for name in names)
        xml = f"<{call[1]}Response><{call[1]}Result>{children}</{call[1]}Result>{children}</{call[1]}Response>".encode()
        for body in (text, xml):
            assert wire(call, body).outcome in (Outcome.FOUND, Outcome.FAILED), body


_ODD_ERRORS = (
    *_NOTHING,
    b'{"message": {"a": 1}, "code": ["x"], "__type": 7}',
    b'{"message": 7, "Code": {"a": 1}}',
    b"<ErrorResponse><Error/></ErrorResponse>",
    b"<ErrorResponse><Error><Code><b/></Code><Message><b/></Message></Error></ErrorResponse>",
    b"<Response><Errors/></Response>",
)


@pytest.mark.parametrize("call", READS, ids="-".join)
@pytest.mark.parametrize("status", [302, 400, 403])
def test_an_error_in_no_form_of_aws_s_is_a_failure(call: tuple[str, str], status: int, wire: Any) -> None:
    for body in _ODD_ERRORS:
        result = wire(call, body, status)
        assert (result.outcome, result.body, result.credentials_rejected) == (Outcome.FAILED, None, False), body
        assert result.error, body
