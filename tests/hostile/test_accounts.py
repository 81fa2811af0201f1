"""From the account to the reader: whatever strangers chose in an account, the same is found, said and mended."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path

import pytest

from bot.audit import AuditLog, Ended, seen
from bot.commands.diagnose import Form, show
from bot.demo.simulation.server import SimulatedAws
from bot.model import Reply
from bot.reply.document import markdown
from bot.reply.locales import LANGUAGES
from bot.reply.writer import Writer
from bot.slack.outgoing.answer import Labels
from bot.slack.outgoing.evidence import evidence_view
from bot.troubleshooter import Troubleshooter
from tests.conftest import NOW, Ask, RunShell
from tests.hostile.checks import (
    SHELLS,
    as_yaml,
    blocks_hold_only_our_own,
    fixes_of,
    json_holds_the_facts,
    scripts_of,
    slack_mentions_nobody,
    templates_are_the_same,
    words_hide_nothing,
    words_of,
)
from tests.hostile.facts import parsed, renamed
from tests.hostile.plots import PLOTS, Plot
from tests.hostile.strangers import HARMLESS, HOSTILE, StrangersWorld, Texts, hostile
from tests.scenarios.scenario import Case
from tests.slack.blockkit import check_view

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
    shown = markdown(calm, bot.writer.words("reply", "en"))
    assert [each.name for each in fields(Texts) if getattr(HARMLESS, each.name) in shown] == [*PLOTS[plot]]
    calm_in = {language: bot.writer.reply(calm.diagnosis, language) for language in LANGUAGES}
    for texts in HOSTILE:
        case, reply = build(plot, texts)
        exchange = hostile(texts)
        assert str(reply.diagnosis.verdict) == str(calm.diagnosis.verdict)
        assert _found(reply) == renamed(_found(calm), exchange)
        templates_are_the_same(calm, reply, exchange, as_yaml)
        _commands_are_the_same(calm, reply, exchange, tmp_path)
        for language, before in calm_in.items():
            after, words = bot.writer.reply(reply.diagnosis, language), bot.writer.words("reply", language)
            words_hide_nothing(markdown(before, words), markdown(after, words), capsys)
            slack_mentions_nobody(bot.writer, before, after)
        json_holds_the_facts(reply)
        _every_form_shows_what_it_holds(reply, bot.writer, capsys)
        _audit_tells_nothing_of_it(reply, texts, tmp_path)
        _heals(case, reply, ask, run_shell)
        assert not any(text in caplog.text for text in (texts.anything, texts.line, texts.latin, texts.path))


def _found(reply: Reply) -> list[tuple[object, ...]]:
    mends = (*reply.findings, *reply.advice)
    found = [mend.finding for mend in mends]
    return [(each.cause, str(each.certainty), str(each.scope), dict(each.facts)) for each in found]


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


def _every_form_shows_what_it_holds(reply: Reply, writer: Writer, capsys: pytest.CaptureFixture[str]) -> None:
    for form in Form:
        capsys.readouterr()
        show(reply, writer, form)
        assert all(letter.isprintable() or letter in "\n\u3000" for letter in capsys.readouterr().out), form
    labels = Labels(writer.words("reply", reply.locale), writer.words("slack", reply.locale))
    view = evidence_view(reply, labels)
    check_view(view)
    blocks_hold_only_our_own(view["blocks"], ())


def _audit_tells_nothing_of_it(reply: Reply, texts: Texts, folder: Path) -> None:
    file = folder / "audit"
    AuditLog(file).write(Ended(question="q", outcome="answered", way="command_line", **seen(reply.diagnosis)))
    line = file.read_text("ascii").splitlines()[-1]
    assert json.loads(line)["verdict"] == str(reply.diagnosis.verdict)
    assert not any(json.dumps(getattr(texts, each.name))[1:-1] in line for each in fields(Texts))


def _heals(case: Case, reply: Reply, ask: Ask, run_shell: RunShell) -> None:
    if not case.heals or not reply.findings:
        return
    if not (case.by_hand or all(mend.fix.cli for mend in reply.findings)):
        # `-x` is a name in AWS, and in a command an option.
        assert all(mend.fix.cli or mend.fix.cli_note for mend in reply.findings)
        return
    for mend in reply.findings:
        if mend.fix.cli:
            run_shell(mend.fix.cli, mend.fix.account)
    if case.by_hand:
        case.by_hand()
    healed = ask(case.asks)
    assert (str(healed.diagnosis.verdict), healed.findings) == ("healthy", ())
