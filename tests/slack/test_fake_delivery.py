"""The fake tells the bot what happens as Slack does: by Socket Mode and by HTTP, in time, and again if it has to."""

import threading

import pytest

from tests.slack.fake import BOT_USER, EVENTS, FakeSlack
from tests.slack.fake.typed import typed
from tests.slack.listening import Listener, connected, serving, web
from tests.slack.test_fake import BYE, HELLO, PEOPLE

WITHOUT_MESSAGES = {"app_mention", "message.im", "app_home_opened"}


@pytest.fixture
def listener():
    return Listener()


@pytest.fixture
def slack():
    with FakeSlack(PEOPLE, acknowledge_seconds=0.3) as slack:
        yield slack
    assert slack.complaints == []


@pytest.fixture(params=[connected, serving])
def heard(slack, listener, request):
    """What a bot hears, by either transport."""
    with request.param(slack, listener):
        yield listener.heard


def test_a_mention_is_told_twice_and_an_answer_echoes(slack, heard):
    asked = slack.person("UJA").mention("C1", "GET /orders & more")
    mention, message = (payload["event"] for payload in heard)
    assert (mention["type"], message["type"], message["channel_type"]) == ("app_mention", "message", "channel")
    assert mention["ts"] == message["ts"] == mention["event_ts"] == asked.ts
    assert heard[0]["event_id"] != heard[1]["event_id"]
    assert mention["text"] == f"<@{BOT_USER}> GET /orders &amp; more"
    assert mention["blocks"][0]["elements"][0]["elements"] == [
        {"type": "user", "user_id": BOT_USER},
        {"type": "text", "text": " GET /orders & more"},
    ]
    posted = web(slack).chat_postMessage(channel="C1", thread_ts=asked.ts, **HELLO)
    web(slack).chat_update(channel="C1", ts=posted["ts"], **BYE)
    slack.wait_for(lambda: len(slack.attempts) == 4)
    own, changed = (payload["event"] for payload in heard[2:])
    assert (own["user"], own["thread_ts"], own["parent_user_id"]) == (BOT_USER, asked.ts, "UJA")
    assert (changed["subtype"], changed["message"]["text"]) == ("message_changed", "Bye")
    assert changed["previous_message"]["text"] == "Hello"


def test_what_is_told_of_people_who_do_things(slack, heard):
    person = slack.person("UJA")
    asked = person.write(person.dm, "help")
    person.edit(asked, "help!")
    slack.add_channel("C2", "elsewhere", has_bot=False)
    person.write("C2", "nobody listens")
    person.mention("C2", "nor here")
    slack.invite_bot("C2", "UJA")
    person.join("C1")
    person.opens_home()
    slack.change_person("UJA", locale="es-ES")
    slack.bot_posts("C1", attachments=[{"text": "Alarm", "fallback": "Alarm"}], subtype="bot_message")
    events = [payload["event"] for payload in heard]
    assert [(each["type"], each.get("subtype")) for each in events] == [
        ("message", None), ("message", "message_changed"), ("member_joined_channel", None),
        ("member_joined_channel", None), ("app_home_opened", None), ("user_change", None), ("message", "bot_message"),
    ]  # fmt: skip
    assert (events[0]["channel_type"], events[0]["channel"]) == ("im", person.dm)
    assert (events[2]["user"], events[2]["channel"], events[2]["inviter"]) == (BOT_USER, "C2", "UJA")
    assert events[4]["tab"] == "home"
    assert events[5]["user"]["locale"] == "es-ES"
    assert (events[6]["text"], events[6]["bot_id"], "user" in events[6]) == ("", "BALERT", False)


def test_files_come_whole_with_a_message_and_as_ids_with_a_mention(slack, heard):
    file = slack.add_file("Execution failed", "error.log")
    slack.person("UJA").mention("C1", "look", files=[file])
    mention, message = (payload["event"] for payload in heard)
    assert mention["files"] == [{"id": file.id}]
    assert "subtype" not in mention
    assert (message["subtype"], message["files"][0]["url_private"]) == ("file_share", file.url)


def test_somebody_of_another_company_is_told_as_such(slack, heard):
    slack.person("UFAR").mention("C1", "GET /orders", message_first=True)
    assert [payload["event"]["type"] for payload in heard] == ["message", "app_mention"]
    assert all(payload["is_ext_shared_channel"] for payload in heard)
    assert heard[0]["event"]["user_team"] == "T9"


def test_what_is_sent_again_is_the_same(slack, listener, heard):
    slack.person("UJA").write("C1", "once")
    assert slack.repeat(slack.attempts[0])
    assert heard[0] == heard[1]


def test_a_message_changes_though_nobody_edits_it(slack, heard):
    asked = slack.person("UJA").write("C1", "https://a.example/x", attachments=[{"is_share": True, "text": "Alarm"}])
    slack.unfurl(asked, {"from_url": "https://a.example/x", "title": "X"})
    first, changed = (payload["event"] for payload in heard)
    assert first["attachments"] == [{"is_share": True, "text": "Alarm"}]
    assert (changed["subtype"], len(changed["message"]["attachments"])) == ("message_changed", 2)
    assert "edited" not in changed["message"]
    assert changed["message"]["text"] == changed["previous_message"]["text"]


