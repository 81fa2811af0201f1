"""Which accounts there are for whom, how each is entered, and where one begins in it."""

from threading import Event

import pytest

from bot.aws.account import Read, Result, Unseen
from bot.aws.accounts import Accounts, CannotEnter, NoRegion
from bot.aws.accounts_file import AccountEntry
from bot.model import Asker, Outcome, Place, UnseenReason
from tests.aws.bystanders import Heard
from tests.aws.tapes import ACCOUNT, DENIED, REGION, Tape, found

ID, SHOP, CHINA = "210987654321", "345678901234", "456789012345"
ME, STRANGER = Asker("U001", "C001"), Asker("U009", "C009")


def entry(id, partition="aws", **more):
    return AccountEntry(id=id, role_arn=f"arn:{partition}:iam::{id}:role/kintsugi-reads", **more)


ENTRY = entry(ID)


def test_without_any_region_it_says_how_to_name_one(monkeypatch, tmp_path):
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
    accounts = Accounts(own=Tape)
    with pytest.raises(NoRegion, match="pass --region, or set AWS_REGION"):
        accounts.own(accounts.inquiry(60), None)


@pytest.mark.parametrize(
    ("configured", "asked", "home", "partition"),
    [
        (REGION, None, REGION, "aws"),
        (REGION, "cn-north-1", "cn-north-1", "aws-cn"),
        (None, "us-gov-west-1", "us-gov-west-1", "aws-us-gov"),
    ],
)
def test_the_region_asked_for_wins_and_tells_the_partition(configured, asked, home, partition):
    accounts = Accounts(own=Tape, region=configured)
    own = accounts.own(accounts.inquiry(60), asked)
    assert (own.home_region, own.partition) == (home, partition)


def test_questions_share_the_source_and_not_the_answers():
    made = []

    def enter():
        made.append(
            Tape().holds("sts", "GetCallerIdentity", found(Account=ACCOUNT, Arn=f"arn:aws:iam::{ACCOUNT}:root"))
        )
        return made[-1]

    accounts = Accounts(own=enter, region=REGION)
    assert accounts.own(accounts.inquiry(60), None).id == ACCOUNT
    assert accounts.own(accounts.inquiry(60), None).id == ACCOUNT
    assert len(made) == 1
    assert made[0].operations == ["GetCallerIdentity", "GetCallerIdentity"]


def reached(accounts, named=None, region=None, asker=None):
    return accounts.reach(accounts.inquiry(60), region, asker).within(named)


def ids(accounts):
    return [account.id for account in accounts]


def test_an_account_of_the_file_is_entered_once_and_knows_its_id(monkeypatch):
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "x" * 40)
    accounts = Accounts((ENTRY,), own=a_tape_that_tells, region=REGION)
    own, entered = reached(accounts)
    assert (entered.known_id, entered.home_region) == (ID, REGION)
    assert own.other(ID) is entered
    assert entered.other(ID) is entered
    assert entered.inquiry is own.inquiry
    assert own.other("111111111111") is None
    # Once AWS has told whose it is, the own account is a neighbour, too.
    assert entered.other(ACCOUNT) is None
    assert own.id == ACCOUNT
    assert own.other(ACCOUNT) is own


def a_tape_that_tells(result=None):
    told = result or found(Account=ACCOUNT, Arn=f"arn:aws:iam::{ACCOUNT}:root")
    return Tape().holds("sts", "GetCallerIdentity", told)


def of_entries(*entries, own=a_tape_that_tells, region=REGION):
    return Accounts(entries, own, region, lambda entry: Tape())


def an_own_entry(**limits):
    return AccountEntry(id=ACCOUNT, name="tools", own=True, **limits)


