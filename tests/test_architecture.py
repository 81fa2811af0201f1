"""The rules of the house that no linter knows."""

import ast
import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
BOT, PLAYBOOKS, TESTS = ROOT / "bot", ROOT / "playbooks", ROOT / "tests"
SIMULATION = BOT / "demo" / "simulation"
MODULES = sorted(BOT.rglob("*.py"))
HEAVY = {
    "boto3",
    "botocore",
    "cryptography",
    "jinja2",
    "slack_bolt",
    "slack_sdk",
    "moto",
    "pydantic",
    "babel",
    "prometheus_client",
}

COVERED = {
    "__main__": "tests/test_cli.py runs it",
    "inbox/queues": "one subject with sqs, tests/inbox/test_sqs.py",
    "inbox/records": "one subject with sqs, tests/inbox/test_sqs.py",
    "inbox/turns": "one subject with sqs, tests/inbox/test_sqs.py",
    "store/clients": "one subject with dynamodb, tests/store/test_dynamodb.py",
    "store/table": "one subject with dynamodb, tests/store/test_dynamodb.py",
    "inbox/held": "one subject with worker, tests/test_worker.py",
    "store/database": "what store and inbox share of a file; tests/store/test_sqlite.py and tests/inbox/test_sqlite.py",
    "explained": "a name for errors; tests/test_logs.py tells them from others",
    "telemetry": "an interface, and nobody who listens",
    "model": "words without behaviour; every test speaks them",
    "aws/api_parts": "one subject with apigateway, tests/aws/test_apigateway.py",
    "aws/bounds": "numbers only; tests/test_settings.py reads them, the tests of logs and changes keep to them",
    "workshop": "puts parts together; tests/conftest.py and every test of a command use it",
    "aws/iam_identity": "what roles and users share, tests/aws/test_iam.py and tests/aws/test_iam_user.py",
    "aws/own_credentials": "one subject with door, tests/aws/test_door.py",
    "aws/signed_call": "one subject with door, tests/aws/test_door.py",
    "aws/condition_operators": "one subject with conditions, tests/aws/test_conditions.py",
    "aws/policy_document": "one subject with policy, tests/aws/test_policy.py",
    "aws/principals": "one subject with policy, tests/aws/test_policy.py",
    "aws/statement": "one subject with policy, tests/aws/test_policy.py",
    "commands/demo": "tests/demo/test_scenarios.py runs the command",
    "commands/serve": "tests/slack/test_whole.py runs the command",
    "demo/show": "tests/demo/test_scenarios.py answers every scenario through it",
    "report/telling_secrets": "the corpus of tests/report/test_secret_kinds.py has a secret of each",
    "reply/shell_words": "one subject with templates, tests/reply/test_templates.py; tests/hostile runs what it makes",
    "reply/yaml_values": "one subject with templates, tests/reply/test_templates.py",
    "report/unescaped": "tests/report/test_secret_kinds.py wraps every kind of secret in every escape that it undoes",
    "demo/rest_api": "every scenario of tests/scenarios builds its API with it",
    "demo/world": "every scenario of tests/scenarios builds its account with it",
    "report/forms": "one subject with ids, tests/report/test_ids.py",
    "report/onepass": "one subject with symptoms, tests/report/test_symptoms.py",
    "report/request": "one subject with ids, tests/report/test_ids.py",
    "scaffold/diagnose": "tests/test_check.py runs a playbook begun with it",
}
"""Modules without a test of their own name, and what tests them. `slack` and `demo/simulation` are tested whole."""

BESIDES = {
    "test_architecture": "of all modules",
    "test_bad_input": "of the whole bot",
    "test_container": "of the Dockerfile and the locks",
    "test_secrets_of_an_account": "of the whole bot",
    "test_security_page": "of SECURITY.md",
    "test_vulnerabilities": "of tools/audit.py",
    "aws/test_policy_properties": "what holds of every policy",
    "inbox/test_inbox_properties": "what holds of an inbox whatever is done to it",
    "reply/test_catalogs": "of tools/catalogs.py and every catalog",
    "store/test_template": "of deploy/storage.yaml",
    "report/test_pastes": "of the corpus of pastes",
    "report/test_secret_draws": "one subject with secret_kinds: values drawn anew",
}
"""Test files that mirror no module, and what they are of."""


def tree(path):
    return ast.parse(path.read_text("utf-8"), str(path))


def name_of(path):
    return path.relative_to(ROOT).as_posix()


def is_tested_whole(path):
    return SIMULATION in path.parents or (BOT / "slack") in path.parents