def test_only_what_is_subscribed_to_is_told(listener):
    with FakeSlack(PEOPLE, events=WITHOUT_MESSAGES) as slack, connected(slack, listener):
        slack.person("UJA").mention("C1", "GET /orders")
        slack.person("UJA").write("C1", "aside")
        assert listener.types() == ["app_mention"]
    with FakeSlack(PEOPLE, events=EVENTS, scopes={"app_mentions:read"}) as slack, connected(slack, listener):
        slack.person("UJA").mention("C1", "GET /orders")
        assert listener.types() == ["app_mention"] * 2


def test_an_envelope_that_is_not_acknowledged_comes_again_on_another_connection(slack, listener):
    other = Listener()
    with connected(slack, listener), connected(slack, other):
        listener.silent = other.silent = 1
        with slack.pardoned() as complaints:
            slack.person("UJA").write("C1", "once")
        assert complaints == ["message was not acknowledged: timeout"] * 2
        assert {len(listener.heard), len(other.heard)} == {1, 2}
        assert len({payload["event_id"] for payload in listener.heard + other.heard}) == 1
        assert sorted(listener.headers + other.headers) == [(0, ""), (1, "timeout"), (2, "timeout")]


def test_a_connection_is_renewed_when_slack_asks(slack, listener):
    with connected(slack, listener):
        first = slack.socket.connections[0]
        slack.socket.disconnect("refresh_requested")
        slack.wait_for(lambda: slack.socket.connections and slack.socket.connections[0] is not first)
        slack.person("UJA").write("C1", "still there?")
        assert listener.types() == ["message"]


def test_after_a_warning_there_are_two_connections_and_either_hears(slack, listener):
    with connected(slack, listener):
        slack.socket.disconnect("warning")
        slack.wait_until_connected(2)
        for _ in range(4):
            slack.person("UJA").write("C1", "still there?")
        assert listener.types() == ["message"] * 4


def test_a_connection_that_breaks_loses_nothing(slack, listener):
    other = Listener()
    with connected(slack, listener), connected(slack, other):
        slack.socket.drop()
        slack.wait_until_connected()
        slack.person("UJA").write("C1", "still there?")
        assert len(listener.heard + other.heard) == 1


def test_nobody_there(slack):
    with slack.pardoned() as complaints:
        slack.person("UJA").write("C1", "hello?")
    assert complaints == ["message was not acknowledged: nobody is connected"] * 4


def test_an_event_is_repeated_by_http_until_it_is_taken(slack, listener):
    listener.statuses = [500, 404]
    with serving(slack, listener), slack.pardoned() as complaints:
        slack.person("UJA").write("C1", "once")
    assert complaints == ["message was not acknowledged: http_error"] * 2
    assert [each.get("X-Slack-Retry-Num") for each in listener.headers] == [None, "1", "2"]
    assert listener.headers[1]["X-Slack-Retry-Reason"] == "http_error"


def test_no_retry_means_none(slack, listener):
    listener.statuses = [503]
    with serving(slack, listener), slack.pardoned():
        slack.person("UJA").write("C1", "once")
    assert len(listener.heard) == 1


def test_an_answer_that_comes_late_is_none(slack, listener):
    listener.silent = 1
    with serving(slack, listener), slack.pardoned() as complaints:
        slack.person("UJA").write("C1", "once")
        assert complaints == []
    assert complaints == ["message was not acknowledged: http_timeout"]
    assert listener.headers[1]["X-Slack-Retry-Reason"] == "http_timeout"
    assert slack.attempts[0].seconds >= 0.3


def test_a_command_is_not_repeated(slack, listener):
    listener.statuses = [500]
    with serving(slack, listener), slack.pardoned() as complaints:
        assert slack.person("UJA").command("GET /orders") is None
    assert complaints == ["slash_commands was not acknowledged: http_error"]
    assert len(listener.heard) == 1


def test_a_request_url_is_verified_and_signed_for(slack, listener):
    with serving(slack, listener) as address:
        assert address.verify()
        assert address.check_certificate()
        assert address.post("application/json", b"{}", is_signed=False)[0] == 401
        assert address.post("application/json", b"{}", address.signature(b"{}", at=1), is_signed=False)[0] == 401


def test_it_leaves_no_thread(listener):
    before = set(threading.enumerate())
    with FakeSlack(PEOPLE) as slack, connected(slack, listener):
        slack.person("UJA").write("C1", "once")
    assert set(threading.enumerate()) <= before


def test_what_is_typed_is_marked_up():
    said = typed(
        "see https://a.example/x. b.example.com <@UJA> :key: arn:aws:s3:::b `x<y`\n```\na & b\n```", ["key", "aws"]
    )
    assert said.text == (
        "see <https://a.example/x>. <http://b.example.com|b.example.com> <@UJA> :key: arn:aws:s3:::b `x&lt;y`\n"
        "```a &amp; b```"
    )
    section, fence = said.blocks[0]["elements"]
    assert [leaf["type"] for leaf in section["elements"]] == [
        "text", "link", "text", "link", "text", "user", "text", "emoji", "text", "emoji", "text", "text", "text",
    ]  # fmt: skip
    assert section["elements"][1] == {"type": "link", "url": "https://a.example/x"}
    assert fence["elements"] == [{"type": "text", "text": "a & b"}]
