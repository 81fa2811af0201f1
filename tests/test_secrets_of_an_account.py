"""A secret of the account's own gets into no answer: not its words, its commands, its template, nor what is kept."""

import json
from dataclasses import replace

import pytest

from bot.commands.terminal import print_document
from bot.reply.document import markdown
from bot.reply.json_form import diagnosis_object, printable_json
from bot.reply.locales import LANGUAGES
from bot.slack.outgoing.answer import Labels, answer_of
from bot.slack.outgoing.controls import presented, preview
from bot.slack.outgoing.evidence import rest_view
from bot.store.diagnosis_text import read, written
from tests.report.secret_corpus import KEY_ID
from tests.scenarios.test_golden import SCENARIOS, SHOWN_BY

SECRET = "hunter2hunter2hunter2xyz"


def a_method_that_sends_a_header(world, name="integration.request.header.Authorization", value=f"'Bearer {SECRET}'"):
    """An API with a fault in a method, whose integration sends a header of its own."""
    orders = world.function("orders")
    api = world.rest_api("orders").method("GET /orders", orders, backend_method="GET")
    orders.allows(api.source())
    patch = {"op": "add", "path": f"/requestParameters/{name}", "value": value}
    api._client.update_integration(**api._where("GET /orders"), patchOperations=[patch])
    return api.stage("prod")


def a_stage_that_logs_nothing(world, ask):
    """What to ask about an API with a stage whose fault a log would show, and with a password among its variables."""
    case = SCENARIOS[SHOWN_BY["execution_logging_off"]](world)
    target = ask(case.asks, "en", case.region, case.stage, case.accounts).diagnosis.target
    patch = {"op": "replace", "path": "/variables/dbPassword", "value": SECRET}
    client = world.aws.client("apigateway", target.account, target.region)
    for stage in client.get_stages(restApiId=target.id)["item"]:
        client.update_stage(restApiId=target.id, stageName=stage["stageName"], patchOperations=[patch])
    return case


def shown(reply, writer, capsys):
    """Everything that anybody is shown of an answer, and what is kept of it."""
    words = writer.words("reply", reply.locale)
    labels = Labels(words, writer.words("slack", reply.locale))
    answer = answer_of(reply, labels)
    message, rest = presented(answer, "id", labels.slack)
    capsys.readouterr()
    print_document(markdown(reply, words, with_evidence=True))
    return {
        "terminal": capsys.readouterr().out,
        "JSON": printable_json(diagnosis_object(reply)),
        "preview": json.dumps(preview(reply, writer)),
        "message": json.dumps(message.payload()),
        "view": json.dumps(rest_view(reply, rest or answer.parts, labels)),
        "store": repr(read(written(reply.diagnosis))),
    }


def is_withheld_with_a_word(reply, writer, capsys):
    for language in LANGUAGES:
        told = writer.reply(reply.diagnosis, language)
        assert {where: text for where, text in shown(told, writer, capsys).items() if SECRET in text} == {}
        said = writer.words("reply", language).block("template_secret")
        fixes = [mend.fix for mend in (*told.findings, *told.advice) if mend.fix.cloudformation_note == said]
        assert fixes
        assert all(fix.cli and not fix.cloudformation and not fix.cloudformation_use for fix in fixes)


def test_a_header_that_a_method_sends(world, ask, bot, capsys):
    is_withheld_with_a_word(ask(a_method_that_sends_a_header(world).id), bot.writer, capsys)


def test_a_variable_of_a_stage(world, ask, bot, capsys):
    case = a_stage_that_logs_nothing(world, ask)
    is_withheld_with_a_word(ask(case.asks, "en", case.region, case.stage, case.accounts), bot.writer, capsys)


@pytest.mark.parametrize("value", ["method.request.header.Authorization", "'Bearer ${stageVariables.key}'"])
def test_a_header_that_is_handed_on_is_no_secret(value, world, ask):
    reply = ask(a_method_that_sends_a_header(world, value=value).id)
    assert value in reply.findings[0].fix.cloudformation


def test_what_is_written_is_looked_at_once_more(world, ask, bot):
    """A diagnosis that was kept by an earlier version still holds it."""
    diagnosis = ask(a_method_that_sends_a_header(world, "integration.request.header.X-Tenant", "'acme'").id).diagnosis
    (finding,) = diagnosis.findings
    remedy = json.loads(json.dumps(finding.remedy).replace("'acme'", f"'{KEY_ID}'"))
    (mend,) = bot.writer.reply(replace(diagnosis, findings=(replace(finding, remedy=remedy),)), "en").findings
    assert finding.remedy != remedy
    assert not mend.fix.cloudformation
    assert mend.fix.cloudformation_note == bot.writer.words("reply", "en").block("template_secret")
