"""What an error of the system means for a scanner. No I/O."""

from __future__ import annotations

import errno

from drivers import system_fault
from drivers.interface import Fault

_FAULTS = {
    errno.EAGAIN: Fault.BUSY,  # the lock on it is held
    errno.ETIMEDOUT: Fault.NOT_ANSWERING,
}


def fault_of(error: Exception) -> Fault:
    """Return why a scanner is lost."""
    # termios has errors of its own, which are no OSErrors: their first argument is the number.
    number = error.errno if isinstance(error, OSError) else next(iter(error.args), None)
    return system_fault.fault_of(number if isinstance(number, int) else None, _FAULTS)
