"""A secret that somebody pastes goes no further: not to the disk, to a log, to AWS, to Slack; and they are told."""

import json
import signal
import time
import urllib.request
from urllib.parse import unquote_plus

import pytest

from bot.demo.scenarios import SCENARIOS
from bot.inbox.sealed import Seal
from bot.model import REDACTED, Verdict
from bot.report.unescaped import Unescaped
from bot.slack import actions
from bot.slack.incoming.lasting import read
from bot.store.diagnosis_text import written
from tests.report.secret_corpus import AWS, HTTP, KEYS, KINDS, PASSWORDS, SERVICES
from tests.slack.at_rest import as_it_is, opened, rows
from tests.slack.fake import BOT_TOKEN, FakeSlack
from tests.slack.replies import a_diagnosis, a_finding, a_reply
from tests.slack.scenes import answer_to, ask, can_press, choose
from tests.slack.scenes import opened as opened_view
from tests.slack.serving import PATIENCE, StubTroubleshooter, own_words, said, serving, storage_in
from tests.slack.test_whole import a_free_port, process

LEAKED = "sk_" + "live_" + "Zx9q8w7e6r5t4y3u"
QUESTION = f"a1b2c3d4e5 answers with an error, STRIPE={LEAKED}"
REQUEST = (
    f"curl -H 'Authorization: Bearer {LEAKED}' https://a1b2c3d4e5.execute-api.eu-west-1.amazonaws.com/prod\nan error"
)


@pytest.fixture
def stub():
    """Answers that can be put into words again."""
    engine = StubTroubleshooter()
    engine.answers = lambda **more: a_reply(diagnosis=a_diagnosis(verdict=Verdict.HEALTHY), findings=(), **more)
    return engine


HOLD_NO_PASTE = {"feedback", "languages"}
"""What is kept for longer: who found an answer helpful, and which language somebody chose."""


class ListenedTo(FakeSlack):
    """Slack, which keeps every request of the bot's as it came."""

    def __init__(self, *people, **more):
        super().__init__(*people, **more)
        self.requests = []

    def _answer(self, request):
        self.requests.append(f"{request.path}\n{request.content.decode('utf-8', 'replace')}")
        return super()._answer(request)


def paste(*kinds):
    return "\n".join(text for each in kinds for text, _ in each.values())


def held_in(where):
    """The kinds of secrets that can be read in a text, however it is escaped."""
    letters = {_letters(where), _letters(unquote_plus(where))}
    return [name for name, (_, secret) in KINDS.items() if any(_letters(secret) in each for each in letters)]


def _letters(text):
    return "".join(filter(str.isalnum, Unescaped(text.encode()).data.decode("utf-8", "replace")))


