"""Bad input and closed doors, through the real command line: each is answered, none with a traceback."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from bot.demo.rest_api import Api
from bot.demo.simulation.server import SimulatedAws
from bot.demo.world import World

_SCHEMA = json.loads((Path(__file__).parent / "contract/diagnosis.schema.json").read_text("utf-8"))
_NONE = "qwertyuio1"
Done = subprocess.CompletedProcess[bytes]
Kintsugi = Callable[..., Done]


@pytest.fixture
def kintsugi(environment: dict[str, str]) -> Kintsugi:
    """Runs the program; `without` are variables it shall not see, `and_with` others it shall."""
    program = Path(sys.executable).with_name("kintsugi")

    def run(*words: str, stdin: bytes = b"", without: tuple[str, ...] = (), **and_with: str) -> Done:
        variables: Mapping[str, str] = {"PATH": os.environ["PATH"], "LANG": "C.UTF-8", **environment, **and_with}
        seen = {name: value for name, value in variables.items() if name not in without}
        done = subprocess.run([program, *words], input=stdin, env=seen, capture_output=True, timeout=60, check=False)
        assert b"Traceback" not in done.stdout + done.stderr
        return done

    return run


@pytest.fixture
def shop(aws: SimulatedAws) -> Api:
    """An API whose function lacks a permission."""
    world = World(aws)
    return world.rest_api("shop").method("GET /orders", world.function("orders")).stage("prod")


def _answer(done: Done, status: int) -> dict[str, Any]:
    assert (done.returncode, done.stderr) == (status, b"")
    answer: dict[str, Any] = json.loads(done.stdout)
    Draft202012Validator(_SCHEMA).validate(answer)
    return answer


def _refusal(done: Done, status: int) -> str:
    assert (done.returncode, done.stdout) == (status, b"")
    return done.stderr.decode()


# ---- texts


@pytest.mark.parametrize(
    "text",
    [b"", b" \n\t ", "😀🎉 👍".encode(), b"<html><p>lunch</p></html>", b"<@U123> <!here> hello", b"{" * 5_000],
    ids=["nothing", "blanks", "emoji", "page", "chat", "braces"],
)
def test_a_text_that_says_nothing(kintsugi: Kintsugi, aws: SimulatedAws, text: bytes) -> None:
    answer = _answer(kintsugi("diagnose", "-", "--format", "json", stdin=text), 3)
    assert (answer["verdict"], answer["symptoms"], answer["ids"]) == ("unknown_symptom", [], {})
    assert aws.calls == []


@pytest.mark.parametrize("command", ["diagnose", "read"])
@pytest.mark.parametrize(
    ("content", "kind"),
    [(b"\x00\xff\xfe\x80\x00" * 200, "binary data"), (b"PK\x03\x04\x14\0", "a ZIP archive"), (b"%PDF-1.7\n", "a PDF")],
    ids=["binary", "zip", "pdf"],
)
def test_what_is_no_text(kintsugi: Kintsugi, aws: SimulatedAws, command: str, content: bytes, kind: str) -> None:
    refusal = _refusal(kintsugi(command, "-", stdin=content), 2)
    assert refusal == (
        f"kintsugi: standard input holds {kind}, which cannot be read; "
        "paste the error message or its log lines as text\n"
    )
    assert aws.calls == []


def test_a_megabyte_of_log(kintsugi: Kintsugi, shop: Api) -> None:
    line = b"2026-11-20T09:12:44Z INFO order 4711 accepted, 3 items, total 17.20 EUR\n"
    needle = f"{shop.url('prod', '/orders')}\nInvalid permissions on Lambda function\n".encode()
    half = line * (500_000 // len(line))
    answer = _answer(kintsugi("diagnose", "-", "--format", "json", stdin=half + needle + half), 0)
    assert [finding["cause"] for finding in answer["findings"]] == ["integration_permission_missing"]


def test_a_secret_in_the_text_is_printed_nowhere(kintsugi: Kintsugi, shop: Api) -> None:
    secret = "AKIAIOSFODNN7EXAMPLE"
    done = kintsugi("diagnose", f"{shop.url('prod', '/orders')} x-api-key: {secret} Internal server error")
    assert done.returncode == 0
    assert secret.encode() not in done.stdout + done.stderr


# ---- targets


def test_an_id_that_is_nowhere(kintsugi: Kintsugi, shop: Api) -> None:
    answer = _answer(kintsugi("diagnose", _NONE, "--format", "json"), 4)
    assert (answer["verdict"], answer["ids"]) == ("target_not_found", {"api_id": _NONE})
    searched = {(each["operation"], each["region"]) for each in answer["evidence"]}
    assert {("GetRestApi", "us-west-2"), ("GetApi", "us-west-2"), ("GetRestApi", "eu-west-1")} <= searched


def test_an_id_that_is_not_in_the_region_named(kintsugi: Kintsugi, aws: SimulatedAws, shop: Api) -> None:
    aws.calls.clear()
    answer = _answer(kintsugi("diagnose", shop.id, "--region", "us-east-1", "--format", "json"), 4)
    assert answer["verdict"] == "target_not_found"
    assert {call.region for call in aws.calls} == {"us-east-1"}


@pytest.mark.parametrize("region", [None, "eu-west-1", "us-east-2"])
def test_an_http_api(kintsugi: Kintsugi, aws: SimulatedAws, region: str | None) -> None:
    api_id = aws.client("apigatewayv2", region="us-east-2").create_api(Name="shop", ProtocolType="HTTP")["ApiId"]
    named = ("--region", region) if region else ()
    done = kintsugi("diagnose", f"https://{api_id}.execute-api.us-east-2.amazonaws.com/", "--format", "json", *named)
    answer = _answer(done, 5)
    assert (answer["verdict"], answer["target"]["kind"]) == ("could_not_check", "http_api")
    assert [each["reason"] for each in answer["unseen"]] == ["not_supported"]


def test_a_stage_that_is_not_there(kintsugi: Kintsugi, aws: SimulatedAws) -> None:
    world = World(aws)
    orders = world.function("orders")
    api = world.rest_api("shop").method("GET /orders", orders).stage("prod")
    orders.allows(api.source())
    answer = _answer(kintsugi("diagnose", api.id, "--stage", "production", "--format", "json"), 0)
    assert [each["cause"] for each in answer["findings"]] == ["stage_missing"]
    assert [each["stage"] for each in answer["candidates"]] == ["prod"]


def test_a_symptom_without_a_target(kintsugi: Kintsugi, shop: Api) -> None:
    answer = _answer(kintsugi("diagnose", "Invalid permissions on Lambda function", "--format", "json"), 4)
    assert (answer["verdict"], [each["id"] for each in answer["candidates"]]) == ("need_target", [shop.id])


# ---- usage


def test_an_unknown_language(kintsugi: Kintsugi, aws: SimulatedAws) -> None:
    said = _refusal(kintsugi("diagnose", "x", "--lang", "tlh"), 2)
    assert all(language in said for language in ("tlh", "en", "ja", "zh_TW", "es"))


@pytest.mark.parametrize("words", [("--format", "xml"), ("--frobnicate",), ("a", "b")])
def test_wrong_usage(kintsugi: Kintsugi, aws: SimulatedAws, words: tuple[str, ...]) -> None:
    assert _refusal(kintsugi("diagnose", *words), 2)


@pytest.mark.parametrize(
    "content",
    [
        None,
        "accounts = [",
        "[[accounts]]\nid = 1\n",
        "[[accounts]]\nid = '210987654321'\nrole_arn = 'nobody'\n",
        "[accounts]",
    ],
    ids=["absent", "no TOML", "no role", "no ARN", "no list"],
)
def test_a_bad_accounts_file(kintsugi: Kintsugi, aws: SimulatedAws, tmp_path: Path, content: str | None) -> None:
    file = tmp_path / "accounts.toml"
    if content is not None:
        file.write_text(content)
    assert "accounts.toml" in _refusal(kintsugi("diagnose", _NONE, "--accounts", str(file)), 2)


# ---- doors


def test_no_credentials(kintsugi: Kintsugi, shop: Api) -> None:
    done = kintsugi("diagnose", shop.id, without=("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"))
    assert "credentials" in _refusal(done, 1)


def test_no_region(kintsugi: Kintsugi, shop: Api) -> None:
    done = kintsugi("diagnose", shop.id, without=("AWS_REGION", "AWS_DEFAULT_REGION"))
    assert "--region" in _refusal(done, 1)


def test_expired_credentials(kintsugi: Kintsugi, aws: SimulatedAws, shop: Api) -> None:
    aws.expire_credentials()
    assert "ExpiredToken" in _refusal(kintsugi("diagnose", shop.id, "--format", "json"), 1)


def test_aws_out_of_reach(kintsugi: Kintsugi, shop: Api) -> None:
    assert "AWS_ENDPOINT_URL" in _refusal(kintsugi("diagnose", shop.id, AWS_ENDPOINT_URL="http://127.0.0.1:9"), 1)


def test_a_region_that_is_not_enabled(kintsugi: Kintsugi, aws: SimulatedAws, shop: Api) -> None:
    aws.disable_region("af-south-1")
    done = kintsugi("diagnose", shop.id, "--region", "af-south-1", "--format", "json")
    assert "af-south-1" in _refusal(done, 1)


def test_a_region_that_is_not_enabled_among_others(kintsugi: Kintsugi, aws: SimulatedAws) -> None:
    aws.disable_region("ap-south-1")
    answer = _answer(kintsugi("diagnose", _NONE, "--format", "json"), 5)
    assert {each["resource"].split(":")[3] for each in answer["unseen"]} == {"ap-south-1"}


def test_a_region_that_does_not_exist(kintsugi: Kintsugi, shop: Api) -> None:
    done = kintsugi("diagnose", shop.id, "--region", "atlantis-1")
    assert (done.returncode, done.stdout) != (0, b"")


def test_throttling(kintsugi: Kintsugi, aws: SimulatedAws, shop: Api) -> None:
    aws.throttle("lambda", "GetPolicy")
    answer = _answer(kintsugi("diagnose", shop.id, "--format", "json"), 5)
    assert {(each["action"], each["reason"]) for each in answer["unseen"]} == {("lambda:GetPolicy", "throttled")}


def test_throttling_that_passes(kintsugi: Kintsugi, aws: SimulatedAws, shop: Api) -> None:
    aws.throttle("apigateway", "GetResources", times=1)
    assert _answer(kintsugi("diagnose", shop.id, "--format", "json"), 0)["unseen"] == []


@pytest.mark.parametrize(
    ("service", "operation", "action"),
    [
        ("lambda", "GetPolicy", "lambda:GetPolicy"),
        ("apigateway", "GetResources", "apigateway:GET"),
        ("apigateway", "*", "apigateway:GET"),
    ],
)
def test_a_denied_read(
    kintsugi: Kintsugi, aws: SimulatedAws, shop: Api, service: str, operation: str, action: str
) -> None:
    aws.deny(service, operation)
    answer = _answer(kintsugi("diagnose", shop.id, "--format", "json"), 5)
    assert answer["verdict"] == "could_not_check"
    assert {(each["action"], each["grant"]["Effect"]) for each in answer["unseen"]} == {(action, "Allow")}


@pytest.mark.parametrize("form", ["text", "markdown", "slack"])
def test_every_form_of_an_answer(kintsugi: Kintsugi, shop: Api, form: str) -> None:
    done = kintsugi("diagnose", shop.id, "--format", form)
    assert (done.returncode, done.stderr) == (0, b"")
    assert b"add-permission" in done.stdout


# ---- content


def test_a_playbook_that_breaks(kintsugi: Kintsugi, shop: Api, tmp_path: Path) -> None:
    assert kintsugi("playbooks", "new", "goes_wrong", "--folder", str(tmp_path)).returncode == 0
    code = '"""Breaks."""\n\n\ndef diagnose(api):\n    raise RuntimeError("AKIAIOSFODNN7EXAMPLE")\n    yield\n'
    (tmp_path / "playbooks" / "goes_wrong" / "diagnose.py").write_text(code, "utf-8")
    done = kintsugi("diagnose", shop.id, "--format", "json", KINTSUGI_CONTENT=str(tmp_path))
    answer = json.loads(done.stdout)
    assert (done.returncode, answer["verdict"]) == (0, "found")
    assert [each["operation"] for each in answer["unseen"]] == ["playbook goes_wrong"]
    assert b"AKIA" not in done.stdout + done.stderr
