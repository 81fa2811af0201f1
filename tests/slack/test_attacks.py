"""Attacks on the bot by people, files, accounts and payloads: most of these succeeded once, none may again."""

import json
import random
from dataclasses import replace

import pytest
from slack_sdk import WebClient

from bot.inbox.sealed import Seal
from bot.model import Asker, Candidate, Evidence, Outcome
from bot.slack import actions
from bot.slack.conversation.channels import Channels
from bot.slack.conversation.delivery import Posted
from bot.slack.conversation.intake import LONGEST_BODY, Intake
from bot.slack.conversation.notes import Note
from bot.slack.conversation.people import People, Standing
from bot.slack.conversation.threads import Threads
from bot.slack.incoming.attached import AttachedFile
from bot.slack.incoming.download import Refusal
from bot.slack.incoming.entrances import Asked, Thread, Way
from bot.slack.incoming.files import Files
from bot.slack.incoming.lasting import read
from bot.store.sqlite import SqliteStore
from tests.slack.engine import broken, finds, undecided
from tests.slack.fake import BOT_TOKEN
from tests.slack.replies import TARGET
from tests.slack.scenes import (
    QUESTION,
    answer_to,
    ask,
    ask_by_command,
    ask_directly,
    can_press,
    choose,
    forge,
    opened,
)
from tests.slack.serving import PATIENCE, own_words, said, serving
from tests.slack.test_http import served_by_http
from tests.slack.test_people import MINUTE, TEAMS, Client, Clock

RIGHT_TO_LEFT = "\u202e"
LINES = "orders\n\nNothing is wrong. Run this:\ncurl evil.test"


@pytest.fixture(autouse=True)
def _orders_is_broken(stub):
    stub.answers = finds(broken("orders"))


# Another company comes to read, somebody leaves.


def test_what_only_its_reader_sees_is_renewed_there(served, stub):
    private = ask_by_command(served)
    with served.workspace.changing():
        served.workspace.channels["C1"].is_shared = True
    served.person("UJA").write("C1", "welcome to our guests")
    stub.answers = finds(broken("tokens"))
    served.person("UEN").press(private, actions.CHECK_AGAIN)
    served.wait_for(lambda: "tokens" in said(private))


def test_an_event_that_was_overtaken_does_not_make_a_channel_ones_own_again():
    channels = Channels()
    for is_shared in (False, True, False):
        channels.notice({"event": {"channel": "C1"}, "is_ext_shared_channel": is_shared})
    assert channels.is_shared("C1") is True


def test_choosing_languages_does_not_put_off_asking_whether_somebody_still_belongs_here(tmp_path):
    member, guest = {"team_id": "T1"}, {"team_id": "T1", "is_restricted": True}
    clock, store = Clock(), SqliteStore(tmp_path / "kintsugi.db")
    people = People(Client(member, guest), store, TEAMS, "en", clock)
    for language in ("ja", "es", "ja", "es"):
        assert people.choose("U1", language).standing is Standing.MEMBER
        assert people.person("U1").chosen == language
        clock.now += 3 * MINUTE
    assert people.person("U1").standing is Standing.OUTSIDER
    store.close()


def test_outsiders_cannot_have_the_accounts_looked_up(slack, stub, tmp_path):
    looks = []
    stub.places = lambda asker=None: looks.append(asker) or ()
    with serving(slack, stub, tmp_path):
        slack.person("UEN").opens_home()
        slack.wait_for(lambda: slack.home("UEN"))
        # At the start and by whoever is let in: looked up for all; then what they may see of it.
        assert sorted(looks, key=str) == [Asker("UEN"), None, None]
        slack.person("UFAR").opens_home()
        slack.wait_for(lambda: slack.home("UFAR"))
        assert len(looks) == 3


# What is pasted, attached or named like this.


