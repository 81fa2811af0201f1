"""The fake of Slack answers the Web API as Slack does, and keeps what a person would see."""

import urllib.error
import urllib.request
from http.client import HTTPException

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.webhook import WebhookClient

from tests.slack.fake import APP_TOKEN, BOT_TOKEN, BOT_USER, SCOPES, FakeSlack
from tests.slack.fake.faults import KINDS
from tests.slack.listening import web

HELLO = {"text": "Hello", "blocks": [{"type": "section", "text": {"type": "plain_text", "text": "Hi", "emoji": False}}]}
BYE = {"text": "Bye", "blocks": [{"type": "divider"}]}
PEOPLE = {"UJA": {"locale": "ja-JP", "tz": "Asia/Tokyo"}, "UFAR": {"team_id": "T9", "is_stranger": True}}


class Clock:
    def __init__(self):
        self.now = 1_700_000_000.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def slack(clock):
    """Nobody listens to this one: what happens in it is told to nobody."""
    with FakeSlack(PEOPLE, events=(), clock=clock) as slack:
        yield slack


@pytest.fixture
def client(slack):
    return web(slack)


@pytest.fixture
def asked(slack):
    return slack.person("UJA").write("C1", "GET /orders")


def refusal(call, **arguments):
    with pytest.raises(SlackApiError) as refused:
        call(**arguments)
    return refused.value.response["error"]


def test_a_message_stands_in_its_thread_as_it_was_edited(slack, client, asked):
    posted = client.chat_postMessage(channel="C1", thread_ts=asked.ts, unfurl_links=False, **HELLO)
    assert [each.text for each in slack.thread("C1", asked)] == ["GET /orders", "Hello"]
    assert [each.text for each in slack.channel("C1")] == ["GET /orders"]
    client.chat_update(channel="C1", ts=posted["ts"], **BYE)
    answer = slack.answers(asked)[0]
    assert (answer.text, answer.edits, answer.blocks[0]["type"]) == ("Bye", 1, "divider")
    client.chat_delete(channel="C1", ts=posted["ts"])
    assert slack.answers(asked) == []
    assert slack.complaints == []


@pytest.mark.parametrize(
    ("method", "arguments", "error"),
    [
        ("chat.postMessage", {"channel": "C1", "text": "no blocks"}, "invalid_blocks"),
        ("chat.postMessage", {"channel": "C1", "text": "<!here>", "blocks": BYE["blocks"]}, "invalid_blocks"),
        ("chat.postMessage", {"channel": "C1", "blocks": BYE["blocks"]}, "invalid_arguments"),
        ("chat.postMessage", {"channel": "C1", "as_user": True, **BYE}, "invalid_arguments"),
        ("chat.postMessage", {"channel": "C1", "parse": "half", **BYE}, "invalid_arguments"),
        ("chat.postMessage", {"channel": "C1", "thread_ts": "1.0", **BYE}, "thread_not_found"),
        ("chat.postMessage", {"channel": "C1", "metadata": {"event_type": "a b"}, **BYE}, "invalid_blocks"),
        ("chat.update", {"channel": "C1", "ts": "1.0", "unfurl_links": False, **BYE}, "invalid_arguments"),
        ("users.info", {"user": "UJA", "include_locale": "maybe"}, "invalid_arguments"),
        ("users.list", {}, "unknown_method"),
        ("views.open", {"trigger_id": "1.2.x", "view": {"type": "home", "blocks": BYE["blocks"]}}, "invalid_arguments"),
        ("apps.connections.open", {}, "not_allowed_token_type"),
    ],
)
def test_what_slack_takes_amiss_is_complained_of(slack, client, method, arguments, error):
    assert refusal(client.api_call, api_method=method, json=arguments) == error
    assert len(slack.complaints) == 1
    assert slack.complaints[0].startswith(method)


