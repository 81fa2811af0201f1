"""Codes of AWS's errors say the same in whatever service; tests/aws/test_live.py shows what is made of each."""

import pytest

from bot.aws.error_codes import Meaning, is_not_enabled, is_of_the_clock, meaning_of


@pytest.mark.parametrize(
    ("code", "meaning"),
    [
        ("NoSuchEntity", Meaning.ABSENT),
        ("AccessDeniedException", Meaning.DENIED),
        ("RequestLimitExceeded", Meaning.THROTTLED),
        ("AuthFailure", Meaning.CREDENTIALS),
        ("InternalFailure", Meaning.FAILED),
        ("", Meaning.FAILED),
    ],
)
def test_what_a_code_means(code, meaning):
    assert meaning_of(code) is meaning


@pytest.mark.parametrize(
    ("told", "of_the_clock", "not_enabled"),
    [
        (
            "SignatureDoesNotMatch: Signature expired: 20261120T093000Z is now earlier than 20261120T094500Z",
            True,
            False,
        ),
        ("InvalidSignatureException: Signature not yet current: 20261120T094500Z is still later than", True, False),
        ("RequestTimeTooSkewed: the difference is too large", True, False),
        ("RequestExpired: Request has expired.", True, False),
        ("SignatureDoesNotMatch: The request signature we calculated does not match", False, False),
        ("OptInRequired: You are not subscribed to this service", False, True),
        ("AccessDenied: OptInRequired is what somebody called a role, Signature expired another", False, False),
        ("", False, False),
    ],
)
def test_what_an_error_says_beyond_its_meaning(told, of_the_clock, not_enabled):
    assert (is_of_the_clock(told), is_not_enabled(told)) == (of_the_clock, not_enabled)
