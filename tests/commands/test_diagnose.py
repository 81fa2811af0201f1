"""`kintsugi diagnose`: its forms, its exit statuses, and what stands on which stream."""

import json
import os
from dataclasses import replace
from datetime import UTC, datetime

import pytest

TOKEN = "IQoJb3JpZ2luX2VjEJr0123456789abcdefghijABCDEFGHIJ0123456789"
BROKEN = "https://{id}.execute-api.eu-west-1.amazonaws.com/prod/pets answers 500"


@pytest.fixture
def api(world):
    """An API that may not call its function."""
    return world.rest_api("pets").method("GET /pets", world.function("pets")).stage("prod")


def test_a_cause_is_found(kintsugi, api):
    result = kintsugi("diagnose", BROKEN.format(id=api.id), "--format", "json")
    assert result.exit_code == 0
    assert json.loads(result.stdout)["findings"][0]["cause"] == "integration_permission_missing"


def test_what_is_healthy_ends_well_too(kintsugi, world):
    pets = world.function("pets")
    api = world.rest_api("pets").method("GET /pets", pets).stage("prod")
    pets.allows(api.source("GET /pets"))
    result = kintsugi("diagnose", api.id, "--format", "json")
    assert (result.exit_code, json.loads(result.stdout)["verdict"]) == (0, "healthy")


@pytest.mark.parametrize(
    ("words", "status", "verdict"),
    [
        (("lunch?",), 3, "unknown_symptom"),
        (("Invalid permissions on Lambda function",), 4, "need_target"),
        (("zzzzzzzzz9", "--region", "eu-west-1"), 4, "target_not_found"),
    ],
)
def test_what_is_missing_has_its_status(kintsugi, api, words, status, verdict):
    result = kintsugi("diagnose", *words, "--format", "json")
    assert (result.exit_code, json.loads(result.stdout)["verdict"]) == (status, verdict)


def test_where_it_may_not_look_it_says_so(kintsugi, api, aws):
    aws.deny("lambda", "GetPolicy")
    result = kintsugi("diagnose", api.id, "--format", "json")
    answer = json.loads(result.stdout)
    assert (result.exit_code, answer["verdict"]) == (5, "could_not_check")
    assert "lambda:GetPolicy" in {unseen["action"] for unseen in answer["unseen"]}


def test_without_credentials_that_count_nothing_stands_on_standard_output(kintsugi, api, aws):
    aws.expire_credentials()
    result = kintsugi("diagnose", api.id, "--format", "json")
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith("kintsugi: AWS did not accept the credentials")


@pytest.mark.parametrize(
    ("service", "operation", "status"), [("apigateway", "GetStages", 5), ("sts", "GetCallerIdentity", 1)]
)
def test_an_error_that_quotes_a_signed_request_is_told_without_what_signs_it(
    kintsugi, api, aws, service, operation, status
):
    signed = f"The canonical string should have been 'GET host:{service} x-amz-security-token:{TOKEN} x-amz-date'"
    aws.error(service, operation, "SignatureDoesNotMatch", signed)
    for form in ("text", "markdown", "slack", "json"):
        result = kintsugi("diagnose", api.id, "--format", form)
        assert result.exit_code == status
        assert TOKEN not in result.stdout + result.stderr


@pytest.mark.parametrize(
    "words",
    [
        ("x", "--lang", "fr"),
        ("x", "--format", "xml"),
        ("x", "--accounts", "gone.toml"),
        ("x", "--nonsense"),
    ],
)
def test_mistakes_of_usage_leave_standard_output_empty(kintsugi, words):
    result = kintsugi("diagnose", *words)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr


def test_content_that_cannot_be_used_is_no_diagnosis(kintsugi, monkeypatch, tmp_path):
    monkeypatch.setenv("KINTSUGI_CONTENT", str(tmp_path))
    result = kintsugi("diagnose", "x")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "has no folder 'playbooks'" in result.stderr


