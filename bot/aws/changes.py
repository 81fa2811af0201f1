"""Who last changed a thing, and when, as far as CloudTrail's event history can say.

The history holds 90 days of each region's changes, newest first, and can be asked for one attribute at a time, twice a
second for each account and region ("LookupEvents", awscloudtrail/latest/APIReference/API_LookupEvents). It is asked for
the event's name: which resources an event lists differs from service to service, while names are precise. Which of the
events are about the thing is told from the parameters of their requests.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from bot.aws.account import Account, Answer, Read, minutes_ago
from bot.aws.arn import Arn, FunctionArn
from bot.aws.trail_event import TrailEvent

RECORDED_AS: Mapping[str, Mapping[str, str]] = {
    "lambda": {
        "AddPermission": "AddPermission20150331v2",
        "RemovePermission": "RemovePermission20150331v2",
        "CreateFunction": "CreateFunction20150331",
        "UpdateFunctionCode": "UpdateFunctionCode20150331v2",
        "UpdateFunctionConfiguration": "UpdateFunctionConfiguration20150331v2",
        "DeleteFunction": "DeleteFunction20150331",
        "CreateAlias": "CreateAlias20150331",
        "UpdateAlias": "UpdateAlias20150331",
        "DeleteAlias": "DeleteAlias20150331",
    },
    "apigateway": {
        name: name
        for name in (
            "CreateAuthorizer",
            "CreateDeployment",
            "CreateStage",
            "DeleteAuthorizer",
            "DeleteDeployment",
            "DeleteGatewayResponse",
            "DeleteIntegration",
            "DeleteMethod",
            "DeleteResource",
            "DeleteStage",
            "ImportRestApi",
            "PutGatewayResponse",
            "PutIntegration",
            "PutMethod",
            "PutRestApi",
            "UpdateAccount",
            "UpdateAuthorizer",
            "UpdateGatewayResponse",
            "UpdateIntegration",
            "UpdateMethod",
            "UpdateResource",
            "UpdateRestApi",
            "UpdateStage",
        )
    },
    "iam": {
        name: name
        for name in (
            "AddUserToGroup",
            "AttachRolePolicy",
            "AttachUserPolicy",
            "CreatePolicyVersion",
            "DeletePolicy",
            "DeleteRole",
            "DeleteRolePermissionsBoundary",
            "DeleteRolePolicy",
            "DeleteUserPolicy",
            "DetachRolePolicy",
            "DetachUserPolicy",
            "PutRolePermissionsBoundary",
            "PutRolePolicy",
            "PutUserPolicy",
            "RemoveUserFromGroup",
            "SetDefaultPolicyVersion",
            "UpdateAssumeRolePolicy",
        )
    },
    "ec2": {"ModifyVpcEndpoint": "ModifyVpcEndpoint"},
}
"""By service, what an event is called by people and in CloudTrail: Lambda adds the version of its API to the name.

