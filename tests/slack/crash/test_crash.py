"""Whatever the step at which a process dies, whoever was promised an answer gets one, and not two."""

import itertools
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.slack.crash.places import Aws, File, SteppedStorage
from tests.slack.crash.run import Run
from tests.slack.crash.steps import Death, Step
from tests.slack.crash.stores import TROUBLES
from tests.slack.crash.ways import WAYS
from tests.slack.fake.faults import KINDS

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

    if loses_acknowledgements and WAYS[way].goes_on:
        pytest.skip("nothing goes on as long as nothing is acknowledged")
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


@pytest.fixture
def is_whole(request):
    """Whether everything is to be gone through; else what differs little from the rest is left out."""
    return request.config.getoption("--every-way")


@losing
@pytest.mark.parametrize("way", WAYS)
def test_on_a_file(make_file, way, loses_acknowledgements, is_whole):
    assert_whoever_was_promised_an_answer_gets_one(
        way,
        make_file,
        loses_acknowledgements=loses_acknowledgements,
        moments=(False, True) if is_whole or way == "a mention" else (True,),
    )


@pytest.mark.parametrize("seconds", [3_600, -3_600])
@pytest.mark.parametrize("way", WAYS)
def test_though_the_clock_jumps(tmp_path, way, seconds, is_whole):
    if way != "a mention" and not is_whole:
        pytest.skip("`make crashes` dies in every way")
    numbers = itertools.count()

    def make():
        folder = tmp_path / str(next(numbers))
        folder.mkdir()
        return File(folder, seconds), folder

    assert_whoever_was_promised_an_answer_gets_one(way, make, loses_acknowledgements=False, moments=(True,))


@pytest.mark.parametrize("trouble", TROUBLES)
@pytest.mark.parametrize("way", WAYS)
def test_though_the_store_is(make_file, way, trouble, is_whole):
    if way != "a mention" and not is_whole:
        pytest.skip("`make crashes` has it in every way")

    def run(step):
        place, folder = make_file()
        return Run(WAYS[way], place, folder).through(TROUBLES[trouble](place.file), step)

    whole = Run(WAYS[way], *make_file()).to()
    with ThreadPoolExecutor(2 * _AT_ONCE) as pool:
        runs = pool.map(run, whole.steps)
        faults = [f"{step}: {', '.join(ran.faults)}" for step, ran in zip(whole.steps, runs, strict=True) if ran.faults]
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize("way", WAYS)
def test_though_a_call_of_slack_fails(make_file, way, is_whole):
    if way not in ("a mention answered with files", "a command") and not is_whole:
        pytest.skip("`make crashes` has it in every way")

    def run(failing):
        return Run(WAYS[way], *make_file()).despite(*failing)

    whole = Run(WAYS[way], *make_file()).to()
    calls = [(name, nth) for name, times in Counter(whole.calls).items() for nth in range(1, times + 1)]
    failing = [(name, kind, nth) for name, nth in calls for kind in KINDS]
    with ThreadPoolExecutor(2 * _AT_ONCE) as pool:
        runs = pool.map(run, failing)
        faults = [f"{each}: {', '.join(ran.faults)}" for each, ran in zip(failing, runs, strict=True) if ran.faults]
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize(
    ("mutant", "death"),
    [
        ("forgets what it accepts", None),
        ("strikes off too soon", Death(Step("inbox.lease waiting", 1), is_after=True)),
        ("knows nothing again", Death(Step("chat.update", 1), is_after=True)),
    ],
)
def test_an_inbox_that_is_wrong_is_found_out(make_file, mutant, death):
    ran = Run(WAYS["a mention"], *make_file(), loses_acknowledgements=death is not None, mutant=mutant, patience=1).to(
        death
    )
    assert any("answers, not 1" in fault for fault in ran.faults), ran.faults


@losing
@pytest.mark.parametrize("way", WAYS)
def test_on_aws(make_account, way, loses_acknowledgements, is_whole):
    if way != "a mention" and not is_whole:
        pytest.skip("`make crashes` dies in every way")
    assert_whoever_was_promised_an_answer_gets_one(
        way,
        make_account,
        loses_acknowledgements=loses_acknowledgements,
        moments=(False, True) if is_whole else (True,),  # Before a step is nearly after the one before it.
    )
