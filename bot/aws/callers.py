"""Who called an API, and from where, as far as the question tells: the principal and the context that policies see.

Rests on "AWS condition keys that can be used in API Gateway resource policies"
(developerguide/apigateway-resource-policies-aws-condition-keys), "Use VPC endpoint policies for private APIs"
(developerguide/apigateway-vpc-endpoint-policies) and "AWS global condition context keys"
(IAM/latest/UserGuide/reference_policies_condition-keys).
"""

from collections.abc import Sequence
from functools import cached_property

import re2

from bot.aws.account import Unseen
from bot.aws.apigateway import RestApi
from bot.aws.arn import Arn
from bot.aws.iam import Role
from bot.aws.iam_user import User
from bot.aws.policy import Principal
from bot.aws.vpc_endpoints import VpcEndpoint

SIGNED = "AWS_IAM"
"""The authorization type of methods whose callers sign with IAM credentials; for all others a caller is anonymous."""
_SIGNATURES = ("AWS4-HMAC-SHA256", "AWS4-ECDSA-P256-SHA256")
_ACCOUNT_DIGITS = 12
_ANONYMOUS = re2.compile(r"(?i)\b(?:anonymous|an[oó]nimo)\b|匿名")
_EXPLICIT = re2.compile(r"(?i)explicit[_ -]?deny|ExplicitDeny|明示的|明確拒絕|denegaci[oó]n expl[ií]cita")
_BY_ENDPOINT = re2.compile(r"(?i)VPC endpoint policy")
# Present in requests only whose caller has signed, and whose signature is asked for.
_KEYS_OF_SIGNERS = (
    "aws:PrincipalAccount",
    "aws:PrincipalArn",
    "aws:PrincipalOrgID",
    "aws:PrincipalOrgPaths",
    "aws:userid",
    "aws:username",
)
_KEYS_OF_PRIVATE_APIS = ("aws:SourceVpc", "aws:SourceVpce", "aws:VpcSourceIp")


