"""May a caller call a method on a stage: VPC endpoint, resource policy, identity policies and authorization together.

Rests on "How API Gateway resource policies affect authorization workflow"
(developerguide/apigateway-authorization-flow), whose tables A and B `outcome` is, and "Use VPC endpoint policies for
private APIs" (developerguide/apigateway-vpc-endpoint-policies).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from bot.aws.account import Unseen
from bot.aws.callers import SIGNED, Caller
from bot.aws.deployed import Running, running
from bot.aws.method_calls import Call
from bot.aws.policy import Access, Decision, Policy, Request, evaluate, evaluate_role

_BY_AUTHORIZER = "CUSTOM"
_BY_RESOURCE_POLICY = frozenset({"NONE", "COGNITO_USER_POOLS"})
"""Authorization types under which an existing resource policy has to allow the call by itself."""
REFUSED = frozenset({Access.DENIED, Access.NOT_ALLOWED})
_NOT_SEEN = Decision(Access.UNKNOWN, ())


def outcome(
    authorization: str, resource: Access | None, identity: Access, *, is_private: bool, is_across_accounts: bool
) -> Access:
    """What a resource policy (None without one) and the caller's identity amount to, by the kind of authorization.

    `identity` is what the caller's own policies say of a signed call, and the answer of a Lambda authorizer; it does
    not count for the other kinds. Cognito's own verdict on a token comes before all this.
    """
    if resource is None and is_private:
        return Access.NOT_ALLOWED
    if authorization in _BY_RESOURCE_POLICY:
        return Access.ALLOWED if resource is None else resource
    if authorization not in (SIGNED, _BY_AUTHORIZER):
        return Access.DENIED if resource is Access.DENIED else Access.UNKNOWN
    sides = (resource or Access.NOT_ALLOWED, identity)
    if Access.DENIED in sides:
        return Access.DENIED
    if authorization == SIGNED and is_across_accounts and Access.NOT_ALLOWED in sides:
        return Access.NOT_ALLOWED
    if Access.UNKNOWN in sides:
        return Access.UNKNOWN
    return Access.ALLOWED if Access.ALLOWED in sides else Access.NOT_ALLOWED


class Refusal(StrEnum):
    """Who refuses a call, in the order in which the call meets them; the values are the public causes."""

    BY_ENDPOINT = "vpc_endpoint_policy_denies"
    WITHOUT_POLICY = "private_api_without_policy"
    DENIED = "resource_policy_denies"
    NOT_ALLOWED = "resource_policy_does_not_allow"
    BY_IDENTITY = "caller_not_allowed"


@dataclass(frozen=True, slots=True)
class Judgement:
    """What each policy on its way says of a call; None where there is no such policy, or it does not count."""

    call: Call
    caller: Caller
    endpoint: Decision | None
    resource: Decision | None
    identity: Decision
    is_delegated: bool = False
    """The resource policy lets in the caller's account, which is the API's own, and nobody in it by name."""

    @property
    def verdict(self) -> Access:
        """What all of them together say. Raises Unseen."""
        api = self.call.api
        behind = outcome(
            self.call.method.authorization_type,
            self.resource.verdict if self.resource else None,
            self.identity.verdict,
            is_private=api.is_private,
            is_across_accounts=bool(self.caller.is_of_another_account),
        )
        if self.endpoint:
            return _through(self.endpoint.verdict, behind)
        return _through(Access.UNKNOWN, behind) if api.is_private else behind

    @property
    def is_open(self) -> bool:
        """Whether it is not known if the call is refused, but for what a Lambda authorizer answers. Raises Unseen."""
        if self.call.method.authorization_type != _BY_AUTHORIZER:
            return self.verdict is Access.UNKNOWN
        return Access.UNKNOWN in {each.verdict for each in (self.endpoint, self.resource) if each}

    @property
    def refusals(self) -> tuple[Refusal, ...]:
        """Those that certainly refuse the call, each of which would by itself. Raises Unseen."""
        return tuple(self._refusals())

    def _refusals(self) -> Iterator[Refusal]:
        if self.endpoint and self.endpoint.verdict in REFUSED:
            yield Refusal.BY_ENDPOINT
        if self.resource is None and self.call.api.is_private:
            yield Refusal.WITHOUT_POLICY
        elif self.resource and self.resource.verdict is Access.DENIED:
            yield Refusal.DENIED
        elif self._resource_policy_is_needed and self._resource_policy_is_silent:
            yield Refusal.NOT_ALLOWED
        if self.call.method.authorization_type == SIGNED and self._identity_refuses:
            yield Refusal.BY_IDENTITY

    @property
    def _resource_policy_is_needed(self) -> bool:
        authorization = self.call.method.authorization_type
        if authorization in _BY_RESOURCE_POLICY:
            return self.resource is not None
        return authorization == SIGNED and bool(self.caller.is_of_another_account)

    @property
    def _resource_policy_is_silent(self) -> bool:
        return self.resource is None or self.resource.verdict is Access.NOT_ALLOWED

    @property
    def _identity_refuses(self) -> bool:
        verdict = self.identity.verdict
        is_enough = verdict is Access.NOT_ALLOWED and not self.caller.is_of_another_account
        return verdict in REFUSED and (not is_enough or self._resource_policy_is_silent)


def _through(gate: Access, behind: Access) -> Access:
    if Access.DENIED in (gate, behind):
        return Access.DENIED
    if Access.NOT_ALLOWED in (gate, behind):
        return Access.NOT_ALLOWED
    return Access.UNKNOWN if Access.UNKNOWN in (gate, behind) else Access.ALLOWED


def judge(call: Call, policy: Policy | None, caller: Caller) -> Judgement:
    """What policies say of a call, this one being the API's resource policy. Raises Unseen."""
    principal = caller.principal(call.method.authorization_type)
    request = call.request(caller, principal)
    resource = evaluate([policy], request) if policy else None
    is_delegated = resource is not None and _leaves_it_to_the_account(call, caller, request, resource)
    if is_delegated:
        resource = Decision(Access.NOT_ALLOWED, ())
    identity = _by_identity(call, caller, request)
    if resource and resource.verdict is Access.ALLOWED and "boundary" in identity.lacking:
        identity = _NOT_SEEN  # a boundary limits what a resource policy grants to the role, but not what to its session
    return Judgement(call, caller, _by_endpoint(call, caller), resource, identity, is_delegated)


