"""As in its container: all files but the store's are read-only, and the process has no privilege and can get none."""

import shutil
import signal
import subprocess

import pytest

from bot.demo.scenarios import SCENARIOS
from tests.slack.fake import FakeSlack
from tests.slack.scenes import answer_to
from tests.slack.serving import said
from tests.slack.test_whole import PATIENCE, process

_READ_ONLY = """
set -eu
mount --bind "$0" "$0"
mount -o remount,bind,ro /
mount -o remount,bind,rw "$0"
exec setpriv --no-new-privs --bounding-set=-all --inh-caps=-all "$@"
"""


def confined_to(folder):
    """The command that has the rest of its words run where only that folder can be written."""
    if not shutil.which("unshare") or not shutil.which("setpriv"):
        pytest.skip("there is no unshare and setpriv here")
    command = ["unshare", "--mount", "sh", "-c", _READ_ONLY, str(folder)]
    if subprocess.run([*command, "true"], capture_output=True, check=False).returncode:
        pytest.skip("namespaces are not to be had here")
    return command


def test_only_the_store_has_to_be_written(world, environment, tmp_path):
    store, elsewhere = tmp_path / "store", tmp_path / "elsewhere"
    for folder in (store, elsewhere):
        folder.mkdir()
    confinement = confined_to(store)
    assert subprocess.run([*confinement, "touch", str(elsewhere / "file")], capture_output=True, check=False).returncode
    environment |= {"KINTSUGI_STORE": str(store / "kintsugi.db"), "TMPDIR": str(elsewhere)}
    with (
        FakeSlack({"UEN": {"locale": "en-GB"}}) as slack,
        process(slack, environment, "socket", confinement) as running,
    ):
        asked = slack.person("UEN").mention("C1", f"```{SCENARIOS['order-desk'].build(world)}```")
        assert "aws lambda add-permission" in said(answer_to(slack, asked))
        running.send_signal(signal.SIGTERM)
        _, error = running.communicate(timeout=PATIENCE)
    assert running.returncode == 0
    assert "Traceback" not in error
    assert (store / "kintsugi.db").exists()
    assert list(elsewhere.iterdir()) == []
