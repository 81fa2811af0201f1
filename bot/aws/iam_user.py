"""A user: what it may do by its own policies and by those of the groups that it is in."""

from functools import cached_property

from bot.aws.iam_identity import Identity, IdentityPolicy, PolicyHolder


class Group(PolicyHolder):
    """An IAM group by its name."""

    noun = "Group"


class User(Identity):
    """An IAM user by its ARN."""

    noun = "User"

    def expect(self) -> None:
        """Starts what every look at a user needs first."""
        super().expect()
        self.account.expect(self._read("ListGroupsForUser"))

    @cached_property
    def groups(self) -> tuple[Group, ...]:
        """The groups that the user is in. Raises Unseen."""
        listed = self._listed(self._read("ListGroupsForUser"), "Groups")
        return tuple(Group(self.account, group["GroupName"]) for group in listed)

    @cached_property
    def identity_policies(self) -> tuple[IdentityPolicy, ...]:
        """The user's inline policies, the attached ones, then those of each group. Raises Unseen."""
        groups = self.groups
        for group in groups:
            group.expect_lists()
        return (*self.own_policies, *(policy for group in groups for policy in group.own_policies))
