"""What the execution log of a REST API tells of its requests: how far each got, and what stopped it.

https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-logging.html
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from typing import Any

from bot.aws.authorizer_output import AuthorizerOutput
from bot.aws.log_entries import LogEntry, entries_of_events, entries_of_text
from bot.aws.log_lines import LogLines
from bot.model import Phase


@dataclass(frozen=True, slots=True)
class LoggedRequest:
    """One request as a log tells of it; what the log does not tell is None or False.

    `path` is the path that the log prints, which is the caller's more often than the resource's template. `lines` are
    what was read, unredacted. `evidence` is the id of the read that brought them, None for a pasted log.
    `authorizer_function_error` is the message with which the authorizer's function ended. `refused_principal` is who
    was refused by name: `anonymous` or an ARN; `caller` the ARN of who called, where it is printed unmasked.
    `phase` is where the request failed, None where it did not, or where the lines do not tell.
    """

    request_id: str | None = None
    extended_request_id: str | None = None
    api_id: str | None = None
    stage: str | None = None
    method: str | None = None
    path: str | None = None
    when: datetime | None = None
    lines: tuple[str, ...] = field(default=(), repr=False)
    log_group: str | None = None
    evidence: str | None = None
    authorizer_id: str | None = None
    authorizer_output: AuthorizerOutput | None = None
    authorizer_was_called: bool = False
    authorizer_was_accepted: bool = False
    could_not_parse_policy: bool = False
    client_refused: bool = False
    unauthorized: bool = False
    execution_failures: tuple[str, ...] = ()
    gateway_response: str | None = None
    gateway_response_is_named: bool = False
    """The log names the type; otherwise it is inferred from what else the lines say."""
    status: int | None = None
    phase: Phase | None = None
    authorizer_function_error: str | None = None
    refused_principal: str | None = None
    is_explicit_deny: bool = False
    caller: str | None = None
    authorizer_failure: str | None = None
    """What the access log's `$context.authorizer.error` says."""
    access: Mapping[str, str] = field(default_factory=dict, repr=False)
    """What the access log says of the request, by the names of its variables."""

    @property
    def execution_failure(self) -> str | None:
        """What stands behind `Execution failed due to`: the cause, where a second line only says whose it was."""
        return self.execution_failures[0] if self.execution_failures else None

    @property
    def is_failure(self) -> bool:
        """The caller got an error."""
        return self.phase is not None or (self.status or 0) >= 400

    def filled_up_with(self, other: "LoggedRequest") -> "LoggedRequest":
        """The same request, with what another log tells of it where this one tells nothing."""
        added = {
            each.name: getattr(other, each.name)
            for each in fields(self)
            if each.name != "lines" and not getattr(self, each.name) and getattr(other, each.name)
        }
        return replace(self, **added, lines=tuple(dict.fromkeys((*self.lines, *other.lines))))


def read_execution_log(text: str) -> tuple[LoggedRequest, ...]:
    """The requests in a pasted log, in the order in which they begin, even where their lines are interleaved.

    A text that is no log gives none.
    """
    return _requests(entries_of_text(text), None, None)


def read_execution_events(
    events: Iterable[Mapping[str, Any]], log_group: str | None = None, evidence: str | None = None
) -> tuple[LoggedRequest, ...]:
    """The requests in the events of a log group, in the order in which they begin."""
    return _requests(entries_of_events(events), log_group, evidence)


def _requests(entries: Sequence[LogEntry], log_group: str | None, evidence: str | None) -> tuple[LoggedRequest, ...]:
    read = (_request(lines, log_group, evidence) for lines in _by_request(entries))
    return tuple(request for request in read if request is not None)


def _by_request(entries: Sequence[LogEntry]) -> list[LogLines]:
    """Lines without an id belong to the request that the last line named; a line that names another begins it."""
    found: dict[str, LogLines] = {}
    nameless = LogLines(None)
    order = []
    for entry in entries:
        if entry.key is None:
            named = LogLines.named_request(entry.message)
            if named and nameless.request_id not in (None, named):
                nameless = LogLines(None)
            lines = nameless
        else:
            lines = found.setdefault(entry.key, LogLines(entry.key))
        if not lines.entries:
            order.append(lines)
        lines.add(entry)
    return order


def _request(lines: LogLines, log_group: str | None, evidence: str | None) -> LoggedRequest | None:
    # Of two requests with one id nobody can tell which line is whose.
    if not lines.is_execution_log or lines.is_of_several:
        return None
    place = lines.place
    group_api, group_stage = _place_of(log_group)
    response, is_named = lines.gateway_response
    return LoggedRequest(
        request_id=lines.request_id,
        extended_request_id=lines.extended_request_id,
        api_id=group_api or place.api_id,
        stage=group_stage or place.stage,
        method=place.method,
        path=place.path,
        when=min((entry.when for entry in lines.entries if entry.when), default=None),
        lines=tuple(entry.message for entry in lines.entries),
        log_group=log_group,
        evidence=evidence,
        authorizer_id=lines.authorizer_id,
        authorizer_output=lines.authorizer_output,
        authorizer_was_called=lines.authorizer_was_called,
        authorizer_was_accepted=lines.says("Using valid authorizer policy for principal"),
        could_not_parse_policy=lines.says("Could not parse policy"),
        client_refused=lines.says("The client is not authorized to perform this operation"),
        unauthorized=lines.says("Unauthorized request:"),
        execution_failures=lines.execution_failures,
        gateway_response=response,
        gateway_response_is_named=is_named,
        status=lines.status,
        phase=lines.phase,
        authorizer_function_error=lines.authorizer_function_error,
        refused_principal=lines.refused_principal,
        is_explicit_deny=lines.is_explicit_deny,
        caller=lines.caller,
    )


_GROUP_PREFIX = "API-Gateway-Execution-Logs_"


def _place_of(log_group: str | None) -> tuple[str | None, str | None]:
    if not log_group or not log_group.startswith(_GROUP_PREFIX):
        return None, None
    api, _, stage = log_group.removeprefix(_GROUP_PREFIX).partition("/")
    return api or None, stage or None
