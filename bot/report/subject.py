"""What a report is about, so that the same error pasted twice is known again, whichever request it tells of."""

import hashlib
import json

from bot.model import Report

_OF_ONE_REQUEST = {"request_id", "extended_request_id", "status"}
_LEADS_TO_A_TARGET = {"api_id", "function_arn", "function_name", "domain", "role_arn", "authorizer_id"}


def subject_of(report: Report, *chosen: str | None) -> str | None:
    """The same text for reports of the same error about the same thing, in which `chosen` is the same, too.

    None where a report does not show an error, or not of what: two such may be about anything. None as well where it
    shows what a client sent: whether a header was there, and which, may be all that two errors differ by.
    """
    if report.sent is not None:
        return None
    symptoms = sorted({sighting.symptom for sighting in report.symptoms})
    if not symptoms or not _LEADS_TO_A_TARGET & report.ids.keys():
        return None
    names = {name: value for name, value in report.ids.items() if name not in _OF_ONE_REQUEST}
    about = json.dumps([symptoms, names, report.caller, report.source_ip, report.vpc_endpoint, chosen], sort_keys=True)
    return hashlib.sha256(about.encode()).hexdigest()[:32]
