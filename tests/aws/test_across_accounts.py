"""What a report names is found in whichever account has it, and whoever keeps silent hides nothing of another."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from bot.aws.account import Account, Inquiry, Result
from bot.aws.across_accounts import locate_across
from bot.aws.locate import Search
from bot.model import Hint, Outcome, Report, TargetKind, UnseenReason
from tests.aws.tapes import (
    ACCOUNT,
    API,
    DENIED,
    REGION,
    THROTTLED,
    AtOnce,
    Tape,
    found,
    function_arn,
    in_time,
    method,
    record_api,
    record_function,
)

OTHER, THIRD = "210987654321", "345678901234"
FAR = "us-east-1"
METHODS = {"GET /": method(function_arn("pets"))}
CLOSED = Result(Outcome.FAILED, error="AccessDenied: not you", hint=Hint.OTHER_ACCOUNT)


def empty(*regions):
    names = [{"RegionName": name} for name in (REGION, *regions)]
    tape = Tape().holds("ec2", "DescribeRegions", found(Regions=names))
    return tape.holds("apigateway", "GetRestApis", found(items=[]))


def with_api(region=REGION, id=API, regions=(FAR,)):
    tape = record_api(empty(*regions), METHODS, id=id, region=region)
    item = {"id": id, "name": f"the {id}", "createdDate": "2026-01-01"}
    return tape.holds("apigateway", "GetRestApis", found(items=[item]), region)


def place_of(*tapes, text="", region=None, pool=None, patience=60, **ids):
    inquiry = Inquiry(pool or AtOnce(), in_time())
    names = ((ACCOUNT, "tools"), (OTHER, "shop"), (THIRD, "bank"))
    accounts = [
        Account(inquiry, tape, REGION, "aws", id, name=name) for tape, (id, name) in zip(tapes, names, strict=False)
    ]
    return locate_across([Search(Report(text, (), ids, 0), account, region) for account in accounts], patience)


def offered(place):
    return [(each.account_name, each.target.id, each.target.region) for each in place.candidates]


def test_an_id_is_found_in_whichever_account_has_it():
    place = place_of(empty(), with_api(), api_id=API)
    assert (place.api.id, place.api.account.id, place.api.region) == (API, OTHER, REGION)
    assert (place.candidates, place.silent, place.accounts) == ((), (), ("tools", "shop"))


def test_every_account_is_asked_at_home_before_any_other_region():
    far, near = with_api(FAR), with_api()
    assert place_of(far, near, api_id=API).api.account.id == OTHER
    assert {read.region for read in far.asked} == {REGION}


def test_an_id_is_found_in_a_region_that_is_nobody_s_home():
    place = place_of(empty("ap-south-1"), with_api(FAR), api_id=API)
    assert (place.api.account.id, place.api.region) == (OTHER, FAR)
    assert place.searched == (REGION, "ap-south-1", FAR)


def test_a_region_that_is_named_is_the_only_one():
    tapes = empty(FAR), with_api(FAR)
    assert place_of(*tapes, region=REGION, api_id=API).api is None
    assert {read.region for tape in tapes for read in tape.asked} == {REGION}
    assert place_of(*tapes, region=FAR, api_id=API).api.region == FAR


def test_an_id_in_several_accounts_is_asked_back_with_their_names():
    place = place_of(with_api(), empty(), with_api(), api_id=API)
    assert (place.api, place.is_named) == (None, True)
    assert offered(place) == [("tools", API, REGION), ("bank", API, REGION)]
    assert [(each.name, each.target.account) for each in place.candidates] == [("pets", ACCOUNT), ("pets", THIRD)]


def test_an_api_of_another_kind_is_found_as_well():
    other = empty().holds("apigatewayv2", "GetApi", found(ApiId=API, ProtocolType="HTTP"), ApiId=API)
    place = place_of(empty(), other, api_id=API)
    assert (place.other.kind, place.other.account) == (TargetKind.HTTP_API, OTHER)


def test_an_id_that_is_nowhere_says_where_was_looked():
    place = place_of(empty(FAR), empty("ap-south-1"), api_id=API)
    assert (place.api, place.candidates, place.silent, place.is_certain) == (None, (), (), True)
    assert (place.searched, place.accounts) == ((REGION, "ap-south-1", FAR), ("tools", "shop"))


@pytest.mark.parametrize("closed", [DENIED, THROTTLED, CLOSED], ids=["denied", "throttled", "role"])
def test_an_account_that_does_not_answer_is_no_gap_where_another_has_it(closed):
    place = place_of(Tape(otherwise=closed), with_api(), api_id=API)
    assert (place.api.account.id, place.silent, place.is_certain) == (OTHER, (), True)
    assert place.api.account.inquiry.unseen == ()


@pytest.mark.parametrize(
    ("closed", "reason", "hint"),
    [
        (DENIED, UnseenReason.DENIED, None),
        (THROTTLED, UnseenReason.THROTTLED, None),
        (CLOSED, UnseenReason.FAILED, Hint.OTHER_ACCOUNT),
    ],
    ids=["denied", "throttled", "role"],
)
def test_where_none_has_it_an_account_that_does_not_answer_is_named_once_and_nothing_is_certain(closed, reason, hint):
    place = place_of(empty(FAR), Tape(otherwise=closed), empty(), api_id=API)
    assert (place.api, place.is_certain) == (None, False)
    (silent,) = place.silent
    assert (silent.account, silent.reason, silent.hint) == ("shop", reason, hint)
    assert (silent.grant is not None) is (reason is UnseenReason.DENIED)


def test_an_account_whose_regions_cannot_be_listed_was_not_searched():
    closed = Tape().holds("ec2", "DescribeRegions", DENIED)
    place = place_of(closed, empty(), api_id=API)
    assert [(each.account, each.operation) for each in place.silent] == [("tools", "DescribeRegions")]


def test_a_role_that_cannot_be_assumed_is_tried_at_home_only():
    closed = Tape(otherwise=CLOSED)
    place_of(closed, with_api(FAR), api_id=API)
    assert {read.operation for read in closed.asked} == {"GetRestApi", "GetApi"}


def test_a_door_that_is_closed_at_home_may_be_open_elsewhere():
    tape = with_api(FAR).holds("apigateway", "GetRestApi", DENIED, restApiId=API)
    assert place_of(empty(), tape, api_id=API).api.region == FAR


def test_a_place_that_keeps_silent_holds_up_no_other():
    ends = threading.Event()

    def hangs(read):
        ends.wait(timeout=30)
        return DENIED

    with ThreadPoolExecutor(16) as pool:
        first = place_of(hangs, with_api(FAR), pool=pool, patience=0.2, api_id=API)
        nowhere = place_of(hangs, empty(), pool=pool, patience=0.2, api_id=API)
        ends.set()
    assert (first.api.account.id, first.silent) == (OTHER, ())
    assert [(each.account, each.reason) for each in nowhere.silent] == [("tools", UnseenReason.NOT_TRIED)]


def test_a_domain_leads_to_the_account_that_has_it():
    mappings = found(items=[{"basePath": "(none)", "restApiId": API, "stage": "prod"}])
    tape = with_api().holds("apigateway", "GetBasePathMappings", mappings, domainName="api.example.com")
    place = place_of(empty(), tape, domain="api.example.com")
    assert (place.api.account.id, place.stage) == (OTHER, "prod")


def test_a_function_s_name_leads_to_the_account_that_has_it_and_the_others_are_not_looked_into():
    stranger = with_api(id="zzzzzzzzz9")
    place = place_of(stranger, record_function(with_api(), "pets"), function_name="pets")
    assert (place.api.account.id, place.api.id) == (OTHER, API)
    assert "GetResources" not in stranger.operations


def test_a_function_that_is_gone_is_looked_for_in_every_api():
    place = place_of(empty(), with_api(), function_name="pets")
    assert (place.api.account.id, place.candidates) == (OTHER, ())


def test_where_nothing_is_named_the_accounts_take_turns_and_what_the_text_names_comes_first():
    place = place_of(with_api(id="a"), with_api(id="b"), Tape(otherwise=DENIED), text="it is THE B I think")
    assert offered(place) == [("shop", "b", REGION), ("tools", "a", REGION)]
    assert not place.is_named
    assert [each.account for each in place.silent] == ["bank"]


def test_where_no_account_answers_nothing_is_offered_and_nothing_certain():
    place = place_of(Tape(otherwise=DENIED), Tape(otherwise=DENIED))
    assert (place.candidates, place.is_certain) == ((), False)
    assert [each.account for each in place.silent] == ["tools", "shop"]


def test_the_same_question_is_asked_in_the_same_order():
    def asked():
        tapes = empty("ap-south-1", "sa-east-1"), with_api(FAR), empty(FAR)
        place = place_of(*tapes, api_id=API)
        return [(each.operation, each.region, each.account) for each in place.api.account.inquiry.evidence]

    assert asked() == asked()


def test_many_accounts_are_asked_a_few_at_a_time_and_all_of_them():
    inquiry = Inquiry(AtOnce(), in_time())
    tapes = [empty() for _ in range(34)] + [with_api()]
    accounts = [
        Account(inquiry, tape, REGION, "aws", f"{number:012}", name=f"n{number}") for number, tape in enumerate(tapes)
    ]
    place = locate_across([Search(Report("", (), {"api_id": API}, 0), account, None) for account in accounts])
    assert place.api.account.name == "n34"
    assert all(tape.asked for tape in tapes)
