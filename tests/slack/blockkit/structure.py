"""Whether blocks and views are built as Slack's types say, with nothing missing and nothing else in them."""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft7Validator
from jsonschema.exceptions import ValidationError
from slack_sdk.errors import SlackObjectFormationError
from slack_sdk.models.blocks import Block

from tests.slack.blockkit.complaint import NotAccepted, need

_SCHEMA = Path(__file__).with_name("slack_types.json")
_VIEWS = {"modal": "ModalView", "home": "HomeView"}


def check_blocks(blocks: list[dict[str, Any]]) -> None:
    """Raises NotAccepted unless Slack's types allow each block."""
    for block in blocks:
        need(isinstance(block, Mapping), f"not a block: {block!r}")
        name = _definitions().get(block.get("type"))
        need(name, f"unknown block {block}")
        _check(block, str(name))


def check_with_sdk(blocks: list[dict[str, Any]]) -> None:
    """Raises NotAccepted unless the SDK's models, where they know the kind of block, see in it what is there."""
    for block in blocks:
        try:
            model = Block.parse(block)
            seen = block if model is None else model.to_dict()
        except SlackObjectFormationError as error:
            raise NotAccepted(f"the SDK's models: {error}") from error
        need(seen == block, f"the SDK's models see something else than {block}")


def check_view_parts(view: Mapping[str, Any]) -> None:
    """Raises NotAccepted unless what is in a view beside its blocks is as Slack's types say."""
    name = _VIEWS.get(view.get("type"))
    need(name, f"unknown view {view.get('type')!r}")
    _check(dict(view) | {"blocks": []}, str(name))


def _check(value: Mapping[str, Any], definition: str) -> None:
    fault = next(_validator(definition).iter_errors(value), None)
    if fault is not None:
        fault = _of_the_kind_meant(fault)
        place = "/".join(str(step) for step in fault.absolute_path)
        raise NotAccepted(f"{value.get('type')}/{place}: {fault.message[:500]}")


def _of_the_kind_meant(fault: ValidationError) -> ValidationError:
    """Of something that fits none of several kinds, what is wrong with it as the kind that it says to be."""
    for branch in {inner.relative_schema_path[0] for inner in fault.context or ()}:
        faults = [inner for inner in fault.context or () if inner.relative_schema_path[0] == branch]
        if not any(inner.validator == "const" and list(inner.relative_path) == ["type"] for inner in faults):
            return _of_the_kind_meant(faults[0])
    return fault


@cache
def _schema() -> dict[str, Any]:
    schema = json.loads(_SCHEMA.read_text("utf-8"))
    # Documented, https://docs.slack.dev/reference/block-kit/blocks/rich-text-block, but not among the types.
    schema["definitions"]["RichTextList"]["properties"]["offset"] = {"type": "integer", "minimum": 0}
    return schema


@cache
def _definitions() -> dict[str, str]:
    """The definition of each type of block."""
    definitions = _schema()["definitions"]
    names = [each["$ref"].rpartition("/")[2] for each in definitions["KnownBlock"]["anyOf"]]
    # An image is one of two kinds, of the same type.
    kinds = {name: definitions[name].get("anyOf", [definitions[name]])[0] for name in names}
    return {kind["properties"]["type"]["const"]: name for name, kind in kinds.items()}


@cache
def _validator(definition: str) -> Draft7Validator:
    return Draft7Validator({"$ref": f"#/definitions/{definition}", "definitions": _schema()["definitions"]})
