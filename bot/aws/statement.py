"""One statement of a policy against one request: whether it covers it, and which of its parts say otherwise.

Rests on these pages of the IAM user guide: "IAM JSON policy elements reference" (reference_policies_elements)
and its children on Action, Resource, Principal and Condition.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

from bot.aws.arn import Arn, Pattern, Wildcard, arn_like, matches, overlap
from bot.aws.conditions import Condition, ConditionMismatch, Context, Truth, expand
from bot.aws.policy_document import StatementDocument
from bot.aws.principals import Principal, not_principal_element_means, principal_element_means

EVERYTHING_ELSE = ("*",)
"""For `Request.unknown`: every key that `Request.context` does not name may be present with any value."""
# Characters that no policy and no path holds.
_ANY_ONE, _ANY_TWO = "\ufffe", "\ufffe\uffff"


@dataclass(frozen=True, slots=True)
class Request:
    """What somebody wants to do, and what is known of the circumstances.

    `principal` is None where nobody knows who asks. `context` maps condition keys, case-insensitive, to their
    value or values. `unknown` names the keys, or patterns of keys, that may be present with an unknown value;
    any other key is known to be absent. Where parts of the resource are not known, `open_resource` is the resource with
    wildcards for them.
    """

    principal: Principal | None
    action: str
    resource: str
    context: Mapping[str, str | Sequence[str]] = field(default_factory=dict)
    unknown: Collection[str] = ()
    open_resource: Pattern | None = None


@dataclass(frozen=True, slots=True)
class Match:
    """How far a statement covers a request: the whole, and each part of it.

    `conditions` are those that are not met, or of which it is not known. `rests_on_belief` is set where the
    result were another if `ArnLike` compared ARNs as plain text, as `StringLike` does: AWS documents that it
    compares component by component, not what a pattern with too few of them does.
    """

    result: Truth
    principal: Truth
    action: Truth
    resource: Truth
    conditions: tuple[ConditionMismatch, ...]
    result_with_arns_as_strings: Truth

    @property
    def rests_on_belief(self) -> bool:
        """Whether only our reading of ArnLike gives this result."""
        return self.result is not self.result_with_arns_as_strings

    @property
    def failing(self) -> tuple[str, ...]:
        """The parts that certainly do not fit, in order: `principal`, `action`, `resource`, `condition`."""
        condition = min((condition.result for condition in self.conditions), default=Truth.YES)
        parts = {
            "principal": self.principal,
            "action": self.action,
            "resource": self.resource,
            "condition": condition,
        }
        return tuple(name for name, truth in parts.items() if truth is Truth.NO)


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement of a policy."""

    document: StatementDocument

    @property
    def sid(self) -> str | None:
        """The statement's id, if it has one."""
        return self.document.sid

    @property
    def effect(self) -> str:
        """`Allow` or `Deny`."""
        return self.document.effect

    @property
    def raw(self) -> Mapping[str, object]:
        """The statement as it stands in the document."""
        return self.document.raw

    @property
    def principals(self) -> tuple[tuple[str, str], ...]:
        """Pairs that Principal names, such as `("Service", "apigateway.amazonaws.com")`; `()` without one."""
        if self.document.principals is None or self.document.except_principals:
            return ()
        return tuple((entry.kind, entry.id) for entry in self.document.principals)

    @property
    def conditions(self) -> tuple[Condition, ...]:
        """Operator, key and values of each condition."""
        return self.document.conditions

    def names_only_the_account_of(self, principal: Principal) -> bool:
        """Whether Principal means the caller by the account alone, and neither by name nor as one of everyone."""
        if self.document.except_principals:
            return False
        by_name = [entry for entry in self.document.principals or () if not entry.is_account]
        return principal_element_means(by_name, principal) is Truth.NO

    def covers(self, request: Request) -> Match:
        """Whether the statement is about the request, and which of its parts say otherwise."""
        context = Context(request.context, request.unknown)
        principal = self._means(request.principal)
        action = self._names_action(request.action)
        resource = self._names_resource(request, context)
        conditions = [(condition, condition.holds(context)) for condition in self.document.conditions]
        with_arns_as_strings = [
            condition.holds(context, arns_as_strings=True) if condition.compares_arns else held
            for condition, held in conditions
        ]
        # Of a statement with elements that nobody here knows, one can only say what it does not cover.
        most = Truth.UNKNOWN if self.document.unknown_elements else Truth.YES
        without_conditions = min(most, principal, action, resource)
        return Match(
            result=min([without_conditions, *(held for _, held in conditions)]),
            principal=principal,
            action=action,
            resource=resource,
            conditions=tuple(
                condition.mismatch(context, held) for condition, held in conditions if held is not Truth.YES
            ),
            result_with_arns_as_strings=min([without_conditions, *with_arns_as_strings]),
        )

    def _means(self, principal: Principal | None) -> Truth:
        entries = self.document.principals
        if entries is None:
            # An identity policy is about whom it is attached to.
            return Truth.YES
        if principal is None:
            # Whoever it is, a statement about everyone is about them.
            means_everyone = any(entry.is_everyone for entry in entries)
            return Truth.of(not self.document.except_principals) if means_everyone else Truth.UNKNOWN
        means = not_principal_element_means if self.document.except_principals else principal_element_means
        return means(entries, principal)

    def _names_action(self, action: str) -> Truth:
        named = Truth.of(any(matches(text, action, ignore_case=True) for text in self.document.actions))
        return named.negated if self.document.except_actions else named

    def _names_resource(self, request: Request, context: Context) -> Truth:
        if self.document.resources is None:
            # A role's trust policy has none: it is about the role.
            return Truth.YES
        named = Truth.NO
        for text in self.document.resources:
            pattern = expand(_whole(text, request.resource), context, variables=self.document.variables, wildcards=True)
            if not isinstance(pattern, Truth):
                named = max(named, _fits(pattern, request))
            elif pattern is Truth.UNKNOWN or self.document.except_resources:
                named = max(named, Truth.UNKNOWN)
        return named.negated if self.document.except_resources else named


