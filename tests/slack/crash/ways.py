"""The ways in which somebody can ask, and what stands in Slack when they have had one answer."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from bot.slack import actions
from tests.slack.crash.finder import FILES, WITH_FILES
from tests.slack.fake import FakeSlack
from tests.slack.fake.things import Message
from tests.slack.scenes import QUESTION, can_press
from tests.slack.serving import own_words, said

_ANSWERS = ("Nothing wrong was found", "Mend orders")


@dataclass
class Scene:
    """Who has asked where, and what has come of it: answers belong in the thread of `asked`, if it is a message.

    Whatever Slack heard acknowledged is `promised`; what it gave up in the end may be answered as well, so that there
    are `most`. `is_checked` if an answer is to be one that was checked again.
    """

    who: str = "UEN"
    where: str = "C1"
    asked: Message | None = None
    promised: int = 0
    most: int = 0
    is_checked: bool = False

    def count(self, is_acknowledged: bool) -> None:
        """Something was asked."""
        self.promised += is_acknowledged
        self.most += 1


@dataclass(frozen=True)
class Way:
    """`prepare` makes what has to be there before, `ask` asks; `faults` says what is wrong with what stands there.

    It `goes_on` if there is more to it, once the first of it has been acknowledged.
    """

    ask: Callable[[FakeSlack, Scene], None]
    faults: Callable[[FakeSlack, Scene], list[str]]
    prepare: Callable[[FakeSlack, Scene], None] | None = None
    goes_on: bool = False


def _mention(slack: FakeSlack, scene: Scene, text: str = QUESTION) -> None:
    scene.asked = slack.person(scene.who).mention(scene.where, text)
    scene.count(_is_heard(slack, scene.asked))


def _mention_often(slack: FakeSlack, scene: Scene) -> None:
    """Both events of it, the other way round, and each of them four times."""
    scene.asked = slack.person(scene.who).mention(scene.where, QUESTION, message_first=True)
    heard = {each.payload["event_id"]: each for each in slack.attempts if _is_of(each.payload, scene.asked)}
    for attempt in [*heard.values()] * 3:
        slack.repeat(attempt)
    scene.count(_is_heard(slack, scene.asked))


def _mention_and_reply(slack: FakeSlack, scene: Scene) -> None:
    """At once, before there is an answer."""
    _mention(slack, scene)
    _reply(slack, scene)


def _mention_with_files(slack: FakeSlack, scene: Scene) -> None:
    _mention(slack, scene, f"{WITH_FILES} {QUESTION}")


def _reply(slack: FakeSlack, scene: Scene) -> None:
    said_then = slack.person(scene.who).write(scene.where, "and this error, then?", thread=scene.asked)
    scene.count(_is_heard(slack, said_then))


def _write_directly(slack: FakeSlack, scene: Scene) -> None:
    person = slack.person(scene.who)
    scene.asked = person.write(person.dm, QUESTION)
    scene.count(_is_heard(slack, scene.asked))


def _command(slack: FakeSlack, scene: Scene) -> None:
    slack.person(scene.who).command(QUESTION, scene.where)
    scene.count(_is_acknowledged(slack, lambda payload: payload.get("user_id") == scene.who))


def _check_again(slack: FakeSlack, scene: Scene) -> None:
    (answer,) = _answers(slack, scene)
    if not can_press(answer, actions.CHECK_AGAIN):
        return  # It could not be kept, and has no buttons.
    slack.person(scene.who).press(answer, actions.CHECK_AGAIN)
    clicked = {"channel_id": answer.channel, "message_ts": answer.ts}
    scene.is_checked = _is_acknowledged(slack, lambda payload: clicked.items() <= payload.get("container", {}).items())


def _is_heard(slack: FakeSlack, message: Message) -> bool:
    return _is_acknowledged(slack, lambda payload: _is_of(payload, message))


def _is_of(payload: Mapping[str, Any], message: Message) -> bool:
    return bool(payload.get("event", {}).get("ts") == message.ts)


def _is_acknowledged(slack: FakeSlack, is_it: Callable[[Mapping[str, Any]], bool]) -> bool:
    with slack.workspace.changed:
        return any(each.outcome.is_acknowledged for each in slack.attempts if is_it(each.payload))


def _is_answer(message: Message) -> bool:
    """Also one without buttons, which is what there is where the store fails."""
    is_answer = any(words in said(message) for words in _ANSWERS)
    return can_press(message) or (is_answer and own_words("checking_again") not in said(message))


def _answers(slack: FakeSlack, scene: Scene) -> list[Message]:
    assert scene.asked
    return [each for each in slack.answers(scene.asked) if _is_answer(each)]


def _in_thread(slack: FakeSlack, scene: Scene) -> list[str]:
    """In the thread stands each answer, once, and nothing besides; and each file that belongs to it, once."""
    assert scene.asked
    whole = _answers(slack, scene)
    faults = [
        f"left standing: {said(each)}" for each in slack.answers(scene.asked) if each not in whole and not each.files
    ]
    if not scene.promised <= len(whole) <= scene.most:
        faults.append(f"{len(whole)} answers, not {scene.promised}")
    told_of = sum(own_words("template_attached") in said(each) for each in whole)
    files = sorted(file.name for each in slack.answers(scene.asked) for file in each.files)
    if files != sorted(FILES * told_of):
        faults.append(f"files {files}, while {told_of} answers tell of them")
    if scene.is_checked and not any(own_words("unchanged") in said(each) for each in whole):
        faults.append("not checked again")
    return faults


def _in_private(slack: FakeSlack, scene: Scene) -> list[str]:
    """One answer; others only if they say that they may be the same again."""
    answers = [each for each in slack.ephemerals(scene.who) if _is_answer(each)]
    others = [each for each in answers if own_words("may_be_repeated") not in said(each)]
    if len(others) > scene.most or len(answers) < scene.promised:
        there = [said(each) for each in slack.ephemerals(scene.who)]
        return [f"{len(answers)} answers, {len(others)} of them as if they were the only one: {there}"]
    return []


WAYS = {
    "a mention": Way(_mention, _in_thread),
    "a mention answered with files": Way(_mention_with_files, _in_thread),
    "a mention four times over": Way(_mention_often, _in_thread, goes_on=True),
    "a mention and a reply": Way(_mention_and_reply, _in_thread, goes_on=True),
    "a reply": Way(_reply, _in_thread, _mention),
    "a direct message": Way(_write_directly, _in_thread),
    "a command": Way(_command, _in_private),
    "Check again": Way(_check_again, _in_thread, _mention),
}
