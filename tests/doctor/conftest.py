"""A Slack that has granted what the manifest asks for, and a sound installation beside it."""

import pytest

from bot.settings import read_settings
from bot.slack.manifest import SCOPES, manifest
from tests.slack.fake import APP_TOKEN, BOT_TOKEN, CONFIG_TOKEN, FakeSlack


@pytest.fixture
def slack(monkeypatch):
    """The workspace, with the app installed from our manifest."""
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"):
        monkeypatch.delenv(name, raising=False)
    with FakeSlack(scopes=SCOPES) as slack:
        slack.workspace.installed = manifest()
        yield slack


@pytest.fixture
def tokens(slack):
    """The variables with which all of Slack is well."""
    return {
        "SLACK_API_URL": slack.url,
        "SLACK_BOT_TOKEN": BOT_TOKEN,
        "SLACK_APP_TOKEN": APP_TOKEN,
        "SLACK_CONFIG_TOKEN": CONFIG_TOKEN,
    }


@pytest.fixture
def settings(tokens):
    """Makes settings: the tokens, and what is changed of them; None unsets a variable."""

    def make(**changed):
        return read_settings({name: value for name, value in {**tokens, **changed}.items() if value is not None})

    return make