def _whole(pattern: str, resource: str) -> str:
    """A pattern, with the short form in an API's own resource policy (`execute-api:/stage/…`) written out.

    API Gateway writes it out itself when the policy is saved ("API Gateway resource policy examples",
    developerguide/apigateway-resource-policies-examples).
    """
    if not pattern.startswith("execute-api:/"):
        return pattern
    arn = Arn.parse(resource)
    if arn is None or arn.service != "execute-api":
        return pattern
    api = arn.resource.partition("/")[0]
    return str(replace(arn, resource=api + pattern.removeprefix("execute-api:")))


def _fits(pattern: Pattern, request: Request) -> Truth:
    """Whether a Resource's pattern fits the request, whatever the parts of its resource are that are not known.

    `_ANY_ONE` and `_ANY_TWO` stand in for them: both fit only where a `*` takes whatever there is.
    """
    if request.open_resource is None:
        return _resource_fits(pattern, request.resource)
    if not overlap(pattern, request.open_resource):
        return Truth.NO
    stand_ins = (
        "".join(stand_in if isinstance(part, Wildcard) else part for part in request.open_resource)
        for stand_in in (_ANY_ONE, _ANY_TWO)
    )
    fits_whatever = all(_resource_fits(pattern, resource) is Truth.YES for resource in stand_ins)
    return Truth.YES if fits_whatever else Truth.UNKNOWN


def _resource_fits(pattern: Pattern, resource: str) -> Truth:
    """Whether a Resource's pattern fits.

    Unlike ArnLike, a `*` that ends a component of the ARN expands beyond the colons, hence `*` and
    `arn:aws:lambda:*` fit. Any other wildcard stands for characters of its own component ("IAM JSON policy
    elements: Resource", reference_policies_elements_resource); where a pattern with such ones fits only
    across the colons, it is UNKNOWN.
    """
    if not matches(pattern, resource):
        return Truth.NO
    if arn_like(pattern, resource):
        return Truth.YES
    following = [*pattern[1:], ":"]
    only_at_ends = all(
        part is Wildcard.MANY and after in (":", Wildcard.MANY)
        for part, after in zip(pattern, following, strict=True)
        if isinstance(part, Wildcard)
    )
    return Truth.YES if only_at_ends else Truth.UNKNOWN
