"""Each way to the bot asks anew who may do what where: whoever may not is shown nothing, and the log says so."""

import logging
from collections import Counter
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass, replace
from types import UnionType
from typing import Any, get_args

import pytest

from bot.aws.accounts import Accounts, CannotEnter
from bot.aws.accounts_file import AccountEntry
from bot.aws.permissions import Permissions
from bot.inbox.inbox import Stage
from bot.model import Candidate, Command, Verdict
from bot.slack import actions
from bot.slack.incoming import entrances
from bot.slack.incoming.entrances import Clicked, Commented, FormWanted, HomeOpened, Way
from bot.store.feedback import Feedback
from bot.troubleshooter import Troubleshooter
from tests.slack.engine import WRITER, broken
from tests.slack.replies import TARGET, a_diagnosis
from tests.slack.scenes import answer_to, ask_by_command, choose, opened, told
from tests.slack.serving import PATIENCE, StubTroubleshooter, own_words, said, serving, storage_in

FOUND = broken("orders")
NOTHING = a_diagnosis(verdict=Verdict.TARGET_NOT_FOUND, target=None, evidence=())
UNDECIDED = broken(
    verdict=Verdict.NEED_TARGET,
    target=None,
    candidates=tuple(Candidate(replace(TARGET, id=f"orders000{number}"), f"orders {number}") for number in range(2)),
)
HIDDEN = ("Mend orders", 'Thing: "orders"', "orders 1", "GetRestApi", "payroll", TARGET.account)
"""What stands in the answers and behind their buttons, and the account that they are about."""


class Permitting(StubTroubleshooter):
    """Finds what is broken in one account; who may ask about that, Kintsugi's own accounts say."""

    lets_in, may_see, may_see_all = Troubleshooter.lets_in, Troubleshooter.may_see, Troubleshooter.may_see_all
    places = Troubleshooter.places

    def __init__(self):
        super().__init__()
        self.permit("account", Permissions())

    def permit(self, level: str, permissions: Permissions) -> None:
        """As if the file had changed, and the bot been started anew."""
        limits = permissions.model_dump() if level == "account" else {}
        entries = [
            AccountEntry(id=id, name=name, role_arn=f"arn:aws:iam::{id}:role/reads", **more)
            for id, name, more in ((TARGET.account, "payroll", limits), ("345678901234", "open", {}))
        ]
        bot = permissions if level == "bot" else None
        self.accounts = Accounts(entries, own=_no_credentials, region="eu-west-1", bot=bot)

    def answer(self, question, watch=None):
        self.questions.put(question)
        assert self.go.wait(PATIENCE)
        found = UNDECIDED if question.pasted == "error undecided" else FOUND
        may_see = self.may_see_all(question.asker, found)
        return WRITER.reply(found if may_see else NOTHING, question.locale)


def _no_credentials():
    raise CannotEnter("there are none")


class Scene:
    """What stands in Slack while everything is permitted still."""

    def __init__(self, slack, stub, folder):
        self.slack, self.stub, self.folder = slack, stub, folder
        self.me = slack.person("UEN")
        self.answer = self._asked("error one")
        self.to_check = self._asked("error two")
        self.to_choose = self._asked("error undecided")
        self.pointed_to = self._asked("error again and again")
        self.private = ask_by_command(slack)
        self.alert = slack.person("UZH").write("C1", "error in an alert")
        self.wrong_form = self._open("UJA", lambda person: person.press(self.answer, actions.WRONG))
        self.form = self._open("UZH", lambda person: person.command(""))
        self.home = self._home("UEN")

    def _asked(self, text):
        return answer_to(self.slack, self.slack.person("UES").mention("C1", text))

    def _open(self, user, opens):
        opens(self.slack.person(user))
        return opened(self.slack, user)

    def _home(self, user):
        self.slack.person(user).opens_home()
        return self.slack.wait_for(lambda: self.slack.home(user))

    def shown(self) -> list[str]:
        """Everything that anybody sees, message by message and view by view."""
        workspace = self.slack.workspace
        with workspace.changed:
            messages = [each for channel in workspace.channels.values() for each in channel.messages]
            views = [*workspace.homes.values(), *(view for stack in workspace.modals.values() for view in stack)]
            return [said(each) for each in (*messages, *workspace.ephemerals, *views)]

    def new_since(self, before: list[str]) -> list[str]:
        """What is shown, but for what was shown then."""
        return list((Counter(self.shown()) - Counter(before)).elements())

    def is_owed_nothing(self) -> bool:
        with storage_in(self.folder) as storage:
            return all(each.stage is Stage.FAILED for each in storage.inbox.owed())

    def votes(self):
        with storage_in(self.folder) as storage:
            return {(vote.person, vote.comment) for vote in Feedback(storage.store).votes()}


