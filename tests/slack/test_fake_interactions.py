"""People use commands, shortcuts, buttons, menus and forms in the fake as they do in Slack."""

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.webhook import WebhookClient

from tests.slack.fake import FakeSlack
from tests.slack.listening import Listener, connected, serving, web
from tests.slack.test_blockkit import actions, button, field, menu, message, modal, option, plain, section
from tests.slack.test_fake import BYE, HELLO, PEOPLE, Clock, refusal

ASKS = message(section("Which one?"), actions(button("go", value="7"), menu(option("a"), option("b"))))
EPHEMERAL = {"response_type": "ephemeral", "replace_original": False}


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def slack(clock):
    with FakeSlack(PEOPLE, events=(), clock=clock, trigger_seconds=3) as slack:
        yield slack


@pytest.fixture
def listener():
    return Listener()


@pytest.fixture(autouse=True)
def heard(slack, listener, request):
    """What a bot hears: by HTTP, or by the transport that a test names."""
    with getattr(request, "param", serving)(slack, listener):
        yield listener.heard


by_either = pytest.mark.parametrize("heard", [connected, serving], indirect=True)


@pytest.fixture
def ja(slack):
    return slack.person("UJA")


@pytest.fixture
def posted(slack):
    web(slack).chat_postMessage(channel="C1", **ASKS)
    return slack.channel("C1")[-1]


@pytest.fixture
def opened(slack, ja, heard):
    """A form that is open for UJA."""
    ja.global_shortcut("diagnose")
    form = modal(field(max_length=20), callback_id="diagnose", notify_on_close=True)
    web(slack).views_open(trigger_id=heard[-1]["trigger_id"], view=form)
    return slack.modal("UJA")[-1]


def respond(heard, **said):
    return WebhookClient(heard[-1]["response_url"]).send_dict(said)


@by_either
def test_a_command_and_what_its_acknowledgement_shows(slack, ja, listener, heard):
    listener.answers["command"] = EPHEMERAL | HELLO
    shown = ja.command("GET /orders & more")
    assert (shown.text, shown.ephemeral_to) == ("Hello", "UJA")
    assert slack.ephemerals("UJA") == [shown]
    told = heard[-1]
    assert (told["command"], told["text"], told["user_id"]) == ("/diagnose", "GET /orders &amp; more", "UJA")
    assert (told["channel_id"], told["channel_name"]) == ("C1", "on-call")
    assert respond(heard, response_type="in_channel", **BYE).status_code == 200
    assert [each.text for each in slack.channel("C1")] == ["Bye"]
    assert slack.complaints == []


def test_an_acknowledgement_that_says_too_little_is_complained_of(slack, ja, listener):
    listener.answers["command"] = HELLO
    assert ja.command("help") is None
    listener.answers["command"] = {"response_type": "ephemeral", "text": "without blocks"}
    assert ja.command("help") is None
    assert len(slack.complaints) == 2


def test_a_response_url_is_good_for_five_messages(slack, ja, heard):
    ja.command("help")
    assert [respond(heard, **EPHEMERAL, **HELLO).status_code for _ in range(6)] == [200] * 5 + [404]
    assert len(slack.ephemerals("UJA")) == 5
    assert slack.complaints == ["a response_url is used more than 5 times"]


def test_a_response_url_is_good_for_half_an_hour(slack, ja, heard, clock):
    ja.command("help")
    clock.now += 30 * 60 + 1
    assert respond(heard, **EPHEMERAL, **HELLO).status_code == 404
    assert slack.ephemerals("UJA") == []
    assert slack.complaints == []


def test_a_response_url_can_be_out_of_order(slack, ja, heard):
    ja.command("help")
    slack.fail("response_url", "broken", status=500)
    assert respond(heard, **EPHEMERAL, **HELLO).status_code == 500
    assert respond(heard, **EPHEMERAL, **HELLO).status_code == 200


@by_either
def test_a_button_of_a_message(slack, ja, heard, posted):
    ja.press(posted, "go")
    told = heard[-1]
    assert (told["type"], told["user"]["id"], told["channel"]["id"]) == ("block_actions", "UJA", "C1")
    assert told["container"] == {
        "type": "message", "message_ts": posted.ts, "channel_id": "C1", "is_ephemeral": False
    }  # fmt: skip
    action = told["actions"][0]
    assert (action["action_id"], action["value"], action["type"]) == ("go", "7", "button")
    assert action["block_id"] == posted.blocks[1]["block_id"]
    assert told["message"]["blocks"] == posted.blocks
    assert respond(heard, replace_original=True, **BYE).status_code == 200
    assert (posted.text, posted.edits) == ("Bye", 1)
    with pytest.raises(AssertionError, match="'go' is not there"):
        ja.press(posted, "go")
    assert slack.complaints == []


