"""Tells text from what is none, by its bytes: an archive, a picture, a document."""

import codecs
import re

_KINDS = (
    (b"PK\x03\x04", "a ZIP archive"),
    (b"PK\x05\x06", "a ZIP archive"),
    (b"\x1f\x8b", "gzip-compressed data"),
    (b"BZh", "bzip2-compressed data"),
    (b"\xfd7zXZ\0", "xz-compressed data"),
    (b"\x28\xb5\x2f\xfd", "zstd-compressed data"),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive"),
    (b"%PDF-", "a PDF"),
    (b"\x89PNG\r\n", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
    (b"II*\0", "a picture"),
    (b"MM\0*", "a picture"),
    (b"\0\0\x01\0", "a picture"),
    (b"\x7fELF", "a program"),
    (b"MZ\x90\0", "a program"),
    (b"\xca\xfe\xba\xbe", "a program"),
    (b"\xd0\xcf\x11\xe0", "an Office document"),
    (b"SQLite format 3\0", "a database"),
)
"""What a file of a kind begins with, as its format says."""
_CONTROL = re.compile(r"[\x00-\x07\x0e-\x1a\x1c-\x1f\x7f]")
"""No text has these. Terminals use the escape character to colour what they print."""
_MOST_CONTROL = 0.01
_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


class NotText(ValueError):
    """The bytes are no text; the message says what they are, as far as can be told."""


def text_of(content: bytes, errors: str = "strict") -> str:
    """The text that bytes are, in UTF-8 or, by its mark, UTF-16. Raises NotText.

    `errors` is what to do with what neither of them is: "replace" keeps the rest of a log in an older encoding.
    """
    for beginning, kind in _KINDS:
        if content.startswith(beginning):
            raise NotText(kind)
    try:
        text = content.decode("utf-16" if content.startswith(_UTF_16) else "utf-8-sig", errors)
    except UnicodeDecodeError as error:
        raise NotText("text in another encoding than UTF-8, or no text") from error
    if "\0" in text or len(_CONTROL.findall(text)) > _MOST_CONTROL * len(text):
        raise NotText("binary data")
    return text
