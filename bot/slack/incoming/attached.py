"""Which files hang on a message, as far as the message says."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from bot.slack.incoming.payload import DEEPEST, Payload, objects_in, text_in


@dataclass(frozen=True, slots=True)
class AttachedFile:
    """A file. `url` and `size` (bytes) are None where the message holds a stub that files.info has to complete.

    A mention carries nothing but ids; of files that other companies share, Slack says as much as `file_access`.
    https://docs.slack.dev/reference/objects/file-object
    """

    id: str
    name: str = ""
    mimetype: str = ""
    filetype: str = ""
    size: int | None = None
    url: str | None = None


def attached(message: Mapping[str, Any]) -> tuple[AttachedFile, ...]:
    """The files of a message and of those that it forwards, each once. Never raises."""
    found: dict[str, AttachedFile] = {}
    for file in _files(message, 0):
        found.setdefault(file.id, file)
    return tuple(found.values())


def file_of(file: Payload) -> AttachedFile:
    """What a file object says of a file."""
    size = file.get("size")
    told = file.get("file_access") != "check_file_info"
    return AttachedFile(
        id=text_in(file, "id"),
        name=text_in(file, "name") or text_in(file, "title"),
        mimetype=text_in(file, "mimetype"),
        filetype=text_in(file, "filetype"),
        size=size if told and isinstance(size, int) and size >= 0 else None,
        url=(text_in(file, "url_private_download") or text_in(file, "url_private") or None) if told else None,
    )


def _files(message: Payload, depth: int) -> Iterator[AttachedFile]:
    yield from (file_of(each) for each in objects_in(message, "files") if text_in(each, "id"))
    if depth < DEEPEST:
        for attachment in objects_in(message, "attachments"):
            yield from _files(attachment, depth + 1)
