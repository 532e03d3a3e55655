"""A machine far away, in a network of our own: a way that is as long as one likes, and loses what one likes.

What goes to THERE comes back from there to HERE, where a server listens: the addresses are exchanged, the ports and the
checksums, which are sums, stay. For a process that is alone in its network (`unshare --net`).
"""

from __future__ import annotations

import fcntl
import os
import struct
import subprocess
import threading

HERE, THERE = "10.9.8.1", "10.9.8.2"
_TUNSETIFF, _TUN_WITHOUT_HEADER, _NAME = 0x400454CA, 0x1001, b"far0"
_SOURCE, _TARGET = slice(12, 16), slice(16, 20)
_SYN = 0x02


def is_opening(packet):
    """Say whether a TCP packet over IPv4 asks for a connection."""
    header_bytes = (packet[0] & 15) * 4
    return packet[header_bytes + 13] == _SYN


class FarMachine:
    """The way: each packet takes `way_s`, unless `loses(packet)`."""

    def __init__(self):
        self.way_s = 0.0
        self.loses = lambda _: False
        self._way = os.open("/dev/net/tun", os.O_RDWR)
        fcntl.ioctl(self._way, _TUNSETIFF, struct.pack("16sH22x", _NAME, _TUN_WITHOUT_HEADER))
        for command in ("link set lo up", f"address add {HERE}/24 dev far0", "link set far0 up"):
            subprocess.run(["ip", *command.split()], check=True)
        threading.Thread(target=self._carry, daemon=True).start()

    def _carry(self):
        while True:
            packet = os.read(self._way, 2000)
            if packet[0] >> 4 == 4 and not self.loses(packet):
                back = bytearray(packet)
                back[_SOURCE], back[_TARGET] = packet[_TARGET], packet[_SOURCE]
                threading.Timer(self.way_s, os.write, (self._way, back)).start()
