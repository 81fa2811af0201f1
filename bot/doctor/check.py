"""What is said of one thing that was checked."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Outcome(StrEnum):
    """How a check ended. Only OK is well: what could not be checked is not known to be."""

    OK = "ok"
    PROBLEM = "problem"
    COULD_NOT_CHECK = "could_not_check"


class Access(StrEnum):
    """What came of a read that was tried."""

    OK = "ok"
    DENIED = "denied"
    NOT_ENABLED = "not_enabled"
    """The region is not enabled for the account."""
    COULD_NOT_CHECK = "could_not_check"


@dataclass(frozen=True, slots=True)
class Tried:
    """A read as it was tried in one region; None where the service has none. `said` is AWS's own word, if it had one.

    Where `is_of_nothing`, what was asked for is not there: the read was let through as far as that shows.
    """

    region: str | None
    access: Access
    said: str = ""
    is_of_nothing: bool = False


@dataclass(frozen=True, slots=True)
class Check:
    """One check. `name` is stable, for scripts; `subject` tells checks of one name apart.

    `seen` is what is so, `remedy` what to do about it; both may quote AWS, Slack and the settings. Of a read, `tried`
    says where it was, and `grant` is the IAM statement that it lacks.
    """

    name: str
    outcome: Outcome
    seen: str
    remedy: str = ""
    subject: str = ""
    tried: tuple[Tried, ...] = ()
    grant: Mapping[str, Any] | None = None


def ok(name: str, seen: str, subject: str = "") -> Check:
    """All is well."""
    return Check(name, Outcome.OK, seen, subject=subject)


def problem(name: str, seen: str, remedy: str, subject: str = "") -> Check:
    """Something is wrong."""
    return Check(name, Outcome.PROBLEM, seen, remedy, subject)


def unchecked(name: str, seen: str, remedy: str, subject: str = "") -> Check:
    """It is not known whether all is well."""
    return Check(name, Outcome.COULD_NOT_CHECK, seen, remedy, subject)