def test_what_may_befall_a_good_bot_is_no_complaint(slack, client, asked):
    slack.add_channel("C2", "elsewhere", has_bot=False)
    slack.add_channel("G1", "secret", "group", has_bot=False)
    assert refusal(client.chat_postMessage, channel="C2", **BYE) == "not_in_channel"
    assert refusal(client.chat_postMessage, channel="G1", **BYE) == "channel_not_found"
    assert refusal(client.chat_postMessage, channel="C9", **BYE) == "channel_not_found"
    assert refusal(client.chat_update, channel="C1", ts="1.0", **BYE) == "message_not_found"
    assert refusal(client.users_info, user="UNOBODY") == "user_not_found"
    assert refusal(web(slack, "xoxb-other").auth_test) == "invalid_auth"
    assert slack.complaints == []


def test_only_its_own_messages_can_be_changed_and_only_by_them_that_see_them(slack, client, asked):
    assert refusal(client.chat_update, channel="C1", ts=asked.ts, **BYE) == "cant_update_message"
    shown = client.chat_postEphemeral(channel="C1", user="UJA", **HELLO)
    assert [each.text for each in slack.ephemerals("UJA")] == ["Hello"]
    assert slack.ephemerals("UFAR") == []
    assert refusal(client.chat_update, channel="C1", ts=shown["message_ts"], **BYE) == "message_not_found"


def test_an_answer_is_answered_in_the_thread_that_it_is_in(slack, client, asked):
    answer = client.chat_postMessage(channel="C1", thread_ts=asked.ts, **HELLO)
    assert refusal(client.chat_postMessage, channel="C1", thread_ts=answer["ts"], **BYE) == "invalid_thread_ts"


def test_scopes_are_asked_for():
    with FakeSlack(PEOPLE, events=(), scopes=SCOPES - {"files:write", "channels:history", "users:read"}) as slack:
        asked = slack.person("UJA").write("C1", "GET /orders")
        client = web(slack)
        assert refusal(client.files_getUploadURLExternal, filename="a", length=1) == "missing_scope"
        assert refusal(client.conversations_replies, channel="C1", ts=asked.ts) == "missing_scope"
        assert refusal(client.users_info, user="UJA") == "missing_scope"
        question = slack.person("UJA").write(slack.person("UJA").dm, "help")
        assert client.conversations_replies(channel=question.channel, ts=question.ts)["messages"][0]["text"] == "help"
        assert slack.complaints == []


def test_somebodys_language_comes_if_it_is_asked_for(slack, client):
    known = client.users_info(user="UJA", include_locale=True)["user"]
    assert (known["locale"], known["tz"], known["team_id"], known["is_bot"]) == ("ja-JP", "Asia/Tokyo", "T1", False)
    assert "locale" not in client.users_info(user="UJA")["user"]
    assert client.users_info(user="UFAR")["user"]["is_stranger"] is True


def test_a_message_to_somebody_opens_the_conversation_with_them(slack, client):
    posted = client.chat_postMessage(channel="UJA", **HELLO)
    assert posted["channel"] == slack.person("UJA").dm
    assert [each.text for each in slack.channel(posted["channel"])] == ["Hello"]


def test_a_thread_is_read_in_pages_its_beginning_first(slack, client, asked):
    for n in range(5):
        slack.person("UFAR").write("C1", f"answer {n}", thread=asked)
    page = client.conversations_replies(channel="C1", ts=asked.ts, limit=3)
    assert [each["text"] for each in page["messages"]] == ["GET /orders", "answer 0", "answer 1", "answer 2"]
    assert (page["has_more"], page["messages"][0]["reply_count"]) == (True, 5)
    cursor = page["response_metadata"]["next_cursor"]
    rest = client.conversations_replies(channel="C1", ts=asked.ts, limit=3, cursor=cursor)
    assert [each["text"] for each in rest["messages"]][1:] == ["answer 3", "answer 4"]
    last = slack.thread("C1", asked)[-1].ts
    after = client.conversations_replies(channel="C1", ts=asked.ts, oldest=last)["messages"][1:]
    with_last = client.conversations_replies(channel="C1", ts=asked.ts, oldest=last, inclusive=True)["messages"][1:]
    assert ([each["text"] for each in after], [each["text"] for each in with_last]) == ([], ["answer 4"])


