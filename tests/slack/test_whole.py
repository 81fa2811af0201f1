"""The whole of it: the `kintsugi serve` process, a broken account, the answer in Slack, its commands, checked again."""

import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager, suppress
from http.client import HTTPConnection
from pathlib import Path

import pytest

from bot.demo.scenarios import SCENARIOS
from bot.slack import actions
from bot.store.sqlite import SqliteStore
from tests.slack.blockkit.texts import every_text
from tests.slack.fake import APP_TOKEN, BOT_TOKEN, FakeSlack
from tests.slack.scenes import answer_to, can_press, choose, opened, told
from tests.slack.serving import SECRETS, own_words, said

PATIENCE = 60


@contextmanager
def process(slack, environment, over, confinement=()):
    """`kintsugi serve`, once it serves; the confinement is a command that runs it."""
    inherited = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
    known = {"SLACK_BOT_TOKEN": BOT_TOKEN, "SLACK_API_URL": slack.url}
    command = [*confinement, str(Path(sys.executable).with_name("kintsugi")), "serve"]
    if over == "http":
        port = a_free_port()
        command += ["--http", f"127.0.0.1:{port}"]
        known["SLACK_SIGNING_SECRET"] = ",".join(SECRETS)
        slack.use_http(f"http://127.0.0.1:{port}/slack/events", SECRETS[0])
    else:
        known["SLACK_APP_TOKEN"] = APP_TOKEN
    running = subprocess.Popen(
        command, env=inherited | environment | known, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    try:
        if over == "http":
            wait_for_health(port, running)
        else:
            slack.wait_until_connected()
        yield running
    finally:
        running.kill()
        running.communicate()


def wait_for_health(port, running):
    """Wait until the process answers at /healthz, or ends, which it should not."""
    latest = time.monotonic() + PATIENCE
    while time.monotonic() < latest:
        connection = HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
        try:
            connection.request("GET", "/healthz")
            assert connection.getresponse().status == 200
            return
        except ConnectionRefusedError:
            with suppress(subprocess.TimeoutExpired):
                pytest.fail(f"it ended with {running.wait(0.05)}")
        finally:
            connection.close()
    pytest.fail("it does not answer")


def a_free_port():
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return listening.getsockname()[1]


def code_in(message):
    """The blocks of code that somebody would copy, the first of which mends."""
    parts = [part for block in message.blocks if block["type"] == "rich_text" for part in block["elements"]]
    return ["".join(every_text(part)) for part in parts if part["type"] == "rich_text_preformatted"]


@pytest.mark.parametrize("over", ["socket", "http"])
def test_a_broken_account_is_asked_about_mended_and_seen_to_be_healed_in_place(
    world, environment, run_shell, tmp_path, over
):
    environment["KINTSUGI_STORE"] = str(tmp_path / "kept" / "kintsugi.db")
    people = {"UJA": {"locale": "ja-JP", "tz": "Asia/Tokyo"}, "UES": {"locale": "es-ES"}}
    with FakeSlack(people) as slack, process(slack, environment, over) as running:
        asked = slack.person("UJA").mention("C1", f"```{SCENARIOS['order-desk'].build(world)}```")
        answer = answer_to(slack, asked)
        assert len([each for each in slack.answers(asked) if not each.files]) == 1
        assert "アクセス許可" in said(answer)
        commands = code_in(answer)[0]
        assert "aws lambda add-permission" in commands

        slack.person("UES").press(answer, actions.EVIDENCE)
        assert "lambda:GetPolicy" in said(opened(slack, "UES"))
        choose(slack.person("UES"), answer, actions.LANGUAGE, "es")
        (copy,) = slack.wait_for(lambda: slack.ephemerals("UES"))
        assert "permiso" in said(copy)
        assert code_in(copy)[0] == commands

        run_shell(commands, world.account)
        slack.person("UES").press(answer, actions.CHECK_AGAIN)
        slack.wait_for(lambda: own_words("mended", "ja") in said(answer) and can_press(answer), PATIENCE)
        assert "aws lambda" not in said(answer)
        assert own_words("still_wrong", "ja") not in said(answer)
        assert len([each for each in slack.answers(asked) if not each.files]) == 1

        slack.person("UJA").press(answer, actions.HELPFUL)
        told(slack, "UJA", "thanks_helpful", "ja")
        running.send_signal(signal.SIGTERM)
        out, error = running.communicate(timeout=PATIENCE)
    assert slack.complaints == []
    assert (running.returncode, out) == (0, "")
    assert "Traceback" not in error
    store = SqliteStore(tmp_path / "kept" / "kintsugi.db")
    assert len(list(store.items("feedback"))) == 1
    store.close()
