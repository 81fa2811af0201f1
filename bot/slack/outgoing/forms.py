"""The forms: one to ask with, one to say what was wrong.

https://docs.slack.dev/reference/views/modal-views
"""

from collections.abc import Sequence
from typing import Any

from bot.model import Place
from bot.reply.locales import LANGUAGES
from bot.reply.templates import Words
from bot.slack import actions
from bot.slack.outgoing.controls import OWN_NAMES
from bot.slack.outgoing.elements import MOST_OPTIONS, Choice, field, menu, text_area
from bot.slack.outgoing.messages import view
from bot.slack.outgoing.richtext import plain


def ask_form(
    words: Words, language: str, accounts: Sequence[Place], regions: Sequence[str], called_at: str
) -> dict[str, Any]:
    """The form to ask with. `called_at` comes back with it: the channel and the response_url to answer by, or nothing.

    Whoever gets the form owns that address already, and nobody else gets to see it.
    """
    languages = [Choice(OWN_NAMES[each], each) for each in LANGUAGES]
    blocks = [
        field(
            actions.PASTE_FIELD,
            words.block("paste_label"),
            text_area(actions.PASTE_FIELD, words.block("paste_placeholder")),
            words.block("paste_hint"),
        ),
        field(
            actions.LANGUAGE_FIELD,
            words.block("language_label"),
            menu(actions.LANGUAGE_FIELD, languages, chosen=language),
        ),
    ]
    anywhere = Choice(words.block("anywhere"), actions.ANY)
    named = [Choice(" · ".join(filter(None, (each.name, each.account))), each.account) for each in accounts]
    places = (
        (actions.ACCOUNT_FIELD, "account_label", named),
        (actions.REGION_FIELD, "region_label", [Choice(each, each) for each in regions]),
    )
    for name, label, offered in places:
        if len(offered) > 1:
            choices = [anywhere, *offered[: MOST_OPTIONS - 1]]
            blocks.append(field(name, words.block(label), menu(name, choices, chosen=actions.ANY)))
    return view(
        words.block("ask_title"),
        words.block("cancel"),
        blocks,
        submit=plain(words.block("ask_submit"), 24),
        callback_id=actions.ASK_FORM,
        private_metadata=called_at,
    )


def wrong_form(words: Words, answer: str, channel: str | None) -> dict[str, Any]:
    """The form of one field that asks what was wrong with the answer kept under an id, which stands in a channel."""
    comment = text_area(actions.COMMENT_FIELD, words.block("comment_placeholder"))
    return view(
        words.block("wrong_title"),
        words.block("cancel"),
        [field(actions.COMMENT_FIELD, words.block("comment_label"), comment)],
        submit=plain(words.block("send"), 24),
        callback_id=actions.WRONG_FORM,
        private_metadata=f"{answer} {channel or ''}".strip(),
    )
