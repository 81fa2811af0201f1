"""The JSON of strangers holds nothing that breaks whoever writes it out or walks through it."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.aws.foreign_json import DEEPEST, AmbiguousKey, TooDeep, made_safe, read_json


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (r'"a\ud800b"', "a\ufffdb"),
        (r'"\udc00\ud800"', "\ufffd\ufffd"),
        (r'"\ud83d\ude00"', "😀"),
        (r'"\\ud800"', r"\ud800"),
        (r'{"\ud800": ["\ud800", 1, null, true]}', {"\ufffd": ["\ufffd", 1, None, True]}),
    ],
)
def test_lone_surrogates_are_replaced(text: str, value: object) -> None:
    assert read_json(text) == value


def test_no_document_is_deeper_than_its_readers_go() -> None:
    assert read_json("[" * DEEPEST + "]" * DEEPEST)
    for levels in (DEEPEST + 1, 100_000):
        with pytest.raises(TooDeep):
            read_json("[" * levels + "]" * levels)


def test_a_value_that_holds_itself_is_too_deep() -> None:
    endless: dict[str, object] = {}
    endless["again"] = endless
    with pytest.raises(TooDeep):
        made_safe(endless)


def test_a_key_that_stands_twice() -> None:
    assert read_json('{"a": 1, "a": 2}') == {"a": 2}
    with pytest.raises(AmbiguousKey):
        read_json('[{"a": 1, "a": 2}]', unique_keys=True)


@given(st.text())
def test_a_text_that_is_no_json_is_a_value_error(text: str) -> None:
    try:
        json.dumps(read_json(text), ensure_ascii=False).encode()
    except ValueError:
        pass
