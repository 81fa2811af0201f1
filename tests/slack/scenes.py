"""What happens in many tests: somebody asks, gets the answer, and uses what stands beneath it."""

from bot.slack import actions
from tests.slack.fake.things import elements
from tests.slack.serving import own_words, said

QUESTION = "a1b2c3d4e5 answers with an error"


def ask(slack, user="UEN", channel="C1", **more):
    """The answer to a question that somebody mentions the bot with."""
    return answer_to(slack, slack.person(user).mention(channel, QUESTION, **more))


def ask_directly(slack, user="UEN"):
    """The answer to a question in a direct message."""
    person = slack.person(user)
    return answer_to(slack, person.write(person.dm, QUESTION))


def ask_by_command(slack, user="UEN", channel="C1"):
    """The answer to a slash command, which one person sees."""
    slack.person(user).command(QUESTION, channel)
    return slack.wait_for(lambda: next((each for each in slack.ephemerals(user) if can_press(each)), None))


def answer_to(slack, asked):
    """The answer in the thread of a question, once its buttons are there."""
    return slack.wait_for(lambda: next((each for each in slack.answers(asked) if can_press(each)), None))


def written_to(slack, asked):
    """What the bot has written in the thread of a question, but for the files beside an answer."""
    return [each for each in slack.answers(asked) if not each.files]


def can_press(message, action=actions.LANGUAGE):
    """Whether a message or a view has this; of answers that can be used, every one has a menu of languages."""
    return any(element["action_id"] == action for _, element in elements(message.blocks))


def label_of(message, action):
    """What stands on a button."""
    return next(each["text"]["text"] for _, each in elements(message.blocks) if each["action_id"] == action)


def choose(person, message, action, choice):
    """Choose from a menu whose values say to which answer they belong."""
    options = next(each["options"] for _, each in elements(message.blocks) if each["action_id"] == action)
    (value,) = (each["value"] for each in options if each["value"].rpartition(":")[2] == choice)
    person.choose(message, action, value)


def forge(slack, message, action, **changes):
    """Make a button carry something else than the bot has sent, as whoever sends payloads of their own can."""
    with slack.workspace.changing():
        for _, element in elements(message.blocks):
            if element["action_id"] == action:
                element |= changes


def told(slack, user, name, language="en", **values):
    """Wait until somebody alone is told one of Slack's words."""
    words = own_words(name, language, **values)
    return slack.wait_for(lambda: next((each for each in slack.ephemerals(user) if said(each) == words), None))


def opened(slack, user):
    """The view that is open for somebody, once it is."""
    return slack.wait_for(lambda: slack.modal(user))[-1]
