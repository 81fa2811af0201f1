"""Whether the identity that the bot asks with has a policy of AWS's own that does more than read."""

from collections.abc import Iterator, Mapping
from typing import Any

from bot.aws.account import Account, Read, Unseen
from bot.doctor import reads
from bot.doctor.check import Check, ok, problem, unchecked

NAME = "aws.privileges"
ONLY_READS = "let it use a role that has the policy of 'kintsugi policy' and nothing else"

_READING = ("ReadOnly", "ViewOnly", "SecurityAudit")
"""AWS has some fifteen hundred policies of its own. Those with such a word in their names let nothing be changed.

https://docs.aws.amazon.com/aws-managed-policy/latest/reference/policy-list.html
"""


class _NotThere(Exception):
    """What policies are attached to is not there."""


def judged(subject: str, account: Account, arn: str) -> Check:
    """The check of an identity by its ARN. Policies of AWS's own are judged by their names, others not at all."""
    kind, *path = arn.split(":", 5)[5].split("/")
    # An assumed role's ARN is assumed-role/NAME/SESSION, a user's user/PATH/NAME.
    attached = {"assumed-role": ("Role", path[:1]), "user": ("User", path[-1:])}.get(kind)
    if not attached or not attached[1]:
        return unchecked(NAME, f"what {arn} may do cannot be read", ONLY_READS, subject)
    whose, (name,) = attached
    try:
        policies = list(_attached(account, whose, name))
    except (Unseen, _NotThere) as error:
        why = error.result.error if isinstance(error, Unseen) else "it is not there"
        return unchecked(
            NAME, f"the policies of {name} cannot be listed ({why})", f"see to {reads.NAME} first", subject
        )
    of_aws = [policy.rpartition("/")[2] for policy in policies if policy.split(":")[4:5] == ["aws"]]
    if others := [name for name in of_aws if not any(word in name for word in _READING)]:
        seen = f"has {', '.join(others)} of AWS's own policies, whose names do not say that they only read"
        return problem(NAME, seen, ONLY_READS, subject)
    return ok(NAME, "has no policy of AWS's own but such as only read; what others allow is not judged", subject)


def _attached(account: Account, whose: str, name: str) -> Iterator[str]:
    """The ARNs of the policies attached to a role or a user, and to the user's groups. Raises Unseen and _NotThere."""
    for policy in _listed(account, f"ListAttached{whose}Policies", "AttachedPolicies", {f"{whose}Name": name}):
        yield str(policy.get("PolicyArn", ""))
    if whose == "User":
        for group in _listed(account, "ListGroupsForUser", "Groups", {"UserName": name}):
            yield from _attached(account, "Group", str(group.get("GroupName", "")))


def _listed(account: Account, operation: str, member: str, of: Mapping[str, str]) -> list[Mapping[str, Any]]:
    answer = account.read(Read.of("iam", operation, account.home_region, **of))
    if not answer:
        raise _NotThere
    return answer[member] or []
