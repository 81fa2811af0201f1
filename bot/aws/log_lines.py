"""The lines of one request in an execution log, asked what they say."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import re2

from bot.aws import log_patterns as patterns
from bot.aws.arn import Arn
from bot.aws.authorizer_output import AuthorizerOutput, read_authorizer_output
from bot.aws.gateway_responses import RESPONSES
from bot.aws.log_entries import LogEntry
from bot.model import Phase

_OUTPUT = "Authorizer result body before parsing:"
_FAILED = "Execution failed due to"
_LONGEST_PHRASE = 400
_ANYTHING_KNOWN = (
    "Starting authorizer:", "Starting execution for request:", "Extended Request Id:", "Verifying Usage Plan",
    "HTTP Method:", _OUTPUT, "Using valid authorizer policy", "Could not parse policy", "The client is not authorized",
    "Unauthorized request:", _FAILED, "Gateway response type:", "Method completed with status:", "API Key",
    "Usage Plan check", "Lambda execution failed", "Lambda invocation failed", "ExplicitDenyException",
    "AccessDeniedException", "AuthorizerConfigurationException", "AuthorizerFailureException",
    "Successfully completed",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Place:
    """What was called, as far as the lines tell."""

    api_id: str | None = None
    stage: str | None = None
    method: str | None = None
    path: str | None = None


class LogLines:
    """The lines of one request; complete before anything is asked of them but `request_id` and `entries`."""

    def __init__(self, key: str | None) -> None:
        self.entries: list[LogEntry] = []
        self.request_id = key if key and re2.fullmatch(patterns.UUID, key) else None
        self._extended = key if key and key.endswith("=") else None

    def add(self, entry: LogEntry) -> None:
        """Adds a line; one that stands twice, as the console's copies do, is added once."""
        if self.entries and self.entries[-1].message == entry.message:
            return
        self.entries.append(entry)
        self.request_id = self.request_id or self.named_request(entry.message)

    @staticmethod
    def named_request(message: str) -> str | None:
        """The request id that a line names in its text."""
        found = patterns.NAMED.match(message[:_LONGEST_PHRASE])
        return str(found[1]) if found else None

    @cached_property
    def _squeezed(self) -> list[str]:
        """The beginnings of the lines without white space, since a pasted line may be broken anywhere."""
        return ["".join(entry.message[:_LONGEST_PHRASE].split()) for entry in self.entries]

    @cached_property
    def _plain(self) -> list[str]:
        return [" ".join(entry.message.split()) for entry in self.entries]

    def says(self, phrase: str) -> bool:
        """Whether a line begins so."""
        return self._index(phrase) is not None

    def _index(self, phrase: str) -> int | None:
        wanted = "".join(phrase.split())
        return next((index for index, line in enumerate(self._squeezed) if line.startswith(wanted)), None)

    @property
    def is_execution_log(self) -> bool:
        """At least one line is of a kind that API Gateway writes; a refusal alone could be what the caller got."""
        is_marked = any(entry.key or entry.when for entry in self.entries)
        return any(map(self.says, _ANYTHING_KNOWN)) or (is_marked and self.refused_principal is not None)

    @cached_property
    def extended_request_id(self) -> str | None:
        """The id that `x-amz-apigw-id` gives the caller."""
        return next(iter(self._extended_ids), self._extended)

    @property
    def is_of_several(self) -> bool:
        """They are of more than one request: callers may choose a request's id, and give two the same.

        The extended id is API Gateway's own:
        https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-variables-for-access-logging.html
        """
        return len(self._extended_ids) > 1

    @cached_property
    def _extended_ids(self) -> tuple[str, ...]:
        found = self._all(patterns.EXTENDED)
        return tuple(dict.fromkeys(id for (id,) in found))

    @cached_property
    def place(self) -> Place:
        """What was called: by the lines that say so plainly, else by the ARNs in the others."""
        stage, method, called = self._first(patterns.STAGE), self._first(patterns.METHOD), self._called
        presented, api = self._presented(patterns.PRESENTED), self._presented(patterns.PRESENTING_API)
        if presented and presented[1] == "authorizers":
            presented = None
        where = stage or (called[:2] if called else None) or presented or (*(api or ("",)), "")
        path = method[1] if method else (called[3] or "/") if called else None
        # The console's Test presents a stage that is none.
        stage_name = None if where[1] == "null" else where[1]
        verb = method[0] if method else called[2] if called else None
        return Place(where[0] or None, stage_name or None, verb, path)

    @property
    def _called(self) -> tuple[str, ...] | None:
        """API, stage, method and path, as the authorizer was asked about them or a refusal names them."""
        started = self._index("Starting authorizer:")
        sent = self._index(patterns.SENT)
        executed = self._index("Starting execution for request:")
        # What is sent later is sent to the integration, and may be what a caller wrote.
        if started is not None and sent is not None and started < sent and (executed is None or sent < executed):
            asked = patterns.SENT_TO_AUTHORIZER.match(self._plain[sent])
            if asked:
                return tuple(group or "" for group in asked.groups())
        refused = self._first(patterns.REFUSED_CALL)
        return refused[1:] if refused else None

    def _presented(self, pattern: "re2._Regexp") -> tuple[str, ...] | None:
        """What API Gateway says of itself among the headers sent; nothing where a caller's header says otherwise."""
        sent = (line for line in self._plain if line.startswith(patterns.HEADERS_SENT))
        found = {tuple(match.groups()) for line in sent for match in pattern.finditer(line)}
        return found.pop() if len(found) == 1 else None

    def _first(self, pattern: "re2._Regexp") -> tuple[str, ...] | None:
        return next(self._all(pattern), None)

    def _last(self, pattern: "re2._Regexp") -> tuple[str, ...] | None:
        """How a request ended is what its last line of the kind says."""
        return next(iter(list(self._all(pattern))[::-1]), None)

    def _all(self, pattern: "re2._Regexp") -> Iterator[tuple[str, ...]]:
        found = (pattern.match(line) for line in self._plain)
        return (tuple(group or "" for group in match.groups()) for match in found if match)

    @cached_property
    def authorizer_id(self) -> str | None:
        """The authorizer that was called."""
        found = self._first(patterns.AUTHORIZER)
        return found[0] if found else None

    @property
    def authorizer_was_called(self) -> bool:
        """A line tells of the authorizer's call; without one the answer may come from its cache."""
        return self.says("Starting authorizer:") or self.says(_OUTPUT)

    @cached_property
    def authorizer_output(self) -> AuthorizerOutput | None:
        """What the authorizer's function returned."""
        index = self._index(_OUTPUT)
        if index is None:
            return None
        return read_authorizer_output(self.entries[index].message.partition("parsing:")[2])

    @cached_property
    def execution_failures(self) -> tuple[str, ...]:
        """What stands behind `Execution failed due to`, in the order of the log; one line of it each."""
        wanted = "".join(_FAILED.split())
        lines = (
            entry.message.split("\n")[0]
            for entry, squeezed in zip(self.entries, self._squeezed, strict=True)
            if squeezed.startswith(wanted)
        )
        return tuple(dict.fromkeys(line.partition("due to")[2].strip(" a\t").strip() or line for line in lines))

    @property
    def _blames_authorizer(self) -> bool:
        return any("Authorizer" in failure for failure in self.execution_failures) or self.says(
            "AuthorizerConfigurationException"
        )

    @cached_property
    def gateway_response(self) -> tuple[str | None, bool]:
        """The type of the gateway response, and whether the log names it."""
        named = self._last(patterns.RESPONSE)
        if named:
            return named[0], True
        return next(self._inferred(), None), False

    def _inferred(self) -> Iterator[str]:
        if self.refused_principal or self.says("The client is not authorized"):
            yield "ACCESS_DENIED"
        if self.says("Unauthorized request:"):
            yield "UNAUTHORIZED"
        if self._blames_authorizer or self.says("Could not parse policy"):
            yield "AUTHORIZER_CONFIGURATION_ERROR"
        if self.says("AuthorizerFailureException"):
            yield "AUTHORIZER_FAILURE"
        if any(line.startswith("API Key") and " not authorized because" in line for line in self._plain):
            yield "INVALID_API_KEY"
        for failure in self.execution_failures:
            if failure.startswith("a timeout") or failure.startswith("timeout"):
                yield "INTEGRATION_TIMEOUT"
            yield "INTEGRATION_FAILURE" if "network error" in failure else "API_CONFIGURATION_ERROR"

    @cached_property
    def status(self) -> int | None:
        """What the caller got, as the log says it; never guessed from the type of the response."""
        response, completed = self._last(patterns.RESPONSE), self._last(patterns.COMPLETED)
        told = response[1] if response and response[1] else completed[0] if completed else ""
        return int(told) if told else None

    @cached_property
    def refused_principal(self) -> str | None:
        """Who was refused by name: `anonymous`, or an ARN."""
        found = self._first(patterns.REFUSED)
        return found[0] if found else None

    @property
    def is_explicit_deny(self) -> bool:
        """The refusal names a statement that denies."""
        return any(why.startswith("with an explicit deny") for _, why in self._all(patterns.REFUSED_WHY))

    @property
    def caller(self) -> str | None:
        """The ARN of who called."""
        principal = self.refused_principal
        return principal if principal and Arn.parse(principal) else None

    @cached_property
    def authorizer_function_error(self) -> str | None:
        """The message with which the authorizer's function ended, if it ended with an error."""
        output = self.authorizer_output
        if output and output.error is not None:
            return output.error
        failed = self._index("Lambda execution failed")
        if failed is None or not self.authorizer_was_called or self.says("Starting execution for request:"):
            return None
        found = patterns.CUSTOMER_ERROR.search(self._plain[failed])
        return str(found[1]) if found else self._plain[failed]

    @cached_property
    def phase(self) -> Phase | None:
        """Where the request failed; None where it did not or the lines do not tell."""
        response, _ = self.gateway_response
        by_resource_policy = any("in a resource-based policy" in why for _, why in self._all(patterns.REFUSED_WHY))
        if self.refused_principal == "anonymous" or by_resource_policy:
            return Phase.RESOURCE_POLICY
        if self._blames_authorizer or self.says("The client is not authorized") or self.says("Unauthorized request:"):
            return Phase.AUTHORIZER
        if any(each in failure for failure in self.execution_failures for each in ("Malformed", "No match for output")):
            return Phase.RESPONSE
        if response and response in RESPONSES:
            return RESPONSES[response]
        if self.execution_failures or (self.status or 0) >= 400:
            return Phase.INTEGRATION
        return None
