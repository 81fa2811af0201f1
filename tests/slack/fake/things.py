"""What a workspace consists of, each as Slack shows it to an app."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.slack.blockkit import text_of

_PREVIEW = 200


@dataclass(eq=False)
class Message:
    """A message as it stands now. `edits` counts its changes; `ephemeral_to` is the one person who sees it, if one."""

    channel: str
    ts: str
    text: str
    user: str | None = None
    blocks: list[dict[str, Any]] = field(default_factory=list)
    bot_id: str | None = None
    thread_ts: str | None = None
    subtype: str | None = None
    attachments: list[dict[str, Any]] = field(default_factory=list)
    files: list["File"] = field(default_factory=list)
    metadata: dict[str, Any] | None = None
    more: dict[str, Any] = field(default_factory=dict)
    edited: dict[str, str] | None = None
    edits: int = 0
    is_deleted: bool = False
    is_broadcast: bool = False
    ephemeral_to: str | None = None
    values: dict[str, Any] = field(default_factory=dict)
    """What was chosen in it, by block_id and action_id."""

    @property
    def thread(self) -> str:
        """The timestamp of the thread that it is in, or begins."""
        return self.thread_ts or self.ts

    @property
    def shown(self) -> str:
        """What people read: its blocks, or its text if it has none."""
        return text_of({"blocks": self.blocks}) if self.blocks else self.text

    def as_json(self, replies: int = 0, has_metadata: bool = False) -> dict[str, Any]:
        """The message as a payload or conversations.replies has it."""
        known = {
            "type": "message", "subtype": self.subtype, "user": self.user, "bot_id": self.bot_id, "ts": self.ts,
            "thread_ts": self.thread_ts or (self.ts if replies else None), "edited": self.edited,
            "attachments": self.attachments, "blocks": self.blocks, "files": [file.as_json() for file in self.files],
            "reply_count": replies, "metadata": self.metadata if has_metadata else None,
        }  # fmt: skip
        return {"text": self.text} | {name: value for name, value in known.items() if value} | self.more


@dataclass(eq=False)
class Channel:
    """A conversation. `kind` is channel, group (a private one), im or mpim; `is_shared` with another company."""

    id: str
    name: str
    kind: str = "channel"
    members: set[str] = field(default_factory=set)
    is_shared: bool = False
    messages: list[Message] = field(default_factory=list)

    def message(self, ts: str) -> Message | None:
        """A message that is there now."""
        return next((each for each in self.messages if each.ts == ts and not each.is_deleted), None)

    def thread(self, ts: str) -> list[Message]:
        """A message and the answers to it, in their order."""
        return [each for each in self.messages if each.thread == ts and not each.is_deleted]


@dataclass(eq=False)
class File:
    """A file. Its content is behind a token; `is_checked` files of Slack Connect have to be asked for by their id."""

    id: str
    name: str
    content: bytes
    url: str
    title: str
    mimetype: str = "text/plain"
    filetype: str = "text"
    mode: str = "snippet"
    user: str | None = None
    is_checked: bool = False
    more: dict[str, Any] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """The content, read as UTF-8."""
        return self.content.decode()

    def as_json(self) -> dict[str, Any]:
        """The file as a message has it."""
        if self.is_checked:
            return {
                "id": self.id,
                "mode": "file_access",
                "file_access": "check_file_info",
                "created": 0,
                "timestamp": 0,
            }
        return self.in_full()

    def in_full(self) -> dict[str, Any]:
        """The file as files.info has it."""
        described = {
            "id": self.id, "created": 1, "timestamp": 1, "name": self.name, "title": self.title, "user": self.user,
            "mimetype": self.mimetype, "filetype": self.filetype, "size": len(self.content), "mode": self.mode,
            "is_external": False, "external_type": "", "is_public": True, "editable": self.mode == "snippet",
            "file_access": "visible", "url_private": self.url,
            "url_private_download": self.url.replace("/files-pri/", "/files-pri/download/"),
        }  # fmt: skip
        if self.mode == "snippet":
            described["preview"] = self.content.decode(errors="replace")[:_PREVIEW]
        return described | self.more


@dataclass(eq=False)
class View:
    """A modal or a Home tab that is shown to somebody. `previous` is the one below it in a stack of modals.

    `values` is what was chosen in it, by block_id and action_id.
    """

    id: str
    user: str
    content: dict[str, Any]
    hash: str
    root: str
    previous: str | None = None
    values: dict[str, Any] = field(default_factory=dict)

    @property
    def blocks(self) -> list[dict[str, Any]]:
        """What it shows."""
        return self.content["blocks"]

    @property
    def shown(self) -> str:
        """What people read of it, its title first."""
        title = self.content.get("title", {}).get("text", "")
        return "\n".join(filter(None, [title, text_of(self.content)]))

    def as_json(self, app: str, team: str, bot: str) -> dict[str, Any]:
        """The view as a payload has it, but for its state."""
        defaults = {"private_metadata": "", "callback_id": "", "external_id": "", "submit": None, "close": None}
        kept = {"clear_on_close": False, "notify_on_close": False, "title": None}
        return defaults | kept | self.content | {
            "id": self.id, "team_id": team, "hash": self.hash,
            "root_view_id": self.root, "previous_view_id": self.previous, "app_id": app,
            "app_installed_team_id": team, "bot_id": bot,
        }  # fmt: skip


def elements(blocks: list[dict[str, Any]]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Everything in blocks that somebody can use, with the id of its block."""
    for block in blocks:
        inside = block.get("elements", []) if block["type"] in ("actions", "context_actions") else []
        for element in (*inside, block.get("element"), block.get("accessory")):
            if element is not None and "action_id" in element:
                yield block["block_id"], element
