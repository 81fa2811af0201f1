"""Which accounts there are, and what is said of a file that does not tell it rightly."""

import pytest

from bot.aws.account import Result
from bot.aws.accounts import AccountEntry, Accounts, BadAccountsFile, CannotEnter, NoRegion, read_accounts_file
from bot.model import Outcome, Place
from tests.aws.tapes import ACCOUNT, DENIED, REGION, Tape, found

ENTRY = AccountEntry(id="210987654321", role_arn="arn:aws:iam::210987654321:role/kintsugi-reads")
GOOD = """
accounts:
  - id: "210987654321"
    role_arn: arn:aws:iam::210987654321:role/kintsugi-reads
  - id: "012345678901"
    role_arn: arn:aws-cn:iam::012345678901:role/a/b
    external_id: f8d1
"""


def written(tmp_path, text):
    file = tmp_path / "accounts.yaml"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return file


def test_reads_every_entry_in_order(tmp_path):
    first, second = read_accounts_file(written(tmp_path, GOOD))
    assert first == ENTRY
    assert (second.id, second.external_id) == ("012345678901", "f8d1")


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("accounts:\n  - id: 210987654321\n    role_arn: arn:aws:iam::210987654321:role/x", "accounts.0.id"),
        ('accounts:\n  - id: "21098"\n    role_arn: arn:aws:iam::210987654321:role/x', "accounts.0.id"),
        ('accounts:\n  - id: "210987654321"', "accounts.0.role_arn"),
        ('accounts:\n  - id: "210987654321"\n    role_arn: arn:aws:iam::210987654321:user/x', "accounts.0.role_arn"),
        ('accounts:\n  - {id: "210987654321", role_arn: "arn:aws:iam::210987654321:role/x", key: y}', "accounts.0.key"),
        ("", "the file"),
        ("accounts: {}", "accounts"),
        ("account: []", "accounts"),
    ],
)
def test_says_where_the_fault_is_and_what_belongs_there(tmp_path, text, names):
    file = written(tmp_path, text)
    with pytest.raises(BadAccountsFile) as bad:
        read_accounts_file(file)
    assert str(bad.value).startswith(f"{file}: {names}: ")
    assert "quoted 12-digit 'id' and a 'role_arn'" in str(bad.value)


@pytest.mark.parametrize("text", ["accounts: [", b"accounts: \xff\xfe\xfa"])
def test_says_what_is_no_yaml(tmp_path, text):
    file = written(tmp_path, text)
    with pytest.raises(BadAccountsFile, match="is no YAML") as bad:
        read_accounts_file(file)
    assert str(file) in str(bad.value)


def test_says_what_cannot_be_read(tmp_path):
    with pytest.raises(BadAccountsFile, match=r"nowhere\.yaml: cannot be read \(No such file"):
        read_accounts_file(tmp_path / "nowhere.yaml")


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


def test_an_account_of_the_file_is_entered_once_and_knows_its_id(monkeypatch):
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "x" * 40)
    accounts = Accounts((ENTRY,), own=Tape, region=REGION)
    own = accounts.own(accounts.inquiry(60), None)
    entered = own.other(ENTRY.id)
    assert (entered.known_id, entered.home_region) == (ENTRY.id, REGION)
    assert own.other(ENTRY.id) is entered
    assert entered.other(ENTRY.id) is entered
    assert entered.inquiry is own.inquiry
    assert own.other("111111111111") is None


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
    own = accounts.own(accounts.inquiry(60), None)
    with pytest.raises(CannotEnter, match="no AWS credentials with which to assume"):
        own.other(ENTRY.id)


def test_a_profile_that_there_is_not_is_named(nothing_configured):
    nothing_configured.setenv("AWS_PROFILE", "nobody")
    accounts = Accounts()
    with pytest.raises(CannotEnter, match="nobody"):
        accounts.own(accounts.inquiry(60), None)


def a_tape_that_tells(result=None):
    told = result or found(Account=ACCOUNT, Arn=f"arn:aws:iam::{ACCOUNT}:root")
    return Tape().holds("sts", "GetCallerIdentity", told)


def test_the_own_account_is_asked_for_once_and_comes_first():
    tape = a_tape_that_tells()
    accounts = Accounts((ENTRY,), own=lambda: tape, region=REGION)
    places = (Place(ACCOUNT, own=True, region=REGION), Place(ENTRY.id, own=False, region=REGION))
    assert [accounts.places(), accounts.places()] == [places, places]
    assert tape.operations == ["GetCallerIdentity"]


def test_an_own_account_that_stands_in_the_file_is_one_place():
    entry = AccountEntry(id=ACCOUNT, role_arn=f"arn:aws:iam::{ACCOUNT}:role/x")
    accounts = Accounts((entry,), own=a_tape_that_tells, region=REGION)
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
