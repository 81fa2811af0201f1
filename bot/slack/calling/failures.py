"""How a call of Slack fails: for now or for good, and whether it may have been done all the same."""

import re
from http.client import HTTPException
from urllib.error import HTTPError

from slack_sdk.errors import SlackApiError, SlackClientError

SLACK_FAILS = (SlackClientError, HTTPException, OSError)
"""Everything that a call of Slack raises: refused, unreadable, unreachable."""

_RATE = {"ratelimited", "rate_limited"}
_PASSING = {
    *_RATE,
    "external_channel_migrating",
    "fatal_error",
    "internal_error",
    "request_timeout",
    "service_unavailable",
    "team_added_to_org",
    "update_failed",
}
"""As https://docs.slack.dev/reference/methods/chat.postMessage and chat.update describe them."""
_CODE = re.compile(r"[a-z0-9_]{1,60}")
_LONGEST_SECONDS = 60 * 60
"""No answer of Slack's silences the bot for longer."""


class MustWait(SlackClientError):
    """A call was not done, because Slack takes none of its kind yet; after so many seconds it may."""

    def __init__(self, method: str, seconds: float) -> None:
        super().__init__(f"Slack takes {method} in {seconds:.1f} s")
        self.method = method
        self.seconds = seconds


class ResponseUrlRefused(Exception):
    """A response_url leads elsewhere than to Slack, is used up or is expired; the message does not repeat it.

    `status` is what HTTP calls the answer, None where nothing was sent.
    """

    def __init__(self, message: str, status: int | None = None) -> None:
        super().__init__(message)
        self.status = status


def passes(error: BaseException) -> bool:
    """Whether the same call may well succeed later: Slack is busy, broken or out of reach, and does not refuse it."""
    match error:
        case MustWait():
            return True
        case SlackApiError():
            code = code_of(error)
            # Where no code comes, something before Slack has answered, or Slack in the middle of breaking down.
            return code in _PASSING or code is None or _is_passing_status(_status_of(error))
        case ResponseUrlRefused():
            return _is_passing_status(error.status)
        case HTTPError():
            return _is_passing_status(error.code)
        case _:
            return isinstance(error, (HTTPException, OSError))


def may_be_done(error: BaseException) -> bool:
    """Whether what was asked for may have happened although the call failed."""
    return passes(error) and not isinstance(error, MustWait) and not is_rate_limit(error)


def is_rate_limit(error: BaseException) -> bool:
    """Whether Slack says that there were too many calls of this kind. https://docs.slack.dev/apis/web-api/rate-limits"""
    return isinstance(error, SlackApiError) and (code_of(error) in _RATE or _status_of(error) == 429)


def code_of(error: SlackApiError) -> str | None:
    """The code of Slack's error; None where the SDK has put a piece of something unreadable in its place."""
    code = error.response.get("error")
    return code if isinstance(code, str) and _CODE.fullmatch(code) else None


def outcome_of(error: BaseException) -> str:
    """The failure in a word: Slack's code, or `failed` where it gave none."""
    return (code_of(error) if isinstance(error, SlackApiError) else None) or "failed"


def retry_after(value: object) -> float:
    """The seconds of a header `Retry-After`; 1 where it says nothing that can be read."""
    asked = str(value)
    return float(min(int(asked), _LONGEST_SECONDS)) if asked.isascii() and asked.isdecimal() else 1.0


def _status_of(error: SlackApiError) -> int | None:
    return getattr(error.response, "status_code", None)


def _is_passing_status(status: int | None) -> bool:
    return status is not None and (status >= 500 or status in (408, 429))
