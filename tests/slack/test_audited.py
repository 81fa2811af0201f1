"""Each question that came to its end has its line in the audit log, however it came, and whatever became of it."""

import json
from dataclasses import fields
from pathlib import Path
from queue import Queue

import pytest

from bot.audit import Ended
from bot.diagnosis import CannotDiagnose
from bot.model import UnseenRead, UnseenReason, Verdict
from bot.slack import actions
from bot.slack.conversation import ledger
from bot.slack.conversation.ledger import Ledger
from bot.store.store import StoreFails
from tests.slack.engine import broken, finds, undecided
from tests.slack.fake.things import elements
from tests.slack.fake.workspace import TEAM
from tests.slack.scenes import answer_to, ask, ask_directly, can_press, choose, forge, opened, told
from tests.slack.serving import PATIENCE, Inbox, own_words, said, serving
from tests.slack.test_inbox import begun, hand_in, owed, written_by

PASTED = "a1b2c3d4e5 answers with an error of the customer 4711"


class Audited:
    """Slack, while it is served by a bot that has an audit log."""

    def __init__(self, slack, file):
        self.slack = slack
        self._file = file

    def lines(self):
        """What was written, each line an object."""
        text = self._file.read_text("ascii") if self._file.exists() else ""
        assert "4711" not in text
        return [json.loads(line) for line in text.splitlines()]

    def next(self, number=1):
        """The line of so many, once it is there; no more than these."""
        self.slack.wait_for(lambda: len(self.lines()) >= number)
        assert len(self.lines()) == number
        return self.lines()[-1]

    def ask(self):
        """An answer whose line is there: it comes a moment after the answer."""
        answer = ask(self.slack)
        self.next()
        return answer


@pytest.fixture
def audited(slack, stub, tmp_path):
    stub.answers = finds(broken("orders"))
    file = tmp_path / "audit.jsonl"
    with serving(slack, stub, tmp_path, KINTSUGI_AUDIT=str(file)):
        yield Audited(slack, file)


def mention(audited):
    return audited.slack.person("UES").mention("C1", PASTED).ts


def reply(audited):
    answer = answer_to(audited.slack, audited.slack.person("UEN").mention("C1", "an error"))
    audited.next()
    audited.slack.person("UES").write("C1", PASTED, thread=answer)
    return answer.thread


def direct(audited):
    person = audited.slack.person("UES")
    return person.write(person.dm, PASTED).ts


def command(audited):
    audited.slack.person("UES").command(PASTED)


def shortcut(audited):
    message = audited.slack.person("UEN").write("C1", PASTED)
    audited.slack.person("UES").shortcut(message, actions.MESSAGE_SHORTCUT)
    return message.ts


def form(audited):
    audited.slack.person("UES").command("")
    audited.slack.person("UES").submit(opened(audited.slack, "UES"), {actions.PASTE_FIELD: PASTED})


def check_again(audited):
    answer = audited.ask()
    audited.slack.person("UES").press(answer, actions.CHECK_AGAIN)
    return answer.thread


@pytest.mark.parametrize(
    "way", [mention, reply, direct, command, shortcut, form, check_again], ids=lambda way: way.__name__
)
def test_an_answer_has_its_line_whichever_way_it_was_asked_for(audited, slack, way):
    thread = way(audited)
    line = audited.next(2 if way in (reply, check_again) else 1)
    assert list(line) == ["time", *(field.name for field in fields(Ended))]
    expected = {
        "outcome": "answered",
        "way": way.__name__,
        "why": None,
        "person": "UES",
        "team": TEAM,
        "channel": "DES" if way is direct else "C1",
        "thread_ts": thread,
        "account": "123456789012",
        "region": "eu-west-1",
        "api": "a1b2c3d4e5",
        "stage": "prod",
        "verdict": "found",
        "causes": ["thing_broken"],
        "unseen": 0,
        "accounts": ["123456789012"],
        "reads": 2,
        "language": "en" if way is check_again else "es",
    }
    assert {name: line[name] for name in expected} == expected
    assert len(line["question"]) == 32
    assert 0 <= line["milliseconds"] < 60_000


def test_a_choice_among_what_was_offered_is_a_question_of_its_own(audited, slack, stub):
    stub.answers = finds(undecided())
    answer = audited.ask()
    assert (audited.next()["verdict"], audited.next()["api"]) == ("need_target", None)
    unseen = UnseenRead("lambda:GetPolicy", "GetPolicy", "*", UnseenReason.DENIED)
    stub.answers = finds(broken(verdict=Verdict.COULD_NOT_CHECK, unseen=(unseen,)))
    choose(slack.person("UEN"), answer, actions.CANDIDATE, "1")
    line = audited.next(2)
    assert (line["way"], line["verdict"], line["unseen"], line["causes"]) == ("choice", "could_not_check", 1, [])


