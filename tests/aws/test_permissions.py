"""Who may do what where: all three lists must permit it, for the bot as a whole and for the account."""

import logging
from itertools import product

import pytest

from bot.aws.accounts import Accounts
from bot.aws.accounts_file import AccountEntry, BadAccountsFile, read_accounts_file, read_whole_file
from bot.aws.permissions import Permissions
from bot.model import Asker, Command
from tests.aws.tapes import ACCOUNT, REGION, Tape, found

ID, OTHER = "210987654321", "345678901234"
ME, HERE = "U0123456789", "C0123456789"
ENTRY = f'[[accounts]]\nid = "{ID}"\nrole_arn = "arn:aws:iam::{ID}:role/reads"\n'


@pytest.mark.parametrize(
    ("given", "asker", "may"),
    [
        ({"channels": ("direct",)}, Asker(ME, "D9"), True),
        ({"channels": ("direct",)}, Asker(ME), True),
        ({"channels": ("direct",)}, Asker(ME, HERE), False),
        ({"channels": ("direct", HERE)}, Asker(ME, HERE), True),
        ({"channels": (HERE,)}, Asker(ME), False),
        ({"channels": ("D123",)}, Asker(ME, "D9"), False),
        ({"channels": ("direct",)}, Asker(ME, "G9"), False),
        ({"commands": ("ask",)}, Asker(ME, HERE), True),
        ({"commands": ("ask",)}, Asker(ME, HERE, Command.SHARE), False),
        ({"commands": ("ask", "share")}, Asker(ME, HERE, Command.SHARE), True),
        ({"commands": ()}, Asker(ME, HERE), False),
        ({"commands": ()}, None, True),
    ],
)
def test_who_may_do_what_where(given, asker, may):
    permissions = Permissions(**given)
    assert permissions.permits(asker) is may
    assert permissions.is_restricted


def test_where_nothing_is_said_everything_is_permitted():
    assert not Permissions().is_restricted
    assert all(Permissions().permits(Asker(ME, channel, command)) for channel in (None, HERE) for command in Command)


def a_tape():
    return Tape().holds("sts", "GetCallerIdentity", found(Account=ACCOUNT, Arn=f"arn:aws:iam::{ACCOUNT}:root"))


def accounts(bot, **limits):
    entries = [AccountEntry(id=ID, role_arn=f"arn:aws:iam::{ID}:role/reads", **limits)]
    tape = a_tape()
    return Accounts(entries, own=lambda: tape, region=REGION, enter=lambda _: tape, bot=bot)


PERSONS, CHANNELS = (ME, "U0OTHER"), (HERE, "C0OTHER", None)
LISTS = {"people": (ME,), "channels": (HERE,), "commands": ("ask", "share")}


@pytest.mark.parametrize("of_bot", [(), *((each,) for each in LISTS), tuple(LISTS)])
@pytest.mark.parametrize("of_account", [(), *((each,) for each in LISTS), tuple(LISTS)])
def test_an_account_is_open_where_both_the_bot_and_the_account_are(of_bot, of_account):
    bot, limits = ({key: LISTS[key] for key in keys} for keys in (of_bot, of_account))
    those = accounts(Permissions(**bot), **limits)
    for person, channel, command in product(PERSONS, CHANNELS, Command):
        asker = Asker(person, channel, command)
        of = {"people": person == ME, "channels": channel == HERE, "commands": command in ("ask", "share")}
        lets_in, may = all(of[key] for key in of_bot), all(of[key] for key in (*of_bot, *of_account))
        assert those.lets_in(asker) is lets_in
        assert those.may_see(asker, ID) is may
        assert (ID in {place.account for place in those.places(asker)}) is may
        reached = {account.known_id for account in those.reach(those.inquiry(1), None, asker).within(None)}
        assert (ID in reached) is may
        # The own account has no entry: it is as open as the bot, and closed once another account has limits.
        is_open = lets_in and not of_account
        assert those.may_see(asker, ACCOUNT) is those.may_see(asker, None) is is_open
        assert (None in reached) is is_open
    assert those.may_see(None, ID)
    assert those.lets_in(None)


