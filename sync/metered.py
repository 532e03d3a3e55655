"""Whether the way to the broker is paid by the byte. Adapter: asks NetworkManager.

Source of the numbers: NetworkManager's D-Bus API, NMMetered.
"""

from __future__ import annotations

import subprocess
from typing import Literal

_QUESTION = (
    "busctl",
    "get-property",
    "org.freedesktop.NetworkManager",
    "/org/freedesktop/NetworkManager",
    "org.freedesktop.NetworkManager",
    "Metered",
)
_YES, _GUESSED_YES = "u 1", "u 3"
_TIMEOUT_S = 2.0


def is_metered(setting: Literal["auto", "yes", "no"]) -> bool:
    """Return whether to count bytes: as configured, or as NetworkManager knows of the connection in use.

    Where there is no NetworkManager, or it does not know, the link is taken as free: no record waits for a guess.
    """
    if setting != "auto":
        return setting == "yes"
    try:
        told = subprocess.run(_QUESTION, capture_output=True, text=True, check=False, timeout=_TIMEOUT_S).stdout
    except (OSError, subprocess.TimeoutExpired):
        return False
    return told.strip() in {_YES, _GUESSED_YES}
