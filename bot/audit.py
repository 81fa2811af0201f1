"""The audit log: a line for each question that came to its end, for those who have to answer for the bot."""

import json
import logging
import os
import re
import sys
from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, field, fields
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock
from typing import Any

from bot.model import Diagnosis
from bot.report.redact import redact
from bot.telemetry import Telemetry, Unheard

log = logging.getLogger(__name__)
# What is audited is logged, from whichever level on everything else is.
logging.getLogger(__name__).setLevel(logging.INFO)

STANDARD_ERROR = Path("-")

APPENDING = os.O_WRONLY | os.O_APPEND | os.O_CLOEXEC | os.O_NONBLOCK
"""How a file that is there is opened. Where nobody reads a named pipe, opening and writing would wait."""

_LONGEST_TEXT = 200
_MOST_TEXTS = 50
_STAGE = re.compile(r"[A-Za-z0-9_$-]{1,128}")
"""The stage that was asked about may be any word of a paste; only what can be the name of one is repeated.

https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-stages.html
"""


def _said(meaning: str, default: Any = None) -> Any:
    return field(default=default, metadata={"meaning": meaning})


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """A question that came to its end. Nothing that was pasted is in it, and nothing of an account but names."""

    question: str = _said(
        "the id of the question, as in the log; of two lines with the same, the later counts", MISSING
    )
    outcome: str = _said(
        "`answered`, or what came of it instead: `refused`, `too_busy`, `pointed_to`, `failed`, …", MISSING
    )
    way: str = _said("by which way it came in: `mention`, `command`, `check_again`, …; `command_line`", MISSING)
    why: str | None = _said("by which rule it was refused")
    person: str | None = _said("who asked, by Slack's id; on the command line `uid:` and the number of the user")
    team: str | None = _said("the workspace of whoever asked, by Slack's id")
    channel: str | None = _said("where it was asked, by Slack's id")
    thread_ts: str | None = _said("the message on which the thread hangs in which it was asked")
    account: str | None = _said("the AWS account in which the API is that was looked at")
    region: str | None = _said("its region")
    api: str | None = _said("its id; where nobody could look, the one that was named")
    stage: str | None = _said("the stage that was asked about")
    verdict: str | None = _said("what came of looking, as in the answer")
    causes: tuple[str, ...] = _said("the causes that were found", ())
    unseen: int | None = _said("how many things could not be seen")
    accounts: tuple[str, ...] = _said("the accounts that were read in; but for the bot's own, its role was assumed", ())
    reads: int | None = _said("how many reads of AWS there were")
    language: str | None = _said("in which language it was answered")
    milliseconds: int | None = _said("from its arrival to its end")


def seen(diagnosis: Diagnosis) -> dict[str, Any]:
    """Of what was looked at and found, what the audit tells: keywords for `Ended`."""
    target = diagnosis.target
    stage = target.stage if target and _STAGE.fullmatch(target.stage or "") else None
    return {
        "account": target.account if target else None,
        "region": target.region if target else None,
        "api": target.id if target else None,
        "stage": stage,
        "verdict": str(diagnosis.verdict),
        "causes": tuple(finding.cause for finding in diagnosis.findings),
        "unseen": len(diagnosis.unseen),
        "accounts": tuple(sorted({each.account for each in diagnosis.evidence if each.account})),
        "reads": len(diagnosis.evidence),
    }


class AuditLog:
    """Safe between threads; several processes may share a file. Never raises, and holds up no answer.

    A file is opened for each line, so that whoever rotates it only has to move it. What it does not take goes to the
    log, which is where lines go without a file.
    """

    def __init__(
        self,
        sink: Path | None = None,
        telemetry: Telemetry | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._sink = sink
        self._telemetry = telemetry or Unheard()
        self._clock = clock
        self._lock = Lock()
        self._is_torn = False

    def write(self, ended: Ended) -> None:
        """Write a line: a JSON object in ASCII, so that nothing in it can end the line or begin another field."""
        told = {each.name: _plain(getattr(ended, each.name)) for each in fields(Ended)}
        if self._sink is None:
            _to_log(told)
            return
        at = self._clock().astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        line = json.dumps({"time": at, **told}) + "\n"
        try:
            if self._sink == STANDARD_ERROR:
                sys.stderr.write(line)
                sys.stderr.flush()
            else:
                with self._lock:
                    self._append(self._sink, line.encode("ascii"))
        except (OSError, ValueError) as error:  # ValueError: it is closed.
            log.error("the audit log cannot be written, and goes here instead: %s", error)
            self._telemetry.store_failed("audit")
            _to_log(told)

    def _append(self, file: Path, line: bytes) -> None:
        descriptor = os.open(file, APPENDING | os.O_CREAT, 0o600)
        try:
            rest = b"\n" + line if self._is_torn else line
            while rest:
                written = os.write(descriptor, rest)
                rest = rest[written:]
                # A full disk takes the beginning of a line; what comes after it is to be a line all the same.
                self._is_torn = bool(rest)
        finally:
            os.close(descriptor)


def _to_log(told: Mapping[str, Any]) -> None:
    log.info("audit", extra=dict(told))


def _plain(value: Any) -> Any:
    if isinstance(value, str):
        return redact(value[: 2 * _LONGEST_TEXT])[0][:_LONGEST_TEXT]
    if isinstance(value, tuple):
        return tuple(_plain(each) for each in value[:_MOST_TEXTS])
    return value