def test_no_secret_gets_out_of_the_process_that_it_was_given_to(world, environment, server, tmp_path, monkeypatch):
    base = SCENARIOS["order-desk"].build(world)
    kept, status = tmp_path / "kept", f"127.0.0.1:{a_free_port()}"
    environment |= {
        "KINTSUGI_STORE": str(kept / "kintsugi.db"), "KINTSUGI_STATUS": status, "KINTSUGI_LOG_LEVEL": "debug",
    }  # fmt: skip
    to_aws, answers = [], server._own_answer
    monkeypatch.setattr(server, "_own_answer", lambda signed: to_aws.append(signed.text) or answers(signed))
    with ListenedTo({"UEN": {"locale": "en-GB"}}) as slack, process(slack, environment, "http") as running:
        person = slack.person("UEN")
        asked = person.mention("C1", f"{paste(AWS)}\n{base}")
        answer = answer_to(slack, asked)
        person.write("C1", f"{base}\n{paste(PASSWORDS)}", thread=asked)
        slack.wait_for(lambda: len([each for each in slack.answers(asked) if can_press(each)]) == 2)
        direct = person.write(person.dm, base, files=[slack.add_file(paste(HTTP, KEYS), "request.log")])
        answer_to(slack, direct)
        person.command(f"{base} {paste(SERVICES)}")
        slack.wait_for(lambda: next((each for each in slack.ephemerals("UEN") if can_press(each)), None))
        person.command("")
        person.submit(opened_view(slack, "UEN"), {actions.PASTE_FIELD: f"{base}\n{paste(PASSWORDS)}"})
        slack.wait_for(lambda: len([each for each in slack.ephemerals("UEN") if can_press(each)]) == 2)
        person.press(answer, actions.EVIDENCE)
        person.close(opened_view(slack, "UEN"))
        person.press(answer, actions.WRONG)
        person.submit(opened_view(slack, "UEN"), {actions.COMMENT_FIELD: paste(PASSWORDS)})
        with urllib.request.urlopen(f"http://{status}/metrics", timeout=PATIENCE) as page:
            metrics = page.read().decode()
        on_disk, in_rows = as_it_is(kept).decode("utf-8", "replace"), opened(kept)
        running.send_signal(signal.SIGTERM)
        out, error = running.communicate(timeout=PATIENCE)
    on_disk += as_it_is(kept).decode("utf-8", "replace")
    in_rows += opened(kept)
    to_slack = "\n".join(slack.requests)
    assert "kintsugi_" in metrics
    assert "GetRestApi" in error or "answered" in error
    assert len(to_aws) > 20
    assert REDACTED in on_disk
    assert "Diagnosis(verdict=" in in_rows
    found = {
        "disk": on_disk,
        "rows": in_rows,
        "log": error + out,
        "Slack": to_slack,
        "metrics": metrics,
        "AWS": "\n".join(to_aws),
    }
    assert {where: held_in(text) for where, text in found.items()} == {where: [] for where in found}


def test_the_corpus_would_be_found_if_it_got_out():
    for text, secret in KINDS.values():
        assert secret in text
    assert held_in(json.dumps({"text": paste(KINDS)})) == list(KINDS)


def test_what_is_packed_or_sealed_would_be_found_in_the_rows_if_it_got_there(tmp_path):
    texts = [paste(each) for each in (AWS, HTTP, KEYS, SERVICES, PASSWORDS)]
    packed = written(a_diagnosis(findings=(a_finding(facts={"said": texts[0]}, remedy={"is": [texts[1]]}),)))
    with storage_in(tmp_path) as storage:
        storage.store.put("answers", "a", json.dumps({"diagnosis": packed, "texts": texts[2:3]}), 60)
        storage.store.put("threads", "t", Seal(BOT_TOKEN).close(json.dumps({"pasted": texts[3]})), 60)
        storage.store.put("languages", "l", texts[4], 60)
    assert held_in(opened(tmp_path)) == list(KINDS)
    assert held_in(as_it_is(tmp_path).decode("utf-8", "replace")) != list(KINDS)


def test_after_the_set_time_neither_a_row_nor_a_byte_of_a_paste_is_left_whatever_was_done_with_it(
    slack, stub, tmp_path
):
    ahead = [0.0]
    pasted = "an error that is found again"
    with serving(slack, stub, tmp_path, clock=lambda: time.time() + ahead[0], KINTSUGI_KEEP_HOURS="2"):
        person = slack.person("UEN")
        stub.go.clear()
        asked = person.mention("C1", pasted)
        stub.questions.get(timeout=PATIENCE)
        sealed = rows(tmp_path)
        stub.go.set()
        answer = answer_to(slack, asked)
        choose(person, answer, actions.LANGUAGE, "es")
        person.press(answer, actions.CHECK_AGAIN)
        slack.wait_for(lambda: stub.questions.qsize() == 1 and can_press(answer))
        person.press(answer, actions.WRONG)
        person.submit(opened_view(slack, "UEN"), {actions.COMMENT_FIELD: f"I meant: {pasted}"})
        with storage_in(tmp_path, lambda: time.time() + ahead[0]) as storage:
            while storage.inbox.owed():
                pass
            storage.store.sweep()
            kept = sealed | rows(tmp_path)
            assert {where for where, _ in kept} >= {"answers", "bodies", "comments", "threads"}
            assert "found again" in opened(tmp_path)
            assert any(part in as_it_is(tmp_path) for part in parts(kept))
            ahead[0] = 2 * 3600
            storage.store.sweep()
            assert {shelf for shelf, _ in rows(tmp_path)} <= HOLD_NO_PASTE
            left = as_it_is(tmp_path)
            assert [part for part in parts(kept) if part in left] == []
            assert b"found again" not in left


