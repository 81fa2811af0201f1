"""Lines of logs, short enough for a reply."""

LONGEST = 300
"""In characters."""
_MORE = "…"


def excerpt(text: str, longest: int = LONGEST) -> str:
    """The first line of a text, cut between words, so that no half of a secret is left that none would know for one."""
    line = next((each.strip() for each in text.splitlines() if each.strip()), "")
    if len(line) <= longest:
        return line
    kept, _, _ = line[: longest - len(_MORE) + 1].rpartition(" ")
    return f"{kept.rstrip()}{_MORE}"
