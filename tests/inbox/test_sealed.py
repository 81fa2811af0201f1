"""The seal: what is under it can be had back with the same secret, and by nobody else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.inbox.sealed import Seal, Unsealable

SECRET = "xoxb-not-a-token-of-anybody"


@given(st.text(st.characters()))
def test_what_is_sealed_can_be_opened_by_who_knows_the_secret(text):
    sealed = Seal(SECRET).close(text)
    assert Seal(SECRET).open(sealed) == text
    assert sealed.isascii()
    assert sealed.isprintable()


def test_a_lone_surrogate_comes_back():
    assert Seal(SECRET).open(Seal(SECRET).close("a\ud800b")) == "a\ud800b"


def test_nothing_of_it_can_be_read_and_twice_the_same_looks_different():
    seal = Seal(SECRET)
    one, other = seal.close("unmistakable " * 1_000), seal.close("unmistakable " * 1_000)
    assert one != other
    assert "unmistakable" not in one
    assert len(one) < 1_000


def test_another_secret_does_not_open_it():
    with pytest.raises(Unsealable):
        Seal("xoxb-another").open(Seal(SECRET).close("text"))


@pytest.mark.parametrize("damage", ["", "text", "ü", "\ud800", "gAAAAA", "a b\nc", "="])
def test_what_is_no_seal_is_not_opened(damage):
    with pytest.raises(Unsealable):
        Seal(SECRET).open(damage)


def test_what_was_changed_is_not_opened():
    sealed = Seal(SECRET).close("text")
    for place in (0, 20, len(sealed) // 2):
        changed = "B" if sealed[place] == "A" else "A"
        with pytest.raises(Unsealable):
            Seal(SECRET).open(f"{sealed[:place]}{changed}{sealed[place + 1 :]}")
