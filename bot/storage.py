"""Where all that outlives a restart is kept: the store and the inbox, together in one place."""

from contextlib import closing
from dataclasses import dataclass

from bot.inbox.inbox import Inbox
from bot.inbox.sqlite import SqliteInbox
from bot.settings import Settings
from bot.store.sqlite import SqliteStore
from bot.store.store import CannotOpen, Store


@dataclass(frozen=True, slots=True)
class Storage:
    """A store and an inbox of the same place."""

    store: Store
    inbox: Inbox

    def close(self) -> None:
        """Let go of both; closing twice does nothing. Raises StoreFails."""
        with closing(self.store):
            self.inbox.close()


def open_storage(settings: Settings, newest_form: int) -> Storage:
    """The storage that the settings name; begun, where nothing is kept there yet.

    `newest_form` is the latest version of an item's body that is understood. Raises CannotOpen, and BadSettings where
    the settings name no place.
    """
    file = settings.store_file
    inbox = SqliteInbox(file, newest_form)
    try:
        return Storage(SqliteStore(file), inbox)
    except CannotOpen:
        inbox.close()
        raise


def open_existing(settings: Settings) -> Storage:
    """The storage that the settings name, to look at what a bot keeps there and not to lease anything.

    Raises CannotOpen, also where there is none, and BadSettings.
    """
    file = settings.store_file
    if not file.exists():
        raise CannotOpen(f"there is no store at {file} yet; set KINTSUGI_STORE to the one that the bot writes")
    return open_storage(settings, newest_form=0)