def outcome(line):
    return line["way"], line["outcome"], line["why"], line["person"], line["verdict"]


def test_who_is_refused_has_a_line(audited, slack, stub):
    slack.person("UFAR").mention("C1", PASTED)
    assert outcome(audited.next()) == ("mention", "refused", "external", "UFAR", None)
    stub.may_use = lambda asker: False
    slack.person("UEN").command(PASTED)
    assert outcome(audited.next(2)) == ("command", "refused", "not_permitted", "UEN", None)


def test_whose_click_is_refused_has_a_line_if_it_is_a_question(audited, slack, stub):
    answer = audited.ask()
    stub.lets_see = lambda asker: asker.person == "UEN"
    slack.person("UES").press(answer, actions.HELPFUL)
    told(slack, "UES", "no_longer_kept", "es")
    slack.person("UES").press(answer, actions.CHECK_AGAIN)
    assert outcome(audited.next(2)) == ("check_again", "refused", "account_not_permitted", "UES", None)


def test_what_is_kept_no_longer_has_a_line(slack, stub, tmp_path):
    file = tmp_path / "audit.jsonl"
    with serving(slack, stub, tmp_path):
        answer = ask(slack)
    (tmp_path / "anew").mkdir()
    with serving(slack, stub, tmp_path / "anew", KINTSUGI_AUDIT=str(file)):
        slack.person("UEN").press(answer, actions.CHECK_AGAIN)
        line = Audited(slack, file).next()
    assert outcome(line) == ("check_again", "expired", "no_longer_kept", "UEN", None)


def test_what_says_nothing_has_a_line(audited, slack):
    slack.person("UEN").mention("C1", "")
    assert outcome(audited.next()) == ("mention", "nothing_pasted", None, "UEN", None)


def test_who_is_over_a_bound_has_a_line(slack, stub, tmp_path):
    file = tmp_path / "audit.jsonl"
    with serving(slack, stub, tmp_path, KINTSUGI_AUDIT=str(file), KINTSUGI_QUEUE="1"):
        begun(slack, stub)
        slack.person("UJA").mention("C1", PASTED)
        audited = Audited(slack, file)
        assert outcome(audited.next()) == ("mention", "too_busy", None, "UJA", None)
        stub.go.set()
        assert outcome(audited.next(2))[:2] == ("mention", "answered")


def test_whose_click_is_over_a_bound_has_a_line(slack, stub, tmp_path):
    file = tmp_path / "audit.jsonl"
    stub.answers = finds(broken("orders"))
    with serving(slack, stub, tmp_path, KINTSUGI_AUDIT=str(file), KINTSUGI_QUEUE="1"):
        audited = Audited(slack, file)
        answer = audited.ask()
        stub.questions.get()
        slack.wait_for(lambda: not owed(tmp_path))
        begun(slack, stub, "UJA")
        slack.person("UES").press(answer, actions.CHECK_AGAIN)
        assert outcome(audited.next(2)) == ("check_again", "too_busy", None, "UES", None)
        stub.go.set()


def test_what_is_pressed_while_somebody_waits_for_it_already_has_a_line(audited, slack, stub):
    answer = audited.ask()
    as_it_was = [dict(block) for block in answer.blocks]
    stub.go.clear()
    slack.person("UEN").press(answer, actions.CHECK_AGAIN)
    slack.wait_for(lambda: not can_press(answer, actions.CHECK_AGAIN))
    with slack.workspace.changing():
        answer.blocks = as_it_was  # as whoever presses still sees it
    slack.person("UES").press(answer, actions.CHECK_AGAIN)
    assert outcome(audited.next(2)) == ("check_again", "under_way", None, "UES", None)
    stub.go.set()
    assert outcome(audited.next(3))[1] == "answered"


def test_a_choice_that_is_not_offered_has_a_line(audited, slack, stub):
    stub.answers = finds(undecided())
    answer = audited.ask()
    forge(slack, answer, actions.CANDIDATE, options=[an_option(answer, "7")])
    choose(slack.person("UES"), answer, actions.CANDIDATE, "7")
    assert outcome(audited.next(2)) == ("choice", "not_offered", None, "UES", None)


def an_option(answer, number):
    """One of the menu's options, as one of another number."""
    menu = next(each for _, each in elements(answer.blocks) if each["action_id"] == actions.CANDIDATE)
    id, _, _ = menu["options"][0]["value"].rpartition(":")
    return menu["options"][0] | {"value": f"{id}:{number}"}