@dataclass(frozen=True)
class Row:
    """An entrance: what is done there, by whom, for what; `works` is whether that was done, where it is permitted."""

    covers: tuple[Any, ...]
    act: Callable[[Scene], Any]
    works: Callable[[Scene, list[str]], Any]
    command: Command = Command.ASK
    person: str = "UEN"
    asks: bool = True
    """Whether it looks into the accounts, so that one that is not permitted is as one that there is not."""


def _answered(scene, new):
    return any("Mend orders" in text for text in new)


def _shows(*hidden):
    return lambda scene, new: any(all(each in text for each in hidden) for text in new)


def _press(message, action):
    return lambda scene: scene.me.press(getattr(scene, message), action)


COMMANDS = {actions.COMMAND, actions.MESSAGE_SHORTCUT, actions.ASK_FORM}

ROWS = {
    "mention": Row((Way.MENTION,), lambda scene: scene.me.mention("C1", "error, mentioned"), _answered),
    "a question that was answered": Row(
        (), lambda scene: scene.me.mention("C1", "error again and again"), _shows(own_words("asked_just_now"))
    ),
    "direct": Row((Way.DIRECT,), lambda scene: scene.me.write(scene.me.dm, "error, directly"), _answered),
    "reply": Row((Way.REPLY,), lambda scene: scene.me.write("C1", "error again", thread=scene.answer), _answered),
    "command": Row((Way.COMMAND, actions.COMMAND), lambda scene: scene.me.command("error, by command"), _answered),
    "shortcut": Row(
        (Way.SHORTCUT, actions.MESSAGE_SHORTCUT),
        lambda scene: scene.me.shortcut(scene.alert, actions.MESSAGE_SHORTCUT),
        _answered,
    ),
    "form": Row(
        (Way.FORM, actions.ASK_FORM),
        lambda scene: scene.slack.person("UZH").submit(scene.form, {actions.PASTE_FIELD: "error in a form"}),
        _answered,
        person="UZH",
    ),
    "command without text": Row(
        (FormWanted,), lambda scene: scene.slack.person("UES").command(""), _shows("payroll"), person="UES"
    ),
    "home button": Row((actions.ASK,), _press("home", actions.ASK), _shows("payroll", own_words("paste_label"))),
    "home": Row((HomeOpened,), lambda scene: scene.slack.person("UJA").opens_home(), _shows("payroll"), person="UJA"),
    "language on the home tab": Row(
        (actions.OWN_LANGUAGE,),
        lambda scene: scene.me.choose(scene.home, actions.OWN_LANGUAGE, "en"),
        lambda scene, new: True,
    ),
    "candidate": Row(
        (actions.CANDIDATE,),
        lambda scene: choose(scene.me, scene.to_choose, actions.CANDIDATE, "1"),
        _answered,
        asks=False,
    ),
    "evidence": Row(
        (actions.EVIDENCE,), _press("answer", actions.EVIDENCE), _shows("apigateway:GetRestApi"), asks=False
    ),
    "rest": Row((actions.REST,), _press("answer", actions.REST), _shows('Thing: "orders"'), asks=False),
    "language": Row(
        (actions.LANGUAGE,),
        lambda scene: choose(scene.me, scene.answer, actions.LANGUAGE, "en"),
        _answered,
        asks=False,
    ),
    "check again": Row(
        (actions.CHECK_AGAIN,),
        _press("to_check", actions.CHECK_AGAIN),
        _shows(own_words("unchanged", "es")),
        Command.CHECK_AGAIN,
        asks=False,
    ),
    "share": Row(
        (actions.SHARE,),
        _press("private", actions.SHARE),
        lambda scene, new: any("Shared by" in text and "orders" in text for text in new),
        Command.SHARE,
        asks=False,
    ),
    "helpful": Row(
        (actions.HELPFUL,),
        _press("answer", actions.HELPFUL),
        lambda scene, new: ("UEN", "") in scene.votes(),
        Command.FEEDBACK,
        asks=False,
    ),
    "wrong": Row(
        (actions.WRONG,),
        lambda scene: scene.slack.person("UES").press(scene.answer, actions.WRONG),
        lambda scene, new: ("UES", "") in scene.votes(),
        Command.FEEDBACK,
        "UES",
        asks=False,
    ),
    "comment": Row(
        (Commented, actions.WRONG_FORM),
        lambda scene: scene.slack.person("UJA").submit(scene.wrong_form, {actions.COMMENT_FIELD: "not at all"}),
        lambda scene, new: ("UJA", "not at all") in scene.votes(),
        Command.FEEDBACK,
        "UJA",
        asks=False,
    ),
}


def test_every_way_to_the_bot_has_a_row():
    names = {name: value for name, value in vars(actions).items() if isinstance(value, str) and name.isupper()}
    fields = {value for name, value in names.items() if name.endswith("_FIELD") or name == "ANY"}
    assert isinstance(entrances.Entrance, UnionType)
    kinds = set(get_args(entrances.Entrance)) - {entrances.Asked, Clicked}  # Those are told by their ways and actions.
    known = {each for row in ROWS.values() for each in row.covers}
    assert known == set(Way) | (set(names.values()) - fields) | kinds


