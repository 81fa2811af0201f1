"""How checks are printed: a line each, or as JSON; and that all is well only if each of them is."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from bot.commands.options import on_one_line

if TYPE_CHECKING:
    from bot.doctor.check import Check


def all_well(checks: "Sequence[Check]") -> bool:
    """Whether each is ok, and there is any: where nothing was looked at nothing is known."""
    return bool(checks) and all(check.outcome == "ok" for check in checks)


def line(check: "Check") -> str:
    """One line for people, which commands no terminal and holds no secret."""
    about = f"{check.name} {safe(check.subject)}".rstrip()
    # Each by itself: a name, a colon and a word look like a setting and its secret.
    told = "; ".join(safe(part) for part in (check.seen, check.remedy) if part)
    return f"{check.outcome.replace('_', ' '):<15}  {on_one_line(f'{about}: {told}')}"


def document(check: "Check") -> dict[str, Any]:
    """The same for programs."""
    return {
        "name": check.name,
        "subject": safe(check.subject) or None,
        "outcome": str(check.outcome),
        "seen": safe(check.seen),
        "remedy": safe(check.remedy) or None,
        "grant": check.grant,
        "tried": [
            {
                "region": each.region,
                "access": str(each.access),
                "of_nothing": each.is_of_nothing,
                "said": safe(each.said) or None,
            }
            for each in check.tried
        ],
    }


def safe(text: str) -> str:
    """Without secrets: what AWS, Slack and the settings say is quoted."""
    from bot.report.redact import redact

    return redact(text)[0]
