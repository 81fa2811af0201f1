"""The list of reads is true of AWS, reads only, and is the policy."""

import json
import re
from dataclasses import replace
from string import Formatter

import boto3
import botocore.session
import pytest
from cfnlint.api import lint_all

from bot.aws.accounts import Accounts
from bot.aws.arn import arn_like
from bot.aws.live import Live
from bot.aws.policy import Access, Policy, Request, evaluate
from bot.aws.reads import READS, grant, policy_document, resources_of
from bot.demo.world import World
from bot.model import Question
from tests.conftest import NOW
from tests.scenarios.every import EVERY, name_of

ACCOUNT, REGION = "123456789012", "eu-west-1"
EXAMPLES = {
    "restApiId": "a1b2c3d4e5",
    "ApiId": "a1b2c3d4e5",
    "domainName": "api.example.com",
    "FunctionName": "pets",
    "RoleName": "caller",
    "UserName": "caller",
    "GroupName": "callers",
    "stageName": "prod",
    "deploymentId": "d1e2f3",
    "exportType": "oas30",
    "logGroupName": "/aws/lambda/pets",
    "PolicyArn": f"arn:aws:iam::{ACCOUNT}:policy/caller",
}
OF_HISTORY = {"FilterLogEvents", "LookupEvents", "GetExport"}
"""Reads that bring what was logged or deployed: the bot bounds and redacts it."""
# Reads by their names that hand out data or secrets and not configuration.
GIVES_AWAY = re.compile("Secret|Parameter|Object|Item|Key|Token|Credential|GetFunction$|Export|Record|Message|Log")
SESSION = botocore.session.get_session()
KNOWN_TO_ALL = {"partition", "region", "account"}
DERIVED = {"name": "FunctionName", "role": "RoleName", "user": "UserName", "group": "GroupName"}

MOST_OF_A_MANAGED_POLICY = 6_144
"""Characters without white space: IAM/latest/UserGuide/reference_iam-quotas."""
SCENARIOS = (
    "a_developer_in_a_group",
    "a_domain_and_nothing_else",
    "a_role_with_a_fitting_boundary",
    "a_shop_about_to_ask_for_signatures",
    "an_answer_cut_at_its_thirtieth",
    "an_api_of_another_region",
    "an_inner_shop_in_a_checkup",
    "open_to_every_api",
)
"""Few of all, in which every read is made. Of all it is known that they make no other (tests/scenarios)."""

every_read = pytest.mark.parametrize(("service", "operation"), list(READS))


def the_policy(**where):
    return Policy.parse(policy_document("aws", **where))


@every_read
def test_aws_has_the_operation_and_its_parameters(service, operation):
    model = SESSION.get_service_model(service).operation_model(operation)
    fields = {
        field
        for template in READS[service, operation].resources
        for _, field, _, _ in Formatter().parse(template)
        if field
    }
    taken = {DERIVED.get(field, field) for field in fields - KNOWN_TO_ALL}
    members = model.input_shape.members if model.input_shape else {}
    assert taken <= set(members)


@every_read
def test_nothing_that_writes_or_gives_away_data(service, operation):
    assert re.match("(Get|List|Describe|Filter|Lookup)[A-Z]", operation)
    assert operation in OF_HISTORY or not GIVES_AWAY.search(operation)
    verb = READS[service, operation].action.partition(":")[2]
    assert re.match("(Get|List|Describe|Filter|Lookup)[A-Z]|GET$", verb)


@every_read
def test_rest_services_only_get(service, operation):
    model = SESSION.get_service_model(service).operation_model(operation)
    protocol = model.service_model.metadata["protocol"]
    assert model.http["method"] == ("GET" if protocol == "rest-json" else "POST")


@every_read
def test_the_action_is_one_of_the_service_that_is_called(service, operation):
    action = READS[service, operation].action
    own = {"apigateway": "apigateway:GET", "apigatewayv2": "apigateway:GET"}
    assert action == own.get(service, f"{service}:{operation}")


