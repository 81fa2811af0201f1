"""Codes of AWS's errors say the same in whatever service; tests/aws/test_live.py shows what is made of each."""

import pytest

from bot.aws.error_codes import Meaning, meaning_of


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