@pytest.mark.parametrize(
    ("named", "within"),
    [
        (None, [ACCOUNT, ID, SHOP]),
        ("999988887777", [ACCOUNT, ID, SHOP]),
        (SHOP, [SHOP]),
        (ACCOUNT, [ACCOUNT]),
    ],
)
def test_the_account_named_is_the_only_one_and_one_that_there_is_not_is_as_good_as_none(named, within):
    assert ids(reached(of_entries(ENTRY, entry(SHOP)), named)) == within


def test_the_own_account_alone_is_not_asked_whose_it_is():
    tape = a_tape_that_tells()
    (own,) = reached(of_entries(own=lambda: tape), "999988887777")
    assert (own.known_id, tape.asked) == (None, [])


@pytest.mark.parametrize(
    ("asker", "named", "within"),
    [
        (ME, None, [ACCOUNT, ID, SHOP]),
        (None, None, [ACCOUNT, ID, SHOP]),
        (STRANGER, None, [ACCOUNT, SHOP]),
        (STRANGER, ID, [ACCOUNT, SHOP]),
        (STRANGER, SHOP, [SHOP]),
    ],
)
def test_what_somebody_may_not_ask_about_is_not_there_for_them(asker, named, within):
    accounts = of_entries(an_own_entry(), entry(ID, channels=("C001",)), entry(SHOP))
    assert ids(reached(accounts, named, asker=asker)) == within


def test_a_diagnosis_enters_no_account_that_its_asker_may_not_ask_about():
    accounts = of_entries(an_own_entry(), entry(ID, people=("U001",)), entry(SHOP))
    for asker, is_entered in ((ME, True), (STRANGER, False)):
        own, *_, shop = reached(accounts, asker=asker)
        assert (own.other(ID) is not None, shop.other(ID) is not None) == (is_entered, is_entered)


def test_the_own_account_has_its_limits_from_its_entry():
    accounts = of_entries(an_own_entry(people=("U001",)), entry(SHOP))
    own, shop = reached(accounts, asker=ME)
    assert (own.called, own.id, shop.other(ACCOUNT)) == ("tools", ACCOUNT, own)
    (shop,) = reached(accounts, asker=STRANGER)
    assert (shop.id, shop.other(ACCOUNT)) == (SHOP, None)
    assert accounts.reach(accounts.inquiry(60), None, STRANGER).own is None


def test_an_own_account_that_is_entered_by_a_role_as_well_has_the_limits_of_that_entry():
    accounts = of_entries(entry(ACCOUNT, people=("U001",)), entry(SHOP))
    assert ids(reached(accounts, asker=STRANGER)) == [SHOP]
    assert ids(reached(accounts, asker=ME)) == [ACCOUNT, ACCOUNT, SHOP]


def test_where_aws_does_not_tell_whose_the_own_account_is_limits_are_taken_for_its():
    accounts = of_entries(entry(ACCOUNT, people=("U001",)), entry(SHOP), own=lambda: a_tape_that_tells(DENIED))
    assert ids(reached(accounts, asker=STRANGER)) == [SHOP]


@pytest.mark.parametrize("limits", [{"people": ("U001",)}, {"channels": ("C001",)}, {"commands": ("ask",)}])
def test_where_an_account_has_limits_the_own_one_has_to_be_named_to_be_asked_about_in_slack(limits):
    accounts = of_entries(entry(ID, **limits), entry(SHOP))
    for asker in (ME, STRANGER):
        assert ACCOUNT not in ids(reached(accounts, asker=asker))
        assert ACCOUNT not in [place.account for place in accounts.places(asker)]
        assert not accounts.may_see(asker, ACCOUNT)
        assert not accounts.may_see(asker, None)
    assert ids(reached(accounts)) == [ACCOUNT, ID, SHOP]
    assert accounts.places()[0].own
    without_limits = of_entries(entry(ID), entry(SHOP))
    assert ids(reached(without_limits, asker=STRANGER)) == [ACCOUNT, ID, SHOP]


def test_somebody_may_be_shut_out_of_all():
    accounts = of_entries(an_own_entry(people=()), entry(SHOP, people=()))
    assert reached(accounts, asker=ME) == reached(accounts, SHOP, asker=ME) == ()