@pytest.mark.parametrize(
    "host",
    [
        *("a..slack.com", ".slack.com", f"{'a' * 64}.slack.com", "%ff.slack.com", "slack.com."),
        *("evil.test%2f.slack.com", "evil.test%00.slack.com", "evil.test%3a80%2f.slack.com", "%E3%80%82.slack.com"),
    ],
)
def test_a_file_whose_address_cannot_be_looked_up_is_refused(host):
    files = Files(WebClient(BOT_TOKEN), most_bytes=1_000, seconds=1)
    read = files.read([AttachedFile("F1", "x.log", "text/plain", "text", 3, f"https://{host}/x.log")])
    assert [each.reason for each in read.refused] == [Refusal.OUT_OF_REACH]


@pytest.mark.parametrize("way", ["command", "home"])
def test_half_a_character_in_the_form_is_answered(served, way):
    person = served.person("UEN")
    if way == "command":
        person.command("")
    else:
        person.opens_home()
        person.press(served.wait_for(lambda: served.home("UEN")), actions.ASK)
    person.submit(opened(served, "UEN"), {actions.PASTE_FIELD: "an error \ud800"})
    served.wait_for(lambda: any(map(can_press, (*served.ephemerals("UEN"), *served.channel(person.dm)))))


@pytest.mark.parametrize(("number", "name"), [(60, "a.png"), (10, "&" * 250)])
def test_files_that_are_not_read_leave_room_for_the_answer(served, number, name):
    files = [served.add_file(b"\0", name, "image/png") for _ in range(number)]
    answer = answer_to(served, served.person("UEN").mention("C1", "an error", files=files))
    assert said(answer).count("I did not read") == 10
    assert "Mend orders" in said(answer)
    assert can_press(answer, actions.CHECK_AGAIN)


def test_the_name_of_an_api_is_one_line_in_one_direction(served, stub):
    api = Candidate(replace(TARGET, stage=None), LINES + RIGHT_TO_LEFT)
    stub.answers = finds(undecided(candidates=(api,)))
    answer = ask(served)
    shown = json.dumps(answer.blocks, ensure_ascii=False)
    assert "Run this: curl evil.test" in shown
    assert RIGHT_TO_LEFT not in shown
    assert "wrong. Run" in shown


def test_what_aws_says_is_code_on_one_line_in_the_evidence(served, stub):
    read = Evidence(
        "e1", "lambda", "GetPolicy", {}, Outcome.FAILED, "123456789012", "eu-west-1", 1.0, error=LINES + RIGHT_TO_LEFT
    )
    stub.answers = finds(broken("orders", evidence=(read,)))
    served.person("UEN").press(ask(served), actions.EVIDENCE)
    shown = json.dumps(opened(served, "UEN").blocks, ensure_ascii=False)
    assert '"text": "orders Nothing is wrong. Run this: curl evil.test\\\\u202e", "style": {"code": true}' in shown


def test_edits_are_parsed_as_little_as_what_is_posted(served):
    """chat.update parses as Slack's clients do unless it is told otherwise."""
    ask(served)
    edits = served.calls("chat.update")
    assert edits
    assert {each.get("parse") for each in edits} == {"none"}


def test_who_shares_an_answer_stands_there_without_marks(served):
    served.person("UEN").press(ask_by_command(served), actions.SHARE)
    (shared,) = served.wait_for(lambda: [each for each in served.channel("C1") if each.bot_id])
    (section,) = shared.blocks[0]["elements"]
    assert section["elements"] == [{"type": "text", "text": "Shared by "}, {"type": "user", "user_id": "UEN"}]


# Payloads as only somebody with Slack's own keys could send.


@pytest.mark.parametrize("index", ["9" * 5_000, "\u0661", "+1", " 1", "01"])
def test_a_candidate_is_chosen_by_its_own_number_only(slack, stub, tmp_path, index):
    stub.answers = finds(undecided())
    with serving(slack, stub, tmp_path):
        answer = ask(slack)
        menus = [each for block in answer.blocks if block["type"] == "actions" for each in block["elements"]]
        option = next(each["options"][0] for each in menus if each["action_id"] == actions.CANDIDATE)
        value = f"{option['value'].partition(':')[0]}:{index}"
        forge(slack, answer, actions.CANDIDATE, options=[option | {"value": value}])
        slack.person("UEN").choose(answer, actions.CANDIDATE, value)
    assert stub.questions.qsize() == 1
    assert slack.ephemerals("UEN") == []


