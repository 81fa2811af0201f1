"""The container file, as far as it can be read: there is no engine here to build it with."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
_STEPS = re.sub(r"\\\n", " ", (ROOT / "Dockerfile").read_text("utf-8")).splitlines()
_IMAGE = _STEPS[max(number for number, step in enumerate(_STEPS) if step.startswith("FROM ")) :]
"""The steps of the image itself, without those that only build for it."""


def test_it_runs_as_nobody_in_particular():
    users = [step.split()[1] for step in _IMAGE if step.startswith("USER ")]
    assert users
    assert all(user.isdigit() and user != "0" for user in users)


def test_everything_is_installed_by_its_hash_or_from_here():
    installs = [command for step in _STEPS for command in re.findall(r"pip (?:--python \S+ )?install [^&]*", step)]
    assert len(installs) == sum(step.count(" install --no") for step in _STEPS) == 3
    assert all("--require-hashes" in each or "--no-index" in each for each in installs)


def test_nothing_that_builds_is_left_in_it():
    (made,) = [step for step in _STEPS if "-m venv" in step]
    assert "venv --without-pip /opt/kintsugi " in made
    assert any("pip uninstall --yes" in step and "import ensurepip" in step for step in _IMAGE)
    assert [step for step in _IMAGE if step.startswith("COPY ")] == ["COPY --from=build /opt/kintsugi /opt/kintsugi"]


def test_its_base_can_be_pinned():
    assert [step.split()[1] for step in _STEPS if step.startswith("FROM ")] == ["${BASE}", "${BASE}"]
    first, _ = (number for number, step in enumerate(_STEPS) if step.startswith("FROM "))
    assert any(step.startswith("ARG BASE=") for step in _STEPS[:first])


def test_every_lock_holds_a_hash_for_each_package():
    for lock in (*sorted((ROOT / "requirements").glob("*.txt")), ROOT / "tools/fuzz/requirements.txt"):
        entries = lock.read_text("utf-8").replace("\\\n", " ").splitlines()
        packages = [entry for entry in entries if "==" in entry]
        assert packages
        assert all("--hash=sha256:" in entry for entry in packages), lock.name


def test_nothing_of_the_world_outside_is_fetched_and_no_secret_is_baked_in():
    assert not any(step.startswith("ADD ") or "curl" in step or "wget" in step for step in _STEPS)
    assert not any(re.search(r"(TOKEN|SECRET|KEY)\s*=", step) for step in _STEPS)
