"""Each read of the list, as it is tried: harmless, and answered alike whatever the account holds.

What a read is about is what a listing named, or else a name that cannot exist. As a rule, whoever may not read is told
`AccessDenied` before AWS looks whether there is such a thing; whoever may, that there is none. No page of AWS's
promises this order for every service, so such an answer is called what it is. A policy that allows some names only
refuses the made-up ones as well: then the statement in the remedy allows more than is needed.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from bot.aws import error_codes
from bot.aws.account import Read, Result
from bot.aws.arn import arn_like
from bot.aws.denials import REMEDIES
from bot.aws.reads import READS, grant, policy_document, resources_of
from bot.doctor.check import Access, Check, Outcome, Tried
from bot.model import Outcome as ReadOutcome
from bot.model import UnseenReason

NAME = "aws.read"
NOBODY = "kintsugi-doctor-reads-nothing"
"""A name that no function, role, user, group, stage, log group or policy has."""
_NO_API, _NO_ENDPOINT, _A_MINUTE_AGO = "0000000000", "vpce-00000000000000000", "-PT1M"
_OF_AWS = "ReadOnlyAccess"
"""A policy that AWS keeps in every account."""
_GLOBAL = frozenset({"iam", "sts"})
_ONCE = frozenset({("ec2", "DescribeRegions")})
_POLICY_READS = ("GetPolicy", "GetPolicyVersion")


@dataclass(frozen=True, slots=True)
class Probe:
    """A read to be tried."""

    read: Read

    @property
    def call(self) -> tuple[str, str]:
        """The key of the list of reads."""
        return self.read.service, self.read.operation

    @property
    def region(self) -> str | None:
        """Where it holds good; None for everywhere."""
        return self.read.region if is_regional(self.call) else None

    def grantable(self, partition: str, account: str, region: str) -> set[str]:
        """What the bot's policy says that covers it: in `region`, or in any for `*`."""
        statements = policy_document(partition, account, region)["Statement"]
        action = READS[self.call].action
        listed = {arn for statement in statements if action in statement["Action"] for arn in statement["Resource"]}
        asked = resources_of(*self.call, self.read.arguments, partition, account, self.read.region)
        return {pattern for pattern in listed if pattern == "*" or any(arn_like(pattern, arn) for arn in asked)}


def probes(partition: str, account: str, home: str, apis: Mapping[str, str | None]) -> Iterator[Probe]:
    """Every read of the list, the regional ones once for each region; `apis` has an API of each, or None."""
    for service, operation in READS:
        if not is_regional((service, operation)):
            yield from _everywhere(service, operation, partition, account, home)
    # Region by region: clients are made for one after the other, and let go.
    for region, api in apis.items():
        for service, operation in READS:
            if is_regional((service, operation)):
                yield Probe(Read.of(service, operation, region, **_parameters(service, operation, api or _NO_API)))


def is_regional(call: tuple[str, str]) -> bool:
    """Whether a read is answered, and may be permitted, differently in each region."""
    return call[0] not in _GLOBAL and call not in _ONCE


def _everywhere(service: str, operation: str, partition: str, account: str, home: str) -> Iterator[Probe]:
    if service != "iam" or operation not in _POLICY_READS:
        yield Probe(Read.of(service, operation, home, **_parameters(service, operation, _NO_API)))
        return
    version = {"VersionId": "v1"} if operation == "GetPolicyVersion" else {}
    for owner, name in ((account, NOBODY), ("aws", _OF_AWS)):
        arn = f"arn:{partition}:iam::{owner}:policy/{name}"
        yield Probe(Read.of(service, operation, home, PolicyArn=arn, **version))


def _parameters(service: str, operation: str, api: str) -> dict[str, Any]:
    """The least that a read has to be told; nothing, where no line says more."""
    match service, operation:
        case "apigateway", "GetRestApis" | "GetAccount":
            return {}
        case "apigateway", "GetBasePathMappings":
            return {"domainName": f"{NOBODY}.example.com"}
        case "apigateway", "GetDeployment":
            return {"restApiId": api, "deploymentId": _NO_API}
        case "apigateway", "GetExport":
            return {"restApiId": api, "stageName": NOBODY, "exportType": "oas30"}
        case "apigateway", _:
            return {"restApiId": api}
        case "apigatewayv2", "GetApi":
            return {"ApiId": _NO_API}
        case "lambda", _:
            return {"FunctionName": NOBODY}
        case "logs", "FilterLogEvents":
            # As API Gateway names its own: a policy may be narrowed to these (`kintsugi policy --log-group`).
            return {"logGroupName": f"API-Gateway-Execution-Logs_{NOBODY}/{NOBODY}", "limit": 1}
        case "cloudtrail", "LookupEvents":
            return {"StartTime": _A_MINUTE_AGO, "MaxResults": 1}
        case "ec2", "DescribeVpcEndpoints":
            return {"Filters": [{"Name": "vpc-endpoint-id", "Values": [_NO_ENDPOINT]}]}
        case "iam", _:
            return _of_iam(operation)
        case _:
            return {}


