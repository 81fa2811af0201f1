"""Slack from outside, as little of it as there can be: it sends signed requests, and answers every call at once."""

import asyncio
import hashlib
import hmac
import itertools
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qsl, urlencode

from bot.slack import actions

SECRET = "the-signing-secret"
PATH = "/slack/events"
BOT_USER, TEAM = "UKINTSUGI", "T1"
GIVES_UP_SECONDS = 3.0
"""How long Slack waits for an acknowledgement. https://docs.slack.dev/apis/events-api/#responding"""


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """How long it took until a request had its answer, in seconds, and whether that was a 200 in Slack's time."""

    seconds: float
    is_good: bool


class Outside:
    """Serves the Web API while inside, in the event loop that sends the requests as well."""

    def __init__(self) -> None:
        self.calls = 0
        self.answers = 0
        """Messages that bear what stands beneath an answer."""
        self._numbers = itertools.count(1)
        self._changed = asyncio.Condition()
        self._free: dict[int, list[tuple[asyncio.StreamReader, asyncio.StreamWriter]]] = {}

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self._address = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for reader_and_writer in itertools.chain(*self._free.values()):
            reader_and_writer[1].close()
        self._server.close()

    @property
    def url(self) -> str:
        """The base URL of the Web API."""
        return f"{self._address}/api/"

    async def until_answered(self, number: int) -> None:
        """Wait until there were so many answers in all."""
        async with self._changed:
            await self._changed.wait_for(lambda: self.answers >= number)

    async def until_quiet(self, seconds: float = 0.5) -> None:
        """Wait until nobody has called for so long."""
        before = -1
        while before != self.calls:
            before = self.calls
            await asyncio.sleep(seconds)

    async def mention(self, port: int) -> Acknowledged:
        """Somebody new mentions the bot."""
        number = next(self._numbers)
        event = {
            "type": "app_mention", "user": f"U{number:08d}", "text": f"<@{BOT_USER}> a1b2c3d4e5 answers with an error",
            "ts": f"1700000000.{number:06d}", "channel": f"C{number % 50:04d}", "event_ts": f"1700000000.{number:06d}",
        }  # fmt: skip
        authorization = {"enterprise_id": None, "team_id": TEAM, "user_id": BOT_USER, "is_bot": True}
        body = {
            "token": "legacy", "team_id": TEAM, "api_app_id": "A1", "event": event, "type": "event_callback",
            "event_id": f"Ev{number:08d}", "event_time": 1_700_000_000, "authorizations": [authorization],
            "is_ext_shared_channel": False,
        }  # fmt: skip
        return await self._post(port, "application/json", json.dumps(body).encode())

    async def command(self, port: int) -> Acknowledged:
        """Somebody new gives the command."""
        number = next(self._numbers)
        body = {
            "token": "legacy", "team_id": TEAM, "team_domain": "example", "channel_id": "C1", "channel_name": "on-call",
            "user_id": f"U{number:08d}", "user_name": "somebody", "command": actions.COMMAND,
            "text": "a1b2c3d4e5 answers with an error", "api_app_id": "A1", "is_enterprise_install": "false",
            "response_url": f"{self._address}/response/{number}", "trigger_id": f"{number}.1.trigger",
        }  # fmt: skip
        return await self._post(port, "application/x-www-form-urlencoded", urlencode(body).encode())

    async def _post(self, port: int, kind: str, body: bytes) -> Acknowledged:
        moment = str(int(time.time()))
        signed = hmac.new(SECRET.encode(), b"v0:" + moment.encode() + b":" + body, hashlib.sha256).hexdigest()
        head = (
            f"POST {PATH} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n"
            f"X-Slack-Request-Timestamp: {moment}\r\nX-Slack-Signature: v0={signed}\r\n\r\n"
        )
        free = self._free.setdefault(port, [])
        while free and free[-1][0].at_eof():
            free.pop()  # It was idle for too long.
        reader, writer = free.pop() if free else await asyncio.open_connection("127.0.0.1", port)
        begun = time.perf_counter()
        writer.write(head.encode() + body)
        status = int((await reader.readline()).split()[1])
        await reader.readexactly(await _length(reader))
        seconds = time.perf_counter() - begun
        free.append((reader, writer))
        return Acknowledged(seconds, status == 200 and seconds <= GIVES_UP_SECONDS)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        request = (await reader.readline()).decode()
        body = await reader.readexactly(await _length(reader))
        self.calls += 1
        content = json.dumps({"ok": True} | self._answer(request.split()[1], body)).encode()
        head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(content)}\r\n"
        writer.write(f"{head}Connection: close\r\n\r\n".encode() + content)
        writer.close()
        if actions.LANGUAGE.encode() in body:
            async with self._changed:
                self.answers += 1
                self._changed.notify_all()

    def _answer(self, path: str, body: bytes) -> Mapping[str, Any]:
        match path.rpartition("/")[2]:
            case "auth.test":
                return {"user_id": BOT_USER, "bot_id": "B1", "team_id": TEAM}
            case "users.info":
                user = dict(parse_qsl(body.decode())).get("user")
                return {"user": {"id": user, "team_id": TEAM, "locale": "en-US", "tz": "UTC"}}
            case "chat.postMessage" | "chat.update":
                given = json.loads(body)
                return {"channel": given["channel"], "ts": given.get("ts") or f"1800000000.{next(self._numbers):06d}"}
            case _:
                return {}


async def _length(reader: asyncio.StreamReader) -> int:
    """Read the headers to their end; how long the body is."""
    length = 0
    while (line := await reader.readline()).strip():
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            length = int(value)
    return length
