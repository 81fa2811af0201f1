"""The whole bot on one screen: a question is read, its target found and looked at, and the answer written."""

import time
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from typing import Any

from bot.aws.account import Account, Inquiry, Unseen
from bot.aws.accounts import Accounts, CannotEnter
from bot.aws.apigateway import TEST_STAGE, Focus, RestApi
from bot.aws.bounds import Bounds
from bot.aws.error_codes import GIVE_CREDENTIALS, NO_CREDENTIALS
from bot.aws.locate import Place as Located
from bot.aws.locate import Search, names_a_target
from bot.aws.whereabouts import Forgetful, Whereabouts, locate_again
from bot.diagnosis import CannotDiagnose, diagnose, undisturbed, verdict_of
from bot.history import with_changes
from bot.model import (
    Asker,
    Candidate,
    Diagnosis,
    Finding,
    Hint,
    Incident,
    Place,
    Progress,
    Question,
    Reply,
    Report,
    Step,
    Target,
    TargetKind,
    UnseenRead,
    UnseenReason,
    Verdict,
    Watch,
)
from bot.playbook import Playbook
from bot.reply.writer import Writer
from bot.report.meant import is_meant
from bot.report.reading import Reader
from bot.report.redact import redact
from bot.report.secret_values import without_secrets
from bot.report.subject import subject_of
from bot.triage import triage, unanswered_symptom

_LONGEST_ERROR = 300
_NO_ACCOUNT = UnseenRead(action="", operation="", resource="*", reason=UnseenReason.NOT_TRIED, hint=Hint.NO_ACCOUNT)


