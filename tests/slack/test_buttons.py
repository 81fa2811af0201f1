"""What the buttons and menus beneath an answer do, and for whom."""

from dataclasses import replace
from threading import Timer

import pytest

from bot.model import Candidate, UnseenRead, UnseenReason, Verdict
from bot.slack import actions
from bot.store.feedback import Feedback
from bot.store.sqlite import SqliteStore
from tests.slack.engine import WRITER, broken, finds, undecided
from tests.slack.replies import TARGET, a_diagnosis
from tests.slack.scenes import (
    QUESTION,
    answer_to,
    ask,
    ask_by_command,
    ask_directly,
    can_press,
    choose,
    forge,
    label_of,
    opened,
    told,
)  # fmt: skip
from tests.slack.serving import PATIENCE, own_words, said, serving, storage_in

DENIED = UnseenRead("lambda:GetPolicy", "GetPolicy", "*", UnseenReason.DENIED)


def reply_words(name, language):
    """Words of the answer itself, which are translated already."""
    return WRITER.words("reply", language).block(name)


@pytest.fixture(autouse=True)
def _orders_is_broken(stub):
    stub.answers = finds(broken("orders"))


def heard(stub, number):
    """Wait until the engine was asked so many questions; the last one."""
    return [stub.questions.get(timeout=PATIENCE) for _ in range(number)][-1]


def check_while_busy(slack, stub, answer):
    """Press *Check again* while the worker is busy with another question, and will be until the stub may go on."""
    stub.go.clear()
    slack.person("UJA").mention("C1", "an error that takes long")
    heard(stub, 2)
    slack.person("UEN").press(answer, actions.CHECK_AGAIN)


# Check again.


def test_check_again_says_in_place_what_is_mended_what_is_not_and_what_is_new(served, stub):
    stub.answers = finds(broken("orders", "tokens"))
    answer = ask(served)
    stub.answers = finds(broken("tokens", "stock"))
    served.person("UES").press(answer, actions.CHECK_AGAIN)
    served.wait_for(lambda: own_words("mended") in said(answer) and can_press(answer))
    text = said(answer)
    order = [own_words("mended"), "orders", own_words("still_wrong"), "tokens", own_words("newly_wrong"), "stock"]
    positions = [text.index(each) for each in order]
    assert positions == sorted(positions)
    assert stub.questions.qsize() == 2


def test_check_again_says_what_could_not_be_looked_at(served, stub):
    answer = ask(served)
    stub.answers = finds(broken(verdict=Verdict.COULD_NOT_CHECK, unseen=(DENIED,)))
    served.person("UEN").press(answer, actions.CHECK_AGAIN)
    served.wait_for(lambda: own_words("no_longer_seen") in said(answer))
    assert "Mend orders" in said(answer)
    assert own_words("mended") not in said(answer)


def test_check_again_that_sees_nothing_at_all_claims_nothing_of_what_was_wrong(served, stub):
    answer = ask(served)
    stub.answers = finds(a_diagnosis(verdict=Verdict.COULD_NOT_CHECK, target=None, unseen=(DENIED,)))
    served.person("UEN").press(answer, actions.CHECK_AGAIN)
    served.wait_for(lambda: own_words("no_longer_seen") in said(answer))
    assert "Mend orders" in said(answer)


def test_a_healthy_account_that_can_no_longer_be_seen_is_not_called_unchanged(served, stub):
    stub.answers = finds(broken())
    answer = ask(served)
    before = said(answer)
    stub.answers = finds(broken(verdict=Verdict.COULD_NOT_CHECK, unseen=(DENIED,)))
    served.person("UEN").press(answer, actions.CHECK_AGAIN)
    served.wait_for(lambda: said(answer) != before and can_press(answer))
    assert own_words("unchanged") not in said(answer)


def test_what_has_not_changed_is_said_to_have_not(served, stub):
    answer = ask(served)
    served.person("UEN").press(answer, actions.CHECK_AGAIN)
    served.wait_for(lambda: own_words("unchanged") in said(answer) and can_press(answer))
    assert "Mend orders" in said(answer)


def ways_to_an_answer(slack):
    slack.add_channel("C2", "elsewhere", has_bot=False)
    return {"thread": ask, "direct": ask_directly, "command": ask_by_command, "shared": shared_where_the_bot_is_not}


