"""The policy documents that let one call in and nothing else: those of the account, amended as little as can be.

What is not known from the evidence is not guessed: `lacks` then says what a person has to decide.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.aws.caller_access import Judgement, Refusal, judge
from bot.aws.callers import SIGNED
from bot.aws.method_calls import INVOKE
from bot.aws.policy import Access, Policy, evaluate
from bot.aws.policy_amendments import (
    lets_in_everyone,
    one_address,
    principal_for_everyone,
    with_exemption,
    with_statement,
)

from .findings import request_of

_OF_THE_POLICY = {Refusal.DENIED, Refusal.NOT_ALLOWED, Refusal.WITHOUT_POLICY}
_UNDER_A_POLICY = {"NONE", "COGNITO_USER_POOLS"}


@dataclass(frozen=True, slots=True)
class Mended:
    """The corrected document, or what it lacks.

    `call`: the question does not name one call; `caller`: nor whom to let in; `deny`: a Deny that lists no exemptions;
    `others`: a first policy would shut out the API's other callers; `origin`: where the call came from.
    """

    document: Mapping[str, Any] | None
    lacks: str | None = None


def mended_policy(judgements: Sequence[Judgement]) -> Mended:
    """The API's resource policy with the one call asked about let in. Raises Unseen."""
    first = judgements[0]
    api = first.call.api
    resource = first.call.grantable
    is_denied = first.resource is not None and first.resource.verdict is Access.DENIED
    is_signed = first.call.method.authorization_type == SIGNED
    if not is_signed and not is_denied and principal_for_everyone(api.policy) is None:
        return Mended(None, "caller")
    if len(judgements) > 1 or api.focus.path is None or resource is None:
        return Mended(None, "call")
    if api.policy is None:
        return _first_policy(first, resource)
    policy = api.policy
    if first.resource and is_denied:
        everything = f"{resource.partition('/')[0]}/*"
        for denying in first.resource.statements:
            document = with_exemption(policy, denying, resource, everything, request_of(first).context)
            if document is None:
                return Mended(None, "deny")
            policy = Policy.parse(document)
    if _refuses(policy, first):
        allow = allow_statement(first, resource, policy)
        if allow is None:
            return Mended(None, "caller")
        policy = Policy.parse(with_statement(policy, allow))
    return Mended(None, "deny") if _refuses(policy, first) else Mended(policy.document)


def _first_policy(judgement: Judgement, resource: str) -> Mended:
    """A policy where there was none; from then on it has to allow every unsigned call, too, on an API that is open."""
    api = judgement.call.api
    if not api.is_private and any(each.authorization_type in _UNDER_A_POLICY for each in api.every_method):
        return Mended(None, "others")
    allow = allow_statement(judgement, resource, None)
    return Mended({"Version": "2012-10-17", "Statement": [allow]}) if allow else Mended(None, "caller")


def allow_statement(judgement: Judgement, resource: str, policy: Policy | None) -> dict[str, Any] | None:
    """An Allow for the one call: of its caller by name, or of where it came from if everyone is let in already.

    Where everyone is let in without any condition, the one call more needs none either. None where nothing of this is
    known. Raises Unseen.
    """
    caller = judgement.caller
    statement = {"Effect": "Allow", "Action": INVOKE, "Resource": resource}
    if judgement.call.method.authorization_type == SIGNED:
        named = caller.lasting_arn
        return statement | {"Principal": {"AWS": named}} if named else None
    everyone, condition = principal_for_everyone(policy), _condition(judgement)
    if everyone is None or (condition is None and not lets_in_everyone(policy)):
        return None
    return statement | {"Principal": everyone} | ({"Condition": condition} if condition else {})


def _condition(judgement: Judgement) -> dict[str, Any] | None:
    """Where the call came from, as a condition; None where the question does not tell."""
    caller = judgement.caller
    if judgement.call.api.is_private:
        told = caller.endpoint.id if caller.endpoint and caller.endpoint_is_told else None
        return {"StringEquals": {"aws:SourceVpce": told}} if told else None
    address = one_address(caller.source_ip) if caller.source_ip else None
    return {"IpAddress": {"aws:SourceIp": address}} if address else None


def _refuses(policy: Policy, judgement: Judgement) -> bool:
    return bool(_OF_THE_POLICY & set(judge(judgement.call, policy, judgement.caller).refusals))


def mended_endpoint_policy(judgements: Sequence[Judgement]) -> Mended:
    """The VPC endpoint's policy with the one call asked about let through. Raises Unseen."""
    first = judgements[0]
    caller, resource = first.caller, first.call.grantable
    policy = caller.endpoint.policy if caller.endpoint else None
    if len(judgements) > 1 or first.call.api.focus.path is None or resource is None or policy is None:
        return Mended(None, "call")
    if first.endpoint and first.endpoint.verdict is Access.DENIED:
        return Mended(None, "deny")
    principal = {"AWS": caller.lasting_arn} if caller.lasting_arn else principal_for_everyone(policy)
    if principal is None:
        return Mended(None, "caller")
    statement = {"Effect": "Allow", "Principal": principal, "Action": INVOKE, "Resource": resource}
    mended = with_statement(policy, statement)
    request = first.call.request(caller, caller.principal_at_endpoint())
    is_open = evaluate([Policy.parse(mended)], request).verdict is Access.ALLOWED
    return Mended(mended) if is_open else Mended(None, "caller")
