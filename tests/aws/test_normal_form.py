"""Two spellings of one thing are the same, and two things are not."""

import pytest

from bot.aws.normal_form import (
    authorizer_settings,
    differing,
    gateway_response_settings,
    integration_settings,
    policy_statements,
)
from bot.aws.policy import Policy

ARN = "arn:aws:execute-api:eu-west-1:123456789012:a1b2c3d4e5"
LAMBDA = {"type": "AWS_PROXY", "uri": "arn:x", "httpMethod": "POST"}
MAPPED = {**LAMBDA, "type": "AWS"}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (LAMBDA, {**LAMBDA, "timeoutInMillis": 29000, "connectionType": "INTERNET", "cacheNamespace": "r1"}),
        (LAMBDA, {**LAMBDA, "type": "aws_proxy", "credentials": None, "requestParameters": {}}),
        (LAMBDA, {**LAMBDA, "passthroughBehavior": "NEVER", "integrationResponses": {"200": {"statusCode": "200"}}}),
        (MAPPED, {**MAPPED, "integrationResponses": {"200": {"statusCode": "200", "selectionPattern": None}}}),
        (MAPPED, {**MAPPED, "requestTemplates": {"application/json": None}, "contentHandling": None}),
        ({"type": "MOCK"}, {"type": "MOCK", "uri": "", "httpMethod": "POST", "timeoutInMillis": 29000}),
        (MAPPED, {**MAPPED, "integrationResponses": 7, "requestParameters": [], "timeoutInMillis": "much"}),
    ],
)
def test_integrations_that_do_the_same(one, other):
    assert differing(integration_settings(one), integration_settings(other)) == []


@pytest.mark.parametrize(
    ("change", "names"),
    [
        ({"uri": "arn:y"}, ["uri"]),
        ({"httpMethod": "GET", "credentials": "arn:role"}, ["credentials", "httpMethod"]),
        ({"timeoutInMillis": 50}, ["timeoutInMillis"]),
        ({"requestTemplates": {"application/json": "{}"}}, ["requestTemplates"]),
        ({"integrationResponses": {"400": {"statusCode": "400", "selectionPattern": "4.."}}}, ["responses"]),
    ],
)
def test_integrations_that_do_not(change, names):
    assert differing(integration_settings(MAPPED), integration_settings({**MAPPED, **change})) == names


def test_authorizers():
    saved = {"type": "REQUEST", "identitySource": "method.request.header.A, method.request.querystring.b"}
    runs = {
        "type": "request",
        "identitySource": "method.request.querystring.b,method.request.header.a",
        "authorizerResultTtlInSeconds": 300,
    }
    assert differing(authorizer_settings(saved), authorizer_settings(runs)) == []
    for name, value in (("authorizerResultTtlInSeconds", 0), ("authorizerUri", "x"), ("providerARNs", ["arn"])):
        assert differing(authorizer_settings(saved), authorizer_settings({**saved, name: value})) == [name]


def test_gateway_responses():
    default = {"application/json": '{"message":$context.error.messageString}'}
    saved = {"responseType": "UNAUTHORIZED", "statusCode": "401", "responseTemplates": default}
    assert gateway_response_settings(saved) == gateway_response_settings({"statusCode": 401})
    changed = {"statusCode": 401, "responseParameters": {"gatewayresponse.header.A": "'b'"}}
    assert differing(gateway_response_settings(saved), gateway_response_settings(changed)) == ["responseParameters"]


def statements(*given):
    return policy_statements(Policy.parse({"Version": "2012-10-17", "Statement": list(given)}), ARN)


ALLOW = {"Effect": "Allow", "Principal": "*", "Action": "execute-api:Invoke", "Resource": f"{ARN}/*"}
DENY = {**ALLOW, "Effect": "Deny", "Condition": {"NotIpAddress": {"aws:SourceIp": ["192.0.2.0/24", "198.51.100.0/24"]}}}


@pytest.mark.parametrize(
    "other",
    [
        [DENY, ALLOW],
        [{"Sid": "Everybody", **ALLOW, "Principal": {"AWS": ["*"]}, "Action": ["execute-api:invoke"]}, DENY],
        [{**ALLOW, "Resource": "execute-api:/*"}, DENY],
        [
            ALLOW,
            {**DENY, "Condition": {"notIpAddress": {"aws:sourceip": ["198.51.100.0/24", "192.0.2.0/24"]}}},
            DENY,
        ],
    ],
)
def test_policies_that_say_the_same(other):
    assert statements(*other) == statements(ALLOW, DENY)


def test_an_account_by_its_root():
    root = {**ALLOW, "Principal": {"AWS": "arn:aws:iam::123456789012:root"}}
    assert statements(root) == statements({**ALLOW, "Principal": {"AWS": "123456789012"}})


@pytest.mark.parametrize(
    "change",
    [
        {"Effect": "Deny"},
        {"Principal": {"AWS": "123456789012"}},
        {"Resource": f"{ARN}/prod/*"},
        {"Condition": {"StringEquals": {"aws:SourceVpce": "vpce-1"}}},
    ],
)
def test_policies_that_do_not(change):
    assert statements(ALLOW) != statements({**ALLOW, **change})


def test_no_policy_says_nothing():
    assert policy_statements(None, ARN) == frozenset()