class Caller:
    """Whoever made the request that failed, as far as the question tells."""

    def __init__(self, api: RestApi) -> None:
        self.api = api
        self._incident = api.incident

    @property
    def arn(self) -> str | None:
        """The ARN under which the caller signed; a masked one is none."""
        arn = self._parsed
        return str(arn) if arn else None

    @property
    def name(self) -> str | None:
        """How a person names the caller: the ARN, `anonymous`, or None where nothing tells."""
        return self.arn or ("anonymous" if self.is_called_anonymous else None)

    @property
    def is_called_anonymous(self) -> bool:
        """The text says `User: anonymous`, as a resource policy or a VPC endpoint's policy does when it refuses."""
        shown = "resource-policy-deny" in self._incident.symptoms
        return shown and self.arn is None and _ANONYMOUS.search(self._incident.text) is not None

    @property
    def met_a_policy(self) -> bool:
        """The text is the refusal of a policy on the way to the API, rather than the caller's or the authorizer's."""
        return "resource-policy-deny" in self._incident.symptoms and not _BY_ENDPOINT.search(self._incident.text)

    @property
    def met_a_deny(self) -> bool:
        """The text says that a Deny statement refused."""
        return _EXPLICIT.search(self._incident.text) is not None

    @property
    def is_of_another_account(self) -> bool | None:
        """Whether the caller belongs to another account than the API; None where no caller is named. Raises Unseen."""
        return self._parsed.account != self.api.account.id if self._parsed else None

    @cached_property
    def identity(self) -> Role | User | None:
        """The role behind a session, or the user; None where it is neither, or its account cannot be entered.

        Raises Unseen.
        """
        arn = self._parsed
        owner = self.api.account.neighbour(arn.account) if arn else None
        if arn is None or owner is None:
            return None
        kind, _, name = arn.resource.partition("/")
        if arn.service == "sts" and kind == "assumed-role":
            return Role(owner, f"arn:{arn.partition}:iam::{arn.account}:role/{name.partition('/')[0]}")
        if arn.service != "iam" or kind not in ("role", "user"):
            return None
        return Role(owner, str(arn)) if kind == "role" else User(owner, str(arn))

    @property
    def lasting_arn(self) -> str | None:
        """The ARN by which a policy names the caller: of a session, that of its role. Raises Unseen."""
        arn = self._parsed
        if arn is None:
            return None
        identity = self.identity
        if identity and identity.answer:
            return identity.real_arn
        kind, _, name = arn.resource.partition("/")
        if kind == "assumed-role":
            return f"arn:{arn.partition}:iam::{arn.account}:role/{name.partition('/')[0]}"
        return str(arn) if arn.service == "iam" else None

    @property
    def has_signed(self) -> bool:
        """The question shows a signature, valid or not: in a header, in the query string, or by naming who signed."""
        sent = self._incident.sent
        if self.arn or sent is None:
            return self.arn is not None
        in_header = sent.values.get("authorization", "").startswith(_SIGNATURES)
        return in_header or any(name.lower() == "x-amz-signature" for name in sent.query)

    @property
    def is_root(self) -> bool:
        """It is the account itself, which no identity policy limits."""
        return self._parsed is not None and self._parsed.resource == "root"

    @property
    def source_ip(self) -> str | None:
        """The address that the call came from."""
        return self._incident.source_ip

    @cached_property
    def endpoint(self) -> VpcEndpoint | None:
        """The VPC endpoint that the call came through, or, where the question names none, the only one of the API.

        None for an API that is not private: such a one is not called through an endpoint. Raises Unseen.
        """
        api = self.api
        if not api.is_private:
            return None
        told = self._incident.vpc_endpoint
        associated = api.vpc_endpoint_ids
        id = told or (associated[0] if len(associated) == 1 else None)
        return VpcEndpoint(api.account, api.region, id) if id else None

    @property
    def endpoint_is_told(self) -> bool:
        """The question itself names the VPC endpoint."""
        return self._incident.vpc_endpoint is not None

    def principal(self, authorization: str | None) -> Principal | None:
        """Who asks, in a policy's terms: None where nothing tells who signed the call of a method that wants that."""
        if authorization != SIGNED:
            return Principal.anonymous()
        if self.arn:
            return Principal.aws(self.arn)
        return Principal.anonymous() if self.is_called_anonymous else None

    def principal_at_endpoint(self) -> Principal | None:
        """Who asks, in the terms of the endpoint's policy, which sees every signature, asked for or not."""
        if self.arn:
            return Principal.aws(self.arn)
        if self.is_called_anonymous:
            return Principal.anonymous()
        return None

    def context(self, principal: Principal | None) -> dict[str, str | Sequence[str]]:
        """What is known of the call: `()` for a key that it certainly lacks. Raises Unseen.

        `aws:SourceIp` does not occur in calls through a VPC endpoint, nor the keys about a VPC in any others.
        """
        known: dict[str, str | Sequence[str]] = {"aws:SecureTransport": "true"}
        if self.api.is_private:
            known["aws:SourceIp"] = ()
            known |= self._from_the_vpc()
        else:
            known |= dict.fromkeys(_KEYS_OF_PRIVATE_APIS, ())
            if self.source_ip:
                known["aws:SourceIp"] = self.source_ip
        if principal == Principal.anonymous():
            known |= dict.fromkeys(_KEYS_OF_SIGNERS, ())
        elif principal and self._parsed:
            known["aws:PrincipalAccount"] = self._parsed.account
            if self._parsed.service == "iam":
                known["aws:PrincipalArn"] = str(self._parsed)
        return known

    def _from_the_vpc(self) -> dict[str, str | Sequence[str]]:
        known: dict[str, str | Sequence[str]] = {}
        if self.source_ip:
            known["aws:VpcSourceIp"] = self.source_ip
        if self.endpoint and self.endpoint_is_told:
            known["aws:SourceVpce"] = self.endpoint.id
            try:
                if vpc := self.endpoint.vpc_id:
                    known["aws:SourceVpc"] = vpc
            except Unseen:
                pass  # The VPC stays unknown, and the inquiry remembers why.
        return known

    @property
    def _parsed(self) -> Arn | None:
        arn = Arn.parse(self._incident.caller or "")
        is_whole = arn is not None and len(arn.account) == _ACCOUNT_DIGITS and arn.account.isdigit()
        return arn if is_whole else None
