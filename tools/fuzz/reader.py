"""Feeds the reader what libFuzzer makes up, guided by the code it reaches: `make fuzz`.

Whatever the bytes: nothing is raised, nothing that reads a paste twice differs, what is kept can be stored and shown,
no secret is left in what was read, and one on a line of its own is found whatever stands around it.
"""

import json
import sys
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["bot"]):
    from bot.reply.json_form import printable_json, reading_object
    from bot.reply.visible import visible
    from bot.report.decoding import NotText, text_of
    from bot.report.meant import is_meant
    from bot.report.redact import redact
    from bot.settings import read_settings
    from bot.slack.incoming.paste import from_message
    from bot.workshop import make_reader

_READER = make_reader(read_settings({}))
_SECRET = "xoxb-123456789012-abcdefghijklmnopqrstuvwx"  # noqa: S105 — of nobody


def read(data: bytes) -> None:
    """One made-up paste, by the command line and by Slack."""
    try:
        text = text_of(data, errors="replace")
    except NotText:
        text = data.decode("utf-16", "surrogatepass") if len(data) % 2 == 0 else data.decode("latin-1")
    report = _READER.read(text)
    assert _READER.read(text) == report
    report.text.encode()
    is_meant(report)
    written = printable_json(reading_object("-", report))
    assert json.loads(written)["ids"] == dict(report.ids)
    assert written.replace("\u3000", "").isprintable()
    assert visible(visible(text)) == visible(text)
    assert redact(report.text) == (report.text, 0)
    assert _SECRET not in _READER.read(f"{text}\n{_SECRET}\n{text}").text
    from_message({"text": text}, "U1")


def main() -> None:
    """Runs until libFuzzer's own options end it; without a folder of texts it begins with the project's pastes."""
    given = [*sys.argv]
    if not any(not word.startswith("-") for word in given[1:]):
        given.append(str(Path(__file__).parents[2] / "tests" / "pastes"))
    atheris.Setup(given, read)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
