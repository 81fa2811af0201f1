"""Brings the catalogs up to date with the sentences in the templates: `make catalogs`."""

import io
import sys
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).parent.parent
TEMPLATE = ROOT / "locales" / "messages.pot"
PLURALS = {
    "ja": "nplurals=1; plural=0;",
    "zh_TW": "nplurals=1; plural=0;",
    "es": "nplurals=2; plural=(n != 1);",
}
_JINJA = {"trimmed": "true", "newstyle_gettext": "true"}
_SHELVES = ("bot/reply", "playbooks")


def catalog_of(language: str) -> Path:
    """Where the catalog of a language stands."""
    return ROOT / "locales" / language / "LC_MESSAGES" / "messages.po"


def extracted() -> Catalog:
    """Every sentence that the templates hold."""
    catalog = Catalog(charset="utf-8")
    for shelf in _SHELVES:
        found = extract_from_dir(
            ROOT / shelf,
            method_map=[("**.md.j2", "jinja2.ext:babel_extract")],
            options_map={"**.md.j2": _JINJA},
            keywords={"gettext": None, "ngettext": (1, 2)},
        )
        for _, _, message, _, _ in found:
            catalog.add(message, flags=())
    return catalog


def template_text(catalog: Catalog) -> str:
    """The `.pot`: without dates and line numbers, so that it changes only when a sentence does."""
    return _written(catalog, "")


def updated_text(language: str, template: Catalog) -> str:
    """The `.po` of a language with exactly the sentences of the template; what was translated stays."""
    path = catalog_of(language)
    catalog = Catalog(locale=language, charset="utf-8")
    if path.exists():
        with path.open("rb") as file:
            catalog = read_po(file, locale=language)
    catalog.update(template, no_fuzzy_matching=True, update_header_comment=False)
    header = (
        'msgid ""\nmsgstr ""\n'
        f'"Language: {language}\\n"\n'
        f'"Plural-Forms: {PLURALS[language]}\\n"\n'
        '"Content-Type: text/plain; charset=utf-8\\n"\n'
        '"Content-Transfer-Encoding: 8bit\\n"\n\n'
    )
    return _written(catalog, header)


def _written(catalog: Catalog, header: str) -> str:
    file = io.BytesIO()
    write_po(file, catalog, width=0, omit_header=True, no_location=True, ignore_obsolete=True, sort_output=True)
    return header + file.getvalue().decode("utf-8").lstrip("\n")


def main() -> None:
    """Writes the template and every catalog, and says what is still to be translated."""
    template = extracted()
    TEMPLATE.write_text(template_text(template), "utf-8")
    for language in PLURALS:
        path = catalog_of(language)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(updated_text(language, template), "utf-8")
        with path.open("rb") as file:
            written = [message for message in read_po(file, locale=language) if message.id]
        missing = [message for message in written if not _is_whole(message)]
        sys.stdout.write(f"{language}: {len(missing)} of {len(template)} to translate\n")


def _is_whole(message: Message) -> bool:
    strings = message.string if isinstance(message.string, (tuple, list)) else (message.string,)
    return all(strings)


if __name__ == "__main__":
    main()
