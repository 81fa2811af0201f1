"""Files: uploaded in three steps, described by files.info, and read behind a token.

https://docs.slack.dev/messaging/working-with-files
"""

from typing import Any

from tests.slack.fake.faults import Answer
from tests.slack.fake.things import File, Message
from tests.slack.fake.webapi import Arguments, Method, any_text, array, number, text
from tests.slack.fake.workspace import APP, BOT_ID, BOT_TOKEN, BOT_USER, TEAM, Refused, Workspace

_LOGIN_PAGE = "<!DOCTYPE html><html><head><title>Sign in | Slack</title></head><body>Sign in to Example</body></html>"


class Files:
    """The files that are on their way, and the address of this Slack, which theirs begin with."""

    def __init__(self, workspace: Workspace, address: str) -> None:
        self._workspace = workspace
        self._address = address
        self._announced: dict[str, tuple[str, int]] = {}
        self._arrived: dict[str, bytes] = {}

    @property
    def methods(self) -> dict[str, Method]:
        """The methods of the Web API about files."""
        return {
            "files.info": Method({"file!": text}, self._info, ("files:read",)),
            "files.getUploadURLExternal": Method(
                {"filename!": text, "length!": number, "alt_txt": text, "snippet_type": text},
                self._announce,
                ("files:write",),
            ),
            "files.completeUploadExternal": Method(
                {"files!": array, "channel_id": text, "thread_ts": text, "initial_comment": any_text},
                self._complete,
                ("files:write",),
            ),
        }

    def add(self, content: bytes, name: str, mimetype: str, **changes: Any) -> File:
        """A file that somebody has uploaded."""
        file_id = self._workspace.new_id("F")
        url = f"{self._address}/files-pri/{TEAM}-{file_id}/{name}"
        file = File(file_id, name, content, url, changes.pop("title", name), mimetype, **changes)
        self._workspace.files[file.id] = file
        return file

    def read(self, path: str, token: str) -> Answer:
        """What a GET of a file's address answers. Without the right token it is a page that asks to sign in."""
        place = path.removeprefix("/files-pri/").removeprefix("download/").partition("/")[0]
        file = self._workspace.files.get(place.removeprefix(f"{TEAM}-"))
        if file is None:
            return Answer(404, "not found", {"Content-Type": "text/plain"})
        if token != BOT_TOKEN or "files:read" not in self._workspace.scopes:
            return Answer(200, _LOGIN_PAGE, {"Content-Type": "text/html; charset=utf-8"})
        return Answer(200, file.content, {"Content-Type": file.mimetype})

    def upload(self, ticket: str, content: bytes) -> Answer:
        """The second of the three steps."""
        with self._workspace.changing():
            _, length = self._announced.get(ticket, ("", -1))
            if length != len(content):
                self._workspace.complain(f"upload of {len(content)} bytes, announced were {length}")
                return Answer(400, "failed")
            self._arrived[ticket] = content
        return Answer(200, f"OK - {len(content)}")

    def _info(self, workspace: Workspace, arguments: Arguments) -> dict[str, Any]:
        file = workspace.files.get(arguments["file"])
        if file is None:
            raise Refused("file_not_found")
        return {"file": file.in_full()}

    def _announce(self, workspace: Workspace, arguments: Arguments) -> dict[str, Any]:
        if arguments["length"] < 1:
            raise Refused("invalid_arguments", "an empty file", is_fault=True)
        file_id = workspace.new_id("F")
        self._announced[file_id] = (arguments["filename"], arguments["length"])
        return {"upload_url": f"{self._address}/upload/{file_id}", "file_id": file_id}

    def _complete(self, workspace: Workspace, arguments: Arguments) -> dict[str, Any]:
        for each in arguments["files"]:
            if each.get("id") not in self._arrived or set(each) - {"id", "title", "highlight_type"}:
                raise Refused("file_not_found", f"{each}", is_fault=True)
        shared = None
        if "channel_id" in arguments:
            shared = workspace.channel_for_bot(arguments["channel_id"])
            thread = arguments.get("thread_ts")
            if thread is not None and shared.message(thread) is None:
                raise Refused("thread_not_found", thread, is_fault=True)
        files = [self._finish(workspace, each) for each in arguments["files"]]
        if shared is not None:
            message = Message(
                channel=shared.id,
                ts=workspace.new_ts(),
                text=arguments.get("initial_comment", ""),
                user=BOT_USER,
                bot_id=BOT_ID,
                thread_ts=arguments.get("thread_ts"),
                subtype="file_share",
                files=files,
                more={"app_id": APP, "team": TEAM, "upload": True},
            )
            workspace.post(message)
        return {"files": [{"id": file.id, "title": file.title} for file in files]}

    def _finish(self, workspace: Workspace, each: dict[str, Any]) -> File:
        name, _ = self._announced.pop(each["id"])
        content = self._arrived.pop(each["id"])
        url = f"{self._address}/files-pri/{TEAM}-{each['id']}/{name}"
        file = File(each["id"], name, content, url, each.get("title", name), user=BOT_USER)
        workspace.files[file.id] = file
        return file
