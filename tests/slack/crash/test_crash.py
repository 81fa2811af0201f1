"""Whatever the step at which a process dies, whoever was promised an answer gets one, and not two."""

import itertools
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.slack.crash.places import Aws, File, SteppedStorage
from tests.slack.crash.run import Run
from tests.slack.crash.steps import Death
from tests.slack.crash.ways import WAYS

_AT_ONCE = 4
"""A run spends most of its time waiting for others to come to something."""


@pytest.fixture
def make_file(tmp_path):
    """Makes files for runs, and the folders of their logs."""
    numbers = itertools.count()

    def make():
        folder = tmp_path / str(next(numbers))
        folder.mkdir()
        return File(folder), folder

    return make


@pytest.fixture
def make_account(tmp_path):
    """Makes accounts of AWS for runs, and the folders of their logs."""
    accounts = itertools.count(1)
    with SteppedStorage() as server:

        def make():
            account = f"{next(accounts):012}"
            folder = tmp_path / account
            folder.mkdir()
            return Aws(server, account, folder), folder

        yield make


def assert_whoever_was_promised_an_answer_gets_one(way, make, *, loses_acknowledgements, moments=(False, True)):
    def run(death):
        loses = loses_acknowledgements and death is not None
        return Run(WAYS[way], *make(), loses_acknowledgements=loses).to(death)

    whole = run(None)
    assert not whole.faults
    assert whole.steps
    # What is heard again is the same before a step as after the one before it.
    moments = (True,) if loses_acknowledgements else moments
    deaths = [Death(step, is_after) for step in whole.steps for is_after in moments]
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        runs = pool.map(run, deaths)
        faults = [f"{death}: {', '.join(ran.faults)}" for death, ran in zip(deaths, runs, strict=True) if ran.faults]
    assert not faults, "\n".join(faults)


losing = pytest.mark.parametrize("loses_acknowledgements", [False, True], ids=["acknowledged", "acknowledged in vain"])


@losing
@pytest.mark.parametrize("way", WAYS)
def test_on_a_file(make_file, way, loses_acknowledgements):
    assert_whoever_was_promised_an_answer_gets_one(way, make_file, loses_acknowledgements=loses_acknowledgements)


@losing
@pytest.mark.parametrize("way", WAYS)
def test_on_aws(request, make_account, way, loses_acknowledgements):
    is_whole = request.config.getoption("--every-way")
    if way != "a mention" and not is_whole:
        pytest.skip("`make crashes` dies in every way")
    assert_whoever_was_promised_an_answer_gets_one(
        way,
        make_account,
        loses_acknowledgements=loses_acknowledgements,
        moments=(False, True) if is_whole else (True,),  # Before a step is nearly after the one before it.
    )