def test_what_is_chosen_stays_chosen(slack, ja, heard, posted):
    ja.choose(posted, "pick", "b")
    assert heard[-1]["actions"][0]["selected_option"]["value"] == "b"
    ja.press(posted, "go")
    state = heard[-1]["state"]["values"][posted.blocks[1]["block_id"]]
    assert state["pick"]["selected_option"]["value"] == "b"
    with pytest.raises(AssertionError, match="offers"):
        ja.choose(posted, "pick", "c")


def test_what_only_one_sees_is_theirs_and_can_be_replaced_or_taken_away(slack, ja, heard):
    web(slack).chat_postEphemeral(channel="C1", user="UJA", **ASKS)
    shown = slack.ephemerals("UJA")[0]
    with pytest.raises(AssertionError, match="UFAR does not see this"):
        slack.person("UFAR").press(shown, "go")
    ja.press(shown, "go")
    assert heard[-1]["container"]["is_ephemeral"]
    assert "message" not in heard[-1]
    respond(heard, replace_original=True, **HELLO)
    assert slack.ephemerals("UJA")[0].shown == "Hi"
    respond(heard, delete_original=True)
    assert slack.ephemerals("UJA") == []
    assert slack.complaints == []


def test_an_answer_to_a_click_may_go_into_a_thread_and_has_to_say_that_the_original_stays(slack, ja, heard, posted):
    ja.press(posted, "go")
    respond(heard, response_type="in_channel", replace_original=False, thread_ts=posted.ts, **HELLO)
    assert [each.text for each in slack.thread("C1", posted)] == ["Said", "Hello"]
    assert slack.complaints == []
    assert respond(heard, response_type="in_channel", **HELLO).status_code == 400
    assert slack.complaints == ["response_url: does not say that the original stays"]


def test_a_shortcut_on_a_message_comes_with_the_message(slack, ja, heard):
    alert = slack.bot_posts("C1", attachments=[{"text": "Alarm"}])
    ja.shortcut(alert, "diagnose_message")
    told = heard[-1]
    assert (told["type"], told["callback_id"], told["message_ts"]) == ("message_action", "diagnose_message", alert.ts)
    assert told["message"]["attachments"] == [{"text": "Alarm"}]
    assert respond(heard, response_type="ephemeral", **HELLO).status_code == 200


def test_a_trigger_is_good_for_one_view_and_three_seconds(slack, ja, heard, clock):
    view = modal(section())
    ja.global_shortcut("diagnose")
    trigger = heard[-1]["trigger_id"]
    web(slack).views_open(trigger_id=trigger, view=view)
    assert refusal(web(slack).views_open, trigger_id=trigger, view=view) == "exchanged_trigger_id"
    assert len(slack.complaints) == 1
    ja.global_shortcut("diagnose")
    clock.now += 3.1
    assert refusal(web(slack).views_open, trigger_id=heard[-1]["trigger_id"], view=view) == "expired_trigger_id"
    assert len(slack.complaints) == 1


def test_a_form_that_is_sent(slack, ja, heard, opened):
    assert ja.submit(opened, {"pasted": "GET /orders"}) == {}
    told = heard[-1]
    assert (told["type"], told["view"]["callback_id"]) == ("view_submission", "diagnose")
    assert told["view"]["state"]["values"]["paste"]["pasted"] == {"type": "plain_text_input", "value": "GET /orders"}
    assert slack.modal("UJA") == []
    with pytest.raises(AssertionError, match="does not see"):
        ja.submit(opened, {"pasted": "again"})


@pytest.mark.parametrize(
    ("values", "complaint"), [({}, "filled in"), ({"pasted": "x" * 21}, "0 to 20"), ({"other": "x"}, "no input")]
)
def test_a_form_that_cannot_be_sent(ja, opened, values, complaint):
    with pytest.raises(AssertionError, match=complaint):
        ja.submit(opened, values)


