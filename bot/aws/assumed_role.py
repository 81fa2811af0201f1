"""The credentials of a role in another account: assumed when they are first needed, and renewed before they expire."""

import threading
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import cache
from typing import Any

import boto3
import botocore.session
from botocore.config import Config
from botocore.credentials import DeferredRefreshableCredentials
from botocore.exceptions import BotoCoreError, ClientError, CredentialRetrievalError
from botocore.loaders import Loader, create_loader

from bot.aws.accounts_file import AccountEntry
from bot.aws.door import ASSUME_ROLE, Door, give
from bot.aws.error_codes import GIVE_CREDENTIALS, NO_CREDENTIALS
from bot.aws.own_credentials import obtaining_credentials
from bot.explained import Explained

_CONFIG = Config(
    retries={"mode": "standard", "total_max_attempts": 3},
    connect_timeout=3,
    read_timeout=5,
    user_agent_extra="kintsugi",
)
_REFUSED_SECONDS = 5.0
"""For how long a refusal is believed: reads of one layer would otherwise each ask again, one behind the other."""


class NoCredentials(Explained):
    """There are no credentials with which to assume a role. The message names the role."""


def session_in(
    entry: AccountEntry,
    region: str | None,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
    heard_by: Callable[[botocore.session.Session], None] = lambda base: None,
) -> boto3.Session:
    """A session in the account of an entry; `region` is where its role is assumed. Raises NoCredentials.

    `now` is by which clock credentials expire. They are renewed by the one thread that first finds less than 15 minutes
    left, while others go on with what there is; botocore has everybody wait only if less than 10 are left. `heard_by`
    is given the session that assumes the role, the ambient one.
    """
    base = botocore.session.get_session()
    give(base.get_component("event_emitter"), obtaining_credentials(base))
    if base.get_credentials() is None:
        raise NoCredentials(f"{NO_CREDENTIALS} with which to assume {entry.role_arn}", GIVE_CREDENTIALS)
    heard_by(base)
    asked = {"RoleArn": entry.role_arn, "RoleSessionName": "kintsugi"}
    if entry.external_id:
        asked["ExternalId"] = entry.external_id
    door = Door({ASSUME_ROLE}, may_assume=lambda params: params == asked)

    def assume() -> Mapping[str, str]:
        # Tokens of a region's own endpoint are good in every region; those of the global one need not be.
        # https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp_enable-regions.html
        sts: Any = base.create_client("sts", region_name=region, config=_CONFIG)
        door.stand_at(sts)
        given = sts.assume_role(**asked)["Credentials"]
        if given["Expiration"] <= now():
            reason = "they had expired when they came, so that the clock of this computer must be wrong"
            raise CredentialRetrievalError(provider="assume-role", error_msg=reason)
        return {
            "access_key": given["AccessKeyId"],
            "secret_key": given["SecretAccessKey"],
            "token": given["SessionToken"],
            "expiry_time": given["Expiration"].isoformat(),
        }

    entered = botocore.session.get_session()
    entered.register_component("data_loader", _loader())
    refreshable = DeferredRefreshableCredentials(Believed(assume), "assume-role", now)
    entered.__dict__["_credentials"] = refreshable  # botocore has no public way to hand it refreshable ones
    return boto3.Session(botocore_session=entered)


@cache
def _loader() -> Loader:
    """Reads botocore's descriptions of services once for all accounts."""
    return create_loader()


class Believed:
    """Assumes a role; a refusal is repeated to whoever asks within a few seconds, without asking AWS again."""

    def __init__(self, assume: Callable[[], Mapping[str, str]], clock: Callable[[], float] = time.monotonic) -> None:
        self._assume = assume
        self._clock = clock
        self._refusal: BotoCoreError | ClientError | None = None
        self._until = 0.0
        self._asking = threading.Lock()

    def __call__(self) -> Mapping[str, str]:
        """The credentials. Raises what botocore raises."""
        with self._asking:
            if self._refusal and self._clock() < self._until:
                raise self._refusal
            try:
                given = self._assume()
            except (BotoCoreError, ClientError) as error:
                self._refusal, self._until = error, self._clock() + _REFUSED_SECONDS
                raise
            self._refusal = None
            return given
