"""Runs every benchmark and writes `docs/benchmarks.md`."""

from pathlib import Path

from bench import diagnosing, effort, reading, recognising, starting

PAGE = Path(__file__).parent.parent / "docs" / "benchmarks.md"


def main() -> None:
    """Measures, prints and writes the page."""
    page = "\n".join([*_reading(), *_recognising(), *_diagnosing(), *_effort(), *_starting()]) + "\n"
    PAGE.write_text(page, "utf-8")
    print(page)


def _reading() -> list[str]:
    measured = reading.measure()
    return [
        "# Benchmarks",
        "",
        "Written by `make bench`: each table was measured side by side in one run, so that the ratios count.",
        "",
        "## Reading a log of 1 MB",
        "",
        "| what | figure |",
        "|---|---|",
        *(f"| {name} | {_figure(value)} |" for name, value in measured.items()),
        "",
    ]


def _recognising() -> list[str]:
    found = recognising.measure()
    return [
        "## Recognising pastes",
        "",
        "On the project's own corpus, to which the cards were fitted. What texts gave before that "
        "is recorded in [decision 15](decisions/0015-what-a-text-must-show.md).",
        "",
        "| what | figure |",
        "|---|---|",
        f"| texts that show something | {found.texts} |",
        f"| the most decisive symptom is right | {found.top_symptoms / found.texts:.1%} |",
        f"| all symptoms are right | {found.same_symptoms / found.texts:.1%} |",
        f"| ids: precision | {found.precision:.1%} |",
        f"| ids: recall | {found.recall:.1%} |",
        f"| texts about something else | {found.quiet_texts} |",
        f"| symptoms seen in those | {found.false_alarms} |",
        "",
    ]


def _diagnosing() -> list[str]:
    rows = diagnosing.measure()
    lines = [
        f"## A diagnosis, every call {diagnosing.DELAY * 1000:.0f} ms away",
        "",
        "| account | calls | layers | bot, s | bot : layers x delay | one after the other : bot | aws commands : bot |",
        "|---|---|---|---|---|---|---|",
    ]
    for row in rows:
        bot = float(row["bot"])
        lines.append(
            f"| {row['account']} | {row['calls']} | {row['layers']} | {bot:.2f} | {bot / float(row['floor']):.2f} "
            f"| {float(row['one after the other']) / bot:.1f} | {float(row['aws commands']) / bot:.0f} |"
        )
    return [*lines, ""]


def _effort() -> list[str]:
    measured = effort.measure()
    return [
        "## Reads of AWS in a diagnosis, over every account of the tests",
        "",
        "| accounts | median | most |",
        "|---|---|---|",
        f"| {measured['accounts']} | {measured['median']} | {measured['most']} ({measured['account with the most']}) |",
        "",
    ]


def _starting() -> list[str]:
    measured = starting.measure()
    return [
        "## `kintsugi read` as a whole process",
        "",
        f"{measured['over'] * 1000:.0f} ms over Python's own start ({measured['python'] * 1000:.0f} ms).",
    ]


def _figure(value: object) -> str:
    return f"{value:.3g}" if isinstance(value, float) else str(value)


if __name__ == "__main__":
    main()
