"""The Home tab: what the bot can do, how it is asked, in which language it answers, which accounts it sees."""

from collections.abc import Sequence
from typing import Any

from bot.model import Place
from bot.reply.locales import LANGUAGES
from bot.reply.templates import Words
from bot.slack import actions
from bot.slack.outgoing.controls import OWN_NAMES
from bot.slack.outgoing.elements import Choice, button, header, menu, row
from bot.slack.outgoing.richtext import Block, block, bulleted, literal, preformatted, prose, section

EXAMPLE = 'https://a1b2c3d4e5.execute-api.eu-west-1.amazonaws.com/prod/orders {"message": "Internal server error"}'
_MOST_ACCOUNTS = 40
_WAYS = ("way_command", "way_mention", "way_reply", "way_shortcut", "way_direct")


def home_view(words: Words, chosen: str | None, follows: str, accounts: Sequence[Place]) -> dict[str, Any]:
    """The tab. `chosen` is the language somebody chose, if any; `follows` what Slack's own setting leads to."""
    return {"type": "home", "blocks": [*_intro(words), *_language(words, chosen, follows), *_accounts(words, accounts)]}


def closed_view(words: str) -> dict[str, Any]:
    """The tab of somebody whom the bot does not answer."""
    return {"type": "home", "blocks": block(section(prose(words)))}


def _intro(words: Words) -> list[Block]:
    ways = bulleted([prose(words.block(way)) for way in _WAYS])
    example = [section(prose(words.block("home_example"), bold=True)), preformatted(EXAMPLE)]
    return [
        *header(words.block("home_title")),
        *block(section(prose(words.block("home_intro")))),
        *block(section(prose(words.block("home_ways"), bold=True)), ways, *example),
        *row(button(words.block("ask_title"), actions.ASK, "home", primary=True)),
        {"type": "divider"},
    ]


def _language(words: Words, chosen: str | None, follows: str) -> list[Block]:
    as_slack = Choice(words.block("as_in_slack", {"language": OWN_NAMES[follows]}), actions.ANY)
    choices = [as_slack, *(Choice(OWN_NAMES[each], each) for each in LANGUAGES)]
    languages = menu(actions.OWN_LANGUAGE, choices, chosen=chosen or actions.ANY)
    return [*block(section(prose(words.block("language_label"), bold=True))), *row(languages)]


def _accounts(words: Words, accounts: Sequence[Place]) -> list[Block]:
    if not accounts:
        return block(section(prose(words.block("accounts_unknown"))))
    items = [
        [*literal(each.account, code=True), *literal(f" {each.name}" if each.name else "")]
        for each in accounts[:_MOST_ACCOUNTS]
    ]
    if len(accounts) > _MOST_ACCOUNTS:
        items.append(literal("…"))
    return block(section(prose(words.block("home_accounts"), bold=True)), bulleted(items))
