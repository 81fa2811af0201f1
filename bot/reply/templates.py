"""Templates, escaped by what their ending says they are: words `.md.j2`, shell `.sh.j2`, CloudFormation `.yaml.j2`."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import reduce
from gettext import NullTranslations
from pathlib import Path
from typing import Any

from jinja2 import (
    BaseLoader,
    ChoiceLoader,
    Environment,
    FileSystemLoader,
    StrictUndefined,
    Template,
    TemplateSyntaxError,
    nodes,
)
from jinja2.ext import Extension
from jinja2.lexer import Token, TokenStream
from jinja2.runtime import Undefined

from bot.reply.fences import fence_opened_by
from bot.reply.piped import piped
from bot.reply.shell_words import PartsOfWords, part_of_a_word, shell_word
from bot.reply.visible import json_escape, visible, with_escapes
from bot.reply.yaml_values import document, literal, scalar

_KEPT_LINE_BREAK = "\0"
"""Stands for a line break within a value while the lines of its template are tidied: no value can hold it."""


class Prose(str):
    """Text that is words already: it is shown as it stands, where a bare `str` is a fact and shown as code."""

    __slots__ = ()


class Json(str):
    """A value written as JSON already: shown as it stands in code, and as any other fact among words."""

    __slots__ = ()


class _FencedCode(Extension):
    """In words, what stands within a fence is code: each value there is one JSON literal that cannot end the fence.

    What a value is escaped for depends on where it stands, as it does for the endings of files; so nobody has a
    filter to forget. JSON's strings, lists and objects are read alike by Python and by JavaScript.
    """

    def filter_stream(self, stream: TokenStream) -> Iterator[Token]:
        """The tokens, each expression within a fence put through the filter `in_code`."""
        fence: str | None = None
        line = ""
        for token in stream:
            if token.type == "data":
                *ended, rest = f"{line}{token.value}".split("\n")
                for each in ended:
                    if not fence and "```" in each and not fence_opened_by(each):
                        raise TemplateSyntaxError("a fence stands after an empty line", token.lineno, stream.name)
                    fence = _fence_after(each, fence)
                line = rest
            elif token.type == "block_begin" and fence and stream.current.value in ("trans", "endtrans"):
                raise TemplateSyntaxError("no sentence can stand in fenced code", token.lineno, stream.name)
            elif token.type == "variable_end":
                line += "x"
            yield from piped(token, "in_code") if fence else (token,)


def _fence_after(line: str, fence: str | None) -> str | None:
    if fence is None:
        opening = fence_opened_by(line)
        return opening[1] + opening[2] if opening else None
    return None if line.rstrip(" ") == fence else fence


class Words:
    """One `.md.j2` file in one language: a set of named blocks, each a piece of what a person reads.

    What the file does not say itself, the file that it extends may say.
    """

    def __init__(self, template: Template, extended: "Words | None") -> None:
        self._template = template
        self._extended = extended

    def __contains__(self, block: str) -> bool:
        return block in self._template.blocks or (self._extended is not None and block in self._extended)

    def block(self, name: str, values: Mapping[str, Any] | None = None) -> str:
        """The words of one block, trimmed; empty where the template has no such block or it says nothing."""
        if name not in self._template.blocks:
            return self._extended.block(name, values) if self._extended else ""
        context = self._template.new_context(dict(values or {}))
        return "".join(self._template.blocks[name](context)).strip()


class Templates:
    """The templates of some folders, in one language. A name is looked up in the folders in their order."""

    def __init__(self, folders: Sequence[Path], catalog: NullTranslations, language: str) -> None:
        loader = ChoiceLoader([FileSystemLoader(folder) for folder in folders])
        self._words = _words_environment(loader, catalog, language)
        self._shell = _environment(loader, finalize=_shell_word, extensions=[PartsOfWords])
        self._yaml = _environment(loader, finalize=_json_scalar)
        self._known: dict[str, Words] = {}

    def words(self, name: str) -> Words:
        """The words named `name` (without `.md.j2`). Raises jinja2.TemplateNotFound."""
        if name not in self._known:
            self._known[name] = self._read_words(f"{name}.md.j2")
        return self._known[name]

    def _read_words(self, file: str) -> Words:
        assert self._words.loader is not None
        source, _, _ = self._words.loader.get_source(self._words, file)
        extends = self._words.parse(source).find(nodes.Extends)
        extended = None
        if extends and isinstance(extends.template, nodes.Const):
            extended = self._read_words(str(extends.template.value))
        return Words(self._words.get_template(file), extended)

    def shell(self, name: str, values: Mapping[str, Any]) -> str | None:
        """A shell script, every value one quoted word; None where there is no such file or it prints nothing.

        Raises bot.reply.shell_words.NotForAShell for a value that cannot be a word.
        """
        return _render(self._shell, f"{name}.sh.j2", values)

    def yaml(self, name: str, values: Mapping[str, Any]) -> str | None:
        """A YAML document, every value one JSON value; None where there is no such file or it prints nothing.

        Raises bot.reply.yaml_values.NotForATemplate for a value that CloudFormation would not take literally.
        """
        return literal(_render(self._yaml, f"{name}.yaml.j2", values))


def inline_code(fact: str) -> str:
    """A fact as inline code: on one line, nothing in it able to close the code or to look like what it is not."""
    return f"`{visible(fact).replace('`', 'ˋ') or ' '}`"


def _in_code(value: Any) -> Prose:
    written = value if isinstance(value, Json) else json.dumps(_known(value), ensure_ascii=False)
    # JSON holds line breaks between its members only, never in a string.
    lines = (with_escapes(line, json_escape) for line in written.split("\n"))
    return Prose("\n".join(lines).replace("`", json_escape("`")))


def _render(environment: Environment, name: str, values: Mapping[str, Any]) -> str | None:
    try:
        template = environment.get_template(name)
    except LookupError:
        return None
    lines = (line.rstrip() for line in template.render(values).split("\n"))
    text = "\n".join(line for line in lines if line)
    return text.replace(_KEPT_LINE_BREAK, "\n") or None


def _environment(
    loader: BaseLoader, finalize: Callable[[Any], str], extensions: Sequence[str | type[Extension]] = ()
) -> Environment:
    environment = Environment(
        loader=loader,
        finalize=finalize,
        undefined=StrictUndefined,
        extensions=extensions,
        trim_blocks=True,
        lstrip_blocks=True,
        autoescape=False,  # noqa: S701 — no HTML here: `finalize` escapes for what the file is
    )
    environment.filters["json"] = json.dumps
    environment.filters["block"] = _yaml_block
    environment.filters["in_code"] = _in_code
    environment.filters["part_of_a_word"] = part_of_a_word
    environment.globals["chain"] = lambda *lists: [item for each in lists for item in each]
    return environment


def _yaml_block(value: Any, indent: int) -> Prose:
    """A document as YAML over several lines, already escaped; it takes a line of its own in a template."""
    return Prose(document(value, indent).replace("\n", _KEPT_LINE_BREAK))


def _shell_word(value: Any) -> str:
    return shell_word(_known(value))


def _json_scalar(value: Any) -> str:
    return str(value) if isinstance(value, Prose) else scalar(_known(value))


def _known(value: Any) -> Any:
    # Jinja2 hands an undefined value to `finalize` unseen; touching it raises UndefinedError.
    if isinstance(value, Undefined):
        str(value)
    return value


def _words_environment(loader: BaseLoader, catalog: NullTranslations, language: str) -> Environment:
    def shown(value: Any) -> str:
        if isinstance(_known(value), Prose):
            return str(value)
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            from babel.numbers import format_decimal

            return str(format_decimal(value, locale=language))
        if isinstance(value, (list, tuple)):
            from babel import Locale

            between = Locale.parse(language).list_patterns["standard"]["middle"]
            return reduce(between.format, map(shown, value)) if value else inline_code("")
        return inline_code(str(value))

    def gettext(message: str, **values: Any) -> Prose:
        return Prose(catalog.gettext(message) % {name: shown(value) for name, value in values.items()})

    def ngettext(singular: str, plural: str, number: int, **values: Any) -> Prose:
        named = {name: shown(value) for name, value in {"num": number, **values}.items()}
        return Prose(catalog.ngettext(singular, plural, number) % named)

    environment = _environment(loader, finalize=shown, extensions=["jinja2.ext.i18n", _FencedCode])
    environment.filters["prose"] = Prose
    environment.filters["json"] = lambda value, indent=None: Json(json.dumps(value, indent=indent, ensure_ascii=False))
    environment.policies["ext.i18n.trimmed"] = True
    environment.newstyle_gettext = True  # type: ignore[attr-defined]  # the extension adds it at run time
    environment.globals.update(gettext=gettext, ngettext=ngettext)
    return environment
