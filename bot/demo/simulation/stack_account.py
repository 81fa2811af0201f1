"""CloudFormation's settings of API Gateway for a whole account and region."""

from __future__ import annotations

from moto.core.common_models import CloudFormationModel

from bot.demo.simulation.apigateway import backend_of
from bot.demo.simulation.apigateway_account import check_logging_role
from bot.demo.simulation.stack_resource import Properties, StackResource, names


class AccountResource(StackResource, CloudFormationModel):  # type: ignore[misc]  # moto has no types
    """The settings, which are always there: a stack writes them, and leaves them when it is deleted."""

    type_name = "AWS::ApiGateway::Account"
    known = names("CloudWatchRoleArn")
    attributes = ("Id",)

    def make(self, name: str) -> str:
        """Set the role, as UpdateAccount does."""
        arn = self.properties.get("CloudWatchRoleArn")
        if arn:
            check_logging_role(self.account, self.region, arn)
        backend_of(self.account, self.region).account.cloudwatch_role_arn = arn
        return name

    def unmake(self) -> None:
        """Leave the setting, as AWS does even where the role goes: https://github.com/aws/aws-cdk/issues/6194."""

    def change(self, name: str, properties: Properties) -> StackResource:
        """Set another role."""
        return type(self)(self.account, self.region, self.physical_id, properties)

    def attribute(self, name: str) -> str:
        """An id that means nothing."""
        return self.physical_id
