"""The ways in which somebody can ask, and what stands in Slack when they have had one answer."""

from collections.abc import Callable
from dataclasses import dataclass

from bot.slack import actions
from tests.slack.crash.process import FILES, WITH_FILES
from tests.slack.crash.slack import FatalSlack
from tests.slack.fake.delivery import COMMANDS, INTERACTIVE
from tests.slack.fake.things import Message
from tests.slack.scenes import QUESTION, can_press
from tests.slack.serving import own_words, said

WHO, WHERE = "UEN", "C1"


@dataclass
class Scene:
    """What has come of the deeds so far.

    `asked` is the message in whose thread so many `answers` belong, of which one `is_checked` again; unless Slack told
    whoever asked that it was not acknowledged.
    """

    asked: Message | None = None
    answers: int = 1
    is_checked: bool = False
    is_acknowledged: bool = True


@dataclass(frozen=True)
class Way:
    """`prepare` makes what has to be there before, `ask` asks; `faults` says what is wrong with what stands there."""

    ask: Callable[[FatalSlack, Scene], None]
    faults: Callable[[FatalSlack, Scene], list[str]]
    prepare: Callable[[FatalSlack, Scene], None] | None = None


def _mention(slack: FatalSlack, scene: Scene, text: str = QUESTION) -> None:
    scene.asked = slack.person(WHO).mention(WHERE, text)


def _mention_with_files(slack: FatalSlack, scene: Scene) -> None:
    _mention(slack, scene, f"{WITH_FILES} {QUESTION}")


def _reply(slack: FatalSlack, scene: Scene) -> None:
    assert scene.asked
    slack.person(WHO).write(WHERE, "and this error, then?", thread=scene.asked)
    scene.answers = 2


def _write_directly(slack: FatalSlack, scene: Scene) -> None:
    person = slack.person(WHO)
    scene.asked = person.write(person.dm, QUESTION)


def _command(slack: FatalSlack, scene: Scene) -> None:
    slack.person(WHO).command(QUESTION, WHERE)
    scene.is_acknowledged = _is_acknowledged(slack, COMMANDS)


def _check_again(slack: FatalSlack, scene: Scene) -> None:
    assert scene.asked
    slack.person(WHO).press(slack.answers(scene.asked)[0], actions.CHECK_AGAIN)
    scene.is_checked = scene.is_acknowledged = _is_acknowledged(slack, INTERACTIVE)


def _is_acknowledged(slack: FatalSlack, kind: str) -> bool:
    return next(each.outcome.is_acknowledged for each in reversed(slack.attempts) if each.kind == kind)


def _in_thread(slack: FatalSlack, scene: Scene) -> list[str]:
    """In the thread stands each answer, once, and nothing besides; and each file that belongs to it, once."""
    assert scene.asked
    answers = [each for each in slack.answers(scene.asked) if not each.files]
    whole = [each for each in answers if can_press(each)]
    faults = [f"left standing: {said(each)}" for each in answers if each not in whole]
    if len(whole) != scene.answers:
        faults.append(f"{len(whole)} answers, not {scene.answers}")
    promised = sum(own_words("template_attached") in said(each) for each in whole)
    files = sorted(file.name for each in slack.answers(scene.asked) for file in each.files)
    if files != sorted(FILES * promised):
        faults.append(f"files {files}, while {promised} answers tell of them")
    if scene.is_checked and not any(own_words("unchanged") in said(each) for each in whole):
        faults.append("not checked again")
    return faults


def _in_private(slack: FatalSlack, scene: Scene) -> list[str]:
    """One answer; a second only if it says that it may be one. If Slack told of a failure, there may be none."""
    answers = [each for each in slack.ephemerals(WHO) if can_press(each)]
    others = [each for each in answers if own_words("may_be_repeated") not in said(each)]
    if len(others) > 1 or (scene.is_acknowledged and not answers):
        return [f"{len(answers)} answers, {len(others)} of them as if they were the only one"]
    return []


WAYS = {
    "a mention": Way(_mention, _in_thread),
    "a mention answered with files": Way(_mention_with_files, _in_thread),
    "a reply": Way(_reply, _in_thread, _mention),
    "a direct message": Way(_write_directly, _in_thread),
    "a command": Way(_command, _in_private),
    "Check again": Way(_check_again, _in_thread, _mention),
}
