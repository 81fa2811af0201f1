"""A Slack for the tests, as strict as Slack: real sockets, people who act, and a workspace that one can look at."""

from tests.slack.fake.slack import FakeSlack
from tests.slack.fake.workspace import APP_TOKEN, BOT_ID, BOT_TOKEN, BOT_USER, CONFIG_TOKEN, EVENTS, SCOPES, TEAM

__all__ = ["APP_TOKEN", "BOT_ID", "BOT_TOKEN", "BOT_USER", "CONFIG_TOKEN", "EVENTS", "SCOPES", "TEAM", "FakeSlack"]
