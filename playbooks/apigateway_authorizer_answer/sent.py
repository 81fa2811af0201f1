"""What the request in question lacked when API Gateway looked for its caller's identity."""

import re
from collections.abc import Iterator, Sequence
from typing import Any

from bot.aws.api_parts import Authorizer, Method
from bot.aws.apigateway import RestApi
from bot.aws.authorizers import COGNITO, LAMBDA_TYPES, IdentityCheck, IdentitySource, SourceKind
from bot.model import Certainty, Fact, Finding, Phase, SentRequest

_UNAUTHORIZED = "authorizer-unauthorized-401"
_PLAIN = re.compile(r"[A-Za-z0-9/._:{}+?=&…-]+")


def refused_as_sent(api: RestApi) -> Iterator[Finding]:
    """The first thing for which the request, as the question shows it, was answered 401. Raises Unseen."""
    sent = api.incident.sent
    # Only the path tells which authorizer the request met: of any other it says nothing.
    if sent is None or api.focus.path is None or _UNAUTHORIZED not in api.incident.symptoms:
        return
    for authorizer, methods in api.authorizers:
        if len(methods) == len(api.methods) and authorizer.type in (COGNITO, *LAMBDA_TYPES):
            yield from _of(api, authorizer, methods, sent)


def _of(api: RestApi, authorizer: Authorizer, methods: Sequence[Method], sent: SentRequest) -> Iterator[Finding]:
    check = IdentityCheck(authorizer)
    facts: dict[str, Fact] = {
        "api_id": api.id,
        "methods": ", ".join(method.label for method in methods),
        "authorizer_id": authorizer.id,
        "authorizer_name": authorizer.name,
        "identity_source": ", ".join(source.expression for source in check.sources),
    }
    remedy: dict[str, Any] = {
        "authorizer_type": authorizer.type,
        "ttl": check.ttl,
        "may_be_over": False,
        **_request(api, methods[0], check.required),
    }
    missing = check.missing(sent, tuple(stage for stage in api.stages if stage.exists))
    if missing:
        certainty = Certainty.PROVEN if sent.is_whole else Certainty.LIKELY
        facts["missing"] = ", ".join(source.expression for source in missing)
        remedy["lacking"] = [{"kind": source.kind.name.lower(), "name": source.name} for source in missing]
        yield _finding(api, "authorizer_identity_source_missing", authorizer, methods, facts, remedy, certainty)
    elif check.rejects(sent):
        facts["expression"] = check.expression or ""
        yield _finding(api, "authorizer_token_pattern_rejects", authorizer, methods, facts, remedy)
    elif authorizer.type == COGNITO and len(methods) == 1:
        scopes = methods[0].definition.get("authorizationScopes") or ()
        mismatch = check.token_mismatch(sent, scopes)
        if mismatch:
            facts |= {"differs": mismatch.claim, "expected": mismatch.expected, "actual": mismatch.actual}
            certainty = Certainty.PROVEN if mismatch.claim == "issuer" else Certainty.LIKELY
            remedy["scopes"] = ", ".join(map(str, scopes))
            yield _finding(api, "jwt_configuration_mismatch", authorizer, methods, facts, remedy, certainty)


def _request(api: RestApi, method: Method, required: Sequence[IdentitySource]) -> dict[str, Any]:
    """A call that carries every identity source; their values are the caller's own."""
    queries = [source.name for source in required if source.kind is SourceKind.QUERY]
    stage = next((stage.name for stage in api.stages if stage.exists), "")
    suffix = "amazonaws.com.cn" if api.account.partition == "aws-cn" else "amazonaws.com"
    asked = "&".join(f"{name}=…" for name in queries)
    url = f"https://{api.id}.execute-api.{api.region}.{suffix}/{stage}{method.path}" + (f"?{asked}" if asked else "")
    verb = api.focus.method or method.http_method
    return {
        "verb": "GET" if verb == "ANY" else verb,
        "headers": [source.name for source in required if source.kind is SourceKind.HEADER],
        # In a shell, what stands in double quotation marks may still be more than text.
        "url": url if _PLAIN.fullmatch(url) else "",
    }


def _finding(
    api: RestApi,
    cause: str,
    authorizer: Authorizer,
    methods: Sequence[Method],
    facts: dict[str, Fact],
    remedy: dict[str, Any],
    certainty: Certainty = Certainty.PROVEN,
) -> Finding:
    return Finding(
        cause=cause,
        fix=cause,
        phase=Phase.AUTHORIZER,
        certainty=certainty,
        facts=facts,
        evidence=api.evidence_of(*methods, authorizer),
        account=api.account.id,
        region=api.region,
        remedy=remedy,
    )
