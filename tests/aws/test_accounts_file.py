"""The accounts file is read as it is meant, and every fault of it is told at once, with what belongs there."""

import pytest

from bot.aws.accounts_file import AccountEntry, BadAccountsFile, read_accounts_file
from bot.model import Asker

ID, OTHER = "210987654321", "345678901234"
ROLE = f"arn:aws:iam::{ID}:role/kintsugi-reads"
WHOLE = f"""
[[accounts]]
name = "production"
id = "{ID}"
role_arn = "{ROLE}"
external_id = "f8d1"
regions = ["eu-west-1", "us-east-1", "eu-west-1"]
channels = ["C0123456789"]
people = ["U0123456789", "W0123456789"]

[[accounts]]
id = "123456789012"
own = true

[[accounts]]
name = "china"
id = "{OTHER}"
role_arn = "arn:aws-cn:iam::{OTHER}:role/team/reads"
regions = ["cn-north-1"]
"""


@pytest.fixture
def read(tmp_path):
    def written(text):
        file = tmp_path / "accounts.toml"
        file.write_bytes(text if isinstance(text, bytes) else text.encode())
        return read_accounts_file(file)

    return written


@pytest.fixture
def faults(read):
    def told(text):
        with pytest.raises(BadAccountsFile) as bad:
            read(text)
        assert all(fault in str(bad.value) for fault in bad.value.faults)
        assert "accounts.toml: " in str(bad.value)
        return bad.value.faults

    return told


def test_reads_every_entry_in_order(read):
    production, own, china = read(WHOLE)
    assert (production.called, production.role_arn, production.external_id) == ("production", ROLE, "f8d1")
    assert (production.partition, production.regions) == ("aws", ("eu-west-1", "us-east-1"))
    assert (own.called, own.own, own.role_arn, own.regions) == ("123456789012", True, None, None)
    assert (china.partition, china.channels, china.people) == ("aws-cn", None, None)


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("id = 210987654321", "id is 210987654321, but takes the account's twelve digits, in quotes"),
        ('id = "21098"', "id is '21098', but takes"),
        ('id = "２１０９８７６５４３２１"', "but takes the account's twelve digits"),
        (f'id = "{OTHER}"', f"role_arn is a role of the account {ID}, but the entry's id is {OTHER}"),
        ('role_arn = "nobody"', "role_arn is 'nobody', but takes the ARN of a role in that account, like"),
        (f'role_arn = "arn:aws:iam::{ID}:user/x"', "but takes the ARN of a role"),
        ("own = true", "role_arn stands beside own = true"),
        ('own = "yes"', "own is 'yes', but takes true"),
        ('external_ID = "x1"', "'external_ID' is no key of it (did you mean 'external_id'?)"),
        ("color = 1", "'color' is no key of it; those are name, id, own, role_arn"),
        ("external_id = 1", "external_id is there, but takes the external id"),
        ('partition = "aws-cn"', "partition is 'aws-cn', but the role is in aws; leave it out, or mend the role"),
        ('partition = "awz"', "partition is 'awz', which is none; it is one of aws, aws-cn"),
        ('regions = ["eu-west1"]', "regions names 'eu-west1' (did you mean 'eu-west-1'?): not known"),
        ('regions = ["cn-north-1"]', "regions names 'cn-north-1'"),
        ("regions = []", "regions is empty"),
        ('regions = "eu-west-1"', "regions is 'eu-west-1', but takes a list of regions"),
        ('channels = ["general"]', "channels is ['general'], but takes a list of Slack's ids of channels"),
        ('people = ["C0123456789"]', "people is ['C0123456789'], but takes a list of Slack's ids of people"),
        ("name = 7", "name is 7, but takes what people call the account, in quotes"),
    ],
)
def test_a_fault_is_told_with_its_table_and_key_and_what_belongs_there(faults, line, says):
    key = line.partition(" ")[0]
    lines = {"id": f'id = "{ID}"', "role_arn": f'role_arn = "{ROLE}"', key: line}
    (fault,) = faults("[[accounts]]\n" + "\n".join(lines.values()))
    assert fault.startswith("[[accounts]] 1")
    assert says in fault


