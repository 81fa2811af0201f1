"""A Lambda function at one qualifier, as API Gateway calls it: is it there, what is its state, who may invoke it."""

from dataclasses import dataclass, replace
from enum import Enum
from functools import cached_property

from bot.aws.account import Account, Answer, Read, Unseen
from bot.aws.arn import FunctionArn
from bot.aws.policy import MalformedPolicy, Policy
from bot.model import Hint

POLICY_LIMIT_BYTES = 20_480
"""How large a function's resource policy may be (lambda/latest/dg/gettingstarted-limits); it cannot be raised."""

_MOST_SIBLINGS = 20


class Presence(Enum):
    """What is there of a function at a qualifier."""

    PRESENT = "present"
    QUALIFIER_MISSING = "qualifier missing"
    FUNCTION_MISSING = "function missing"


@dataclass(frozen=True, slots=True)
class FunctionPolicy:
    """The resource policy of one qualifier: there is one for the function and one for each alias and version.

    `size` is in bytes as AWS counts them against `POLICY_LIMIT_BYTES`; `policy` is None where nothing was ever granted.
    """

    of: FunctionArn
    policy: Policy | None
    size: int
    evidence: str


class Function:
    """A function at the qualifier that its ARN names; without one, and with `$LATEST`, the function itself."""

    def __init__(self, account: Account, arn: FunctionArn) -> None:
        self.account = account
        self.arn = arn.unqualified if arn.qualifier == "$LATEST" else arn

    def expect(self) -> None:
        """Starts what every look at a function needs."""
        self.account.expect(self._configuration(self.arn), self._policy(self.arn))
        if self.arn.qualifier:
            self.account.expect(self._configuration(self.arn.unqualified))

    @cached_property
    def presence(self) -> Presence:
        """Whether function and qualifier exist. Raises Unseen.

        A policy alone shows it too: only what exists can have one. So does a list of aliases or versions.
        """
        try:
            if self.configuration:
                return Presence.PRESENT
        except Unseen:
            if self.account.read(self._policy(self.arn)):
                return Presence.PRESENT
            raise
        is_there = self.arn.qualifier and bool(self.account.read(self._configuration(self.arn.unqualified)))
        if self.account.glance(self._policy(self.arn)) or (is_there and self._is_listed):
            raise self.account.leave_open(self._configuration(self.arn), Hint.CONTRADICTED)
        return Presence.QUALIFIER_MISSING if is_there else Presence.FUNCTION_MISSING

    @property
    def _is_listed(self) -> bool:
        """Whether the function's own list names the alias or version, as far as it can be seen."""
        qualifier = str(self.arn.qualifier)
        is_version = qualifier.isdecimal()
        answer = self.account.glance(self._versions if is_version else self._aliases)
        listed = answer["Versions" if is_version else "Aliases"] if answer else None
        return any(each.get("Version" if is_version else "Name") == qualifier for each in listed or ())

    @property
    def configuration(self) -> Answer:
        """What GetFunctionConfiguration says of the function at its qualifier. Raises Unseen."""
        return self.account.read(self._configuration(self.arn))

    @property
    def known_configuration(self) -> Answer:
        """The same of a function that is known to be there, since it answered. Raises Unseen."""
        return self.account.known(self._configuration(self.arn))

    @property
    def log_group(self) -> str:
        """Where it writes its log: as its configuration says, or as Lambda does it where that cannot be seen."""
        answer = self.account.glance(self._configuration(self.arn))
        settings = (answer["LoggingConfig"] or {}) if answer else {}
        return str(settings.get("LogGroup") or f"/aws/lambda/{self.arn.name}")

    @cached_property
    def policy(self) -> FunctionPolicy:
        """The policy of the qualifier called, which alone decides who may call it. Raises Unseen."""
        return self._policy_of(self.arn)

    @cached_property
    def sibling_policies(self) -> tuple[FunctionPolicy, ...]:
        """The policies of the function itself, its aliases and its newest versions, but for the one called.

        Raises Unseen.
        """
        siblings = [replace(self.arn, qualifier=qualifier) for qualifier in self._siblings[:_MOST_SIBLINGS]]
        self.account.expect(*map(self._policy, siblings))
        return tuple(self._policy_of(sibling) for sibling in siblings)

    @property
    def has_further_siblings(self) -> bool:
        """There are older versions, whose policies were not looked at. Raises Unseen."""
        return len(self._siblings) > _MOST_SIBLINGS

    @cached_property
    def _siblings(self) -> list[str | None]:
        self.account.expect(self._aliases, self._versions)
        named = [alias["Name"] for alias in self.account.known(self._aliases)["Aliases"] or []]
        numbered = [version["Version"] for version in self.account.known(self._versions)["Versions"] or []]
        newest_first = sorted((each for each in numbered if each.isdigit()), key=int, reverse=True)
        return [each for each in dict.fromkeys([None, *named, *newest_first]) if each != self.arn.qualifier]

    @property
    def evidence(self) -> tuple[str, ...]:
        """The ids of the reads that show who may call it. Raises Unseen."""
        return (self.policy.evidence,)

    def undecided(self) -> Unseen:
        """The error to raise where the policy was read and a condition in it decides nothing."""
        return self.account.leave_open(self._policy(self.arn), Hint.UNDECIDABLE_CONDITION)

    def _policy_of(self, arn: FunctionArn) -> FunctionPolicy:
        answer = self.account.read(self._policy(arn))
        if not answer:
            return FunctionPolicy(arn, None, 0, answer.evidence)
        document = str(answer["Policy"])
        try:
            policy = Policy.parse(document)
        except MalformedPolicy as error:
            raise self.account.leave_open(self._policy(arn), Hint.MALFORMED_POLICY) from error
        return FunctionPolicy(arn, policy, len(document.encode()), answer.evidence)

    def _configuration(self, arn: FunctionArn) -> Read:
        return self._read("GetFunctionConfiguration", arn)

    def _policy(self, arn: FunctionArn) -> Read:
        return self._read("GetPolicy", arn)

    @property
    def _aliases(self) -> Read:
        return self._read("ListAliases", self.arn.unqualified)

    @property
    def _versions(self) -> Read:
        return self._read("ListVersionsByFunction", self.arn.unqualified)

    def _read(self, operation: str, arn: FunctionArn) -> Read:
        return Read.of("lambda", operation, arn.region, FunctionName=arn.name, Qualifier=arn.qualifier)
