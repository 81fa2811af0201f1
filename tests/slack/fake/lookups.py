"""The methods that say who is who, and what the app is: auth.test, users.info, bots.info and apps.manifest.export."""

from typing import Any

from tests.slack.fake.webapi import Arguments, Method, flag, text
from tests.slack.fake.workspace import APP, BOT_ID, BOT_USER, CONFIG_TOKEN, TEAM, Refused, Workspace

_PERSON = {
    "team_id": TEAM, "deleted": False, "is_bot": False, "is_app_user": False, "is_restricted": False,
    "is_ultra_restricted": False, "is_admin": False, "is_owner": False, "tz": "Europe/London", "tz_offset": 0,
    "updated": 1,
}  # fmt: skip


def _auth_test(workspace: Workspace, arguments: Arguments) -> dict[str, Any]:
    enterprise = {"enterprise_id": workspace.enterprise} if workspace.enterprise else {}
    return {
        "url": "https://example.slack.com/", "team": "Example", "user": "kintsugi", "team_id": TEAM,
        "user_id": BOT_USER, "bot_id": BOT_ID, "is_enterprise_install": False,
    } | enterprise  # fmt: skip


def described(workspace: Workspace, user: str) -> dict[str, Any]:
    """Somebody as Slack describes them, language included."""
    name = user.lower()
    person = {"id": user, "name": name, "real_name": name, "profile": {"real_name": name}} | _PERSON
    known = dict(workspace.people[user])
    if enterprise := known.pop("enterprise_id", workspace.enterprise):
        person["enterprise_user"] = {"id": user, "enterprise_id": enterprise, "teams": [TEAM]}
    return person | known


def _users_info(workspace: Workspace, arguments: Arguments) -> dict[str, Any]:
    if arguments["user"] not in workspace.people:
        raise Refused("user_not_found")
    person = described(workspace, arguments["user"])
    if not arguments.get("include_locale"):
        person.pop("locale", None)
    return {"user": person}


def _bots_info(workspace: Workspace, arguments: Arguments) -> dict[str, Any]:
    if arguments.get("bot") != BOT_ID:
        raise Refused("bot_not_found")
    return {"bot": {"id": BOT_ID, "deleted": False, "name": "kintsugi", "app_id": APP, "user_id": BOT_USER}}


def _export_manifest(workspace: Workspace, arguments: Arguments) -> dict[str, Any]:
    if arguments["app_id"] != APP:
        raise Refused("app_not_found")
    return {"manifest": {"_metadata": {"major_version": 1, "minor_version": 1}} | dict(workspace.installed)}


METHODS = {
    "auth.test": Method({}, _auth_test),
    "bots.info": Method({"bot": text}, _bots_info, ("users:read",)),
    "apps.manifest.export": Method({"app_id!": text}, _export_manifest, (), CONFIG_TOKEN),
    "users.info": Method({"user!": text, "include_locale": flag}, _users_info, ("users:read",)),
}