def test_a_question_that_ends_untold_would_be_found_in_any_test_that_serves(slack, stub, tmp_path, monkeypatch):
    monkeypatch.setattr(Ledger, "_write", lambda *_, **told: None)
    with pytest.raises(AssertionError, match="untold"), serving(slack, stub, tmp_path):
        ask(slack)


def test_only_the_ledger_says_that_a_question_ended():
    own = Path(ledger.__file__)
    others = [file for file in own.parents[1].rglob("*.py") if file != own]
    assert len(others) > 50
    assert [file.name for file in others if "Became.ENDED" in file.read_text("utf-8")] == []


def test_who_is_pointed_to_an_answer_has_a_line(slack, stub, tmp_path):
    file = tmp_path / "audit.jsonl"
    stub.answers = finds(broken("orders"))
    with serving(slack, stub, tmp_path, KINTSUGI_AUDIT=str(file), KINTSUGI_REPEAT_MINUTES="10"):
        audited = Audited(slack, file)
        audited.ask()
        slack.person("UES").mention("C1", "a1b2c3d4e5 answers with an error")
        line = audited.next(2)
    assert outcome(line) == ("mention", "pointed_to", None, "UES", None)


@pytest.mark.parametrize(
    ("error", "became"), [(CannotDiagnose("no way in"), "cannot_diagnose"), (ValueError("4711"), "failed")]
)
def test_what_fails_has_a_line_whether_asked_or_asked_again(audited, slack, stub, error, became):
    def fail(**_):
        raise error

    answer = audited.ask()
    stub.answers = fail
    slack.person("UEN").press(answer, actions.CHECK_AGAIN)
    assert outcome(audited.next(2)) == ("check_again", became, None, "UEN", None)
    slack.person("UES").command(PASTED)
    assert outcome(audited.next(3)) == ("command", became, None, "UES", None)


def test_what_fails_has_one_line_though_it_takes_several_attempts_to_tell(audited, slack, stub):
    def fail(**_):
        raise ValueError("4711")

    stub.answers = fail
    with slack.pardoned():
        slack.fail("chat.update", "internal_error", status=500, times=3)
        asked = slack.person("UES").mention("C1", PASTED)
        words = own_words("given_up", "es", reference="")[:20]
        slack.wait_for(lambda: any(words in said(each) for each in slack.answers(asked)))
    assert [line["outcome"] for line in audited.lines()] == ["failed"]


def test_a_question_that_nobody_can_read_any_more_has_a_line(slack, stub, tmp_path):
    file = tmp_path / "audit.jsonl"
    item = hand_in(tmp_path, written_by(slack, stub, tmp_path, "UES"), token="xoxb-the-one-before")
    with serving(slack, stub, tmp_path, KINTSUGI_AUDIT=str(file)):
        line = Audited(slack, file).next()
    assert outcome(line) == ("mention", "failed", "unreadable", "UES", None)
    assert (line["question"], line["channel"]) == (item.id, "C1")


def test_a_line_is_there_before_the_question_is_struck_off_and_comes_again_with_the_same_id(
    slack, stub, tmp_path, monkeypatch
):
    file, struck_off = tmp_path / "audit.jsonl", Queue()
    stub.answers = finds(broken("orders"))

    def fail(inbox, lease):
        struck_off.put(len(Audited(slack, file).lines()))
        raise StoreFails("as if the process had died")

    with monkeypatch.context() as dying, serving(slack, stub, tmp_path, KINTSUGI_AUDIT=str(file)):
        dying.setattr(Inbox, "done", fail)
        asked = slack.person("UEN").mention("C1", PASTED)
        assert struck_off.get(timeout=PATIENCE) == 1
    with serving(slack, stub, tmp_path, KINTSUGI_AUDIT=str(file)):
        line = Audited(slack, file).next(2)
    assert line["question"] == Audited(slack, file).lines()[0]["question"]
    assert len([each for each in slack.answers(asked) if not each.files]) == 1


def test_where_the_file_cannot_be_written_questions_are_answered_and_the_log_has_the_line(
    slack, stub, tmp_path, caplog
):
    stub.answers = finds(broken("orders"))
    with serving(slack, stub, tmp_path, KINTSUGI_AUDIT=str(tmp_path / "nowhere" / "audit.jsonl")):
        assert "Mend orders" in said(ask_directly(slack))
        slack.wait_for(lambda: [each for each in caplog.records if each.name == "bot.audit" and each.msg == "audit"])
    assert "the audit log cannot be written" in caplog.text
