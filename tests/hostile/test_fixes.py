"""Every fix of every playbook, with hostile facts: the commands, templates and words say the same and nothing else."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from bot.demo.world import World
from bot.model import Diagnosis, Reply
from bot.reply.document import markdown
from bot.reply.locales import LANGUAGES
from bot.reply.shell_words import shell_word
from bot.troubleshooter import Troubleshooter
from tests.conftest import Ask
from tests.hostile import attacks
from tests.hostile.aws_parser import AwsParser, aws_parser
from tests.hostile.checks import (
    SHELLS,
    as_cloudformation,
    as_yaml,
    commands_of,
    fixes_of,
    json_holds_the_facts,
    scripts_of,
    slack_mentions_nobody,
    templates_are_the_same,
    words_hide_nothing,
    words_of,
)
from tests.hostile.facts import Names, asked_for, attacked, parsed, renamed
from tests.scenarios.test_golden import SCENARIOS, SHOWN_BY

_NAME = re.compile(r"Harmless\d{4}")
_PART_OF_A_WORD = re.compile(r"[=,]Harmless|Harmless\d+[=,]")


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
    quiet = [script or "" for script in scripts_of(subject.calm("en"))]
    before = words_of(quiet, "sh", folder)
    asks = cache(lambda number: [parser.understood(words) for words in before[number]])
    in_words = _names_in_words(before)
    scripts: list[str] = []
    expected: list[list[list[Any]]] = []
    for attack in attacks.ALL:
        names = Names(attack)
        reply = subject.hostile(names)
        load = as_cloudformation if attack in attacks.FOR_CLOUDFORMATION else as_yaml
        templates_are_the_same(subject.calm("en"), reply, names.attacked, load)
        if attack in attacks.FOR_NO_SHELL:
            assert not in_words or None in scripts_of(reply)
            names = Names(attack, spared=in_words)
            reply = subject.hostile(names)
        _says_why_there_are_no_commands(subject.calm("en"), reply)
        for number, (script, words) in enumerate(zip(scripts_of(reply), before, strict=True)):
            if script:
                assert script.isascii()
                assert script.replace("\n", "").isprintable()
                scripts.append(script)
                expected.append([[renamed(parsed(word), names.attacked) for word in command] for command in words])
                if attack in attacks.FOR_THE_CLI:
                    understood = [parsed(json.dumps(parser.understood(words))) for words in commands_of(script)]
                    assert understood == [renamed(parsed(json.dumps(each)), names.attacked) for each in asks(number)]
    for shell in SHELLS:
        read = words_of(scripts, shell, folder)
        assert [[[parsed(word) for word in command] for command in each] for each in read] == expected


def _says_the_same(subject: Subject, capsys: pytest.CaptureFixture[str]) -> None:
    for language in LANGUAGES:
        calm = subject.calm(language)
        for attack in attacks.IN_WORDS:
            names = Names(attack)
            hostile = subject.hostile(names, language)
            words = subject.writer.words("reply", language)
            words_hide_nothing(markdown(calm, words), markdown(hostile, words), capsys)
            slack_mentions_nobody(subject.writer, calm, hostile)
            json_holds_the_facts(hostile)
            mends = (*hostile.findings, *hostile.advice)
            assert all(any(attack in str(value) for value in mend.finding.facts.values()) for mend in mends)


def _names_in_words(scripts: Sequence[Sequence[Sequence[str]]]) -> frozenset[str]:
    """The harmless names that are words of a command, or parts of one, and stand in no JSON."""
    words = (word for commands in scripts for command in commands for word in command if parsed(word) == word)
    return frozenset(name for word in words for name in _NAME.findall(word))


def _says_why_there_are_no_commands(calm: Reply, hostile: Reply) -> None:
    for fix, before in zip(fixes_of(hostile), fixes_of(calm), strict=True):
        if before.cli and not fix.cli:
            assert fix.cli_note
            assert _PART_OF_A_WORD.search(before.cli)
        if fix.cli and before.rollback_cli and not fix.rollback_cli:
            assert fix.rollback_note
            assert _PART_OF_A_WORD.search(before.rollback_cli)


@pytest.mark.parametrize("shell", ["sh", "bash", "zsh"])
def test_a_word_is_the_same_in_every_shell(shell: str, tmp_path: Path) -> None:
    if shutil.which(shell) is None:
        pytest.skip(f"{shell} is not installed; `apt-get install zsh` brings the one that is not everywhere")
    words = [*attacks.FOR_A_SHELL, *attacks.SHELL, *attacks.MARKUP, *attacks.TEMPLATES[:-1]]
    words = [word for word in words if not word.startswith(("-", "https:", "mailto:")) and "\n" not in word]
    (read,) = words_of(["aws " + " ".join(map(shell_word, words))], shell, tmp_path)
    assert read == [words]


def test_zsh_finds_no_program_in_a_word() -> None:
    assert shell_word("=ls") == "'=ls'"