def shared_where_the_bot_is_not(slack):
    private = ask_by_command(slack, channel="C2")
    slack.person("UEN").press(private, actions.SHARE)
    return slack.wait_for(lambda: slack.channel("C2"))[-1]


@pytest.fixture(params=["thread", "direct", "command", "shared"])
def answer(request, served):
    """An answer, wherever one can stand."""
    return ways_to_an_answer(served)[request.param](served)


def test_the_old_answer_stays_without_buttons_while_the_new_one_comes(served, stub, answer):
    stub.go.clear()
    before = len(served.ephemerals("UEN")), len(served.channel(answer.channel))
    served.person("UEN").press(answer, actions.CHECK_AGAIN)
    served.wait_for(lambda: own_words("checking_again") in said(answer))
    assert "Mend orders" in said(answer)
    assert not can_press(answer)
    stub.answers = finds(broken())
    stub.go.set()
    served.wait_for(lambda: can_press(answer))
    assert own_words("mended") in said(answer)
    assert own_words("checking_again") not in said(answer)
    assert (len(served.ephemerals("UEN")), len(served.channel(answer.channel))) == before
    assert can_press(answer, actions.SHARE) is (answer.ephemeral_to is not None)


def test_an_answer_comes_back_with_its_buttons_if_checking_again_fails(served, stub, answer):
    def fail(**_):
        raise ValueError("a bug")

    stub.answers = fail
    served.person("UEN").press(answer, actions.CHECK_AGAIN)
    served.wait_for(lambda: "my fault, not yours" in said(answer))
    assert "Mend orders" in said(answer)
    assert can_press(answer, actions.CHECK_AGAIN)
    stub.answers = finds(broken())
    served.person("UEN").press(answer, actions.CHECK_AGAIN)
    served.wait_for(lambda: own_words("mended") in said(answer))


def test_an_answer_comes_back_with_its_buttons_if_there_is_no_room(slack, stub, tmp_path):
    with serving(slack, stub, tmp_path, KINTSUGI_QUEUE="1"), storage_in(tmp_path) as storage:
        answer = ask(slack)
        slack.wait_for(lambda: not storage.inbox.owed())
        check_while_busy(slack, stub, answer)
        slack.wait_for(lambda: own_words("too_busy", count=1) in said(answer))
        assert "Mend orders" in said(answer)
        assert can_press(answer, actions.CHECK_AGAIN)
        stub.go.set()


def test_checking_again_goes_on_after_a_restart(slack, stub, tmp_path):
    with serving(slack, stub, tmp_path):
        answer = ask(slack)
        check_while_busy(slack, stub, answer)
        slack.wait_for(lambda: own_words("checking_again") in said(answer))
        Timer(0.2, stub.go.set).start()
    assert own_words("checking_again") in said(answer)
    stub.answers = finds(broken())
    with serving(slack, stub, tmp_path):
        slack.wait_for(lambda: own_words("mended") in said(answer))


def test_pressing_twice_does_no_harm(slack, stub, tmp_path):
    with serving(slack, stub, tmp_path):
        answer = ask(slack)
        stub.go.clear()
        stub.answers = finds(broken())
        copy = [dict(block) for block in answer.blocks]
        slack.person("UEN").press(answer, actions.CHECK_AGAIN)
        slack.wait_for(lambda: own_words("checking_again") in said(answer))
        with slack.workspace.changing():
            seen, answer.blocks = answer.blocks, copy  # as whoever presses still sees it
        slack.person("UES").press(answer, actions.CHECK_AGAIN)
        # What is pressed next takes longer, so that the other press has been heard when it is done.
        slack.person("UES").press(answer, actions.EVIDENCE)
        with slack.workspace.changing():
            answer.blocks = seen
        slack.wait_for(lambda: slack.modal("UES"))
        stub.go.set()
    assert own_words("mended") in said(answer)
    assert can_press(answer)
    assert stub.questions.qsize() == 2


