"""What is likely where no answer of the authorizer's is known: the error's text and the settings agree."""

from collections.abc import Iterator, Sequence

from bot.aws.api_parts import Method
from bot.aws.authorizers import IdentityCheck
from bot.aws.execution_log import LoggedRequest
from bot.aws.logs import FailingRequests
from bot.model import Certainty, Fact, Finding

from .answered import finding
from .called import called, resources
from .failed import own_failure
from .gates import Gate

_FAILED = "authorizer-failure"
_EXPLICIT = "authorizer-deny-explicit"
_IMPLICIT = "authorizer-deny-implicit"


def of_unasked(gate: Gate, heard: Sequence[LoggedRequest], failing: FailingRequests) -> Finding | None:
    """A request that was answered 401 without the authorizer's function having been called. Raises Unseen."""
    check = IdentityCheck(gate.authorizer)
    turned_away = next((each for each in heard if each.unauthorized and not each.authorizer_was_called), None)
    if turned_away is None or not check.required or gate.is_over(turned_away):
        return None
    may_be_over = gate.may_be_over(turned_away)
    # At the level ERROR the log is silent on the authorizer's call, and with a pattern there is another reason.
    is_seen = turned_away.log_group is not None and failing.logs_authorizers and failing.shows_all
    required = ", ".join(source.expression for source in check.required)
    facts: dict[str, Fact] = {
        "missing": required,
        "resource": called(gate.api, gate.method_of(turned_away), turned_away).shown,
    }
    return finding(
        gate,
        "authorizer_identity_source_missing",
        facts,
        evidence=(turned_away.evidence,) if turned_away.evidence else (),
        certainty=Certainty.PROVEN if is_seen and check.expression is None and not may_be_over else Certainty.LIKELY,
        is_undecided=failing.has_refused_reads,
        remedy={
            "may_be_over": may_be_over,
            "url": "",
            "headers": (),
            "verb": "",
            "lacking": [{"kind": source.kind.name.lower(), "name": source.name} for source in check.required],
        },
    )


def of_text(gate: Gate, heard: Sequence[LoggedRequest], failing: FailingRequests) -> Iterator[Finding]:
    """What the words of a refusal tell: only a Lambda authorizer's policy brings them about on such a method.

    Whatever the words say of identity-based policies: no such policy takes part here. Raises Unseen.
    """
    symptoms = gate.api.incident.symptoms
    if len(gate.methods) != len(gate.api.methods) or (gate.api.focus.path is None and len(gate.methods) != 1):
        return
    if failing.has_refused_reads or any(request.authorizer_output for request in heard):
        return  # its answer could be known, or is and explains nothing for certain
    request = heard[0] if heard else None
    call = called(gate.api, gate.method_of(request), request)
    facts: dict[str, Fact] = {"resource": call.shown}
    unknown = {**resources(gate.api, call, None), "allowed": "", "denied_by": ""}
    if _EXPLICIT in symptoms:
        cause = "authorizer_denies"
    elif _IMPLICIT in symptoms:
        is_kept = IdentityCheck(gate.authorizer).ttl > 0 and _serves_several_calls(gate)
        cause = "authorizer_cache_too_narrow" if is_kept else "authorizer_policy_too_narrow"
    else:
        return
    yield finding(gate, cause, facts, remedy=unknown, certainty=Certainty.LIKELY)


def of_function_log(gate: Gate, heard: Sequence[LoggedRequest]) -> Iterator[Finding]:
    """The authorizer's function failed, by its own log, when the caller was told that an authorizer failed.

    Where API Gateway is kept out of the function, that log has nothing of it. Raises Unseen.
    """
    if _FAILED not in gate.api.incident.symptoms or len(gate.methods) != len(gate.api.methods):
        return
    request = heard[0] if heard else None
    if request and (
        request.authorizer_output or any("permission" in failure for failure in request.execution_failures)
    ):
        return  # it answered, or was not let in
    found = own_failure(gate, request)
    if found is None:
        return
    facts, errors = found
    call = called(gate.api, gate.method_of(request), request)
    evidence = (*((request.evidence,) if request and request.evidence else ()), *errors.evidence)
    yield finding(
        gate,
        "authorizer_fails",
        {"resource": call.shown, **facts},
        evidence=evidence,
        remedy={"is_in_own_log": True},
        certainty=Certainty.LIKELY,
    )


def _serves_several_calls(gate: Gate) -> bool:
    """The same token may come with another method or path, for which a kept answer was not made."""
    guarded: list[Method] = [method for method in gate.api.every_method if method.authorizer_id == gate.authorizer.id]
    return len(guarded) > 1 or any("{" in method.path or method.http_method == "ANY" for method in guarded)
