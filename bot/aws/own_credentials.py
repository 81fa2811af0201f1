"""What botocore calls by itself to obtain the credentials of a session, and which roles it assumes for that."""

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from bot.aws.door import ASSUME_ROLE, Call, Door

CREDENTIALS: frozenset[Call] = frozenset(
    {
        ("signin", "CreateOAuth2Token"),
        ("sso", "GetRoleCredentials"),
        ("sso-oidc", "CreateToken"),
        ASSUME_ROLE,
        ("sts", "AssumeRoleWithWebIdentity"),
    }
)
"""For the credentials that a profile, a pod or a sign-in stands for. All but AssumeRole go without a signature."""

_BOTOCORE_ASKS_WITH = frozenset(
    {"RoleArn", "RoleSessionName", "ExternalId", "DurationSeconds", "SerialNumber", "TokenCode"}
)
"""Not with tags, which a policy could go by."""


def obtaining_credentials(session: Any, *listed: Collection[Call]) -> Door:
    """A door for a session of botocore's: its profile's roles may be assumed, no others. `listed` may be called too."""

    def is_of_its_profile(params: Mapping[str, Any]) -> bool:
        return params.get("RoleArn") in set(roles_of_profile(session)) and params.keys() <= _BOTOCORE_ASKS_WITH

    return Door(CREDENTIALS, *listed, may_assume=is_of_its_profile)


def roles_of_profile(session: Any) -> Iterator[str]:
    """The `role_arn` of a session's profile, and those of the profiles that this one has its credentials from."""
    profiles = session.full_config.get("profiles", {})
    name, passed = session.profile or "default", set[str]()
    while name and name not in passed:
        passed.add(name)
        profile = profiles.get(name, {})
        if "role_arn" in profile:
            yield profile["role_arn"]
        name = profile.get("source_profile")
