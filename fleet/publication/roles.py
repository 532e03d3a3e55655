"""Who may sign what, and for how long. No I/O.

    targets      fleet.toml, content/<name>                     key holders (2 of 3 by default)
    group-<g>    group/<g>/group.toml, group/<g>/device/<d>.toml   the same
    online       online/rollout.json, online/group/<g>.json     the hub

A device loads `targets` and the one role of its group, so that 2,000 devices do not each load a list of 2,000.
"""

from __future__ import annotations

import datetime as dt
import re

from fleet.publication.fault import PathRefusedError

TARGETS = "targets"
ONLINE = "online"
ONLINE_PATTERNS = ["online/*", "online/group/*"]
# A name stands in a path pattern: nothing that a pattern reads otherwise.
_NAME = r"[a-z0-9][a-z0-9-]{0,62}"
_GROUP = re.compile(rf"group/(?P<group>{_NAME})/(?:group|device/{_NAME})\.toml")
_TOP = re.compile(r"fleet\.toml|content/[A-Za-z0-9][A-Za-z0-9._-]{0,100}")
_ONLINE = re.compile(rf"online/(?:rollout|group/{_NAME})\.json")

# A year: key holders meet for it, and a device that stood in a cupboard for a season still follows.
ROOT_LIFE = dt.timedelta(days=365)
# Half a year: what nobody has confirmed for so long is not installed any more; what runs goes on running.
TARGETS_LIFE = dt.timedelta(days=182)
# A week: a hub that is down over a long weekend stops nothing.
SNAPSHOT_LIFE = dt.timedelta(days=7)
# Two days bound how long a thief of the broker can hide what is new from a device that knows the hub's time.
TIMESTAMP_LIFE = dt.timedelta(days=2)


def role_of(path: str) -> str:
    """Return the role that names a path.

    Raises:
        PathRefusedError: there is none.
    """
    if _TOP.fullmatch(path):
        return TARGETS
    if match := _GROUP.fullmatch(path):
        return f"group-{match['group']}"
    if _ONLINE.fullmatch(path):
        return ONLINE
    raise PathRefusedError(f"{path!r} is no path that devices look for")


def patterns_of(role: str) -> list[str]:
    """Return the path patterns that a delegated role may name."""
    if role == ONLINE:
        return ONLINE_PATTERNS
    group = role.removeprefix("group-")
    return [f"group/{group}/*", f"group/{group}/device/*"]
