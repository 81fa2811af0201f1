"""Describes a simulated account: functions and who may invoke them, roles, APIs."""

import io
import json
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING, Any

from bot.aws.arn import partition_of
from bot.demo.rest_api import Api

if TYPE_CHECKING:
    from bot.demo.simulation.server import SimulatedAws

ACCOUNT = "123456789012"
"""The account of `World` unless it says otherwise."""
API_GATEWAY = "apigateway.amazonaws.com"
CALLER_CREDENTIALS = "arn:aws:iam::*:user/*"
"""The integration's credentials with which a function is called as whoever called the API."""
_INVOKE = "lambda:InvokeFunction"
Document = dict[str, Any]


def document(*statements: Mapping[str, Any]) -> Document:
    """A policy document."""
    return {"Version": "2012-10-17", "Statement": [dict(statement) for statement in statements]}


def trust(*services: str, **condition: Mapping[str, str]) -> Document:
    """A trust policy that lets these services assume the role, under a condition: `StringEquals={key: value}`."""
    principal = {"Service": services[0] if len(services) == 1 else list(services)}
    statement: Document = {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}
    return document(statement | ({"Condition": condition} if condition else {}))


def may_invoke(*functions: "Function | str") -> Document:
    """An identity policy that allows invoking these, each a function or an ARN."""
    return document({"Effect": "Allow", "Action": _INVOKE, "Resource": [str(function) for function in functions]})


@dataclass(frozen=True)
class World:
    """One region of one simulated account. What is made here exists at once."""

    aws: "SimulatedAws"
    account: str = ACCOUNT
    region: str = "eu-west-1"
    now: datetime = field(default_factory=lambda: datetime.now(UTC))
    """The moment at which the question is asked; what is logged or was changed lies before it."""

    @contextmanager
    def changed(self, by: str = "user/mika", via: str | None = None, **ago: float) -> Iterator[None]:
        """Lets CloudTrail keep what is done in the block, so long ago (`hours=2`); else it keeps nothing.

        `by` is an ARN, or a user's or an assumed role's without what precedes `user/` and `assumed-role/`.
        """
        service = "sts" if by.startswith("assumed-role/") else "iam"
        principal = by if by.startswith("arn:") else f"arn:{self.partition}:{service}::{self.account}:{by}"
        with self.aws.written_down(self.now - timedelta(**ago), principal, via):
            yield

    def before(self, days: int) -> datetime:
        """The moment so many days before `now`."""
        return self.now - timedelta(days=days)

    @property
    def partition(self) -> str:
        """The partition of the region."""
        return partition_of(self.region)

    def client(self, service: str) -> Any:
        """The boto3 client of this account and region."""
        return self.aws.client(service, self.account, self.region)

    def function_arn(self, name: str) -> str:
        """The ARN that a function of this name has here, whether there is one or not."""
        return f"arn:{self.partition}:lambda:{self.region}:{self.account}:function:{name}"

    def function(self, name: str, versions: int = 0, **aliases: str) -> "Function":
        """A function with so many published versions, and aliases by name: `live="1"`."""
        client = self.client("lambda")
        client.create_function(
            FunctionName=name,
            Runtime="python3.12",
            Role=self._execution_role(),
            Handler="index.handler",
            Code={"ZipFile": _code()},
        )
        function = Function(self, name).changed(self.before(30))
        for number in range(versions):
            client.update_function_code(FunctionName=name, ZipFile=_code(number + 1))
            client.publish_version(FunctionName=name)
        for alias, version in aliases.items():
            client.create_alias(FunctionName=name, Name=alias, FunctionVersion=version)
        return function

    def role(
        self,
        name: str,
        trusts: Mapping[str, Any] | None = None,
        inline: Mapping[str, Mapping[str, Any]] | None = None,
        attached: Sequence[str] = (),
        boundary: str | None = None,
        path: str = "/",
    ) -> str:
        """The ARN of a new role. It trusts API Gateway unless said otherwise; `inline` are policies by their names."""
        iam = self.client("iam")
        more = {"PermissionsBoundary": boundary} if boundary else {}
        trusted = json.dumps(trusts or trust(API_GATEWAY))
        arn = str(iam.create_role(RoleName=name, Path=path, AssumeRolePolicyDocument=trusted, **more)["Role"]["Arn"])
        for policy, content in (inline or {}).items():
            iam.put_role_policy(RoleName=name, PolicyName=policy, PolicyDocument=json.dumps(content))
        for policy in attached:
            iam.attach_role_policy(RoleName=name, PolicyArn=policy)
        return arn

    def managed_policy(self, name: str, content: Mapping[str, Any]) -> str:
        """The ARN of a new managed policy."""
        made = self.client("iam").create_policy(PolicyName=name, PolicyDocument=json.dumps(content))
        return str(made["Policy"]["Arn"])

    def user(
        self,
        name: str,
        inline: Mapping[str, Mapping[str, Any]] | None = None,
        groups: Sequence[str] = (),
        path: str = "/",
    ) -> str:
        """The ARN of a new user, put into these groups."""
        iam = self.client("iam")
        arn = str(iam.create_user(UserName=name, Path=path)["User"]["Arn"])
        for policy, content in (inline or {}).items():
            iam.put_user_policy(UserName=name, PolicyName=policy, PolicyDocument=json.dumps(content))
        for group in groups:
            iam.add_user_to_group(GroupName=group, UserName=name)
        return arn

    def group(self, name: str, inline: Mapping[str, Mapping[str, Any]]) -> str:
        """The name of a new group, with inline policies by their names."""
        iam = self.client("iam")
        iam.create_group(GroupName=name)
        for policy, content in inline.items():
            iam.put_group_policy(GroupName=name, PolicyName=policy, PolicyDocument=json.dumps(content))
        return name

    def vpc_endpoint(self, *statements: Mapping[str, Any], service: str = "execute-api") -> str:
        """The id of a new VPC endpoint in a VPC of its own; its policy allows all without statements."""
        ec2 = self.client("ec2")
        # A region's default network draws ids when a process first looks at it; ids made here must not depend on that.
        self.aws.draw_ids_from(len(ec2.describe_vpcs()["Vpcs"]))
        vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
        written = {"PolicyDocument": json.dumps(document(*statements))} if statements else {}
        made = ec2.create_vpc_endpoint(
            VpcId=vpc,
            VpcEndpointType="Interface",
            ServiceName=f"com.amazonaws.{self.region}.{service}",
            **written,
        )
        return str(made["VpcEndpoint"]["VpcEndpointId"])

    def rest_api(self, name: str) -> Api:
        """A REST API that has nothing but its root resource."""
        made = self.client("apigateway").create_rest_api(name=name)
        return Api(self, made["id"], {"/": made["rootResourceId"]})

    def log(self, group: str, minutes_ago: float, *lines: str) -> None:
        """Lines in a log group, which is made if there is none, written so long before `now`, a millisecond apart."""
        first = int((self.now - timedelta(minutes=minutes_ago)).timestamp() * 1000)
        self.aws.seed_log(self.account, self.region, group, [(first + place, line) for place, line in enumerate(lines)])

    def can_log(self) -> None:
        """Gives API Gateway a role with which it writes logs here, unless it has one."""
        if "cloudwatchRoleArn" not in self.client("apigateway").get_account():
            self.logs_with(self._role_once("apigateway-logs", trust(API_GATEWAY), self.push_to_logs))

    @property
    def push_to_logs(self) -> str:
        """The ARN of AWS's own policy that lets API Gateway write logs."""
        return f"arn:{self.partition}:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs"

    def logs_with(self, role_arn: str) -> None:
        """Sets the role with which API Gateway writes the logs of every API here; empty for none."""
        change = {"op": "replace", "path": "/cloudwatchRoleArn", "value": role_arn}
        self.client("apigateway").update_account(patchOperations=[change])

    def _execution_role(self) -> str:
        return self._role_once("function-execution", trust("lambda.amazonaws.com"))

    def _role_once(self, name: str, trusts: Document, *attached: str) -> str:
        iam = self.client("iam")
        try:
            return str(iam.get_role(RoleName=name)["Role"]["Arn"])
        except iam.exceptions.NoSuchEntityException:
            return self.role(name, trusts, attached=attached)


