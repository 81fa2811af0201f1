"""What is more than a message: the Home tab, the form to ask with, and the views behind buttons."""

from dataclasses import replace

import pytest

from bot.model import UnseenRead, UnseenReason
from bot.slack import actions
from tests.slack.engine import WRITER, a_broken, broken, finds
from tests.slack.fake import FakeSlack
from tests.slack.replies import GRANT
from tests.slack.scenes import ask, ask_by_command, can_press, label_of, opened, told
from tests.slack.serving import PATIENCE, own_words, said, serving

PEOPLE = {"en": "UEN", "ja": "UJA", "zh_TW": "UZH", "es": "UES"}
DENIED = UnseenRead("lambda:GetPolicy", "GetPolicy", GRANT["Resource"], UnseenReason.DENIED, GRANT)


@pytest.fixture(autouse=True)
def _orders_is_broken(stub):
    stub.answers = finds(broken("orders"))


def command_of(thing):
    return f"aws made-up mend --region eu-west-1 --thing {thing}"


def element(view, action):
    """What can be used in a view, by its action_id."""
    inside = (each for block in view.blocks for each in (*block.get("elements", ()), block.get("element") or {}))
    return next((each for each in inside if each.get("action_id") == action), None)


# The views behind the buttons.


@pytest.mark.parametrize(("language", "reader"), PEOPLE.items())
def test_what_was_looked_at_opens_in_the_readers_language(served, language, reader):
    answer = ask(served)
    served.person(reader).press(answer, actions.EVIDENCE)
    view = opened(served, reader)
    assert view.content["title"]["text"] == own_words("evidence_title", language)
    text = said(view)
    for each in ("lambda:GetPolicy", "apigateway:GetRestApi", "eu-west-1", "12 ms"):
        assert each in text
    assert own_words("shown_by", language, count=1, reads="1") in text
    assert text.count(own_words("outcome_found", language)) >= 2


@pytest.mark.parametrize(("language", "reader"), PEOPLE.items())
def test_further_causes_open_whole_in_the_readers_language(served, stub, language, reader):
    stub.answers = finds(broken("orders", "tokens", "stock", unseen=(DENIED,)))
    answer = ask(served)
    assert label_of(answer, actions.REST) == own_words("show_causes", count=2)
    served.person(reader).press(answer, actions.REST)
    view = opened(served, reader)
    assert view.content["title"]["text"] == own_words("causes_title", language)
    for thing in ("tokens", "stock"):
        assert command_of(thing) in said(view)
        assert f'Thing: "{thing}"' in said(view)
    assert 'Thing: "orders"' in said(view)
    assert WRITER.words("reply", language).block("rollback") in said(view)


def test_where_there_is_one_cause_the_template_is_behind_the_button(served):
    answer = ask(served)
    assert label_of(answer, actions.REST) == own_words("show_template")
    served.person("UEN").press(answer, actions.REST)
    assert 'Thing: "orders"' in said(opened(served, "UEN"))


def test_what_is_too_long_for_a_message_is_whole_behind_the_button(served, stub):
    finding = a_broken("orders", remedy={"size": 30_000})
    stub.answers = finds(broken(findings=(finding,)))
    answer = ask(served)
    assert label_of(answer, actions.REST) == own_words("show_rest")
    assert "xxx" not in said(answer)
    served.person("UES").press(answer, actions.REST)
    assert command_of("orders") + " --with " + "x" * 30_000 in said(opened(served, "UES"))
    (whole,) = served.wait_for(lambda: [file for file in served.uploads if file.name == "answer.md"])
    assert command_of("orders") + " --with " + "x" * 30_000 in whole.text


@pytest.mark.parametrize("size", [1_000, 4_000, 7_500, 8_500])
def test_whatever_the_message_leaves_out_is_behind_the_button_of_whoever_reads_it(served, stub, size):
    """A message has less room below a comparison, and in a language of more words than the reader's."""
    finding = a_broken("orders", remedy={"size": size})
    unseen = tuple(replace(DENIED, resource=f"arn:{number}") for number in range(6))
    stub.answers = finds(broken(findings=(finding,), unseen=unseen))
    answer = ask(served, "UES")
    stub.answers = finds(broken(findings=(finding, *(a_broken(f"more{number}") for number in range(4))), unseen=unseen))
    served.person("UEN").press(answer, actions.CHECK_AGAIN)
    served.wait_for(lambda: own_words("newly_wrong", "es") in said(answer) and can_press(answer))
    served.person("UZH").press(answer, actions.REST)
    both = said(answer) + said(opened(served, "UZH"))
    assert [each for each in ("x" * size, *(each.resource for each in unseen)) if each not in both] == []
    assert all(command_of(f"more{number}") in both for number in range(4))


