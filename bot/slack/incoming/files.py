"""Reads the files that hang on a message: a long paste arrives as a snippet, a log as an upload."""

import logging
import re
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from slack_sdk import WebClient

from bot.report.decoding import NotText, text_of
from bot.slack.calling.failures import SLACK_FAILS, outcome_of, passes
from bot.slack.incoming.attached import AttachedFile, attached, file_of
from bot.slack.incoming.download import Clock, Deadline, Downloads, Refusal, Refused
from bot.slack.incoming.payload import object_in

__all__ = ["AttachedFile", "Files", "FilesRead", "Refusal", "RefusedFile", "attached"]

log = logging.getLogger(__name__)

_TEXTUAL = re.compile(r"text/.*|application/(.*[-+.])?(json|ndjson|jsonl|xml|ya?ml|toml|javascript|sql|graphql|sh)")
_UNDECIDED = ("", "application/octet-stream")


@dataclass(frozen=True, slots=True)
class RefusedFile:
    """A file that was not read; `name` is its id where Slack does not tell its name."""

    name: str
    reason: Refusal


@dataclass(frozen=True, slots=True)
class FilesRead:
    """What files say, one after the other, and which of them could not be read."""

    text: str
    refused: tuple[RefusedFile, ...] = ()


class Files:
    """Reads files as far as they are text. Safe to be used by several threads."""

    def __init__(self, client: WebClient, most_bytes: int, seconds: float, clock: Clock = time.monotonic) -> None:
        """Of all files of one message together, at most `most_bytes` are read, in about `seconds`."""
        self._client = client
        self._downloads = Downloads(client)
        self._most_bytes = most_bytes
        self._seconds = seconds
        self._clock = clock

    def read(self, files: Sequence[AttachedFile]) -> FilesRead:
        """The text of the files in their order. Never raises: what cannot be read is refused, with a reason."""
        deadline = Deadline(self._clock() + self._seconds, self._clock)
        left = self._most_bytes
        texts, refused = [], []
        for file in files:
            try:
                file = file if file.url else self._completed(file, deadline)
                content = self._content(file, left, deadline)
                left -= len(content)
                texts.append(text_of(content))
            except NotText:
                refused.append(RefusedFile(file.name or file.id, Refusal.NOT_TEXT))
            except Refused as refusal:
                left -= refusal.received
                refused.append(RefusedFile(file.name or file.id, refusal.reason))
        return FilesRead("\n".join(texts), tuple(refused))

    def _completed(self, file: AttachedFile, deadline: Deadline) -> AttachedFile:
        deadline.left()
        try:
            answer = self._client.files_info(file=file.id)
        except SLACK_FAILS as error:
            log.warning("files.info failed (%s)", outcome_of(error))
            raise Refused(Refusal.OUT_OF_REACH if passes(error) else Refusal.NOT_READABLE) from error
        return file_of(object_in(answer.data, "file") if isinstance(answer.data, Mapping) else {})

    def _content(self, file: AttachedFile, most: int, deadline: Deadline) -> bytes:
        if not file.url:
            raise Refused(Refusal.NOT_READABLE)
        if file.mimetype not in _UNDECIDED and not _TEXTUAL.fullmatch(file.mimetype):
            raise Refused(Refusal.NOT_TEXT)
        if file.size is not None and file.size > most:
            raise Refused(Refusal.TOO_LARGE)
        is_page = file.mimetype == "text/html"
        content = self._downloads.get(file.url, most, deadline, is_page=is_page)
        if is_page and file.size != len(content):
            raise Refused(Refusal.NOT_READABLE)  # Another page than the one that was uploaded.
        return content
