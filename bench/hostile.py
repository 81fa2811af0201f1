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
    "halves of characters": "\ud83c\udf89",
    "wide letters": "\uff41a",
    "phrases in a character": "\ufdfa",
    "line breaks in JSON": "\\n",
    "secrets taken out": "password=[redacted] ",
    "ports": "://a:1@",
    "Base64": "QUFBQUFBQUFBQUFBQUFBQUFB ",
    "letters": "a",
    "digits": "1",
    "labels": "a.",
    "colons": "a:b:",
}


def hostile_texts(size: int) -> dict[str, str]:
    """Texts of no more than `size` bytes of UTF-8, as a message or a file arrives, by what they hold.

    UTF-8 has no half characters; each counts as the three bytes that its place would take.
    """
    texts = {name: piece * (size // _size(piece)) for name, piece in _REPEATED.items()}
    texts["many characters"] = "".join(chr(0x4E00 + number % 20_000) for number in range(size // 3))
    texts["many escapes"] = "".join(f"\\u{number % 0xD800:04x}" for number in range(size // 6))
    texts["many entities"] = "".join(f"&#{number:06d};" for number in range(size // 9))
    texts["a secret behind escapes"] = "\\n" * (size // 2 - 20) + "password=hunter2hunter2"
    mark = ">" * (size // 40)
    texts["quotes in quotes"] = f"{mark}GET /x HTTP/1.1\n" + f"{mark}Host: a\n" * 38
    return texts | _noises(size)


def _noises(size: int) -> dict[str, str]:
    """Texts of no order whatever."""
    chance = random.Random(20_260)
    planes = range(0xE000, 0x110000)
    noises = {"noise": chance.choices(string.printable, k=size)}
    noises["noise of all planes"] = [chr(each) for each in chance.choices(planes, k=size // 4)]
    noises["noise of two kinds"] = [chr(each) + "a" for each in chance.choices(planes, k=size // 5)]
    return {name: "".join(pieces) for name, pieces in noises.items()}


def _size(text: str) -> int:
    return len(text.encode("utf-8", "surrogatepass"))
