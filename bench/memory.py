"""How much memory a process has, as Linux counts it."""

from pathlib import Path


def megabytes(pid: int) -> float:
    """The memory that a process has to itself or shares."""
    status = Path(f"/proc/{pid}/status").read_text("ascii")
    (kilobytes,) = (line.split()[1] for line in status.splitlines() if line.startswith("VmRSS:"))
    return int(kilobytes) / 1_024
