"""What several texts of one conversation tell together: what is said later completes or replaces what was said before.

A conversation is about one request. Its parts are of three kinds: the symptoms; what leads to the API and the part of
it that is meant; and what belongs to the one request that failed.
"""

from collections.abc import Mapping, Set
from dataclasses import replace

from bot.model import Report
from bot.report.ids import KEYS

_CALL = frozenset({"method", "path"})
_OF_THE_REQUEST = _CALL | {"request_id", "extended_request_id", "status"}
_LEADS_TO_AN_API = frozenset({"function_arn", "function_name", "role_arn", "authorizer_id"})
_FUNCTION = frozenset({"function_arn", "function_name"})
_NAMES_AN_API = ("api_id", "domain")
"""What stands for one API and no other. A function, a role or an authorizer may serve several."""
_A_STAGE = "production"
"""Has the length of an id. What else has ten letters is rarely the answer to the question which API is meant."""


def continued(before: Report, after: Report) -> Report:
    """What `before` and then `after` tell. A later text that shows and names nothing changes nothing.

    A text with symptoms tells of another failure: nothing of the earlier failing request is kept but its method and
    path, and these only where the new text tells nothing of its own request. A text without symptoms completes what was
    told of the failure. Of another API than the one named so far, nothing is kept but the symptoms.
    """
    if _is_one_word(after) and ("api_id" in before.ids or after.text.strip() == _A_STAGE):
        return before
    if not _tells_anything(after):
        return before
    if not _tells_anything(before):
        return after
    if after.symptoms and before.symptoms:
        return _next_failure(before, after)
    return _completed(before, after)


def _next_failure(before: Report, after: Report) -> Report:
    """The failure that `after` shows, in the API that was spoken of."""
    if _is_another_api(before.ids, after.ids):
        return after
    kept = before.ids.keys() - _OF_THE_REQUEST
    if not _tells_of_a_request(after):
        kept |= before.ids.keys() & _CALL
    if any(name in before.ids or name in after.ids for name in _NAMES_AN_API):
        # What merely led to the API, or was at fault then, is not what the new failure is about.
        kept -= _LEADS_TO_AN_API
    return replace(after, ids=_laid_over(before.ids, after.ids, kept))


def _completed(before: Report, after: Report) -> Report:
    """The failure that one of both shows, with what the other tells of it."""
    text = f"{before.text}\n{after.text}"
    symptoms, redacted = after.symptoms or before.symptoms, before.redacted + after.redacted
    if _is_another_api(before.ids, after.ids):
        return replace(after, text=text, symptoms=symptoms, redacted=redacted)
    kept: Set[str] = before.ids.keys()
    if _is_another_request(before.ids, after.ids) or (after.symptoms and _tells_of_a_request(after)):
        kept -= _OF_THE_REQUEST
        of_the_request = after
    else:
        of_the_request = _request_of_both(before, after)
    return replace(
        of_the_request, text=text, symptoms=symptoms, redacted=redacted, ids=_laid_over(before.ids, after.ids, kept)
    )


def _request_of_both(before: Report, after: Report) -> Report:
    return replace(
        after,
        caller=after.caller or before.caller,
        source_ip=after.source_ip or before.source_ip,
        vpc_endpoint=after.vpc_endpoint or before.vpc_endpoint,
        sent=after.sent or before.sent,
        failed_at=after.failed_at or before.failed_at,
    )


def _laid_over(before: Mapping[str, str], after: Mapping[str, str], kept: Set[str]) -> dict[str, str]:
    """`after`, and of `before` those of the keys `kept` that `after` does not name."""
    if _FUNCTION & after.keys():
        kept = kept - _FUNCTION
    if "api_id" in before and "api_id" not in after:
        # A function may lie in another account or region than the API that calls it.
        after = {key: value for key, value in after.items() if key not in before or not _is_of_an_arn(key, after)}
    laid = {key: value for key, value in before.items() if key in kept} | dict(after)
    return {key: laid[key] for key in KEYS if key in laid}


def _is_of_an_arn(key: str, ids: Mapping[str, str]) -> bool:
    """Whether a region or an account is no more than a part of a function's or a role's ARN."""
    arns = (ids.get("function_arn", ""), ids.get("role_arn", ""))
    return key in ("region", "account") and any(f":{ids[key]}:" in arn for arn in arns)


def _is_another_api(before: Mapping[str, str], after: Mapping[str, str]) -> bool:
    for name in _NAMES_AN_API:
        if name in before and name in after:
            return before[name] != after[name]
    return False


def _is_another_request(before: Mapping[str, str], after: Mapping[str, str]) -> bool:
    """Whether both tell of a request, and not of the same one."""
    names = (_OF_THE_REQUEST - {"status"}) & before.keys() & after.keys()
    return any(before[name] != after[name] for name in names)


def _tells_of_a_request(report: Report) -> bool:
    """Whether a text tells more of a request than how it was answered."""
    return bool(
        (_OF_THE_REQUEST - {"status"}) & report.ids.keys()
        or report.caller
        or report.source_ip
        or report.vpc_endpoint
        or report.sent
    )


def _tells_anything(report: Report) -> bool:
    return bool(report.symptoms or report.ids or report.failed_at or _tells_of_a_request(report))


def _is_one_word(report: Report) -> bool:
    """Whether all of a text was taken for the id of an API and may as well be a word: `definitely`."""
    id = report.ids.get("api_id", "")
    return id.isalpha() and report.text.strip() == id
