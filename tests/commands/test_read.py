"""`kintsugi read`: a line for each text, valid against the promise, and no question to AWS."""

import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

SCHEMA = Draft202012Validator(json.loads((Path(__file__).parents[1] / "contract" / "read.schema.json").read_text()))
LOG = "Execution failed due to configuration error: Invalid permissions on Lambda function"
URL = "https://a1b2c3d4e5.execute-api.eu-west-1.amazonaws.com/prod/pets"


def lines(result):
    assert result.exit_code == 0
    read = [json.loads(line) for line in result.stdout.splitlines()]
    for each in read:
        SCHEMA.validate(each)
    return read


def test_an_argument(kintsugi):
    (read,) = lines(kintsugi("read", "--format", "json", f"{LOG} {URL}"))
    assert read["source"] == "-"
    assert [each["symptom"] for each in read["symptoms"]] == ["integration-lambda-permission"]
    assert read["ids"] == {"api_id": "a1b2c3d4e5", "path": "/pets", "region": "eu-west-1", "stage": "prod"}


@pytest.mark.parametrize("words", [(), ("-",)])
def test_standard_input(kintsugi, words):
    (read,) = lines(kintsugi("read", "--format", "json", *words, stdin=URL))
    assert (read["source"], read["ids"]["api_id"]) == ("-", "a1b2c3d4e5")


def test_a_line_for_each_file_in_their_order(kintsugi, tmp_path):
    for name, text in {"b.log": LOG, "a": URL, "c.txt": "lunch"}.items():
        (tmp_path / name).write_text(text, "utf-8")
    files = [tmp_path / name for name in ("b.log", "a", "c.txt")]
    read = lines(kintsugi("read", "--format", "json", *files))
    assert [each["source"] for each in read] == [str(file) for file in files]
    assert [len(each["symptoms"]) for each in read] == [1, 0, 0]


def test_text_that_shows_nothing_is_read_all_the_same(kintsugi):
    (read,) = lines(kintsugi("read", "--format", "json", "lunch at noon?"))
    assert (read["symptoms"], read["ids"], read["redacted"]) == ([], {}, 0)


def test_a_file_that_is_not_there_is_no_text(kintsugi, tmp_path):
    result = kintsugi("read", "--format", "json", tmp_path / "gone.log")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "gone.log: cannot be read (No such file" in result.stderr


def test_a_folder_cannot_be_read(kintsugi, tmp_path):
    result = kintsugi("read", tmp_path)
    assert result.exit_code == 1
    assert "cannot be read (Is a directory)" in result.stderr


@pytest.mark.parametrize(
    "text", ["https://example.com/error.log", "see error.log for more", "x" * 5000 + ".log", "a\nb.log"]
)
def test_what_only_looks_like_a_file_is_a_text(kintsugi, text):
    assert lines(kintsugi("read", "--format", "json", text))[0]["source"] == "-"


def test_secrets_are_counted_and_not_shown(kintsugi):
    result = kintsugi("read", "--format", "json", "token=xoxb-123456789012-abcdefghijklmnopqrstuvwx")
    assert lines(result)[0]["redacted"] == 1
    assert "abcdefghijkl" not in result.stdout


def test_as_text(kintsugi):
    result = kintsugi("read", f"{LOG} {URL}")
    assert result.stdout.splitlines()[0] == "-: 0 secrets taken out"
    assert "  symptom  integration-lambda-permission: " in result.stdout
    assert "  api_id  a1b2c3d4e5" in result.stdout


@pytest.mark.parametrize("form", ["slack", "markdown", "xml"])
def test_other_forms_are_a_mistake_of_usage(kintsugi, form):
    result = kintsugi("read", "--format", form, "x")
    assert (result.exit_code, result.stdout) == (2, "")


def test_a_symptom_that_cannot_be_used_is_named(kintsugi, monkeypatch, tmp_path):
    (tmp_path / "symptoms").mkdir()
    (tmp_path / "symptoms" / "bad-one.yaml").write_text("rank: high", "utf-8")
    monkeypatch.setenv("KINTSUGI_CONTENT", str(tmp_path))
    result = kintsugi("read", "x")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "bad-one.yaml" in result.stderr
