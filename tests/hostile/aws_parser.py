"""What the real AWS CLI understands of commands: it parses them up to the request, which is never sent."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any


class AwsParser:
    """Asks a process that has the AWS CLI loaded."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def understood(self, words: Sequence[str]) -> Any:
        """The operation and the parameters of a command without its first word; raises ValueError for none."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        print(json.dumps(list(words)), file=self._process.stdin, flush=True)
        answer = json.loads(self._process.stdout.readline())
        if isinstance(answer, str):
            raise ValueError(answer)
        return answer


@contextmanager
def aws_parser() -> Iterator[AwsParser]:
    """A parser, while the block lasts."""
    variables = {
        **os.environ,
        "AWS_ACCESS_KEY_ID": "x",
        "AWS_SECRET_ACCESS_KEY": "x",
        "AWS_EC2_METADATA_DISABLED": "true",
    }
    command = [sys.executable, "-m", "tests.hostile.aws_parser"]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=variables
    ) as process:
        yield AwsParser(process)
        assert process.stdin is not None
        process.stdin.close()


def main() -> None:
    """Answers a list of words a line with what they would ask for, or with a sentence."""
    from awscli.clidriver import create_clidriver

    driver = create_clidriver()
    understood: list[Any] = []

    def instead_of_calling(event_name: str, call_parameters: dict[str, Any], **_: Any) -> int:
        understood.append([event_name, call_parameters])
        return 0

    driver.session.register("calling-command", instead_of_calling)
    for line in sys.stdin:
        understood.clear()
        try:
            driver.main(json.loads(line))
        except SystemExit:
            understood.clear()
        print(json.dumps(understood or "the AWS CLI refuses the command"), flush=True)


if __name__ == "__main__":
    main()
