"""Which API a report is about: by id, by domain, or by what it uses; and where was looked for it."""

import pytest

from bot.aws.account import Unseen
from bot.aws.locate import Search, locate, names_a_target
from bot.model import Hint, Report, TargetKind
from tests.aws.tapes import (
    ACCOUNT,
    API,
    DENIED,
    REGION,
    Tape,
    account_of,
    found,
    function_arn,
    method,
    record_api,
    uri_of,
)

PETS = function_arn("pets")
ROLE = f"arn:aws:iam::{ACCOUNT}:role/caller"
DOMAIN = "api.example.com"


def report(text="", **ids):
    return Report(text, (), ids, 0)


def place_of(tape, region=None, home=REGION, text="", **ids):
    return locate(Search(report(text, **ids), account_of(tape, region=home), region))


def shown(place):
    return [(each.target.id, each.name) for each in place.candidates]


def rest_apis(*described, region=REGION):
    tape = Tape()
    items = [{"id": id, "name": name, "createdDate": created} for id, name, created in described]
    return tape.holds("apigateway", "GetRestApis", found(items=items), region)


def regions(tape, *names):
    return tape.holds("ec2", "DescribeRegions", found(Regions=[{"RegionName": name} for name in names]))


@pytest.mark.parametrize(
    ("ids", "named"),
    [
        ({"api_id": API}, True),
        ({"function_arn": PETS}, True),
        ({"function_name": "pets"}, True),
        ({"region": REGION, "status": "500"}, False),
        ({"role_arn": ROLE}, False),
        ({"domain": DOMAIN}, False),
        ({}, False),
    ],
)
def test_what_leads_to_an_api_without_a_symptom(ids, named):
    assert names_a_target(report("some prose about it", **ids)) is named


@pytest.mark.parametrize("ids", [{"role_arn": ROLE}, {"domain": DOMAIN}, {"authorizer_id": "au12"}])
def test_what_else_may_lead_to_one_where_it_is_all_of_the_text(ids):
    (text,) = ids.values()
    assert names_a_target(report(f" {text}\n", **ids))
    assert not names_a_target(report(text))


def test_an_id_is_found_in_the_region_to_begin_with_and_nowhere_else_is_asked():
    tape = record_api(Tape(), {"GET /": method(PETS)})
    place = place_of(tape, api_id=API)
    assert (place.api.id, place.api.region, place.searched) == (API, REGION, (REGION,))
    assert {read.region for read in tape.asked} == {REGION}


def test_an_id_that_is_not_there_is_looked_for_in_every_other_enabled_region():
    tape = record_api(
        regions(Tape(), "us-east-1", REGION, "ap-northeast-1"), {"GET /": method(PETS)}, region="us-east-1"
    )
    place = place_of(tape, api_id=API)
    assert (place.api.region, place.searched) == ("us-east-1", (REGION, "ap-northeast-1", "us-east-1"))
    asked = [read.region for read in tape.asked if read.operation == "GetRestApi"]
    assert asked[0] == REGION
    assert sorted(set(asked[1:])) == ["ap-northeast-1", "us-east-1"]


def test_every_region_is_asked_before_any_answer_is_waited_for():
    tape = regions(Tape(), REGION, "us-east-1", "ap-northeast-1")
    tape.holds("apigateway", "GetRestApi", DENIED, "ap-northeast-1", restApiId=API)
    with pytest.raises(Unseen):
        place_of(tape, api_id=API)
    assert {read.region for read in tape.asked} == {REGION, "us-east-1", "ap-northeast-1"}


def test_where_the_regions_of_an_account_are_set_no_other_is_asked_nor_which_there_are():
    tape = record_api(Tape(), {"GET /": method(PETS)}, region="us-east-1")
    account = account_of(tape)
    account.regions = (REGION, "us-east-1")
    place = locate(Search(report(api_id=API), account, None))
    assert (place.api.region, place.searched) == ("us-east-1", (REGION, "us-east-1"))
    assert "DescribeRegions" not in tape.operations


def test_a_region_that_is_named_is_the_only_one():
    tape = record_api(regions(Tape(), REGION, "us-east-1"), {"GET /": method(PETS)}, region=REGION)
    place = place_of(tape, region="us-east-1", api_id=API)
    assert (place.api, place.other, place.candidates, place.searched) == (None, None, (), ("us-east-1",))
    assert {read.region for read in tape.asked} == {"us-east-1"}


