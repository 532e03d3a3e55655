"""USB card readers that are plugged in and out under a living pcscd, for tests. Adapter (processes, files, sockets).

    python -m drivers.simulated.usb_readers plug|unplug FOLDER [READER] [--socket N]

pcscd hears of them as of real ones, from udev, which umockdev plays: a tree of /sys in a folder, and a socket for what
udev says. It finds their driver by vendor and product as well, and this is vpcd again: the product's number is the port
of a card. All is in the folder, so that another process may plug. It needs root, and a C compiler: vpcd reads no port
from the name of a USB device, and the few words of C that do are compiled when they are needed.
"""

from __future__ import annotations

import argparse
import os
import shutil
import socket
import struct
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from drivers.simulated import vpcd

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_DRIVERS = "/usr/lib/pcsc/drivers"  # a constant of pcscd's; another folder is mounted there for it alone
_VENDOR = "ffff"
# IFD handler 3.0: a device's name is "usb:VENDOR/PRODUCT:libudev:INTERFACE:NODE". A real reader takes its time to
# start, too; whoever puts a card in meanwhile has it in there when pcscd first looks.
_PORT_BY_PRODUCT = b"""
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
long IFDHCreateChannel(unsigned long lun, unsigned long channel);
long IFDHCreateChannelByName(unsigned long lun, const char *name) {
    long made = IFDHCreateChannel(lun, strtoul(strchr(name, '/') + 1, NULL, 16));
    usleep(200000);
    return made;
}
"""
_PLIST = """<plist version="1.0"><dict>
<key>CFBundleExecutable</key><string>reader.so</string>
<key>ifdVendorID</key><array><string>0x{vendor}</string></array>
<key>ifdProductID</key><array><string>0x{port:04x}</string></array>
<key>ifdFriendlyName</key><array><string>Virtual PCD {name}</string></array>
</dict></plist>
"""
# systemd, src/libsystemd/sd-device/device-monitor.c: a header, of which the kernel's filter reads magic and two hashes
# (MurmurHash2 of "usb" and of "usb_interface"), then the properties.
_HEADER = struct.Struct("=8s4s3I4s4s8x")
_MAGIC, _USB, _USB_INTERFACE = (value.to_bytes(4, "big") for value in (0xFEEDCAFE, 0x0577C5E5, 0xB1024765))


