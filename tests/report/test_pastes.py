"""Texts as people paste them: what they show, what they name, and the ones that show nothing."""

from pathlib import Path

import pytest
import yaml

from bot.report.plain import plain
from bot.report.reading import Reader

PASTES = Path(__file__).parents[1] / "pastes"
LOUD = sorted(PASTES.glob("*.txt"))
QUIET = sorted((PASTES / "quiet").glob("*.txt"))


def _stem(file: Path) -> str:
    return file.stem


def test_the_corpus_is_as_large_as_promised():
    assert len(LOUD) >= 218
    assert len(QUIET) >= 118


@pytest.mark.parametrize("file", LOUD, ids=_stem)
def test_a_paste_is_read_as_a_person_would_read_it(file: Path, reader: Reader):
    expected = yaml.safe_load(file.with_suffix(".yaml").read_text(encoding="utf-8"))
    report = reader.read(file.read_text(encoding="utf-8"))
    assert [sighting.symptom for sighting in report.symptoms] == expected["symptoms"]
    assert dict(report.ids) == expected["ids"]


@pytest.mark.parametrize("file", QUIET, ids=_stem)
def test_text_about_something_else_has_no_symptom(file: Path, reader: Reader):
    assert reader.read(file.read_text(encoding="utf-8")).symptoms == ()


@pytest.mark.parametrize("file", LOUD, ids=_stem)
def test_what_is_reported_stands_in_the_text(file: Path, reader: Reader):
    text = file.read_text(encoding="utf-8")
    report = reader.read(text)
    simple = plain(report.text).decode()
    for sighting in report.symptoms:
        assert sighting.matched in simple
        assert len(sighting.matched) <= 200
        assert "\n" not in sighting.matched
    for value in report.ids.values():
        assert value in text


@pytest.mark.parametrize("file", LOUD, ids=_stem)
@pytest.mark.parametrize(
    "mangle",
    [
        lambda text: text.replace("\n", "\r\n"),
        lambda text: text.replace(" ", "\u00a0"),
        lambda text: "\ufeff" + text.replace(": ", ":\u200b "),
        lambda text: text.replace("&", "&amp;").replace('"', "&quot;") if "&" not in text else text,
        lambda text: "".join(f"> {line}\n" for line in text.splitlines()),
    ],
    ids=["crlf", "no-break-spaces", "invisible", "html", "quoted"],
)
def test_a_mangled_paste_shows_the_same(file: Path, mangle, reader: Reader):
    text = file.read_text(encoding="utf-8")
    assert _symptoms(reader, mangle(text)) == _symptoms(reader, text)


def _symptoms(reader: Reader, text: str) -> list[str]:
    return [sighting.symptom for sighting in reader.read(text).symptoms]
