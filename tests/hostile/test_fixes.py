"""Every fix of every playbook, with hostile facts: the commands, templates and words say the same and nothing else."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from bot.commands.terminal import print_document
from bot.demo.world import World
from bot.model import Diagnosis, Fix, Reply
from bot.reply.document import markdown
from bot.reply.fences import without_code
from bot.reply.json_form import diagnosis_object
from bot.reply.locales import LANGUAGES
from bot.reply.visible import visible
from bot.reply.writer import Writer
from bot.slack.outgoing.answer import Labels, answer_of
from bot.slack.outgoing.controls import presented
from bot.slack.outgoing.evidence import rest_view
from bot.troubleshooter import Troubleshooter
from tests.conftest import Ask
from tests.hostile import attacks
from tests.hostile.aws_parser import AwsParser, aws_parser
from tests.hostile.facts import Names, asked_for, attacked, parsed, renamed
from tests.scenarios.test_golden import SCENARIOS, SHOWN_BY
from tests.slack.blockkit import check_message, check_view
from tests.slack.blockkit.texts import every_text

_SCHEMA = Draft202012Validator(
    json.loads((Path(__file__).parents[1] / "contract/diagnosis.schema.json").read_text("utf-8"))
)
_NAME = re.compile(r"Harmless\d{4}")
_PART_OF_A_WORD = re.compile(r"[=,]Harmless|Harmless\d+[=,]")
_MEMBERS_OF_MESSAGES = {
    "rich_text", "rich_text_section", "rich_text_list", "rich_text_preformatted", "text", "link", "context",
    "plain_text", "actions", "button", "static_select", "divider", "modal",
}  # fmt: skip


@pytest.fixture(scope="session")
def parser() -> Iterator[AwsParser]:
    """The AWS CLI's own parser."""
    with aws_parser() as running:
        yield running


class Subject:
    """A diagnosis whose facts can be exchanged, and who writes its answer."""

    def __init__(self, diagnosis: Diagnosis, bot: Troubleshooter) -> None:
        self._diagnosis = diagnosis
        self.writer = bot.writer
        self._kept = asked_for(tuple(playbook.fixes for playbook in bot.playbooks))
        self.calm = cache(lambda language: self._told(Names("").harmless, language))

    def _told(self, exchange: Callable[[str], str], language: str) -> Reply:
        return self.writer.reply(attacked(self._diagnosis, exchange, self._kept), language)

    def hostile(self, names: Names, language: str = "en") -> Reply:
        """The answer with hostile facts."""
        return self._told(names.hostile, language)


@pytest.fixture(params=sorted(SHOWN_BY))
def subject(request: pytest.FixtureRequest, world: World, ask: Ask, bot: Troubleshooter) -> Subject:
    """The diagnosis of an account with one of the causes that the playbooks know: a new one is here by itself."""
    case = SCENARIOS[SHOWN_BY[request.param]](world)
    return Subject(ask(case.asks, "en", case.region, case.stage, case.accounts).diagnosis, bot)