@dataclass(frozen=True, slots=True)
class Troubleshooter:
    """Answers questions; safe to use from several threads at once.

    `seconds` and `bounds` are what one question may read from AWS; `whereabouts` remembers where APIs were found.
    """

    reader: Reader
    playbooks: Sequence[Playbook]
    accounts: Accounts
    writer: Writer
    seconds: float
    bounds: Bounds = field(default_factory=Bounds)
    whereabouts: Whereabouts = field(default_factory=Forgetful)

    def answer(self, question: Question, watch: Watch = lambda progress: None) -> Reply:
        """The whole answer. Raises CannotDiagnose.

        `watch` hears how the work goes on, often, in the thread that asks; if it raises, that is logged, and it hears
        no more.
        """
        begun = time.monotonic()
        course = _Course(undisturbed(watch))
        report = self.reader.read_all((*question.earlier, question.pasted))
        diagnosis = self._diagnose(report, question, course)
        elapsed = round((time.monotonic() - begun) * 1000, 1)
        course.tell(step=Step.WRITE)
        reply = self.writer.reply(replace(diagnosis, elapsed_milliseconds=elapsed), question.locale)
        return replace(reply, timezone=question.timezone)

    def subject_of(self, question: Question) -> str | None:
        """The same text for questions about the same error of the same thing, whichever request failed.

        None where they show no error, or not of what. Asks nothing of AWS.
        """
        report = self.reader.read_all((*question.earlier, question.pasted))
        return subject_of(report, question.account, question.region)

    def understands(self, *texts: str) -> bool:
        """Whether texts that nobody addressed to the bot are meant for it all the same; in doubt they are not.

        They are if one of them shows a symptom, or does nothing but name what a question may lack. Asks nothing of AWS.
        """
        return any(is_meant(self.reader.read(text)) for text in texts)

    def places(self, asker: Asker | None = None) -> tuple[Place, ...]:
        """The accounts that somebody may ask about, the bot's own first, unless AWS does not tell which that is.

        Takes a few seconds at most, and no time once AWS has told. Never raises.
        """
        return self.accounts.places(asker)

    def lets_in(self, asker: Asker | None) -> bool:
        """Whether somebody may do there what they want to do, about any account at all. Asks nothing of AWS."""
        return self.accounts.lets_in(asker)

    def may_see(self, asker: Asker | None, account_id: str | None) -> bool:
        """Whether somebody may be shown what an answer has found in that account, now. As `places` in time."""
        return self.accounts.may_see(asker, account_id)

    def may_see_all(self, asker: Asker | None, diagnosis: Diagnosis) -> bool:
        """Whether somebody may ask about every account that a diagnosis was made in, or offers to go on in."""
        read = {each.account for each in diagnosis.evidence}
        shown = {each.account for each in (*diagnosis.findings, *diagnosis.advice)}
        offered = {each.target.account for each in diagnosis.candidates}
        target = {diagnosis.target.account} if diagnosis.target else set()
        named = {id for id in shown | offered | target if id}
        # What was read before AWS told whose account it is was read in the own.
        return all(self.may_see(asker, id) for id in read | named)

    def regions(self) -> tuple[str, ...]:
        """The regions in which the bot's partition has API Gateway, by name. Asks nothing of AWS."""
        return self.accounts.regions()

    def _diagnose(self, report: Report, question: Question, course: "_Course") -> Diagnosis:
        symptoms = tuple(sighting.symptom for sighting in report.symptoms)
        if not symptoms and not names_a_target(report):
            return Diagnosis(Verdict.UNKNOWN_SYMPTOM, report)
        with closing(self.accounts.inquiry(self.seconds, self.bounds)) as inquiry:
            course.follow(inquiry)
            course.tell(step=Step.LOCATE, symptoms=symptoms)
            return self._inquire(inquiry, report, question, course)

    def _inquire(self, inquiry: Inquiry, report: Report, question: Question, course: "_Course") -> Diagnosis:
        region = report.ids.get("region") or question.region
        try:
            reach = self.accounts.reach(inquiry, region, question.asker)
            if reach.own:
                reach.own.expect_identity()
            accounts = reach.within(report.ids.get("account") or question.account)
            if not accounts:
                return Diagnosis(Verdict.COULD_NOT_CHECK, report, unseen=(_NO_ACCOUNT,))
            located = locate_again([Search(report, account, region) for account in accounts], self.whereabouts)
            diagnosis = self._look_at(located, report, question, course)
        except CannotEnter as error:
            raise CannotDiagnose(str(error)) from error
        except Unseen:
            diagnosis = Diagnosis(Verdict.COULD_NOT_CHECK, report)
        if reach.own:
            _require_a_way_in(reach.own)
        unseen = tuple(
            replace(each, detail=_fit_to_print(each.detail)) for each in (*inquiry.unseen, *diagnosis.unseen)
        )
        return replace(
            diagnosis,
            findings=tuple(map(_fit_to_show, diagnosis.findings)),
            advice=tuple(map(_fit_to_show, diagnosis.advice)),
            unseen=unseen,
            evidence=inquiry.evidence,
            log_searches=tuple(inquiry.log_searches.values()),
        )

    def _look_at(self, located: Located, report: Report, question: Question, course: "_Course") -> Diagnosis:
        if located.api is not None:
            return self._look_at_api(located.api, _focus(located, report, question), report, course)
        if located.other is not None:
            return Diagnosis(
                Verdict.COULD_NOT_CHECK,
                report,
                target=located.other,
                unseen=(_not_supported(located.other.id, located.other.kind),),
            )
        is_nowhere = located.is_named and not located.candidates
        verdict = Verdict.TARGET_NOT_FOUND if is_nowhere else Verdict.NEED_TARGET
        if not located.candidates and not located.is_certain:
            verdict = Verdict.COULD_NOT_CHECK
        return Diagnosis(
            verdict,
            report,
            candidates=located.candidates,
            unseen=located.silent,
            searched=located.searched,
            accounts=located.accounts,
        )

    def _look_at_api(self, api: RestApi, focus: Focus, report: Report, course: "_Course") -> Diagnosis:
        target = Target(TargetKind.REST_API, api.id, api.account.id, api.region, focus.stage, focus.method, focus.path)
        course.tell(step=Step.EXAMINE, target=target)
        found = diagnose(api, focus, triage(report, self.playbooks, target.kind), course.count)
        course.tell(step=Step.HISTORY)
        findings = with_changes(api, found.findings, self.playbooks, before=report.failed_at)
        unseen = list(found.broken)
        if symptom := unanswered_symptom(report, self.playbooks, is_explained=bool(found.findings)):
            unseen.append(_not_supported(target.id, symptom))
        stages = _stages_instead(api, target)
        verdict = verdict_of(found, (*api.account.inquiry.unseen, *unseen))
        if stages and verdict is Verdict.HEALTHY:
            verdict = Verdict.TARGET_NOT_FOUND
        return Diagnosis(
            verdict,
            report,
            target=target,
            candidates=stages,
            findings=findings,
            advice=found.advice,
            unseen=tuple(unseen),
            examined=found.examined,
        )


