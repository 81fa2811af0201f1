"""Which accounts there are, and how each is entered: the ambient credentials, and the roles of the accounts file."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError

from bot.aws.account import Account, Inquiry, Source, Unseen
from bot.aws.arn import partition_of
from bot.aws.bounds import Bounds
from bot.model import Place

if TYPE_CHECKING:
    import boto3

AccountId = Annotated[str, StringConstraints(pattern=r"^\d{12}$")]
RoleArn = Annotated[str, StringConstraints(pattern=r"^arn:[a-z-]+:iam::\d{12}:role/\S+$")]

_WHO_WE_ARE_SECONDS = 3.0
_GATEWAY = "apigateway"


class BadAccountsFile(Exception):
    """The accounts file cannot be used; the message names the file, the line's fault and what it should say."""


class CannotEnter(Exception):
    """The AWS configuration leads nowhere; the message says what is missing and where to set it."""


class NoRegion(CannotEnter):
    """Neither the text, nor an option, nor the AWS configuration names a region."""

    def __init__(self) -> None:
        super().__init__("no AWS region is configured: pass --region, or set AWS_REGION or a region in the AWS profile")


class AccountEntry(BaseModel):
    """An account that is entered through a role: `id` in quotes, `role_arn`, `external_id` if the role wants one."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: AccountId
    role_arn: RoleArn
    external_id: str | None = None


class AccountsFile(BaseModel):
    """The accounts file: a YAML list under `accounts`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    accounts: tuple[AccountEntry, ...]


def read_accounts_file(path: Path) -> tuple[AccountEntry, ...]:
    """The entries of an accounts file. Raises BadAccountsFile."""
    import yaml

    try:
        content = yaml.safe_load(path.read_text("utf-8"))
        return AccountsFile.model_validate(content).accounts
    except OSError as error:
        raise BadAccountsFile(f"{path}: cannot be read ({error.strerror})") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise BadAccountsFile(f"{path}: is no YAML ({error})") from error
    except ValidationError as error:
        fault = error.errors()[0]
        where = ".".join(str(part) for part in fault["loc"]) or "the file"
        raise BadAccountsFile(
            f"{path}: {where}: {fault['msg']}; each entry under 'accounts' has a quoted 12-digit 'id' and a 'role_arn'"
        ) from error


class Accounts:
    """The accounts one process can look at. Sources, and so clients, are made once and shared by all questions."""

    def __init__(
        self,
        entries: tuple[AccountEntry, ...] = (),
        own: Callable[[], Source] | None = None,
        region: str | None = None,
    ) -> None:
        """`own` and `region` stand in for the ambient credentials and the configured region."""
        self._entries = {entry.id: entry for entry in entries}
        self._enter_own = own or _ambient
        self._region = region
        self._sources: dict[str, Source] = {}
        self._entering = threading.Lock()
        self._pool: ThreadPoolExecutor | None = None
        self._own_id: str | None = None
        """Whose the ambient credentials are, once AWS has told."""

    def inquiry(self, seconds: float, bounds: Bounds | None = None) -> Inquiry:
        """A new memory for one question, which may read for so many seconds from now, and so much."""
        from bot.aws.live import CONCURRENT_READS

        with self._entering:
            if self._pool is None:
                self._pool = ThreadPoolExecutor(CONCURRENT_READS, thread_name_prefix="aws-read")
        return Inquiry(self._pool, time.monotonic() + seconds, bounds)

    def own(self, inquiry: Inquiry, region: str | None) -> Account:
        """The account of the ambient credentials. `region` is where to ask who we are. Raises CannotEnter."""
        home = region or self.configured_region
        if home is None:
            raise NoRegion
        partition = partition_of(home)

        @cache
        def entered(account_id: str) -> Account | None:
            entry = self._entries.get(account_id)
            if entry is None:
                return None
            source = self._source(account_id, lambda: _assumed(entry))
            return Account(inquiry, source, home, partition, account_id, neighbour=entered)

        return Account(inquiry, self._source("", self._enter_own), home, partition, neighbour=entered)

    def places(self) -> tuple[Place, ...]:
        """The accounts that can be asked about: the own, unless AWS does not tell whose it is, and the file's."""
        try:
            region = self.configured_region
        except CannotEnter:
            region = None
        own = self._told_own_id()
        others = tuple(Place(id, own=False, region=region) for id in self._entries if id != own)
        return (Place(own, own=True, region=region), *others) if own else others

    def _told_own_id(self) -> str | None:
        if self._own_id is None:
            try:
                self._own_id = self.own(self.inquiry(_WHO_WE_ARE_SECONDS), None).id
            except (CannotEnter, Unseen):
                return None
        return self._own_id

    def regions(self) -> tuple[str, ...]:
        """The regions that have API Gateway in the configured region's partition, by botocore's own data."""
        try:
            return _regions_of(partition_of(self.configured_region or ""))
        except CannotEnter:
            return _regions_of(partition_of(""))

    @property
    def configured_region(self) -> str | None:
        """The region of the AWS configuration (environment, profile)."""
        return self._region or _ambient_session().region_name

    def _source(self, key: str, enter: Callable[[], Source]) -> Source:
        with self._entering:
            if key not in self._sources:
                self._sources[key] = enter()
            return self._sources[key]


@cache
def _regions_of(partition: str) -> tuple[str, ...]:
    from botocore.loaders import create_loader
    from botocore.regions import EndpointResolver

    # A session would want a profile that can be read; what regions there are depends on nobody's credentials.
    known = EndpointResolver(create_loader().load_data("endpoints"))
    return tuple(sorted(known.get_available_endpoints(_GATEWAY, partition)))


def _ambient_session() -> "boto3.Session":
    import boto3
    from botocore.exceptions import BotoCoreError

    try:
        return boto3.Session()
    except BotoCoreError as error:
        raise CannotEnter(f"the AWS configuration cannot be used ({error}); check AWS_PROFILE and ~/.aws") from error


def _ambient() -> Source:
    from bot.aws.live import Live

    return Live(_ambient_session())


def _assumed(entry: AccountEntry) -> Source:
    import boto3
    import botocore.session
    from botocore.credentials import AssumeRoleCredentialFetcher, DeferredRefreshableCredentials

    from bot.aws.live import Live

    base = botocore.session.get_session()
    credentials = base.get_credentials()
    if credentials is None:
        raise CannotEnter(f"there are no AWS credentials with which to assume {entry.role_arn}; sign in first")
    extra: dict[str, Any] = {"RoleSessionName": "kintsugi"}
    if entry.external_id:
        extra["ExternalId"] = entry.external_id
    fetcher = AssumeRoleCredentialFetcher(
        client_creator=base.create_client,
        source_credentials=credentials,
        role_arn=entry.role_arn,
        extra_args=extra,
    )
    entered = botocore.session.get_session()
    refreshable = DeferredRefreshableCredentials(fetcher.fetch_credentials, method="assume-role")
    entered.__dict__["_credentials"] = refreshable  # botocore has no public way to hand it refreshable ones
    return Live(boto3.Session(botocore_session=entered))
