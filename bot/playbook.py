"""What a playbook is: its card, and the function that looks at a target and says what is wrong with it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from bot.aws.apigateway import RestApi
from bot.aws.changes import RECORDED_AS
from bot.model import Finding, Phase, TargetKind

Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
Name = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(_[a-z0-9]+)*$")]
Url = Annotated[str, StringConstraints(pattern=r"^https://\S+$")]

Diagnose = Callable[[RestApi], Iterator[Finding]]
Expect = Callable[[RestApi], None]


def _expect_nothing(_: RestApi) -> None:
    """A playbook need not say early what it will read."""


class ChangedBy(BaseModel):
    """Which events of CloudTrail's history may have brought a fault about, and on what.

    `events` are named as people call them (`RemovePermission`). `of` names the fact, or the value of the finding's
    remedy, that holds the thing: a function's, role's, user's or policy's ARN, an API's or a VPC endpoint's id. `where`
    are further parameters that the request must have, each with the name of what holds its value, such as
    `{statementId: statement}`. Several things, or values of which one must fit, are a list or joined by commas.
    `patches` are paths of which an update must patch one: `/policy`.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    service: Literal["apigateway", "ec2", "iam", "lambda"]
    events: tuple[str, ...] = Field(min_length=1)
    of: Name
    where: dict[str, Name] = {}
    patches: tuple[Annotated[str, StringConstraints(pattern=r"^/")], ...] = ()

    @model_validator(mode="after")
    def _events_are_known(self) -> "ChangedBy":
        if unknown := [event for event in self.events if event not in RECORDED_AS[self.service]]:
            raise ValueError(f"'events' names {unknown}, which bot/aws/changes.py does not list for {self.service}")
        return self


class FixCard(BaseModel):
    """What is true of a fix whatever the account: how its template is used, and the pages it rests on.

    `cloudformation` is `deploy` where the template mends as a stack of its own, `merge` where the reader changes a
    resource of their own template. `redeploy`: the fix acts only after a deployment of the API. `commands` names the
    `.sh`, `.rollback.sh` and `.yaml` templates where several fixes share them; they bear the fix's own name otherwise.
    `changed_by`: whose change is told as the one that may have brought the fault about, the newest of all.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    cloudformation: Literal["deploy", "merge"] | None = None
    redeploy: bool = False
    commands: Name | None = None
    changed_by: tuple[ChangedBy, ...] = ()
    references: tuple[Url, ...] = Field(min_length=1)


class Card(BaseModel):
    """A playbook's facts: `playbook.yaml`.

    `answers` are the symptoms it explains; `accompanies` those that others explain, along with whom it is tried:
    that it finds nothing leaves them open. `phase` is where on a request's way its causes begin: where another playbook
    has found a fault no later on the way, this one is tried as well, since mending a fault reveals the next; without a
    phase it is never tried for that alone. `causes` maps each public cause to the fix that mends it, whose files stand
    in `fixes/`. `advice` names the causes that are no fault by themselves.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    target: TargetKind
    answers: tuple[Slug, ...] = Field(min_length=1)
    accompanies: tuple[Slug, ...] = ()
    phase: Phase | None = None
    causes: dict[Name, Name] = Field(min_length=1)
    advice: tuple[Name, ...] = ()
    fixes: dict[Name, FixCard]

    @property
    def symptoms(self) -> tuple[Slug, ...]:
        """Every symptom it is tried for."""
        return (*self.answers, *self.accompanies)

    @model_validator(mode="after")
    def _fixes_and_causes_agree(self) -> "Card":
        used, described = set(self.causes.values()), set(self.fixes)
        if used != described:
            raise ValueError(
                f"'causes' name the fixes {sorted(used)} but 'fixes' describes {sorted(described)}: they must agree"
            )
        if stray := set(self.advice) - set(self.causes):
            raise ValueError(f"'advice' names {sorted(stray)}, which 'causes' does not list")
        return self


@dataclass(frozen=True, slots=True)
class Playbook:
    """A folder of content: a card, the diagnosis, and the fixes. `summary` is the diagnosis' opening sentence.

    `expect` starts reads that the diagnosis will need in any case: those of all playbooks are then under way together.
    """

    name: str
    summary: str
    folder: Path
    card: Card
    diagnose: Diagnose
    expect: Expect = _expect_nothing

    @property
    def fixes(self) -> Path:
        """The folder of the fixes' templates."""
        return self.folder / "fixes"


@dataclass(frozen=True, slots=True)
class Plan:
    """The playbooks to try, best symptom first, and the others: they may find what hides beneath a fault."""

    answering: tuple[Playbook, ...]
    others: tuple[Playbook, ...] = ()
