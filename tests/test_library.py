"""Playbooks are found in content folders; what cannot be used is named with its file; code runs only on use."""

import pytest
import yaml

from bot.library import BadContent, load_module, read_card, read_playbook, read_playbooks
from bot.settings import read_settings
from tests.playbooks_made_up import PAGE

CARD = {
    "target": "rest_api",
    "answers": ["generic-500"],
    "causes": {"a_cause": "a_fix"},
    "fixes": {"a_fix": {"references": [PAGE]}},
}
CODE = '"""Something is seen."""\n\n\ndef diagnose(api):\n    yield api\n'


def write(content, name, code=CODE, card=None, **siblings):
    folder = content / "playbooks" / name
    folder.mkdir(parents=True)
    (folder / "playbook.yaml").write_text(yaml.safe_dump(card or CARD), "utf-8")
    (folder / "diagnose.py").write_text(code, "utf-8")
    for sibling, text in siblings.items():
        (folder / f"{sibling}.py").write_text(text, "utf-8")
    return folder


def test_every_folder_of_the_shelf_is_a_playbook_but_hidden_ones(tmp_path):
    for name in ("b_seen", "a_seen", "_draft", ".git", "__pycache__"):
        write(tmp_path, name)
    (tmp_path / "playbooks" / "README.md").write_text("read me", "utf-8")
    assert [playbook.name for playbook in read_playbooks([tmp_path])] == ["a_seen", "b_seen"]


def test_folders_come_in_their_order(tmp_path):
    write(tmp_path / "one", "z_seen")
    write(tmp_path / "two", "a_seen")
    assert [each.name for each in read_playbooks([tmp_path / "one", tmp_path / "two"])] == ["z_seen", "a_seen"]


def test_our_own_can_be_read():
    playbooks = read_playbooks(read_settings({}).content_folders)
    assert len(playbooks) >= 3
    assert all(playbook.summary.endswith(".") for playbook in playbooks)


def test_a_name_taken_twice_names_both_folders(tmp_path):
    first, second = write(tmp_path / "one", "seen"), write(tmp_path / "two", "seen")
    with pytest.raises(BadContent) as bad:
        read_playbooks([tmp_path / "one", tmp_path / "two"])
    assert str(first) in str(bad.value)
    assert str(bad.value).startswith(f"{second}: the name is taken by")


def test_a_folder_without_a_shelf_is_no_content(tmp_path):
    with pytest.raises(BadContent, match="has no folder 'playbooks'"):
        read_playbooks([tmp_path])


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("answers: [", "is no YAML"),
        (b"\xff\xfe\xfa", "is no YAML"),
        ("", "the card: "),
        ("target: rest_api", "answers: Field required; causes: Field required; fixes: Field required"),
        (yaml.safe_dump({**CARD, "causes": {"a_cause": "b_fix"}}), "they must agree"),
        (yaml.safe_dump({**CARD, "answers": ["A B"]}), "answers.0: "),
    ],
)
def test_a_card_that_cannot_be_used_says_where_and_why(tmp_path, text, says):
    card = tmp_path / "playbook.yaml"
    card.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(BadContent) as bad:
        read_card(card)
    assert str(bad.value).startswith(f"{card}: ")
    assert says in str(bad.value)


@pytest.mark.parametrize(
    ("code", "says"),
    [
        ("def diagnose(api:\n", "is no Python"),
        ("x = 1\0\n", "is no Python"),
        ("def diagnose(api): ...\n", "has no docstring"),
    ],
)
def test_code_that_cannot_be_used_says_where_and_why(tmp_path, code, says):
    folder = write(tmp_path, "seen", code)
    with pytest.raises(BadContent) as bad:
        read_playbook(folder)
    assert str(bad.value).startswith(f"{folder / 'diagnose.py'}: {says}")


@pytest.mark.parametrize("missing", ["playbook.yaml", "diagnose.py"])
def test_what_is_missing_is_named(tmp_path, missing):
    folder = write(tmp_path, "seen")
    (folder / missing).unlink()
    with pytest.raises(BadContent, match=f"{missing}: cannot be read"):
        read_playbook(folder)


def test_the_summary_is_the_opening_sentence_on_one_line(tmp_path):
    folder = write(tmp_path, "seen", '"""It answers\n500.\n\nMore of it.\n"""\n')
    assert read_playbook(folder).summary == "It answers 500."


def test_code_runs_on_first_use_and_once(tmp_path):
    code = f'"""Seen."""\n\nopen({str(tmp_path / "ran")!r}, "a").write("x")\n\n\ndef diagnose(api):\n    yield api\n'
    playbook = read_playbook(write(tmp_path, "seen", code))
    assert not (tmp_path / "ran").exists()
    assert (list(playbook.diagnose("one")), list(playbook.diagnose("two"))) == (["one"], ["two"])
    assert (tmp_path / "ran").read_text() == "x"


def test_a_playbook_imports_its_siblings(tmp_path):
    code = '"""Seen."""\n\nfrom .words import WORD\n\n\ndef diagnose(api):\n    yield WORD\n'
    folder = write(
        tmp_path, "seen", code, words='"""Words."""\n\nfrom .letters import A\n\nWORD = A * 3\n', letters='A = "a"\n'
    )
    assert list(read_playbook(folder).diagnose(None)) == ["aaa"]


def test_playbooks_of_one_name_in_two_folders_keep_their_own_code(tmp_path):
    folders = [write(tmp_path / name, "seen", CODE.replace("yield api", f"yield {name!r}")) for name in ("one", "two")]
    assert [list(read_playbook(folder).diagnose(None)) for folder in folders] == [["one"], ["two"]]


def test_code_that_fails_when_it_is_imported_fails_each_time_with_the_same_error(tmp_path):
    playbook = read_playbook(write(tmp_path, "seen", '"""Seen."""\n\nfrom bot.aws import nonsense\n'))
    for _ in range(2):
        with pytest.raises(ImportError, match="nonsense"):
            playbook.diagnose(None)


def test_a_module_is_loaded_once(tmp_path):
    folder = write(tmp_path, "seen")
    assert load_module(folder) is load_module(folder)


def test_what_a_playbook_will_read_it_may_say_early(tmp_path):
    says = CODE + "\n\ndef expect(api):\n    api.append(1)\n"
    started = []
    read_playbook(write(tmp_path / "one", "seen", says)).expect(started)
    read_playbook(write(tmp_path / "two", "seen", CODE)).expect(started)
    assert started == [1]
