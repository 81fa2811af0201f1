"""The real AWS CLI, started once: commands of a script run in forks of one process, which spares each its start.

A script finds `aws` on its path as ever. That one is a few lines which hand their words, environment and streams to
`serve`, where a fork of a process that has the AWS CLI loaded becomes the command.
"""

from __future__ import annotations

import marshal
import os
import signal
import socket
import subprocess
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

_LONGEST_REQUEST = 1 << 20
_SECONDS_ALONE = 5
_CLIENT = """#!{python} -IS
import marshal, os, socket, sys
connection = socket.socket(socket.AF_UNIX)
connection.connect({address!r})
request = marshal.dumps((sys.argv[1:], dict(os.environ), os.getcwd()))
socket.send_fds(connection, [len(request).to_bytes(8, "big")], [0, 1, 2])
connection.sendall(request)
sys.exit(connection.recv(1)[0])
"""


@contextmanager
def aws_cli(folder: Path) -> Iterator[Path]:
    """A folder with an `aws` for the path of scripts, while the block lasts."""
    address = folder / "socket"
    client = folder / "aws"
    client.write_text(_CLIENT.format(python=sys.executable, address=str(address)))
    client.chmod(0o755)
    server = subprocess.Popen([sys.executable, "-m", "tests.aws_cli", str(address)])
    try:
        while not address.exists():
            if server.poll() is not None:
                raise RuntimeError("the AWS CLI could not be loaded")
            time.sleep(0.02)
        yield folder
    finally:
        server.terminate()
        server.wait()


def serve(address: str) -> None:
    """Answers until it is terminated, or whoever started it is gone. The socket appears when everything is loaded."""
    started_by = os.getppid()
    import boto3  # noqa: F401 - before awscli, which would have botocore replaced by its own
    from awscli.clidriver import create_clidriver

    driver = create_clidriver()
    driver._get_command_table()
    for service in ("apigateway", "ec2", "iam", "lambda"):
        driver.session.get_service_model(service)
    # No zombies: each fork tells its end over its own connection.
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    listening = socket.socket(socket.AF_UNIX)
    listening.bind(f"{address}.new")
    listening.listen(16)
    os.rename(f"{address}.new", address)
    listening.settimeout(_SECONDS_ALONE)
    while os.getppid() == started_by:
        try:
            connection, _ = listening.accept()
        except TimeoutError:
            continue
        connection.setblocking(True)
        if os.fork() == 0:
            listening.close()
            _become(connection, driver.main)
        connection.close()


def _become(connection: socket.socket, main: Callable[[list[str]], int]) -> None:
    """The command itself, in the fork: with its caller's streams, environment and folder."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    size, streams, _, _ = socket.recv_fds(connection, 8, 3)
    request = b""
    while len(request) < int.from_bytes(size, "big"):
        request += connection.recv(_LONGEST_REQUEST)
    words, environment, folder = marshal.loads(request)
    for stream, place in zip(streams, (0, 1, 2), strict=True):
        os.dup2(stream, place)
    data = os.environ["AWS_DATA_PATH"]  # set by awscli itself when it is imported
    os.environ.clear()
    os.environ.update(environment, AWS_DATA_PATH=data)
    os.chdir(folder)
    status = 255
    try:
        status = main(words)
    except SystemExit as end:
        status = end.code if isinstance(end.code, int) else 1
    except Exception:  # noqa: BLE001 - whoever runs the script sees it, as they would of a command
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        connection.sendall(bytes([status & 255]))
        os._exit(0)


if __name__ == "__main__":
    serve(sys.argv[1])
