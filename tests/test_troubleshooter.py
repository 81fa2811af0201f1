"""From a question to its answer, with a recorded account: where it looks, how far, and what it says where it cannot."""

from itertools import pairwise

import pytest

from bot.aws.account import Result
from bot.aws.accounts import Accounts
from bot.aws.accounts_file import AccountEntry
from bot.diagnosis import CannotDiagnose
from bot.model import (
    Asker,
    Certainty,
    Diagnosis,
    Evidence,
    Finding,
    Hint,
    LogSearch,
    Outcome,
    Phase,
    Place,
    Question,
    Reply,
    Spot,
    Step,
    TargetKind,
    UnseenReason,
    Verdict,
)
from bot.reply.writer import Writer
from bot.settings import Settings
from bot.troubleshooter import Troubleshooter
from bot.workshop import make_reader
from tests.aws.bystanders import Remembering
from tests.aws.tapes import (
    ABSENT,
    ACCOUNT,
    API,
    DENIED,
    REGION,
    Tape,
    found,
    function_arn,
    method,
    record_api,
)
from tests.playbooks_made_up import a_playbook

READER = make_reader(Settings())
PERMISSION = "Execution failed due to configuration error: Invalid permissions on Lambda function"
THROTTLED = '{"message":"Limit Exceeded"}'
NO_ROLE = Result(Outcome.FAILED, error="AccessDenied: not you", hint=Hint.OTHER_ACCOUNT)


class Looks:
    """A playbook that notes which part of the API it is shown, and finds nothing."""

    def __init__(self):
        self.seen = []

    def __call__(self, api):
        self.seen.append((api.region, api.focus))
        return iter(())


@pytest.fixture
def looks():
    return Looks()


def a_tape(region=REGION):
    return of_the_account(record_api(Tape(), {"GET /pets": method(function_arn("pets"))}, region=region), region)


def of_the_account(tape, region=REGION):
    identity = found(Account=ACCOUNT, Arn=f"arn:aws:iam::{ACCOUNT}:user/x")
    for each in {REGION, region}:
        tape.holds("sts", "GetCallerIdentity", identity, each)
    return tape.holds("ec2", "DescribeRegions", found(Regions=[{"RegionName": REGION}]))


def ask(tape, text, *playbooks, home=REGION, **options):
    troubleshooter = Troubleshooter(READER, playbooks, Accounts(own=lambda: tape, region=home), Writer([], []), 60)
    return troubleshooter.answer(Question(text, "en", **options))


def look(tape, text, *playbooks):
    """The diagnosis alone, before words are found for it."""
    words = Words()
    Troubleshooter(READER, playbooks, Accounts(own=lambda: tape, region=REGION), words, 60).answer(Question(text, "en"))
    return words.diagnosis


class Words:
    """A writer that keeps what it is given."""

    def reply(self, diagnosis, locale):
        self.diagnosis = diagnosis
        return Reply(locale, "", diagnosis)


def playbook(looks=lambda api: iter(()), *answers):
    return a_playbook("looks", *(answers or ("integration-lambda-permission", "generic-500")), diagnose=looks)


@pytest.mark.parametrize("text", ["", "what is for lunch?", "S3 says NoSuchBucket"])
def test_a_text_about_something_else_asks_nothing_of_aws(text):
    tape = a_tape()
    reply = ask(tape, text)
    assert reply.diagnosis.verdict is Verdict.UNKNOWN_SYMPTOM
    assert reply.summary
    assert (tape.asked, reply.diagnosis.evidence, reply.diagnosis.target) == ([], (), None)


