"""A line says what was checked, without secrets, and loses nothing of what is the program's own."""

import ast
from pathlib import Path

import pytest

from bot.aws.denials import REMEDIES
from bot.aws.error_codes import GIVE_CREDENTIALS, NO_CREDENTIALS
from bot.commands.checks import all_well, document, line, safe
from bot.doctor.check import Access, Check, Outcome, Tried, ok, problem

BOT = Path(__file__).parents[2] / "bot"
SPEAKING = [*(BOT / "doctor").glob("*.py"), *(BOT / "store").glob("*.py"), BOT / "storage.py", BOT / "settings.py"]
SPEAKING += [BOT / "slack" / "cannot_serve.py", BOT / "slack" / "status.py", BOT / "aws" / "accounts.py"]
SECRET = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"


def docstrings(tree):
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        if isinstance(body, list):
            yield from (each.value for each in body if isinstance(each, ast.Expr))


def sentences(path):
    """Every text of a module that a person could read, with something in place of what is filled in."""
    tree = ast.parse(path.read_text("utf-8"))
    beside = set(map(id, docstrings(tree)))
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            beside.update(map(id, node.values))
            yield "".join(str(part.value) if isinstance(part, ast.Constant) else "it" for part in node.values)
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in beside:
            yield node.value


ALL = sorted(
    {" ".join(each.split()) for path in SPEAKING for each in sentences(path) if " " in each.strip()}
    | {*REMEDIES.values(), NO_CREDENTIALS, GIVE_CREDENTIALS}
)


@pytest.mark.parametrize("name", ["settings", "slack.bot_token", "slack.signing_secret", "store.open"])
def test_no_sentence_of_the_doctor_s_own_is_taken_for_a_secret(name):
    assert len(ALL) > 100
    for sentence in ALL:
        assert line(problem(name, sentence, sentence)) == f"problem          {name}: {sentence}; {sentence}"


def test_what_others_say_is_shown_without_secrets_and_on_one_line():
    check = problem("aws.identity", f"no\n\x1b[31m(aws_secret_access_key={SECRET})", "renew them", "a\u202eb")
    shown = r"problem          aws.identity a\u202eb: no \u001b[31m(aws_secret_access_key=[redacted]; renew them"
    assert line(check) == shown
    told = document(Check("aws.read", Outcome.OK, SECRET, tried=(Tried(None, Access.OK, f"password={SECRET}"),)))
    assert SECRET not in told["tried"][0]["said"]
    assert (told["remedy"], told["subject"], told["grant"]) == (None, None, None)
    assert safe("is that of kintsugi") == "is that of kintsugi"


def test_all_is_well_only_if_each_is_and_there_is_any():
    assert all_well([ok("a", "x")])
    assert not all_well([])
    assert not all_well([ok("a", "x"), problem("b", "x", "y")])
