"""Whether the playbooks are sound and every sentence can be said in every language, as the program loads them."""

from collections.abc import Iterator, Sequence
from gettext import NullTranslations
from pathlib import Path

import bot.reply
from bot.check import check_folder, sentences_of
from bot.doctor.check import Check, ok, problem
from bot.library import BadContent, read_playbooks
from bot.reply.locales import LANGUAGES, SOURCE_LANGUAGE, UnreadableCatalog, load_catalog
from bot.report.symptoms import BadSymptom
from bot.settings import Settings
from bot.workshop import make_reader

CATALOG, PLAYBOOKS, SYMPTOMS = "content.catalog", "content.playbooks", "content.symptoms"

_WORDS = Path(bot.reply.__file__).parent / "words"
_ANEW = "install Kintsugi anew, or complete the catalog in the content folder"
_TOGETHER = "all together"
_SHOWN = 3


class _Nothing(NullTranslations):
    """Has nothing to say: some sentences are the same in two languages."""

    def gettext(self, message: str) -> str:
        """Nothing."""
        return ""


def examine(settings: Settings) -> Iterator[Check]:
    """Checks of all content folders together; the code of playbooks is imported."""
    yield symptoms(settings)
    for folder in settings.content_folders:
        yield playbooks(folder)
    yield shelf(settings)
    # Those of the playbooks were seen to with their folders, which may do without a language.
    said = own_sentences()
    for language in LANGUAGES:
        yield catalog(language, said, [folder / "locales" for folder in settings.content_folders])


def own_sentences() -> set[str]:
    """Every sentence of the program's own."""
    return {sentence for path in _WORDS.glob("*.md.j2") for sentence in sentences_of(path)}


def symptoms(settings: Settings) -> Check:
    """Whether the signatures of all folders together can be matched."""
    try:
        make_reader(settings)
    except BadSymptom as error:
        return problem(SYMPTOMS, str(error), "mend the file that it names")
    return ok(SYMPTOMS, "all signatures can be matched")


def playbooks(folder: Path) -> Check:
    """Whether a content folder is as our own tests would have it."""
    faults = list(check_folder(folder))
    if not faults:
        return ok(PLAYBOOKS, "all in order", str(folder))
    return problem(
        PLAYBOOKS, _some(faults), f"run 'kintsugi playbooks check {folder}' and mend what it says", str(folder)
    )


def shelf(settings: Settings) -> Check:
    """Whether the playbooks of all folders load beside one another."""
    try:
        count = len(read_playbooks(settings.content_folders))
    except BadContent as error:
        return problem(PLAYBOOKS, str(error), "mend the file that it names", _TOGETHER)
    return ok(PLAYBOOKS, f"{count} load, each under a name of its own", _TOGETHER)


def catalog(language: str, sentences: set[str], folders: Sequence[Path]) -> Check:
    """Whether a language has each of these sentences, in the catalog that replies are written with."""
    if language == SOURCE_LANGUAGE:
        return ok(CATALOG, f"{len(sentences)} sentences, which are written in it", language)
    try:
        loaded = load_catalog(language, folders)
    except UnreadableCatalog as error:
        return problem(CATALOG, str(error), _ANEW, language)
    loaded.add_fallback(_Nothing())
    lacking = sorted(repr(sentence) for sentence in sentences if not loaded.gettext(sentence))
    if lacking:
        return problem(CATALOG, f"lacks {_some(lacking)}", _ANEW, language)
    return ok(CATALOG, f"has all {len(sentences)} sentences", language)


def _some(faults: Sequence[str]) -> str:
    more = f"; and {len(faults) - _SHOWN} more" if len(faults) > _SHOWN else ""
    return "; ".join(faults[:_SHOWN]) + more
