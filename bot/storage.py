"""Where all that outlives a restart is kept: the store and the inbox, together in one place."""

import logging
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from threading import Event, Thread

from bot.inbox.inbox import Inbox
from bot.inbox.sqlite import SqliteInbox
from bot.settings import AwsStore, Settings
from bot.store.sqlite import SqliteStore
from bot.store.store import CannotOpen, Store, StoreFails

log = logging.getLogger(__name__)

SWEEP_SECONDS = 10 * 60.0


@dataclass(frozen=True, slots=True)
class Storage:
    """A store and an inbox of the same place."""

    store: Store
    inbox: Inbox

    def close(self) -> None:
        """Let go of both; closing twice does nothing. Raises StoreFails."""
        with closing(self.store):
            self.inbox.close()


@contextmanager
def swept(store: Store, seconds: float = SWEEP_SECONDS) -> Iterator[None]:
    """While inside, what has expired is deleted at once and every so many seconds, though nobody asks anything."""
    over = Event()

    def sweep() -> None:
        while True:
            try:
                store.sweep()
            except StoreFails as error:
                log.error("what has expired is deleted later: %s", error)
            if over.wait(seconds):
                return

    thread = Thread(target=sweep, name="sweep")
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def open_storage(settings: Settings, newest_form: int) -> Storage:
    """The storage that the settings name; begun, where nothing is kept there yet.

    `newest_form` is the latest version of an item's body that is understood. Raises CannotOpen, and BadSettings where
    the settings name no place.
    """
    if isinstance(settings.store, AwsStore):
        return _in_aws(settings.store.name, settings, newest_form)
    return _in_file(settings, newest_form)


def open_existing(settings: Settings) -> Storage:
    """The storage that the settings name, to look at what a bot keeps there and not to lease anything.

    A file is left as it is. Raises CannotOpen, also where there is none, OutOfDate, and BadSettings.
    """
    if isinstance(settings.store, AwsStore):
        return _in_aws(settings.store.name, settings, newest_form=0)
    if not settings.store_file.exists():
        remedy = "set KINTSUGI_STORE to the one that the bot writes"
        raise CannotOpen(f"there is no store at {settings.store_file} yet", remedy)
    return _in_file(settings, newest_form=0, as_it_is=True)


def _in_file(settings: Settings, newest_form: int, *, as_it_is: bool = False) -> Storage:
    file = settings.store_file
    inbox = SqliteInbox(file, newest_form, failed_seconds=settings.keep_seconds, as_it_is=as_it_is)
    try:
        return Storage(SqliteStore(file, as_it_is=as_it_is), inbox)
    except CannotOpen:
        inbox.close()
        raise


def _in_aws(name: str, settings: Settings, newest_form: int) -> Storage:
    # Loaded where it is needed: boto3 takes longer than all of a store in a file.
    from bot.inbox.sqs import SqsInbox
    from bot.store.dynamodb import DynamoStore

    inbox = SqsInbox(name, newest_form, settings.region, failed_seconds=settings.keep_seconds)
    try:
        return Storage(DynamoStore(name, settings.region), inbox)
    except CannotOpen:
        inbox.close()
        raise
