"""From the account to the reader: whatever strangers chose in an account, the same is found, said and mended."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path

import pytest

from bot.audit import AuditLog, Ended, seen
from bot.demo.simulation.server import SimulatedAws
from bot.demo.world import ACCOUNT
from bot.model import Reply
from bot.reply.document import markdown
from bot.reply.locales import LANGUAGES
from bot.troubleshooter import Troubleshooter
from tests.conftest import NOW, Ask, RunShell
from tests.hostile.checks import (
    SHELLS, as_yaml, fixes_of, json_holds_the_facts, scripts_of, slack_mentions_nobody, templates_are_the_same,
    words_hide_nothing, words_of,
)  # fmt: skip
from tests.hostile.facts import parsed, renamed
from tests.hostile.plots import PLOTS, Plot
from tests.hostile.strangers import HARMLESS, HOSTILE, StrangersWorld, Texts, hostile
from tests.scenarios.scenario import Case

Build = Callable[[Plot, Texts], tuple[Case, Reply]]


@pytest.fixture
def build(aws: SimulatedAws, ask: Ask) -> Build:
    """Builds an account anew with these texts, and asks about it."""

    def make(plot: Plot, texts: Texts) -> tuple[Case, Reply]:
        aws.reset()
        case = plot(StrangersWorld(aws, now=NOW, texts=texts))
        return case, ask(case.asks)

    return make


@pytest.mark.parametrize("plot", PLOTS, ids=lambda plot: plot.__name__)
def test_whatever_strangers_chose(
    plot: Plot,
    build: Build,
    ask: Ask,
    bot: Troubleshooter,
    run_shell: RunShell,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG, "bot")
    case, calm = build(plot, HARMLESS)
    assert [mend.finding.cause for mend in calm.findings] == [each.cause for each in case.finds]
    assert str(calm.diagnosis.verdict) == (case.verdict if not case.finds else "found")
    for texts in HOSTILE:
        case, reply = build(plot, texts)
        exchange = hostile(texts)
        assert str(reply.diagnosis.verdict) == str(calm.diagnosis.verdict)
        assert _found(reply) == renamed(_found(calm), exchange)
        templates_are_the_same(calm, reply, exchange, as_yaml)
        _commands_are_the_same(calm, reply, exchange, tmp_path)
        for language in LANGUAGES:
            before, after = (bot.writer.reply(each.diagnosis, language) for each in (calm, reply))
            words = bot.writer.words("reply", language)
            words_hide_nothing(markdown(before, words), markdown(after, words), capsys)
            slack_mentions_nobody(bot.writer, before, after)
        json_holds_the_facts(reply)
        _heals(case, reply, ask, run_shell)


def _found(reply: Reply) -> list[tuple[object, ...]]:
    mends = (*reply.findings, *reply.advice)
    return [
        (each.cause, str(each.certainty), str(each.scope), dict(each.facts))
        for each in (mend.finding for mend in mends)
    ]


def _commands_are_the_same(calm: Reply, reply: Reply, exchange: Callable[[str], str], folder: Path) -> None:
    for fix in fixes_of(reply):
        assert fix.cli or fix.cli_note
        assert fix.rollback_cli or fix.rollback_note or not fix.cli
    pairs = [(before, after) for before, after in zip(scripts_of(calm), scripts_of(reply), strict=True) if after]
    for shell in SHELLS:
        before = words_of([str(script) for script, _ in pairs], shell, folder)
        after = words_of([script for _, script in pairs if script], shell, folder)
        expected = [[[renamed(parsed(word), exchange) for word in words] for words in script] for script in before]
        assert [[[parsed(word) for word in words] for words in script] for script in after] == expected


def _heals(case: Case, reply: Reply, ask: Ask, run_shell: RunShell) -> None:
    if not (case.heals and reply.findings and all(mend.fix.cli or case.by_hand for mend in reply.findings)):
        return
    for mend in reply.findings:
        if mend.fix.cli:
            run_shell(mend.fix.cli, mend.fix.account)
    if case.by_hand:
        case.by_hand()
    healed = ask(case.asks)
    assert (str(healed.diagnosis.verdict), healed.findings) == ("healthy", ())