class _Course:
    """How far the answer to one question has come, and whoever watches it."""

    def __init__(self, watch: Watch) -> None:
        self._watch = watch
        self._progress = Progress(Step.READ)
        self._inquiry: Inquiry | None = None
        self.tell()

    def follow(self, inquiry: Inquiry) -> None:
        """Tells each answer of AWS from now on."""
        self._inquiry = inquiry
        inquiry.when_answered = self.tell

    def count(self, done: int, total: int) -> None:
        """Tells how many playbooks are tried, and of how many."""
        self.tell(done=done, total=total)

    def tell(self, **changes: Any) -> None:
        """Tells how far it is now, with what has changed."""
        reads = self._inquiry.answered if self._inquiry else 0
        self._progress = replace(self._progress, reads=reads, **changes)
        self._watch(self._progress)


def _focus(located: Located, report: Report, question: Question) -> Focus:
    """The part asked about. What the text names wins over what an option says."""
    ids = report.ids
    return Focus(
        stage=located.stage or ids.get("stage") or question.stage,
        method=ids.get("method"),
        path=located.path or ids.get("path"),
        authorizer=ids.get("authorizer_id"),
        incident=_incident(report),
    )


def _incident(report: Report) -> Incident:
    return Incident(
        symptoms=tuple(sighting.symptom for sighting in report.symptoms),
        text=report.text,
        caller=report.caller,
        source_ip=report.source_ip,
        vpc_endpoint=report.vpc_endpoint,
        request_id=report.ids.get("request_id"),
        extended_request_id=report.ids.get("extended_request_id"),
        sent=report.sent,
    )


def _stages_instead(api: RestApi, target: Target) -> tuple[Candidate, ...]:
    """The stages that there are, if the one asked about is not among them."""
    try:
        names = api.stage_names
    except Unseen:
        return ()
    if target.stage is None or target.stage in (*names, TEST_STAGE):
        return ()
    return tuple(Candidate(replace(target, stage=name), name) for name in names)


def _not_supported(resource: str, what: str) -> UnseenRead:
    return UnseenRead(action="", operation=what, resource=resource, reason=UnseenReason.NOT_SUPPORTED)


def _fit_to_show(finding: Finding) -> Finding:
    """A finding without the secrets of the account, whatever it says, does or keeps of them: a log's, a resource's.

    What would be written with one of them is withheld (`bot.reply.writer`).
    """
    return replace(finding, facts=without_secrets(finding.facts), remedy=without_secrets(finding.remedy))


def _fit_to_print(error: str | None) -> str:
    """AWS's own words, shortened; where it quotes a signed request, without what signs it."""
    first_line = redact((error or "").partition("\n")[0])[0]
    return first_line if len(first_line) <= _LONGEST_ERROR else f"{first_line[:_LONGEST_ERROR]}…"


def _require_a_way_in(own: Account) -> None:
    """Raises CannotDiagnose where AWS does not even tell who we are: then nothing else that it said counts."""
    try:
        own.id  # noqa: B018 — asks
    except Unseen as unseen:
        if unseen.result.credentials_missing:
            raise CannotDiagnose(f"{NO_CREDENTIALS}: {GIVE_CREDENTIALS}.") from unseen
        if unseen.result.credentials_rejected:
            raise CannotDiagnose(
                f"AWS did not accept the credentials in the region {own.home_region} "
                f"({_fit_to_print(unseen.result.error)}). "
                "Sign in again or renew them, and check with 'aws sts get-caller-identity'; "
                "a region that is not enabled for the account refuses all of them."
            ) from unseen
        if unseen.result.unreachable:
            raise CannotDiagnose(
                f"AWS could not be reached ({_fit_to_print(unseen.result.error)}). "
                "Check the network, the proxy, the region and AWS_ENDPOINT_URL."
            ) from unseen
