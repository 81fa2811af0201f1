"""An account asks each thing once, remembers the order, and tells apart what was absent, denied and not tried."""

from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest

from bot.aws.account import DEADLINE, Account, Answer, Inquiry, Read, Result, Unseen, as_far_as_seen
from bot.model import Hint, Outcome, UnseenReason
from tests.aws.tapes import (
    ABSENT,
    ACCOUNT,
    DENIED,
    REGION,
    THROTTLED,
    AtOnce,
    Never,
    Tape,
    account_of,
    found,
    in_time,
    over,
)

POLICY = Read.of("lambda", "GetPolicy", REGION, FunctionName="pets")
STAGES = Read.of("apigateway", "GetStages", REGION, restApiId="a1b2c3d4e5")
ROLE = Read.of("iam", "GetRole", REGION, RoleName="caller")
IDENTITY = {"Account": ACCOUNT, "Arn": f"arn:aws-cn:iam::{ACCOUNT}:user/x"}


def a_tape(**answers: Result) -> Tape:
    tape = Tape()
    reads = {"policy": POLICY, "stages": STAGES, "role": ROLE}
    for name, result in answers.items():
        read = reads[name]
        tape.holds(read.service, read.operation, result, read.region, **read.arguments)
    return tape


def test_a_read_leaves_out_what_is_none_and_can_be_compared_whatever_its_lists():
    first = Read.of("apigateway", "GetResources", REGION, restApiId="a", embed=["methods"], position=None)
    again = Read.of("apigateway", "GetResources", REGION, restApiId="a", embed=["methods"])
    assert first == again
    assert len({first, again}) == 1
    assert first.arguments == {"restApiId": "a", "embed": ["methods"]}


def test_asks_aws_once_however_often_it_is_asked():
    tape = a_tape(policy=found(Policy="{}"))
    account = account_of(tape)
    account.expect(POLICY, POLICY)
    first, again = account.read(POLICY), account.read(POLICY)
    assert account.glance(POLICY) == first == again
    assert tape.asked == [POLICY]


def test_accounts_of_different_sources_do_not_share_answers():
    inquiry = Inquiry(AtOnce(), in_time())
    here = Account(inquiry, a_tape(role=found(Role="here")), REGION, "aws", ACCOUNT)
    there = Account(inquiry, a_tape(role=found(Role="there")), REGION, "aws", "210987654321")
    assert (here.read(ROLE)["Role"], there.read(ROLE)["Role"]) == ("here", "there")
    assert [(each.id, each.account) for each in inquiry.evidence] == [("e1", ACCOUNT), ("e2", "210987654321")]


def test_evidence_stands_in_the_order_asked_not_in_that_of_need():
    account = account_of(a_tape(stages=found(item=[]), policy=DENIED))
    account.expect(STAGES, POLICY, ROLE)
    account.read(ROLE)
    assert [(each.id, each.operation, each.outcome) for each in account.inquiry.evidence] == [
        ("e1", "GetStages", Outcome.FOUND),
        ("e2", "GetPolicy", Outcome.DENIED),
        ("e3", "GetRole", Outcome.ABSENT),
    ]
    assert account.inquiry.evidence[1].parameters == {"FunctionName": "pets"}
    assert account.inquiry.evidence[1].error == DENIED.error


def test_found_and_absent_are_answers():
    account = account_of(a_tape(stages=found(item=["prod"])))
    there, absent = account.read(STAGES), account.read(POLICY)
    assert (bool(there), there["item"], there["nothing"]) == (True, ["prod"], None)
    assert not absent
    with pytest.raises(TypeError):
        absent["Policy"]
    assert account.inquiry.unseen == ()


def test_an_empty_body_was_found_all_the_same():
    assert Answer("e1", {})


