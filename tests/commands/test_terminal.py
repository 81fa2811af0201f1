"""On a terminal words stand out; what is to be copied stays as it is."""

import io
import sys

import pytest

from bot.commands.terminal import print_document
from bot.reply.document import markdown
from bot.reply.writer import Writer
from tests.slack.replies import CLI, a_finding, a_fix, a_reply

SCRIPT = """aws x --document '{"a": "**b** `c`"}' \\
  --region eu-west-1  # heading
## no heading

[bold]no markup[/bold] :smile:"""


class Terminal(io.StringIO):
    """Standard output of a terminal with colours."""

    def isatty(self):
        return True


def printed(text, capsys):
    print_document(text)
    return capsys.readouterr().out


@pytest.fixture
def on_terminal(monkeypatch):
    """Prints on a terminal, whose output it returns."""
    for name in ("NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")

    def show(text):
        terminal = Terminal()
        monkeypatch.setattr(sys, "stdout", terminal)
        print_document(text)
        return terminal.getvalue()

    return show


def test_without_a_terminal_it_is_plain_text_and_code_keeps_its_marks(capsys):
    text = "# Title\n\nCall `orders` and **run** it.\n\n---\n"
    assert printed(text, capsys) == f"Title\n\nCall `orders` and run it.\n\n{'─' * 40}\n"


def test_what_is_to_be_copied_is_not_touched(capsys):
    assert printed(f"Before\n\n```bash\n{SCRIPT}\n```\nafter\n", capsys) == f"Before\n\n{SCRIPT}\nafter\n"


@pytest.mark.parametrize("value", ["a\u2028b", "a\x85b", "a\x1cb", "x" * 500, "[/]", "日本語" * 100])
def test_no_line_is_broken_or_wrapped(capsys, value):
    assert printed(f"```bash\naws '{value}'\n```\n", capsys) == f"aws '{value}'\n"


def test_a_fence_of_more_ticks_holds_one_of_fewer(capsys):
    assert printed("````bash\n```\n**x**\n```\n````\n# y\n", capsys) == "```\n**x**\n```\ny\n"


def test_code_in_a_list_can_be_copied_as_it_is(capsys):
    text = "1. Return `this`:\n\n   ```python\n   if x:\n\n       **y**\n   ```\n2. Go **on**.\n"
    assert printed(text, capsys) == "1. Return `this`:\n\nif x:\n\n    **y**\n2. Go on.\n"


def test_on_a_terminal_words_stand_out_and_code_is_told_by_colour(on_terminal):
    shown = on_terminal("# Title\n\nCall `orders`.\n\n```bash\naws `x` **y**\n```\n")
    assert "\x1b[1;4mTitle\x1b[0m" in shown
    assert "\x1b[36morders\x1b[0m" in shown
    assert "\naws `x` **y**\n" in shown


def test_without_colour_code_keeps_its_marks(on_terminal, monkeypatch):
    monkeypatch.setenv("NO_COLOR", "1")
    assert "`orders`" in on_terminal("Call `orders`.\n")


def test_a_whole_answer_can_be_copied_from(capsys):
    from bot.model import Mend

    reply = a_reply(findings=(Mend(a_finding(), a_fix(cli=f"{CLI}\n{SCRIPT}")),))
    assert f"\n{CLI}\n{SCRIPT}\n" in printed(markdown(reply, Writer([], []).words("reply", "en")), capsys)
