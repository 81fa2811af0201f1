"""What happens to a text on its way into a paste is undone for matching."""

import sys
import unicodedata

import pytest

from bot.report.plain import MAY_CHANGE, plain, simplify


@pytest.mark.parametrize(
    ("pasted", "read"),
    [
        ("a\r\n  b\tc", "a b c"),
        ("“a”: ‘b’", "\"a\": 'b'"),
        ("狀態碼為：５００", "狀態碼為:500"),
        ("a\u00a0b\u3000c\u200bd\ufeff", "a b cd"),
        ("&quot;a&amp;quot; &lt;b&gt;", '"a" <b>'),
        (r"{\"a\":\"b\\nc\"}", '{"a":"b c"}'),
        (r"\\\"a\\\"", '"a"'),
        (r"{\u0022a\u0022}", '{"a"}'),
        ("\x1b[31mError\x1b[0m: x", "Error: x"),
        ("│ Error: a\n│ b\n╵", "Error: a b"),
        ("> a\n> b", "> a b"),
        ("I\0n\0v\0", "Inv"),
        ("\ud800a", "?a"),
        ("a\x1bé\x1b", "aé"),
        ("｡︱", ".-"),
        ("\ufdfa", "\ufdfa"),
        ("", ""),
    ],
)
def test_a_text_becomes_one_plain_line(pasted: str, read: str):
    assert plain(pasted).decode() == read


def test_however_many_different_characters_are_simplified():
    letters = "".join(chr(ord(letter) + 0xFEE0) for letter in "abcdefghijklmnopqrstuvwxyz0123456789")
    assert plain(f"{letters}“’\u2003\u200b│狀").decode() == "abcdefghijklmnopqrstuvwxyz0123456789\"' 狀"


def test_outside_the_blocks_that_may_change_no_character_does():
    codes = {*range(0x80, sys.maxunicode + 1)} - {*range(0xD800, 0xE000)}
    codes -= {code for first, last in MAY_CHANGE for code in range(first, last + 1)}
    characters = "\n".join(map(chr, sorted(codes)))
    assert unicodedata.normalize("NFKC", characters) == characters


def test_what_is_simple_stays_and_is_at_most_twice_as_long():
    for first, last in MAY_CHANGE:
        for character in map(chr, range(first, last + 1)):
            simple = simplify(character)
            assert simplify(simple) == simple
            assert len(simple.encode()) <= 2 * len(character.encode())
