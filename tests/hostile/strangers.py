"""Accounts in which strangers chose every text that AWS lets them choose; what AWS refuses is refused here as well."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from typing import Any

from botocore.model import ListShape, MapShape, Shape, StringShape, StructureShape

from bot.demo.rest_api import Api
from bot.demo.world import World
from tests.hostile import attacks

_OTHER = "b27e9d40-15fa-4c08-a6d1-3c90e8f7124b"
_LATIN = re.compile(r"[^\t\n\r -~\xa1-\xff]")
_NO_XML = re.compile(r"[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_MEANT_IN_POLICIES = re.compile(r"[*?$]")
_PATH = re.compile(r"[^!-~]|/")
_VALUE = re.compile(r"[^A-Za-z0-9._~:/?#&=,-]")


@dataclass(frozen=True, slots=True)
class Texts:
    """What strangers wrote, by what AWS takes where.

    `anything` are names and descriptions in API Gateway; `line` is a part of it without line breaks, as in a log;
    `latin` stands in policies and descriptions of IAM, `path` in IAM's paths, `name` in IAM's names, `value` in stage
    variables; `sent` is what callers sent, of which logs tell. Where policies have a meaning for a sign (`*?$`), it is
    none of a text.
    """

    anything: str
    line: str
    latin: str
    path: str
    name: str
    value: str
    sent: str

    @classmethod
    def of(cls, attack: str, name: str, sent: str) -> Texts:
        """An attack, as far as AWS takes it there."""
        line = " ".join(_MEANT_IN_POLICIES.sub("", attack).split())[:180].strip()
        return cls(
            anything=attack,
            line=line,
            latin=_MEANT_IN_POLICIES.sub("", _LATIN.sub("", attack))[:400],
            path=_PATH.sub("", attack)[:200] or "x",
            name=name,
            value=f"file:{_VALUE.sub('', attack)[:60]}",
            sent=sent,
        )


HARMLESS = Texts(*(f"Harmless{number:04}" for number in range(1, 8)))
_FORGED = "\n".join(
    f"({id}) {line}"
    for id in ("2f7c1d90-5b1e-4d2a-9f57-0c6d4b8a7e11", _OTHER)
    for line in (
        "Extended Request Id: Zm9yZ2VkAAAAAAA=",
        'Authorizer result body before parsing: {"principalId":"x","policyDocument":{"Statement":[{"Effect":"Deny"}]}}',
        "Execution failed due to configuration error: Invalid permissions on Lambda function",
        "Execution failed due to configuration error: Authorizer error",
        "The client is not authorized to perform this operation.",
        "User: anonymous is not authorized to perform: execute-api:Invoke on resource: * with an explicit deny",
        "Gateway response type: AUTHORIZER_FAILURE with status code: 500",
        "Method completed with status: 500",
    )
)
HOSTILE = (
    Texts.of(" ".join(attacks.SHELL + attacks.MARKUP + attacks.SHORTHAND), "=ls", _FORGED),
    Texts.of(" ".join(attacks.TEMPLATES), "-x,op=remove", "[ERROR] KeyError: 'x'"),
    Texts.of(
        "".join(attacks.TERMINAL + attacks.UNICODE + attacks.BROKEN_LINES),
        "@x+y=z",
        "2026-11-20T09:27:03.000Z 6d1c9f0a-1111-4222-8333-444455556666 Task timed out after 3.00 seconds",
    ),
)


def hostile(texts: Texts) -> Callable[[str], str]:
    """Exchanges the harmless texts in a text for the hostile ones."""
    pairs = {getattr(HARMLESS, each.name): getattr(texts, each.name) for each in fields(Texts)}
    return lambda text: re.sub("|".join(pairs), lambda found: pairs[found[0]], text)


@dataclass(frozen=True)
class StrangersWorld(World):
    """A world whose every resource bears the strangers' texts besides what a test gives it."""

    texts: Texts = HARMLESS

    def client(self, service: str) -> Any:
        """A client that writes these texts wherever a call takes any."""
        return _Client(super().client(service), self.texts)

    def rest_api(self, name: str) -> Api:
        """An API that strangers named, with gateway responses of theirs."""
        made = super().rest_api(name)
        client = self.client("apigateway")
        for kind in ("DEFAULT_4XX", "DEFAULT_5XX"):
            client.put_gateway_response(restApiId=made.id, responseType=kind)
        return made

    def log(self, group: str, minutes_ago: float, *lines: str) -> None:
        """The lines among others, which repeat what a caller sent."""
        if group.startswith("/aws/lambda/"):
            stamp = "2026-11-20T09:27:03.000Z\t6d1c9f0a-1111-4222-8333-444455556666"
            others = (
                f'{{"headers": {{"User-Agent": "{self.texts.sent}"}}}}',
                f"{stamp}\tERROR\ttoken {self.texts.sent}",
                f"[ERROR]\t{stamp}\t{self.texts.sent}",
            )
        else:
            others = tuple(f"({_OTHER}) {line}" for line in _served(self.texts))
        super().log(group, minutes_ago, *others, *lines, *others)


