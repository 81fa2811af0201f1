"""A role: who may assume it, and what it may do."""

from functools import cached_property

from bot.aws.iam_identity import Identity
from bot.aws.policy import Policy


class Role(Identity):
    """An IAM role by its ARN."""

    noun = "Role"

    @property
    def is_there(self) -> bool:
        """There is a role with just this ARN; the same name under another path is another role. Raises Unseen."""
        return bool(self.answer) and self.real_arn == self.arn

    @cached_property
    def trust(self) -> Policy:
        """Who may assume it. Raises Unseen."""
        return self._parsed(self.answer["Role"]["AssumeRolePolicyDocument"], self._itself)
