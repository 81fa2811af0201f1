"""Which parts of an API a symptom can depend on, of those that a deployment changes."""

from bot.aws.apigateway import RestApi
from bot.aws.drift import Change
from bot.aws.policy_change import PolicyChange
from bot.model import Incident, Phase

DEPLOYING = "deploy-error"
"""What failed was no request but a deployment, or another change of the API."""
_EVERYTHING = frozenset(Phase)
_WHO_MAY_CALL = frozenset({Phase.RESOURCE_POLICY, Phase.AUTHORIZER})
_THE_AUTHORIZER = frozenset({Phase.AUTHORIZER})
_THE_INTEGRATION = frozenset({Phase.INTEGRATION})
_THE_ROUTE = frozenset({Phase.ROUTE, Phase.AUTHORIZER})

_DEPENDS_ON = {
    "not-deployed": _EVERYTHING,
    DEPLOYING: _EVERYTHING,
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
# Which errors a method can give under the authorization that runs; a change of any other explains none of them.
_SHOWN_UNDER = {
    "AWS_IAM": frozenset(
        {"missing-auth-token", "sigv4-invalid", "iam-caller-denied", "forbidden-generic", "resource-policy-deny"}
    ),
    "CUSTOM": frozenset(
        {
            "generic-500",
            "forbidden-generic",
            "authorizer-unauthorized-401",
            "authorizer-deny-explicit",
            "authorizer-deny-implicit",
            "authorizer-failure",
            "authorizer-lambda-permission",
            "authorizer-credentials-role",
        }
    ),
    "COGNITO_USER_POOLS": frozenset({"authorizer-unauthorized-401"}),
    # Without authorization a caller is anonymous to the resource policy.
    "NONE": frozenset({"resource-policy-deny"}),
}
_WAITS = frozenset({"not-deployed", DEPLOYING})
_ABOUT_ANYTHING = _WAITS | {"cors"}
# What a request can meet for which no route runs; every other error comes from behind a route.
_REFUSED_WITHOUT_A_ROUTE = frozenset({"missing-auth-token", "sigv4-invalid"})
_WITHOUT_A_ROUTE = _REFUSED_WITHOUT_A_ROUTE | {"not-deployed", "cors"}
# What a question can show that is about an API of which nothing was ever deployed. Other errors then come from the
# console's Test feature, which needs no deployment.
_WITHOUT_A_DEPLOYMENT = frozenset({"missing-auth-token", "forbidden-generic", "not-deployed", DEPLOYING, "cors"})


def parts_at_stake(incident: Incident) -> frozenset[Phase]:
    """The phases in which a saved change could matter for what failed; all of them for a check-up."""
    told = [_DEPENDS_ON[symptom] for symptom in incident.symptoms if symptom in _DEPENDS_ON]
    if not incident.symptoms:
        return _EVERYTHING
    return frozenset[Phase]().union(*told)


def asks_to_deploy(incident: Incident) -> bool:
    """Whether the question itself is about a change that does not act yet, or a deployment that fails."""
    return not _WAITS.isdisjoint(incident.symptoms)


def could_show(change: Change, incident: Incident, policy: PolicyChange | None) -> bool:
    """Whether what runs now, which the change would replace, can have given the errors that the question shows.

    To deploy what is saved instead of something that lets the request pass would help nobody. `policy` is what the
    change of the resource policy means for the calls asked about, None where that is not known.
    """
    shown = frozenset(incident.symptoms)
    judged = policy if change.phase is Phase.RESOURCE_POLICY and not asks_to_deploy(incident) else None
    if not shown or shown & _ABOUT_ANYTHING:
        return judged is None or not judged.may_shut_out
    if judged and not judged.may_let_in:
        return False
    if change.is_removal:
        return False
    if change.phase is Phase.AUTHORIZER:
        return bool(shown & _SHOWN_UNDER.get(change.running, frozenset()))
    return bool(change.running) or change.phase not in (Phase.RESOURCE_POLICY, Phase.USAGE_PLAN)


def may_lack_a_route(api: RestApi) -> bool:
    """Whether the request may have found no route, or the question shows no error at all.

    The URL of a stage alone is more often meant as the address of the API than as a request for its root.
    """
    shown = api.incident.symptoms
    if (api.focus.path or "").strip("/"):
        return not shown or not _WITHOUT_A_ROUTE.isdisjoint(shown)
    return not _REFUSED_WITHOUT_A_ROUTE.isdisjoint(shown)


def may_lack_a_deployment(incident: Incident) -> bool:
    """Whether what failed may have failed for want of a deployment, or the question shows no error at all."""
    return not incident.symptoms or not _WITHOUT_A_DEPLOYMENT.isdisjoint(incident.symptoms)
