"""Lets people use the bot in the Slack of the tests, about a broken simulated account, and writes down what they see.

`make pictures` draws what this writes: the blocks are those that the bot sent, not some made for the page.
"""

import json
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bot.aws.accounts import Accounts
from bot.aws.live import Live
from bot.demo.scenarios import SCENARIOS
from bot.demo.simulation.server import SimulatedAws
from bot.demo.world import World
from bot.model import Progress, Step, Target, TargetKind
from bot.settings import read_settings
from bot.slack import actions
from bot.slack.app import connected
from bot.slack.outgoing.progress import progress_message
from bot.slack.socket_mode import SocketMode
from bot.store.sqlite import SqliteStore
from bot.troubleshooter import Troubleshooter
from bot.workshop import make_troubleshooter
from tests.slack.fake import APP_TOKEN, BOT_TOKEN, FakeSlack

PEOPLE = {
    "en": ("UEN", {"locale": "en-GB", "tz": "Europe/London"}),
    "ja": ("UJA", {"locale": "ja-JP", "tz": "Asia/Tokyo"}),
}
PATIENCE = 60

Surface = dict[str, Any]


def main() -> None:
    """Writes the JSON list to the file named, or to standard output."""
    surfaces = [surface for language in PEOPLE for surface in _surfaces(language)]
    text = json.dumps(surfaces, ensure_ascii=False, indent=1) + "\n"
    if len(sys.argv) > 1:
        Path(sys.argv[1]).write_text(text, "utf-8")
    else:
        sys.stdout.write(text)


def _surfaces(language: str) -> list[Surface]:
    user, profile = PEOPLE[language]
    with SimulatedAws() as aws, FakeSlack({user: profile}) as slack, tempfile.TemporaryDirectory() as folder:
        world = World(aws)
        accounts = Accounts(own=lambda: Live(aws.session(), aws.endpoint), region=world.region)
        troubleshooter = make_troubleshooter(read_settings({}), accounts)
        with _serving(slack, troubleshooter, Path(folder)):
            seen = list(_used(slack, user, language, world, troubleshooter))
    return [{"language": language} | surface for surface in seen]


@contextmanager
def _serving(slack: FakeSlack, troubleshooter: Troubleshooter, folder: Path) -> Iterator[None]:
    settings = read_settings(
        {
            "SLACK_BOT_TOKEN": BOT_TOKEN,
            "SLACK_APP_TOKEN": APP_TOKEN,
            "SLACK_API_URL": slack.url,
            "KINTSUGI_WORKERS": "1",
        }
    )
    store = SqliteStore(folder / "kintsugi.db")
    with connected(settings, troubleshooter, troubleshooter.writer, store, SocketMode(settings)):
        slack.wait_until_connected()
        yield
    store.close()


def _used(
    slack: FakeSlack, user: str, language: str, world: World, troubleshooter: Troubleshooter
) -> Iterator[Surface]:
    person = slack.person(user)
    pasted = SCENARIOS["order-desk"].build(world)
    target = Target(TargetKind.REST_API, _api_id(pasted), world.account, world.region)
    working = Progress(Step.EXAMINE, target=target, done=3, total=7, reads=14)
    yield _message("progress", progress_message(working, troubleshooter.writer.words("slack", language)).payload())

    asked = person.mention("C1", pasted)
    answer = slack.wait_for(lambda: _settled(slack, asked), PATIENCE)
    yield _message("answer", _payload(answer), files=_uploaded(slack))
    person.press(answer, actions.EVIDENCE)
    yield _modal(slack, user, "evidence")
    person.press(answer, actions.WRONG)
    yield _modal(slack, user, "wrong")

    api = _two_causes(world)
    asked = person.mention("C1", api)
    answer = slack.wait_for(lambda: _settled(slack, asked), PATIENCE)
    yield _message("causes", _payload(answer))
    person.press(answer, actions.REST)
    yield _modal(slack, user, "further-causes")
    world.aws.client("lambda").add_permission(
        FunctionName="carts", StatementId="again", Action="lambda:InvokeFunction", Principal="apigateway.amazonaws.com",
        SourceArn=f"arn:aws:execute-api:{world.region}:{world.account}:{api}/*/GET/carts",
    )  # fmt: skip
    edits = answer.edits
    person.press(answer, actions.CHECK_AGAIN)
    slack.wait_for(lambda: answer.edits >= edits + 2, PATIENCE)
    yield _message("check-again", _payload(answer), edited=True)

    person.command('{"message": "Internal server error"}')
    one = slack.wait_for(lambda: [each for each in slack.ephemerals(user) if _has_buttons(each)], PATIENCE)[0]
    yield _ephemeral("which-one", _payload(one))
    person.command("")
    yield _modal(slack, user, "form")
    person.opens_home()
    home = slack.wait_for(lambda: slack.home(user), PATIENCE)
    yield {"name": "home", "surface": "home", "payload": {"blocks": home.blocks}}


def _two_causes(world: World) -> str:
    carts, payments = world.function("carts"), world.function("payments")
    api = world.rest_api("shop")
    api.method("GET /carts", carts).method("GET /payments", payments).stage("prod")
    return api.id


def _api_id(pasted: str) -> str:
    return pasted.partition("_")[2].partition("/")[0]


def _settled(slack: FakeSlack, asked: Any) -> Any:
    return next((each for each in slack.answers(asked) if _has_buttons(each)), None)


def _has_buttons(message: Any) -> bool:
    return any(block["type"] == "actions" for block in message.blocks)


def _payload(message: Any) -> dict[str, Any]:
    return {"text": message.text, "blocks": message.blocks}


def _message(name: str, payload: dict[str, Any], **more: Any) -> Surface:
    return {"name": name, "surface": "message", "payload": payload, **more}


def _ephemeral(name: str, payload: dict[str, Any]) -> Surface:
    return {"name": name, "surface": "ephemeral", "payload": payload}


def _modal(slack: FakeSlack, user: str, name: str) -> Surface:
    view = slack.wait_for(lambda: slack.modal(user), PATIENCE)[-1]
    slack.person(user).close(view)
    return {"name": name, "surface": "modal", "payload": view.content}


def _uploaded(slack: FakeSlack) -> list[dict[str, str]]:
    files = slack.wait_for(lambda: slack.uploads, PATIENCE)
    return [{"name": each.name, "content": each.content.decode()} for each in files]


if __name__ == "__main__":
    main()
