"""What people call a language, and the catalog of each, read from its `.po` file alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.reply.locales import (
    DOCUMENTATION,
    LANGUAGES,
    UnknownLanguage,
    UnreadableCatalog,
    language_of,
    load_catalog,
)

PAGE = "https://docs.aws.amazon.com/lambda/latest/dg/welcome.html"


@pytest.mark.parametrize(
    ("tag", "language"),
    [
        ("en", "en"),
        ("en-US", "en"),
        ("en_GB.UTF-8", "en"),
        ("EN", "en"),
        ("ja", "ja"),
        ("ja-JP", "ja"),
        ("ja_JP.UTF-8", "ja"),
        (" ja ", "ja"),
        ("ja_JP@modifier", "ja"),
        ("es", "es"),
        ("es-LA", "es"),
        ("es-419", "es"),
        ("es_ES", "es"),
        ("zh-TW", "zh_TW"),
        ("zh_TW", "zh_TW"),
        ("zh_TW.Big5", "zh_TW"),
        ("zh-Hant", "zh_TW"),
        ("zh-Hant-TW", "zh_TW"),
        ("zh-HK", "zh_TW"),
        ("zh-mo", "zh_TW"),
    ],
)
def test_what_people_write(tag, language):
    assert language_of(tag) == language


@pytest.mark.parametrize(
    "tag",
    [
        "",
        " ",
        "fr",
        "zh",
        "zh-CN",
        "zh_CN.UTF-8",
        "zh-Hans",
        "zh-Hans-TW",
        "zh-SG",
        "C",
        "POSIX",
        "jp",
        "en-",
        "e",
        "日本語",
    ],
)
def test_what_no_reply_can_be_written_in_is_named_with_what_can(tag):
    with pytest.raises(UnknownLanguage) as unknown:
        language_of(tag)
    assert repr(tag) in str(unknown.value)
    assert "choose one of en, ja, zh_TW, es" in str(unknown.value)


@given(st.text(max_size=12) | st.from_regex(r"(?i)(en|ja|zh|es)[-_.@a-z0-9]{0,8}", fullmatch=True))
def test_any_text_is_one_of_the_languages_or_unknown(tag):
    try:
        assert language_of(tag) in LANGUAGES
    except UnknownLanguage:
        pass


def test_each_language_has_its_documentation():
    assert DOCUMENTATION.keys() == set(LANGUAGES)
    assert {language: DOCUMENTATION[language].localized(PAGE) for language in LANGUAGES} == {
        "en": PAGE,
        "ja": "https://docs.aws.amazon.com/ja_jp/lambda/latest/dg/welcome.html",
        "zh_TW": "https://docs.aws.amazon.com/zh_tw/lambda/latest/dg/welcome.html",
        "es": "https://docs.aws.amazon.com/es_es/lambda/latest/dg/welcome.html",
    }


def test_pages_of_others_have_no_translation_to_point_to():
    assert DOCUMENTATION["ja"].localized("https://repost.aws/x") == "https://repost.aws/x"


HEADER = r"""
msgid ""
msgstr ""
"Content-Type: text/plain; charset=utf-8\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\n"

"""


def catalog(folder, text, language="es"):
    file = folder / language / "LC_MESSAGES" / "messages.po"
    file.parent.mkdir(parents=True)
    file.write_bytes(text if isinstance(text, bytes) else (HEADER + text).encode())
    return folder


def test_sentences_and_plurals_are_translated(tmp_path):
    entries = 'msgid "One."\nmsgstr "Uno."\n\nmsgid "a"\nmsgid_plural "b"\nmsgstr[0] "c"\nmsgstr[1] "d"\n'
    said = load_catalog("es", [catalog(tmp_path, entries)])
    assert said.gettext("One.") == "Uno."
    assert [said.ngettext("a", "b", number) for number in (1, 2)] == ["c", "d"]


def test_what_is_not_translated_or_only_guessed_is_said_in_english(tmp_path):
    entries = 'msgid "One."\nmsgstr ""\n\n#, fuzzy\nmsgid "Two."\nmsgstr "¿Dos?"\n'
    said = load_catalog("es", [catalog(tmp_path, entries)])
    assert [said.gettext(text) for text in ("One.", "Two.", "Three.")] == ["One.", "Two.", "Three."]


def test_the_first_folder_wins_and_the_next_fills_in(tmp_path):
    first = catalog(tmp_path / "1", 'msgid "One."\nmsgstr "Uno."\n')
    second = catalog(tmp_path / "2", 'msgid "One."\nmsgstr "Un."\n\nmsgid "Two."\nmsgstr "Dos."\n')
    said = load_catalog("es", [tmp_path / "none", first, second])
    assert (said.gettext("One."), said.gettext("Two.")) == ("Uno.", "Dos.")


def test_english_needs_no_catalog(tmp_path):
    folder = catalog(tmp_path, 'msgid "One."\nmsgstr "Another."\n', "en")
    assert load_catalog("en", [folder]).gettext("One.") == "One."


@pytest.mark.parametrize("text", ["msgid without quotes\n", b"\xff\xfe\xfa", 'msgid "One."\nmsgstr "Uno."\nnonsense\n'])
def test_a_catalog_that_cannot_be_read_is_named_with_the_remedy(tmp_path, text):
    with pytest.raises(UnreadableCatalog) as unreadable:
        load_catalog("es", [catalog(tmp_path, text)])
    assert str(tmp_path / "es" / "LC_MESSAGES" / "messages.po") in str(unreadable.value)
    assert "make catalogs" in str(unreadable.value)
