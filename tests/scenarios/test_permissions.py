"""Whoever may not ask about an account learns no more of it than if it did not exist: the answers are the same."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from bot.aws.account import Source
from bot.aws.accounts import Accounts
from bot.aws.accounts_file import AccountEntry
from bot.demo.simulation.server import SimulatedAws
from bot.demo.world import World
from bot.model import Asker, Command, Progress, Question, Reply
from bot.reply.document import markdown
from bot.reply.json_form import diagnosis_object
from bot.reply.locales import LANGUAGES
from bot.troubleshooter import Troubleshooter
from tests.aws.bystanders import Remembering

_SECRET, _OPEN, _REGION = "210987654321", "345678901234", "eu-west-1"
_MAY, _MAY_NOT = Asker("U0FRIEND", "C0FRIEND"), Asker("U0STRANGER", "C0STRANGER")
_PERMISSION = "Execution failed due to configuration error: Invalid permissions on Lambda function"

Answer = Callable[..., tuple[Reply, list[Progress]]]


def _entry(id: str, **limits: Any) -> AccountEntry:
    # Two regions: a search of all of them asks the same of each, and tells nobody more.
    return AccountEntry(
        id=id, role_arn=f"arn:aws:iam::{id}:role/kintsugi", regions=(_REGION, "ap-northeast-1"), **limits
    )


_NOT_THERE = (AccountEntry(id="123456789012", own=True), _entry(_OPEN, name="open"))
_HIDDEN = (*_NOT_THERE, _entry(_SECRET, name="secret", channels=("C0FRIEND",)))


@pytest.fixture
def answer(environment: dict[str, str], bot: Troubleshooter, live: Source) -> Answer:
    """Asks with an accounts file, and hears of the progress."""

    def put(
        entries: tuple[AccountEntry, ...], text: str, asker: Asker | None, **more: Any
    ) -> tuple[Reply, list[Progress]]:
        heard: list[Progress] = []
        question = Question(text, more.pop("locale", "en"), asker=asker, account=more.pop("account", None))
        asked = replace(bot, accounts=Accounts(entries, lambda: live, _REGION), **more)
        return asked.answer(question, heard.append), heard

    return put


@pytest.fixture
def secret(aws: SimulatedAws) -> dict[str, str]:
    """What the secret account has, and what could be pasted to find out."""
    world = World(aws, _SECRET)
    payroll = world.function("payroll")
    api = world.rest_api("payroll").method("GET /salaries", payroll).stage("prod")
    caller = World(aws).rest_api("front").method("GET /", payroll).stage("prod")
    return {
        "id": api.id,
        "url": api.url("prod", "/salaries"),
        "arn": api.arn,
        "id and error": f"{api.id} {_PERMISSION}",
        "id and account": f"{api.id} in account {_SECRET}",
        "function": str(payroll),
        "function by name": f"the function payroll: {_PERMISSION}",
        "role": f"arn:aws:iam::{_SECRET}:role/payroll",
        "error": _PERMISSION,
        "name": f"payroll {_PERMISSION}",
        "an api that calls it": caller.id,
    }


def _seen(reply: Reply, bot: Troubleshooter) -> str:
    """All of a reply that anybody can see, timings aside."""
    evidence = tuple(replace(each, milliseconds=0.0) for each in reply.diagnosis.evidence)
    timeless = replace(reply, diagnosis=replace(reply.diagnosis, evidence=evidence, elapsed_milliseconds=0.0))
    words = bot.writer.words("reply", reply.locale)
    return json.dumps(diagnosis_object(timeless)) + markdown(timeless, words, with_evidence=True)


_PASTES = (
    "id", "url", "arn", "id and error", "id and account", "function", "function by name", "role", "error", "name",
    "an api that calls it",
)  # fmt: skip


@pytest.mark.parametrize("pasted", _PASTES)
@pytest.mark.parametrize("account", [None, _SECRET])
def test_not_permitted_is_as_not_there(
    answer: Answer, secret: dict[str, str], bot: Troubleshooter, pasted: str, account: str | None
) -> None:
    hidden, while_hidden = answer(_HIDDEN, secret[pasted], _MAY_NOT, account=account)
    absent, while_absent = answer(_NOT_THERE, secret[pasted], _MAY_NOT, account=account)
    assert _seen(hidden, bot) == _seen(absent, bot)
    assert hidden.diagnosis == replace(
        absent.diagnosis,
        evidence=hidden.diagnosis.evidence,
        elapsed_milliseconds=hidden.diagnosis.elapsed_milliseconds,
    )
    assert [replace(each, reads=0) for each in while_hidden] == [replace(each, reads=0) for each in while_absent]
    assert _SECRET not in {each.account for each in hidden.diagnosis.evidence}


def test_nor_is_it_for_what_is_not_permitted(answer: Answer, secret: dict[str, str], bot: Troubleshooter) -> None:
    asked_only = (*_NOT_THERE, _entry(_SECRET, name="secret", commands=("ask",)))
    again = replace(_MAY, command=Command.CHECK_AGAIN)
    hidden, _ = answer(asked_only, secret["id"], again, account=_SECRET)
    absent, _ = answer(_NOT_THERE, secret["id"], again, account=_SECRET)
    assert _seen(hidden, bot) == _seen(absent, bot)


@pytest.mark.parametrize("language", LANGUAGES)
def test_nor_is_it_in_any_language(answer: Answer, secret: dict[str, str], bot: Troubleshooter, language: str) -> None:
    hidden, _ = answer(_HIDDEN, secret["id"], _MAY_NOT, locale=language)
    absent, _ = answer(_NOT_THERE, secret["id"], _MAY_NOT, locale=language)
    assert _seen(hidden, bot) == _seen(absent, bot)
    assert not any(told in _seen(hidden, bot) for told in ("secret", "payroll", _SECRET))


def test_nor_where_a_friend_has_found_it_before(answer: Answer, secret: dict[str, str], bot: Troubleshooter) -> None:
    whereabouts = Remembering()
    found, _ = answer(_HIDDEN, secret["id"], _MAY, whereabouts=whereabouts)
    assert found.diagnosis.target is not None
    assert whereabouts.spots[secret["id"]].account == _SECRET
    hidden, _ = answer(_HIDDEN, secret["id"], _MAY_NOT, whereabouts=whereabouts)
    absent, _ = answer(_NOT_THERE, secret["id"], _MAY_NOT, whereabouts=Remembering())
    assert _seen(hidden, bot) == _seen(absent, bot)
    assert whereabouts.spots[secret["id"]].account == _SECRET


@pytest.mark.parametrize("asker", [_MAY, None], ids=["a friend", "the command line"])
def test_whoever_may_ask_is_answered(answer: Answer, secret: dict[str, str], asker: Asker | None) -> None:
    for pasted in ("id", "id and account", "function"):
        reply, _ = answer(_HIDDEN, secret[pasted], asker)
        assert reply.diagnosis.target is not None
        assert reply.diagnosis.target.account == _SECRET
    calling, _ = answer(_HIDDEN, secret["an api that calls it"], asker)
    assert [each.cause for each in calling.diagnosis.findings] == ["integration_permission_missing"]
    assert _SECRET in {each.account for each in calling.diagnosis.evidence}