def test_a_view_that_came_too_late_is_told(served):
    answer = ask(served)
    served.fail("views.open", "expired_trigger_id")
    served.person("UEN").press(answer, actions.EVIDENCE)
    served.wait_for(lambda: any("my fault" in said(each) for each in served.ephemerals("UEN")))


# The Home tab.


@pytest.mark.parametrize(("language", "reader"), PEOPLE.items())
def test_the_home_tab_tells_what_the_bot_can_do(served, language, reader):
    served.person(reader).opens_home()
    home = served.wait_for(lambda: served.home(reader))
    for words in ("home_intro", "home_ways", "home_example", "way_mention", "way_reply", "way_direct", "home_accounts"):
        assert own_words(words, language).replace("`", "") in said(home)
    assert "/diagnose" in said(home)
    assert "123456789012" in said(home)
    assert "210987654321" in said(home)
    languages = element(home, actions.OWN_LANGUAGE)
    assert [each["value"] for each in languages["options"]] == [actions.ANY, "en", "ja", "zh_TW", "es"]
    assert languages["initial_option"]["value"] == actions.ANY


def test_a_language_chosen_on_the_home_tab_is_that_of_answers_until_it_is_slacks_again(served, stub):
    person = served.person("UJA")
    person.opens_home()
    home = served.wait_for(lambda: served.home("UJA"))
    person.choose(home, actions.OWN_LANGUAGE, "es")
    served.wait_for(lambda: own_words("home_ways", "es") in said(home))
    assert element(home, actions.OWN_LANGUAGE)["initial_option"]["value"] == "es"
    ask(served, "UJA")
    person.choose(home, actions.OWN_LANGUAGE, actions.ANY)
    served.wait_for(lambda: own_words("home_ways", "ja") in said(home))
    ask(served, "UJA")
    assert [stub.questions.get(timeout=PATIENCE).locale for _ in range(2)] == ["es", "ja"]


def test_without_accounts_known_the_home_tab_says_so(served, stub):
    stub.places = lambda asker=None: ()
    served.person("UES").opens_home()
    home = served.wait_for(lambda: served.home("UES"))
    assert own_words("accounts_unknown", "es") in said(home)


def test_whoever_is_not_let_in_sees_a_closed_home_tab(slack, stub, tmp_path):
    with serving(slack, stub, tmp_path):
        whom = (("UFAR", "external", None), ("UEN", "unknown_person", "access_denied"))
        for user, words, error in (*whom, ("UZH", "unknown_person", "internal_error")):
            if error:
                slack.fail("users.info", error, times=9)
            slack.person(user).opens_home()
            home = slack.wait_for(lambda user=user: slack.home(user))
            assert said(home) == own_words(words)


def test_the_messages_tab_is_none_of_the_bots(slack, stub, tmp_path):
    with serving(slack, stub, tmp_path):
        slack.person("UEN").opens_home("messages")
    assert slack.home("UEN") is None


# The form.


def form_from_home(slack, user="UEN"):
    person = slack.person(user)
    person.opens_home()
    person.press(slack.wait_for(lambda: slack.home(user)), actions.ASK)
    return opened(slack, user)


def form_from_command(slack, user="UEN", channel="C1"):
    slack.person(user).command("", channel)
    return opened(slack, user)


@pytest.mark.parametrize(("language", "asker"), PEOPLE.items())
def test_the_form_is_in_the_askers_language(served, language, asker):
    form = form_from_home(served, asker)
    assert form.content["title"]["text"] == own_words("ask_title", language)
    assert own_words("paste_label", language) in said(form)
    assert element(form, actions.LANGUAGE_FIELD)["initial_option"]["value"] == language
    accounts = [each["value"] for each in element(form, actions.ACCOUNT_FIELD)["options"]]
    assert accounts == [actions.ANY, "123456789012", "210987654321"]


