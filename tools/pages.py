"""Writes what is generated (`make docs`): pages of playbooks and IAM policy, tables of metrics, audit and commands."""

import json
import re
from dataclasses import fields
from pathlib import Path

from typer.testing import CliRunner

from bot.audit import Ended
from bot.aws.reads import policy_document
from bot.cli import app
from bot.library import read_playbooks
from bot.metrics import METRICS

ROOT = Path(__file__).parent.parent
README = ROOT / "README.md"
METRICS_PAGE = ROOT / "docs" / "metrics.md"
OPERATING = ROOT / "docs" / "operating.md"
_AUDIT = re.compile(r"(<!-- audit -->\n).*?(<!-- /audit -->)", re.DOTALL)
_METRICS = re.compile(r"(<!-- metrics -->\n).*?(<!-- /metrics -->)", re.DOTALL)
_HELP = re.compile(r"(<!-- help -->\n```text\n).*?(```\n<!-- /help -->)", re.DOTALL)


def pages() -> dict[Path, str]:
    """Every generated page as it should read."""
    return {
        ROOT / "docs" / "playbooks.md": _playbooks(),
        ROOT / "docs" / "iam-policy.json": json.dumps(policy_document("aws"), indent=2) + "\n",
        METRICS_PAGE: _METRICS.sub(lambda found: found[1] + _metrics() + found[2], METRICS_PAGE.read_text("utf-8")),
        OPERATING: _AUDIT.sub(lambda found: found[1] + _audit() + found[2], OPERATING.read_text("utf-8")),
        README: _HELP.sub(lambda found: found[1] + command_help() + found[2], README.read_text("utf-8")),
    }


def command_help() -> str:
    """What `kintsugi --help` prints, 80 columns wide."""
    return CliRunner(env={"COLUMNS": "80", "TERM": "dumb"}).invoke(app, ["--help"], prog_name="kintsugi").stdout


def _metrics() -> str:
    lines = ["| metric | type | labels | what it says |", "|---|---|---|---|"]
    for metric in METRICS:
        labels = ", ".join(f"`{label}`" for label in metric.most)
        lines.append(f"| `{metric.name}` | {metric.type} | {labels} | {metric.help} |")
    return "\n".join(lines) + "\n"


def _audit() -> str:
    lines = ["| field | what it is |", "|---|---|", "| `time` | when the question came to its end (UTC) |"]
    lines += [f"| `{each.name}` | {each.metadata['meaning']} |" for each in fields(Ended)]
    return "\n".join(lines) + "\n"


def _playbooks() -> str:
    lines = ["# Playbooks", "", "Written by `make docs` from the cards; do not edit.", ""]
    for playbook in read_playbooks([ROOT]):
        card = playbook.card
        lines += [f"## {playbook.name}", "", playbook.summary, "", "| cause | what mends it |", "|---|---|"]
        for cause, fix in card.causes.items():
            described = card.fixes[fix]
            template = {"deploy": "CloudFormation stack", "merge": "change to your template", None: ""}
            parts = [
                "AWS CLI" if _has(playbook.fixes, described.commands or fix, "sh") else "",
                template[described.cloudformation],
                "with a deployment" if described.redeploy else "",
                "advice" if cause in card.advice else "",
            ]
            lines.append(f"| `{cause}` | {', '.join(filter(None, parts)) or 'steps'} |")
        lines += ["", "Answers: " + ", ".join(f"`{symptom}`" for symptom in card.symptoms) + ".", ""]
    return "\n".join(lines)


def _has(fixes: Path, stem: str, ending: str) -> bool:
    return (fixes / f"{stem}.{ending}.j2").is_file()


def main() -> None:
    """Writes the pages."""
    for path, text in pages().items():
        path.write_text(text, "utf-8")


if __name__ == "__main__":
    main()
