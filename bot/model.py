"""The words of the domain, in the order in which a question travels through the house."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

Fact = str | int | float | bool

REDACTED = "[redacted]"
"""Stands where a secret was taken out."""


class Command(StrEnum):
    """What somebody wants to do, as the accounts file permits it."""

    ASK = "ask"
    """Ask in any way, choose among what is offered, and read what was answered to the end and in any language."""
    CHECK_AGAIN = "check_again"
    SHARE = "share"
    """Have everybody in a channel read what was answered to one person."""
    FEEDBACK = "feedback"


@dataclass(frozen=True, slots=True)
class Asker:
    """Who wants something, in which channel, by Slack's ids, and what: what the accounts file may permit."""

    person: str | None = None
    channel: str | None = None
    command: Command = Command.ASK


@dataclass(frozen=True, slots=True)
class Question:
    """What somebody asks, before anything of it is understood.

    `locale` is one of the languages of `bot.reply.locales`; `region`, `stage` and `account` are what an option says,
    which the text outweighs. `earlier` are the texts that were said before in the same conversation, oldest first:
    what is pasted now completes or replaces them.
    """

    pasted: str
    locale: str
    region: str | None = None
    stage: str | None = None
    timezone: str = "UTC"
    """An IANA name: in whose days and hours the asker reads times."""
    account: str | None = None
    earlier: tuple[str, ...] = ()
    asker: Asker | None = None
    """None is the command line, which may ask about every account."""


@dataclass(frozen=True, slots=True)
class Sighting:
    """A symptom that a text shows: a slug of the symptoms shelf, and the redacted excerpt that shows it."""

    symptom: str
    matched: str


@dataclass(frozen=True, slots=True)
class SentRequest:
    """What a paste shows of the request as its client sent it: `curl -v`, a curl command, a browser's request headers.

    `values` are the headers by their names in lower case, and are the only thing of a paste that is kept unredacted:
    in memory, for the one question, shown to nobody. `query` are the names in the query string.
    `is_whole` if the paste shows every header that was sent.
    """

    values: Mapping[str, str] = field(repr=False)
    query: tuple[str, ...] = ()
    is_whole: bool = False

    @property
    def headers(self) -> tuple[str, ...]:
        """The names of the headers, in lower case."""
        return tuple(self.values)


@dataclass(frozen=True, slots=True)
class Report:
    """A paste, read: cleaned and redacted, its symptoms best first, and what it plainly names.

    `ids` has the keys of `ids` in the public schema (`api_id`, `region`, `stage`, …), each a string that stands in
    the text. `caller` is the ARN of the principal who called the API, where the text prints one unmasked;
    `source_ip` and `vpc_endpoint` (`vpce-…`) are where the call came from, where the text tells. `failed_at` is the
    first moment that the text tells of. `redacted` counts the secrets that were taken out.
    """

    text: str
    symptoms: tuple[Sighting, ...]
    ids: Mapping[str, str]
    redacted: int
    caller: str | None = None
    source_ip: str | None = None
    vpc_endpoint: str | None = None
    sent: SentRequest | None = None
    failed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Incident:
    """The failing request, as far as the question tells of it; without `symptoms` the question is a check-up.

    `text` is the paste, redacted. The rest is as in `Report`.
    """

    symptoms: tuple[str, ...] = ()
    text: str = field(default="", repr=False)
    caller: str | None = None
    source_ip: str | None = None
    vpc_endpoint: str | None = None
    request_id: str | None = None
    extended_request_id: str | None = None
    sent: SentRequest | None = None

    @property
    def is_told(self) -> bool:
        """Something failed: this is no check-up."""
        return bool(self.symptoms or self.request_id or self.extended_request_id)


class TargetKind(StrEnum):
    """What kind of thing a target is."""

    REST_API = "rest_api"
    HTTP_API = "http_api"
    WEBSOCKET_API = "websocket_api"
    FUNCTION = "function"
    ACCOUNT = "account"


@dataclass(frozen=True, slots=True)
class Target:
    """One thing in one account and region, and the part of it that was asked about.

    `path` is a request path without the stage, as a caller sends it, or a resource's template.
    """

    kind: TargetKind
    id: str
    account: str
    region: str
    stage: str | None = None
    method: str | None = None
    path: str | None = None


