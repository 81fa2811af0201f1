"""Texts of any length that give a reader as much work as a text can: each is one thing over and over."""

import random
import string

_REPEATED = {
    "secrets": "password=abcd1234EFGH ",
    "access keys": "AKIAIOSFODNN7EXAMPLE ",
    "cookies": "Cookie: a=b; ",
    "headers": "Authorization: Bearer abcdefgh1234567890\n",
    "private keys": "-----BEGIN PRIVATE KEY-----\n",
    "tokens": "eyJhbGciOiJIUzI1NiJ9.",
    "commands": "curl ",
    "commands with headers": "curl -H 'a: b' \\\n",
    "calls": 'fetch( headers: {"a": "b", ',
    "requests": "> GET /x HTTP/1.1\n> Host: a\n< HTTP/1.1 403\n",
    "addresses": "https://abcdefghij.execute-api.eu-west-1.amazonaws.com/prod/x",
    "names": "arn:aws:lambda:eu-west-1:123456789012:function:orders ",
    "ids": "(2f7c1d90-5b1e-4d2a-9f57-0c6d4b8a7e11) Starting execution for request: x\n",
    "times": "2026-02-03T10:00:00.000Z ",
    "symptoms": "Invalid permissions on Lambda function ",
    "near symptoms": "is not authorized to perform: ",
    "beginnings of symptoms": '{"message":',
    "braces": "{",
    "quotes": '"',
    "backslashes": "\\",
    "escapes in escapes": "%255Cu0022&amp;amp;quot;\x1b[0m\0\u00e9",
    "percent signs": "%25",
    "ampersands": "&amp;",
    "terminal sequences": "\x1b]8;;x",
    "quoted mail": "\n> > > ",
    "blanks": " ",
    "line breaks": "\n",
    "null": "\0",
    "marks": "\u0300",
    "half characters": "\ud800",
    "letters": "a",
    "digits": "1",
    "labels": "a.",
    "colons": "a:b:",
}


def hostile_texts(length: int) -> dict[str, str]:
    """Texts of `length` characters by what they hold."""
    chance = random.Random(20_260)
    texts = {name: (piece * (length // len(piece) + 1))[:length] for name, piece in _REPEATED.items()}
    texts["many characters"] = "".join(chr(0x4E00 + number % 20_000) for number in range(length))
    texts["many escapes"] = "".join(f"\\u{number % 0xD800:04x}" for number in range(length // 6))
    mark = ">" * (length // 40)
    texts["quotes in quotes"] = f"{mark}GET /x HTTP/1.1\n" + f"{mark}Host: a\n" * 38
    texts["noise"] = "".join(chance.choices(string.printable, k=length))
    return texts