def test_whatever_the_facts_it_says_and_does_the_same(
    subject: Subject, parser: AwsParser, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    # In one test, as each account is built and looked into once.
    _does_the_same(subject, parser, tmp_path)
    _says_the_same(subject, capsys)


def _does_the_same(subject: Subject, parser: AwsParser, folder: Path) -> None:
    quiet = [script or "" for script in _scripts(subject.calm("en"))]
    before = _words_of(quiet, "sh", folder)
    asks = cache(lambda number: [parser.understood(words) for words in before[number]])
    in_words = _names_in_words(before)
    scripts: list[str] = []
    expected: list[list[list[Any]]] = []
    for attack in attacks.ALL:
        names = Names(attack)
        reply = subject.hostile(names)
        _templates_are_the_same_document(subject.calm("en"), reply, names)
        if attack in attacks.FOR_NO_SHELL:
            assert not in_words or None in _scripts(reply)
            names = Names(attack, spared=in_words)
            reply = subject.hostile(names)
        _says_why_there_are_no_commands(subject.calm("en"), reply)
        for number, (script, words) in enumerate(zip(_scripts(reply), before, strict=True)):
            if script:
                assert script.isascii()
                assert script.replace("\n", "").isprintable()
                scripts.append(script)
                expected.append([[renamed(parsed(word), names.attacked) for word in command] for command in words])
                if attack in attacks.FOR_THE_CLI:
                    understood = [parsed(json.dumps(parser.understood(words))) for words in _commands_of(script)]
                    assert understood == [renamed(parsed(json.dumps(each)), names.attacked) for each in asks(number)]
    for shell in ("sh", "bash"):
        read = _words_of(scripts, shell, folder)
        assert [[[parsed(word) for word in command] for command in each] for each in read] == expected


def _says_the_same(subject: Subject, capsys: pytest.CaptureFixture[str]) -> None:
    for language in LANGUAGES:
        calm = subject.calm(language)
        for attack in attacks.IN_WORDS:
            names = Names(attack)
            hostile = subject.hostile(names, language)
            words = subject.writer.words("reply", language)
            _words_link_nowhere_and_hide_nothing(markdown(calm, words), markdown(hostile, words), capsys)
            _slack_mentions_nobody(subject.writer, calm, hostile)
            _json_holds_the_facts(hostile, names)


def _fixes(reply: Reply) -> list[Fix]:
    return [mend.fix for mend in (*reply.findings, *reply.advice)]


def _scripts(reply: Reply) -> list[str | None]:
    return [script for fix in _fixes(reply) for script in (fix.cli, fix.rollback_cli)]


# ---- commands


def _names_in_words(scripts: Sequence[Sequence[Sequence[str]]]) -> frozenset[str]:
    """The harmless names that are words of a command, or parts of one, and stand in no JSON."""
    words = (word for commands in scripts for command in commands for word in command if parsed(word) == word)
    return frozenset(name for word in words for name in _NAME.findall(word))


def _says_why_there_are_no_commands(calm: Reply, hostile: Reply) -> None:
    for fix, before in zip(_fixes(hostile), _fixes(calm), strict=True):
        if before.cli and not fix.cli:
            assert fix.cli_note
            assert _PART_OF_A_WORD.search(before.cli)
        if fix.cli and before.rollback_cli and not fix.rollback_cli:
            assert fix.rollback_note
            assert _PART_OF_A_WORD.search(before.rollback_cli)


def _words_of(scripts: Sequence[str], shell: str, folder: Path) -> list[list[list[str]]]:
    """The words of each command of each script, as a real shell would hand them to `aws`."""
    listing = "\n".join(f"{script}\nprintf 'end\\0'" for script in scripts)
    (folder / "a file to match").touch()
    program = f"aws() {{ printf '%s\\0' $# \"$@\"; }}\n{listing}\n"
    done = subprocess.run(
        [shell, "-u"],
        input=program.encode(),
        capture_output=True,
        timeout=60,
        check=False,
        cwd=folder,
        env={"HOME": "/home/x"},
    )
    assert (done.returncode, done.stderr) == (0, b"")
    told = iter(done.stdout.decode().split("\0")[:-1])
    read: list[list[list[str]]] = [[]]
    for each in told:
        if each == "end":
            read.append([])
        else:
            read[-1].append([next(told) for _ in range(int(each))])
    return read[:-1]


def _commands_of(script: str) -> list[list[str]]:
    return [shlex.split(line.replace("\\\n", " "))[1:] for line in re.split(r"(?<!\\)\n", script)]


# ---- templates


def _templates_are_the_same_document(calm: Reply, hostile: Reply, names: Names) -> None:
    for fix, before in zip(_fixes(hostile), _fixes(calm), strict=True):
        if before.cloudformation is None:
            assert fix.cloudformation is None
            continue
        assert fix.cloudformation, fix.cloudformation_note
        assert all(letter.isprintable() or letter in "\n\u3000" for letter in fix.cloudformation)
        assert _loaded(fix.cloudformation) == renamed(_loaded(before.cloudformation), names.attacked)
        # A function is a key or a tag, an alias has its anchor: the keys are the same, and here are no others.
        assert not any(_is_marked(event) for event in yaml.parse(fix.cloudformation, Loader=yaml.CSafeLoader))


def _loaded(template: str) -> Any:
    return yaml.load(template, Loader=yaml.CSafeLoader)  # a safe loader


def _is_marked(event: yaml.Event) -> bool:
    return bool(getattr(event, "tag", None) or getattr(event, "anchor", None))


# ---- words


def _outside_code(document: str) -> str:
    return re.sub(r"`[^`\n]*`", "`", without_code(document))


def _words_link_nowhere_and_hide_nothing(calm: str, hostile: str, capsys: pytest.CaptureFixture[str]) -> None:
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


def _slack_mentions_nobody(writer: Writer, calm: Reply, hostile: Reply) -> None:
    labels = Labels(writer.words("reply", hostile.locale), writer.words("slack", hostile.locale))
    answer = answer_of(hostile, labels)
    message, rest = presented(answer, "id", labels.slack)
    check_message(message.payload())
    view = rest_view(hostile, rest or answer.parts, labels)
    check_view(view)
    links = {url for fix in _fixes(calm) for url in fix.references}
    for payload in (message.payload(), view):
        for element in _elements(payload["blocks"]):
            assert element["type"] in _MEMBERS_OF_MESSAGES
            assert element["type"] != "link" or element["url"] in links
        assert all(visible(line) == line for text in every_text(payload["blocks"]) for line in text.split("\n"))
    assert not re.search("[<>]", message.text)


def _elements(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict) and "type" in value:
        yield value
    for each in value.values() if isinstance(value, dict) else value if isinstance(value, (list, tuple)) else ():
        yield from _elements(each)


# ---- JSON


def _json_holds_the_facts(hostile: Reply, names: Names) -> None:
    timeless = replace(hostile, diagnosis=replace(hostile.diagnosis, elapsed_milliseconds=0.0))
    written = json.loads(json.dumps(diagnosis_object(timeless)))
    _SCHEMA.validate(written)
    for finding, mend in zip(
        (*written["findings"], *written["advice"]), (*hostile.findings, *hostile.advice), strict=True
    ):
        assert finding["facts"] == dict(mend.finding.facts)
        assert any(names.attack in str(value) for value in finding["facts"].values())