class UsbReaders:
    """Some readers of two slots each, and sockets for them; in the sockets is what `plug` put there."""

    def __init__(self, folder: Path, readers: int = 2) -> None:
        """Make the readers, where the folder has none yet.

        Raises:
            FileNotFoundError: vpcd, umockdev or a compiler is not installed.
        """
        self._bed = folder / "bed"
        self._drivers = folder / "drivers"
        self._sockets = self._bed / "sys/devices/usb1"
        if shutil.which("umockdev-wrapper") is None:
            raise FileNotFoundError("umockdev is not installed")
        if not self._bed.exists():
            for name in ("sys/bus/usb/devices", "sys/devices/usb1", "dev"):
                (self._bed / name).mkdir(parents=True)
            for reader, ports in enumerate(vpcd.free_ports(readers)):
                self._make(reader, ports[0])
        # Of each reader, those of its slots.
        self.ports = tuple((port, port + 1) for port in self._made())

    def seen_by(self, pcscd: Sequence[str]) -> list[str]:
        """Return the command that starts pcscd among these readers and no others."""
        for left in self._bed.glob("event*"):
            left.unlink()  # of one that was killed
        mounted = f'mount --bind "$0" {_DRIVERS} && exec env LD_PRELOAD=libumockdev-preload.so.0 UMOCKDEV_DIR="$@"'
        return ["unshare", "--mount", "sh", "-c", mounted, str(self._drivers), str(self._bed), *pcscd]

    def plug(self, reader: int = 0, at: int = 1) -> None:
        """Plug a reader into the socket `at`, and wait until pcscd, where it runs, serves it.

        Raises:
            FileNotFoundError: pcscd did not serve it, or still serves the one that was unplugged.
        """
        port = self.ports[reader][0]
        vpcd.wait_until(lambda: not any(map(vpcd.listens, self.ports[reader])))
        device, interface = self._nodes(at)
        self._show(device, "usb_device", f"DEVNAME=bus/usb/001/{at:03}\nMAJOR=189\nMINOR={at}\n")
        (device / "idVendor").write_text(_VENDOR, encoding="ascii")
        (device / "idProduct").write_text(f"{port:04x}", encoding="ascii")
        self._show(interface, "usb_interface")
        if self._say("add", interface):
            vpcd.wait_until(lambda: all(map(vpcd.listens, self.ports[reader])))

    def unplug(self, reader: int = 0) -> None:
        """Pull a reader out, wherever it is; never waits. What is in the middle of an exchange is the card's to end."""
        for device in self._sockets.iterdir():
            if int((device / "idProduct").read_text(encoding="ascii"), 16) == self.ports[reader][0]:
                interface = device / f"{device.name}:1.0"
                self._say("remove", interface)
                for each in (device, interface):
                    (self._bed / "sys/bus/usb/devices" / each.name).unlink()
                shutil.rmtree(device)

    def _make(self, reader: int, port: int) -> None:
        folder = self._drivers / f"{reader}-{port}.bundle/Contents"
        (folder / "Linux").mkdir(parents=True)
        (folder / "Info.plist").write_text(
            _PLIST.format(vendor=_VENDOR, port=port, name="ABCDEFGH"[reader]), encoding="ascii"
        )
        library = vpcd.copy(folder / f"Linux/libifdvpcd.so.{reader}", str(reader))
        shared = ["/usr/bin/cc", "-shared", "-fPIC", "-Wl,-rpath,$ORIGIN", "-o", str(folder / "Linux/reader.so")]
        subprocess.run([*shared, "-xc", "-", "-xnone", str(library)], input=_PORT_BY_PRODUCT, check=True)

    def _made(self) -> Iterator[int]:
        for bundle in sorted(self._drivers.iterdir()):
            yield int(bundle.stem.partition("-")[2])

    def _nodes(self, at: int) -> tuple[Path, Path]:
        return self._sockets / f"1-{at}", self._sockets / f"1-{at}/1-{at}:1.0"

    def _show(self, node: Path, kind: str, more: str = "") -> None:
        node.mkdir()
        (node / "uevent").write_text(f"DEVTYPE={kind}\n{more}", encoding="ascii")
        bus = self._bed / "sys/bus/usb"
        (node / "subsystem").symlink_to(os.path.relpath(bus, node))
        (bus / "devices" / node.name).symlink_to(os.path.relpath(node, bus / "devices"))

    def _say(self, action: str, interface: Path) -> bool:
        """Say it as udev does; return whether there is a pcscd that heard it."""
        said = {
            "ACTION": action,
            "DEVPATH": f"/{interface.relative_to(self._bed / 'sys')}",
            "SUBSYSTEM": "usb",
            "DEVTYPE": "usb_interface",
            "SEQNUM": "1",
        }
        body = "".join(f"{key}={value}\0" for key, value in said.items()).encode("ascii")
        head = _HEADER.pack(b"libudev\0", _MAGIC, _HEADER.size, _HEADER.size, len(body), _USB, _USB_INTERFACE)
        heard = False
        for listener in self._bed.glob("event*"):
            with suppress(ConnectionRefusedError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line:
                line.connect(str(listener))
                line.send(head + body)
                heard = True
        return heard


def main() -> int:
    """Run as a program: plug or unplug one reader."""
    parser = argparse.ArgumentParser(description="Plug a virtual USB card reader in or out.")
    parser.add_argument("action", choices=["plug", "unplug"])
    parser.add_argument("folder", type=Path)
    parser.add_argument("reader", type=int, nargs="?", default=0)
    parser.add_argument("--socket", type=int, default=1)
    options = parser.parse_args()
    readers = UsbReaders(options.folder)
    if options.action == "plug":
        readers.plug(options.reader, options.socket)
    else:
        readers.unplug(options.reader)
    return 0


if __name__ == "__main__":
    sys.exit(main())
