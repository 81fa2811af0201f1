"""What a question's calls meet on their way: who refuses them, and what stays open."""

from collections.abc import Iterator
from dataclasses import dataclass

from bot.aws.account import as_far_as_seen
from bot.aws.apigateway import RestApi
from bot.aws.caller_access import Judgement, Refusal, judged
from bot.aws.callers import Caller
from bot.aws.method_calls import calls_asked
from bot.aws.policy import Access, Decision, Statement
from bot.aws.policy_document import ALLOW, DENY


@dataclass(frozen=True, slots=True)
class Refusals:
    """Every call that the question is about, judged, with who certainly refuses it.

    `is_whole` if each of them could be judged.
    """

    api: RestApi
    caller: Caller
    judged: tuple[tuple[Judgement, tuple[Refusal, ...]], ...]
    is_whole: bool

    @classmethod
    def of(cls, api: RestApi) -> "Refusals":
        """The refusals of all calls asked about. Raises Unseen where not even those are known."""
        caller = Caller(api)
        calls = calls_asked(api)
        results = []
        for call in calls:
            with as_far_as_seen():
                results.append(judged(call, caller))
        return cls(api, caller, tuple(results), len(results) == len(calls))

    @property
    def judgements(self) -> tuple[Judgement, ...]:
        """What was judged, call by call."""
        return tuple(judgement for judgement, _ in self.judged)

    @property
    def names_a_path(self) -> bool:
        """The question says which path was called."""
        return self.api.focus.path is not None

    def by(self, refusal: Refusal) -> list[Judgement]:
        """The calls that this one refuses.

        Without a path in the question nobody knows which call failed. What refuses some calls may be meant to; what
        refuses every call of a stage is a fault whichever it was.
        """
        refused = [judgement for judgement, refusals in self.judged if refusal in refusals]
        if self.names_a_path:
            return refused
        if refusal is Refusal.BY_IDENTITY or not self.is_whole:
            return []
        let_in = {each.call.stage.name for each in self.judgements if each not in refused}
        return [judgement for judgement in refused if judgement.call.stage.name not in let_in]

    @property
    def is_open(self) -> bool:
        """Of some call it is not known whether it is refused, for a reason other than its authorizer's answer."""
        return not self.is_whole or any(judgement.is_open for judgement in self.judgements)

    def suspects(self) -> Iterator[tuple[Refusal, Judgement, Statement]]:
        """The statement that the text's own words point to, where the evidence leaves only one that can be meant.

        The text is a resource policy's refusal; which statement of it applies rests on what cannot be seen.
        """
        undecided = [each for each in self.judgements if _verdict(each.resource) is Access.UNKNOWN]
        if not self.caller.met_a_policy or not undecided or len(undecided) < len(self.judgements):
            return
        first = undecided[0]
        open_ones = [each.resource.statements if each.resource else () for each in undecided]
        denying = _in_all([[each for each in some if each.effect == DENY] for some in open_ones])
        allowing = _in_all([[each for each in some if each.effect == ALLOW] for some in open_ones])
        if self.caller.met_a_deny:
            if len(denying) == 1:
                yield Refusal.DENIED, first, denying[0]
        elif (
            allowing
            and not any(each.effect == DENY for some in open_ones for each in some)
            and first.call.method.authorization_type != "CUSTOM"
        ):
            yield Refusal.NOT_ALLOWED, first, allowing[0]


def _verdict(decision: Decision | None) -> Access | None:
    return decision.verdict if decision else None


def _in_all(lists: list[list[Statement]]) -> list[Statement]:
    """What stands in each of the lists; nothing where they differ."""
    return lists[0] if all(each == lists[0] for each in lists) else []
