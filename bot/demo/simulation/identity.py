"""Access keys, the accounts they belong to, and the partitions that regions belong to."""

from __future__ import annotations

import re

from moto.core import DEFAULT_ACCOUNT_ID
from moto.iam.models import get_account_id_from, iam_backends
from moto.sts.models import sts_backends
from moto.utilities.utils import get_partition

from bot.demo.simulation.operations import Call, Caller, answers

USER_NAME = "kintsugi"
_KEY_OF_ACCOUNT = re.compile(r"AKIASIMU(\d{12})")


def access_key(account: str) -> str:
    """The access key id of the simulated user of `account`, which it carries in its last twelve digits."""
    if not re.fullmatch(r"\d{12}", account):
        raise ValueError(f"an AWS account id has twelve digits, not {account!r}")
    return f"AKIASIMU{account}"


def account_of(key: str) -> str:
    """The account that the key belongs to; a key of nobody belongs to the default account."""
    if key_of_account := _KEY_OF_ACCOUNT.fullmatch(key):
        return key_of_account[1]
    account: str = get_account_id_from(key)
    return account or DEFAULT_ACCOUNT_ID


def caller_of(key: str, region: str) -> Caller:
    """Who calls with the key: a role's session, a user made in the simulation, or the simulated user."""
    account, partition = account_of(key), get_partition(region)
    if session := sts_backends[account][partition].get_assumed_role_from_access_key(key):
        return Caller(account, session.arn, session.user_id)
    if user := iam_backends[account][partition].get_user_from_access_key_id(key):
        return Caller(account, user.arn, user.id)
    return Caller(account, f"arn:{partition}:iam::{account}:user/{USER_NAME}", f"AIDASIMU{account}")


@answers("sts", "GetCallerIdentity")
def get_caller_identity(call: Call) -> dict[str, str]:
    """Who called; moto would say that every unknown key is an STS user, which AWS does not have."""
    return {"Account": call.account, "Arn": call.caller.arn, "UserId": call.caller.user_id}
