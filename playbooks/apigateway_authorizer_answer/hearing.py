"""What the log shows of the authorizer's answers, and what the error's text alone tells where it shows none."""

from collections.abc import Iterator, Sequence

from bot.aws.account import Read
from bot.aws.apigateway import RestApi
from bot.aws.authorizer_answers import Answer, Judgement, judge
from bot.aws.execution_log import LoggedRequest
from bot.aws.logs import FailingRequests, failing_requests
from bot.model import Certainty, Finding, Hint

from .answered import of_answer
from .called import called
from .gates import Gate, gates
from .told import of_function_log, of_text, of_unasked

_IMPLICIT = "authorizer-deny-implicit"
_UNAUTHORIZED = "authorizer-unauthorized-401"
_EXPLAINED = {
    "authorizer-deny-explicit": {Answer.DENIED},
    _IMPLICIT: {Answer.NOT_COVERED},
    "authorizer-failure": {Answer.MALFORMED, Answer.FAILED},
    _UNAUTHORIZED: {Answer.DENIED},
    "generic-500": {Answer.MALFORMED, Answer.FAILED},
}
# What only an authorizer brings about, so that it is not explained until its answer is known.
_ITS_OWN = frozenset(_EXPLAINED) - {"generic-500"}


def answers(api: RestApi) -> Iterator[Finding]:
    """One finding for each authorizer whose answer explains the failure. Raises Unseen."""
    guarding = gates(api)
    symptoms = set(api.incident.symptoms)
    if not guarding:
        if symptoms & _ITS_OWN:
            _require(api, failing_requests(api))
        return
    failing = failing_requests(api)
    explained = False
    for gate in guarding:
        heard = [request for request in failing if gate.guards(request)]
        judged = [judgement for request in heard if (judgement := _judge(gate, request, symptoms))]
        current = [judgement for judgement in judged if not gate.is_over(judgement.request)]
        if current:
            explained = True
            yield of_answer(gate, current[0])
        elif judged or _is_over(gate, heard):
            explained = failing.shows_all
        elif unasked := of_unasked(gate, heard, failing):
            explained = unasked.certainty is Certainty.PROVEN
            yield unasked
        elif len(guarding) == 1:
            yield from of_text(gate, heard, failing)
            yield from of_function_log(gate, heard)
    if not explained and symptoms & _ITS_OWN:
        _require(api, failing)


def _judge(gate: Gate, request: LoggedRequest, symptoms: set[str]) -> Judgement | None:
    """The answer to a request, if it is one that explains what the question shows. Raises Unseen."""
    judged = judge(request, called(gate.api, gate.method_of(request), request).arn)
    if judged and not judged.is_certain and _IMPLICIT not in symptoms:
        return None
    shown = symptoms & set(_EXPLAINED)
    return judged if judged and (not shown or any(_explains(judged, symptom) for symptom in shown)) else None


def _explains(judged: Judgement, symptom: str) -> bool:
    # A thrown `Unauthorized` gives 401, a statement that denies 403.
    is_thrown = symptom == _UNAUTHORIZED
    return judged.answer in _EXPLAINED[symptom] and judged.throws_unauthorized == is_thrown


def _is_over(gate: Gate, heard: Sequence[LoggedRequest]) -> bool:
    """All failures in the log, however little it tells of them, lie before the last change. Raises Unseen."""
    return bool(heard) and all(map(gate.is_over, heard))


def _require(api: RestApi, failing: FailingRequests) -> None:
    """Says that what the authorizer answered is not known, or does not explain the failure. Raises Unseen."""
    if failing.with_authorizer_output and failing.shows_all:
        group = f"API-Gateway-Execution-Logs_{api.id}/{api.stages[0].name}"
        read = Read.of("logs", "FilterLogEvents", api.region, logGroupName=group)
        api.account.leave_open(read, Hint.NOT_IN_THE_LOG)
    elif failing.with_authorizer_output:
        failing.require()
    else:
        failing.require_authorizer_output()
