"""Which accounts there are, and how each is entered: the ambient credentials, and the roles of the accounts file."""

import logging
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import TYPE_CHECKING

from bot.aws.account import Account, Inquiry, Source, Unseen
from bot.aws.arn import partition_of
from bot.aws.bounds import Bounds
from bot.aws.partitions import regions_of
from bot.explained import Explained
from bot.model import Asker, Place
from bot.telemetry import Telemetry, Unheard

if TYPE_CHECKING:
    import boto3

    from bot.aws.accounts_file import AccountEntry
    from bot.aws.attempts import Attempts
    from bot.aws.permissions import Permissions

log = logging.getLogger(__name__)

_WHO_WE_ARE_SECONDS = 3.0
_BURST_SECONDS = 4.0
"""How many seconds' calls may be made at once: 40 where 10 a second are allowed, as by API Gateway."""
_FIRST_REGIONS = {"aws": "us-east-1", "aws-cn": "cn-north-1", "aws-us-gov": "us-gov-west-1"}


class CannotEnter(Explained):
    """The AWS configuration leads nowhere; the message says what is missing and where to set it."""


class NoRegion(CannotEnter):
    """Neither the text, nor an option, nor the AWS configuration names a region."""

    def __init__(self) -> None:
        remedy = "pass --region, or set AWS_REGION or a region in the AWS profile"
        super().__init__("no AWS region is configured", remedy)


class Reach:
    """The accounts that one question may look into; each is entered when it is first wanted.

    `own` is that of the ambient credentials, None where whoever asks may not ask about it.
    """

    def __init__(self, own: Account | None, others: Sequence[str], enter: Callable[[str], Account | None]) -> None:
        self.own = own
        self._others = others
        self._enter = enter

    def within(self, named: str | None) -> tuple[Account, ...]:
        """The account named, if it is one of these, and else all of them, the own first. Raises CannotEnter, Unseen.

        An account that may not be looked into is so no different from one that there is not.
        """
        if named and (account := self._enter(named)):
            return (account,)
        if self.own is None:
            return self._entered()
        if not self._others or (named and named == self.own.id):
            return (self.own,)
        return (self.own, *self._entered())

    def _entered(self) -> tuple[Account, ...]:
        return tuple(account for id in self._others if (account := self._enter(id)))