def test_what_is_asked_in_the_form_from_the_home_tab_is_answered_by_direct_message(served, stub):
    pasted = "error <&> " + "x" * 2_990
    stub.go.clear()
    assert served.person("UJA").submit(form_from_home(served, "UJA"), {actions.PASTE_FIELD: pasted}) == {}
    question = stub.questions.get(timeout=PATIENCE)
    assert (question.pasted, question.locale, question.account, question.region) == (pasted, "ja", None, None)
    (message,) = served.channel("DJA")
    assert said(message) == own_words("working", "ja")
    stub.go.set()
    served.wait_for(lambda: can_press(message))
    assert "Mend orders" in said(message)
    assert not can_press(message, actions.SHARE)


def test_language_account_and_region_can_be_chosen(served, stub):
    filled_in = {
        actions.PASTE_FIELD: "error",
        actions.LANGUAGE_FIELD: "es",
        actions.ACCOUNT_FIELD: "210987654321",
        actions.REGION_FIELD: "eu-central-1",
    }
    served.person("UEN").submit(form_from_home(served), filled_in)
    question = stub.questions.get(timeout=PATIENCE)
    assert (question.locale, question.account, question.region) == ("es", "210987654321", "eu-central-1")


def test_with_one_account_there_is_nothing_to_choose(served, stub):
    stub.places = lambda asker=None: ()
    form = form_from_home(served)
    assert element(form, actions.ACCOUNT_FIELD) is None
    assert element(form, actions.REGION_FIELD) is not None


def test_the_form_of_a_command_is_answered_where_that_was_given(served):
    served.add_channel("C2", "elsewhere", has_bot=False)
    form = form_from_command(served, "UZH", "C2")
    served.person("UZH").submit(form, {actions.PASTE_FIELD: "error"})
    shown = served.wait_for(lambda: len(served.ephemerals("UZH")) > 1 and served.ephemerals("UZH"))
    assert [each.channel for each in shown] == ["C2", "C2"]
    assert said(shown[0]) == own_words("acknowledged", "zh_TW")
    assert "Mend orders" in said(shown[1])
    served.person("UZH").press(shown[1], actions.SHARE)
    served.wait_for(lambda: served.channel("C2"))


def test_after_half_an_hour_the_form_of_a_command_is_answered_by_direct_message(stub, tmp_path):
    minutes = [0.0]
    with (
        FakeSlack({"UEN": {}}, clock=lambda: 1_800_000_000 + 60 * minutes[0]) as slack,
        serving(slack, stub, tmp_path),
    ):
        form = form_from_command(slack)
        minutes[0] = 31
        slack.person("UEN").submit(form, {actions.PASTE_FIELD: "error"})
        direct = slack.person("UEN").dm
        slack.wait_for(lambda: any(map(can_press, slack.channel(direct))))
        (message,) = slack.channel(direct)
        assert "Mend orders" in said(message)
        assert slack.ephemerals("UEN") == []
    assert slack.complaints == []


@pytest.mark.parametrize("way", ["command", "home"])
def test_whoever_is_not_let_in_gets_no_form(slack, stub, tmp_path, way):
    with serving(slack, stub, tmp_path):
        if way == "command":
            slack.person("UFAR").command("")
            told(slack, "UFAR", "external")
        else:
            slack.person("UEN").opens_home()
            home = slack.wait_for(lambda: slack.home("UEN"))
            slack.fail("users.info", "internal_error", times=9)
            slack.workspace.homes["UFAR"] = replace(home, user="UFAR")
            slack.person("UFAR").press(slack.home("UFAR"), actions.ASK)
            direct = slack.person("UFAR").dm
            slack.wait_for(lambda: slack.channel(direct))
            assert said(slack.channel(direct)[0]) == own_words("unknown_person")
    assert slack.modal("UFAR") == []


def test_whoever_left_while_filling_in_the_form_is_not_answered(slack, stub, tmp_path):
    with serving(slack, stub, tmp_path):
        form = form_from_command(slack, "UES")
    with slack.workspace.changing():
        slack.workspace.people["UES"]["deleted"] = True
    with serving(slack, stub, tmp_path):
        slack.person("UES").submit(form, {actions.PASTE_FIELD: "error"})
        told(slack, "UES", "external", "es")
    assert stub.questions.empty()


def test_a_command_is_answered_though_the_form_hangs_about(served):
    form_from_command(served)
    assert "Mend orders" in said(ask_by_command(served))
