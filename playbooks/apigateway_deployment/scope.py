"""Which parts of an API a symptom can depend on, of those that a deployment changes."""

from bot.model import Incident, Phase

_EVERYTHING = frozenset(Phase)
_WHO_MAY_CALL = frozenset({Phase.RESOURCE_POLICY, Phase.AUTHORIZER})
_THE_AUTHORIZER = frozenset({Phase.AUTHORIZER})
_THE_INTEGRATION = frozenset({Phase.INTEGRATION})
_THE_ROUTE = frozenset({Phase.ROUTE, Phase.AUTHORIZER})

_DEPENDS_ON = {
    "not-deployed": _EVERYTHING,
    "deploy-error": _EVERYTHING,
    "cors": _EVERYTHING,
    "missing-auth-token": _THE_ROUTE,
    # A request for a route that does not run is held to have a broken signature if it brings any Authorization header.
    "sigv4-invalid": _THE_ROUTE,
    "forbidden-generic": _WHO_MAY_CALL | {Phase.USAGE_PLAN},
    "resource-policy-deny": _WHO_MAY_CALL,
    "iam-caller-denied": _WHO_MAY_CALL,
    "api-key-forbidden": frozenset({Phase.USAGE_PLAN}),
    "authorizer-unauthorized-401": _THE_AUTHORIZER,
    "authorizer-deny-explicit": _THE_AUTHORIZER,
    "authorizer-deny-implicit": _THE_AUTHORIZER,
    "authorizer-failure": _THE_AUTHORIZER,
    "authorizer-lambda-permission": _THE_AUTHORIZER,
    "authorizer-credentials-role": _THE_AUTHORIZER,
    "generic-500": _THE_AUTHORIZER | _THE_INTEGRATION,
    "integration-lambda-permission": _THE_INTEGRATION,
    "integration-credentials-role": _THE_INTEGRATION,
    "integration-http-method": _THE_INTEGRATION,
    "integration-timeout": _THE_INTEGRATION,
    "integration-network": _THE_INTEGRATION,
    "integration-response-mapping": _THE_INTEGRATION,
    "malformed-proxy-response": _THE_INTEGRATION,
    "lambda-function-error": _THE_INTEGRATION,
    "backend-http-error": _THE_INTEGRATION,
}
# What a request can meet for which no route runs; every other error comes from behind a route.
_WITHOUT_A_ROUTE = frozenset({"missing-auth-token", "sigv4-invalid", "not-deployed", "cors"})
# What a question can show that is about an API of which nothing was ever deployed. Other errors then come from the
# console's Test feature, which needs no deployment.
_WITHOUT_A_DEPLOYMENT = frozenset({"missing-auth-token", "forbidden-generic", "not-deployed", "deploy-error", "cors"})


def parts_at_stake(incident: Incident) -> frozenset[Phase]:
    """The phases in which a saved change could matter for what failed; all of them for a check-up."""
    told = [_DEPENDS_ON[symptom] for symptom in incident.symptoms if symptom in _DEPENDS_ON]
    if not incident.symptoms:
        return _EVERYTHING
    return frozenset[Phase]().union(*told)


def may_lack_a_route(incident: Incident) -> bool:
    """Whether the request may have found no route, or the question shows no error at all."""
    return not incident.symptoms or not _WITHOUT_A_ROUTE.isdisjoint(incident.symptoms)


def may_lack_a_deployment(incident: Incident) -> bool:
    """Whether what failed may have failed for want of a deployment, or the question shows no error at all."""
    return not incident.symptoms or not _WITHOUT_A_DEPLOYMENT.isdisjoint(incident.symptoms)
