"""What an error of the system means for a scanner. No I/O."""

from __future__ import annotations

import errno

from drivers.interface import Fault

_FAULTS = {
    errno.EACCES: Fault.REFUSED,
    errno.EPERM: Fault.REFUSED,
    errno.EBUSY: Fault.BUSY,
    errno.EAGAIN: Fault.BUSY,  # the lock on it is held
    errno.ETIMEDOUT: Fault.NOT_ANSWERING,
}


def fault_of(error: Exception) -> Fault:
    """Return why a scanner is lost; what the system does not explain (EIO, ENODEV, ENXIO) is a device gone."""
    # termios has errors of its own, which are no OSErrors: their first argument is the number.
    number = error.errno if isinstance(error, OSError) else next(iter(error.args), None)
    return _FAULTS.get(number, Fault.UNPLUGGED) if isinstance(number, int) else Fault.UNPLUGGED
