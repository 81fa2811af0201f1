"""What was found before is looked for there first, where whoever asks may look, and elsewhere if it is gone."""

import pytest

from bot.aws.account import Account, Inquiry
from bot.aws.locate import Search
from bot.aws.whereabouts import Forgetful, locate_again
from bot.model import Report, Spot
from tests.aws.bystanders import Remembering
from tests.aws.tapes import ACCOUNT, API, DENIED, REGION, AtOnce, Tape, found, function_arn, in_time, method, record_api

OTHER, FAR = "210987654321", "us-east-1"


def empty():
    tape = Tape().holds("ec2", "DescribeRegions", found(Regions=[{"RegionName": name} for name in (REGION, FAR)]))
    tape.holds("apigateway", "GetRestApis", found(items=[]))
    return tape.holds("sts", "GetCallerIdentity", found(Account=ACCOUNT, Arn=f"arn:aws:iam::{ACCOUNT}:user/x"))


def with_api(region=FAR):
    return record_api(empty(), {"GET /": method(function_arn("pets"))}, region=region)


def look(whereabouts, *tapes, region=None, regions=None, **ids):
    inquiry = Inquiry(AtOnce(), in_time())
    accounts = [
        Account(inquiry, tape, REGION, "aws", id, name=name, regions=regions)
        for tape, id, name in zip(tapes, (None, OTHER), ("tools", "shop"), strict=False)
    ]
    return locate_again(
        [Search(Report("", (), ids or {"api_id": API}, 0), each, region) for each in accounts], whereabouts
    )


def test_what_was_found_is_remembered_and_asked_first_next_time():
    whereabouts, own, shop = Remembering(), empty(), with_api()
    assert look(whereabouts, own, shop).api.account.id == OTHER
    assert whereabouts.spots == {API: Spot(OTHER, FAR)}
    own.asked.clear(), shop.asked.clear()
    place = look(whereabouts, own, shop)
    assert (place.api.account.id, place.api.region) == (OTHER, FAR)
    assert own.asked == []
    assert {read.region for read in shop.asked} == {FAR}
    assert "DescribeRegions" not in shop.operations


def test_the_own_account_is_remembered_by_its_id():
    whereabouts, own = Remembering(), with_api()
    look(whereabouts, own, empty())
    assert whereabouts.spots == {API: Spot(ACCOUNT, FAR)}
    own.asked.clear()
    assert look(whereabouts, own).api.region == FAR
    assert "DescribeRegions" not in own.operations


def test_what_is_gone_from_there_is_forgotten_and_looked_for_everywhere():
    whereabouts = Remembering(**{API: Spot(OTHER, REGION)})
    assert look(whereabouts, empty(), with_api()).api.region == FAR
    assert whereabouts.spots == {API: Spot(OTHER, FAR)}
    assert look(whereabouts, empty(), empty()).api is None
    assert whereabouts.spots == {}


def test_what_cannot_be_seen_there_is_not_forgotten():
    whereabouts = Remembering(**{API: Spot(OTHER, FAR)})
    shop = with_api().holds("apigateway", "GetRestApi", DENIED, FAR, restApiId=API)
    assert look(whereabouts, empty(), shop).api is None
    assert whereabouts.spots == {API: Spot(OTHER, FAR)}


@pytest.mark.parametrize(
    "spot",
    [Spot("999988887777", FAR), Spot(OTHER, "ap-south-1")],
    ids=["an account not looked into", "a region not looked into"],
)
def test_where_it_may_not_be_looked_for_it_is_not_and_nothing_is_forgotten_for_that(spot):
    whereabouts = Remembering(**{API: spot})
    own, shop = empty(), empty()
    assert look(whereabouts, own, shop, regions=(REGION, FAR)).api is None
    assert whereabouts.spots == {API: spot}
    assert {read.region for read in (*own.asked, *shop.asked)} == {REGION, FAR}


def test_a_region_that_is_named_wins():
    whereabouts = Remembering(**{API: Spot(OTHER, FAR)})
    assert look(whereabouts, empty(), with_api(REGION), region=REGION).api.region == REGION
    assert whereabouts.spots == {API: Spot(OTHER, REGION)}


def test_an_api_of_another_kind_is_remembered_too():
    whereabouts = Remembering()
    shop = empty().holds("apigatewayv2", "GetApi", found(ApiId=API, ProtocolType="HTTP"), ApiId=API)
    look(whereabouts, empty(), shop)
    assert whereabouts.spots == {API: Spot(OTHER, REGION)}
    assert look(whereabouts, empty(), shop).other.account == OTHER


def test_only_ids_are_remembered():
    whereabouts = Remembering()
    look(whereabouts, empty(), with_api(), function_name="pets")
    assert whereabouts.spots == {}


def test_whoever_is_forgetful_looks_each_time():
    own = with_api()
    for _ in range(2):
        own.asked.clear()
        assert look(Forgetful(), own).api.region == FAR
        assert "DescribeRegions" in own.operations


def test_what_somebody_else_found_is_not_given_away_by_where_the_own_account_is_asked_first():
    searched = []
    for spots in ({}, {API: Spot("999988887777", "ap-south-1")}):
        own, shop = empty(), empty()
        look(Remembering(**spots), own, shop)
        searched.append([read.region for read in own.asked if read.service != "sts"])
    assert searched[0] == searched[1]