def test_only_these_reads_have_no_resource():
    unbounded = {name for name, permission in READS.items() if permission.resources == ("*",)}
    assert unbounded == {
        ("cloudtrail", "LookupEvents"),
        ("ec2", "DescribeRegions"),
        ("ec2", "DescribeVpcEndpoints"),
        ("sts", "GetCallerIdentity"),
    }
    starred = [each for each in policy_document("aws")["Statement"] if "*" in each["Resource"]]
    assert sorted(action for each in starred for action in each["Action"]) == [
        "cloudtrail:LookupEvents",
        "ec2:DescribeRegions",
        "ec2:DescribeVpcEndpoints",
        "sts:GetCallerIdentity",
    ]


@every_read
def test_the_policy_allows_the_read_on_every_resource_it_acts_on(service, operation):
    action = READS[service, operation].action
    for resource in resources_of(service, operation, EXAMPLES, "aws", ACCOUNT, REGION):
        request = Request(None, action, resource)
        assert evaluate([the_policy()], request).verdict is Access.ALLOWED
        assert evaluate([the_policy(account=ACCOUNT, region=REGION)], request).verdict is Access.ALLOWED


@pytest.mark.parametrize(
    ("action", "resource"),
    [
        ("lambda:GetFunction", f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:pets"),
        ("lambda:AddPermission", f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:pets"),
        ("lambda:GetPolicy", f"arn:aws:lambda:{REGION}:{ACCOUNT}:layer:pets"),
        ("apigateway:PATCH", f"arn:aws:apigateway:{REGION}::/restapis/a1b2c3d4e5"),
        ("apigateway:GET", f"arn:aws:apigateway:{REGION}::/apikeys"),
        ("apigateway:GET", f"arn:aws:apigateway:{REGION}::/apikeys/a1b2c3d4e5"),
        ("apigateway:GET", f"arn:aws:apigateway:{REGION}::/usageplans/a1b2c3/keys"),
        ("apigateway:GET", f"arn:aws:apigateway:{REGION}::/restapis/a1b2c3d4e5/models"),
        ("apigateway:GET", f"arn:aws:apigateway:{REGION}::/restapis/a1b2c3d4e5/stages/prod"),
        ("apigateway:GET", f"arn:aws:apigateway:{REGION}::/restapis/a1b2c3d4e5/stages/prod/sdks/java"),
        ("apigateway:GET", f"arn:aws:apigateway:{REGION}::/apis/a1b2c3d4e5/integrations"),
        ("apigateway:GET", f"arn:aws:apigateway:{REGION}::/clientcertificates/a1b2c3"),
        ("apigateway:GET", f"arn:aws:apigateway:{REGION}::/usageplans/a"),
        ("apigateway:GET", f"arn:aws:apigateway:{REGION}::/domainnames/api.example.com"),
        ("iam:GetRole", f"arn:aws:iam::{ACCOUNT}:user/somebody"),
        ("iam:GetPolicy", f"arn:aws:iam::{ACCOUNT}:role/caller"),
        ("iam:PutRolePolicy", f"arn:aws:iam::{ACCOUNT}:role/caller"),
        ("sts:AssumeRole", f"arn:aws:iam::{ACCOUNT}:role/caller"),
        ("secretsmanager:GetSecretValue", f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:s"),
    ],
)
def test_the_policy_allows_nothing_else(action, resource):
    assert evaluate([the_policy()], Request(None, action, resource)).verdict is Access.NOT_ALLOWED


def test_the_policy_of_one_account_and_region_stays_there():
    policy = the_policy(account=ACCOUNT, region=REGION)
    for elsewhere in (f"us-east-1:{ACCOUNT}", f"{REGION}:210987654321"):
        request = Request(None, "lambda:GetPolicy", f"arn:aws:lambda:{elsewhere}:function:pets")
        assert evaluate([policy], request).verdict is Access.NOT_ALLOWED


@pytest.mark.parametrize("partition", ["aws", "aws-cn", "aws-us-gov"])
def test_the_policy_names_every_action_once_and_no_wildcard_in_it(partition):
    document = policy_document(partition, ACCOUNT)
    assert len(json.dumps(document, separators=(",", ":"))) <= MOST_OF_A_MANAGED_POLICY
    statements = document["Statement"]
    pairs = [(action, resource) for each in statements for action in each["Action"] for resource in each["Resource"]]
    assert len(pairs) == len(set(pairs))
    assert {action for action, _ in pairs} == {permission.action for permission in READS.values()}
    assert not any("*" in action for action, _ in pairs)
    assert all(resource == "*" or resource.startswith(f"arn:{partition}:") for _, resource in pairs)
    sids = [each["Sid"] for each in statements]
    assert len(sids) == len(set(sids))
    assert all(re.fullmatch("[A-Za-z0-9]+", sid) for sid in sids)


@pytest.mark.parametrize(
    ("parameters", "resources"),
    [
        (
            {"FunctionName": "pets", "Qualifier": "live"},
            (f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:pets", f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:pets:*"),
        ),
        (
            {"FunctionName": f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:pets:live"},
            (f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:pets", f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:pets:*"),
        ),
    ],
)
def test_a_read_of_a_function_acts_on_the_function_and_its_qualifiers(parameters, resources):
    assert resources_of("lambda", "GetPolicy", parameters, "aws", ACCOUNT, REGION) == resources


def test_a_managed_policy_is_its_own_resource():
    arn = "arn:aws:iam::aws:policy/service-role/AWSLambdaRole"
    assert resources_of("iam", "GetPolicy", {"PolicyArn": arn}, "aws", ACCOUNT, REGION) == (arn,)
    assert any(arn_like(pattern, arn) for each in policy_document("aws")["Statement"] for pattern in each["Resource"])


def test_a_grant_lists_each_resource_once():
    assert grant("lambda:GetPolicy", ["b", "a", "a"])["Resource"] == ["a", "b"]
    assert grant("lambda:GetPolicy", ["a"]) == {"Effect": "Allow", "Action": "lambda:GetPolicy", "Resource": "a"}


def test_the_policy_as_a_stack_passes_the_linter(run_kintsugi):
    printed = run_kintsugi("policy", "--format", "cloudformation")
    faults = [fault for fault in lint_all(printed.stdout) if fault.rule.severity != "informational"]
    assert faults == []


# ---- the list, the policy, and what is called


@pytest.fixture
def calls(aws, bot):
    """Each call that the scenarios make of AWS, as it is about to be sent: what it is, its parameters and its path."""
    made = []
    session = boto3.Session()
    session.events.register("before-parameter-build", lambda params, context, **_: context.update(asked=dict(params)))
    session.events.register("before-call", lambda model, params, context, **_: made.append((model, params, context)))
    aws.answer_directly(session)
    live = Live(session, now=lambda: NOW)
    asking = replace(bot, accounts=Accounts((), lambda: live, REGION))
    for build in EVERY:
        if name_of(build) in SCENARIOS:
            aws.reset()
            case = build(World(aws, now=NOW))
            asking.answer(Question(case.asks, case.locale, case.region, case.stage))
    return [
        (model.service_model.service_name, model.name, context["asked"], context["client_region"], params["url_path"])
        for model, params, context in made
    ]


def test_the_list_is_what_is_called_and_the_policy_allows_that_and_needs_all_it_says(calls):
    assert {(service, operation) for service, operation, *_ in calls} == set(READS)
    document = policy_document("aws", ACCOUNT)
    used = set()
    for service, operation, parameters, region, path in calls:
        action = READS[service, operation].action
        resources = resources_of(service, operation, parameters, "aws", ACCOUNT, region)
        if action == "apigateway:GET":
            # API Gateway's resources are the paths of its own HTTP API: told by the request itself.
            assert resources == (f"arn:aws:apigateway:{region}::{path.removeprefix('/v2')}",)
        for resource in resources:
            assert evaluate([the_policy(account=ACCOUNT)], Request(None, action, resource)).verdict is Access.ALLOWED
            used |= {
                (action, pattern)
                for each in document["Statement"]
                for pattern in each["Resource"]
                if action in each["Action"] and (pattern == resource or arn_like(pattern, resource))
            }
    assert used == {
        (action, pattern) for each in document["Statement"] for action in each["Action"] for pattern in each["Resource"]
    }
