"""Pages as pictures, by the system's own Chromium without a window; and pictures made small.

Debian: apt-get install chromium pngquant fonts-lato fonts-noto-cjk fonts-noto-color-emoji fonts-dejavu-core
"""

import base64
import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from tempfile import TemporaryDirectory
from threading import Thread
from typing import IO, Any

from websockets.sync.client import ClientConnection, connect

FONTS = ("Lato", "Noto Sans CJK JP", "Noto Color Emoji", "DejaVu Sans Mono")
_FLAGS = (
    "--headless", "--remote-debugging-port=0", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync", "--hide-scrollbars",
)  # fmt: skip
_COLOURS = "24"
_SECONDS = 60
_LISTENING = re.compile(r"^DevTools listening on (ws://\S+)")


class Unready(Exception):
    """This machine lacks what pictures are made with, or that does not work."""


def check_ready() -> None:
    """Raises Unready without the programs, and without the fonts, for which others would be taken silently."""
    missing = [name for name in ("chromium", "pngquant", "fc-list") if shutil.which(name) is None]
    if not missing:
        families = subprocess.run(["fc-list", ":", "family"], capture_output=True, text=True, check=True).stdout
        missing = [font for font in FONTS if font not in families]
    if missing:
        raise Unready(f"not installed: {', '.join(missing)}. {(__doc__ or '').strip().splitlines()[-1]}")


def small(png: bytes) -> bytes:
    """The picture in a few colours, undithered: text on white needs no more."""
    command = ("pngquant", "--nofs", "--strip", "--speed", "1", _COLOURS, "-")
    try:
        return subprocess.run(command, input=png, capture_output=True, check=True, timeout=_SECONDS).stdout
    except subprocess.SubprocessError as error:
        raise Unready(str(error)) from error


class Tab:
    """One tab of the browser, spoken to in https://chromedevtools.github.io/devtools-protocol."""

    def __init__(self, connection: ClientConnection) -> None:
        self._connection = connection
        self._numbers = count(1)
        self._session: dict[str, str] = {}
        target = self._call("Target.createTarget", url="about:blank")["targetId"]
        self._frame = target
        self._session = {"sessionId": self._call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]}

    def picture(self, page: str, width: int, scale: float) -> tuple[bytes, str]:
        """The page as a PNG, `width` CSS pixels wide and as high as it turns out to be; and the text it holds."""
        self._size(width, 1, scale)
        self._call("Page.setDocumentContent", frameId=self._frame, html=page)
        self._evaluate("document.fonts.ready.then(() => 0)")
        self._size(width, self._evaluate("Math.ceil(document.body.getBoundingClientRect().height)"), scale)
        png = base64.b64decode(self._call("Page.captureScreenshot", format="png")["data"])
        return png, self._evaluate("document.body.textContent")

    def _size(self, width: int, height: int, scale: float) -> None:
        size = {"width": width, "height": height, "deviceScaleFactor": scale, "mobile": False}
        self._call("Emulation.setDeviceMetricsOverride", **size)

    def _evaluate(self, script: str) -> Any:
        answer = self._call("Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True)
        return answer["result"]["value"]

    def _call(self, method: str, **parameters: Any) -> dict[str, Any]:
        number = next(self._numbers)
        self._connection.send(json.dumps({"id": number, "method": method, "params": parameters, **self._session}))
        while (answer := json.loads(self._connection.recv(_SECONDS))).get("id") != number:
            pass
        if "error" in answer:
            raise Unready(f"chromium, {method}: {answer['error']['message']}")
        return dict(answer["result"])


@contextmanager
def browser() -> Iterator[Tab]:
    """A browser of its own, with a profile that is thrown away; it ends with the block."""
    with TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        command = ("chromium", *_FLAGS, f"--user-data-dir={profile}")
        with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as process:
            try:
                assert process.stderr
                with connect(_address(process.stderr), max_size=None, proxy=None) as connection:
                    yield Tab(connection)
            finally:
                process.terminate()


def _address(log: IO[str]) -> str:
    said = []
    for line in log:
        if found := _LISTENING.match(line):
            # A pipe that nobody reads fills up, and then the browser waits.
            Thread(target=log.read, daemon=True).start()
            return found[1]
        said.append(line)
    raise Unready(f"chromium did not start: {''.join(said)[-500:]}")
