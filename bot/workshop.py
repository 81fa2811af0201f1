"""Puts the parts of the bot together from its settings, each when it is needed."""

from typing import TYPE_CHECKING

from bot.report.reading import Reader
from bot.report.symptoms import Signatures, SymptomCard, load_symptoms
from bot.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.playbook import Playbook
    from bot.reply.writer import Writer
    from bot.troubleshooter import Troubleshooter


def make_reader(settings: Settings) -> Reader:
    """What reads a paste. Raises bot.report.symptoms.BadSymptom."""
    return Reader(Signatures(_symptoms(settings)))


def make_troubleshooter(settings: Settings) -> "Troubleshooter":
    """The whole bot. Raises what its parts raise: BadContent, BadSymptom, BadAccountsFile."""
    from bot.aws.accounts import Accounts, read_accounts_file
    from bot.library import read_playbooks
    from bot.troubleshooter import Troubleshooter

    playbooks = read_playbooks(settings.content_folders)
    return Troubleshooter(
        reader=make_reader(settings),
        playbooks=playbooks,
        accounts=Accounts(read_accounts_file(settings.accounts) if settings.accounts else (), region=settings.region),
        writer=make_writer(settings, playbooks),
        seconds=settings.deadline_seconds,
    )


def make_writer(settings: Settings, playbooks: "Sequence[Playbook]") -> "Writer":
    """What writes the replies, with the catalogs of every content folder."""
    from bot.reply.writer import Writer

    return Writer(playbooks, [folder / "locales" for folder in settings.content_folders])


def _symptoms(settings: Settings) -> tuple[SymptomCard, ...]:
    shelves = (folder / "symptoms" for folder in settings.content_folders)
    return tuple(card for shelf in shelves if shelf.is_dir() for card in load_symptoms(shelf))
