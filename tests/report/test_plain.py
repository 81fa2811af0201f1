"""What happens to a text on its way into a paste is undone for matching."""

import pytest

from bot.report.plain import plain


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
        ("", ""),
    ],
)
def test_a_text_becomes_one_plain_line(pasted: str, read: str):
    assert plain(pasted).decode() == read


def test_however_many_different_characters_are_simplified():
    letters = "".join(chr(ord(letter) + 0xFEE0) for letter in "abcdefghijklmnopqrstuvwxyz0123456789")
    assert plain(f"{letters}“’\u2003\u200b│狀").decode() == "abcdefghijklmnopqrstuvwxyz0123456789\"' 狀"