def test_an_id_that_is_nowhere_says_where_was_looked():
    place = place_of(regions(Tape(), "us-east-1", REGION), api_id=API)
    assert (place.api, place.other, place.searched, place.is_named) == (None, None, (REGION, "us-east-1"), True)


def test_a_closed_region_hides_no_api_of_another_one():
    tape = record_api(regions(Tape(), REGION, "ap-northeast-1", "us-east-1"), {}, region="us-east-1")
    tape.holds("apigateway", "GetRestApi", DENIED, "ap-northeast-1", restApiId=API)
    assert place_of(tape, api_id=API).api.region == "us-east-1"


def test_where_the_regions_cannot_be_listed_nothing_is_called_not_found():
    tape = Tape().holds("ec2", "DescribeRegions", DENIED)
    with pytest.raises(Unseen):
        place_of(tape, api_id=API)


@pytest.mark.parametrize(
    ("protocol", "kind"),
    [("HTTP", TargetKind.HTTP_API), ("WEBSOCKET", TargetKind.WEBSOCKET_API), ("NEW", TargetKind.HTTP_API)],
)
@pytest.mark.parametrize("region", [REGION, "us-east-1"])
def test_an_id_of_another_kind_is_known_as_such(protocol, kind, region):
    tape = regions(Tape(), REGION, "us-east-1")
    tape.holds("apigatewayv2", "GetApi", found(ApiId=API, ProtocolType=protocol), region, ApiId=API)
    place = place_of(tape, api_id=API)
    assert (place.api, place.other.kind, place.other.id, place.other.region) == (None, kind, API, region)


def using(tape, **apis):
    """APIs by id, each with the methods given, newest first in the list of all."""
    items = [
        {"id": id, "name": f"the {id}", "createdDate": f"2026-01-{number:02}"} for number, id in enumerate(apis, 1)
    ]
    tape.holds("apigateway", "GetRestApis", found(items=items))
    for id, (methods, authorizers) in apis.items():
        record_api(tape, methods, authorizers=authorizers, id=id)
    return tape


CALLS_PETS = ({"GET /": method(PETS)}, ())
CALLS_LIVE = ({"GET /": method(f"{PETS}:live")}, ())
CALLS_TOYS = ({"GET /": method(function_arn("toys"))}, ())
WITH_ROLE = ({"GET /": method(function_arn("toys"), credentials=ROLE)}, ())
AUTHORIZED = (
    {"GET /": method(function_arn("toys"), "au12")},
    ({"id": "au12", "name": "n", "type": "TOKEN", "authorizerUri": uri_of(PETS)},),
)


@pytest.mark.parametrize(
    ("ids", "apis", "found_ids"),
    [
        ({"function_name": "pets"}, {"a": CALLS_TOYS, "b": CALLS_PETS}, "b"),
        ({"function_arn": f"{PETS}:7"}, {"a": CALLS_LIVE, "b": CALLS_TOYS}, "a"),
        ({"function_name": "pets"}, {"a": CALLS_TOYS, "b": AUTHORIZED}, "b"),
        ({"authorizer_id": "au12"}, {"a": CALLS_PETS, "b": AUTHORIZED}, "b"),
        ({"role_arn": ROLE}, {"a": CALLS_TOYS, "b": WITH_ROLE}, "b"),
    ],
)
def test_one_api_that_uses_what_is_named_is_the_target(ids, apis, found_ids):
    place = place_of(using(Tape(), **apis), **ids)
    assert (place.api.id, place.candidates) == (found_ids, ())


def test_several_that_use_it_are_candidates_and_the_others_are_not():
    tape = using(Tape(), a=CALLS_PETS, b=CALLS_TOYS, c=CALLS_LIVE)
    place = place_of(tape, function_name="pets")
    assert place.api is None
    assert shown(place) == [("c", "the c"), ("a", "the a")]
    assert place.is_named


def test_none_that_uses_it_is_not_found_and_offers_nothing():
    place = place_of(using(Tape(), a=CALLS_TOYS), function_name="pets")
    assert (place.api, place.candidates, place.searched, place.is_named) == (None, (), (REGION,), True)