def test_files_that_stand_there_are_not_put_there_again(slack, stub, tmp_path):
    with serving(slack, stub, tmp_path):
        answer = ask(slack)
        slack.wait_for(lambda: slack.uploads)
        slack.person("UEN").press(answer, actions.CHECK_AGAIN)
        slack.wait_for(lambda: own_words("unchanged") in said(answer) and can_press(answer))
        assert [file.name for file in slack.uploads] == ["thing_broken.yaml"]
        stub.answers = finds(broken("stock"))
        slack.person("UEN").press(answer, actions.CHECK_AGAIN)
        slack.wait_for(lambda: own_words("newly_wrong") in said(answer))
        slack.wait_for(lambda: len(slack.uploads) == 2)
    assert '"stock"' in slack.uploads[1].text


def test_an_answer_stays_in_its_language_whoever_presses(served, stub):
    answer = ask(served, "UJA")
    served.person("UES").press(answer, actions.CHECK_AGAIN)
    served.wait_for(lambda: answer.edits > 2 and can_press(answer))
    assert reply_words("steps", "ja") in said(answer)
    assert {stub.questions.get().locale for _ in range(2)} == {"ja"}


# Another language.


@pytest.mark.parametrize(("reader", "language"), [("UJA", "ja"), ("UZH", "zh_TW"), ("UES", "es")])
def test_a_reader_gets_the_answer_in_their_language_for_their_eyes_only(served, stub, reader, language):
    answer = ask(served)
    before = answer.edits
    choose(served.person(reader), answer, actions.LANGUAGE, language)
    (copy,) = served.wait_for(lambda: served.ephemerals(reader))
    assert reply_words("steps", language) in said(copy)
    assert "Mend orders" in said(copy)
    assert (copy.channel, copy.thread_ts) == (answer.channel, answer.thread_ts)
    assert (stub.questions.qsize(), answer.edits) == (1, before)


def test_the_readers_copy_has_buttons_of_its_own(served, stub):
    answer = ask(served)
    choose(served.person("UES"), answer, actions.LANGUAGE, "es")
    (copy,) = served.wait_for(lambda: served.ephemerals("UES"))
    served.person("UES").press(copy, actions.EVIDENCE)
    assert opened(served, "UES")
    stub.answers = finds(broken())
    before = said(answer)
    served.person("UES").press(copy, actions.CHECK_AGAIN)
    served.wait_for(lambda: own_words("mended", "es") in said(copy) and can_press(copy))
    assert said(answer) == before
    served.person("UES").press(copy, actions.SHARE)
    shared = served.wait_for(lambda: [each for each in served.channel("C1") if each.bot_id])[-1]
    assert WRITER.reply(broken(), "es").summary[:40] in said(shared)


@pytest.mark.parametrize("way", ["direct", "command"])
def test_where_nobody_else_reads_the_answer_is_translated_in_place(served, stub, way):
    answer = ways_to_an_answer(served)[way](served)
    there = len(served.ephemerals("UEN"))
    choose(served.person("UEN"), answer, actions.LANGUAGE, "es")
    served.wait_for(lambda: reply_words("steps", "es") in said(answer))
    assert stub.questions.qsize() == 1
    assert len(served.ephemerals("UEN")) == there
    served.person("UEN").press(answer, actions.CHECK_AGAIN)
    served.wait_for(lambda: own_words("unchanged", "es") in said(answer) and can_press(answer))
    assert reply_words("steps", "es") in said(answer)


def test_a_shared_answer_where_the_bot_is_not_is_translated_for_its_reader(served):
    answer = ways_to_an_answer(served)["shared"](served)
    choose(served.person("UJA"), answer, actions.LANGUAGE, "ja")
    (copy,) = served.wait_for(lambda: served.ephemerals("UJA"))
    assert reply_words("steps", "ja") in said(copy)
    assert reply_words("steps", "en") in said(answer)


def test_the_choice_of_a_language_is_remembered(served, stub):
    answer = ask(served)
    choose(served.person("UEN"), answer, actions.LANGUAGE, "zh_TW")
    served.wait_for(lambda: served.ephemerals("UEN"))
    assert reply_words("steps", "zh_TW") in said(ask(served, "UEN"))
    assert [stub.questions.get().locale for _ in range(2)] == ["en", "zh_TW"]
    served.person("UEN").opens_home()
    home = served.wait_for(lambda: served.home("UEN"))
    menu = next(each for block in home.blocks for each in block.get("elements", ()) if each["type"] == "static_select")
    assert menu["initial_option"]["value"] == "zh_TW"


