"""What is said of a role: one finding for each kind of call that needs it, of which the first carries the mend."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from bot.aws.iam import Role
from bot.aws.invocations import Invocation, by_kind, common_facts
from bot.model import Certainty, Fact, Finding


def of_each_kind(
    fault: str,
    role: Role,
    calls: Sequence[Invocation],
    *,
    remedy: Mapping[str, Any],
    facts: Mapping[str, Fact] | None = None,
    certainty: Certainty = Certainty.PROVEN,
    evidence: tuple[str, ...] = (),
) -> Iterator[Finding]:
    """Findings about the calls that fail with a role, authorizers' before integrations'. Raises Unseen."""
    for position, part in enumerate(by_kind(calls)):
        first = part[0]
        yield Finding(
            cause=f"{first.kind}_{fault}",
            fix=fault,
            phase=first.phase,
            certainty=certainty,
            facts={**common_facts(part), "role_arn": role.arn, **(facts or {})},
            evidence=tuple(dict.fromkeys((*first.evidence, role.answer.evidence, *evidence))),
            account=first.api.account.id,
            region=first.api.region,
            remedy={"role_name": role.name, "role_path": role.path, "is_covered": position > 0, **remedy},
        )
