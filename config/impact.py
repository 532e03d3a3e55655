"""Which process must begin anew for another configuration, and which goes on with it as it is. No I/O."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

if TYPE_CHECKING:
    from config.model import DeviceConfig


def screen_begins_anew(old: DeviceConfig, new: DeviceConfig) -> bool:
    """Return whether the screen's process needs a start: for the panel or a device, not for words, packs and lists."""
    return _of_the_screen(old) != _of_the_screen(new)


def sync_begins_anew(old: DeviceConfig, new: DeviceConfig) -> bool:
    """Return whether the sync service needs a start: for the way to the hub, or what may wait for it."""
    return _of_sync(old) != _of_sync(new)


def _of_the_screen(config: DeviceConfig) -> object:
    screen = replace(config.screen, idle_warning_s=1.0, idle_grace_s=20.0)
    return (
        config.device,
        screen,
        config.printer,
        config.scanner,
        config.reader,
        config.badges,
        config.document_scanner,
        config.camera,
        config.sound,
        config.keypad,
        config.lamp,
        config.power,
        config.outbox,
        config.hub,
    )


def _of_sync(config: DeviceConfig) -> object:
    return config.device, config.broker, config.link, config.hub, config.outbox