def test_every_form_says_the_same_command(kintsugi, api):
    text = BROKEN.format(id=api.id)
    answer = json.loads(kintsugi("diagnose", text, "--format", "json").stdout)
    cli = answer["findings"][0]["fix"]["cli"]
    assert cli in kintsugi("diagnose", text).stdout
    assert f"```bash\n{cli}\n```" in kintsugi("diagnose", text, "--format", "markdown").stdout
    slack = json.loads(kintsugi("diagnose", text, "--format", "slack").stdout)
    assert json.dumps(cli)[1:-1] in json.dumps(slack)


def test_standard_input_is_read_and_the_stage_may_be_an_option(kintsugi, api):
    result = kintsugi("diagnose", "-", "--stage", "prod", "--format", "json", stdin=api.id)
    assert json.loads(result.stdout)["target"]["stage"] == "prod"


def test_the_reply_is_in_the_language_of_the_terminal_or_the_one_asked_for(kintsugi, api, monkeypatch):
    monkeypatch.setenv("LANG", "ja_JP.UTF-8")
    languages = [
        json.loads(kintsugi("diagnose", api.id, "--format", "json", *words).stdout)["language"]
        for words in ((), ("--lang", "es-LA"))
    ]
    assert languages == ["ja", "es"]


def test_who_changed_it_is_told_in_the_time_of_the_terminal(kintsugi, world, monkeypatch):
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    pets = world.function("pets").allows(sid="pets")
    api = world.rest_api("pets").method("GET /pets", pets).stage("prod")
    with replace(world, now=datetime.now(UTC)).changed(hours=1):
        pets.allows_no_longer("pets")
    said = kintsugi("diagnose", api.id, "--lang", "en").stdout
    assert "(GMT+09:00) by `arn:aws:iam::123456789012:user/mika`: `RemovePermission`." in said
    facts = json.loads(kintsugi("diagnose", api.id, "--format", "json").stdout)["findings"][0]["facts"]
    assert (facts["changed_event"], facts["changed_at"][-1]) == ("RemovePermission", "Z")


def test_where_it_is_set_a_question_of_the_command_line_is_audited_as_well(kintsugi, api, aws, monkeypatch, tmp_path):
    file = tmp_path / "audit.jsonl"
    kintsugi("diagnose", api.id)
    monkeypatch.setenv("KINTSUGI_AUDIT", str(file))
    kintsugi("diagnose", BROKEN.format(id=api.id), "--lang", "es")
    aws.expire_credentials()
    kintsugi("diagnose", api.id)
    found, failed = map(json.loads, file.read_text("ascii").splitlines())
    told = [found[name] for name in ("outcome", "way", "person", "api", "stage", "verdict", "language", "channel")]
    assert told == ["answered", "command_line", f"uid:{os.getuid()}", api.id, "prod", "found", "es", None]
    assert (found["causes"], found["accounts"]) == (["integration_permission_missing"], ["123456789012"])
    assert found["reads"] > 3
    assert (failed["outcome"], failed["api"], failed["verdict"]) == ("cannot_diagnose", api.id, None)
    assert found["question"] != failed["question"]
    assert "answers 500" not in file.read_text("ascii")


def test_an_audit_log_that_cannot_be_written_keeps_nobody_from_an_answer(kintsugi, api, monkeypatch, tmp_path):
    monkeypatch.setenv("KINTSUGI_AUDIT", str(tmp_path / "nowhere" / "audit.jsonl"))
    result = kintsugi("diagnose", api.id, "--format", "json")
    assert (result.exit_code, json.loads(result.stdout)["target"]["id"]) == (0, api.id)
    assert "the audit log cannot be written" in result.stderr
    (line,) = [line for line in result.stderr.splitlines() if line.startswith("INFO bot.audit: audit ")]
    told = json.loads(line.removeprefix("INFO bot.audit: audit "))
    assert (told["outcome"], told["api"], told["person"]) == ("answered", api.id, f"uid:{os.getuid()}")