def parts(kept):
    """Pieces of what rows hold, short enough to stand in one place of a file."""
    for (shelf, _), value in kept.items():
        if shelf not in HOLD_NO_PASTE:
            yield from (value[at : at + 40].encode() for at in range(0, len(value) - 39, 40))


@pytest.mark.parametrize(("pasted", "is_whole"), [(QUESTION, False), (REQUEST, True)], ids=["text", "request"])
def test_what_is_sealed_is_without_secrets_unless_a_request_is_to_be_compared(slack, stub, tmp_path, pasted, is_whole):
    with serving(slack, stub, tmp_path), storage_in(tmp_path) as storage:
        stub.go.clear()
        slack.person("UEN").mention("C1", pasted)
        stub.questions.get(timeout=PATIENCE)
        (owed,) = storage.inbox.owed()
        _, item, _ = storage.inbox.find(owed.id)
        stub.go.set()
    assert (LEAKED in read(Seal(BOT_TOKEN).open(item.body)).pasted) is is_whole


@pytest.mark.parametrize("pasted", [QUESTION, REQUEST], ids=["text", "request"])
@pytest.mark.parametrize("user", ["UEN", "UJA"])
def test_whoever_pastes_a_secret_in_a_channel_is_told_so_alone_and_once(slack, stub, tmp_path, pasted, user):
    with serving(slack, stub, tmp_path):
        answer = answer_to(slack, slack.person(user).mention("C1", pasted))
        slack.wait_for(lambda: warnings(slack, user, "secret_in_channel"))
        choose(slack.person(user), answer, actions.LANGUAGE, "es")
        slack.wait_for(lambda: len(slack.ephemerals(user)) == 2)
    assert len(warnings(slack, user, "secret_in_channel")) == 1
    assert not any(LEAKED in said(each) for each in slack.ephemerals(user))


def test_a_secret_in_a_file_counts_and_a_question_without_any_is_not_warned_of(slack, stub, tmp_path):
    with serving(slack, stub, tmp_path):
        ask(slack)
        answer_to(slack, slack.person("UJA").mention("C1", "an error", files=[slack.add_file(QUESTION, "a.log")]))
        slack.wait_for(lambda: warnings(slack, "UJA", "secret_in_channel"))
    assert slack.ephemerals("UEN") == []


def test_where_nobody_else_reads_it_that_is_what_is_said(slack, stub, tmp_path):
    with serving(slack, stub, tmp_path):
        person = slack.person("UEN")
        answer_to(slack, person.write(person.dm, QUESTION))
        person.command(QUESTION)
        slack.wait_for(lambda: len(warnings(slack, "UEN", "secret_sent")) == 2)


def test_an_answer_does_not_hang_on_whether_the_warning_can_be_posted(slack, stub, tmp_path):
    with serving(slack, stub, tmp_path):
        slack.fail("chat.postEphemeral", "internal_error", times=99)
        answer_to(slack, slack.person("UEN").mention("C1", QUESTION))


def warnings(slack, user, name):
    """The warnings of this kind that somebody sees."""
    words = own_words(name, "ja" if user == "UJA" else "en")
    return [each for each in slack.ephemerals(user) if said(each) == words]