@pytest.mark.parametrize(
    ("regions", "asked", "home"),
    [
        (None, None, REGION),
        (("us-east-1", "us-west-2"), None, "us-east-1"),
        (("us-east-1", REGION), None, REGION),
        (("us-east-1",), "ap-northeast-1", "us-east-1"),
        (None, "ap-northeast-1", "ap-northeast-1"),
    ],
)
def test_an_account_is_begun_with_where_it_is_at_home(regions, asked, home):
    _, shop = reached(of_entries(entry(SHOP, regions=regions)), region=asked)
    assert (shop.home_region, shop.regions) == (home, regions)


def test_each_account_is_in_its_own_partition_and_a_region_has_only_those_of_its():
    accounts = of_entries(entry(SHOP), entry(CHINA, "aws-cn"))
    _, shop, china = reached(accounts)
    assert (shop.partition, china.partition, china.home_region) == ("aws", "aws-cn", "cn-north-1")
    assert ids(reached(accounts, region=REGION)) == [ACCOUNT, SHOP]
    assert [account.known_id for account in reached(accounts, region="cn-north-1")] == [None, CHINA]


@pytest.mark.parametrize(
    ("asker", "account", "may"),
    [
        (ME, ID, True),
        (STRANGER, ID, False),
        (STRANGER, SHOP, True),
        (STRANGER, ACCOUNT, True),
        (STRANGER, "999988887777", False),
        (None, "999988887777", True),
    ],
)
def test_who_may_see_what_was_found(asker, account, may):
    accounts = of_entries(an_own_entry(), entry(ID, channels=("C001",)), entry(SHOP))
    assert accounts.may_see(asker, account) is may


def test_without_a_file_everybody_may_see_everything_and_aws_is_not_asked():
    tape = a_tape_that_tells()
    assert of_entries(own=lambda: tape).may_see(STRANGER, "999988887777")
    assert tape.asked == []


def test_the_places_are_those_that_somebody_may_ask_about_with_their_names():
    accounts = of_entries(an_own_entry(), entry(ID, name="shop", channels=("C001",), regions=("us-east-1",)))
    own, shop = Place(ACCOUNT, True, REGION, "tools"), Place(ID, False, "us-east-1", "shop")
    assert accounts.places() == accounts.places(ME) == (own, shop)
    assert accounts.places(STRANGER) == (own,)
    assert of_entries(an_own_entry(people=())).places(ME) == ()