@dataclass(frozen=True, slots=True)
class Candidate:
    """A thing that a question without a target could mean.

    `account_name` is what people call its account, where several were searched.
    """

    target: Target
    name: str
    account_name: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """An account that can be asked about. `own` is that of the bot's own credentials; `region` is asked in first.

    `name` is what the accounts file calls it; empty where that says nothing.
    """

    account: str
    own: bool
    region: str | None
    name: str = ""


@dataclass(frozen=True, slots=True)
class Spot:
    """A region of an account, by its twelve digits: where something was found."""

    account: str
    region: str


class Step(StrEnum):
    """What is being done for a question, in this order; a step that a question does not need is left out."""

    READ = "read"
    LOCATE = "locate"
    EXAMINE = "examine"
    HISTORY = "history"
    WRITE = "write"


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the work on a question has come. Neither `step` nor a number ever goes back.

    `symptoms` and `target` are what was understood so far. Of `total` playbooks to try `done` are tried; `total` grows
    where the search widens. `reads` is how many reads AWS has answered.
    """

    step: Step
    symptoms: tuple[str, ...] = ()
    target: Target | None = None
    done: int = 0
    total: int = 0
    reads: int = 0


Watch = Callable[[Progress], None]
"""Hears how the work goes on."""


class Outcome(StrEnum):
    """How a read of the account ended. ABSENT is an answer; DENIED and FAILED are none."""

    FOUND = "found"
    ABSENT = "absent"
    DENIED = "denied"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Evidence:
    """One read of an account: what was asked, and how it ended.

    `operation` is the API's own name (`GetRestApi`); `milliseconds` is the time until the answer was there;
    `error` is AWS's code and message where there was no answer.
    """

    id: str
    service: str
    operation: str
    parameters: Mapping[str, Any]
    outcome: Outcome
    account: str | None
    region: str
    milliseconds: float
    error: str | None = None


class UnseenReason(StrEnum):
    """Why something could not be looked at."""

    DENIED = "denied"
    FAILED = "failed"
    THROTTLED = "throttled"
    NOT_TRIED = "not_tried"
    NOT_SUPPORTED = "not_supported"


class Hint(StrEnum):
    """What more can be said of a read that decided nothing."""

    REGION_NOT_ENABLED = "region_not_enabled"
    """The credentials are good elsewhere, so the region may not be enabled for the account."""
    CONTRADICTED = "contradicted"
    """Another answer says the opposite: something was changed meanwhile, or is not known everywhere yet."""
    MALFORMED_POLICY = "malformed_policy"
    UNDECIDABLE_CONDITION = "undecidable_condition"
    """A condition rests on what cannot be seen from outside."""
    OTHER_ACCOUNT = "other_account"
    TOO_MANY_APIS = "too_many_apis"
    """Not every API could be looked into to see whether it uses what the text names."""
    BROKEN_PLAYBOOK = "broken_playbook"
    NOT_LOGGED = "not_logged"
    """Only a log would show it, and none is written (or none that can be read)."""
    NOT_IN_THE_LOG = "not_in_the_log"
    """The log was searched as far as the bounds allow, and nothing of the failure stands in it."""
    LOGS_NOT_READ = "logs_not_read"
    """The settings let the bot read no logs."""
    NO_ACCOUNT = "no_account"
    """The accounts file lets whoever asks ask about no account."""


class DenyingPolicy(StrEnum):
    """A kind of policy that denies a read whatever the policies of who reads allow: it has to change itself."""

    IDENTITY_BASED = "identity_based"
    """With an explicit deny, which no other statement outweighs."""
    RESOURCE_BASED = "resource_based"
    SERVICE_CONTROL = "service_control"
    RESOURCE_CONTROL = "resource_control"
    PERMISSIONS_BOUNDARY = "permissions_boundary"
    SESSION = "session"
    VPC_ENDPOINT = "vpc_endpoint"
    OTHER = "other"
    """AWS does not say which kind, or names one that is none of these."""


@dataclass(frozen=True, slots=True)
class UnseenRead:
    """A read that gave no answer: `action` and `resource` are IAM's words, `grant` what an identity needs to make it.

    There is a `grant` whenever the read was denied; where `denied_by` names another policy, it is not enough. `detail`
    is what AWS said, literally. `account` names the account that could not be searched for want of it, where several
    were; otherwise it is empty.
    """

    action: str
    operation: str
    resource: str
    reason: UnseenReason
    grant: Mapping[str, Any] | None = None
    detail: str = ""
    hint: Hint | None = None
    account: str = ""
    denied_by: DenyingPolicy | None = None

    @property
    def cure(self) -> Mapping[str, Any] | None:
        """The `grant`, where it would allow the read."""
        return self.grant if self.denied_by is None else None


@dataclass(frozen=True, slots=True)
class LogSearch:
    """What was searched in a log group: how many minutes back, what that brought, and whether a bound ended it."""

    log_group: str
    minutes: int
    events: int
    pages: int
    is_cut: bool = False


class Certainty(StrEnum):
    """PROVEN: the evidence alone shows it. LIKELY: the evidence fits, and something named could disprove it."""

    PROVEN = "proven"
    LIKELY = "likely"


class Scope(StrEnum):
    """Whether a finding lies in what was asked about, or elsewhere in the same target."""

    ASKED = "asked"
    ELSEWHERE = "elsewhere"


class Phase(StrEnum):
    """Where on its way a request meets a fault, in the order of the way."""

    ROUTE = "route"
    RESOURCE_POLICY = "resource_policy"
    AUTHORIZER = "authorizer"
    USAGE_PLAN = "usage_plan"
    INTEGRATION = "integration"
    RESPONSE = "response"

    @property
    def position(self) -> int:
        """0 for what a request meets first."""
        return list(Phase).index(self)


@dataclass(frozen=True, slots=True)
class SavedChange:
    """A change that is saved and runs nowhere yet: where a request would meet it, and the methods concerned.

    Without `methods` it concerns all.
    """

    phase: Phase
    methods: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Finding:
    """A cause that the evidence shows, and what its fix needs to be written.

    `cause` is a public slug. `fix` names the files in the playbook's folder that mend it. `facts` are public and flat;
    `remedy` is what the fix's templates see besides the facts: names, lists and documents.
    `account` and `region` say where the fix acts. `evidence` are the ids of the reads that show the cause.
    """

    cause: str
    fix: str
    phase: Phase
    certainty: Certainty
    facts: Mapping[str, Fact]
    evidence: tuple[str, ...]
    account: str
    region: str
    remedy: Mapping[str, Any] = field(default_factory=dict)
    scope: Scope = Scope.ASKED
    advice: bool = False
    playbook: str = ""
    is_undecided: bool = False
    """A read that could decide it was refused, or lies where the bot cannot look: alone it makes no diagnosis."""
    puts_live: tuple[SavedChange, ...] = ()
    """What its fix deploys as it is saved: the fix waits while another finding shows that to be faulty."""
    hides_the_rest: bool = False
    """No request gets past it, so that whatever else is found is met by none."""


@dataclass(frozen=True, slots=True)
class Fix:
    """A finding's mend, in words and in commands, in the language of the reply."""

    title: str
    why: str
    steps: tuple[str, ...]
    account: str
    region: str
    redeploy: bool
    references: tuple[str, ...]
    cli: str | None = None
    cli_note: str | None = None
    cloudformation: str | None = None
    cloudformation_use: str | None = None
    cloudformation_note: str | None = None
    rollback_cli: str | None = None
    rollback_note: str | None = None
    would_disprove: str | None = None


