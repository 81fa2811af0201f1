"""Where AWS says that another policy than the caller's own denies a read, it is said which, and no statement shown."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest

from bot.aws.account import Account, Inquiry, Read, Source, Unseen
from bot.aws.denials import REMEDIES, denied_by
from bot.demo.simulation.server import SimulatedAws
from bot.demo.world import World
from bot.model import DenyingPolicy, UnseenRead, UnseenReason, Verdict
from bot.reply.document import markdown, unseen_line
from bot.reply.json_form import diagnosis_object
from bot.reply.writer import Writer
from tests.aws.tapes import ACCOUNT, REGION, AtOnce, in_time
from tests.conftest import Ask

SCHEMA = json.loads((Path(__file__).parents[1] / "contract/diagnosis.schema.json").read_text("utf-8"))
WORDS = Writer([], []).words("reply", "en")
KINDS = {
    "service control policy": DenyingPolicy.SERVICE_CONTROL,
    "resource control policy": DenyingPolicy.RESOURCE_CONTROL,
    "permissions boundary": DenyingPolicy.PERMISSIONS_BOUNDARY,
    "session policy": DenyingPolicy.SESSION,
    "VPC endpoint policy": DenyingPolicy.VPC_ENDPOINT,
    "resource-based policy": DenyingPolicy.RESOURCE_BASED,
}
"""By AWS's name of a policy that a grant cannot make up for, whether it denies or merely does not allow."""

WORDINGS: list[tuple[dict[str, object], DenyingPolicy | None]] = [
    ({}, None),
    ({"is_explicit": True}, DenyingPolicy.IDENTITY_BASED),
    *(({"policy": name}, kind) for name, kind in KINDS.items()),
    *(({"policy": name, "is_explicit": True}, kind) for name, kind in KINDS.items()),
    ({"is_explicit": True, "policy_arn": "arn:aws:iam::123456789012:policy/p"}, DenyingPolicy.IDENTITY_BASED),
]

READS = [
    Read.of("apigateway", "GetRestApi", REGION, restApiId="a1b2c3d4e5"),
    Read.of("apigatewayv2", "GetApi", REGION, ApiId="a1b2c3d4e5"),
    Read.of("lambda", "GetPolicy", REGION, FunctionName="orders"),
    Read.of("iam", "GetRole", REGION, RoleName="gateway"),
    Read.of("logs", "FilterLogEvents", REGION, logGroupName="/aws/lambda/orders"),
    Read.of("ec2", "DescribeVpcEndpoints", REGION),
    Read.of("sts", "GetCallerIdentity", REGION),
    Read.of("cloudtrail", "LookupEvents", REGION, MaxResults=1),
]


@pytest.mark.parametrize("read", READS, ids=lambda read: read.service)
def test_each_wording_of_each_service_is_understood(aws: SimulatedAws, live: Source, read: Read) -> None:
    for words, kind in WORDINGS:
        aws.clear_faults()
        aws.deny(read.service, read.operation, **words)  # type: ignore[arg-type]
        account = Account(Inquiry(AtOnce(), in_time()), live, REGION, "aws", ACCOUNT)
        with pytest.raises(Unseen) as caught:
            account.read(read)
        unseen = caught.value.read
        assert (unseen.reason, unseen.denied_by) == (UnseenReason.DENIED, kind), unseen.detail
        assert unseen.grant is not None
        assert (unseen.cure is None) == (kind is not None), unseen.detail
        assert str(words.get("policy_arn", "")) in unseen.detail


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ("You are not authorized to perform this operation.", None),
        ("User: x is not authorized to perform: lambda:GetPolicy on resource: y", None),
        ("x is not authorized to perform: iam:GetRole on resource: role y with an explicit deny", DenyingPolicy.OTHER),
        ("x with an explicit deny in a declarative policy: arn:aws:y", DenyingPolicy.OTHER),
        ("x because no role trust policy allows the sts:AssumeRole action", DenyingPolicy.OTHER),
        ("x due to an explicit deny in a Service Control Policy", DenyingPolicy.SERVICE_CONTROL),
        (
            "You are not authorized to perform this operation. User: x is not authorized to perform: ec2:RunInstances "
            "with an explicit deny in a permissions boundary: arn:aws:iam::1:policy/b. Encoded authorization failure "
            "message: because-no_identity-based-policy",
            DenyingPolicy.PERMISSIONS_BOUNDARY,
        ),
        ("x\nwith an explicit deny in an identity-based policy: arn:aws:iam::1:policy/p", DenyingPolicy.IDENTITY_BASED),
        ("\ud83d with an explicit deny in a session policy", DenyingPolicy.SESSION),
        ("explicit deny in a " + "very " * 100_000 + "long policy", DenyingPolicy.OTHER),
        ("", None),
    ],
)
def test_what_services_say_besides(said: str, kind: DenyingPolicy | None) -> None:
    assert denied_by(said) is kind


