"""What an error number of the system says of a device, whatever the device is. No I/O."""

from __future__ import annotations

import errno
from types import MappingProxyType
from typing import TYPE_CHECKING

from drivers.interface import Fault

if TYPE_CHECKING:
    from collections.abc import Mapping

_FAULTS = MappingProxyType({errno.EACCES: Fault.REFUSED, errno.EPERM: Fault.REFUSED, errno.EBUSY: Fault.BUSY})
_NONE: Mapping[int, Fault] = MappingProxyType({})


def fault_of(number: int | None, own: Mapping[int, Fault] = _NONE) -> Fault:
    """Return the fault that a number stands for; `own` are those which mean something on this way in only.

    What the system does not explain (EIO, ENODEV, ENXIO) is a device gone.
    """
    return Fault.UNPLUGGED if number is None else {**_FAULTS, **own}.get(number, Fault.UNPLUGGED)