@dataclass(frozen=True)
class Function:
    """A function; as text its ARN, at `qualifier` where it has one."""

    world: World
    name: str
    qualifier: str | None = None

    def __str__(self) -> str:
        arn = self.world.function_arn(self.name)
        return f"{arn}:{self.qualifier}" if self.qualifier else arn

    def at(self, qualifier: str) -> "Function":
        """The same function at an alias, a version, or a stage variable that names one."""
        return Function(self.world, self.name, qualifier)

    def allows(
        self,
        source: str | None = None,
        *,
        sid: str = "invoke",
        principal: str = API_GATEWAY,
        action: str = _INVOKE,
        source_account: str | None = None,
    ) -> "Function":
        """Adds a statement with add-permission. `source` is a SourceArn."""
        conditions = {"SourceArn": source, "SourceAccount": source_account}
        self.world.client("lambda").add_permission(
            FunctionName=self.name,
            StatementId=sid,
            Action=action,
            Principal=principal,
            **({"Qualifier": self.qualifier} if self.qualifier else {}),
            **{name: value for name, value in conditions.items() if value},
        )
        return self

    def allows_no_longer(self, sid: str = "invoke") -> "Function":
        """Removes a statement with remove-permission."""
        qualifier = {"Qualifier": self.qualifier} if self.qualifier else {}
        self.world.client("lambda").remove_permission(FunctionName=self.name, StatementId=sid, **qualifier)
        return self

    def states(self, effect: str = "Allow", sid: str = "statement", **members: Any) -> "Function":
        """Puts a statement that add-permission cannot write: a Deny, any condition, any principal."""
        statement = {
            "Sid": sid,
            "Effect": effect,
            "Principal": {"Service": API_GATEWAY},
            "Action": _INVOKE,
            "Resource": str(self),
        }
        self.world.aws.seed_policy(self.world.function_arn(self.name), self.qualifier, statement | members)
        return self

    def reports(self, **state: str) -> "Function":
        """Lets the function report `State`, `LastUpdateStatus` and their reasons as given."""
        self.world.aws.set_function_state(self.world.function_arn(self.name), **state)
        return self

    def changed(self, when: datetime | None = None) -> "Function":
        """Lets the function's code have been changed last at that moment: without one, now."""
        moment = (when or self.world.now).strftime("%Y-%m-%dT%H:%M:%S.000+0000")
        return self.reports(LastModified=moment)


@cache
def _code(number: int = 0) -> bytes:
    """A deployment package; another number, another content, as a new version needs."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("index.py", f"VERSION = {number}\n")
    return packed.getvalue()
