"""The addresses that go with commands and clicks: five messages each, within half an hour.

https://docs.slack.dev/interactivity/handling-user-interaction#message_responses
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tests.slack.blockkit import NotAccepted
from tests.slack.blockkit.complaint import need
from tests.slack.fake.chat import bot_message, change
from tests.slack.fake.faults import Answer, Faults
from tests.slack.fake.things import Channel, Message
from tests.slack.fake.workspace import Refused, Workspace

_USES = 5
_SECONDS = 30 * 60


@dataclass
class ResponseUrl:
    """Whose it is, where they were, and the message of the bot that they used something of, if it was one."""

    user: str
    channel: Channel
    original: Message | None
    expires: float
    left: int = _USES


class ResponseUrls:
    """Every response_url that was given out."""

    def __init__(self, workspace: Workspace, address: str) -> None:
        self._workspace = workspace
        self._address = address
        self._known: dict[str, ResponseUrl] = {}

    def new(self, user: str, channel: Channel, original: Message | None = None) -> str:
        """A fresh one."""
        path = f"/response/{self._workspace.number()}/{len(self._known)}"
        self._known[path] = ResponseUrl(user, channel, original, self._workspace.clock() + _SECONDS)
        return self._address + path

    def use(self, path: str, content: bytes, faults: Faults) -> Answer:
        """What a POST to one answers, having shown the message, unless another answer is ordered."""
        with self._workspace.changing():
            try:
                body = json.loads(content)
            except ValueError:
                self._workspace.complain("response_url: no JSON")
                return Answer.of({"ok": False, "error": "invalid_payload"}, 400)
            self._workspace.calls.append(("response_url", body))
            return faults.around("response_url", lambda: self._use(path, body))

    def _use(self, path: str, body: Mapping[str, Any]) -> Answer:
        known = self._known.get(path)
        if known is None:
            self._workspace.complain("a response_url that never was")
            return _refused("no_service")
        if self._workspace.clock() > known.expires:
            return _refused("expired_url")
        if known.left <= 0:
            self._workspace.complain("a response_url is used more than 5 times")
            return _refused("used_url")
        known.left -= 1
        try:
            answer(self._workspace, known, body)
        except (NotAccepted, Refused) as complaint:
            self._workspace.complain(f"response_url: {complaint}")
            return Answer.of({"ok": False, "error": "invalid_payload"}, 400)
        return Answer.of({"ok": True})


def _refused(error: str) -> Answer:
    return Answer.of({"ok": False, "error": error}, 404)


def answer(workspace: Workspace, known: ResponseUrl, body: Mapping[str, Any]) -> Message | None:
    """Show what was sent to a response_url, or with the acknowledgement of a command. Raises NotAccepted, Refused."""
    if body.get("delete_original") is True:
        need(set(body) == {"delete_original"}, f"delete_original together with {sorted(body)}")
        _original(known).is_deleted = True
        return None
    content = {name: value for name, value in body.items() if name not in ("replace_original", "response_type")}
    if body.get("replace_original") is True:
        need("thread_ts" not in body, "a message that is replaced stays in its thread")
        original = _original(known)
        changed = bot_message(workspace, known.channel, content)
        change(workspace, original, changed.text, changed.blocks)
        return original
    # Slack's own default for a click is to replace the message.
    need(known.original is None or body.get("replace_original") is False, "does not say that the original stays")
    need(body.get("response_type") in ("ephemeral", "in_channel"), "does not say who is to see the message")
    is_public = body["response_type"] == "in_channel"
    message = bot_message(workspace, known.channel, content, ephemeral_to=None if is_public else known.user)
    if is_public:
        workspace.post(message)
    else:
        workspace.ephemerals.append(message)
    return message


def _original(known: ResponseUrl) -> Message:
    need(known.original is not None and not known.original.is_deleted, "there is no original")
    return known.original  # type: ignore[return-value]
