"""What somebody is shown who asks what was just answered: where, and a button to look anew."""

from bot.reply.templates import Words
from bot.slack import actions
from bot.slack.outgoing.elements import button, row
from bot.slack.outgoing.messages import Message, say
from bot.slack.outgoing.richtext import block, link, literal, prose, section


def pointer(words: Words, url: str, minutes: int, answer: str) -> Message:
    """`url` is Slack's own link to the message, `answer` the id under which what it says is kept for this one."""
    answered = words.block("asked_just_now" if minutes < 1 else "asked_before", {"count": minutes})
    otherwise = words.block("changed_since")
    shown = block(section([*prose(answered), *literal("\n"), link(url)]), section(prose(otherwise)))
    again = row(button(words.block("check_again"), actions.CHECK_AGAIN, answer))
    return Message(say(f"{answered} {url} {otherwise}").text, (*shown, *again))