def test_the_bot_may_be_limited_where_there_is_nothing_but_its_own_account():
    tape = a_tape()
    own = Accounts([AccountEntry(id=ACCOUNT, own=True)], own=lambda: tape, region=REGION, bot=Permissions(people=()))
    assert own.places(Asker(ME)) == own.reach(own.inquiry(1), None, Asker(ME)).within(None) == ()
    assert not own.may_see(Asker(ME), ACCOUNT)


def test_an_account_that_is_named_and_not_permitted_is_logged_once_a_question(caplog):
    caplog.set_level(logging.INFO)
    those = accounts(None, channels=(HERE,))
    reach = those.reach(those.inquiry(1), None, Asker(ME, "C0OTHER"))
    for named in (ID, ID, "999988887777"):
        reach.within(named)
    those.reach(those.inquiry(1), None, Asker(ME, HERE)).within(ID)
    those.reach(those.inquiry(1), None).within(ID)
    (record,) = caplog.records
    told = (record.msg, record.person, record.channel, record.entrance, record.account, record.why)
    assert told == ("refused", ME, "C0OTHER", "ask", (ID,), "account_not_permitted")


# The accounts file.


@pytest.fixture
def file(tmp_path):
    def written(text):
        (tmp_path / "accounts.toml").write_text(text, "utf-8")
        return tmp_path / "accounts.toml"

    return written


def test_what_the_bot_may_do_at_all_stands_in_a_table_of_its_own(file):
    path = file(f'[bot]\npeople = ["{ME}"]\nchannels = ["{HERE}", "direct"]\ncommands = ["ask"]\n{ENTRY}')
    assert read_whole_file(path)[0] == Permissions(people=(ME,), channels=(HERE, "direct"), commands=("ask",))
    assert not read_accounts_file(path)[0].is_restricted


def test_a_file_without_that_table_limits_nothing(file):
    assert read_whole_file(file(ENTRY))[0] == Permissions()


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('bot = "x"\n', "[bot] is 'x', but takes channels, people, commands"),
        ("[[bot]]\n", "[bot] is [{}], but takes channels, people, commands"),
        ("[bot]\nchannel = []\n", "[bot]: 'channel' is no key of it (did you mean 'channels'?)"),
        ('[bot]\nid = "x"\n', "[bot]: 'id' is no key of it; those are channels, people, commands"),
        ('[bot]\nchannels = ["home"]\n', "[bot]: channels is ['home'], but takes a list of Slack's ids of channels"),
        (
            '[bot]\ncommands = ["Ask"]\n',
            "[bot]: commands is ['Ask'], but takes a list of what is permitted of ask, check_again, share",
        ),
        ('[bot]\ncommands = "ask"\n', "[bot]: commands is 'ask', but takes a list of what is permitted of ask"),
        ('[bot]\ncommands = ["share"]\n', '[bot]: commands is without "ask", and without an answer'),
        ("[bots]\n", "'bots' is no key of the file (did you mean 'bot'?)"),
    ],
)
def test_a_fault_of_that_table_is_told_as_those_of_the_accounts_are(file, text, says):
    with pytest.raises(BadAccountsFile) as bad:
        read_whole_file(file(text + ENTRY))
    (fault,) = bad.value.faults
    assert fault.startswith(says)


@pytest.mark.parametrize(
    ("key", "of_bot", "of_account"),
    [
        ("people", ME, "U0OTHER"),
        ("channels", HERE, "direct"),
        ("commands", "ask", "share"),
    ],
)
def test_what_an_account_permits_and_the_bot_does_not_is_a_fault(file, key, of_bot, of_account):
    account = [of_bot, of_account]
    with pytest.raises(BadAccountsFile) as bad:
        read_accounts_file(file(f'[bot]\n{key} = ["{of_bot}"]\n{ENTRY}name = "shop"\n{key} = {account}\n'))
    assert bad.value.faults == (f"[[accounts]] 1 ('shop'): {key} names {of_account!r}, and {key} of [bot] does not",)
    assert read_accounts_file(file(f'[bot]\n{key} = ["{of_bot}"]\n{ENTRY}{key} = ["{of_bot}"]\n'))
    assert read_accounts_file(file(f'[bot]\n{key} = ["{of_bot}"]\n{ENTRY}'))


def test_direct_messages_with_one_person_are_direct_messages(file):
    assert read_accounts_file(file(f'[bot]\nchannels = ["direct"]\n{ENTRY}channels = ["D0123456789"]\n'))