def test_metadata_is_given_back_to_whoever_asks(slack, client, asked):
    metadata = {"event_type": "job", "event_payload": {"id": "7"}}
    client.chat_postMessage(channel="C1", thread_ts=asked.ts, metadata=metadata, **HELLO)
    plain = client.conversations_replies(channel="C1", ts=asked.ts)
    asked_for = client.conversations_replies(channel="C1", ts=asked.ts, include_all_metadata=True)
    assert "metadata" not in plain["messages"][1]
    assert asked_for["messages"][1]["metadata"] == metadata


def test_a_message_has_an_address(slack, client, asked):
    answer = client.chat_postMessage(channel="C1", thread_ts=asked.ts, **HELLO)
    link = client.chat_getPermalink(channel="C1", message_ts=answer["ts"])["permalink"]
    assert link.endswith(f"/archives/C1/p{answer['ts'].replace('.', '')}?thread_ts={asked.ts}&cid=C1")


def test_a_status_is_shown_until_the_answer_comes(slack, client, asked):
    client.assistant_threads_setStatus(channel_id="C1", thread_ts=asked.ts, status="is looking")
    assert [each["is_shown"] for each in slack.statuses] == [True]
    client.chat_postMessage(channel="C1", thread_ts=asked.ts, **HELLO)
    assert [(each["status"], each["is_shown"]) for each in slack.statuses] == [("is looking", False)]


def test_files_are_uploaded_together_and_shared_in_one_message(slack, client, asked):
    client.files_upload_v2(
        file_uploads=[
            {"filename": "fix.sh", "title": "The fix", "content": "aws lambda", "snippet_type": "shell"},
            {"filename": "fix.yaml", "content": "Resources: é"},
        ],
        channel="C1",
        thread_ts=asked.ts,
        initial_comment="Here",
    )
    shared = slack.answers(asked)[0]
    assert shared.text == "Here"
    assert [(file.name, file.title, file.text) for file in shared.files] == [
        ("fix.sh", "The fix", "aws lambda"),
        ("fix.yaml", "fix.yaml", "Resources: é"),
    ]
    assert slack.uploads == shared.files
    assert slack.complaints == []


def test_an_upload_of_another_length_than_announced_is_refused(slack, client):
    place = client.files_getUploadURLExternal(filename="a.txt", length=3)
    with pytest.raises(urllib.error.HTTPError, match="400"):
        urllib.request.urlopen(urllib.request.Request(place["upload_url"], b"long", method="POST"))
    assert refusal(client.files_completeUploadExternal, files=[{"id": place["file_id"]}]) == "file_not_found"
    assert len(slack.complaints) == 2


@pytest.mark.parametrize(("token", "kind"), [(BOT_TOKEN, "text/plain"), (APP_TOKEN, "text/html"), ("", "text/html")])
def test_files_are_behind_a_token_and_otherwise_a_page_to_sign_in(slack, client, token, kind):
    file = slack.add_file("Execution failed", "error.log", is_checked=True)
    asked = slack.person("UJA").write("C1", "", files=[file])
    assert asked.as_json()["files"][0]["file_access"] == "check_file_info"
    known = client.files_info(file=file.id)["file"]
    assert (known["size"], known["preview"], known["mode"]) == (16, "Execution failed", "snippet")
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    with urllib.request.urlopen(urllib.request.Request(known["url_private_download"], headers=headers)) as answer:
        assert answer.status == 200
        assert answer.headers["Content-Type"].startswith(kind)
        assert (answer.read() == b"Execution failed") == (kind == "text/plain")


def test_troubles_come_as_ordered(slack, client, asked):
    slack.fail("chat.postMessage", "ratelimited", retry_after=7)
    slack.fail("chat.postMessage", "internal", status=500)
    slack.fail("chat.postMessage", "is_archived")
    slack.fail("chat.postMessage", "reset", done=True)
    with pytest.raises(SlackApiError) as limited:
        client.chat_postMessage(channel="C1", **HELLO)
    assert (limited.value.response.status_code, limited.value.response.headers["Retry-After"]) == (429, "7")
    with pytest.raises(SlackApiError) as broken:
        client.chat_postMessage(channel="C1", **HELLO)
    assert broken.value.response.status_code == 500
    assert refusal(client.chat_postMessage, channel="C1", **HELLO) == "is_archived"
    assert slack.channel("C1") == [asked]
    with pytest.raises(OSError, match=r"(?i)remote end|reset"):
        client.chat_postMessage(channel="C1", **HELLO)
    assert [each.user for each in slack.channel("C1")] == ["UJA", BOT_USER]
    client.chat_postMessage(channel="C1", **BYE)
    assert len(slack.calls("chat.postMessage")) == 5