# Choosing among candidates.


@pytest.mark.parametrize("way", ["thread", "direct", "command"])
def test_choosing_one_of_the_apis_continues_the_question_in_place(served, stub, way):
    stub.answers = finds(undecided(60))
    answer = ways_to_an_answer(served)[way](served)
    assert stub.questions.get(timeout=PATIENCE).earlier == ()
    assert not can_press(answer, actions.SHARE) or way == "command"
    stub.answers = finds(broken("orders"))
    choose(served.person("UEN"), answer, actions.CANDIDATE, "2")
    served.wait_for(lambda: "Mend orders" in said(answer) and can_press(answer))
    question = stub.questions.get(timeout=PATIENCE)
    assert (question.pasted.split()[0], question.region, question.account) == (
        "api0000002",
        "eu-west-1",
        "123456789012",
    )
    assert "a1b2c3d4e5" in question.earlier[0]
    assert not can_press(answer, actions.CANDIDATE)
    for words in ("mended", "newly_wrong", "unchanged"):
        assert own_words(words) not in said(answer), "there is nothing yet to compare with"


def test_choosing_a_stage_continues_the_question(served, stub):
    stages = tuple(Candidate(replace(TARGET, stage=name), name) for name in ("live", "beta"))
    stub.answers = finds(undecided(verdict=Verdict.TARGET_NOT_FOUND, target=TARGET, candidates=stages))
    answer = ask(served)
    stub.answers = finds(broken("orders"))
    choose(served.person("UES"), answer, actions.CANDIDATE, "1")
    served.wait_for(lambda: "Mend orders" in said(answer) and can_press(answer))
    assert stub.questions.qsize() == 2
    assert stub.questions.get().locale == "en"
    assert "stage beta" in stub.questions.get().pasted
    assert own_words("newly_wrong") not in said(answer)
    served.wait_for(lambda: served.uploads)


@pytest.mark.parametrize("choice", ["99", "-1", "x", "٣"])
def test_a_choice_that_was_not_offered_is_none(slack, stub, tmp_path, choice):
    stub.answers = finds(undecided(3))
    with serving(slack, stub, tmp_path):
        answer = ask(slack)
        before = answer.edits
        menu = next(each for block in answer.blocks for each in block.get("elements", ()) if "options" in each)
        id = menu["options"][0]["value"].rpartition(":")[0]
        forged = {"text": menu["options"][0]["text"], "value": f"{id}:{choice}"}
        forge(slack, answer, actions.CANDIDATE, options=[forged])
        slack.person("UEN").choose(answer, actions.CANDIDATE, forged["value"])
    assert (stub.questions.qsize(), answer.edits) == (1, before)


# Sharing.


def test_an_answer_that_one_person_saw_is_shared_once(served):
    private = ask_by_command(served)
    served.person("UEN").press(private, actions.SHARE)
    shared = served.wait_for(lambda: [each for each in served.channel("C1") if each.bot_id])[0]
    assert "Mend orders" in said(shared)
    everything = [each for block in shared.blocks for part in block["elements"] for each in part.get("elements", ())]
    assert {"type": "user", "user_id": "UEN"} in everything
    assert not can_press(shared, actions.SHARE)
    assert can_press(shared, actions.CHECK_AGAIN)
    served.person("UEN").press(private, actions.SHARE)
    told(served, "UEN", "already_shared")
    assert len([each for each in served.channel("C1") if each.bot_id]) == 1


def test_only_whom_an_answer_belongs_to_can_share_it(served):
    private = ask_by_command(served)
    public = ask(served, "UES")
    id = next(each["value"] for block in private.blocks for each in block["elements"] if each.get("type") == "button")
    forge(served, public, actions.CHECK_AGAIN, action_id=actions.SHARE, value=id)
    served.person("UES").press(public, actions.SHARE)
    told(served, "UES", "not_yours", "es")
    served.person("UEN").press(private, actions.SHARE)
    served.wait_for(lambda: [each for each in served.channel("C1") if each.bot_id])