def _of_iam(operation: str) -> dict[str, Any]:
    """IAM's operations say in their names whom they are about: `ListGroupsForUser` is about a user."""
    whose = (
        "User" if operation.endswith("User") else next(kind for kind in ("Role", "Group", "User") if kind in operation)
    )
    return {f"{whose}Name": NOBODY, **({"PolicyName": NOBODY} if operation == f"Get{whose}Policy" else {})}


def tried(probe: Probe, result: Result) -> Tried:
    """What the answer to a read says of whether it is permitted."""
    said = result.error or ""
    match result.outcome:
        case ReadOutcome.FOUND | ReadOutcome.ABSENT:
            return Tried(probe.region, Access.OK, said, result.outcome is ReadOutcome.ABSENT)
        case ReadOutcome.DENIED:
            return Tried(probe.region, Access.DENIED, said)
        case _:
            access = Access.NOT_ENABLED if is_not_enabled(result) else Access.COULD_NOT_CHECK
            return Tried(probe.region, access, said)


def is_not_enabled(result: Result) -> bool:
    """Whether a region answers as one that is not enabled for an account whose credentials are good elsewhere."""
    return result.credentials_rejected or error_codes.is_not_enabled(result.error or "")


def judged(
    subject: str,
    partition: str,
    account: str,
    call: tuple[str, str],
    answers: Sequence[tuple[Probe, Tried, Result]],
    elsewhere: tuple[Tried, ...] = (),
) -> Check:
    """The check of one read in one account, from how it was answered wherever it was tried.

    `elsewhere` are regions of which it is known, and said, that they are not enabled.
    """
    tries = tuple(each for _, each, _ in answers)
    about = partial(Check, NAME, subject=f"{subject} {call[0]} {call[1]}", tried=(*tries, *elsewhere))
    refused = [(probe, each, result) for probe, each, result in answers if each.access is Access.DENIED]
    if refused:
        ungranted = [(probe, each) for probe, each, result in refused if result.denied_by is None]
        is_everywhere = len(ungranted) == len(answers)
        resources = {
            arn
            for probe, each in ungranted
            for arn in probe.grantable(partition, account, "*" if is_everywhere or not each.region else each.region)
        }
        statement = grant(READS[call].action, resources) if resources else None
        remedies = [f"allow {json.dumps(statement)}"] if statement else []
        remedies += dict.fromkeys(REMEDIES[result.denied_by] for _, _, result in refused if result.denied_by)
        seen = f"is denied{_in((each for _, each, _ in refused), tries)} ({refused[0][1].said})"
        return about(Outcome.PROBLEM, seen, ", and ".join(remedies), grant=statement)
    for access, what in ((Access.COULD_NOT_CHECK, "was not answered"), (Access.NOT_ENABLED, "is not enabled")):
        if left := [(each, result) for _, each, result in answers if each.access is access]:
            seen = f"{what}{_in((each for each, _ in left), tries)} ({left[0][0].said})"
            return about(Outcome.COULD_NOT_CHECK, seen, _remedy(access, left[0][1]))
    if not tries:
        return about(Outcome.COULD_NOT_CHECK, "no region is enabled", "see to aws.regions first")
    nothing = ", as far as a read of what is not there shows" if all(each.is_of_nothing for each in tries) else ""
    return about(Outcome.OK, f"is permitted{_in(tries, tries)}{nothing}")


def _in(places: Iterable[Tried], everywhere: Sequence[Tried]) -> str:
    """Where that is, in words."""
    regions = list(dict.fromkeys(each.region for each in places if each.region))
    if len(regions) > 1 and set(regions) == {each.region for each in everywhere}:
        return f" in all {len(regions)} regions"
    return f" in {', '.join(regions)}" if regions else ""


def _remedy(access: Access, result: Result) -> str:
    if access is Access.NOT_ENABLED:
        return "enable the service, or the region, for the account, and see that the credentials are still good"
    if result.reason is UnseenReason.THROTTLED:
        return "run this again when the account is asked less"
    if result.unreachable:
        return "let this computer reach AWS (network, proxy, AWS_ENDPOINT_URL)"
    return "run this again; if it stays so, see what AWS says"
