"""Whatever the step at which a process dies, whoever was promised an answer gets one, and not two."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.slack.crash.run import Run
from tests.slack.crash.steps import Death
from tests.slack.crash.ways import WAYS

_AT_ONCE = 4
"""A run spends most of its time waiting for others to come to something."""


@pytest.mark.parametrize("loses_acknowledgements", [False, True], ids=["acknowledged", "acknowledged in vain"])
@pytest.mark.parametrize("way", WAYS)
def test_whoever_was_promised_an_answer_gets_one(tmp_path, way, loses_acknowledgements):
    def run(number, death):
        folder = tmp_path / str(number)
        folder.mkdir()
        return Run(WAYS[way], folder, loses_acknowledgements=loses_acknowledgements and death is not None).to(death)

    whole = run(0, None)
    assert not whole.faults
    assert whole.steps
    # What is heard again is the same before a step as after the one before it.
    moments = (True,) if loses_acknowledgements else (False, True)
    deaths = [Death(step, is_after) for step in whole.steps for is_after in moments]
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        runs = pool.map(run, range(1, len(deaths) + 1), deaths)
        faults = [f"{death}: {', '.join(ran.faults)}" for death, ran in zip(deaths, runs, strict=True) if ran.faults]
    assert not faults, "\n".join(faults)