def test_every_fault_is_told_at_once(faults):
    told = faults(
        f"""
        version = 1
        account = []
        [[accounts]]
        name = "shop"
        id = "{ID}"
        role_arn = "x"
        colour = "red"
        regions = ["mars-1"]
        [[accounts]]
        name = "shop"
        role = "{ROLE}"
        [[accounts]]
        id = "{ID}"
        own = true
        [[accounts]]
        id = "{OTHER}"
        own = true
        external_id = "none"
        """
    )
    assert told[:2] == ("'version' is no key of the file", "'account' is no key of the file (did you mean 'accounts'?)")
    assert [fault.partition(" is ")[0].partition(" names ")[0] for fault in told[2:]] == [
        "[[accounts]] 1 ('shop'): role_arn",
        "[[accounts]] 1 ('shop'): regions",
        "[[accounts]] 1 ('shop'): 'colour'",
        "[[accounts]] 2 ('shop'): id",
        "[[accounts]] 2 ('shop'): role_arn",
        "[[accounts]] 2 ('shop'): 'role'",
        "[[accounts]] 4: external_id stands beside own = true; no role",
        f"2 [[accounts]] have the id '{ID}'; each takes its own",
        "2 [[accounts]] have the name 'shop'; each takes its own",
        "several [[accounts]] have own = true; the bot's own credentials are those of one account",
    ]


@pytest.mark.parametrize("text", ["", "accounts = []", "[accounts]", "accounts = 1", "accounts = ['x']"])
def test_a_file_without_accounts_is_one_fault(faults, text):
    assert faults(text) == ("it names no account: each takes a table [[accounts]]",)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("accounts = [", "is no TOML: "),
        (b"accounts = '\xff'", "is no TOML: it is not UTF-8"),
        ("accounts:\n", "no TOML"),
    ],
)
def test_says_what_is_no_toml(faults, text, says):
    (fault,) = faults(text)
    assert says in fault


def test_says_what_cannot_be_read(tmp_path):
    with pytest.raises(BadAccountsFile, match=r"nowhere\.toml: cannot be read \(No such file"):
        read_accounts_file(tmp_path / "nowhere.toml")


ME, HERE = "U0123456789", "C0123456789"


@pytest.mark.parametrize(
    ("limits", "asker", "may"),
    [
        ({}, Asker("U9", "C9"), True),
        ({}, Asker(), True),
        ({"people": (ME,)}, Asker(ME, "C9"), True),
        ({"people": (ME,)}, Asker("U9", HERE), False),
        ({"people": (ME,)}, Asker(None, HERE), False),
        ({"channels": (HERE,)}, Asker("U9", HERE), True),
        ({"channels": (HERE,)}, Asker(ME, "D9"), False),
        ({"channels": (HERE,)}, Asker(ME, None), False),
        ({"channels": (HERE,), "people": (ME,)}, Asker(ME, HERE), True),
        ({"channels": (HERE,), "people": (ME,)}, Asker(ME, "C9"), False),
        ({"channels": (HERE,), "people": (ME,)}, Asker("U9", HERE), False),
        ({"people": ()}, Asker(ME, HERE), False),
        ({"channels": ()}, Asker(ME, HERE), False),
        ({"people": ()}, None, True),
    ],
)
def test_who_may_ask_and_where(limits, asker, may):
    entry = AccountEntry(id=ID, role_arn=ROLE, **limits)
    assert entry.permits(asker) is may
    assert entry.is_restricted is bool(limits)


@pytest.mark.parametrize("name", ["prod\\u001b[31m", "\\u202eprod", "prod\\nshop", "prod\\u200b"])
def test_a_name_has_no_characters_that_are_not_seen(faults, name):
    (fault,) = faults(f'[[accounts]]\nname = "{name}"\nid = "{ID}"\nrole_arn = "{ROLE}"')
    assert "with characters that are not seen" in fault
    assert fault.isprintable()


def test_no_account_is_called_by_the_id_of_another(faults, read):
    (fault,) = faults(f'[[accounts]]\nid = "{ID}"\nname = "{OTHER}"\nrole_arn = "{ROLE}"')
    assert f"name is {OTHER!r}, which reads as the id of another account" in fault
    assert read(f'[[accounts]]\nid = "{ID}"\nname = "{ID}"\nrole_arn = "{ROLE}"')[0].called == ID


@pytest.mark.parametrize("other", ["prod ", " PROD"])
def test_names_that_read_alike_are_the_same(faults, other):
    entries = ((ID, "prod"), (OTHER, other))
    text = "".join(
        f'[[accounts]]\nid = "{id}"\nname = "{name}"\nrole_arn = "arn:aws:iam::{id}:role/r"\n' for id, name in entries
    )
    assert faults(text) == ("2 [[accounts]] have the name 'prod'; each takes its own",)


@pytest.mark.parametrize("text", ["x = " + "[" * 100_000, "x = " + "{a=" * 100_000])
def test_what_is_nested_without_end_is_no_accounts_file(faults, text):
    assert faults(text) == ("is no accounts file: it is nested too deeply",)