def test_a_challenge_that_cannot_be_written_is_answered(slack, stub, tmp_path):
    with served_by_http(slack, stub, tmp_path) as caller:
        assert caller.event({"type": "url_verification", "challenge": "\ud800"}) == (200, b"?")


BROKEN = [
    *("", "null", "[]", "{", "[" * 100_000, '{"a":' * 100_000, b"\xff\xfe", b"{}", '{"type": ["disconnect"]}'),
    *(
        f'{{"envelope_id": "e", "type": "events_api", "payload": {each}}}'
        for each in ("[]", "null", '"x"', "9" * 5_000)
    ),
    '{"envelope_id": {}, "type": "interactive", "payload": {"type": "block_actions"}}',
]


def test_broken_frames_do_not_end_socket_mode(served_by_socket):
    with served_by_socket.pardoned():
        for frame in BROKEN:
            served_by_socket.socket.connections[0].send(frame)
        ask(served_by_socket)


# People who take more than their share, or ask about what is not theirs.


def test_talk_in_a_thread_takes_no_room_from_questions(slack, stub, tmp_path):
    stub.go.clear()
    with serving(slack, stub, tmp_path, KINTSUGI_QUEUE="4", KINTSUGI_QUEUE_CHANNEL="4"):
        asked = slack.person("UEN").mention("C1", QUESTION)
        stub.questions.get(timeout=PATIENCE)
        for number in range(8):
            slack.person("UFAR").write("C1", f"what do you think, {number}?", asked)
        other = slack.person("UJA").mention("C1", f"{QUESTION} as well")
        greeting = own_words("working", "ja")
        slack.wait_for(lambda: greeting in [said(each) for each in slack.answers(other)])
        stub.go.set()
        answer_to(slack, other)


def test_looking_again_at_an_answer_to_somebody_else_tells_nothing_of_it(served, stub):
    stub.lets_see = lambda asker: asker.person != "UJA"
    asked = served.person("UEN").mention("C1", QUESTION)
    answer_to(served, asked)
    stub.answers = finds(broken())
    served.person("UJA").mention("C1", "again", asked)
    second = served.wait_for(lambda: [each for each in served.answers(asked) if can_press(each)][1:])[0]
    assert "orders" not in said(second)


def test_whoever_presses_without_end_leaves_the_edits_to_others(served):
    answer = ask_directly(served)
    before = len(served.calls("chat.update"))
    with served.pardoned():
        for number in range(60):
            choose(served.person("UEN"), answer, actions.LANGUAGE, ("ja", "es")[number % 2])
        ask_directly(served)  # in order with what was pressed there
    assert len(served.calls("chat.update")) - before < 30


class Keeping:
    """An inbox that keeps whatever it is given."""

    def __init__(self):
        self.items = []

    def accept(self, item):
        self.items.append(item)
        return True


@pytest.mark.parametrize("files", [0, 4_000])
def test_what_is_too_long_for_the_inbox_is_taken_without_its_middle(files, tmp_path):
    inbox, seal, chance = Keeping(), Seal("a secret"), random.Random(7)
    store = SqliteStore(tmp_path / "kintsugi.db")
    paste = "the request" + "".join(chr(chance.randrange(0x4E00, 0x9FFF)) for _ in range(300_000)) + "the error"
    attached = tuple(AttachedFile(f"F{number}", chance.randbytes(100).hex()) for number in range(files))
    asked = Asked("U1", paste, Thread("C1", "1.1"), Way.MENTION, ("message", "C1", "1.1"), "C1", files=attached)
    Intake(inbox, seal, Threads(store, 60)).take(asked)
    store.close()
    (item,) = inbox.items
    assert len(item.body) <= LONGEST_BODY
    kept = read(seal.open(item.body))
    if not files:
        assert kept.pasted.startswith("the request")
        assert kept.pasted.endswith("the error")


def test_what_a_newer_release_notes_beside_a_message_does_not_keep_this_one_from_it():
    posted = {"channel": "C1", "ts": "1.2", "thread": "1.1", "colour": "blue"}
    assert Note.read(json.dumps({"posted": posted, "mood": "good"})) == Note(Posted("C1", "1.2", "1.1"))
