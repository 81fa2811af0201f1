"""`kintsugi accounts check`: the doctor's lines for each account of the file, and 0 only if all is well."""

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
    shop = f"arn:aws:sts::{SHOP}:assumed-role/reads/kintsugi"
    own, regions = "123456789012", "eu-west-1, us-east-1"
    lines = result.stdout.splitlines()
    assert lines[:3] == [
        f"ok               aws.identity shop ({SHOP}): is {shop}",
        f"ok               aws.regions shop ({SHOP}): enabled: {regions}",
        f"ok               aws.read shop ({SHOP}) apigateway GetRestApis: is permitted in all 2 regions",
    ]
    assert [line.split(":")[0] for line in lines[3:]] == [
        f"ok               aws.identity {own}",
        f"ok               aws.regions {own}",
        f"ok               aws.read {own} apigateway GetRestApis",
    ]


def test_one_closed_account_is_said_and_the_others_are_checked(kintsugi, aws, written):
    aws.deny("sts", "AssumeRole")
    result = kintsugi("accounts", "check", written())
    first, _, *others = result.stdout.splitlines()
    assert result.exit_code == 1
    assert first.startswith(f"problem          aws.identity shop ({SHOP}): its role cannot be assumed (AccessDenied")
    assert len(others) == 3
    assert all(line.startswith("ok  ") for line in others)


def test_the_setting_names_the_file_and_json_is_for_programs(kintsugi, aws, written, monkeypatch):
    file = written(FILE.replace("shop", "sh\u00f6p"))
    monkeypatch.setenv("KINTSUGI_ACCOUNTS", str(file))
    aws.deny("apigateway", "GetRestApis", region="us-east-1")
    result = kintsugi("accounts", "check", "--format", "json")
    told = json.loads(result.stdout)
    assert result.exit_code == 1
    assert (told["schema"], told["file"], told["faults"], told["well"]) == (1, str(file), [], False)
    (check,) = (each for each in told["checks"] if each["outcome"] != "ok")
    assert (check["name"], check["subject"]) == ("aws.read", f"sh\u00f6p ({SHOP}) apigateway GetRestApis")
    assert check["grant"]["Action"] == "apigateway:GET"
    assert result.stdout.isascii()


def test_what_others_say_commands_no_terminal_and_holds_no_secret(kintsugi, aws, written):
    secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
    aws.error("sts", "AssumeRole", "AccessDenied", f"\x1b[31m\u202e no\nok  aws_secret_access_key={secret}")
    for words in ((), ("--format", "json")):
        result = kintsugi("accounts", "check", written(), *words)
        assert result.exit_code == 1
        assert not {"\x1b", "\u202e"} & set(result.output)
        assert secret not in result.output


def test_without_a_region_it_says_what_to_set(kintsugi, written, monkeypatch):
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION"):
        monkeypatch.delenv(name, raising=False)
    result = kintsugi("accounts", "check", written())
    assert (result.exit_code, result.stdout) == (
        1,
        "problem          aws.identity: no AWS region is configured; set AWS_REGION, or a region in the AWS profile\n",
    )


def test_offline_nothing_is_asked(kintsugi, aws, written):
    result = kintsugi("accounts", "check", "--offline", written())
    assert result.exit_code == 0
    assert result.stdout.splitlines() == [
        f"ok               aws.accounts shop ({SHOP}): is written as it should be",
        "ok               aws.accounts 123456789012: is written as it should be",
    ]
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
    assert (result.exit_code, told["well"], told["checks"], len(told["faults"])) == (1, False, [], 5)


def test_without_a_file_it_says_how_to_name_one(kintsugi):
    result = kintsugi("accounts", "check")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "name an accounts file, or set KINTSUGI_ACCOUNTS" in result.stderr
