"""What stands beneath an answer: check again, evidence, the rest, languages, candidates, sharing, feedback."""

from collections.abc import Sequence
from typing import Any

from bot.model import Candidate, Reply
from bot.reply.locales import LANGUAGES
from bot.reply.templates import Words
from bot.reply.visible import visible
from bot.reply.writer import Writer
from bot.slack import actions
from bot.slack.outgoing.answer import Answer, Labels, answer_of, snippets_of
from bot.slack.outgoing.elements import Choice, Element, button, confirmed, menu, row
from bot.slack.outgoing.messages import Message, Part, Rank
from bot.slack.outgoing.richtext import Block

OWN_NAMES = {"en": "English", "ja": "日本語", "zh_TW": "繁體中文", "es": "Español"}
"""How each language calls itself, so that whoever needs it finds it."""

_MOST_CANDIDATES = 20


def controls(
    reply: Reply, rest: Sequence[Part], answer: str, words: Words, *, can_share: bool = False
) -> tuple[Block, ...]:
    """The buttons and menus of an answer that is kept under the id `answer`. `words` are Slack's in its language."""
    diagnosis = reply.diagnosis
    first: list[Element] = []
    if diagnosis.candidates:
        choices = [_choice(number, each) for number, each in enumerate(diagnosis.candidates[:_MOST_CANDIDATES])]
        first.append(menu(actions.CANDIDATE, _under(answer, choices), words.block("choose_candidate")))
    if diagnosis.evidence:
        first.append(button(words.block("check_again"), actions.CHECK_AGAIN, answer))
        first.append(button(words.block("evidence"), actions.EVIDENCE, answer))
    if rest:
        first.append(button(_rest_label(reply, rest, words), actions.REST, answer))
    if can_share:
        label = words.block("share")
        share = button(label, actions.SHARE, answer)
        first.append(confirmed(share, label, words.block("share_warning"), words.block("cancel")))
    languages = [Choice(OWN_NAMES[language], language) for language in LANGUAGES]
    first.append(menu(actions.LANGUAGE, _under(answer, languages), words.block("language")))
    if diagnosis.candidates:
        # A question of ours is neither helpful nor wrong.
        return tuple(row(*first))
    opinion = [
        button(words.block("helpful"), actions.HELPFUL, answer),
        button(words.block("wrong"), actions.WRONG, answer),
    ]
    return (*row(*first), *row(*opinion))


def presented(answer: Answer, id: str, words: Words, *, can_share: bool = False) -> tuple[Message, tuple[Part, ...]]:
    """The message of an answer with what stands beneath it, and the parts that it does not show."""
    # What stands beneath depends on what is left, and that on what stands beneath: first, take it at its longest.
    room = controls(answer.reply, answer.parts, id, words, can_share=can_share)
    message, rest = answer.message(room)
    return message.followed_by(controls(answer.reply, rest, id, words, can_share=can_share)), rest


def preview(reply: Reply, writer: Writer) -> dict[str, Any]:
    """What a thread in Slack would get: the message's `text` and `blocks`, and the `files` beside it, if any."""
    labels = Labels(writer.words("reply", reply.locale), writer.words("slack", reply.locale))
    message, rest = presented(answer_of(reply, labels, has_files=True), "preview", labels.slack)
    files = [{"name": each.name, "content": each.content} for each in snippets_of(reply, labels.reply, rest)]
    return message.payload() | ({"files": files} if files else {})


def _rest_label(reply: Reply, rest: Sequence[Part], words: Words) -> str:
    if len(reply.findings) > 1:
        return words.block("show_causes", {"count": len(reply.findings) - 1})
    has_template = any(mend.fix.cloudformation for mend in reply.findings)
    only_that = has_template and all(part.rank is Rank.TEMPLATE for part in rest)
    return words.block("show_template" if only_that else "show_rest")


def _choice(number: int, candidate: Candidate) -> Choice:
    target = candidate.target
    if target.stage is not None and target.stage == candidate.name:
        return Choice(candidate.name, str(number))
    names = (target.id, candidate.name, target.region, candidate.account_name)
    return Choice(" · ".join(visible(name) for name in names if name), str(number))


def _under(answer: str, choices: Sequence[Choice]) -> list[Choice]:
    """The choices with values that say to which answer they belong; a menu carries no value of its own."""
    return [Choice(each.label, f"{answer}:{each.value}") for each in choices]


def answer_above(blocks: Sequence[Block]) -> str | None:
    """The answer that a message shows, by the menu of languages beneath it; None for any other message."""
    for block in blocks:
        for element in block["elements"] if block.get("type") == "actions" else ():
            if element.get("action_id") == actions.LANGUAGE:
                return next((chosen(option["value"])[0] for option in element.get("options") or ()), None)
    return None


def chosen(value: str) -> tuple[str, str]:
    """The answer to which a choice in a menu belongs, and what was chosen."""
    answer, _, choice = value.rpartition(":")
    return answer, choice