def test_denied_comes_with_the_statement_that_would_allow_it():
    account = account_of(a_tape(policy=DENIED))
    with pytest.raises(Unseen) as unseen:
        account.read(POLICY)
    (reported,) = account.inquiry.unseen
    assert reported == unseen.value.read
    arn = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:pets"
    assert (reported.action, reported.operation, reported.resource) == ("lambda:GetPolicy", "GetPolicy", arn)
    assert reported.reason is UnseenReason.DENIED
    assert reported.grant == {"Effect": "Allow", "Action": "lambda:GetPolicy", "Resource": [arn, f"{arn}:*"]}


def test_failed_comes_with_its_reason_and_no_grant():
    account = account_of(a_tape(policy=THROTTLED))
    with pytest.raises(Unseen):
        account.read(POLICY)
    (reported,) = account.inquiry.unseen
    assert (reported.reason, reported.grant, reported.detail) == (UnseenReason.THROTTLED, None, THROTTLED.error)
    assert reported.hint is None


def test_refused_credentials_in_one_region_hint_at_the_region():
    account = account_of(a_tape(policy=Result(Outcome.FAILED, error="expired", credentials_rejected=True)))
    with pytest.raises(Unseen):
        account.read(POLICY)
    assert account.inquiry.unseen[0].hint is Hint.REGION_NOT_ENABLED


def test_what_was_expected_and_never_needed_is_no_gap():
    account = account_of(a_tape(policy=DENIED))
    account.expect(POLICY)
    assert account.inquiry.unseen == ()
    assert [each.outcome for each in account.inquiry.evidence] == [Outcome.DENIED]


@pytest.mark.parametrize(("result", "answered"), [(DENIED, False), (THROTTLED, False), (ABSENT, True), (found(), True)])
def test_a_glance_leaves_no_gap(result, answered):
    account = account_of(a_tape(policy=result))
    assert (account.glance(POLICY) is not None) is answered
    assert account.inquiry.unseen == ()


def test_a_glance_does_not_hide_the_gap_of_a_read():
    account = account_of(a_tape(policy=DENIED))
    account.glance(POLICY)
    with as_far_as_seen():
        account.read(POLICY)
    account.glance(POLICY)
    assert [each.operation for each in account.inquiry.unseen] == ["GetPolicy"]


def test_after_the_deadline_nothing_is_asked_any_more():
    tape = a_tape(policy=found(Policy="{}"))
    account = Account(Inquiry(AtOnce(), over()), tape, REGION, "aws", ACCOUNT)
    with pytest.raises(Unseen) as unseen:
        account.read(POLICY)
    assert unseen.value.read.reason is UnseenReason.NOT_TRIED
    assert tape.asked == []


@pytest.mark.parametrize("busy", [True, False])
def test_what_is_not_answered_by_the_deadline_counts_as_not_tried(busy):
    account = Account(Inquiry(Never(busy=busy), over()), a_tape(policy=found()), REGION, "aws", ACCOUNT)
    with pytest.raises(Unseen) as unseen:
        account.read(POLICY)
    assert unseen.value.read.reason is UnseenReason.NOT_TRIED
    assert [each.reason for each in account.inquiry.unseen] == [UnseenReason.NOT_TRIED]
    assert [each.outcome for each in account.inquiry.evidence] == [Outcome.FAILED]


def test_an_answer_that_comes_too_late_does_not_undo_the_gap():
    never = Never()
    account = Account(Inquiry(never, over()), a_tape(), REGION, "aws", ACCOUNT)
    with as_far_as_seen():
        account.read(POLICY)
    never.under_way[0].set_result((found(Policy="{}"), 1.0))
    assert [each.reason for each in account.inquiry.unseen] == [UnseenReason.NOT_TRIED]
    assert [each.outcome for each in account.inquiry.evidence] == [Outcome.FAILED]


def test_a_place_that_keeps_silent_is_waited_for_no_longer_than_it_is_worth():
    account = Account(Inquiry(Never(), in_time()), a_tape(policy=found()), REGION, "aws", ACCOUNT)
    account.expect(POLICY)
    assert account.glance(POLICY, until=over()) is None
    unseen, result = account.silence(POLICY)
    assert (unseen.operation, unseen.reason, result.outcome) == ("GetPolicy", UnseenReason.NOT_TRIED, Outcome.FAILED)
    assert account.inquiry.unseen == ()