def test_an_api_in_which_nothing_is_found_is_healthy_and_says_what_was_read(looks):
    reply = ask(a_tape(), API, playbook(looks))
    diagnosis = reply.diagnosis
    assert diagnosis.verdict is Verdict.HEALTHY
    assert (diagnosis.target.kind, diagnosis.target.id, diagnosis.target.account) == (TargetKind.REST_API, API, ACCOUNT)
    assert (diagnosis.target.region, diagnosis.unseen) == (REGION, ())
    assert [each.id for each in diagnosis.evidence] == [f"e{n + 1}" for n in range(len(diagnosis.evidence))]
    assert {"GetCallerIdentity", "GetRestApi", "GetStages"} <= {each.operation for each in diagnosis.evidence}
    assert API in reply.summary


URL = f"https://{API}.execute-api.{REGION}.amazonaws.com/prod/pets"


@pytest.mark.parametrize(
    ("text", "options", "first"),
    [
        (f"GET {URL} 500", {}, ("prod", "/pets")),
        (f"GET {URL} 500", {"stage": "dev"}, ("prod", "/pets")),
        (API, {"stage": "prod"}, ("prod", None)),
        (API, {}, (None, None)),
    ],
)
def test_what_the_text_names_wins_over_what_an_option_says(looks, text, options, first):
    ask(a_tape(), text, playbook(looks), **options)
    region, focus = looks.seen[0]
    assert (region, focus.stage, focus.path) == (REGION, *first)


def test_the_region_of_the_text_wins_over_the_option(looks):
    ask(a_tape(), URL, playbook(looks), region="us-east-1", home="ap-northeast-1")
    assert looks.seen[0][0] == REGION


def test_the_option_wins_over_the_configuration(looks):
    ask(a_tape("us-east-1"), API, playbook(looks), region="us-east-1")
    assert looks.seen[0][0] == "us-east-1"


def test_without_any_region_it_cannot_begin(monkeypatch, tmp_path):
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    with pytest.raises(CannotDiagnose, match="pass --region"):
        ask(a_tape(), API, home=None)


def test_only_playbooks_of_the_symptom_are_tried(looks):
    other = Looks()
    elsewhere = a_playbook("other", "cors", diagnose=other)
    ask(a_tape(), f"{URL} {PERMISSION}", playbook(looks, "integration-lambda-permission"), elsewhere)
    assert looks.seen
    assert other.seen == []


def test_a_symptom_that_no_playbook_traces_is_never_called_healthy():
    diagnosis = ask(a_tape(), f"{URL} {PERMISSION}", playbook(lambda api: iter(()), "cors")).diagnosis
    assert diagnosis.verdict is Verdict.COULD_NOT_CHECK
    (gap,) = diagnosis.unseen
    assert (gap.reason, gap.operation) == (UnseenReason.NOT_SUPPORTED, "integration-lambda-permission")


def test_a_symptom_without_a_target_offers_candidates():
    tape = a_tape().holds("apigateway", "GetRestApis", found(items=[{"id": API, "name": "pets"}]))
    diagnosis = ask(tape, PERMISSION).diagnosis
    assert diagnosis.verdict is Verdict.NEED_TARGET
    assert [(each.target.id, each.name) for each in diagnosis.candidates] == [(API, "pets")]


def test_a_target_that_is_nowhere_is_not_found_and_says_where_was_looked():
    reply = ask(a_tape(), "zzzzzzzzz9 API Gateway answers Internal server error")
    diagnosis = reply.diagnosis
    assert (diagnosis.verdict, diagnosis.target) == (Verdict.TARGET_NOT_FOUND, None)
    assert (diagnosis.searched, diagnosis.candidates) == ((REGION,), ())
    assert REGION in reply.summary


def test_an_api_of_another_kind_could_not_be_checked():
    tape = a_tape().holds("apigatewayv2", "GetApi", found(ApiId="zzzzzzzzz9", ProtocolType="HTTP"), ApiId="zzzzzzzzz9")
    diagnosis = ask(tape, "https://zzzzzzzzz9.execute-api.eu-west-1.amazonaws.com/").diagnosis
    assert (diagnosis.verdict, diagnosis.target.kind) == (Verdict.COULD_NOT_CHECK, TargetKind.HTTP_API)
    assert [gap.reason for gap in diagnosis.unseen] == [UnseenReason.NOT_SUPPORTED]


