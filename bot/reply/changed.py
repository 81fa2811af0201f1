"""One line on who last changed the faulty thing, in the days and hours of whoever asks."""

from datetime import UTC, datetime, tzinfo
from zoneinfo import ZoneInfo

from bot.model import Finding
from bot.reply.templates import Prose, Words


def changed_line(finding: Finding, language: str, timezone: str, words: Words) -> str:
    """The line; empty where the finding does not say who changed anything. `words` are the `reply` words."""
    facts = finding.facts
    if "changed_at" not in facts:
        return ""
    date, time, zone = told(datetime.fromisoformat(str(facts["changed_at"])), timezone, language)
    values = {"date": Prose(date), "time": Prose(time), "zone": Prose(zone)}
    who = {"principal": facts["changed_by"], "via": facts.get("changed_via"), "event": facts["changed_event"]}
    return words.block("changed", values | who)


def told(moment: datetime, timezone: str, language: str) -> tuple[str, str, str]:
    """A moment's date, time of day and zone there, as the language writes them.

    A zone goes by its letters only where readers of the language commonly know them: CST is a time in Chicago, in
    Havana and in Taipei.
    """
    from babel.dates import format_date, format_time, get_timezone_gmt, get_timezone_name

    there = moment.astimezone(zone_of(timezone))
    zone = get_timezone_name(there, width="short", locale=language)
    if not zone[:1].isalpha():
        zone = get_timezone_gmt(there, width="long", locale=language)
    return (
        format_date(there, "long", locale=language),
        format_time(there, "HH:mm", tzinfo=there.tzinfo, locale=language),
        zone,
    )


def zone_of(name: str) -> tzinfo:
    """The zone of an IANA name; UTC where there is none of that name."""
    try:
        return ZoneInfo(name)
    except (LookupError, ValueError, OSError):
        return UTC  # Slack and terminals name what they like
