"""Documents are read whatever they are, statements cover what AWS says they cover, and Deny wins."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from bot.aws.conditions import Truth
from bot.aws.policy import (
    EVERYTHING_ELSE,
    Access,
    Decision,
    MalformedPolicy,
    Policy,
    Principal,
    Request,
    evaluate,
    evaluate_role,
)

YES, NO, UNKNOWN = Truth.YES, Truth.NO, Truth.UNKNOWN
ACCOUNT = "123456789012"
FUNCTION = f"arn:aws:lambda:eu-west-1:{ACCOUNT}:function:pets"
SOURCE = f"arn:aws:execute-api:eu-west-1:{ACCOUNT}:abc1234567/prod/GET/pets"
APIGATEWAY = Principal.service("apigateway.amazonaws.com")
ROLE = f"arn:aws:iam::{ACCOUNT}:role/app/reader"
SESSION = f"arn:aws:sts::{ACCOUNT}:assumed-role/reader/ann"
USER = f"arn:aws:iam::{ACCOUNT}:user/ann"
ROOT = f"arn:aws:iam::{ACCOUNT}:root"


def invoke(**changes: Any) -> Request:
    """API Gateway calling the function `pets` for a method."""
    request: dict[str, Any] = {
        "principal": APIGATEWAY,
        "action": "lambda:InvokeFunction",
        "resource": FUNCTION,
        "context": {"aws:SourceArn": SOURCE, "aws:SourceAccount": ACCOUNT},
    }
    return Request(**(request | changes))


def policy(*statements: Mapping[str, object], version: str = "2012-10-17") -> Policy:
    return Policy.parse({"Version": version, "Statement": list(statements)})


def statement(drop: Sequence[str] = (), **elements: object) -> dict[str, object]:
    """What add-permission writes, with elements changed or dropped."""
    whole: dict[str, object] = {
        "Sid": "apigw",
        "Effect": "Allow",
        "Principal": {"Service": "apigateway.amazonaws.com"},
        "Action": "lambda:InvokeFunction",
        "Resource": FUNCTION,
        **elements,
    }
    return {name: value for name, value in whole.items() if name not in drop}


def covered(raw: Mapping[str, object], request: Request, version: str = "2012-10-17") -> Truth:
    return policy(raw, version=version).statements[0].covers(request).result


@pytest.mark.parametrize(
    ("rule", "action", "result"),
    [
        ("the action itself", "lambda:InvokeFunction", YES),
        ("actions ignore case", "LAMBDA:invokefunction", YES),
        ("actions have wildcards", "lambda:Invoke*", YES),
        ("every action", "*", YES),
        ("one of several", ["lambda:GetFunction", "lambda:InvokeFunctio?"], YES),
        ("another action", "lambda:InvokeFunctionUrl", NO),
        ("an older action", "lambda:InvokeAsync", NO),
        ("no action", [], NO),
    ],
)
def test_action(rule: str, action: object, result: Truth) -> None:
    assert covered(statement(Action=action), invoke()) is result, rule


def test_not_action_covers_every_other_action() -> None:
    assert covered(statement(drop=["Action"], NotAction="lambda:Get*"), invoke()) is YES
    assert covered(statement(drop=["Action"], NotAction=["iam:*", "lambda:*"]), invoke()) is NO


@pytest.mark.parametrize(
    ("rule", "resource", "result"),
    [
        ("the function itself", FUNCTION, YES),
        ("everything", "*", YES),
        ("a star in a component", f"arn:aws:lambda:*:{ACCOUNT}:function:pets", YES),
        ("a star that ends a component expands beyond the colons", "arn:aws:lambda:*", YES),
        ("also in the middle of the ARN", "arn:aws:lambda:*:pets", YES),
        ("a star within a component stays there, if AWS says so", "arn:aws:lambda:e*w*ts", UNKNOWN),
        ("a star within the last component", f"arn:aws:lambda:eu-west-1:{ACCOUNT}:function:p*s", YES),
        ("an alias is another resource", f"{FUNCTION}:live", NO),
        ("any alias, but not the function itself", f"{FUNCTION}:*", NO),
        ("resources are case-sensitive", FUNCTION.replace("pets", "Pets"), NO),
        ("one of several", ["arn:aws:s3:::b", FUNCTION], YES),
    ],
)
def test_resource(rule: str, resource: object, result: Truth) -> None:
    assert covered(statement(Resource=resource), invoke()) is result, rule


def test_a_function_alone_does_not_cover_its_alias() -> None:
    called = invoke(resource=f"{FUNCTION}:live")
    assert covered(statement(), called) is NO
    assert covered(statement(Resource=f"{FUNCTION}:*"), called) is YES
    assert covered(statement(Resource=f"{FUNCTION}*"), called) is YES


def test_not_resource_covers_every_other_resource() -> None:
    assert covered(statement(drop=["Resource"], NotResource="arn:aws:s3:::*"), invoke()) is YES
    assert covered(statement(drop=["Resource"], NotResource=[FUNCTION, "x"]), invoke()) is NO


def test_a_trust_policy_has_no_resource() -> None:
    trust = statement(drop=["Resource"], Action="sts:AssumeRole")
    assert covered(trust, invoke(action="sts:AssumeRole", resource=ROLE)) is YES


def test_variables_in_a_resource() -> None:
    raw = statement(Resource=f"arn:aws:lambda:eu-west-1:{ACCOUNT}:function:${{aws:username}}")
    assert covered(raw, invoke(context={"aws:username": "pets"})) is YES
    assert covered(raw, invoke(context={"aws:username": "dogs"})) is NO
    assert covered(raw, invoke(context={})) is NO
    assert covered(raw, invoke(unknown=["aws:username"])) is UNKNOWN
    assert covered(raw, invoke(context={"aws:username": "pets"}), version="2008-10-17") is NO


def test_an_absent_variable_in_not_resource_is_unknown() -> None:
    raw = statement(drop=["Resource"], NotResource="${aws:username}")
    assert covered(raw, invoke()) is UNKNOWN


def test_the_short_form_of_an_apis_own_policy() -> None:
    called = Request(Principal.anonymous(), "execute-api:Invoke", SOURCE)
    raw = statement(Principal="*", Action="execute-api:Invoke", Resource="execute-api:/prod/GET/*")
    assert covered(raw, called) is YES
    assert covered(raw | {"Resource": "execute-api:/dev/*"}, called) is NO
    assert covered(raw, Request(Principal.anonymous(), "execute-api:Invoke", FUNCTION)) is NO


@pytest.mark.parametrize(
    ("rule", "element", "caller", "result"),
    [
        ("the service", {"Service": "apigateway.amazonaws.com"}, APIGATEWAY, YES),
        ("another service", {"Service": "events.amazonaws.com"}, APIGATEWAY, NO),
        ("one of several", {"Service": ["s3.amazonaws.com", "apigateway.amazonaws.com"]}, APIGATEWAY, YES),
        ("everyone", "*", APIGATEWAY, YES),
        ("everyone, the other way", {"AWS": "*"}, APIGATEWAY, YES),
        ("everyone is the anonymous too", {"AWS": ["*"]}, Principal.anonymous(), YES),
        ("a service is of no account", {"AWS": ACCOUNT}, APIGATEWAY, NO),
        ("an account means its role", {"AWS": ACCOUNT}, Principal.aws(ROLE), YES),
        ("so does its root", {"AWS": ROOT}, Principal.aws(SESSION), YES),
        ("another account", {"AWS": "999999999999"}, Principal.aws(ROLE), NO),
        ("another account's root", {"AWS": "arn:aws:iam::999999999999:root"}, Principal.aws(ROLE), NO),
        ("another partition", {"AWS": ROOT.replace("aws", "aws-cn")}, Principal.aws(ROLE), NO),
        ("the role", {"AWS": ROLE}, Principal.aws(ROLE), YES),
        ("a session of the role", {"AWS": ROLE}, Principal.aws(SESSION), YES),
        ("a session of another role", {"AWS": ROLE}, Principal.aws(SESSION.replace("reader", "writer")), NO),
        ("the session", {"AWS": SESSION}, Principal.aws(SESSION), YES),
        ("another session", {"AWS": SESSION}, Principal.aws(f"{SESSION}2"), NO),
        ("some session of the role", {"AWS": SESSION}, Principal.aws(ROLE), UNKNOWN),
        ("a session of another role", {"AWS": SESSION.replace("reader", "writer")}, Principal.aws(ROLE), NO),
        ("the user", {"AWS": USER}, Principal.aws(USER), YES),
        ("another user", {"AWS": USER}, Principal.aws(f"{USER}2"), NO),
        ("wildcards mean nobody", {"AWS": f"arn:aws:iam::{ACCOUNT}:role/*"}, Principal.aws(ROLE), NO),
        ("a deleted role's id means nobody", {"AWS": "AROAEXAMPLE"}, Principal.aws(ROLE), NO),
        ("a provider", {"Federated": "accounts.google.com"}, Principal.federated("accounts.google.com"), YES),
        ("a provider is no service", {"Federated": "apigateway.amazonaws.com"}, APIGATEWAY, NO),
        ("a canonical user may be anybody", {"CanonicalUser": "79a5"}, Principal.aws(USER), UNKNOWN),
        ("but no service", {"CanonicalUser": "79a5"}, APIGATEWAY, NO),
        ("nobody knows who asks", {"AWS": ROLE}, None, UNKNOWN),
        ("an account's root means not the anonymous", {"AWS": ROOT}, Principal.anonymous(), NO),
    ],
)
def test_principal(rule: str, element: object, caller: Principal | None, result: Truth) -> None:
    assert covered(statement(Principal=element), invoke(principal=caller)) is result, rule


@pytest.mark.parametrize(
    ("rule", "element", "caller", "result"),
    [
        ("another service", {"Service": "events.amazonaws.com"}, APIGATEWAY, YES),
        ("the service itself", {"Service": "apigateway.amazonaws.com"}, APIGATEWAY, NO),
        ("nobody is left", "*", Principal.aws(USER), NO),
        ("another user", {"AWS": [f"{USER}2", "999999999999"]}, Principal.aws(USER), YES),
        ("user and account", {"AWS": [USER, ROOT]}, Principal.aws(USER), NO),
        ("the user without the account", {"AWS": [USER]}, Principal.aws(USER), UNKNOWN),
        ("the account alone", {"AWS": ACCOUNT}, Principal.aws(USER), UNKNOWN),
        ("session, role and account", {"AWS": [SESSION, ROLE, ACCOUNT]}, Principal.aws(SESSION), NO),
        ("role and account without the session", {"AWS": [ROLE, ROOT]}, Principal.aws(SESSION), UNKNOWN),
        ("a role of which the session is not known", {"AWS": [ROLE, ROOT]}, Principal.aws(ROLE), UNKNOWN),
        ("the anonymous is nobody listed", {"AWS": ROOT}, Principal.anonymous(), YES),
    ],
)
def test_not_principal(rule: str, element: object, caller: Principal, result: Truth) -> None:
    raw = statement(drop=["Principal"], Effect="Deny", NotPrincipal=element)
    assert covered(raw, invoke(principal=caller)) is result, rule


def test_an_identity_policy_is_about_whom_it_is_attached_to() -> None:
    assert covered(statement(drop=["Principal"]), invoke(principal=None)) is YES


def test_every_condition_has_to_be_met() -> None:
    conditions = {
        "ArnLike": {"AWS:SourceArn": f"arn:aws:execute-api:eu-west-1:{ACCOUNT}:abc1234567/*/GET/pets"},
        "StringEquals": {"AWS:SourceAccount": "999999999999", "aws:PrincipalOrgID": "o-1"},
    }
    match = policy(statement(Condition=conditions)).statements[0].covers(invoke())
    assert match.result is NO
    assert match.failing == ("condition",)
    assert [(each.operator, each.key, each.expected, each.actual) for each in match.conditions] == [
        ("StringEquals", "AWS:SourceAccount", ("999999999999",), ACCOUNT),
        ("StringEquals", "aws:PrincipalOrgID", ("o-1",), None),
    ]


def test_a_match_names_the_parts_that_fail() -> None:
    raw = statement(Principal={"Service": "s3.amazonaws.com"}, Action="lambda:Get*", Resource="arn:aws:s3:::b")
    assert policy(raw).statements[0].covers(invoke()).failing == ("principal", "action", "resource")


def test_a_source_arn_with_too_few_components_rests_on_belief() -> None:
    raw = statement(Condition={"ArnLike": {"aws:SourceArn": "arn:aws:execute-api:*"}})
    assert policy(raw).statements[0].covers(invoke()).rests_on_belief
    decision = evaluate([policy(raw)], invoke())
    assert (decision.verdict, decision.rests_on_belief) == (Access.NOT_ALLOWED, True)
    granted_anyway = evaluate([policy(raw, statement())], invoke())
    assert (granted_anyway.verdict, granted_anyway.rests_on_belief) == (Access.ALLOWED, False)


@pytest.mark.parametrize("source", ["arn:aws:execute-api:eu-west-1:123456789012:abc1234567", SOURCE])
def test_a_source_arn_of_six_components_rests_on_no_belief(source: str) -> None:
    raw = statement(Condition={"ArnLike": {"aws:SourceArn": source}})
    assert not policy(raw).statements[0].covers(invoke()).rests_on_belief


def test_an_element_nobody_knows_is_never_a_yes() -> None:
    assert covered(statement(NotPrincipl="*"), invoke()) is UNKNOWN
    assert covered(statement(NotPrincipl="*", Action="iam:*"), invoke()) is NO


ALLOW = statement(Sid="allow")
DENY = statement(Sid="deny", Effect="Deny")
PERHAPS = {"StringEquals": {"aws:PrincipalOrgID": "o-1"}}


@pytest.mark.parametrize(
    ("rule", "statements", "verdict", "deciding"),
    [
        ("nothing said", [], Access.NOT_ALLOWED, []),
        ("allowed", [ALLOW], Access.ALLOWED, ["allow"]),
        ("denied", [DENY], Access.DENIED, ["deny"]),
        ("a Deny wins", [ALLOW, DENY], Access.DENIED, ["deny"]),
        ("perhaps allowed", [ALLOW | {"Condition": PERHAPS}], Access.UNKNOWN, ["allow"]),
        ("perhaps denied", [ALLOW, DENY | {"Condition": PERHAPS}], Access.UNKNOWN, ["deny"]),
        ("allowed anyway", [ALLOW, ALLOW | {"Sid": "b", "Condition": PERHAPS}], Access.ALLOWED, ["allow"]),
        ("denied anyway", [DENY, ALLOW | {"Condition": PERHAPS}], Access.DENIED, ["deny"]),
        ("another's Deny", [ALLOW, DENY | {"Action": "lambda:Get*"}], Access.ALLOWED, ["allow"]),
    ],
)
def test_evaluation(rule: str, statements: list[dict[str, object]], verdict: Access, deciding: list[str]) -> None:
    decision = evaluate([policy(*statements)], invoke(unknown=EVERYTHING_ELSE))
    assert decision.verdict is verdict, rule
    assert [each.sid for each in decision.statements] == deciding


MAY = policy(statement(drop=["Principal"]))
MAY_NOT = policy(statement(drop=["Principal"], Effect="Deny"))
SILENT = policy(statement(drop=["Principal"], Action="s3:*"))
PERHAPS_MAY = policy(statement(drop=["Principal"], Condition=PERHAPS))


@pytest.mark.parametrize(
    ("rule", "identity", "boundary", "verdict", "lacking"),
    [
        ("no boundary", [MAY], None, Access.ALLOWED, ()),
        ("both allow", [SILENT, MAY], MAY, Access.ALLOWED, ()),
        ("the boundary does not reach", [MAY], SILENT, Access.NOT_ALLOWED, ("boundary",)),
        ("a boundary grants nothing", [SILENT], MAY, Access.NOT_ALLOWED, ("identity",)),
        ("neither", [], SILENT, Access.NOT_ALLOWED, ("identity", "boundary")),
        ("the boundary denies", [MAY], MAY_NOT, Access.DENIED, ("boundary",)),
        ("the identity denies", [MAY, MAY_NOT], MAY, Access.DENIED, ()),
        ("perhaps", [PERHAPS_MAY], MAY, Access.UNKNOWN, ()),
        ("perhaps, but not beyond the boundary", [PERHAPS_MAY], SILENT, Access.NOT_ALLOWED, ("boundary",)),
    ],
)
def test_a_role_with_a_boundary(
    rule: str, identity: list[Policy], boundary: Policy | None, verdict: Access, lacking: tuple[str, ...]
) -> None:
    decision: Decision = evaluate_role(identity, boundary, invoke(unknown=EVERYTHING_ELSE))
    assert (decision.verdict, decision.lacking) == (verdict, lacking), rule


def test_a_single_statement_may_stand_without_a_list() -> None:
    parsed = Policy.parse({"Version": "2012-10-17", "Statement": ALLOW})
    assert [each.sid for each in parsed.statements] == ["allow"]
    assert parsed.document["Statement"] == ALLOW
    assert parsed.statements[0].raw == ALLOW
    assert parsed.statements[0].principals == (("Service", "apigateway.amazonaws.com"),)


def test_json_and_json_escaped_once_more() -> None:
    text = json.dumps({"Version": "2012-10-17", "Statement": [statement(Resource="arn:aws:s3:::a/b")]})
    escaped = json.dumps(text)[1:-1].replace("/", "\\/")
    expected = Policy.parse(text)
    assert Policy.parse(escaped) == expected
    assert Policy.parse(json.dumps(text)) == expected


def test_values_of_conditions_may_be_numbers_and_booleans() -> None:
    raw = statement(Condition={"Bool": {"k:secure": True}, "NumericLessThan": {"k:size": [10, 2.5]}})
    assert covered(raw, invoke(context={"k:secure": "true", "k:size": "9"})) is YES


def _nested(levels: int) -> list[Any]:
    nested: list[Any] = []
    for _ in range(levels):
        nested = [nested]
    return nested


@pytest.mark.parametrize(
    ("document", "says"),
    [
        ("", "not JSON"),
        ("{", "not JSON"),
        ("[" * 100_000, "deeper than 100 levels"),
        ("[" * 101 + "]" * 101, "deeper than 100 levels"),
        ({"Statement": [], "Id": _nested(200)}, "deeper than 100 levels"),
        ('{"Version": "2012-10-17", "Version": "2008-10-17"}', "same key twice"),
        ("[]", "JSON object"),
        ("null", "JSON object"),
        ('"text"', "not JSON"),
        ({}, "no Statement"),
        ({"Statement": "Allow"}, "no Statement"),
        ({"Version": "2020-01-01", "Statement": []}, "Version"),
        ({"Version": ["2012-10-17"], "Statement": []}, "Version"),
        ({"Statement": ["Allow"]}, "Statement 1 is not an object"),
        ({"Statement": [ALLOW, statement(Effect="allow")]}, "Statement 2 has an Effect"),
        ({"Statement": statement(drop=["Effect"])}, "Effect"),
        ({"Statement": statement(Effect={})}, "Effect"),
        ({"Statement": statement(Sid=1)}, "Sid"),
        ({"Statement": statement(drop=["Action"])}, "neither Action nor NotAction"),
        ({"Statement": statement(NotAction="*")}, "both Action and NotAction"),
        ({"Statement": statement(NotPrincipal="*")}, "both Principal and NotPrincipal"),
        ({"Statement": statement(NotResource="*")}, "both Resource and NotResource"),
        ({"Statement": statement(Action=None)}, "Action of Statement 1 is null"),
        ({"Statement": statement(Action=1)}, "Action of Statement 1"),
        ({"Statement": statement(Resource=[["*"]])}, "Resource of Statement 1"),
        ({"Statement": statement(Principal=[1])}, "Principal of Statement 1"),
        ({"Statement": statement(Principal={1: "*"})}, "Principal of Statement 1"),
        ({"Statement": statement(Condition=[])}, "Condition of Statement 1"),
        ({"Statement": statement(Condition={"Bool": "true"})}, "without keys"),
        ({"Statement": statement(Condition={"Bool": {1: "true"}})}, "key"),
        ({"Statement": statement(Condition={"Bool": {"k": None}})}, "value"),
        ({"Statement": statement(Condition={"NumericEquals": {"k": 10**5000}})}, "value"),
    ],
)
def test_a_malformed_document_says_what_is_wrong(document: Any, says: str) -> None:
    with pytest.raises(MalformedPolicy) as caught:
        Policy.parse(document)
    assert says in str(caught.value)


@pytest.mark.parametrize("is_text", [True, False])
@pytest.mark.parametrize("resource", ["${\ud800", "${\ud800}", "\udfff*"])
def test_a_lone_surrogate_breaks_nothing(resource: str, is_text: bool) -> None:
    document = {"Version": "2012-10-17", "Statement": statement(Resource=resource)}
    policy = Policy.parse(json.dumps(document) if is_text else document)
    json.dumps(policy.document, ensure_ascii=False).encode()
    evaluate([policy], Request(None, "execute-api:Invoke", "arn:aws:execute-api:r:1:a/b/GET/", {}))