def test_a_stage_that_there_is_not_is_not_found_and_the_others_are_offered():
    diagnosis = ask(a_tape(), API, playbook(), stage="gone").diagnosis
    assert diagnosis.verdict is Verdict.TARGET_NOT_FOUND
    assert [(each.target.stage, each.name) for each in diagnosis.candidates] == [("prod", "prod")]


def test_the_console_s_test_is_a_stage_that_always_is():
    assert ask(a_tape(), API, playbook(), stage="test-invoke-stage").diagnosis.verdict is Verdict.HEALTHY


def test_a_door_that_is_closed_to_the_search_is_reported_with_its_grant():
    tape = a_tape().holds("apigateway", "GetRestApis", DENIED)
    diagnosis = ask(tape, PERMISSION).diagnosis
    assert (diagnosis.verdict, diagnosis.target) == (Verdict.COULD_NOT_CHECK, None)
    (gap,) = diagnosis.unseen
    assert (gap.action, gap.grant["Resource"]) == ("apigateway:GET", f"arn:aws:apigateway:{REGION}::/restapis")


def test_a_broken_playbook_is_a_gap_and_no_crash():
    def breaks(api):
        raise ZeroDivisionError

    diagnosis = ask(a_tape(), API, playbook(breaks)).diagnosis
    assert diagnosis.verdict is Verdict.COULD_NOT_CHECK
    assert [gap.operation for gap in diagnosis.unseen] == ["playbook looks"]


@pytest.mark.parametrize(
    ("result", "says"),
    [
        (Result(Outcome.FAILED, error="ExpiredToken: old", credentials_rejected=True), "Sign in again or renew them"),
        (Result(Outcome.FAILED, error="no route", unreachable=True), "Check the network, the proxy, the region"),
    ],
)
def test_where_aws_does_not_even_tell_who_we_are_there_is_no_diagnosis(result, says):
    tape = Tape(otherwise=result)
    with pytest.raises(CannotDiagnose, match=says) as cannot:
        ask(tape, API, playbook())
    assert result.error in str(cannot.value)


def test_being_forbidden_to_ask_who_we_are_is_a_gap_only():
    tape = a_tape().holds("sts", "GetCallerIdentity", DENIED)
    diagnosis = ask(tape, API, playbook()).diagnosis
    assert diagnosis.verdict is Verdict.COULD_NOT_CHECK
    assert [gap.action for gap in diagnosis.unseen] == ["sts:GetCallerIdentity"]


def test_the_same_question_reads_anew_each_time():
    tape = a_tape()
    troubleshooter = Troubleshooter(READER, (), Accounts(own=lambda: tape, region=REGION), Writer([], []), 60)
    first, second = (troubleshooter.answer(Question(API, "en")).diagnosis for _ in range(2))
    assert len(tape.asked) == 2 * len(first.evidence)
    assert [each.operation for each in first.evidence] == [each.operation for each in second.evidence]


def a_finding_in_the_log(line):
    """A playbook that tells of a line that it found in a log."""

    def diagnose(api):
        api.account.inquiry.log_searches["log"] = LogSearch("log", 60, 3, 1)
        yield Finding(
            cause="some_cause",
            fix="some_fix",
            phase=Phase.AUTHORIZER,
            certainty=Certainty.PROVEN,
            facts={"line": line, "lines": 3, "function_arn": function_arn("tokens")},
            evidence=(),
            account=ACCOUNT,
            region=REGION,
            remedy={"line": line},
        )

    return diagnose


