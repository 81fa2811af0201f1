"""Values as CloudFormation's YAML: read back they are the same, and none has become a function, an alias or a tag."""

import json
import textwrap
from collections.abc import Iterator, Mapping
from typing import Any

import yaml

from bot.reply.visible import deceives, escaped, with_escapes

_RESOLVED = "{{resolve:"


class NotForATemplate(ValueError):
    """A value that CloudFormation would not take literally. The message does not repeat it."""


def scalar(value: Any) -> str:
    """`value` as JSON on one line, which is YAML as well; what deceives is escaped."""
    return with_escapes(json.dumps(value, ensure_ascii=False), escaped)


def document(value: Any, indent: int) -> str:
    """A document over several lines. Raises NotForATemplate for a key that CloudFormation takes for a function.

    A stage variable may be called `Ref`, and a condition of a policy `Fn::Sub`.
    """
    if any(key == "Ref" or key.startswith("Fn::") for key in _keys(value)):
        raise NotForATemplate("a key of the account's would be taken for a function of CloudFormation's")
    written = yaml.dump(value, Dumper=_Dumper, sort_keys=False, allow_unicode=True)
    if any(map(deceives, written.split("\n"))):
        written = yaml.dump(value, Dumper=_Dumper, sort_keys=False)
    return textwrap.indent(written, " " * indent).rstrip()


def literal(template: str | None) -> str | None:
    """A rendered template as it is. Raises NotForATemplate if CloudFormation would read a secret to deploy it."""
    if template and _RESOLVED in template:
        raise NotForATemplate("a value of the account's would have CloudFormation read a secret")
    return template


class _Dumper(yaml.SafeDumper):
    def ignore_aliases(self, data: Any) -> bool:
        """Always: CloudFormation reads no aliases, whatever occurs twice."""
        return True


def _keys(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        yield from map(str, value)
        value = list(value.values())
    if isinstance(value, (list, tuple)):
        for each in value:
            yield from _keys(each)
