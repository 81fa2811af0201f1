"""`kintsugi policy`: what is printed is what the bot may read, ready to be used."""

import json
import re

import pytest
import yaml

from bot.aws.account import Read
from bot.aws.accounts_file import AccountEntry
from bot.aws.assumed_role import session_in
from bot.aws.live import Live
from bot.aws.policy import Access, Policy, Principal, Request, evaluate
from bot.aws.reads import policy_document

BOT, THEIRS, REGION = "123456789012", "210987654321", "eu-west-1"
MINE = f"arn:aws:iam::{BOT}:role/kintsugi"
GIVEN = {"BotPrincipal": MINE, "ExternalId": "f8d1b0aa-2c6e4d57"}


@pytest.fixture
def template(kintsugi):
    return kintsugi("policy", "--format", "cloudformation").stdout


def test_as_json_it_is_the_policy_itself(kintsugi):
    result = kintsugi("policy")
    assert result.exit_code == 0
    assert json.loads(result.stdout) == policy_document("aws")
    assert kintsugi("policy", "--format", "json").stdout == result.stdout


@pytest.mark.parametrize("partition", ["aws", "aws-cn", "aws-us-gov"])
def test_it_is_that_of_a_partition(kintsugi, partition):
    assert json.loads(kintsugi("policy", "--partition", partition).stdout) == policy_document(partition)


@pytest.mark.parametrize("partition", ["aws", "aws-cn", "aws-us-gov"])
def test_the_template_has_the_same_policy_in_whatever_partition_and_account(template, partition):
    (role,) = yaml.safe_load(template)["Resources"].values()
    (policy,) = role["Properties"]["Policies"]
    document = policy["PolicyDocument"]
    for statement in document["Statement"]:
        statement["Resource"] = [
            each
            if isinstance(each, str)
            else each["Fn::Sub"].replace("${AWS::Partition}", partition).replace("${AWS::AccountId}", THEIRS)
            for each in statement["Resource"]
        ]
    assert document == policy_document(partition, THEIRS)


GROUPS = ("API-Gateway-Execution-Logs_*", "/aws/lambda/*")
NARROWED = tuple(word for name in GROUPS for word in ("--log-group", name))


def test_logs_are_read_in_the_groups_named_and_everything_else_stays(kintsugi):
    whole, narrowed = policy_document("aws"), json.loads(kintsugi("policy", *NARROWED).stdout)
    (before,) = (each for each in whole["Statement"] if each["Action"] == ["logs:FilterLogEvents"])
    (after,) = (each for each in narrowed["Statement"] if each["Action"] == ["logs:FilterLogEvents"])
    assert after == {**before, "Resource": sorted(f"arn:aws:logs:*:*:log-group:{name}:*" for name in GROUPS)}
    assert [each for each in whole["Statement"] if each != before] == [
        each for each in narrowed["Statement"] if each != after
    ]


def test_so_does_the_template(kintsugi):
    template = kintsugi("policy", "--format", "cloudformation", *NARROWED).stdout
    for name in GROUPS:
        assert f"log-group:{name}:*" in template
    assert "log-group:*" not in template


@pytest.mark.parametrize("name", ["", "a b", "${x}", '"', "{account}", "a:b", "x" * 513])
def test_what_is_no_log_group_is_a_mistake_of_usage(kintsugi, name):
    result = kintsugi("policy", "--log-group", name)
    assert (result.exit_code, result.stdout) == (2, "")
    assert "no name of a log group" in result.stderr


@pytest.fixture
def role(aws, template):
    """The role that the stack makes in another account."""
    aws.client("cloudformation", THEIRS).create_stack(
        StackName="kintsugi",
        TemplateBody=template,
        Parameters=[{"ParameterKey": name, "ParameterValue": value} for name, value in GIVEN.items()],
        Capabilities=["CAPABILITY_NAMED_IAM"],
    )
    return aws.client("iam", THEIRS).get_role(RoleName="kintsugi-reads")["Role"]


def test_the_bot_enters_by_the_role_that_the_stack_makes(aws, role):
    (stack,) = aws.client("cloudformation", THEIRS).describe_stacks()["Stacks"]
    (output,) = stack["Outputs"]
    assert output["OutputValue"] == role["Arn"]
    entry = AccountEntry(id=THEIRS, role_arn=output["OutputValue"], external_id=GIVEN["ExternalId"])
    there = Live(session_in(entry, REGION))(Read.of("sts", "GetCallerIdentity", REGION)).body
    assert there["Arn"] == f"arn:aws:sts::{THEIRS}:assumed-role/kintsugi-reads/kintsugi"
    assert role["MaxSessionDuration"] == 3_600


def test_the_role_may_what_the_policy_says(aws, role):
    iam = aws.client("iam", THEIRS)
    (name,) = iam.list_role_policies(RoleName=role["RoleName"])["PolicyNames"]
    made = iam.get_role_policy(RoleName=role["RoleName"], PolicyName=name)["PolicyDocument"]
    assert made == policy_document("aws", THEIRS)
    assert iam.list_attached_role_policies(RoleName=role["RoleName"])["AttachedPolicies"] == []


@pytest.mark.parametrize(
    ("who", "external_id", "access"),
    [
        (MINE, GIVEN["ExternalId"], Access.ALLOWED),
        (MINE, "another", Access.NOT_ALLOWED),
        (MINE, None, Access.NOT_ALLOWED),
        (f"arn:aws:iam::{BOT}:role/somebody", GIVEN["ExternalId"], Access.NOT_ALLOWED),
        ("arn:aws:iam::333333333333:role/kintsugi", GIVEN["ExternalId"], Access.NOT_ALLOWED),
    ],
)
def test_only_the_bot_with_its_external_id_is_let_in(role, who, external_id, access):
    context = {} if external_id is None else {"sts:ExternalId": external_id}
    request = Request(Principal.aws(who), "sts:AssumeRole", role["Arn"], context)
    trust = {**role["AssumeRolePolicyDocument"]}
    trust["Statement"] = [{**each, "Resource": role["Arn"]} for each in trust["Statement"]]  # a trust policy has none
    assert evaluate([Policy.parse(trust)], request).verdict is access


@pytest.mark.parametrize(
    ("parameter", "value", "is_taken"),
    [
        ("BotPrincipal", MINE, True),
        ("BotPrincipal", "arn:aws-us-gov:iam::123456789012:user/ops/kintsugi", True),
        ("BotPrincipal", BOT, False),
        ("BotPrincipal", f"arn:aws:iam::{BOT}:root", False),
        ("BotPrincipal", "*", False),
        ("BotPrincipal", f"arn:aws:iam::{BOT}:role/*", False),
        ("ExternalId", "f8d1b0aa2c6e4d57", True),
        ("ExternalId", "f8d1b0aa2c6e4d5", False),
        ("ExternalId", "", False),
    ],
)
def test_whoever_else_is_in_the_bot_s_account_cannot_be_named_nor_an_id_that_is_guessed(
    template, parameter, value, is_taken
):
    pattern = yaml.safe_load(template)["Parameters"][parameter]["AllowedPattern"]
    assert bool(re.fullmatch(pattern, value)) is is_taken


@pytest.mark.parametrize("words", [("--format", "terraform"), ("--format", ""), ("--partition", "aws-iso")])
def test_other_forms_are_a_mistake_of_usage(kintsugi, words):
    result = kintsugi("policy", *words)
    assert (result.exit_code, result.stdout) == (2, "")