def test_a_line_of_a_log_is_shown_without_its_secrets():
    line = "[ERROR] no user for Authorization: Bearer eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ4In0.c2lnbmF0dXJlc2ln"
    diagnosis = look(a_tape(), f"{API} {PERMISSION}", playbook(a_finding_in_the_log(line)))
    (finding,) = diagnosis.findings
    assert finding.facts == {
        "line": "[ERROR] no user for Authorization: Bearer [redacted]",
        "lines": 3,
        "function_arn": function_arn("tokens"),
    }
    assert diagnosis.log_searches == (LogSearch("log", 60, 3, 1),)


def test_what_was_said_before_completes_the_question(looks):
    question = {"earlier": (f"{URL} {PERMISSION}", "thanks, that is clear")}
    reply = ask(a_tape(), "no, the beta stage", playbook(looks), **question)
    region, focus = looks.seen[0]
    assert (region, focus.stage, focus.path) == (REGION, "beta", "/pets")
    assert focus.incident.symptoms == ("integration-lambda-permission",)
    assert reply.diagnosis.report.text == f"{URL} {PERMISSION}\nno, the beta stage"


OTHER = "210987654321"


def entered(own, other, **limits):
    """The own account and one more, each with a tape of its own."""
    entry = AccountEntry(id=OTHER, name="shop", role_arn=f"arn:aws:iam::{OTHER}:role/reads", **limits)
    return Accounts((AccountEntry(id=ACCOUNT, own=True), entry), lambda: own, REGION, lambda entry: other)


def ask_in(accounts, text, whereabouts=None, **options):
    more = {"whereabouts": whereabouts} if whereabouts else {}
    bot = Troubleshooter(READER, [playbook()], accounts, Writer([], []), 60, **more)
    return bot.answer(Question(text, "en", **options))


def a_tape_without_it():
    return (
        of_the_account(Tape())
        .holds("apigateway", "GetRestApi", ABSENT, restApiId=API)
        .holds("apigateway", "GetRestApis", found(items=[]))
    )


@pytest.mark.parametrize(
    ("text", "account", "asked"),
    [
        (API, OTHER, OTHER),
        (API, ACCOUNT, ACCOUNT),
        (f"{API} in account {OTHER}", None, OTHER),
        (f"{API} in account {OTHER}", ACCOUNT, OTHER),
    ],
)
def test_the_account_of_the_text_wins_over_the_option(text, account, asked):
    assert ask_in(entered(a_tape(), a_tape()), text, account=account).diagnosis.target.account == asked


@pytest.mark.parametrize(
    ("text", "account"),
    [
        (API, None),
        # An account that cannot be entered is as good as none.
        (API, "999988887777"),
        (f"{API} in account 999988887777", OTHER),
    ],
)
def test_without_an_account_that_can_be_entered_all_are_searched(text, account):
    assert ask_in(entered(a_tape_without_it(), a_tape()), text, account=account).diagnosis.target.account == OTHER
    both = ask_in(entered(a_tape(), a_tape()), text, account=account).diagnosis
    assert (both.verdict, both.target) == (Verdict.NEED_TARGET, None)
    assert [(each.target.account, each.account_name) for each in both.candidates] == [
        (ACCOUNT, ACCOUNT),
        (OTHER, "shop"),
    ]


def test_an_account_that_cannot_be_searched_is_no_gap_where_another_has_the_api():
    diagnosis = ask_in(entered(a_tape(), Tape(otherwise=NO_ROLE)), API).diagnosis
    assert (diagnosis.verdict, diagnosis.unseen) == (Verdict.HEALTHY, ())


def test_where_no_other_has_it_an_account_that_cannot_be_searched_is_named():
    reply = ask_in(entered(a_tape_without_it(), Tape(otherwise=NO_ROLE)), f"{API} in {REGION}")
    assert reply.diagnosis.verdict is Verdict.COULD_NOT_CHECK
    assert [(each.account, each.hint) for each in reply.diagnosis.unseen] == [("shop", Hint.OTHER_ACCOUNT)]
    assert "could not search the accounts in full" in reply.summary