def test_what_is_done_to_an_answer_is_not_done_to_what_was_shared_of_it(served, stub):
    private = ask_by_command(served)
    served.person("UEN").press(private, actions.SHARE)
    shared = served.wait_for(lambda: [each for each in served.channel("C1") if each.bot_id])[0]
    choose(served.person("UEN"), private, actions.LANGUAGE, "ja")
    served.wait_for(lambda: label_of(private, actions.HELPFUL) == own_words("helpful", "ja"))
    heard(stub, 1)
    served.person("UES").press(shared, actions.CHECK_AGAIN)
    assert heard(stub, 1).locale == "en"


def test_below_a_shared_answer_the_question_goes_on_and_not_the_answer(served, stub):
    private = ask_by_command(served)
    served.person("UEN").press(private, actions.SHARE)
    shared = served.wait_for(lambda: [each for each in served.channel("C1") if each.bot_id])[0]
    served.person("UES").mention("C1", "it is the prod stage", thread=shared)
    assert heard(stub, 2).earlier == (QUESTION,)


def is_shared_now(slack, channel="C1"):
    """Another company comes to read the channel, and something is said there."""
    with slack.workspace.changing():
        slack.workspace.channels[channel].is_shared = True
    slack.person("UZH").write(channel, "welcome, all of you")


@pytest.mark.parametrize("outsiders", ["refuse", "answer"])
def test_nothing_is_shared_where_another_company_reads(slack, stub, tmp_path, outsiders):
    with serving(slack, stub, tmp_path, KINTSUGI_OUTSIDERS=outsiders):
        private = ask_by_command(slack)
        is_shared_now(slack)
        slack.person("UEN").press(private, actions.SHARE)
        if outsiders == "refuse":
            told(slack, "UEN", "shared_channel")
        else:
            slack.wait_for(lambda: [each for each in slack.channel("C1") if each.bot_id])
    assert bool([each for each in slack.channel("C1") if each.bot_id]) is (outsiders == "answer")


def test_nothing_new_is_brought_to_where_another_company_has_come_to_read(served, stub):
    served.workspace.on_message = lambda message, before: None  # no echo, made before and heard afterwards
    answer = ask(served)
    is_shared_now(served)
    served.person("UEN").press(answer, actions.CHECK_AGAIN)
    told(served, "UEN", "shared_channel")
    assert stub.questions.qsize() == 1
    served.person("UEN").press(answer, actions.EVIDENCE)
    opened(served, "UEN")


def test_nor_where_it_came_to_read_while_the_question_waited(slack, stub, tmp_path):
    with serving(slack, stub, tmp_path):
        answer = ask(slack)
        check_while_busy(slack, stub, answer)
        slack.wait_for(lambda: own_words("checking_again") in said(answer))
        is_shared_now(slack)
        stub.go.set()
        slack.wait_for(lambda: own_words("shared_channel") in said(answer) and can_press(answer, actions.CHECK_AGAIN))
    assert stub.questions.empty()


def test_a_button_is_of_use_again_though_what_it_was_pressed_for_could_not_begin(served, stub):
    answer = ask(served)
    served.fail("chat.update", "msg_too_long")
    served.fail("response_url", "", status=404)
    served.person("UEN").press(answer, actions.CHECK_AGAIN)
    served.wait_for(lambda: served.ephemerals("UEN"))
    served.person("UEN").press(answer, actions.CHECK_AGAIN)
    served.wait_for(lambda: own_words("unchanged") in said(answer))


def test_what_slack_did_not_share_is_shared_a_little_later(served):
    private = ask_by_command(served)
    served.fail("response_url", "service_unavailable", status=503)
    served.person("UEN").press(private, actions.SHARE)
    served.wait_for(lambda: [each for each in served.channel("C1") if each.bot_id])
    served.person("UEN").press(private, actions.SHARE)
    told(served, "UEN", "already_shared")
    assert len([each for each in served.channel("C1") if each.bot_id]) == 1


def test_what_slack_refused_to_share_can_be_shared_again(served):
    private = ask_by_command(served)
    served.fail("response_url", "no_text", status=400)
    served.person("UEN").press(private, actions.SHARE)
    served.wait_for(lambda: any("my fault" in said(each) for each in served.ephemerals("UEN")))
    served.person("UEN").press(private, actions.SHARE)
    served.wait_for(lambda: [each for each in served.channel("C1") if each.bot_id])


