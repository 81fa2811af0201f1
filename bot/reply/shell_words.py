"""A value as one word of a shell script, or none at all: what no name in AWS can be is not quoted but refused.

A shell takes any quoted word for what it is, but the word has two more readers. The AWS CLI takes a first `-` for an
option, `file://` and `https://` for a place to load the value from, and a comma within `op=replace,value=…` for the
next part. And whoever copies the command sees it in a terminal, which obeys control characters, and reads it, which
lets letters pass for others. docs/decisions/0029-hostile-text.md says why a refusal loses nothing.
"""

import re
import shlex
from collections.abc import Iterator
from typing import Any

from jinja2.ext import Extension
from jinja2.lexer import Token, TokenStream

from bot.reply.piped import piped

_PRINTABLE = re.compile(r"[ -~]*")
_READ_BY_THE_CLI = re.compile(r"-|[A-Za-z][A-Za-z0-9+.-]*://")
_UNQUOTED_EQUALS = re.compile(r"=[A-Za-z0-9_@%+=:,./-]*")
_PART = re.compile(r"[A-Za-z0-9_.+-]*")


class NotForAShell(ValueError):
    """A value that no command can be trusted with. The message does not repeat it."""


def shell_word(value: Any) -> str:
    """`value` as one word of a POSIX shell, or zsh, that the AWS CLI takes literally. Raises NotForAShell."""
    word = str(value)
    if not _PRINTABLE.fullmatch(word) or _READ_BY_THE_CLI.match(word):
        raise NotForAShell("a value is no name that AWS allows, and a command with it could do something else")
    # zsh takes an unquoted `=ls` for the path of `ls`.
    return f"'{word}'" if _UNQUOTED_EQUALS.fullmatch(word) else shlex.quote(word)


def part_of_a_word(value: Any) -> Any:
    """`value` as it is, for a place within a word. Raises NotForAShell."""
    if not _PART.fullmatch(str(value)):
        raise NotForAShell("a value would be taken for several parts of the AWS CLI's shorthand")
    return value


class PartsOfWords(Extension):
    """Finds the values that stand within a word, as in `value={{ id }}`, which the AWS CLI's shorthand takes apart.

    Its environment needs `part_of_a_word` as the filter of that name.
    """

    def filter_stream(self, stream: TokenStream) -> Iterator[Token]:
        """The tokens, each expression that continues a word put through a check."""
        continues = within = False
        for token in stream:
            if token.type == "data":
                continues = bool(token.value) and not token.value[-1].isspace()
            elif token.type == "variable_begin":
                within = continues
            elif token.type == "variable_end":
                continues = True
            yield from piped(token, "part_of_a_word") if within else (token,)
            within = within and token.type != "variable_end"
