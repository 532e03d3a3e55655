"""What CUPS says of a queue and its jobs, in the words of lpstat and lp with LC_ALL=C. No I/O."""

from __future__ import annotations

import re

from drivers.interface import Fault

_REQUEST = re.compile(r"^request id is (\S+-\d+) ", re.MULTILINE)


def queue_fault(scheduler: str, printer: str) -> Fault | None:
    """Return why a queue takes nothing: from `lpstat -r` and `lpstat -p QUEUE`. What is not understood is no good."""
    if "scheduler is running" not in scheduler:
        return Fault.SERVICE_DOWN
    if "Invalid destination" in printer or not printer.strip():
        return Fault.UNPLUGGED
    first = printer.splitlines()[0]
    if " disabled since " in first:
        return Fault.OFFLINE
    return None if " is idle" in first or " now printing " in first else Fault.NOT_ANSWERING


def request_id(said: str) -> str | None:
    """Return the job's name from what `lp` says; None where it took none."""
    found = _REQUEST.search(said)
    return found[1] if found else None


def waits(said: str, request: str) -> bool:
    """Say whether a job still stands in what `lpstat -o` lists."""
    return any(line.split(maxsplit=1)[:1] == [request] for line in said.splitlines())


def lists(said: str, queue: str) -> bool:
    """Say whether what `lpstat -o` lists holds any job of a queue."""
    job = re.compile(rf"{re.escape(queue)}-\d+\s")
    return any(job.match(line) for line in said.splitlines())