def test_operators_are_told_what_to_do_about_each() -> None:
    assert set(REMEDIES) == set(DenyingPolicy)
    assert len({*REMEDIES.values()}) == len(DenyingPolicy)


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ({"is_explicit": True}, "Whoever administers that role or user has to change the statement."),
        ({"policy": "service control policy"}, "Whoever administers the organization in AWS Organizations"),
        ({"policy": "resource control policy", "is_explicit": True}, "(RCP) does not let it through"),
        ({"policy": "permissions boundary"}, "has to allow it in the boundary."),
        ({"policy": "session policy"}, "Whoever provides these credentials has to allow it"),
        ({"policy": "VPC endpoint policy", "is_explicit": True}, "Whoever administers that endpoint has to allow it"),
        ({"policy": "resource-based policy"}, "Whoever owns the resource has to allow it"),
        ({"policy": "declarative policy", "is_explicit": True}, "AWS answered `AccessDeniedException: User:"),
    ],
)
def test_the_answer_says_who_has_to_change_what(world: World, ask: Ask, words: dict[str, object], says: str) -> None:
    orders = world.function("orders")
    api = world.rest_api("shop").method("GET /orders", orders).stage("prod")
    world.aws.deny("lambda", "GetPolicy", **words)  # type: ignore[arg-type]
    reply = ask(api.id)
    answer = diagnosis_object(reply)
    jsonschema.validate(json.loads(json.dumps(answer)), SCHEMA)
    (unseen,) = answer["unseen"]
    assert (unseen["action"], unseen["reason"]) == ("lambda:GetPolicy", "denied")
    # Always there when denied: the contract says so.
    assert unseen["grant"]["Action"] == "lambda:GetPolicy"
    assert unseen["denied_by"] in set(DenyingPolicy)
    assert reply.diagnosis.verdict is Verdict.COULD_NOT_CHECK
    text = markdown(reply, WORDS)
    assert says in text
    assert "This IAM statement would allow it" not in text
    assert "```" not in text


def test_without_such_words_the_statement_is_offered_as_before(world: World, ask: Ask) -> None:
    orders = world.function("orders")
    api = world.rest_api("shop").method("GET /orders", orders).stage("prod")
    world.aws.deny("lambda", "GetPolicy")
    reply = ask(api.id)
    (unseen,) = diagnosis_object(reply)["unseen"]
    assert unseen["grant"]["Action"] == "lambda:GetPolicy"
    assert "denied_by" not in unseen
    assert "This IAM statement would allow it:\n\n```json" in markdown(reply, WORDS)


def test_an_account_that_cannot_be_searched_says_so_too() -> None:
    unseen = UnseenRead(
        "apigateway:GET", "GetRestApi", "*", UnseenReason.DENIED, account="shop", denied_by=DenyingPolicy.SESSION
    )
    said = unseen_line(unseen, WORDS)
    assert said.startswith(
        "The account `shop` could not be searched in full: `apigateway:GET` on `*` is not allowed. The"
    )
    assert said.endswith("Whoever provides these credentials has to allow it in that policy.")
