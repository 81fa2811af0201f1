"""What somebody is shown who asks what was just answered: where, and a button to look anew."""

from bot.reply.templates import Words
from bot.slack import actions
from bot.slack.outgoing.elements import button, row
from bot.slack.outgoing.messages import Message, say
from bot.slack.outgoing.richtext import block, link, section


def pointer(words: Words, url: str, minutes: int, answer: str) -> Message:
    """`url` is Slack's own link to the message, `answer` the id under which what it says is kept for this one."""
    name = "asked_just_now" if minutes < 1 else "asked_before"
    return say(words.block(name, {"count": minutes})).followed_by(
        (*block(section([link(url)])), *row(button(words.block("check_again"), actions.CHECK_AGAIN, answer)))
    )
