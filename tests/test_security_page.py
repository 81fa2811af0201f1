"""SECURITY.md: each claim names the tests that hold it, and these exist."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
_PAGE = (ROOT / "SECURITY.md").read_text("utf-8")
_NAMED = re.findall(r"`(tests/[\w/]+\.py)(?:::(\w+))?`", _PAGE)
_ROWS = [line for line in _PAGE.splitlines() if line.startswith("|") and not re.fullmatch(r"[|\- ]+", line)]


@pytest.mark.parametrize(("file", "test"), _NAMED)
def test_a_test_that_is_named_exists(file, test):
    source = (ROOT / file).read_text("utf-8")
    assert not test or re.search(rf"^def {test}\(", source, re.MULTILINE)


def test_every_claim_names_its_test():
    claims = [row for row in _ROWS if not row.startswith("| claim")]
    assert claims
    assert [row for row in claims if "`tests/" not in row] == []
