"""The languages of a reply: what people call them, and the catalog of each, compiled in memory from its `.po` file."""

import io
from collections.abc import Iterable
from dataclasses import dataclass
from gettext import GNUTranslations, NullTranslations
from pathlib import Path

LANGUAGES = ("en", "ja", "zh_TW", "es")
"""Every language a reply can be written in; each is complete."""

SOURCE_LANGUAGE = "en"

_TRADITIONAL_CHINESE = {"tw", "hk", "mo", "hant"}


class UnknownLanguage(ValueError):
    """A language was asked for that no reply can be written in."""

    def __init__(self, asked: str) -> None:
        super().__init__(f"unknown language {asked!r}: choose one of {', '.join(LANGUAGES)}")


class UnreadableCatalog(Exception):
    """A `.po` file could not be read; the message names the file and the remedy."""


def language_of(tag: str) -> str:
    """The language meant by what people write: `ja`, `ja-JP`, `ja_JP.UTF-8`, `zh-Hant`, `zh_TW`, `es-LA`, `en`.

    Simplified Chinese is not silently answered in Traditional Chinese. Raises UnknownLanguage.
    """
    subtags = tag.strip().partition(".")[0].partition("@")[0].replace("_", "-").lower().split("-")
    language, rest = subtags[0], set(subtags[1:])
    if language == "zh":
        if rest & _TRADITIONAL_CHINESE and "hans" not in rest:
            return "zh_TW"
    elif language in ("en", "ja", "es") and all(part.isalnum() for part in rest):
        return language
    raise UnknownLanguage(tag)


@dataclass(frozen=True, slots=True)
class Documentation:
    """How AWS's documentation addresses a language: the path segment that its pages stand under."""

    segment: str | None

    def localized(self, url: str) -> str:
        """The page in this language; unchanged where AWS publishes no translation there."""
        prefix = "https://docs.aws.amazon.com/"
        if self.segment is None or not url.startswith(prefix):
            return url
        return f"{prefix}{self.segment}/{url.removeprefix(prefix)}"


DOCUMENTATION = {
    "en": Documentation(None),
    "ja": Documentation("ja_jp"),
    "zh_TW": Documentation("zh_tw"),
    "es": Documentation("es_es"),
}


def load_catalog(language: str, folders: Iterable[Path]) -> NullTranslations:
    """The catalog of a language, from the `locales` folders in which it has one; the first folder wins.

    English needs none: its sentences are the keys. Raises UnreadableCatalog.
    """
    catalog = NullTranslations()
    if language == SOURCE_LANGUAGE:
        return catalog
    for folder in folders:
        source = folder / language / "LC_MESSAGES" / "messages.po"
        if source.is_file():
            catalog.add_fallback(_compile(source, language))
    return catalog


def _compile(source: Path, language: str) -> GNUTranslations:
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import PoFileError, read_po

    compiled = io.BytesIO()
    try:
        with source.open("rb") as file:
            write_mo(compiled, read_po(file, locale=language, abort_invalid=True))
    except (OSError, UnicodeDecodeError, PoFileError) as error:
        raise UnreadableCatalog(
            f"{source}: cannot be read as a catalog ({error}); check it with 'make catalogs'"
        ) from error
    compiled.seek(0)
    return GNUTranslations(compiled)
