"""How long `kintsugi read` takes as a whole process, over what Python itself takes to start."""

import subprocess
import sys
import time
from pathlib import Path

ROUNDS = 15


def measure() -> dict[str, float]:
    """Seconds, the best of some rounds taken in turn."""
    command = [str(Path(sys.executable).with_name("kintsugi")), "read", "Invalid permissions on Lambda function"]
    nothing = [sys.executable, "-c", "pass"]
    taken: dict[str, list[float]] = {"read": [], "python": []}
    for _ in range(ROUNDS):
        taken["read"].append(_seconds(command))
        taken["python"].append(_seconds(nothing))
    best = {name: min(seconds) for name, seconds in taken.items()}
    return {**best, "over": best["read"] - best["python"]}


def _seconds(command: list[str]) -> float:
    begun = time.perf_counter()
    subprocess.run(command, capture_output=True, check=True)
    return time.perf_counter() - begun
