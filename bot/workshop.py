"""Puts the parts of the bot together from its settings, each when it is needed."""

from dataclasses import fields
from typing import TYPE_CHECKING

from bot.report.reading import Reader
from bot.report.redact import redact
from bot.report.symptoms import Signatures, SymptomCard, load_symptoms
from bot.settings import Settings
from bot.telemetry import Telemetry

if TYPE_CHECKING:
    from bot.aws.accounts import Accounts
    from bot.aws.accounts_file import AccountEntry
    from bot.aws.permissions import Permissions
    from bot.aws.whereabouts import Whereabouts
    from bot.troubleshooter import Troubleshooter

    AccountsFile = tuple[Permissions | None, tuple[AccountEntry, ...]]
    """What an accounts file says of the bot as a whole, and its entries."""


def make_reader(settings: Settings) -> Reader:
    """What reads a paste. Raises bot.report.symptoms.BadSymptom."""
    return Reader(Signatures(_symptoms(settings)))


def make_troubleshooter(
    settings: Settings,
    accounts: "Accounts | None" = None,
    whereabouts: "Whereabouts | None" = None,
    telemetry: Telemetry | None = None,
) -> "Troubleshooter":
    """The whole bot. Raises what its parts raise: BadContent, BadSymptom, BadAccountsFile.

    `accounts` stand in for those that the settings name. `whereabouts` remembers where APIs are, `telemetry` hears of
    the calls of AWS; without them nothing is remembered, and nobody hears.
    """
    from bot.aws.bounds import Bounds
    from bot.aws.whereabouts import Forgetful
    from bot.library import read_playbooks
    from bot.reply.writer import Writer
    from bot.troubleshooter import Troubleshooter

    playbooks = read_playbooks(settings.content_folders)
    return Troubleshooter(
        reader=make_reader(settings),
        playbooks=playbooks,
        accounts=accounts or make_accounts(settings, telemetry),
        writer=Writer(playbooks, [folder / "locales" for folder in settings.content_folders], _holds_secret),
        seconds=settings.deadline_seconds,
        bounds=Bounds(**{limit.name: getattr(settings, limit.name) for limit in fields(Bounds)}),
        whereabouts=whereabouts or Forgetful(),
    )


def make_accounts(
    settings: Settings, telemetry: Telemetry | None = None, file: "AccountsFile | None" = None
) -> "Accounts":
    """The accounts that the settings name; `file` is what the accounts file says, if it was read already.

    Raises BadAccountsFile.
    """
    from bot.aws.accounts import Accounts

    bot, entries = file or read_accounts(settings)
    rate = settings.aws_calls_per_second
    return Accounts(entries, region=settings.region, bot=bot, calls_per_second=rate, telemetry=telemetry)


def read_accounts(settings: Settings) -> "AccountsFile":
    """What the accounts file says; nothing, where the settings name none. Raises BadAccountsFile."""
    if settings.accounts is None:
        return None, ()
    from bot.aws.accounts_file import read_whole_file

    return read_whole_file(settings.accounts)


def _symptoms(settings: Settings) -> tuple[SymptomCard, ...]:
    shelves = (folder / "symptoms" for folder in settings.content_folders)
    return tuple(card for shelf in shelves if shelf.is_dir() for card in load_symptoms(shelf))


def _holds_secret(text: str) -> bool:
    return redact(text)[1] > 0