def _leaves_it_to_the_account(call: Call, caller: Caller, request: Request, resource: Decision) -> bool:
    """Whether what allows a signed call names the API's own account only: then its identity policies have to allow it.

    "AWS JSON policy elements: Principal" (IAM/latest/UserGuide/reference_policies_elements_principal), on accounts.
    """
    if call.method.authorization_type != SIGNED or caller.is_of_another_account or caller.is_root:
        return False
    if request.principal is None or resource.verdict is not Access.ALLOWED:
        return False
    return all(statement.names_only_the_account_of(request.principal) for statement in resource.statements)


def _by_endpoint(call: Call, caller: Caller) -> Decision | None:
    """What the policy of the VPC endpoint says; UNKNOWN where it cannot be seen. Raises Unseen."""
    if caller.endpoint is None:
        return None
    try:
        policy = caller.endpoint.policy
    except Unseen:
        return _NOT_SEEN
    if policy is None:
        return _NOT_SEEN
    return evaluate([policy], call.request(caller, caller.principal_at_endpoint()))


def _by_identity(call: Call, caller: Caller, request: Request) -> Decision:
    """What the caller's own policies say; UNKNOWN where they cannot be seen, or do not count."""
    if call.method.authorization_type != SIGNED:
        return _NOT_SEEN
    if caller.is_root:
        return Decision(Access.ALLOWED, ())
    try:
        identity = caller.identity
        if identity is None or not identity.answer:
            return _NOT_SEEN
        identity.expect()
        boundary = identity.boundary.policy if identity.boundary else None
        decision = evaluate_role((each.policy for each in identity.identity_policies), boundary, request)
    except Unseen:
        return _NOT_SEEN
    return decision


def judged(call: Call, caller: Caller) -> tuple[Judgement, tuple[Refusal, ...]]:
    """What is saved says of a call, and who refuses it both by what is saved and by what the stage runs. Raises Unseen.

    Where the two differ, something waits to be deployed, and that is the fault then. What runs is read only where what
    is saved refuses.
    """
    api = call.api
    saved = judge(call, api.policy, caller)
    refusals = saved.refusals
    if not refusals:
        return saved, ()
    runs = running(api, call.stage)
    if runs is None:
        return saved, refusals
    if not _is_running(call, runs):
        return saved, ()
    there = judge(call, runs.policy, caller).refusals
    return saved, tuple(refusal for refusal in refusals if refusal in there)


def runs_as_saved(call: Call) -> bool:
    """The stage runs the method, and asks the same authorization of its callers as what is saved. Raises Unseen."""
    runs = running(call.api, call.stage)
    return runs is None or _is_running(call, runs)


def _is_running(call: Call, runs: Running) -> bool:
    method = call.method
    return any(
        (each.path, each.http_method) == (method.path, method.http_method)
        and each.authorization_type in (None, method.authorization_type)
        for each in runs.methods
    )
