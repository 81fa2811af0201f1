"""The whole of it: the `kintsugi serve` process, a real WebSocket, a broken account, and the answer in the thread."""

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from bot.demo.scenarios import SCENARIOS
from bot.demo.world import World
from tests.slack.blockkit import text_of
from tests.slack.fakeslack import APP_TOKEN, BOT_TOKEN, FakeSlack

PATIENCE = 60


@pytest.fixture
def slack():
    people = {"UJA": {"team_id": "T1", "locale": "ja-JP"}, "UES": {"team_id": "T1", "locale": "es-ES"}}
    with FakeSlack(people=people) as slack:
        yield slack
    assert slack.complaints == []


@pytest.fixture
def process(slack: FakeSlack, world: World, environment: dict[str, str]):
    inherited = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
    settings = {"SLACK_BOT_TOKEN": BOT_TOKEN, "SLACK_APP_TOKEN": APP_TOKEN, "SLACK_API_URL": slack.url}
    command = [str(Path(sys.executable).with_name("kintsugi")), "serve"]
    running = subprocess.Popen(
        command, env=inherited | environment | settings, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    try:
        assert slack.connected.wait(PATIENCE)
        yield running
    finally:
        running.kill()
        running.communicate()


def mention(slack: FakeSlack, user: str, text: str) -> dict[str, object]:
    number = slack.number()
    event = {
        "type": "app_mention", "user": user, "user_team": "T1", "channel": "C1", "ts": f"{number}.0",
        "text": f"<@UKINTSUGI> {text}",
    }  # fmt: skip
    return {"type": "event_callback", "team_id": "T1", "event_id": f"Ev{number}", "event": event}


def test_a_pasted_log_is_answered_in_the_thread_with_the_command_that_mends_it(slack, world, process, run_shell):
    pasted = SCENARIOS["order-desk"].build(world)
    body = mention(slack, "UJA", pasted)
    assert slack.send("events_api", body) == {}
    answer = slack.posts.get(timeout=PATIENCE)
    assert answer["thread_ts"] == body["event"]["ts"]
    text = text_of(answer)
    assert "アクセス許可" in text
    commands = re.findall(r"aws lambda add-permission.*?--region \S+", text.replace("\\\n", ""), flags=re.DOTALL)
    assert commands

    for each in commands:
        run_shell(each, world.account)
    assert slack.send("events_api", mention(slack, "UES", pasted)) == {}
    healthy = text_of(slack.posts.get(timeout=PATIENCE))
    assert "Nada en la API" in healthy
    assert "aws lambda" not in healthy

    process.send_signal(signal.SIGTERM)
    out, error = process.communicate(timeout=PATIENCE)
    assert process.returncode == 0
    assert out == ""
    assert "Traceback" not in error
