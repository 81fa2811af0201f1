"""Checks a content folder as our own tests check ours, and begins new playbooks."""

import re
import shutil
from collections.abc import Iterator
from gettext import NullTranslations
from pathlib import Path

from jinja2 import Environment, TemplateError, nodes
from jinja2.ext import GETTEXT_FUNCTIONS, babel_extract

from bot.library import BadContent, load_module, read_playbook
from bot.playbook import Playbook
from bot.reply.fences import without_code
from bot.reply.locales import LANGUAGES, SOURCE_LANGUAGE, UnreadableCatalog, load_catalog
from bot.reply.templates import Templates
from bot.report.plain import plain
from bot.report.symptoms import BadSymptom, Signatures, SymptomCard, load_symptoms
from bot.settings import Settings

_SCAFFOLD = Path(__file__).parent / "scaffold"
_SCAFFOLD_CARD = "playbook.yaml"
_NAME = re.compile(r"[a-z0-9]+(_[a-z0-9]+)*")
_CANNOT_LOAD = (ImportError, SyntaxError, NameError, AttributeError, TypeError, ValueError, LookupError)
_ALWAYS = ("title", "why", "steps")
_INSTEAD = {".sh.j2": "cli_note", ".rollback.sh.j2": "rollback_note", ".yaml.j2": "cloudformation_note"}
_PLACEHOLDER = re.compile(r"%\((\w+)\)s")
_CODE = re.compile(r"`[^`]*`")
_LETTER = re.compile(r"[^\W\d_]")


class BadName(ValueError):
    """A name that no playbook can have; the message says which it can."""


def check_folder(folder: Path) -> Iterator[str]:
    """Every fault of a content folder, each a sentence that names the file and what it should say."""
    shelf = folder / "playbooks"
    if not shelf.is_dir():
        yield f"{folder}: has no folder 'playbooks'; a content folder holds one"
        return
    own = Settings().content_folders[0]
    try:
        cards = load_symptoms(folder / "symptoms")
        known = cards if folder.resolve() == own.resolve() else (*load_symptoms(own / "symptoms"), *cards)
        yield from _check_symptoms(cards)
    except BadSymptom as error:
        yield str(error)
        known = ()
    for each in sorted(path for path in shelf.iterdir() if path.is_dir() and not path.name.startswith((".", "_"))):
        try:
            playbook = read_playbook(each)
        except BadContent as error:
            yield str(error)
            continue
        yield from _check_playbook(playbook, {card.symptom for card in known})
        if folder.resolve() != own.resolve() and (own / "playbooks" / each.name).exists():
            yield f"{each}: the name is taken by one of Kintsugi's own playbooks; rename the folder"
    if (folder / "locales").is_dir():
        yield from _check_catalogs(folder)


def begin_playbook(folder: Path, name: str) -> tuple[Path, ...]:
    """Makes `folder/playbooks/NAME` and returns its files. Raises BadName, FileExistsError."""
    if not _NAME.fullmatch(name):
        raise BadName(
            f"{name!r} is no name for a playbook: lower-case words joined by underscores, such as cannot_sign_in"
        )
    made = folder / "playbooks" / name
    if made.exists():
        raise FileExistsError(f"{made}: is there already; choose another name or continue with that one")
    shutil.copytree(_SCAFFOLD, made, ignore=shutil.ignore_patterns("__init__.py", "__pycache__"))
    return tuple(sorted(path for path in made.rglob("*") if path.is_file()))


def _check_symptoms(cards: tuple[SymptomCard, ...]) -> Iterator[str]:
    signatures = Signatures(cards)
    for card in cards:
        for signature in card.signatures:
            for example in signature.examples:
                if card.symptom not in _shown(signatures, example):
                    yield f"symptoms/{card.symptom}.yaml: the example {example!r} does not show the symptom"
            for counterexample in signature.counterexamples:
                if card.symptom in _shown(signatures, counterexample):
                    yield f"symptoms/{card.symptom}.yaml: the counterexample {counterexample!r} shows the symptom"


