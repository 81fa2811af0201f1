"""Runs every benchmark and writes `docs/benchmarks.md`."""

from pathlib import Path

from bench import acknowledging, diagnosing, effort, reading, recognising, served, starting

PAGE = Path(__file__).parent.parent / "docs" / "benchmarks.md"


def main() -> None:
    """Measures, prints and writes the page."""
    parts = (_reading, _recognising, _diagnosing, _effort, _starting, _acknowledging)
    page = "\n".join(line for part in parts for line in part()) + "\n"
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
        "",
    ]


def _acknowledging() -> list[str]:
    measured = acknowledging.measure()
    late = measured.working
    lines = [
        f"## Acknowledging {acknowledging.REQUESTS_A_SECOND} requests a second, every worker busy",
        "",
        "Beside a bare Bolt app whose listeners do nothing, behind the same web server: each in a process of its own, "
        "and in turn, a slice of time each; 99 % is that of the median slice.",
        "",
        "| request | bare: median, 99 %, worst, ms | bot: median, 99 %, worst, ms | bot : bare, median, 99 % |",
        "|---|---|---|---|",
    ]
    for way, bare in measured.bare.items():
        bot = measured.ours[way]
        lines.append(
            f"| {way} | {bare.median:.1f}, {bare.p99:.1f}, {bare.worst:.0f} "
            f"| {bot.median:.1f}, {bot.p99:.1f}, {bot.worst:.0f} "
            f"| {bot.median / bare.median:.2f}, {bot.p99 / bare.p99:.2f} |"
        )
    failed = max(latency.failed for ways in (measured.bare, measured.ours) for latency in ways.values())
    return [
        *lines,
        "",
        f"At most {failed:.1%} of these failed, or came after Slack's three seconds. Where the listener of a bare Bolt "
        f"app works for {served.WORKING_SECONDS:.0f} seconds, {late.failed:.0%} do, at "
        f"{acknowledging.SLOW_COMMANDS_A_SECOND} commands a second (median {late.median / 1_000:.1f} s).",
        "",
        "| the bot, where finding an answer takes no time | figure |",
        "|---|---|",
        f"| answers a second | {measured.answers_a_second:.0f} |",
        f"| memory after its first answer, MB | {measured.megabytes_at_first:.0f} |",
        f"| memory after {acknowledging.QUESTIONS:,} more, MB | {measured.megabytes_in_the_end:.0f} |",
    ]


def _figure(value: object) -> str:
    return f"{value:.3g}" if isinstance(value, float) else str(value)


if __name__ == "__main__":
    main()
