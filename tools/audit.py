"""Asks whether what is installed has known vulnerabilities, and says of what nobody could be asked: `make audit`."""

import json
import re
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
LOCKS = ("requirements/dev.txt", "requirements/build.txt", "tools/fuzz/requirements.txt")
"""Everything: the first holds what a user installs as well."""
_SECONDS = 60
_NAMED = 5
_OUT_OF_REACH = re.compile(
    r"requests\.exceptions\.((Connection|Proxy|SSL)Error|\w*Timeout)\b|Tip: your network may be blocking"
)
"""How what pip-audit says last begins where its service did not answer: requests' errors of that kind, or a tip."""


class CannotAudit(Exception):
    """There is something wrong with what was to be audited, or with the audit: not with the way to the service."""


@dataclass(frozen=True, slots=True)
class Audit:
    """What pip-audit found: a line for each vulnerability, and who was asked about and not known to the service."""

    vulnerable: tuple[str, ...]
    audited: int
    unknown: tuple[str, ...]

    @classmethod
    def of(cls, report: Mapping[str, Any]) -> "Audit":
        """Of pip-audit's own JSON. It leaves out what its service does not know, and says "no vulnerabilities"."""
        asked: Sequence[Mapping[str, Any]] = report["dependencies"]
        known = [each for each in asked if "skip_reason" not in each]
        return cls(
            tuple(
                f"{each['name']} {each['version']}: {found['id']}, {_mended_in(found['fix_versions'])}"
                for each in known
                for found in each["vulns"]
            ),
            len(known),
            tuple(each["name"] for each in asked if "skip_reason" in each),
        )


def _mended_in(releases: Sequence[str]) -> str:
    return f"mended in {' and '.join(releases)}" if releases else "not mended yet"


def audited(lock: Path) -> Audit | None:
    """The audit of a requirements file; None where the service of vulnerabilities cannot be reached.

    Raises CannotAudit for every other reason why there is none: a lock without hashes, or none.
    """
    command = [
        sys.executable, "-m", "pip_audit", "--requirement", str(lock), "--require-hashes", "--disable-pip",
        "--format", "json", "--progress-spinner", "off", "--timeout", "5",
    ]  # fmt: skip
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=_SECONDS, check=False)
    except subprocess.TimeoutExpired:
        return None
    # It ends with 1 for a vulnerability as for anything else; only an audit writes its report.
    return Audit.of(json.loads(done.stdout)) if done.stdout.strip() else none_for(done.stderr)


def none_for(told: str) -> None:
    """Returns where pip-audit tells on standard error that its service is out of reach, and raises CannotAudit else."""
    *_, last = told.strip().splitlines() or ["pip-audit says nothing"]
    said = last.removeprefix("ERROR:pip_audit._cli:")
    if not _OUT_OF_REACH.match(said):
        raise CannotAudit(said)


def lines_of(lock: str, audit: Audit | None) -> list[str]:
    """What to print of the audit of a lock."""
    if audit is None:
        return [f"{lock}: NOT AUDITED, the service of known vulnerabilities cannot be reached from here"]
    lines = [f"{lock}: {each}" for each in audit.vulnerable]
    lines.append(f"{lock}: {audit.audited} packages audited, {len(audit.vulnerable)} known vulnerabilities")
    if audit.unknown:
        some = ", ".join(audit.unknown[:_NAMED])
        lines.append(
            f"{lock}: {len(audit.unknown)} packages NOT AUDITED, the service that answers here does not know {some}…"
        )
    return lines


def main(root: Path = ROOT) -> int:
    """1 if anything is vulnerable or cannot be audited; whom nobody could be asked about is said, and is no failure."""
    failed = False
    for lock in LOCKS:
        try:
            audit = audited(root / lock)
        except CannotAudit as error:
            failed = True
            sys.stdout.write(f"{lock}: CANNOT BE AUDITED, {error}\n")
        else:
            failed = failed or bool(audit and audit.vulnerable)
            sys.stdout.writelines(f"{line}\n" for line in lines_of(lock, audit))
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
