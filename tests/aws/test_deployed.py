"""What a stage runs is read from its export, once, and is not guessed where the export cannot be read."""

import json

import pytest

from bot.aws.account import Unseen
from bot.aws.apigateway import TEST_STAGE, Focus
from bot.aws.deployed import expect_running, running
from bot.model import Hint, UnseenReason
from tests.aws.tapes import ABSENT, API, DENIED, Tape, api_of, found, function_arn, method, record_api, uri_of

PETS = function_arn("pets")
PATHS = {"/pets": {"get": {"x-amazon-apigateway-integration": {"type": "aws_proxy", "uri": uri_of(PETS)}}}}


def exporting(result, stage="prod", **of_stage):
    tape = record_api(Tape(), {"GET /pets": method(PETS)}, ({"stageName": "prod", **of_stage},))
    return tape.holds(
        "apigateway",
        "GetExport",
        result,
        restApiId=API,
        stageName=stage,
        exportType="oas30",
        parameters={"extensions": "integrations,authorizers,apigateway"},
        accepts="application/json",
    )


def export(**members):
    return found(body=json.dumps({"openapi": "3.0.1", "paths": PATHS, **members}))


def test_it_is_asked_once_for_a_stage_and_its_canary():
    tape = exporting(export(), canarySettings={"percentTraffic": 5})
    api = api_of(tape)
    expect_running(api, api.stages)
    read = [running(api, stage) for stage in api.stages]
    assert [[each.label for each in runs.methods] for runs in read] == [["GET /pets"]] * 2
    assert tape.operations.count("GetExport") == 1
    assert read[0].has_canary
    assert read[0].evidence == read[1].evidence


def test_without_a_policy_there_is_none():
    api = api_of(exporting(export()))
    assert running(api, api.stages[0]).policy is None


@pytest.mark.parametrize(
    "result", [DENIED, found(body="openapi: 3.0.1"), found(body=None), export(**{"x-amazon-apigateway-policy": {}})]
)
def test_what_cannot_be_read_is_unseen(result):
    api = api_of(exporting(result))
    with pytest.raises(Unseen):
        running(api, api.stages[0])
    (gap,) = api.account.inquiry.unseen
    assert (gap.operation, gap.action) == ("GetExport", "apigateway:GET")
    assert gap.reason in (UnseenReason.DENIED, UnseenReason.NOT_SUPPORTED)


def test_of_a_stage_deleted_meanwhile_nobody_knows_what_it_ran():
    api = api_of(exporting(ABSENT))
    with pytest.raises(Unseen) as unseen:
        running(api, api.stages[0])
    assert unseen.value.read.hint is Hint.CONTRADICTED


def test_the_console_s_test_runs_what_is_saved():
    tape = exporting(export())
    api = api_of(tape, Focus(stage=TEST_STAGE))
    assert running(api, api.stages[0]) is None
    assert "GetExport" not in tape.operations
