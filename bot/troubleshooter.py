"""The whole bot on one screen: a question is read, its target found and looked at, and the answer written."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from bot.aws.account import Account, Unseen
from bot.aws.accounts import Accounts, CannotEnter
from bot.aws.apigateway import TEST_STAGE, Focus, RestApi
from bot.aws.bounds import Bounds
from bot.aws.locate import Place, Search, locate, names_a_target
from bot.diagnosis import CannotDiagnose, diagnose, verdict_of
from bot.model import (
    Candidate,
    Diagnosis,
    Finding,
    Incident,
    Question,
    Reply,
    Report,
    Target,
    TargetKind,
    UnseenRead,
    UnseenReason,
    Verdict,
)
from bot.playbook import Playbook
from bot.reply.writer import Writer
from bot.report.reading import Reader
from bot.report.redact import redact
from bot.triage import triage, unanswered_symptom

_LONGEST_ERROR = 300


@dataclass(frozen=True, slots=True)
class Troubleshooter:
    """Answers questions; safe to use from several threads at once.

    `seconds` and `bounds` are what one question may read from AWS.
    """

    reader: Reader
    playbooks: Sequence[Playbook]
    accounts: Accounts
    writer: Writer
    seconds: float
    bounds: Bounds = field(default_factory=Bounds)

    def answer(self, question: Question) -> Reply:
        """The whole answer. Raises CannotDiagnose."""
        begun = time.monotonic()
        report = self.reader.read(question.pasted)
        diagnosis = self._diagnose(report, question)
        elapsed = round((time.monotonic() - begun) * 1000, 1)
        return self.writer.reply(replace(diagnosis, elapsed_milliseconds=elapsed), question.locale)

    def _diagnose(self, report: Report, question: Question) -> Diagnosis:
        if not report.symptoms and not names_a_target(report):
            return Diagnosis(Verdict.UNKNOWN_SYMPTOM, report)
        region = report.ids.get("region") or question.region
        inquiry = self.accounts.inquiry(self.seconds, self.bounds)
        try:
            own = self.accounts.own(inquiry, region)
            account = own.other(report.ids.get("account", "")) or own
        except CannotEnter as error:
            raise CannotDiagnose(str(error)) from error
        own.expect_identity()
        try:
            place = locate(Search(report, account, region, own.home_region))
            diagnosis = self._look_at(place, report, question)
        except Unseen:
            diagnosis = Diagnosis(Verdict.COULD_NOT_CHECK, report)
        _require_a_way_in(own)
        unseen = (replace(each, detail=_fit_to_print(each.detail)) for each in inquiry.unseen)
        return replace(
            diagnosis,
            findings=tuple(map(_fit_to_show, diagnosis.findings)),
            advice=tuple(map(_fit_to_show, diagnosis.advice)),
            unseen=(*unseen, *diagnosis.unseen),
            evidence=inquiry.evidence,
            log_searches=tuple(inquiry.log_searches.values()),
        )

    def _look_at(self, place: Place, report: Report, question: Question) -> Diagnosis:
        if place.api is not None:
            return self._look_at_api(place.api, _focus(place, report, question), report)
        if place.other is not None:
            return Diagnosis(
                Verdict.COULD_NOT_CHECK,
                report,
                target=place.other,
                unseen=(_not_supported(place.other.id, place.other.kind),),
            )
        verdict = Verdict.TARGET_NOT_FOUND if place.is_named and not place.candidates else Verdict.NEED_TARGET
        return Diagnosis(verdict, report, candidates=place.candidates, searched=place.searched)

    def _look_at_api(self, api: RestApi, focus: Focus, report: Report) -> Diagnosis:
        target = Target(TargetKind.REST_API, api.id, api.account.id, api.region, focus.stage, focus.method, focus.path)
        found = diagnose(api, focus, triage(report, self.playbooks, target.kind))
        unseen = list(found.broken)
        if symptom := unanswered_symptom(report, self.playbooks):
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
            findings=found.findings,
            advice=found.advice,
            unseen=tuple(unseen),
        )


def _focus(place: Place, report: Report, question: Question) -> Focus:
    """The part asked about. What the text names wins over what an option says."""
    ids = report.ids
    return Focus(
        stage=place.stage or ids.get("stage") or question.stage,
        method=ids.get("method"),
        path=place.path or ids.get("path"),
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
    """A finding without the secrets that a line of a log brought into its facts; commands need theirs as they are."""
    facts = {name: redact(fact)[0] if isinstance(fact, str) else fact for name, fact in finding.facts.items()}
    return replace(finding, facts=facts)


def _fit_to_print(error: str | None) -> str:
    """AWS's own words, shortened; where it quotes a signed request, without what signs it."""
    first_line = redact((error or "").partition("\n")[0])[0]
    return first_line if len(first_line) <= _LONGEST_ERROR else f"{first_line[:_LONGEST_ERROR]}…"


def _require_a_way_in(own: Account) -> None:
    """Raises CannotDiagnose where AWS does not even tell who we are: then nothing else that it said counts."""
    try:
        own.id  # noqa: B018 — asks
    except Unseen as unseen:
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