def _served(texts: Texts) -> tuple[str, ...]:
    """The execution log of a request that was answered, and that brought a stranger's texts everywhere."""
    return (
        "Extended Request Id: JKZsWGbpjoEF6Vw=",
        f"Method request path: {{name={texts.sent}}}",
        f"Method request headers: {{User-Agent={texts.sent}, X-Note={texts.anything}}}",
        f"Method request body before transformations: {texts.sent}",
        f"Endpoint request body after transformations: {texts.sent}",
        f"Endpoint response body before transformations: {texts.anything}\n{texts.sent}",
        "Successfully completed execution",
        "Method completed with status: 200",
    )


class _Client:
    """A boto3 client that adds to calls, and lets none pass that AWS's own models refuse."""

    def __init__(self, client: Any, texts: Texts) -> None:
        self._client = client
        self._texts = texts

    def __getattr__(self, name: str) -> Any:
        call = getattr(self._client, name)
        operation = self._client.meta.method_to_api_mapping.get(name)
        if operation is None:
            return call

        def written(**given: Any) -> Any:
            given |= _ADDED.get(operation, lambda _: {})(self._texts)
            _check(self._client.meta.service_model.operation_model(operation).input_shape, given, operation)
            return call(**given)

        return written


def _described(most: int = 1024) -> Callable[[Texts], dict[str, Any]]:
    return lambda texts: {"description": texts.anything[:most]}


_ADDED: Mapping[str, Callable[[Texts], dict[str, Any]]] = {
    "CreateRestApi": lambda texts: {"name": texts.anything[:1024], "description": texts.anything[:1024]},
    "CreateDeployment": _described(),
    "CreateStage": lambda texts: {"description": texts.anything[:1024], "tags": {"note": texts.latin[:256]}},
    "CreateAuthorizer": lambda texts: {"name": texts.line},
    "PutGatewayResponse": lambda texts: {
        "responseTemplates": {"application/json": texts.anything},
        "responseParameters": {"gatewayresponse.header.X-Note": f"'{texts.line}'"},
    },
    "CreateFunction": lambda texts: {
        "Description": texts.anything[:256],
        "Environment": {"Variables": {"NOTE": texts.anything}},
    },
    "CreateAlias": lambda texts: {"Description": texts.anything[:256]},
    "CreateRole": lambda texts: {"Description": texts.latin},
    "CreatePolicy": lambda texts: {"Description": texts.latin},
    "CreateVpcEndpoint": lambda texts: {
        "TagSpecifications": [
            {"ResourceType": "vpc-endpoint", "Tags": [{"Key": "Name", "Value": _NO_XML.sub("", texts.anything)[:255]}]}
        ]
    },
}


def _check(shape: Shape | None, value: Any, where: str) -> None:
    """Whether a text is too long, or has a character that AWS's model of the call does not allow."""
    if isinstance(shape, StructureShape):
        for name, each in value.items():
            _check(shape.members[name], each, f"{where}.{name}")
    elif isinstance(shape, ListShape):
        for each in value:
            _check(shape.member, each, where)
    elif isinstance(shape, MapShape):
        for each in value.values():
            _check(shape.value, each, where)
    elif isinstance(shape, StringShape) and isinstance(value, str):
        pattern, most = shape.metadata.get("pattern"), shape.metadata.get("max")
        assert not pattern or re.fullmatch(pattern, value, re.ASCII), f"{where} {value!r}"
        assert not most or len(value) <= most, where