def test_a_read_knows_until_when_it_is_of_use():
    known, deadline = [], in_time()

    def source(read):
        known.append(DEADLINE.get())
        return ABSENT

    Account(Inquiry(AtOnce(), deadline), source, REGION, "aws", ACCOUNT).read(POLICY)
    assert [*known, DEADLINE.get()] == [deadline, float("inf")]


def test_what_is_closed_begins_nothing_more():
    pool = ThreadPoolExecutor(1)
    inquiry = Inquiry(pool, in_time())
    begun, ends = Event(), Event()

    def source(read):
        begun.set()
        ends.wait(timeout=30)
        return ABSENT

    account = Account(inquiry, source, REGION, "aws", ACCOUNT)
    account.expect(POLICY, STAGES)
    begun.wait(timeout=30)
    inquiry.close()
    ends.set()
    pool.shutdown()
    assert inquiry.answered == 1


def test_what_an_answer_leaves_open_is_unseen_after_the_gaps():
    account = account_of(a_tape(stages=found(item=[]), policy=DENIED))
    account.read(STAGES)
    open_question = account.leave_open(STAGES, Hint.UNDECIDABLE_CONDITION)
    with as_far_as_seen():
        account.read(POLICY)
    assert [(each.operation, each.reason) for each in account.inquiry.unseen] == [
        ("GetPolicy", UnseenReason.DENIED),
        ("GetStages", UnseenReason.NOT_SUPPORTED),
    ]
    assert open_question.read.hint is Hint.UNDECIDABLE_CONDITION
    assert open_question.read.grant is None


def test_what_is_left_open_twice_is_one_gap():
    account = account_of(a_tape(stages=found(item=[])))
    account.read(STAGES)
    for _ in range(2):
        account.leave_open(STAGES, Hint.UNDECIDABLE_CONDITION)
    account.leave_open(STAGES, Hint.MALFORMED_POLICY)
    assert [gap.hint for gap in account.inquiry.unseen] == [Hint.UNDECIDABLE_CONDITION, Hint.MALFORMED_POLICY]


def test_as_far_as_seen_swallows_only_what_could_not_be_seen():
    with pytest.raises(ZeroDivisionError), as_far_as_seen():
        _ = 1 / 0


def test_learns_who_and_where_it_is_once():
    tape = Tape().holds("sts", "GetCallerIdentity", found(**IDENTITY))
    account = account_of(tape, id=None)
    account.expect_identity()
    assert (account.id, account.id) == (ACCOUNT, ACCOUNT)
    assert account.partition == "aws-cn"
    assert tape.operations == ["GetCallerIdentity"]


def test_does_not_ask_who_it_is_where_that_is_known():
    tape = Tape()
    account = account_of(tape)
    account.expect_identity()
    assert account.id == ACCOUNT
    assert tape.asked == []


def test_knows_its_neighbours():
    other = account_of(Tape(), id="210987654321")
    account = account_of(Tape(), neighbour={"210987654321": other}.get)
    assert account.neighbour(ACCOUNT) is account
    assert account.neighbour("210987654321") is other
    assert account.neighbour("111111111111") is None
    assert account.other(ACCOUNT) is None


def test_a_read_may_hold_lists_of_structures_and_is_the_same_read_whatever_their_order():
    one = Read.of("cloudtrail", "LookupEvents", REGION, LookupAttributes=[{"AttributeKey": "k", "AttributeValue": "v"}])
    two = Read.of("cloudtrail", "LookupEvents", REGION, LookupAttributes=[{"AttributeValue": "v", "AttributeKey": "k"}])
    assert {one: 1}[two] == 1
    assert one.arguments == {"LookupAttributes": [{"AttributeKey": "k", "AttributeValue": "v"}]}
