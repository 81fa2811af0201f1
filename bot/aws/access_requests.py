"""The requests of which a stage's access log tells, in the same words as the execution log."""

from collections.abc import Mapping
from datetime import datetime

from bot.aws.access_log import AccessLogFormat
from bot.aws.arn import Arn
from bot.aws.execution_log import LoggedRequest
from bot.aws.gateway_responses import RESPONSES
from bot.aws.log_entries import event_time
from bot.model import Phase


def read_access_line(
    line: str,
    form: AccessLogFormat,
    stage: str,
    log_group: str | None = None,
    evidence: str | None = None,
    when: datetime | None = None,
) -> LoggedRequest | None:
    """The request of which a line tells; None if it is not in this format."""
    read = form.read(line)
    if read is None or not read.values:
        return None
    values = read.values
    response = values.get("error.responseType")
    status = _status(values.get("status"))
    failure = values.get("integrationErrorMessage") or values.get("integration.error")
    caller = values.get("identity.userArn", "")
    return LoggedRequest(
        request_id=values.get("requestId"),
        extended_request_id=values.get("extendedRequestId"),
        api_id=values.get("apiId"),
        stage=values.get("stage", stage),
        method=values.get("httpMethod"),
        path=values.get("resourcePath") or _without_stage(values.get("path"), stage),
        when=when,
        lines=(line,),
        log_group=log_group,
        evidence=evidence,
        execution_failures=(failure,) if failure else (),
        gateway_response=response,
        gateway_response_is_named=response is not None,
        status=status,
        phase=_phase(values, response, status),
        authorizer_failure=values.get("authorizer.error"),
        refused_principal=_refused(values),
        caller=caller if Arn.parse(caller) else None,
        access=values,
    )


def read_access_events(
    events: tuple[dict[str, object], ...], form: AccessLogFormat, stage: str, log_group: str, evidence: str | None
) -> tuple[LoggedRequest, ...]:
    """The requests in the events of an access log's group, oldest first."""
    read = (
        read_access_line(str(event.get("message") or ""), form, stage, log_group, evidence, event_time(event))
        for event in events
    )
    return tuple(request for request in read if request is not None)


def _status(text: str | None) -> int | None:
    return int(text) if text and len(text) == 3 and text.isascii() and text.isdigit() else None


def _without_stage(path: str | None, stage: str) -> str | None:
    if path is None:
        return None
    rest = path.removeprefix(f"/{stage}")
    return (rest or "/") if rest == "" or rest.startswith("/") else path


def _refused(values: Mapping[str, str]) -> str | None:
    message = values.get("error.message") or values.get("error.messageString") or ""
    principal, found, _ = message.removeprefix("User: ").partition(" is not authorized to perform: execute-api:Invoke")
    return principal if found and message.startswith("User: ") and " " not in principal else None


def _phase(values: Mapping[str, str], response: str | None, status: int | None) -> Phase | None:
    """Where the request failed: by the type of the response, else by what the phases' own variables say."""
    message = values.get("error.message") or values.get("error.messageString") or ""
    if _refused(values) == "anonymous" or "in a resource-based policy" in message:
        return Phase.RESOURCE_POLICY
    if response and response in RESPONSES:
        return RESPONSES[response]
    if any(name in values for name in ("authorizer.error", "authorize.error", "authenticate.error")):
        return Phase.AUTHORIZER
    if "integrationErrorMessage" in values or "integration.error" in values:
        return Phase.INTEGRATION
    # With no gateway response, what the caller got is what the backend answered.
    return Phase.INTEGRATION if response is None and (status or 0) >= 400 and "integration.status" in values else None
