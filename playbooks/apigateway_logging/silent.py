"""Stages whose execution log would not show the next error, and the change that makes it show."""

from collections.abc import Sequence
from typing import Any

from bot.aws.api_parts import Stage
from bot.aws.apigateway import RestApi
from bot.aws.cloudformation import stage_resource
from bot.model import Certainty, Finding, Phase

from .role import RoleMend

_EVERY_METHOD = "*/*"
_LEVEL = "INFO"
_ONLY_AT_INFO = frozenset(
    {
        "authorizer-deny-explicit",
        "authorizer-deny-implicit",
        "authorizer-failure",
        "authorizer-unauthorized-401",
    }
)
"""What an authorizer answered stands in the log at this level only."""


def silent_stages(api: RestApi, stages: Sequence[Stage]) -> list[Stage]:
    """The stages that log nothing of any method in focus, or not what the symptom would need. Raises Unseen."""
    silent = {"OFF", "ERROR"} if _ONLY_AT_INFO & set(api.incident.symptoms) else {"OFF"}
    return [stage for stage in stages if {stage.log_level(method) for method in api.methods or (None,)} <= silent]


def advice(api: RestApi, stages: Sequence[Stage], mend: RoleMend | None) -> Finding:
    """One advice for the API; `mend` is of the role where that has to come first and no finding sees to it.

    Raises Unseen.
    """
    levels = dict.fromkeys(stage.log_level(method) for stage in stages for method in api.methods or (None,))
    changes = {stage.name: _changes(api, stage) for stage in stages}
    return Finding(
        cause="execution_logging_off",
        fix="execution_logging_off",
        phase=Phase.RESPONSE,
        certainty=Certainty.PROVEN,
        facts={
            "api_id": api.id,
            "stages": ", ".join(stage.name for stage in stages),
            "logging_level": ", ".join(levels),
            "log_groups": ", ".join(f"API-Gateway-Execution-Logs_{api.id}/{stage.name}" for stage in stages),
        },
        evidence=(*api.evidence_of(*stages), *(mend.evidence if mend else ())),
        account=api.account.id,
        region=api.region,
        remedy={
            "changes": changes,
            "level": _LEVEL,
            "logs_errors": "ERROR" in levels,
            "is_told": api.incident.is_told,
            "role": mend.role if mend else None,
            "resources": [
                stage_resource(api, stage, [change["key"] for change in changes[stage.name]], _LEVEL)
                for stage in stages
            ],
        },
        advice=True,
    )


def _changes(api: RestApi, stage: Stage) -> list[dict[str, Any]]:
    """What to set: of all methods, and of those that have settings of their own, which otherwise go before.

    `previous` is None where nothing is set.
    """
    settings = stage.definition.get("methodSettings") or {}
    own = [f"{method.path.replace('/', '~1')}/{method.http_method}" for method in api.methods]
    keys = dict.fromkeys(key if key in settings else _EVERY_METHOD for key in own or [_EVERY_METHOD])
    return [
        {"key": key, "previous": (settings[key].get("loggingLevel") or "OFF") if key in settings else None}
        for key in keys
    ]