def test_where_all_were_searched_the_answer_names_them():
    reply = ask_in(entered(a_tape_without_it(), a_tape_without_it()), f"{API} in {REGION}")
    assert reply.diagnosis.verdict is Verdict.TARGET_NOT_FOUND
    assert (
        f"There is no API `{API}` in the accounts `{ACCOUNT}`, `shop`. Regions searched: `{REGION}`." in reply.summary
    )


def test_candidates_of_some_accounts_come_with_a_word_on_the_others():
    own = a_tape().holds("apigateway", "GetRestApis", found(items=[{"id": API, "name": "pets"}]))
    diagnosis = ask_in(entered(own, Tape(otherwise=NO_ROLE)), PERMISSION).diagnosis
    assert (diagnosis.verdict, [each.account for each in diagnosis.unseen]) == (Verdict.NEED_TARGET, ["shop"])
    assert [each.target.id for each in diagnosis.candidates] == [API]


STRANGER = Asker("U0STRANGER", "C0STRANGER")


def test_somebody_who_may_ask_about_nothing_is_told_so_and_nothing_is_asked():
    own, other = a_tape(), a_tape()
    entries = (
        AccountEntry(id=ACCOUNT, own=True, people=()),
        AccountEntry(id=OTHER, role_arn=f"arn:aws:iam::{OTHER}:role/reads", channels=()),
    )
    reply = ask_in(Accounts(entries, lambda: own, REGION, lambda entry: other), API, asker=STRANGER)
    assert (reply.diagnosis.verdict, reply.diagnosis.evidence) == (Verdict.COULD_NOT_CHECK, ())
    assert [each.hint for each in reply.diagnosis.unseen] == [Hint.NO_ACCOUNT]
    assert "not allowed to ask about any AWS account" in reply.summary
    assert (own.asked, other.asked) == ([], [])


def test_the_bot_s_own_identity_is_nothing_to_who_may_not_ask_about_its_account():
    own, other = a_tape(), a_tape()
    entries = (
        AccountEntry(id=ACCOUNT, own=True, people=()),
        AccountEntry(id=OTHER, role_arn=f"arn:aws:iam::{OTHER}:role/reads"),
    )
    reply = ask_in(Accounts(entries, lambda: own, REGION, lambda entry: other), API, asker=STRANGER)
    assert reply.diagnosis.target.account == OTHER
    assert {each.account for each in reply.diagnosis.evidence} == {OTHER}
    assert own.asked == []


@pytest.mark.parametrize("tape", [a_tape, a_tape_without_it], ids=["offered", "found"])
def test_an_answer_may_be_seen_by_who_may_ask_about_all_of_its_accounts(tape):
    accounts = entered(tape(), a_tape(), people=("U0FRIEND",))
    bot = Troubleshooter(READER, [playbook()], accounts, Writer([], []), 60)
    of_both, of_own = (bot.answer(Question(API, "en", asker=asker)).diagnosis for asker in (None, STRANGER))
    friend = Asker("U0FRIEND", "D0FRIEND")
    assert [bot.may_see_all(asker, of_both) for asker in (None, friend, STRANGER)] == [True, True, False]
    assert all(bot.may_see_all(asker, of_own) for asker in (None, friend, STRANGER))


def test_what_was_found_is_remembered_for_the_next_question():
    spots = Remembering()
    ask_in(entered(a_tape_without_it(), a_tape()), API, spots)
    assert spots.spots == {API: Spot(OTHER, REGION)}


def test_what_another_s_question_has_found_is_of_no_use_to_a_stranger():
    other, spots = a_tape(), Remembering(**{API: Spot(OTHER, REGION)})
    accounts = entered(a_tape_without_it(), other, channels=("C0FRIEND",))
    assert ask_in(accounts, API, spots, asker=STRANGER).diagnosis.verdict is Verdict.TARGET_NOT_FOUND
    assert other.asked == []


def a_bot(tape, *playbooks):
    return Troubleshooter(READER, playbooks, Accounts(own=lambda: tape, region=REGION), Writer([], []), 60)