def test_what_checking_again_has_brought_can_be_shared_as_well(served):
    private = ask_by_command(served)
    served.person("UEN").press(private, actions.SHARE)
    served.wait_for(lambda: [each for each in served.channel("C1") if each.bot_id])
    served.person("UEN").press(private, actions.SHARE)
    told(served, "UEN", "already_shared")
    served.person("UEN").press(private, actions.CHECK_AGAIN)
    served.wait_for(lambda: own_words("unchanged") in said(private) and can_press(private))
    served.person("UEN").press(private, actions.SHARE)
    served.wait_for(lambda: len([each for each in served.channel("C1") if each.bot_id]) == 2)


# Helpful, wrong.


def votes(folder):
    store = SqliteStore(folder / "kintsugi.db")
    try:
        return [(vote.person, str(vote.verdict), vote.causes, vote.comment) for vote in Feedback(store).votes()]
    finally:
        store.close()


def test_an_opinion_is_counted_once_a_person_and_answer_the_last_one(served, tmp_path):
    answer = ask(served)
    for _ in range(2):
        served.person("UEN").press(answer, actions.HELPFUL)
        told(served, "UEN", "thanks_helpful")
    served.person("UES").press(answer, actions.HELPFUL)
    told(served, "UES", "thanks_helpful", "es")
    assert sorted(votes(tmp_path)) == [(user, "helpful", ("thing_broken",), "") for user in ("UEN", "UES")]
    served.person("UEN").press(answer, actions.WRONG)
    told(served, "UEN", "thanks_wrong")
    assert ("UEN", "wrong", ("thing_broken",), "") in votes(tmp_path)
    assert len(votes(tmp_path)) == 2


def test_what_was_wrong_is_asked_and_kept_without_secrets(slack, stub, tmp_path):
    with serving(slack, stub, tmp_path):
        answer = ask(slack)
        slack.person("UJA").press(answer, actions.WRONG)
        told(slack, "UJA", "thanks_wrong", "ja")
        form = opened(slack, "UJA")
        assert form.content["title"]["text"] == own_words("wrong_title", "ja")
        comment = "it was the key AKIAIOSFODNN7EXAMPLE"
        assert slack.person("UJA").submit(form, {actions.COMMENT_FIELD: comment}) == {}
        (vote,) = slack.wait_for(lambda: [each for each in votes(tmp_path) if each[3]])
    assert vote[:3] == ("UJA", "wrong", ("thing_broken",))
    assert vote[3].startswith("it was the key ")
    assert "AKIAIOSFODNN7EXAMPLE" not in vote[3]


@pytest.mark.parametrize("trouble", ["closed", "not opened"])
def test_it_counts_as_wrong_whether_or_not_the_form_is_sent(slack, stub, tmp_path, trouble):
    with serving(slack, stub, tmp_path):
        answer = ask(slack)
        if trouble == "not opened":
            slack.fail("views.open", "expired_trigger_id")
        slack.person("UEN").press(answer, actions.WRONG)
        if trouble == "closed":
            slack.person("UEN").close(opened(slack, "UEN"))
    assert [vote[:2] for vote in votes(tmp_path)] == [("UEN", "wrong")]


# Who may, and on what.


def without_files(slack, answer):
    """What was said in a thread; the file of an answer may come after it."""
    return [each for each in slack.thread("C1", answer) if not each.files]


REFUSED = {
    "of another company": ({"team_id": "T9", "is_stranger": True}, "external"),
    "a guest": ({"is_restricted": True}, "external"),
    "a guest of one channel": ({"is_ultra_restricted": True}, "external"),
    "deactivated": ({"deleted": True}, "external"),
    "a bot": ({"is_bot": True}, "external"),
    "unknown": (None, "unknown_person"),
}