def test_a_form_is_sent_as_it_was_filled_in_at_first_and_since(slack, ja, heard):
    boxes = {"type": "checkboxes", "action_id": "boxes", "options": [option("a"), option("b"), option("c")]}
    boxes["initial_options"] = [option("a")]
    form = modal(
        {"type": "input", "block_id": "many", "label": plain("Which"), "optional": True, "element": boxes},
        {"type": "input", "block_id": "one", "label": plain("One"), "element": menu(option("x"), option("y"))},
        field(initial_value="as it was") | {"optional": True},
    )
    ja.global_shortcut("diagnose")
    web(slack).views_open(trigger_id=heard[-1]["trigger_id"], view=form)
    view = slack.modal("UJA")[-1]
    with pytest.raises(AssertionError, match="pick has to be filled in"):
        ja.submit(view)
    ja.submit(view, {"pick": "y", "boxes": ["b", "c"]})
    values = heard[-1]["view"]["state"]["values"]
    assert [each["value"] for each in values["many"]["boxes"]["selected_options"]] == ["b", "c"]
    assert values["one"]["pick"]["selected_option"] == option("y")
    assert values["paste"]["pasted"]["value"] == "as it was"


@by_either
def test_what_the_acknowledgement_of_a_form_can_do(slack, ja, listener, opened):
    listener.answers["view_submission"] = {"response_action": "errors", "errors": {"paste": "Not an error"}}
    assert ja.submit(opened, {"pasted": "hm"})["errors"] == {"paste": "Not an error"}
    assert slack.modal("UJA") == [opened]
    listener.answers["view_submission"] = {"response_action": "push", "view": modal(section("Second"), field())}
    ja.submit(opened)
    assert [view.shown.splitlines()[1] for view in slack.modal("UJA")] == ["Error", "Second"]
    listener.answers["view_submission"] = {"response_action": "update", "view": modal(section("Third"))}
    ja.submit(slack.modal("UJA")[-1], {"pasted": "more"})
    assert slack.modal("UJA")[-1].shown == "Diagnose\nThird"
    listener.answers["view_submission"] = {"response_action": "clear"}
    ja.submit(slack.modal("UJA")[-1])
    assert slack.modal("UJA") == []
    assert slack.complaints == []


@pytest.mark.parametrize(
    "answer",
    [
        {"response_action": "errors", "errors": {"elsewhere": "No"}},
        {"response_action": "shut"},
        {"response_action": "update", "view": {"type": "modal", "title": plain("x" * 25), "blocks": [section()]}},
        {"text": "thanks"},
    ],
)
def test_what_it_cannot_do(slack, ja, listener, opened, answer):
    listener.answers["view_submission"] = answer
    ja.submit(opened, {"pasted": "hm"})
    assert len(slack.complaints) == 1


def test_a_form_that_is_closed_is_told_if_it_says_so(slack, ja, heard, opened):
    ja.close(opened)
    assert heard[-1]["type"] == "view_closed"
    assert slack.modal("UJA") == []


def test_views_are_changed_and_stacked(slack, ja, heard, opened):
    web(slack).views_update(view_id=opened.id, hash=opened.hash, view=modal(actions(button()), section("New")))
    ja.press(opened, "go")
    assert heard[-1]["container"] == {"type": "view", "view_id": opened.id}
    assert "response_url" not in heard[-1]
    web(slack).views_push(trigger_id=heard[-1]["trigger_id"], view=modal(section("Above")))
    above = slack.modal("UJA")[-1]
    assert (above.previous, above.root) == (opened.id, opened.id)
    with pytest.raises(AssertionError, match="does not see"):
        ja.press(opened, "go")
    assert refusal(web(slack).views_update, view_id=opened.id, hash="old", view=modal(section())) == "hash_conflict"
    assert slack.complaints == []


def test_the_home_tab(slack, ja, heard):
    home = {"type": "home", "blocks": [section("Yours"), actions(button())]}
    published = web(slack).views_publish(user_id="UJA", view=home)["view"]
    assert slack.home("UJA").shown.startswith("Yours")
    assert slack.home("UFAR") is None
    ja.press(slack.home("UJA"), "go")
    assert heard[-1]["view"]["type"] == "home"
    web(slack).views_publish(user_id="UJA", view=home, hash=published["hash"])
    with pytest.raises(SlackApiError, match="hash_conflict"):
        web(slack).views_publish(user_id="UJA", view=home, hash=published["hash"])