def imports_of(path):
    """What a file imports: a dotted name, or a number of dots and a name for what is beside it."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield "." * node.level + (node.module or "")


def is_open_to_playbooks(name):
    if name.startswith("."):
        return not name.startswith("..")
    if name in ("bot.aws.door", "bot.aws.live", "bot.aws.assumed_role", "bot.aws.own_credentials"):
        return False
    return name.partition(".")[0] in sys.stdlib_module_names or name == "bot.model" or name.startswith("bot.aws.")


@pytest.mark.parametrize("path", [*PLAYBOOKS.rglob("*.py"), *(BOT / "scaffold").glob("*.py")], ids=name_of)
def test_a_playbook_sees_only_the_door_to_aws_the_words_and_its_siblings(path):
    assert [name for name in imports_of(path) if not is_open_to_playbooks(name)] == []


@pytest.mark.parametrize(
    "name", ["boto3", "bot.reply.writer", "bot", "bot.awsome", "..other", "yaml", "bot.settings", "bot.aws.door"]
)
def test_what_a_playbook_may_not_see(name):
    assert not is_open_to_playbooks(name)


def reads_the_environment(path):
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Attribute) and node.attr in ("environ", "environb", "getenv"):
            return True
        if (
            isinstance(node, ast.ImportFrom)
            and node.module == "os"
            and {"environ", "getenv"} & {a.name for a in node.names}
        ):
            return True
    return False


def test_the_environment_is_read_in_the_settings_only():
    reading = [path for path in [*MODULES, *PLAYBOOKS.rglob("*.py")] if reads_the_environment(path)]
    assert [name_of(path) for path in reading if SIMULATION not in path.parents] == ["bot/settings.py"]


def catches_everything(path):
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.ExceptHandler):
            caught = node.type.elts if isinstance(node.type, ast.Tuple) else [node.type]
            if any(
                each is None or (isinstance(each, ast.Name) and each.id in ("Exception", "BaseException"))
                for each in caught
            ):
                return True
    return False


def test_only_around_a_playbook_is_everything_caught():
    everywhere = [
        path for path in [*MODULES, *PLAYBOOKS.rglob("*.py"), *ROOT.glob("tools/*.py")] if catches_everything(path)
    ]
    allowed = {"bot/diagnosis.py", "bot/doctor/examination.py", "bot/pool.py", "bot/worker.py"}
    assert {name_of(path) for path in everywhere} <= allowed | {name_of(path) for path in (BOT / "slack").glob("*.py")}
    assert "bot/diagnosis.py" in {name_of(path) for path in everywhere}


@pytest.mark.parametrize(
    "path", [*MODULES, *PLAYBOOKS.rglob("*.py"), *TESTS.rglob("*.py"), *ROOT.glob("tools/*.py")], ids=name_of
)
def test_every_module_opens_with_one_sentence(path):
    docstring = ast.get_docstring(tree(path))
    assert docstring, "has no docstring"
    opening, _, rest = docstring.partition("\n")
    assert opening.endswith((".", "?", ":")), "its first line is no sentence"
    assert not rest or rest.startswith("\n"), "its first sentence takes more than one line"


def mirrored(path):
    """The name of a module or a test as both share it: `aws/live` for bot/aws/live.py and tests/aws/test_live.py."""
    if TESTS in path.parents:
        return path.relative_to(TESTS).with_name(path.stem.removeprefix("test_")).as_posix()
    return path.relative_to(BOT).with_suffix("").as_posix()


def test_every_module_has_its_test_or_a_reason():
    modules = {mirrored(path) for path in MODULES if not is_tested_whole(path) and path.name != "__init__.py"}
    tests = {mirrored(path) for path in TESTS.rglob("test_*.py")}
    assert modules - tests - COVERED.keys() == set()
    assert COVERED.keys() - modules == set(), "reasons for modules that there are not"
    assert COVERED.keys() & tests == set(), "reasons for modules that have a test of their own"


def test_every_test_has_its_module_or_a_reason():
    modules = {mirrored(path) for path in MODULES}
    whole = (TESTS / "scenarios", TESTS / "hostile", TESTS / "slack", TESTS / "demo" / "simulation")
    orphans = {
        path.relative_to(TESTS).with_suffix("").as_posix()
        for path in TESTS.rglob("test_*.py")
        if mirrored(path) not in modules and not any(folder in path.parents for folder in whole)
    }
    assert orphans - BESIDES.keys() == set()


def in_a_process_of_its_own(code):
    done = subprocess.run([sys.executable, "-B", "-c", code], capture_output=True, text=True, timeout=60, cwd=ROOT)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_the_command_line_loads_nothing_heavy_before_a_command_needs_it():
    loaded = in_a_process_of_its_own("import bot.cli, json, sys; print(json.dumps(sorted(sys.modules)))")
    assert "bot.commands.diagnose" in loaded
    assert HEAVY & set(loaded) == set()


def test_reading_a_paste_loads_nothing_heavy():
    code = (
        "import bot.workshop, bot.settings, json, sys;"
        "bot.workshop.make_reader(bot.settings.read_settings({})).read('x');"
        "print(json.dumps(sorted(sys.modules)))"
    )
    loaded = in_a_process_of_its_own(code)
    assert "re2" in loaded
    assert HEAVY & set(loaded) == set()


WATCHED = """
import importlib, json, sys
seen = []
def watch(event, arguments):
    if event in ("socket.connect", "subprocess.Popen", "os.mkdir", "os.remove", "os.rename", "os.system"):
        seen.append([event, repr(arguments)])
    if event == "open" and isinstance(arguments[0], str):
        path, mode = arguments[0], arguments[1] or "r"
        is_content = path.startswith(CONTENT) and not path.endswith((".py", ".pyc"))
        if is_content or any(letter in mode for letter in "wax+"):
            seen.append([event, path])
sys.addaudithook(watch)
for name in NAMES:
    importlib.import_module(name)
print(json.dumps(seen))
"""


def test_importing_a_module_does_nothing():
    names = [
        ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        for path in MODULES
        if SIMULATION not in path.parents and path.name != "__main__.py"
    ]
    content = tuple(f"{ROOT / folder}/" for folder in ("bot", "playbooks", "symptoms", "locales"))
    seen = in_a_process_of_its_own(f"CONTENT = {content!r}\nNAMES = {names!r}\n{WATCHED}")
    assert seen == []