@pytest.mark.parametrize("who", REFUSED)
def test_whoever_is_not_let_in_is_told_so_alone_and_nothing_else_happens(slack, stub, tmp_path, who):
    known, words = REFUSED[who]
    slack.add_person("UOUT", **known or {})
    slack.add_channel("C1", "on-call")
    with serving(slack, stub, tmp_path):
        answer = ask(slack)
        edits, posted = answer.edits, without_files(slack, answer)
        outsider = slack.person("UOUT")
        for action in (actions.CHECK_AGAIN, actions.REST, actions.EVIDENCE, actions.HELPFUL, actions.WRONG):
            if known is None:
                slack.fail("users.info", "access_denied")
            outsider.press(answer, action)
            slack.wait_for(lambda: slack.ephemerals("UOUT"))
            assert said(slack.ephemerals("UOUT")[-1]) == own_words(words)
            with slack.workspace.changing():
                slack.ephemerals("UOUT")[-1].is_deleted = True
        if known is None:
            slack.fail("users.info", "access_denied")
        choose(outsider, answer, actions.LANGUAGE, "ja")
        slack.wait_for(lambda: slack.ephemerals("UOUT"))
    assert [said(each) for each in slack.ephemerals("UOUT")] == [own_words(words)]
    assert (stub.questions.qsize(), answer.edits, slack.modal("UOUT"), votes(tmp_path)) == (1, edits, [], [])
    assert without_files(slack, answer) == posted
    store = SqliteStore(tmp_path / "kintsugi.db")
    assert list(store.items("languages")) == []
    store.close()


def test_somebody_deactivated_since_is_refused_and_answers_outlive_the_bot(slack, stub, tmp_path):
    with serving(slack, stub, tmp_path):
        answer = ask(slack, "UES")
    with slack.workspace.changing():
        slack.workspace.people["UES"]["deleted"] = True
    with serving(slack, stub, tmp_path):
        slack.person("UES").press(answer, actions.CHECK_AGAIN)
        told(slack, "UES", "external", "es")
        slack.person("UEN").press(answer, actions.HELPFUL)
        told(slack, "UEN", "thanks_helpful")
    assert stub.questions.qsize() == 1


@pytest.mark.parametrize("action", [actions.CHECK_AGAIN, actions.EVIDENCE, actions.HELPFUL, actions.WRONG])
def test_an_answer_that_is_not_kept_is_said_to_be_gone(slack, stub, tmp_path, action):
    with serving(slack, stub, tmp_path):
        answer = ask(slack)
        forge(slack, answer, action, value="forged/../ñ")
        slack.person("UJA").press(answer, action)
        told(slack, "UJA", "no_longer_kept", "ja")
    assert (stub.questions.qsize(), slack.modal("UJA"), votes(tmp_path)) == (1, [], [])


@pytest.mark.parametrize("value", ["", ":", "ja", "forged:ja"])
def test_a_menu_of_no_answer_is_said_to_be_of_none(served, stub, value):
    answer = ask(served)
    option = {"text": {"type": "plain_text", "text": "x"}, "value": value}
    forge(served, answer, actions.LANGUAGE, options=[option])
    served.person("UJA").choose(answer, actions.LANGUAGE, value)
    told(served, "UJA", "no_longer_kept", "ja")
    assert reply_words("steps", "ja") in said(ask(served, "UJA"))


def test_a_button_of_another_release_says_that_the_answer_is_gone(served, stub):
    answer = ask(served)
    forge(served, answer, actions.CHECK_AGAIN, action_id="check_again_v0")
    served.person("UEN").press(answer, "check_again_v0")
    told(served, "UEN", "no_longer_kept")
    assert stub.questions.qsize() == 1


def test_an_answer_whose_message_is_deleted_is_posted_anew(served, stub):
    asked = served.person("UEN").mention("C1", "an error")
    answer = answer_to(served, asked)
    stub.go.clear()
    served.person("UEN").press(answer, actions.CHECK_AGAIN)
    served.wait_for(lambda: not can_press(answer))
    with served.workspace.changing():
        answer.is_deleted = True
    stub.go.set()
    assert own_words("unchanged") in said(answer_to(served, asked))


def test_the_labels_say_what_is_behind_them(served, stub):
    assert label_of(ask(served), actions.REST) == own_words("show_template")
    stub.answers = finds(broken("orders", "tokens", "stock"))
    assert label_of(ask(served), actions.REST) == own_words("show_causes", count=2)
