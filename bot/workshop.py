"""Puts the parts of the bot together from its settings, each when it is needed."""

from bot.aws.accounts import Accounts, read_accounts_file
from bot.library import Library, read_symptoms
from bot.reply.writer import Writer
from bot.report.reading import Reader
from bot.report.symptoms import Signatures
from bot.settings import Settings
from bot.troubleshooter import Troubleshooter


def make_reader(settings: Settings) -> Reader:
    """What reads a paste. Raises bot.library.BadContent, bot.report.symptoms.BadSymptom."""
    return Reader(Signatures(read_symptoms(settings.content_folders)))


def make_troubleshooter(settings: Settings) -> Troubleshooter:
    """The whole bot. Raises what its parts raise: BadContent, BadSymptom, BadAccountsFile."""
    library = Library.open(settings.content_folders)
    return Troubleshooter(
        reader=Reader(Signatures(library.symptoms)),
        playbooks=library.playbooks,
        accounts=Accounts(read_accounts_file(settings.accounts) if settings.accounts else ()),
        writer=Writer(library.playbooks, library.catalogs),
        seconds=settings.deadline_seconds,
    )