def test_a_trouble_comes_with_the_call_that_it_is_ordered_for(slack, client):
    client.auth_test()
    slack.fail("auth.test", "fatal_error", nth=4)
    slack.fail("auth.test", "internal_error", nth=2)
    said = []
    for _ in range(5):
        try:
            said.append(client.auth_test()["ok"])
        except SlackApiError as error:
            said.append(error.response["error"])
    assert said == [True, "internal_error", True, "fatal_error", True]


def test_troubles_at_random_are_of_every_kind_and_the_same_for_the_same_seed(slack, client):
    def outcomes(seed):
        slack.fail_at_random(0.2, seed, {"auth.test"})
        for _ in range(100):
            client.users_info(user="UJA")
            try:
                yield client.auth_test()["ok"]
            except (SlackApiError, OSError, HTTPException):
                yield False

    first = list(outcomes(1))
    assert first == list(outcomes(1))
    assert 10 <= first.count(False) <= 30
    assert set(slack.faults.happened) == set(KINDS)
    slack.fail_at_random(0)
    assert all(client.auth_test()["ok"] for _ in range(20))


def test_who_calls_too_often_is_told_how_long_to_wait(clock):
    with FakeSlack(PEOPLE, events=(), clock=clock, has_limits=True) as slack:
        client = web(slack)
        slack.add_channel("C2", "elsewhere")
        posted = [client.chat_postMessage(channel="C1", **HELLO) for _ in range(5)]
        assert refusal(client.chat_postMessage, channel="C1", **HELLO) == "ratelimited"
        client.chat_postMessage(channel="C2", **HELLO)
        for _ in range(50):
            client.chat_update(channel="C1", ts=posted[0]["ts"], **BYE)
        clock.now += 20
        with pytest.raises(SlackApiError) as limited:
            client.chat_update(channel="C1", ts=posted[0]["ts"], **BYE)
        assert limited.value.response.headers["Retry-After"] == "40"
        client.chat_postMessage(channel="C1", **HELLO)
        clock.now += 40
        client.chat_update(channel="C1", ts=posted[0]["ts"], **BYE)
        assert slack.complaints == []


def test_what_one_person_alone_sees_takes_no_metadata(slack, client):
    metadata = {"event_type": "job", "event_payload": {"id": "7"}}
    assert refusal(client.chat_postEphemeral, channel="C1", user="UJA", metadata=metadata, **HELLO) == (
        "invalid_arguments"
    )
    assert len(slack.complaints) == 1


def test_what_is_no_json_is_refused(slack):
    for content, error in ((b"{", b"invalid_json"), (b"[]", b"json_not_object")):
        headers = {"Authorization": f"Bearer {BOT_TOKEN}", "Content-Type": "application/json"}
        with urllib.request.urlopen(urllib.request.Request(f"{slack.url}auth.test", content, headers)) as answer:
            assert error in answer.read()
    assert len(slack.complaints) == 2


def test_an_address_that_slack_never_gave_out_is_not_found(slack):
    assert WebhookClient(slack.url.replace("/api/", "/response/1/2")).send_dict(BYE).status_code == 404
    assert WebhookClient(slack.url.replace("/api/", "/elsewhere")).send_dict(BYE).status_code == 404
    assert len(slack.complaints) == 2


def test_waiting_in_vain_says_what_happened_instead(slack, client, asked):
    client.chat_postMessage(channel="C1", **HELLO)
    with pytest.raises(AssertionError, match=r"did not come in 0 s.*chat\.postMessage"):
        slack.wait_for(lambda: slack.answers(asked), 0)
