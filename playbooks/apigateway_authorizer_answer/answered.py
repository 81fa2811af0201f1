"""What is said of an answer that a log shows, and what its mend needs."""

from collections.abc import Sequence
from typing import Any

from bot.aws.api_parts import Method
from bot.aws.authorizer_answers import Answer, Judgement, is_meant_for_another, was_called_anew
from bot.aws.authorizers import IdentityCheck
from bot.model import Certainty, Fact, Finding, Phase

from .called import Called, called, resources
from .failed import why_it_failed
from .gates import Gate

_MOST_RESOURCES = 10


def of_answer(gate: Gate, judged: Judgement) -> Finding:
    """The finding that a judged answer is. Raises Unseen."""
    request = judged.request
    methods = gate.served(request)
    call = called(gate.api, gate.method_of(request), request)
    cause, facts = _cause_of(gate, judged, call)
    may_be_over = gate.may_be_over(request)
    rests_on_path = judged.allowed or judged.denied_by
    # Callers write parts of a log, in which a paste, unlike the events of a log group, does not show where lines begin.
    is_seen = request.evidence is not None
    is_certain = is_seen and judged.is_certain and (call.is_as_logged or not rests_on_path)
    return finding(
        gate,
        cause,
        facts,
        evidence=(request.evidence,) if request.evidence else (),
        remedy={
            **resources(gate.api, call, judged.allowed if judged.is_certain else None),
            "is_logged": True,
            "may_be_over": may_be_over,
        },
        methods=methods,
        certainty=Certainty.PROVEN if is_certain and not may_be_over else Certainty.LIKELY,
    )


def finding(
    gate: Gate,
    cause: str,
    facts: dict[str, Fact],
    *,
    evidence: Sequence[str] = (),
    remedy: dict[str, Any] | None = None,
    methods: Sequence[Method] = (),
    certainty: Certainty = Certainty.PROVEN,
    is_undecided: bool = False,
) -> Finding:
    """A finding about an authorizer and the methods given, or all that it guards in focus. Raises Unseen."""
    methods = methods or gate.methods
    api, check = gate.api, IdentityCheck(gate.authorizer)
    about: dict[str, Fact] = {
        "api_id": api.id,
        "methods": ", ".join(method.label for method in methods),
        "stages": ", ".join(dict.fromkeys(stage.name for stage in api.stages if stage.exists)),
        "authorizer_id": gate.authorizer.id,
        "authorizer_name": gate.authorizer.name,
        "function_arn": gate.function_arn,
        "ttl": check.ttl,
        "identity_source": ", ".join(source.expression for source in check.sources),
    }
    names = [call.function_arn.name for call in gate.calls if call.function_arn]
    return Finding(
        cause=cause,
        fix=cause,
        phase=Phase.AUTHORIZER,
        certainty=certainty,
        facts={**about, **facts},
        evidence=tuple(dict.fromkeys((*api.evidence_of(*methods, gate.authorizer), *evidence))),
        account=api.account.id,
        region=api.region,
        remedy={
            "is_logged": False,
            "may_be_over": False,
            "is_in_own_log": False,
            "lists_allowed": False,
            "throws": False,
            "error": "",
            "stage_names": [stage.name for stage in api.stages if stage.exists and not stage.is_canary],
            "log_group": f"/aws/lambda/{names[0]}" if names else "",
            "authorizer_type": gate.authorizer.type,
            **(remedy or {}),
        },
        is_undecided=is_undecided,
    )


def _cause_of(gate: Gate, judged: Judgement, call: Called) -> tuple[str, dict[str, Fact]]:
    facts: dict[str, Fact] = {"resource": call.shown}
    match judged.answer:
        case Answer.DENIED if judged.throws_unauthorized:
            return "authorizer_denies", {**facts, "throws": True}
        case Answer.DENIED:
            return "authorizer_denies", {**facts, "denied_by": _listed(judged.denied_by)}
        case Answer.NOT_COVERED:
            facts["allowed"] = _listed(judged.allowed, is_whole=judged.is_certain)
            is_kept = IdentityCheck(gate.authorizer).ttl > 0 and not was_called_anew(judged.request)
            narrow = is_kept and is_meant_for_another(judged, gate.api.every_method)
            return "authorizer_cache_too_narrow" if narrow else "authorizer_policy_too_narrow", facts
        case Answer.MALFORMED:
            return "authorizer_output_malformed", {**facts, "defect": judged.defect}
        case Answer.FAILED:
            return "authorizer_fails", {**facts, **why_it_failed(gate, judged.request, judged.reason, judged.error)}


def _listed(resources: Sequence[str], *, is_whole: bool = True) -> str:
    more = "" if is_whole and len(resources) <= _MOST_RESOURCES else ", …"
    return ", ".join(resources[:_MOST_RESOURCES]) + more
