"""The reply as the JSON object of the public schema (`schema` 1), in a defined order."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from bot.model import Candidate, Evidence, Mend, Reply, Report, Sighting, Target, UnseenRead
from bot.reply.visible import json_escape, with_escapes

SCHEMA = 1


def diagnosis_object(reply: Reply) -> dict[str, Any]:
    """What `kintsugi diagnose --format json` prints."""
    diagnosis = reply.diagnosis
    return {
        "schema": SCHEMA,
        "language": reply.locale,
        "verdict": str(diagnosis.verdict),
        "summary": reply.summary,
        "symptoms": _symptoms(diagnosis.report),
        "ids": dict(sorted(diagnosis.report.ids.items())),
        "target": _target(diagnosis.target),
        "candidates": [_candidate(candidate) for candidate in diagnosis.candidates],
        "findings": [_finding(mend) for mend in reply.findings],
        "advice": [_finding(mend) for mend in reply.advice],
        "unseen": [_unseen(unseen) for unseen in diagnosis.unseen],
        "evidence": [_evidence(evidence) for evidence in diagnosis.evidence],
        "elapsed_milliseconds": diagnosis.elapsed_milliseconds,
    }


def reading_object(source: str, report: Report) -> dict[str, Any]:
    """What `kintsugi read --format json` prints, one line for each text."""
    return {
        "schema": SCHEMA,
        "source": source,
        "symptoms": _symptoms(report),
        "ids": dict(sorted(report.ids.items())),
        "redacted": report.redacted,
    }


def printable_json(value: Any, indent: int | None = None) -> str:
    """`value` as JSON for a terminal: what hides or deceives is escaped, and means the same to whoever parses it."""
    lines = json.dumps(value, ensure_ascii=False, indent=indent).split("\n")
    return "\n".join(with_escapes(line, json_escape) for line in lines)


def _symptoms(report: Report) -> list[dict[str, str]]:
    return [_sighting(sighting) for sighting in report.symptoms]


def _sighting(sighting: Sighting) -> dict[str, str]:
    return {"symptom": sighting.symptom, "matched": sighting.matched}


def _target(target: Target | None) -> dict[str, Any] | None:
    return None if target is None else {**asdict(target), "kind": str(target.kind)}


def _candidate(candidate: Candidate) -> dict[str, Any]:
    account = {"account_name": candidate.account_name} if candidate.account_name else {}
    return {**(_target(candidate.target) or {}), "name": candidate.name, **account}


def _finding(mend: Mend) -> dict[str, Any]:
    finding, fix = mend.finding, mend.fix
    return {
        "cause": finding.cause,
        "playbook": finding.playbook,
        "certainty": str(finding.certainty),
        "would_disprove": fix.would_disprove,
        "scope": str(finding.scope),
        "facts": dict(finding.facts),
        "evidence": list(finding.evidence),
        "fix": {
            "title": fix.title,
            "why": fix.why,
            "steps": list(fix.steps),
            "account": fix.account,
            "region": fix.region,
            "cli": fix.cli,
            "cli_note": fix.cli_note,
            "cloudformation": fix.cloudformation,
            "cloudformation_use": fix.cloudformation_use,
            "cloudformation_note": fix.cloudformation_note,
            "rollback_cli": fix.rollback_cli,
            "rollback_note": fix.rollback_note,
            "redeploy": fix.redeploy,
            "references": list(fix.references),
        },
    }


def _unseen(unseen: UnseenRead) -> dict[str, Any]:
    return {
        "action": unseen.action,
        "operation": unseen.operation,
        "resource": unseen.resource,
        "reason": str(unseen.reason),
        "grant": None if unseen.grant is None else _plain(unseen.grant),
        **({"account": unseen.account} if unseen.account else {}),
        **({"denied_by": str(unseen.denied_by)} if unseen.denied_by else {}),
    }


def _evidence(evidence: Evidence) -> dict[str, Any]:
    return {
        "id": evidence.id,
        "service": evidence.service,
        "operation": evidence.operation,
        "parameters": _plain(evidence.parameters),
        "outcome": str(evidence.outcome),
        "account": evidence.account,
        "region": evidence.region,
        "milliseconds": evidence.milliseconds,
    }


def _plain(mapping: Mapping[str, Any]) -> dict[str, Any]:
    return dict(mapping)
