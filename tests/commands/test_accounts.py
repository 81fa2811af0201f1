"""`kintsugi accounts check`: a line for each account, and 0 only if all is well."""

import json

import pytest

SHOP, BANK = "210987654321", "345678901234"
FILE = f"""
[[accounts]]
name = "shop"
id = "{SHOP}"
role_arn = "arn:aws:iam::{SHOP}:role/reads"
regions = ["eu-west-1", "us-east-1"]

[[accounts]]
id = "123456789012"
own = true
regions = ["eu-west-1"]
"""
BAD = '[[accounts]]\nid = 1\n\n[[accounts]]\nidd = "x"\n'


@pytest.fixture
def written(tmp_path):
    def write(text=FILE):
        file = tmp_path / "accounts.toml"
        file.write_text(text, "utf-8")
        return file

    return write


def test_all_in_order(kintsugi, aws, written):
    result = kintsugi("accounts", "check", written())
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.splitlines() == [
        f"ok               shop ({SHOP}): can be read in eu-west-1, us-east-1",
        "ok               123456789012 (123456789012): can be read in eu-west-1",
    ]


def test_one_closed_account_is_said_and_the_others_are_checked(kintsugi, aws, written):
    aws.deny("sts", "AssumeRole")
    result = kintsugi("accounts", "check", written())
    first, second = result.stdout.splitlines()
    assert result.exit_code == 1
    assert first.startswith(
        f"problem          shop ({SHOP}): arn:aws:iam::{SHOP}:role/reads cannot be assumed (AccessDenied"
    )
    assert second.startswith("ok  ")


def test_the_setting_names_the_file_and_json_is_for_programs(kintsugi, aws, written, monkeypatch):
    file = written()
    monkeypatch.setenv("KINTSUGI_ACCOUNTS", str(file))
    aws.deny("apigateway", "GetRestApis", region="us-east-1")
    result = kintsugi("accounts", "check", "--format", "json")
    told = json.loads(result.stdout)
    assert result.exit_code == 1
    assert (told["file"], told["faults"]) == (str(file), [])
    assert [(each["name"], each["id"], each["state"]) for each in told["accounts"]] == [
        ("shop", SHOP, "problem"),
        ("123456789012", "123456789012", "ok"),
    ]
    assert "may not read API Gateway in us-east-1" in told["accounts"][0]["message"]


def test_offline_nothing_is_asked(kintsugi, aws, written):
    result = kintsugi("accounts", "check", "--offline", written())
    assert result.exit_code == 0
    assert all(
        line.startswith("ok") and line.endswith("is written as it should be") for line in result.stdout.splitlines()
    )
    assert aws.calls == []


@pytest.mark.parametrize("options", [(), ("--offline",)])
def test_every_fault_of_the_file_is_told(kintsugi, aws, written, options):
    file = written(BAD)
    result = kintsugi("accounts", "check", file, *options)
    assert (result.exit_code, result.stdout) == (1, "")
    assert f"kintsugi: {file}: 5 faults\n  [[accounts]] 1: id is 1, but takes" in result.stderr
    assert "'idd' is no key of it (did you mean 'id'?)" in result.stderr
    assert aws.calls == []


def test_faults_are_told_to_programs_as_well(kintsugi, aws, written):
    result = kintsugi("accounts", "check", written(BAD), "--format", "json")
    told = json.loads(result.stdout)
    assert (result.exit_code, told["accounts"], len(told["faults"])) == (1, [], 5)


def test_without_a_file_it_says_how_to_name_one(kintsugi):
    result = kintsugi("accounts", "check")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "name an accounts file, or set KINTSUGI_ACCOUNTS" in result.stderr
