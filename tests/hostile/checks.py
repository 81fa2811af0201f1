"""What no answer may do, whatever the names in it: other commands or templates, mentions, links, hidden characters."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import subprocess
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from bot.commands.terminal import print_document
from bot.model import Fix, Reply
from bot.reply.fences import without_code
from bot.reply.json_form import diagnosis_object
from bot.reply.visible import visible
from bot.reply.writer import Writer
from bot.slack.outgoing.answer import Labels, answer_of
from bot.slack.outgoing.controls import presented
from bot.slack.outgoing.evidence import rest_view
from tests.hostile.facts import Exchange, renamed
from tests.slack.blockkit import check_message, check_view
from tests.slack.blockkit.texts import every_text

_SCHEMA = Draft202012Validator(
    json.loads((Path(__file__).parents[1] / "contract/diagnosis.schema.json").read_text("utf-8"))
)
SHELLS = tuple(filter(shutil.which, ("sh", "bash", "zsh")))
_MEMBERS_OF_MESSAGES = {
    "rich_text", "rich_text_section", "rich_text_list", "rich_text_preformatted", "text", "link", "context",
    "plain_text", "actions", "button", "static_select", "divider", "modal",
}  # fmt: skip


def fixes_of(reply: Reply) -> list[Fix]:
    """The fixes that an answer shows, the advised ones last."""
    return [mend.fix for mend in (*reply.findings, *reply.advice)]


def scripts_of(reply: Reply) -> list[str | None]:
    """The commands of each fix and those that undo it; None where there are none."""
    return [script for fix in fixes_of(reply) for script in (fix.cli, fix.rollback_cli)]


# ---- commands


def words_of(scripts: Sequence[str], shell: str, folder: Path) -> list[list[list[str]]]:
    """The words of each command of each script, as a real shell would hand them to `aws`."""
    listing = "\n".join(f"{script}\nprintf 'end\\0'" for script in scripts)
    (folder / "a file to match").touch()
    program = f"aws() {{ printf '%s\\0' $# \"$@\"; }}\n{listing}\n"
    done = subprocess.run(
        [shell, *(["-f"] if shell == "zsh" else []), "-u"],
        input=program.encode(),
        capture_output=True,
        timeout=60,
        check=False,
        cwd=folder,
        env={"HOME": "/home/x"},
    )
    assert (done.returncode, done.stderr) == (0, b""), shell
    told = iter(done.stdout.decode().split("\0")[:-1])
    read: list[list[list[str]]] = [[]]
    for each in told:
        if each == "end":
            read.append([])
        else:
            read[-1].append([next(told) for _ in range(int(each))])
    return read[:-1]


def commands_of(script: str) -> list[list[str]]:
    """The words of each command of a script behind its `aws`."""
    return [shlex.split(line.replace("\\\n", " "))[1:] for line in re.split(r"(?<!\\)\n", script)]


# ---- templates


def templates_are_the_same(calm: Reply, hostile: Reply, exchange: Exchange, load: Callable[[str], Any]) -> None:
    """Each template is the calm one's document with the names exchanged, by whichever loader reads it."""
    for fix, before in zip(fixes_of(hostile), fixes_of(calm), strict=True):
        if before.cloudformation is None:
            assert fix.cloudformation is None
            continue
        assert fix.cloudformation, fix.cloudformation_note
        assert all(letter.isprintable() or letter in "\n\u3000" for letter in fix.cloudformation)
        assert load(fix.cloudformation) == renamed(load(before.cloudformation), exchange)
        # A function is a key or a tag, an alias has its anchor: the keys are the same, and here are no others.
        assert not any(_is_marked(event) for event in yaml.parse(fix.cloudformation, Loader=yaml.CSafeLoader))


def as_yaml(template: str) -> Any:
    """A template as PyYAML reads it."""
    return yaml.load(template, Loader=yaml.CSafeLoader)  # a safe loader


def as_cloudformation(template: str) -> Any:
    """A template as cfn-lint reads it, which knows CloudFormation's own tags; that takes it 30 times as long."""
    from cfnlint.decode import decode_str

    document, broken = decode_str(template)
    assert not broken
    return document


def _is_marked(event: yaml.Event) -> bool:
    return bool(getattr(event, "tag", None) or getattr(event, "anchor", None))


# ---- words


def _outside_code(document: str) -> str:
    return re.sub(r"`[^`\n]*`", "`", without_code(document))


def words_hide_nothing(calm: str, hostile: str, capsys: pytest.CaptureFixture[str]) -> None:
    """A document, and what a terminal gets of it, link nowhere that the calm one does not, and show what they hold."""
    assert _addresses(_outside_code(hostile)) <= _addresses(_outside_code(calm))
    for sign in ("<", "](", "![", "@", "evil", "reboot"):
        assert sign not in _outside_code(hostile)
    assert all(letter.isprintable() or letter in "\n\u3000" for letter in hostile)
    capsys.readouterr()
    print_document(hostile)
    assert all(letter.isprintable() or letter in "\n\u3000" for letter in capsys.readouterr().out)


def _addresses(words: str) -> set[str]:
    return set(re.findall(r"[a-z]+://\S+|www\.\S+", words))


# ---- Slack


def slack_mentions_nobody(writer: Writer, calm: Reply, hostile: Reply) -> None:
    """The message and the view of its rest are Slack's, hold no element but the bot's, and link to its pages only."""
    labels = Labels(writer.words("reply", hostile.locale), writer.words("slack", hostile.locale))
    answer = answer_of(hostile, labels)
    message, rest = presented(answer, "id", labels.slack)
    check_message(message.payload())
    view = rest_view(hostile, rest or answer.parts, labels)
    check_view(view)
    links = {url for fix in fixes_of(calm) for url in fix.references}
    for payload in (message.payload(), view):
        blocks_hold_only_our_own(payload["blocks"], links)
    assert not re.search("[<>]", message.text)


def blocks_hold_only_our_own(blocks: Any, links: Collection[str]) -> None:
    """There is no element but the bot's kinds, no link but these, and every character shows what it is."""
    for element in _elements(blocks):
        assert element["type"] in _MEMBERS_OF_MESSAGES
        assert element["type"] != "link" or element["url"] in links
    assert all(visible(line) == line for text in every_text(blocks) for line in text.split("\n"))


def _elements(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict) and "type" in value:
        yield value
    for each in value.values() if isinstance(value, dict) else value if isinstance(value, (list, tuple)) else ():
        yield from _elements(each)


# ---- JSON


def json_holds_the_facts(reply: Reply) -> None:
    """The JSON form follows its schema, and its facts are those found, letter for letter."""
    timeless = replace(reply, diagnosis=replace(reply.diagnosis, elapsed_milliseconds=0.0))
    written = json.loads(json.dumps(diagnosis_object(timeless)))
    _SCHEMA.validate(written)
    for finding, mend in zip((*written["findings"], *written["advice"]), (*reply.findings, *reply.advice), strict=True):
        assert finding["facts"] == dict(mend.finding.facts)