class Accounts:
    """The accounts one process can look at. Sources, and so clients, are made once and shared by all questions."""

    def __init__(
        self,
        entries: "Sequence[AccountEntry]" = (),
        own: Callable[[], Source] | None = None,
        region: str | None = None,
        enter: "Callable[[AccountEntry], Source] | None" = None,
        *,
        bot: "Permissions | None" = None,
        calls_per_second: float | None = None,
        telemetry: Telemetry | None = None,
    ) -> None:
        """`entries` are those of the accounts file, and `bot` what it permits at all, where it says so.

        `calls_per_second` bounds how fast each account is asked.
        `own`, `region` and `enter` stand in for the ambient credentials, the configured region and assuming a role.
        """
        self._entries = {entry.id: entry for entry in entries}
        self._bot = bot
        self._own_entry = next((entry for entry in entries if entry.own), None)
        self._enter_own = own or self._ambient
        self._enter = enter or self._assumed
        self._region = region
        self._calls_per_second = calls_per_second
        self._telemetry = telemetry or Unheard()
        self._sources: dict[str, Source] = {}
        self._entering = threading.Lock()
        self._own_id: str | None = None
        """Whose the ambient credentials are, once AWS has told."""

    def inquiry(self, seconds: float, bounds: Bounds | None = None) -> Inquiry:
        """A new memory for one question, which may read for so many seconds from now, and so much.

        It has threads of its own, so that places which do not answer hold up no other question; close it.
        """
        from bot.aws.live import CONCURRENT_READS

        pool = ThreadPoolExecutor(CONCURRENT_READS, thread_name_prefix="aws-read")
        return Inquiry(pool, time.monotonic() + seconds, bounds)

    def own(self, inquiry: Inquiry, region: str | None) -> Account:
        """The account of the ambient credentials. `region` is where to ask who we are. Raises CannotEnter."""
        return self._own(inquiry, _required(region or self.configured_region), lambda _: None)

    def reach(self, inquiry: Inquiry, region: str | None, asker: Asker | None = None) -> Reach:
        """What may be looked into for somebody; `region` is the only one to be asked, if it is set.

        Raises CannotEnter where no region is configured either.
        """
        configured = self.configured_region
        home = _required(region or configured)
        permitted = {id: entry for id, entry in self._entries.items() if not entry.own and self._permits(entry, asker)}

        @cache
        def by_role(account_id: str) -> Account:
            entry = permitted[account_id]
            partition = entry.partition or partition_of(home)
            at = _home_in(partition, entry, (home, configured))
            source = self._source(account_id, lambda: self._enter(entry))
            return Account(inquiry, source, at, partition, account_id, entered, entry.called, entry.regions)

        @cache
        def leave_out(account_id: str) -> None:
            if asker and account_id in self._entries:
                who = {"person": asker.person, "channel": asker.channel, "entrance": asker.command}
                log.info("refused", extra={**who, "account": account_id, "why": "account_not_permitted"})

        def entered(account_id: str) -> Account | None:
            if account_id in permitted:
                return by_role(account_id)
            if own and own.known_id == account_id:
                return own
            return leave_out(account_id)

        own = self._own(inquiry, home, entered) if self._own_may_be_asked_by(asker) else None
        # A region has accounts of its partition only.
        there = [id for id, entry in permitted.items() if region is None or entry.partition == partition_of(region)]
        return Reach(own, there if own or there else tuple(permitted), entered)

    def places(self, asker: Asker | None = None) -> tuple[Place, ...]:
        """The accounts that somebody may ask about: the own, unless AWS does not tell whose it is, and the file's."""
        try:
            region = self.configured_region
        except CannotEnter:
            region = None
        own = self._told_own_id()
        others = (entry for id, entry in self._entries.items() if id != own and not entry.own)
        places = tuple(
            Place(entry.id, own=False, region=_first_of(entry) or region, name=entry.name)
            for entry in others
            if self._permits(entry, asker)
        )
        if own is None or not self._own_may_be_asked_by(asker):
            return places
        entry = self._own_entry or self._entries.get(own)
        return (Place(own, own=True, region=region, name=entry.name if entry else ""), *places)

    def lets_in(self, asker: Asker | None) -> bool:
        """Whether somebody may do there what they want to do, about any account at all."""
        return self._bot is None or self._bot.permits(asker)

    def may_see(self, asker: Asker | None, account_id: str | None) -> bool:
        """Whether somebody may be shown what was found in an account; None is the own, of which AWS did not tell.

        Where there is a file, that is no account which is neither in it nor the own.
        """
        if asker is None or not self.lets_in(asker):
            return asker is None
        if not self._entries:
            return True
        if account_id is None:
            return self._own_may_be_asked_by(asker)
        entry = self._entries.get(account_id)
        if entry and not entry.own:
            return self._permits(entry, asker)
        return account_id == self._told_own_id() and self._own_may_be_asked_by(asker)

    def regions(self) -> tuple[str, ...]:
        """The regions that have API Gateway in the configured region's partition, by botocore's own data."""
        try:
            return regions_of(partition_of(self.configured_region or ""))
        except CannotEnter:
            return regions_of(partition_of(""))

    @property
    def configured_region(self) -> str | None:
        """The region of the AWS configuration (environment, profile)."""
        return self._region or _ambient_session().region_name

    def _own(self, inquiry: Inquiry, home: str, entered: Callable[[str], Account | None]) -> Account:
        entry, source = self._own_entry, self._source("", self._enter_own)
        if entry is None:
            return Account(inquiry, source, home, partition_of(home), neighbour=entered)
        at = _home_in(partition_of(home), entry, (home,))
        return Account(inquiry, source, at, partition_of(home), None, entered, entry.name, entry.regions)

    def _permits(self, entry: "AccountEntry", asker: Asker | None) -> bool:
        return self.lets_in(asker) and entry.permits(asker)

    def _own_may_be_asked_by(self, asker: Asker | None) -> bool:
        """As its entry says, and that of whoever's account it turns out to be: the file may name another as the own.

        Where the file limits any account, one that it does not name is nobody's to ask about in Slack.
        """
        if not self.lets_in(asker):
            return False
        if asker is None or not any(entry.is_restricted for entry in self._entries.values()):
            return True
        if self._own_entry and not self._own_entry.permits(asker):
            return False
        own = self._told_own_id()
        if own in self._entries:
            return self._entries[own].permits(asker)
        # Where AWS does not tell whose it is, there is nothing but the entry that is marked as the own to go by.
        return self._own_entry is not None

    def _told_own_id(self) -> str | None:
        if self._own_id is None:
            inquiry = self.inquiry(_WHO_WE_ARE_SECONDS)
            try:
                self._own_id = self.own(inquiry, None).id
            except (CannotEnter, Unseen):
                return None
            finally:
                inquiry.close()
        return self._own_id

    def _source(self, key: str, enter: Callable[[], Source]) -> Source:
        with self._entering:
            if key not in self._sources:
                self._sources[key] = enter()
            return self._sources[key]

    def _ambient(self) -> Source:
        from bot.aws.live import Live

        return Live(_ambient_session(), attempts=self._attempts())

    def _assumed(self, entry: "AccountEntry") -> Source:
        from bot.aws.assumed_role import NoCredentials, session_in
        from bot.aws.attempts import Attempts
        from bot.aws.live import Live

        try:
            session = session_in(entry, self.configured_region, heard_by=Attempts(self._telemetry).follow)
        except NoCredentials as error:
            raise CannotEnter(error.what, error.remedy) from error
        return Live(session, attempts=self._attempts())

    def _attempts(self) -> "Attempts":
        from bot.aws.attempts import Attempts
        from bot.aws.pace import Pace

        rate = self._calls_per_second
        return Attempts(self._telemetry, Pace(rate, rate * _BURST_SECONDS) if rate else None)


def _required(region: str | None) -> str:
    if region is None:
        raise NoRegion
    return region


def _home_in(partition: str, entry: "AccountEntry", wanted: Sequence[str | None]) -> str:
    """Where to begin in an account: the first of the regions wanted that it has, or else one of its own."""
    for region in wanted:
        if region and partition_of(region) == partition and region in (entry.regions or (region,)):
            return region
    return _first_of(entry) or _FIRST_REGIONS.get(partition) or next(iter(regions_of(partition)), "us-east-1")


def _first_of(entry: "AccountEntry") -> str | None:
    return entry.regions[0] if entry.regions else None


def _ambient_session() -> "boto3.Session":
    import boto3
    from botocore.exceptions import BotoCoreError

    try:
        return boto3.Session()
    except BotoCoreError as error:
        what = f"the AWS configuration cannot be used ({error})"
        raise CannotEnter(what, "check AWS_PROFILE and ~/.aws") from error
