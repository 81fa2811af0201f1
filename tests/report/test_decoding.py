"""What is no text is told by its bytes, and whoever sent it is told what to send instead."""

import bz2
import gzip
import io
import lzma
import zipfile

import pytest

from bot.report.decoding import NotText, text_of


def zipped():
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr(zipfile.ZipInfo("error.log"), "Invalid permissions on Lambda function" * 50)
    return archive.getvalue()


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (zipped(), "ZIP"),
        (gzip.compress(b"log" * 1000, mtime=0), "gzip"),
        (bz2.compress(b"log" * 1000), "bzip2"),
        (lzma.compress(b"log" * 1000), "xz"),
        (b"%PDF-1.7\n1 0 obj\n", "PDF"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "picture"),
        (b"\xff\xd8\xff\xe0\0\x10JFIF", "picture"),
        (b"\x7fELF\x02\x01\x01", "program"),
        (b"\0\1\2\3" * 200, "binary"),
        ("an error without a mark".encode("utf-16-le"), "binary"),
    ],
)
@pytest.mark.parametrize("errors", ["strict", "replace"])
def test_what_is_no_text(content, kind, errors):
    with pytest.raises(NotText, match=kind):
        text_of(content, errors)


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (b"", ""),
        (b"\xef\xbb\xbfan error", "an error"),
        ("エラー".encode("utf-16"), "エラー"),
        (b"\x1b[31mred\x1b[0m", "\x1b[31mred\x1b[0m"),
        (b"<html><body>403 ERROR</body></html>", "<html><body>403 ERROR</body></html>"),
    ],
)
def test_what_is_text(content, text):
    assert text_of(content) == text


def test_what_is_readable_of_another_encoding_is_read():
    content = "エラー: Invalid permissions on Lambda function".encode("shift-jis")
    with pytest.raises(NotText):
        text_of(content)
    assert text_of(content, errors="replace").endswith(": Invalid permissions on Lambda function")
