"""The catalogs hold every sentence of the templates with its facts, and no sentence stands beside them."""

import re
from contextlib import nullcontext, suppress
from functools import cache
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from jinja2 import Environment, UndefinedError, meta, nodes

from bot.reply.fences import without_code
from bot.reply.locales import LANGUAGES, SOURCE_LANGUAGE
from bot.reply.templates import Templates
from bot.reply.writer import Writer
from tests.reply.test_writer import SUMMARIES
from tools import catalogs

ROOT = Path(__file__).parents[2]
FILES = sorted([*(ROOT / "bot").rglob("*.md.j2"), *(ROOT / "playbooks").rglob("*.md.j2")])
TRANSLATED = [language for language in LANGUAGES if language != SOURCE_LANGUAGE]
PLACEHOLDER = re.compile(r"%\((\w+)\)s")
CODE = re.compile(r"`[^`]*`")
IN_BRACKETS = re.compile(r"⟦[^⟦⟧]*⟧")
LETTER = re.compile(r"[^\W\d_]")

every_language = pytest.mark.parametrize("language", TRANSLATED)
every_file = pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(ROOT)))


@pytest.fixture(scope="module")
def extracted():
    return catalogs.extracted()


def catalog_of(language):
    with catalogs.catalog_of(language).open("rb") as file:
        return read_po(file, locale=language)


def sentences(message):
    """The English of a message and what a catalog says for it, each a list of one, or of its plural forms."""
    ids = [message.id] if isinstance(message.id, str) else list(message.id)
    said = [message.string] if isinstance(message.string, str) else list(message.string)
    return ids, said


def differing(language, marks):
    """The sentences in which a language has other marks than each of the English forms."""
    for message in catalog_of(language):
        ids, said = sentences(message)
        if message.id and all(said) and any(marks(text) not in [marks(id) for id in ids] for text in said):
            yield message.id


def test_the_template_is_up_to_date(extracted):
    assert catalogs.TEMPLATE.read_text("utf-8") == catalogs.template_text(extracted)


@every_language
def test_a_language_has_every_sentence_and_no_other(extracted, language):
    catalog = catalog_of(language)
    wanted = {message.id for message in extracted if message.id}
    assert wanted - {message.id for message in catalog} == set()
    assert {message.id for message in catalog if message.id} - wanted == set()
    assert list(catalog.obsolete) == []


@every_language
def test_nothing_is_left_in_english_or_guessed(language):
    messages = [message for message in catalog_of(language) if message.id]
    assert [message.id for message in messages if not all(sentences(message)[1])] == []
    assert [message.id for message in messages if message.fuzzy] == []


@every_language
@pytest.mark.parametrize(
    "marks",
    [
        pytest.param(lambda text: sorted(set(PLACEHOLDER.findall(text))), id="placeholders"),
        pytest.param(lambda text: sorted(CODE.findall(text)), id="code"),
        pytest.param(lambda text: text.count("**"), id="bold"),
        pytest.param(lambda text: text.replace("%%", "").count("%") - len(PLACEHOLDER.findall(text)), id="percent"),
    ],
)
def test_every_sentence_has_the_same_marks(language, marks):
    assert list(differing(language, marks)) == []


@every_language
def test_a_language_has_as_many_plural_forms_as_it_says(language):
    catalog = catalog_of(language)
    assert {len(message.string) for message in catalog if message.pluralizable} == {catalog.num_plurals}


def test_every_translated_language_is_kept_up_to_date():
    assert list(catalogs.PLURALS) == TRANSLATED


class Anything(dict):
    """A value that is whatever a template takes it for: a fact, a list of two, a document, a truth."""

    def __init__(self, truth):
        super().__init__()
        self._truth = truth

    def __bool__(self):
        return self._truth

    def __len__(self):
        return 2 if self._truth else 0

    def __iter__(self):
        return iter([self, self] if self._truth else [])

    def __contains__(self, _):
        return self._truth

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return self

    def __getitem__(self, _):
        return self

    def __call__(self, *_):
        return self

    def __str__(self):
        return "a fact"


PARSER = Environment(extensions=["jinja2.ext.i18n"])
PARSER.filters |= {"json": str, "prose": str}


@cache
def parsed(file):
    return PARSER.parse(without_code(file.read_text("utf-8")))


@cache
def names_in(folder):
    """Everything that the words of a folder, which include each other, are given."""
    trees = (PARSER.parse(file.read_text("utf-8")) for file in folder.glob("*.md.j2"))
    return {name for tree in trees for name in meta.find_undeclared_variables(tree)}


def may_be_left_out(folder):
    texts = (file.read_text("utf-8") for file in folder.glob("*.md.j2"))
    return {name for text in texts for name in re.findall(r"(\w+) is defined", text)}


def outside_of_brackets(text):
    left = CODE.sub("", without_code(text))
    while IN_BRACKETS.search(left):
        left = IN_BRACKETS.sub("", left)
    return left


@every_file
def test_nothing_is_written_but_in_sentences(file):
    written = [data.data.strip() for data in parsed(file).find_all(nodes.TemplateData) if LETTER.search(data.data)]
    assert written == []


@every_file
@pytest.mark.parametrize("truth", [True, False])
@pytest.mark.parametrize("everything", [True, False], ids=["all given", "some left out"])
def test_whatever_is_said_comes_from_the_catalog(file, truth, everything, bracketed):
    words = Templates([file.parent], bracketed, "es").words(file.name.removesuffix(".md.j2"))
    names = names_in(file.parent) - (set() if everything else may_be_left_out(file.parent))
    values = {name: Anything(truth) for name in names if name not in ("gettext", "ngettext", "chain")}
    values |= {"calls": 2, "seconds": 3} if "calls" in names else {}
    for block in parsed(file).find_all(nodes.Block):
        # What is left out may be needed all the same in a case that no finding is.
        with nullcontext() if everything else suppress(UndefinedError):
            said = words.block(block.name, values)
            assert not LETTER.search(outside_of_brackets(said)), said


def test_every_file_says_something(bracketed):
    """The test above would pass if nothing were rendered at all."""
    said = [
        Templates([file.parent], bracketed, "es").words(file.name.removesuffix(".md.j2")).block(block, {**values})
        for file in FILES
        if not file.name.startswith("_")
        for block in ("title", "proven", "acknowledged")
        for values in [{name: Anything(True) for name in names_in(file.parent) - {"gettext", "ngettext", "chain"}}]
    ]
    assert sum("⟦" in text for text in said) >= 15


def pseudo(folder, language):
    """A catalog file in which every message is itself in brackets."""
    catalog = catalogs.extracted()
    catalog.locale = language
    for message in catalog:
        if message.id:
            message.string = f"⟦{message.id}⟧" if isinstance(message.id, str) else (f"⟦{message.id[1]}⟧",) * 2
    file = folder / language / "LC_MESSAGES" / "messages.po"
    file.parent.mkdir(parents=True)
    file.write_text(catalogs.template_text(catalog), "utf-8")
    return folder


@pytest.mark.parametrize("name", SUMMARIES)
def test_every_summary_comes_from_the_catalog(tmp_path, name):
    summary = Writer([], [pseudo(tmp_path, "es")]).reply(SUMMARIES[name], "es").summary
    assert summary.startswith("⟦")
    assert not LETTER.search(outside_of_brackets(summary))
