"""A text is shown as what it is: nothing hides in it, turns it round or passes for another letter."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.reply.visible import deceives, visible


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("orders\u202egnp.exe", r"orders\u202egnp.exe"),
        ("a\u2066b\u2069", r"a\u2066b\u2069"),
        ("or\u200bders", r"or\u200bders"),
        ("or\u00adders", r"or\u00adders"),
        ("orders\u3164", r"orders\u3164"),
        ("x\ufe0f\U000e0100", r"x\ufe0f\U000e0100"),
        ("hi\U000e0041\U000e0042", r"hi\U000e0041\U000e0042"),
        ("my\u00a0api", r"my\u00a0api"),
        ("\x1b[31mred\x07\x9b1m", r"\u001b[31mred\u0007\u009b1m"),
        ("half \ud800", r"half \ud800"),
        ("\u043erders", r"\u043erders"),
        ("\u0440\u0430\u0443.example.com", r"\u0440\u0430\u0443.example.com"),
        ("\u039frders", r"\u039frders"),
        ("\U0001d698rders \U0001d698", r"\U0001d698rders \U0001d698"),
        ("a\u2010b", r"a\u2010b"),
        ("a\u2044b", r"a\u2044b"),
        ("adm\u0131n", r"adm\u0131n"),
        ("z\u0300\u0300\u0300\u0300", "z\u0300\u0300" + r"\u0300\u0300"),
        ("ord\u05d0rs", r"ord\u05d0rs"),
        ("1/\u05d0/2", r"1/\u05d0/2"),
        ("\u05d0\u05d1 12/34", r"\u05d0\u05d1 12/34"),
        ("arn:aws:iam::1:role/\u0645/\u0662", r"arn:aws:iam::1:role/\u0645/\u0662"),
        ("\u05d0\u202e\u043e", r"\u05d0\u202e\u043e"),
        ("\u212aeys \u212a", r"\u212aeys \u212a"),
        ("a\u037e b", r"a\u037e b"),
        ("x\u1fef", r"x\u1fef"),
        ("two\r\nlines\u2028three", "two lines three"),
    ],
)
def test_what_deceives_is_escaped(text, shown):
    assert visible(text) == shown
    assert visible(shown) == shown


@pytest.mark.parametrize(
    "text",
    [
        *(
            "arn:aws:iam::123456789012:role/a-b_c",
            "GET /pets/{id}",
            "注文（本番）ＡＰＩ",
            "トレース 🧵",
            "訂單-prod",
            "",
        ),
        *(
            "Autorización de compañía",
            "заказы и возвраты",
            "API заказов",
            "παραγγελίες",
            "第\u3000Ⅱ期 2020–2021",
            "x – y",
            "5µs",
            "\u05d4\u05d6\u05de\u05e0\u05d5\u05ea \u05e9\u05dc \u05dc\u05e7\u05d5\u05d7\u05d5\u05ea",
            "\u0648\u0627\u062c\u0647\u0629",
        ),
    ],
)
def test_what_people_write_stays_as_it_is(text):
    assert visible(text) == text
    assert not deceives(text)


@given(st.text())
def test_whatever_the_text_each_of_its_characters_can_be_seen(text):
    shown = visible(text)
    assert all(letter.isprintable() or letter == "\u3000" for letter in shown)
    assert not any(unicodedata.category(letter) in ("Cf", "Cc", "Cs") for letter in shown)
    assert visible(shown) == shown


@given(st.text(st.sampled_from("a1/ -\u05d0\u0660\u0645\u043e\u212a\U0001d698\u2010\u0300\u202e\u200b")))
def test_no_escape_makes_another_character_deceive(text):
    shown = visible(text)
    assert not deceives(shown)
    ways = {unicodedata.bidirectional(letter) for letter in shown}
    assert not (
        ways & {"R", "AL", "AN"} and ways & {"L", "EN"} and any(each.isalnum() and each.isascii() for each in shown)
    )
