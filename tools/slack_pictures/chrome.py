"""Slack's own words around what an app sends, as its clients have them in each language of the bot."""

from dataclasses import dataclass

from tools.slack_pictures.surfaces import NotDrawn


@dataclass(frozen=True, slots=True)
class Chrome:
    """`lang` is the page's language for the browser; `expand` stands below a snippet that is longer than is shown."""

    lang: str
    app: str
    only_you: str
    edited: str
    optional: str
    close: str
    home: str
    messages: str
    about: str
    expand: str
    snippet_lines: int = 6


_CHROME = {
    "en": Chrome(
        lang="en", app="APP", only_you="Only visible to you", edited="(edited)", optional="(optional)", close="Cancel",
        home="Home", messages="Messages", about="About", expand="Click to expand inline ({} lines)",
    ),
    "ja": Chrome(
        lang="ja", app="アプリ", only_you="あなただけに表示されています", edited="(編集済み)", optional="(任意)",
        close="キャンセル", home="ホーム", messages="メッセージ", about="ワークスペース情報",
        expand="クリックしてインラインで展開する ({} 行)",
    ),
}  # fmt: skip


def chrome_in(language: str) -> Chrome:
    """The words in a language. Raises NotDrawn for one in which Slack's are not written down here yet."""
    if language not in _CHROME:
        raise NotDrawn(f"chrome.py does not know Slack's own words in {language!r} yet")
    return _CHROME[language]