def watched(text, *playbooks):
    heard = []
    reply = a_bot(a_tape(), *playbooks).answer(Question(text, "en"), heard.append)
    return heard, reply.diagnosis


def test_who_watches_hears_what_is_done_and_what_is_understood(looks):
    heard, diagnosis = watched(f"{URL} {PERMISSION}", playbook(looks))
    assert list(dict.fromkeys(each.step for each in heard)) == list(Step)
    first, last = heard[0], heard[-1]
    assert (first.step, first.symptoms, first.target, first.reads) == (Step.READ, (), None, 0)
    assert (last.step, last.symptoms, last.target) == (
        Step.WRITE,
        ("integration-lambda-permission",),
        diagnosis.target,
    )
    # The part asked about, then the whole.
    assert (last.done, last.total) == (2, 2)
    assert last.reads == len(diagnosis.evidence)
    for before, after in pairwise(heard):
        assert list(Step).index(before.step) <= list(Step).index(after.step)
        assert before.reads <= after.reads
        assert before.done <= after.done <= after.total


def test_who_watches_hears_each_answer_of_aws_while_it_is_waited_for():
    heard, diagnosis = watched(API, playbook(lambda api: iter(api.methods[:0])))
    reads = [each.reads for each in heard if each.step in (Step.LOCATE, Step.EXAMINE)]
    assert len(set(reads)) > 2
    assert max(reads) <= len(diagnosis.evidence)


def test_of_a_text_about_something_else_there_is_little_to_hear():
    heard, _ = watched("what is for lunch?")
    assert [each.step for each in heard] == [Step.READ, Step.WRITE]


def test_a_watch_that_breaks_changes_no_answer(looks):
    def breaks(progress):
        raise ZeroDivisionError

    question = Question(f"{URL} {PERMISSION}", "en")
    alone = a_bot(a_tape(), playbook(looks)).answer(question)
    watched = a_bot(a_tape(), playbook(looks)).answer(question, breaks)
    assert (watched.summary, watched.diagnosis.verdict) == (alone.summary, alone.diagnosis.verdict)
    assert watched.diagnosis.unseen == alone.diagnosis.unseen == ()
    assert watched.diagnosis.examined == ("looks",)


def test_it_understands_whom_nobody_addressed_only_if_one_text_is_meant():
    bot = a_bot(a_tape())
    assert bot.understands("it is the prod stage")
    assert bot.understands("hm", PERMISSION, "any idea?")
    assert not bot.understands("thanks, that fixed it", "restarting prod now")
    assert not bot.understands()


def test_places_and_regions_are_those_of_the_accounts():
    bot = Troubleshooter(READER, (), entered(a_tape(), a_tape(), people=("U0FRIEND",)), Writer([], []), 60)
    own, other = Place(ACCOUNT, own=True, region=REGION), Place(OTHER, own=False, region=REGION, name="shop")
    assert bot.places() == bot.places(Asker("U0FRIEND")) == (own, other)
    assert bot.places(STRANGER) == (own,)
    assert [bot.may_see(STRANGER, id) for id in (ACCOUNT, OTHER)] == [True, False]
    assert REGION in bot.regions()


def test_an_answer_of_an_account_of_which_aws_did_not_tell_is_the_own_s():
    own = AccountEntry(id=ACCOUNT, own=True, people=("U0FRIEND",))
    accounts = Accounts((own,), lambda: Tape(otherwise=DENIED), REGION)
    read = Evidence("e1", "apigateway", "GetRestApis", {}, Outcome.FOUND, None, REGION, 1.0)
    diagnosis = Diagnosis(Verdict.NEED_TARGET, READER.read("an error"), evidence=(read,))
    bot = Troubleshooter(READER, [], accounts, Writer([], []), 60)
    assert bot.may_see_all(Asker("U0FRIEND", None), diagnosis)
    assert not bot.may_see_all(STRANGER, diagnosis)
