"""Attacks on our own bot: each of these once succeeded."""

import json
from dataclasses import replace

import pytest

from bot.model import Candidate
from bot.slack import actions
from bot.slack.conversation.people import People, Standing
from bot.slack.incoming.attached import AttachedFile
from bot.slack.incoming.download import Refusal
from bot.slack.incoming.files import Files
from bot.store.sqlite import SqliteStore
from slack_sdk import WebClient
from tests.slack.engine import broken, finds, undecided
from tests.slack.fake import BOT_TOKEN, BOT_USER
from tests.slack.fake.delivery import EVENTS, INTERACTIVE
from tests.slack.replies import TARGET, a_reply, a_diagnosis, hostile_reply
from tests.slack.scenes import answer_to, ask, ask_by_command, can_press, choose, opened, told
from tests.slack.serving import PATIENCE, own_words, said, serving
from tests.slack.test_people import Client, Clock, TEAMS


def becomes_shared(slack, channel="C1"):
    with slack.workspace.changing():
        slack.workspace.channels[channel].is_shared = True
    slack.person("UJA").write(channel, "welcome to our guests")


def test_an_answer_is_not_renewed_where_another_company_has_come_to_read(served, stub):
    stub.answers = finds(broken("orders"))
    answer = ask(served)
    becomes_shared(served)
    stub.answers = finds(broken("secret-thing"))
    served.person("UES").press(answer, actions.CHECK_AGAIN)
    told(served, "UES", "shared_channel", "es")
    assert "secret-thing" not in said(answer)
    assert stub.questions.qsize() == 1


def test_nothing_is_chosen_where_another_company_has_come_to_read(served, stub):
    stub.answers = finds(undecided())
    answer = ask(served)
    becomes_shared(served)
    choose(served.person("UEN"), answer, actions.CANDIDATE, "1")
    told(served, "UEN", "shared_channel")
    assert stub.questions.qsize() == 1


def test_choosing_languages_does_not_put_off_the_question_whether_somebody_still_belongs_here(tmp_path):
    member, guest = {"team_id": "T1"}, {"team_id": "T1", "is_restricted": True}
    clock, store = Clock(), SqliteStore(tmp_path / "kintsugi.db")
    people = People(Client(member, guest), store, TEAMS, "en", clock)
    for minute in range(0, 12, 3):
        clock.now = 100.0 + minute * 60
        people.choose("U1", "ja" if minute % 2 else "es")
    clock.now += 2 * 60
    assert people.person("U1").standing is Standing.OUTSIDER
    store.close()


@pytest.mark.parametrize("host", ["a..slack.com", "a" * 64 + ".slack.com", ".slack.com", "evil.test%2f.slack.com", "evil.test%00.slack.com", "evil.test%3a80%2f.slack.com", "xn--\x7f.slack.com", "%ff.slack.com", "%E3%80%82.slack.com"])
def test_a_file_with_an_address_that_is_none_is_refused(host):
    files = Files(WebClient(BOT_TOKEN), 1000, 1)
    read = files.read([AttachedFile("F1", "x.log", "text/plain", "text", 3, f"https://{host}/x.log")])
    assert [each.reason for each in read.refused] == [Refusal.OUT_OF_REACH]


def test_half_a_character_in_the_form(served, stub):
    person = served.person("UEN")
    person.command("")
    person.submit(opened(served, "UEN"), {actions.PASTE_FIELD: "error a1b2c3d4e5 \ud800"})
    served.wait_for(lambda: any(can_press(each) for each in served.ephemerals("UEN")))


def test_half_a_character_in_the_form_from_home(served, stub):
    person = served.person("UEN")
    person.opens_home()
    person.press(served.wait_for(lambda: served.home("UEN")), actions.ASK)
    person.submit(opened(served, "UEN"), {actions.PASTE_FIELD: "error a1b2c3d4e5 \ud800"})
    served.wait_for(lambda: any(can_press(each) for each in served.channel(person.dm)))


@pytest.mark.parametrize("text", ["\ud800", "\x00\x1b[31m", "\u202e", "```\n", "<!channel>", ""])
def test_hostile_account(served, stub, text):
    stub.answers = lambda **_: hostile_reply(f"x{text}y", 12)
    asked = served.person("UEN").mention("C1", "error")
    answer = served.wait_for(lambda: [each for each in served.answers(asked) if can_press(each)])[0]
    assert "reference" not in said(answer)


def test_edits_are_parsed_as_little_as_messages(served, stub):
    ask(served)
    assert {each.get("parse") for each in served.calls("chat.update")} == {"none"}


def test_files_that_are_refused_do_not_crowd_out_the_answer(served, stub):
    stub.answers = finds(broken("orders"))
    files = [served.add_file(b"\0", ("&" * 250) + ".png", "image/png") for _ in range(10)]
    answer = answer_to(served, served.person("UEN").mention("C1", "error a1b2c3d4e5", files=files))
    assert "Mend orders" in said(answer)


def test_many_files(served, stub):
    stub.answers = finds(broken("orders"))
    files = [served.add_file(b"\0", "a.png", "image/png") for _ in range(60)]
    answer = answer_to(served, served.person("UEN").mention("C1", "error a1b2c3d4e5", files=files))
    assert "Mend orders" in said(answer)


FRAMES = ["", "[]", "[" * 100_000, '{"a":' * 100_000, "{}", '{"type": 5}', '{"type": ["disconnect"]}', "null", "{",
          '{"envelope_id": "e1", "type": "events_api", "payload": []}',
          '{"envelope_id": "e2", "type": "events_api", "payload": "x"}',
          '{"envelope_id": "e3", "type": "events_api", "payload": null}',
          '{"envelope_id": "e4", "type": "interactive", "payload": {"type": "block_actions"}}',
          '{"envelope_id": {}, "type": "interactive", "payload": {"type": "block_actions"}}',
          '{"envelope_id": "e5", "type": "events_api", "payload": {"event": ' + '[' * 900 + ']' * 900 + '}}',
          '{"envelope_id": "e6", "type": "events_api", "payload": {"event": ' + '9' * 5000 + '}}',
          b"\xff\xfe", b"{}", "\n", "\ud7ff"]


def test_socket_survives(served, stub):
    stub.answers = finds(broken("orders"))
    with served.pardoned():
        for frame in FRAMES:
            for connection in list(served.socket.connections):
                connection.send(frame)
        ask(served)


def test_share_words(served, stub):
    stub.answers = finds(broken("orders"))
    private = ask_by_command(served)
    served.person("UEN").press(private, actions.SHARE)
    shared = served.wait_for(lambda: [each for each in served.channel("C1") if each.bot_id])[0]
    print(json.dumps(shared.blocks[0]))
    assert "`" not in said(shared)[:30]