From "CloudTrail supported events" and "Logging AWS Lambda API calls using AWS CloudTrail"
(lambda/latest/dg/logging-using-cloudtrail).
"""

_GLOBAL_REGION = {
    "aws": "us-east-1",
    "aws-cn": "cn-north-1",
    "aws-us-gov": "us-gov-west-1",
    "aws-iso": "us-iso-east-1",
    "aws-iso-b": "us-isob-east-1",
}
"""Where a partition records the events of services without regions, such as IAM."""

_PAGE = 50
_MINUTES_A_DAY = 24 * 60
_EVER = datetime.min.replace(tzinfo=UTC)
_NEVER = datetime.max.replace(tzinfo=UTC)
_ACCOUNT_SETTINGS = "UpdateAccount"
_OF_AN_ALIAS = frozenset({"CreateAlias", "UpdateAlias", "DeleteAlias"})
_OF_ONE_POLICY = frozenset({"AddPermission", "RemovePermission"})
_OF_LATEST = frozenset({"UpdateFunctionCode", "UpdateFunctionConfiguration"})
_LATEST = "$LATEST"


@dataclass(frozen=True, slots=True)
class Change:
    """A change that succeeded. `event` is what people call it; `by` and `via` are as in `TrailEvent`.

    `evidence` is the id of the read that shows it.
    """

    at: datetime
    by: str
    event: str
    evidence: str
    via: str | None = None


@dataclass(frozen=True, slots=True)
class Thing:
    """What may have been changed: a function, role, user or policy by its ARN, an API or a VPC endpoint by its id.

    `region` is where a thing without a region in its ARN lies. `parameters` are further parameters that a request which
    changed it has, by their names, each with one of these values; `patches` are paths of which an update patches one,
    or what lies below it.
    """

    account: Account
    service: str
    id: str
    region: str
    parameters: Mapping[str, Sequence[str]] = field(default_factory=dict)
    patches: tuple[str, ...] = ()

    @property
    def can_be_found(self) -> bool:
        """Whether its changes can be told from others': a URI may call what no function can be, a role be AWS's own."""
        if not all(self.parameters.values()):
            return False
        if self.service == "lambda":
            return FunctionArn.parse(self.id) is not None
        if self.service == "iam":
            arn = Arn.parse(self.id)
            return arn is not None and arn.account == self.account.known_id
        return bool(self.id)

    def may_have(self, event: str) -> bool:
        """Whether such an event changes such a thing: `PutUserPolicy` changes no role, `UpdateAlias` no version."""
        if function := FunctionArn.parse(self.id):
            is_latest = function.qualifier in (None, _LATEST)
            is_alias = not is_latest and not str(function.qualifier).isdecimal()
            return is_alias if event in _OF_AN_ALIAS else is_latest or event not in _OF_LATEST
        if self.service != "iam":
            return True
        arn = Arn.parse(self.id)
        kind = arn.resource.partition("/")[0] if arn else ""
        return kind == next((noun.lower() for noun in ("Role", "User") if noun in event), "policy")

    def lookup(self, event: str) -> Read:
        """The read that lists the newest events of that name, as people call it, wherever this thing's are recorded."""
        attribute = {"AttributeKey": "EventName", "AttributeValue": RECORDED_AS[self.service][event]}
        days = self.account.inquiry.bounds.change_days
        return Read.of(
            "cloudtrail",
            "LookupEvents",
            self._recorded_in,
            LookupAttributes=[attribute],
            StartTime=minutes_ago(days * _MINUTES_A_DAY),
            MaxResults=_PAGE,
        )

    def newest(self, events: Iterable[str], before: datetime | None) -> Change | None:
        """The newest of its changes by these events, none after `before`; None where nothing can be told.

        Raises Unseen where the history was not to be had: what else was read might then not be the newest.
        """
        answers = {event: self.account.read(self.lookup(event)) for event in events}
        found: list[Change] = []
        horizon = _EVER
        for event, answer in answers.items():
            of_event = [change for change in self._changes(event, answer) if before is None or change.at <= before]
            found += of_event
            if not of_event:
                # Behind a page of other things' events may lie one of this thing's.
                horizon = max(horizon, _end_of(answer))
        newest = max(found, key=lambda change: change.at, default=None)
        return newest if newest and newest.at >= horizon else None

    def _changes(self, event: str, answer: Answer) -> Iterable[Change]:
        listed = answer["Events"] if answer else None
        for each in listed or ():
            record = TrailEvent.of(each)
            if record and self._is_about_this(event, record):
                yield Change(record.at, record.by, event, answer.evidence, record.via)

    @property
    def _recorded_in(self) -> str:
        arn = Arn.parse(self.id)
        if self.service == "iam":
            partition = arn.partition if arn else self.account.partition
            return _GLOBAL_REGION.get(partition, self.account.home_region)
        return (arn.region if arn else "") or self.region

    def _is_about_this(self, event: str, record: TrailEvent) -> bool:
        names_this = self._calls_function(event, record) if self.service == "lambda" else self._calls(event, record)
        return (
            names_this
            and (record.service, record.name) == (self.service, RECORDED_AS[self.service][event])
            and all(record.parameter(name) in values for name, values in self.parameters.items())
            and (not self.patches or not event.startswith("Update") or any(map(self._is_patched, record.patches)))
        )

    def _is_patched(self, path: str) -> bool:
        return any(path == each or path.startswith(f"{each}/") for each in self.patches)

    def _calls(self, event: str, record: TrailEvent) -> bool:
        if event == _ACCOUNT_SETTINGS:
            return True  # there is one for each account and region
        if self.service == "apigateway":
            return record.parameter("restApiId") == self.id
        if self.service == "ec2":
            return record.parameter("vpcEndpointId") == self.id
        arn = Arn.parse(self.id)
        kind, _, path = arn.resource.partition("/") if arn else ("", "", "")
        if kind == "policy":
            return record.parameter("policyArn") == self.id
        return bool(kind) and record.parameter(f"{kind}Name") == path.rpartition("/")[2]

    def _calls_function(self, event: str, record: TrailEvent) -> bool:
        """Whether a request to Lambda is about the function and, where it has one of its own, its version or alias."""
        arn = FunctionArn.parse(self.id)
        name, qualifier = _function_of(record)
        if arn is None or name != arn.name:
            return False
        if event in _OF_AN_ALIAS:
            return record.parameter("name") == arn.qualifier
        if event in _OF_ONE_POLICY:
            return qualifier == arn.qualifier
        return event in _OF_LATEST or qualifier in (None, arn.qualifier)


def _end_of(answer: Answer) -> datetime:
    """Before when an answer tells nothing since its page was full; an empty page with a token tells nothing at all."""
    if not answer or not answer["NextToken"]:
        return _EVER
    times = (each.get("EventTime") for each in answer["Events"] or ())
    return min((time for time in times if isinstance(time, datetime)), default=_NEVER)


def _function_of(record: TrailEvent) -> tuple[str, str | None]:
    """The function's name and qualifier, which a caller may write as an ARN, a part of one, or a name."""
    given = record.parameter("functionName") or ""
    parts = given.split(":")
    if "function" in parts[1:-1]:
        parts = parts[parts.index("function", 1) + 1 :]
    return parts[0], record.parameter("qualifier") or (parts[1] if len(parts) > 1 else None)
