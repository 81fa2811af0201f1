"""Nobody can see where the time of a request goes because the stage does not trace."""

from collections.abc import Iterator

from bot.aws.account import Read
from bot.aws.apigateway import RestApi
from bot.model import Certainty, Finding, Phase


def diagnose(api: RestApi) -> Iterator[Finding]:
    """A finding for each thing that is to be mended. What `account.read` raises, nobody here has to catch."""
    answer = api.account.read(Read.of("apigateway", "GetStages", api.region, restApiId=api.id))
    for stage in (answer["item"] or []) if answer else []:
        if not stage.get("tracingEnabled"):
            yield Finding(
                cause="tracing_off",
                fix="tracing_off",
                phase=Phase.ROUTE,
                certainty=Certainty.PROVEN,
                facts={"api_id": api.id, "stage": stage["stageName"]},
                evidence=(answer.evidence,),
                account=api.account.id,
                region=api.region,
                advice=True,
            )