@pytest.fixture
def nothing_configured(monkeypatch, tmp_path):
    """No credentials and no profile, wherever boto3 looks for them."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
    return monkeypatch


def test_without_credentials_no_other_account_is_entered(nothing_configured):
    accounts = Accounts((ENTRY,), own=Tape, region=REGION)
    with pytest.raises(CannotEnter, match="no AWS credentials with which to assume"):
        reached(accounts, ID)


def test_a_profile_that_there_is_not_is_named(nothing_configured):
    nothing_configured.setenv("AWS_PROFILE", "nobody")
    accounts = Accounts()
    with pytest.raises(CannotEnter, match="nobody"):
        accounts.own(accounts.inquiry(60), None)


def test_the_own_account_is_asked_for_once_and_comes_first():
    tape = a_tape_that_tells()
    accounts = Accounts((ENTRY,), own=lambda: tape, region=REGION)
    places = (Place(ACCOUNT, own=True, region=REGION), Place(ENTRY.id, own=False, region=REGION))
    assert [accounts.places(), accounts.places()] == [places, places]
    assert tape.operations == ["GetCallerIdentity"]


def test_an_own_account_that_stands_in_the_file_is_one_place():
    accounts = of_entries(entry(ACCOUNT))
    assert accounts.places() == (Place(ACCOUNT, own=True, region=REGION),)


@pytest.mark.parametrize("result", [DENIED, Result(Outcome.FAILED, unreachable=True)])
def test_an_own_account_that_aws_does_not_tell_is_left_out_and_asked_for_again(result):
    answers = [a_tape_that_tells(result), a_tape_that_tells()]
    accounts = Accounts((ENTRY,), own=lambda: lambda read: answers.pop(0)(read), region=REGION)
    assert [place.own for place in accounts.places()] == [False]
    assert [place.own for place in accounts.places()] == [True, False]


def test_without_a_region_or_a_profile_the_places_are_those_of_the_file(monkeypatch, tmp_path):
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    accounts = Accounts((ENTRY,), own=Tape)
    assert accounts.places() == (Place(ENTRY.id, own=False, region=None),)
    monkeypatch.setenv("AWS_PROFILE", "gone")
    assert accounts.places() == (Place(ENTRY.id, own=False, region=None),)
    assert "eu-west-1" in accounts.regions()


@pytest.mark.parametrize(
    ("home", "some", "others"),
    [
        ("eu-west-1", {"eu-west-1", "us-east-1", "ap-northeast-1"}, {"cn-north-1", "us-gov-west-1"}),
        ("cn-north-1", {"cn-north-1", "cn-northwest-1"}, {"us-east-1"}),
        ("us-gov-east-1", {"us-gov-west-1", "us-gov-east-1"}, {"us-east-1"}),
    ],
)
def test_the_regions_are_those_of_the_partition(home, some, others):
    def nobody():
        raise AssertionError("nothing is asked of AWS")

    regions = Accounts(own=nobody, region=home).regions()
    assert list(regions) == sorted(regions)
    assert some <= set(regions)
    assert not others & set(regions)


def test_an_account_is_asked_no_faster_than_set_and_what_has_no_turn_is_not_tried(aws):
    accounts = Accounts(region=REGION, calls_per_second=0.1)
    with pytest.raises(Unseen) as unseen:
        accounts.own(accounts.inquiry(1), None).id  # noqa: B018 — asks
    assert unseen.value.read.reason is UnseenReason.NOT_TRIED
    assert aws.calls == []


def test_a_question_whose_reads_all_hang_holds_up_no_other():
    ends = Event()

    def source(read):
        if read.operation == "GetRole":
            ends.wait(timeout=30)
        return found(Account=ACCOUNT, Arn=f"arn:aws:iam::{ACCOUNT}:root")

    accounts = Accounts(own=lambda: source, region=REGION)
    hanging, other = (accounts.own(accounts.inquiry(30), None) for _ in range(2))
    hanging.expect(*(Read.of("iam", "GetRole", REGION, RoleName=f"r{number}") for number in range(200)))
    assert other.id == ACCOUNT
    hanging.inquiry.close()
    ends.set()


def test_whoever_listens_hears_of_the_calls_and_of_the_roles_assumed(aws):
    heard = Heard()
    _, shop = reached(Accounts((ENTRY,), region=REGION, telemetry=heard))
    shop.read(Read.of("sts", "GetCallerIdentity", REGION))
    assert heard.calls == [("sts", "AssumeRole", "found"), ("sts", "GetCallerIdentity", "found")]


def test_the_own_account_has_the_limits_of_whoever_s_it_is_even_where_the_file_takes_another_for_it():
    mistaken = AccountEntry(id="999988887777", name="tools", own=True)
    accounts = of_entries(mistaken, entry(ACCOUNT, people=("U001",)))
    assert reached(accounts, asker=STRANGER) == ()
    assert accounts.places(STRANGER) == ()
    assert ids(reached(accounts, asker=ME)) == [ACCOUNT, ACCOUNT]


def test_what_was_read_before_aws_told_whose_it_is_was_read_in_the_own():
    accounts = of_entries(an_own_entry(people=("U001",)), entry(SHOP), own=lambda: a_tape_that_tells(DENIED))
    assert accounts.may_see(ME, None)
    assert not accounts.may_see(STRANGER, None)