def _shown(signatures: Signatures, text: str) -> set[str]:
    return {sight.sighting.symptom for sight in signatures.sights(plain(text))}


def _check_playbook(playbook: Playbook, symptoms: set[str]) -> Iterator[str]:
    card = playbook.folder / _SCAFFOLD_CARD
    for unknown in sorted(set(playbook.card.symptoms) - symptoms):
        yield f"{card}: answers {unknown!r}, which no file of a folder 'symptoms' describes"
    code = playbook.folder / "diagnose.py"
    try:
        if not hasattr(load_module(playbook.folder), "diagnose"):
            yield f"{code}: has no function 'diagnose'"
    except _CANNOT_LOAD as error:
        yield f"{code}: cannot be imported ({type(error).__name__}: {error})"
    for fix, described in playbook.card.fixes.items():
        yield from _check_fix(playbook, fix, described.commands or fix, uses_template=bool(described.cloudformation))
    for path in sorted(playbook.fixes.glob("*.md.j2")):
        yield from _check_words(path)


def _check_fix(playbook: Playbook, fix: str, commands: str, *, uses_template: bool) -> Iterator[str]:
    words = playbook.fixes / f"{fix}.md.j2"
    if not words.is_file():
        yield f"{words}: is missing; it holds the words of the fix: the blocks {', '.join(_ALWAYS)}"
        return
    try:
        said = Templates([playbook.fixes], NullTranslations(), SOURCE_LANGUAGE).words(fix)
    except TemplateError as error:
        yield f"{words}: {error}"
        return
    for block in _ALWAYS:
        if block not in said:
            yield f"{words}: has no block {block!r}"
    for ending, note in _INSTEAD.items():
        file = playbook.fixes / f"{commands}{ending}"
        if not file.is_file() and note not in said:
            yield f"{file}: is missing, and {words.name} has no block {note!r} that says why"
    template = playbook.fixes / f"{commands}.yaml.j2"
    if template.is_file() != uses_template:
        yield f"{template}: is there exactly if the card says its use (fixes.{fix}.cloudformation: deploy or merge)"


def _check_words(path: Path) -> Iterator[str]:
    environment = Environment(extensions=["jinja2.ext.i18n"], autoescape=False)  # noqa: S701 — parses, renders nothing
    try:
        tree = environment.parse(without_code(path.read_text("utf-8")))
    except TemplateError as error:
        yield f"{path}: {error}"
        return
    for outside in tree.find_all(nodes.TemplateData):
        if _LETTER.search(outside.data):
            yield f"{path}: {outside.data.strip()!r} stands outside of {{% trans %}}, so nobody can translate it"


def _check_catalogs(folder: Path) -> Iterator[str]:
    sentences = {
        sentence for path in sorted((folder / "playbooks").glob("*/fixes/*.md.j2")) for sentence in sentences_of(path)
    }
    for language in LANGUAGES:
        if language == SOURCE_LANGUAGE:
            continue
        where = f"{folder}/locales/{language}"
        try:
            catalog = load_catalog(language, [folder / "locales"])
        except UnreadableCatalog as error:
            yield str(error)
            continue
        for sentence in sorted(sentences):
            said = catalog.gettext(sentence)
            if said == sentence:
                yield f"{where}: lacks {sentence!r}"
            elif set(_PLACEHOLDER.findall(said)) != set(_PLACEHOLDER.findall(sentence)):
                yield f"{where}: has other placeholders than {sentence!r}: {said!r}"
            elif sorted(_CODE.findall(said)) != sorted(_CODE.findall(sentence)):
                yield f"{where}: has other code than {sentence!r}: {said!r}"


def sentences_of(path: Path) -> Iterator[str]:
    """The sentences of a template that are to be translated; of those that count something, the singular."""
    with path.open("rb") as file:
        found = list(babel_extract(file, GETTEXT_FUNCTIONS, (), {"trimmed": "true", "newstyle_gettext": "true"}))
    for _, _, message, _ in found:
        singular = message[0] if isinstance(message, tuple) else message
        if singular:
            yield singular
