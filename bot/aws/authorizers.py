"""What an authorizer asks of a request before it is called: identity sources, a pattern for the token, user pools.

Rests on "Authorizer" of the API reference (apigateway/latest/api/API_Authorizer), on which the names here are based.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import re2

from bot.aws.api_parts import Authorizer, Stage
from bot.aws.arn import Arn
from bot.aws.tokens import claims_of
from bot.model import SentRequest

LAMBDA_TYPES = ("TOKEN", "REQUEST")
COGNITO = "COGNITO_USER_POOLS"
_DEFAULT_TTL = 300
_SOURCE = re2.compile(
    r"(method\.request\.header|method\.request\.querystring|stageVariables|context)\.([A-Za-z0-9_.-]+)"
)
_MOST_EXPRESSION_BYTES = 4_096
_LONGEST_ISSUER = 200
# What RE2 may read otherwise than Java does, though it takes it: sets within sets, possessive quantifiers, flags.
_READ_OTHERWISE = re2.compile(r"\\[a-zA-Z]|\[[^\]]*(?:&&|\[)|\(\?|[+*?}]\+")
_READ_ALIKE = re2.compile(r"\\[dDwWsS]|\(\?:|\(\?i\)")


class SourceKind(StrEnum):
    """Where an identity source takes its value from."""

    HEADER = "method.request.header"
    QUERY = "method.request.querystring"
    STAGE_VARIABLE = "stageVariables"
    CONTEXT = "context"


@dataclass(frozen=True, slots=True)
class IdentitySource:
    """One value that has to be present in a request."""

    kind: SourceKind
    name: str

    @property
    def expression(self) -> str:
        """As the authorizer's settings spell it."""
        return f"{self.kind}.{self.name}"


@dataclass(frozen=True, slots=True)
class TokenMismatch:
    """The claim (`issuer`, `token_use`) in which a token is another one than is accepted."""

    claim: str
    expected: str
    actual: str


@dataclass(frozen=True, slots=True)
class IdentityCheck:
    """What API Gateway checks by itself before it calls an authorizer; a request that fails it is answered 401."""

    authorizer: Authorizer

    @property
    def ttl(self) -> int:
        """For how many seconds an answer is kept and given again for the same identity; 0 for never."""
        given = self.authorizer.definition.get("authorizerResultTtlInSeconds")
        return _DEFAULT_TTL if given is None else int(given)

    @property
    def sources(self) -> tuple[IdentitySource, ...]:
        """The identity sources, in the order of the settings; what is no known expression is left out."""
        expressions = str(self.authorizer.definition.get("identitySource") or "").split(",")
        found = (_SOURCE.fullmatch(expression.strip()) for expression in expressions)
        return tuple(IdentitySource(SourceKind(each[1]), each[2]) for each in found if each)

    @property
    def required(self) -> tuple[IdentitySource, ...]:
        """Those without which a request is refused: none for a REQUEST authorizer that keeps no answers.

        https://docs.aws.amazon.com/apigateway/latest/developerguide/configure-api-gateway-lambda-authorization.html
        """
        return () if self.authorizer.type == "REQUEST" and self.ttl == 0 else self.sources

    @property
    def expression(self) -> str | None:
        """The pattern that a token has to match; a REQUEST authorizer's plays no part."""
        given = self.authorizer.definition.get("identityValidationExpression")
        return str(given) if given and self.authorizer.type != "REQUEST" else None

    @property
    def issuers(self) -> tuple[str, ...]:
        """The issuers of the user pools whose tokens are accepted; none for a Lambda authorizer."""
        arns = (Arn.parse(str(arn)) for arn in self.authorizer.definition.get("providerARNs") or ())
        return tuple(_issuer(arn) for arn in arns if arn and arn.service == "cognito-idp")

    def missing(self, sent: SentRequest, stages: tuple[Stage, ...] = ()) -> tuple[IdentitySource, ...]:
        """The required sources that a request as sent does not have; a header that is there and empty lacks as well.

        A stage variable lacks where no stage in question sets it; values of the context are API Gateway's own.
        """
        return tuple(source for source in self.required if _lacks(source, sent, stages))

    def token(self, sent: SentRequest) -> str | None:
        """The value of the header that holds the token, as sent; None where there is none."""
        headers = [source.name.lower() for source in self.sources if source.kind is SourceKind.HEADER]
        return sent.values.get(headers[0]) if headers else None

    def rejects(self, sent: SentRequest) -> bool:
        """Whether the pattern certainly does not fit the token; the token goes no further than here.

        Of a Lambda authorizer the whole value of the header is compared, of a user pool's the claim `aud`.
        """
        token, expression = self.token(sent), self.expression
        if not token or not expression:
            return False
        compared = token if self.authorizer.type == "TOKEN" else claims_of(token).get("aud")
        return isinstance(compared, str) and _fits(expression, compared) is False

    def token_mismatch(self, sent: SentRequest, scopes: Sequence[str]) -> "TokenMismatch | None":
        """In what a user pool's token is not the one that a method with these scopes asks for.

        https://repost.aws/knowledge-center/api-gateway-cognito-401-unauthorized
        """
        claims = claims_of(self.token(sent) or "")
        issuer, use = claims.get("iss"), claims.get("token_use")
        # The pool's id alone is compared: it tells the pool, however the issuer is spelled around it.
        pools = {issuer.rpartition("/")[2] for issuer in self.issuers}
        if pools and isinstance(issuer, str) and issuer.rstrip("/").rpartition("/")[2] not in pools:
            return TokenMismatch("issuer", ", ".join(self.issuers), _shortened(issuer))
        wanted = "access" if scopes else "id"
        if pools and use in ("access", "id") and use != wanted:
            return TokenMismatch("token_use", wanted, use)
        return None


def _issuer(arn: Arn) -> str:
    suffix = "amazonaws.com.cn" if arn.partition == "aws-cn" else "amazonaws.com"
    return f"https://cognito-idp.{arn.region}.{suffix}/{arn.resource.removeprefix('userpool/')}"


def _shortened(issuer: str) -> str:
    return issuer if len(issuer) <= _LONGEST_ISSUER else f"{issuer[:_LONGEST_ISSUER]}…"


def _lacks(source: IdentitySource, sent: SentRequest, stages: tuple[Stage, ...]) -> bool:
    if source.kind is SourceKind.HEADER:
        return not sent.values.get(source.name.lower(), "").strip()
    if source.kind is SourceKind.QUERY:
        return source.name not in sent.query
    if source.kind is SourceKind.STAGE_VARIABLE:
        return bool(stages) and not any(stage.variables.get(source.name) for stage in stages)
    return False


def _fits(expression: str, value: str) -> bool | None:
    """Whether a pattern of Java's fits a whole value; None where RE2 has no such pattern, or reads it otherwise."""
    if len(expression) > _MOST_EXPRESSION_BYTES or not value.isascii():
        return None
    if _READ_OTHERWISE.search(_READ_ALIKE.sub("", expression)):
        return None
    try:
        return re2.compile(expression, _quiet()).fullmatch(value) is not None
    except re2.error:
        return None


def _quiet() -> "re2.Options":
    options = re2.Options()
    options.log_errors = False
    return options