class Verdict(StrEnum):
    """What a whole answer amounts to."""

    FOUND = "found"
    HEALTHY = "healthy"
    COULD_NOT_CHECK = "could_not_check"
    UNKNOWN_SYMPTOM = "unknown_symptom"
    NEED_TARGET = "need_target"
    TARGET_NOT_FOUND = "target_not_found"


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What looking at the account gave: causes found apart from what could not be seen."""

    verdict: Verdict
    report: Report
    target: Target | None = None
    candidates: tuple[Candidate, ...] = ()
    findings: tuple[Finding, ...] = ()
    advice: tuple[Finding, ...] = ()
    unseen: tuple[UnseenRead, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    searched: tuple[str, ...] = ()
    """The regions in which a target was looked for."""
    accounts: tuple[str, ...] = ()
    """The accounts in which it was looked for, as people call them, where there are several."""
    log_searches: tuple[LogSearch, ...] = ()
    examined: tuple[str, ...] = ()
    """The playbooks that were tried to their end, or to what could not be seen."""
    elapsed_milliseconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Mend:
    """A finding and the fix that heals it."""

    finding: Finding
    fix: Fix


@dataclass(frozen=True, slots=True)
class Reply:
    """The whole answer in one language, still without a word of Slack or of the terminal."""

    locale: str
    summary: str
    diagnosis: Diagnosis
    findings: tuple[Mend, ...] = ()
    advice: tuple[Mend, ...] = ()
    timezone: str = "UTC"
    """As in `Question`: in whose days and hours times are told."""
