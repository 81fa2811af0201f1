"""A card says what it has to, agrees with itself, and nothing else."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from bot.model import TargetKind
from bot.playbook import Card, Playbook
from tests.playbooks_made_up import PAGE, a_card

GOOD = {
    "target": "rest_api",
    "answers": ["generic-500"],
    "causes": {"a_cause": "a_fix", "other_cause": "a_fix"},
    "advice": ["other_cause"],
    "fixes": {"a_fix": {"references": [PAGE], "cloudformation": "deploy", "redeploy": True, "commands": "grant"}},
}


def changed_by(**members):
    """A fix that says what may have changed: a function's policy, but for these members."""
    said = {"service": "lambda", "events": ["RemovePermission"], "of": "function_arn", **members}
    return {"fixes": {"a_fix": {"references": [PAGE], "changed_by": [said]}}}


def test_a_fix_may_say_what_may_have_changed():
    said = changed_by(where={"statementId": "statement"}, patches=["/policy"])
    (read,) = Card.model_validate(GOOD | said).fixes["a_fix"].changed_by
    assert (read.service, read.events, read.of) == ("lambda", ("RemovePermission",), "function_arn")
    assert (read.where, read.patches) == ({"statementId": "statement"}, ("/policy",))


def test_a_card_is_read_as_it_stands():
    card = Card.model_validate(GOOD)
    assert card.target is TargetKind.REST_API
    assert card.causes == {"a_cause": "a_fix", "other_cause": "a_fix"}
    assert (card.fixes["a_fix"].cloudformation, card.fixes["a_fix"].redeploy) == ("deploy", True)


def test_what_a_fix_leaves_out_is_nothing():
    fix = a_card().fixes["some_fix"]
    assert (fix.cloudformation, fix.redeploy, fix.commands, fix.changed_by) == (None, False, None, ())


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"target": "rest-api"}, "target"),
        ({"answers": []}, "answers"),
        ({"answers": ["Generic 500"]}, "answers.0"),
        ({"causes": {}}, "causes"),
        ({"causes": {"A-Cause": "a_fix"}}, "causes"),
        ({"causes": {"a_cause": "unknown_fix"}}, "they must agree"),
        ({"fixes": {**GOOD["fixes"], "idle": {"references": [PAGE]}}}, "they must agree"),
        ({"advice": ["no_cause"]}, "which 'causes' does not list"),
        ({"fixes": {"a_fix": {"references": []}}}, "references"),
        ({"fixes": {"a_fix": {"references": ["http://docs.aws.amazon.com/x"]}}}, "references.0"),
        ({"fixes": {"a_fix": {"references": [PAGE], "cloudformation": "paste"}}}, "cloudformation"),
        ({"fixes": {"a_fix": {"references": [PAGE], "words": "none"}}}, "words"),
        ({"signatures": []}, "signatures"),
        (changed_by(service="s3"), "service"),
        (changed_by(events=[]), "events"),
        (changed_by(events=["RemovePermission20150331v2"]), "bot/aws/changes.py does not list for lambda"),
        (changed_by(service="iam"), "bot/aws/changes.py does not list for iam"),
        (changed_by(of="Function ARN"), "of"),
        (changed_by(where={"statementId": "The statement"}), "where"),
        (changed_by(patches=["policy"]), "patches"),
        (changed_by(resource="x"), "resource"),
    ],
)
def test_what_is_no_card(change, says):
    with pytest.raises(ValidationError, match=says):
        Card.model_validate(GOOD | change)


@pytest.mark.parametrize("missing", ["target", "answers", "causes", "fixes"])
def test_what_every_card_has(missing):
    with pytest.raises(ValidationError, match=missing):
        Card.model_validate({name: value for name, value in GOOD.items() if name != missing})


def test_fixes_stand_in_a_folder_of_their_own():
    playbook = Playbook("p", "Seen.", Path("shelf/p"), a_card(), lambda api: iter(()))
    assert playbook.fixes == Path("shelf/p/fixes")
