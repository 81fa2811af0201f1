"""Puts the parts of the bot together from its settings, each when it is needed."""

from dataclasses import fields
from typing import TYPE_CHECKING

from bot.report.reading import Reader
from bot.report.symptoms import Signatures, SymptomCard, load_symptoms
from bot.settings import Settings

if TYPE_CHECKING:
    from bot.aws.accounts import Accounts
    from bot.troubleshooter import Troubleshooter


def make_reader(settings: Settings) -> Reader:
    """What reads a paste. Raises bot.report.symptoms.BadSymptom."""
    return Reader(Signatures(_symptoms(settings)))


def make_troubleshooter(settings: Settings, accounts: "Accounts | None" = None) -> "Troubleshooter":
    """The whole bot. Raises what its parts raise: BadContent, BadSymptom, BadAccountsFile.

    `accounts` stand in for those that the settings name.
    """
    from bot.aws.bounds import Bounds
    from bot.library import read_playbooks
    from bot.reply.writer import Writer
    from bot.troubleshooter import Troubleshooter

    playbooks = read_playbooks(settings.content_folders)
    return Troubleshooter(
        reader=make_reader(settings),
        playbooks=playbooks,
        accounts=accounts or _make_accounts(settings),
        writer=Writer(playbooks, [folder / "locales" for folder in settings.content_folders]),
        seconds=settings.deadline_seconds,
        bounds=Bounds(**{limit.name: getattr(settings, limit.name) for limit in fields(Bounds)}),
    )


def _make_accounts(settings: Settings) -> "Accounts":
    from bot.aws.accounts import Accounts, read_accounts_file

    return Accounts(read_accounts_file(settings.accounts) if settings.accounts else (), region=settings.region)


def _symptoms(settings: Settings) -> tuple[SymptomCard, ...]:
    shelves = (folder / "symptoms" for folder in settings.content_folders)
    return tuple(card for shelf in shelves if shelf.is_dir() for card in load_symptoms(shelf))