def test_a_function_s_arn_says_in_which_region_to_look_unless_one_is_named():
    arn = PETS.replace(REGION, "us-east-1")
    tape = Tape().holds("apigateway", "GetRestApis", found(items=[]), "us-east-1")
    tape.holds("apigateway", "GetRestApis", found(items=[]))
    assert place_of(tape, function_arn=arn).searched == ("us-east-1",)
    assert place_of(tape, region=REGION, function_arn=arn).searched == (REGION,)


def test_an_api_that_cannot_be_looked_into_hides_none_that_uses_it():
    tape = using(Tape(), a=CALLS_TOYS, b=CALLS_PETS)
    tape.holds("apigateway", "GetResources", DENIED, restApiId="a", embed=["methods"])
    assert place_of(tape, function_name="pets").api.id == "b"


def test_where_not_every_api_can_be_looked_into_none_is_called_unused():
    tape = using(Tape(), **{f"a{number}": CALLS_TOYS for number in range(61)})
    with pytest.raises(Unseen) as unseen:
        place_of(tape, function_name="pets")
    assert unseen.value.read.hint is Hint.TOO_MANY_APIS


def test_an_api_that_cannot_be_looked_into_leaves_open_whether_it_uses_it():
    tape = using(Tape(), a=CALLS_TOYS)
    tape.holds("apigateway", "GetResources", DENIED, restApiId="a", embed=["methods"])
    with pytest.raises(Unseen):
        place_of(tape, function_name="pets")


def domain(*mappings):
    items = [{"basePath": base, "restApiId": id} | ({"stage": stage} if stage else {}) for base, id, stage in mappings]
    return Tape().holds("apigateway", "GetBasePathMappings", found(items=items), domainName=DOMAIN)


@pytest.mark.parametrize(
    ("path", "id", "stage", "beneath"),
    [
        ("/pets/7", "aaa", "prod", "/7"),
        ("/pets", "aaa", "prod", "/"),
        ("/pets/v2/7", "bbb", None, "/7"),
        ("/petshop", "ccc", "dev", "/petshop"),
        ("/", "ccc", "dev", "/"),
        (None, "ccc", "dev", None),
    ],
)
def test_a_domain_leads_where_its_longest_mapping_for_the_path_does(path, id, stage, beneath):
    tape = domain(("pets", "aaa", "prod"), ("(none)", "ccc", "dev"), ("pets/v2", "bbb", None))
    for each in ("aaa", "bbb", "ccc"):
        record_api(tape, {"GET /": method(PETS)}, id=each)
    given = {"path": path} if path else {}
    place = place_of(tape, domain=DOMAIN, **given)
    assert (place.api.id, place.stage, place.path) == (id, stage, beneath)


@pytest.mark.parametrize("tape", [Tape(), domain(), domain(("toys", "aaa", "prod")), domain(("pets", "gone", "prod"))])
def test_a_domain_that_leads_nowhere_leaves_everything_as_candidates(tape):
    tape.holds("apigateway", "GetRestApis", found(items=[{"id": "a", "name": "n"}]))
    place = place_of(tape, domain=DOMAIN, path="/pets")
    assert (place.api, shown(place), place.is_named) == (None, [("a", "n")], False)


def test_candidates_are_the_newest_first_but_those_whose_name_the_text_says_before_all():
    tape = rest_apis(("a", "Orders", "2026-01-01"), ("b", "pets", "2026-01-03"), ("c", "toys", "2026-01-02"))
    assert shown(place_of(tape)) == [("b", "pets"), ("c", "toys"), ("a", "Orders")]
    assert shown(place_of(tape, text="our orders api is down"))[0] == ("a", "Orders")


def test_candidates_without_a_name_or_date_are_still_offered_and_never_more_than_twenty():
    tape = Tape().holds("apigateway", "GetRestApis", found(items=[{"id": f"a{n:02}"} for n in range(30)]))
    offered = shown(place_of(tape))
    assert len(offered) == 20
    assert offered[0] == ("a29", "a29")


def test_without_any_api_there_is_nothing_to_offer():
    place = place_of(rest_apis(region="us-east-1"), region="us-east-1")
    assert (place.candidates, place.searched, place.is_named) == ((), ("us-east-1",), False)