def refusals(caplog):
    return sorted((each.person, each.why) for each in caplog.records if each.getMessage() == "refused")


@contextmanager
def begun(slack, folder):
    """The bot, where everything is permitted, and answers to everything stand."""
    stub = Permitting()
    changes = {"KINTSUGI_REPEAT_MINUTES": "10", "KINTSUGI_QUEUE": "50", "KINTSUGI_QUEUE_PERSON": "50"}
    with serving(slack, stub, folder, **changes):
        yield Scene(slack, stub, folder)


def test_what_is_permitted_is_done(slack, tmp_path, caplog):
    caplog.set_level(logging.INFO)
    with begun(slack, tmp_path) as scene:
        for row in ROWS.values():
            before = scene.shown()
            row.act(scene)
            slack.wait_for(lambda row=row, before=before: row.works(scene, scene.new_since(before)))
            while row.person == "UEN" and (views := slack.modal("UEN")):
                scene.me.close(views[-1])
    assert refusals(caplog) == []


DENIALS = {
    "nobody": Permissions(people=("U0OTHER",)),
    "nowhere": Permissions(channels=("C0OTHER",)),
    "nothing": Permissions(commands=()),
    "nothing but to ask": Permissions(commands=(Command.ASK,)),
}


@pytest.mark.parametrize("level", ["bot", "account"])
@pytest.mark.parametrize("denial", DENIALS)
def test_what_is_permitted_no_more_shows_nothing_and_is_logged(slack, tmp_path, caplog, denial, level):
    caplog.set_level(logging.INFO)
    permissions = DENIALS[denial]
    rows = [row for row in ROWS.values() if not (permissions.commands and row.command in permissions.commands)]
    refused = [row for row in rows if level == "bot" or not row.asks]
    with begun(slack, tmp_path) as scene:
        before, asked, votes = scene.shown(), scene.stub.questions.qsize(), scene.votes()
        scene.stub.permit(level, permissions)
        for row in rows:
            row.act(scene)
        slack.wait_for(lambda: len(refusals(caplog)) >= len(refused) and scene.is_owed_nothing())
        if level == "account" and not permissions.commands:
            slack.wait_for(lambda: slack.modal("UES") and slack.modal("UEN") and slack.home("UJA"))
    new = scene.new_since(before)
    assert new
    assert not [text for text in new if any(each in text for each in HIDDEN)]
    assert scene.votes() == votes
    questions = [row for row in rows if level == "account" and row.asks and set(row.covers) <= {*Way, *COMMANDS}]
    assert scene.stub.questions.qsize() - asked == len(questions)
    why = "account_not_permitted" if level == "account" else "not_permitted"
    if level == "bot" and permissions.commands:
        why = "command_not_permitted"
    assert refusals(caplog) == sorted((row.person, why) for row in refused)


@pytest.fixture
def busy(slack, tmp_path):
    """The bot, whose only worker is busy with another question as soon as `stub.go` is cleared."""
    stub = Permitting()
    with serving(slack, stub, tmp_path):
        yield stub


def begin_another(slack, stub):
    stub.go.clear()
    slack.person("UZH").mention("C1", "another error")
    stub.questions.get(timeout=PATIENCE)


def test_who_may_not_ask_any_more_when_their_turn_comes_is_told_so(slack, busy):
    begin_another(slack, busy)
    asked = slack.person("UES").mention("C1", "an error")
    (message,) = slack.wait_for(lambda: slack.answers(asked))
    busy.permit("bot", Permissions(people=("UZH",)))
    busy.go.set()
    slack.wait_for(lambda: said(message) == own_words("not_permitted", "es"))
    assert busy.questions.empty()


@pytest.mark.parametrize("level", ["bot", "account"])
def test_who_may_not_check_again_any_more_when_their_turn_comes_is_told_so(slack, busy, level):
    answer = answer_to(slack, slack.person("UEN").mention("C1", "an error"))
    busy.questions.get()
    begin_another(slack, busy)
    slack.person("UEN").press(answer, actions.CHECK_AGAIN)
    slack.wait_for(lambda: own_words("checking_again") in said(answer))
    busy.permit(level, Permissions(commands=(Command.ASK,)))
    busy.go.set()
    told(slack, "UEN", "command_not_permitted")
    assert busy.questions.empty()


def test_what_may_not_be_shared_can_be_read_all_the_same(slack, busy):
    private = ask_by_command(slack)
    busy.permit("account", Permissions(commands=(Command.ASK, Command.FEEDBACK)))
    slack.person("UEN").press(private, actions.SHARE)
    told(slack, "UEN", "command_not_permitted")
    assert [each for each in slack.channel("C1") if each.bot_id] == []
    slack.person("UEN").press(private, actions.EVIDENCE)
    assert "GetRestApi" in said(opened(slack, "UEN"))
