"""The role with which API Gateway writes the logs of every API in one account and region."""

from functools import cached_property
from typing import Any

from bot.aws.account import Read
from bot.aws.api_parts import Stage
from bot.aws.apigateway import RestApi
from bot.aws.arn import Arn
from bot.aws.iam import Role
from bot.aws.policy import EVERYTHING_ELSE, Access, Principal, Request, evaluate_role
from bot.aws.role_permission import lets_in
from bot.model import Hint

_MOST_NAMES_TRIED = 9
_STREAM = "log-stream"
WRITES = ("logs:CreateLogStream", "logs:PutLogEvents")
"""Without these nothing is written; a log group may be there already, and who reads it needs no right of this role."""


class LoggingRole:
    """The role that GetAccount names, which may be none; it is one for all APIs of the account in the region.

    https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-logging.html
    """

    first_name = "apigateway-cloudwatch-logs"
    """What such a role is called where there is none."""

    def __init__(self, api: RestApi) -> None:
        self._api = api

    @property
    def arn(self) -> str | None:
        """What the account's settings name. Raises Unseen."""
        answer = self._api.account.read(self._account)
        return str(answer["cloudwatchRoleArn"] or "") or None if answer else None

    @property
    def evidence(self) -> tuple[str, ...]:
        """The ids of the reads that show the role, or that there is none. Raises Unseen."""
        setting = self._api.account.read(self._account).evidence
        return (setting, self.role.answer.evidence) if self.role else (setting,)

    @cached_property
    def role(self) -> Role | None:
        """The role, whether it exists or not; None where none is set. Raises Unseen for one of another account."""
        if not self.arn:
            return None
        role, parsed = Role(self._api.account, self.arn), Arn.parse(self.arn)
        if parsed is None or parsed.account != self._api.account.id:
            raise self._api.account.leave_open(self._account, Hint.OTHER_ACCOUNT)
        role.expect()
        return role

    @property
    def managed_policy(self) -> str:
        """The ARN of AWS's own policy that allows to write logs."""
        return f"arn:{self._api.account.partition}:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs"

    def lets_in(self, role: Role) -> Access:
        """Whether API Gateway may assume it. Raises Unseen."""
        return lets_in(role.trust, role.arn, self._api.account.id)

    def may_write(self, role: Role, stage: Stage) -> Access:
        """Whether it may write a stage's execution log. Raises Unseen.

        Of AWS's own policy it is known what stands in it: where a role has that and nothing else, nothing is read.
        """
        if self._has_nothing_but_the_managed_policy(role):
            return Access.ALLOWED
        verdicts = {self._verdict(role, action, stage) for action in WRITES}
        order = (Access.DENIED, Access.NOT_ALLOWED, Access.UNKNOWN, Access.ALLOWED)
        return next(verdict for verdict in order if verdict in verdicts)

    def free_name(self) -> str:
        """A name that no role of the account has. Raises Unseen."""
        account = self._api.account
        for number in range(1, _MOST_NAMES_TRIED):
            name = self.first_name if number == 1 else f"{self.first_name}-{number}"
            if not account.read(Read.of("iam", "GetRole", account.home_region, RoleName=name)):
                return name
        return f"{self.first_name}-{self._api.id}"

    def arn_of(self, name: str) -> str:
        """The ARN that a role of this name would have. Raises Unseen."""
        return f"arn:{self._api.account.partition}:iam::{self._api.account.id}:role/{name}"

    def attached(self, role: Role) -> list[str]:
        """The ARNs of the managed policies attached to it. Raises Unseen."""
        return [each["PolicyArn"] for each in self._listed(role, "ListAttachedRolePolicies", "AttachedPolicies")]

    def _has_nothing_but_the_managed_policy(self, role: Role) -> bool:
        is_alone = self.attached(role) == [self.managed_policy] and not self._listed(
            role, "ListRolePolicies", "PolicyNames"
        )
        return is_alone and not role.answer["Role"].get("PermissionsBoundary")

    def _listed(self, role: Role, operation: str, member: str) -> list[Any]:
        account = self._api.account
        answer = account.known(Read.of("iam", operation, account.home_region, RoleName=role.name))
        return list(answer[member] or [])

    def _verdict(self, role: Role, action: str, stage: Stage) -> Access:
        account = self._api.account
        group = f"arn:{account.partition}:logs:{self._api.region}:{account.id}:log-group:{self._group(stage)}"
        verdicts = [
            evaluate_role(
                (each.policy for each in role.identity_policies),
                role.boundary.policy if role.boundary else None,
                Request(
                    principal=Principal.aws(role.real_arn), action=action, resource=resource, unknown=EVERYTHING_ELSE
                ),
            ).verdict
            # Policies name the group alone, everything in it, or its streams; each is in use and each works.
            for resource in (f"{group}:{_STREAM}:0", f"{group}:*", group)
        ]
        return Access.ALLOWED if Access.ALLOWED in verdicts else verdicts[0]

    def _group(self, stage: Stage) -> str:
        return f"API-Gateway-Execution-Logs_{self._api.id}/{stage.name}"

    @property
    def _account(self) -> Read:
        return Read.of("apigateway", "GetAccount", self._api.region)
