"""What the hub has published, on its way to this device: configuration and content, in parts, by MQTT.

message    what is asked and given (both ends)
asking     what to ask next, and when again
gathering  a file under way: whole, or from pieces and an older file
shelf      what has come and what is lacking: judged before it is moved to the mirror, which the keeper reads
supply     one event at a time: what is announced, what is answered, that time has passed
thread     its thread
folder     the same from a folder: the hub's own, or a stick
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from config.model import DeviceConfig
    from sync.supply.shelf import Shelf


def open_shelf(config: DeviceConfig, name: str = "incoming") -> Shelf:
    """Return where what is published comes to on this device; each carrier gathers under a name of its own.

    Raises:
        OSError: the root of the enrolment cannot be read.
        ConfigError: the device was given none.
    """
    from config.fault import ConfigError, Problem  # noqa: PLC0415  (python-tuf takes a quarter of a second to load)
    from config.needs import Needs  # noqa: PLC0415  (as above)
    from config.trust import Trust  # noqa: PLC0415  (as above)
    from sync.supply.shelf import Shelf  # noqa: PLC0415  (as above)

    device = config.device
    if config.hub.root_file is None:
        raise ConfigError((Problem("hub.root_file", "missing: without it nobody's push is believed"),))
    # The keeper adopts what is believed; whoever carries only asks, and works in a folder of its own in memory.
    trust = Trust(device.state_dir / "trust", config.hub.root_file.read_bytes(), device.run_dir / f"{name}.trust")
    needs = Needs(device.name, device.group)
    return Shelf(device.state_dir / name, device.state_dir / "mirror", trust, needs)
