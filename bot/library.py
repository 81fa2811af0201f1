"""Finds the playbooks, in our own content folder and in those that a setting adds."""

import ast
import importlib
import sys
from collections.abc import Iterator, Sequence
from functools import cache
from hashlib import sha256
from pathlib import Path
from types import ModuleType
from typing import Any

import yaml
from pydantic import ValidationError

from bot.aws.door import close
from bot.model import Finding
from bot.playbook import Card, Diagnose, Expect, Playbook

_PACKAGE = "kintsugi_playbooks"


class BadContent(Exception):
    """A content folder cannot be used; the message names the file, what is wrong with it and what it should say."""


def read_playbooks(folders: Sequence[Path]) -> tuple[Playbook, ...]:
    """All playbooks of the content folders, in their order; none of their code runs yet. Raises BadContent."""
    playbooks = [playbook for folder in folders for playbook in _playbooks(folder)]
    seen: dict[str, Path] = {}
    for playbook in playbooks:
        if playbook.name in seen:
            raise BadContent(
                f"{playbook.folder}: the name is taken by {seen[playbook.name]}; rename one of the two folders"
            )
        seen[playbook.name] = playbook.folder
    return tuple(playbooks)


def _playbooks(folder: Path) -> Iterator[Playbook]:
    shelf = folder / "playbooks"
    if not shelf.is_dir():
        raise BadContent(f"{folder}: has no folder 'playbooks'; a content folder holds one")
    for each in sorted(shelf.iterdir()):
        if each.is_dir() and not each.name.startswith((".", "_")):
            yield read_playbook(each)


def read_playbook(folder: Path) -> Playbook:
    """The playbook in a folder. Its code is read but not run. Raises BadContent."""
    return Playbook(
        name=folder.name,
        summary=_opening_sentence(folder / "diagnose.py"),
        folder=folder,
        card=read_card(folder / "playbook.yaml"),
        diagnose=_on_first_use(folder),
        expect=_if_it_says(folder),
    )


def read_card(path: Path) -> Card:
    """The card of a playbook. Raises BadContent."""
    try:
        return Card.model_validate(yaml.safe_load(path.read_text("utf-8")))
    except OSError as error:
        raise BadContent(f"{path}: cannot be read ({error.strerror}); every playbook has a card") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise BadContent(f"{path}: is no YAML ({error})") from error
    except ValidationError as error:
        faults = "; ".join(
            f"{'.'.join(map(str, fault['loc'])) or 'the card'}: {fault['msg']}" for fault in error.errors()
        )
        raise BadContent(f"{path}: {faults}") from error


def _opening_sentence(path: Path) -> str:
    try:
        docstring = ast.get_docstring(ast.parse(path.read_text("utf-8"), str(path)))
    except OSError as error:
        raise BadContent(f"{path}: cannot be read ({error.strerror}); every playbook has one") from error
    except (SyntaxError, ValueError) as error:
        raise BadContent(f"{path}: is no Python ({error})") from error
    if not docstring:
        raise BadContent(f"{path}: has no docstring; its first sentence says what a person sees who needs the playbook")
    return docstring.partition("\n\n")[0].replace("\n", " ")


def _on_first_use(folder: Path) -> Diagnose:
    def diagnose(target: Any) -> Iterator[Finding]:
        found: Iterator[Finding] = load_module(folder).diagnose(target)
        return found

    return diagnose


def _if_it_says(folder: Path) -> Expect:
    def expect(target: Any) -> None:
        says = getattr(load_module(folder), "expect", None)
        if says is not None:
            says(target)

    return expect


def load_module(folder: Path) -> ModuleType:
    """The code of a playbook, in which `diagnose.py` may import its siblings (`from .grants import …`).

    Before any of it runs, the door to AWS is closed: with a session of its own, too, it can only read. Raises what the
    code raises when it is imported.
    """
    close()
    shelf = _shelf(folder.parent.absolute())
    package = ModuleType(shelf)
    package.__path__ = [str(folder.parent)]
    sys.modules.setdefault(shelf, package)
    name = f"{shelf}.{folder.name}.diagnose"
    if name not in sys.modules:
        importlib.invalidate_caches()  # the playbook may be younger than the last look at its shelf
    return importlib.import_module(name)


@cache
def _shelf(folder: Path) -> str:
    """The name of the package that stands for a folder of playbooks: modules are looked up for every question."""
    return f"{_PACKAGE}_{sha256(str(folder.resolve()).encode()).hexdigest()[:12]}"
