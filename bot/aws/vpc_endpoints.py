"""A VPC endpoint: the way into a private API, with a policy of its own about who may call what through it."""

from collections.abc import Mapping
from functools import cached_property
from typing import Any

from bot.aws.account import Account, Answer, Read, Unseen
from bot.aws.policy import MalformedPolicy, Policy
from bot.model import Hint


class VpcEndpoint:
    """A VPC endpoint by its id. One that lies in another account is absent from this one."""

    def __init__(self, account: Account, region: str, id: str) -> None:
        self.account = account
        self.region = region
        self.id = id

    def expect(self) -> None:
        """Starts reading it."""
        self.account.expect(self._read)

    @property
    def answer(self) -> Answer:
        """What DescribeVpcEndpoints says: absent where the account has none with this id here. Raises Unseen."""
        return self.account.read(self._read)

    @cached_property
    def definition(self) -> Mapping[str, Any]:
        """AWS's own description, empty where there is none. Raises Unseen."""
        described = (self.answer["VpcEndpoints"] or []) if self.answer else []
        return described[0] if described else {}

    @property
    def vpc_id(self) -> str | None:
        """The VPC that it stands in, where that can be seen. Raises Unseen."""
        return self.definition.get("VpcId")

    @cached_property
    def policy(self) -> Policy | None:
        """What may be called through it; None where it cannot be seen. Raises Unseen."""
        document = self.definition.get("PolicyDocument")
        if not document:
            return None
        try:
            return Policy.parse(str(document))
        except MalformedPolicy as error:
            raise self.undecided(Hint.MALFORMED_POLICY) from error

    def undecided(self, why: Hint) -> Unseen:
        """The error to raise where it was read, and decides nothing."""
        return self.account.leave_open(self._read, why)

    @property
    def _read(self) -> Read:
        return Read.of("ec2", "DescribeVpcEndpoints", self.region, VpcEndpointIds=[self.id])
