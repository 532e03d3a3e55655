"""A pcscd that does not let us in, as one is where polkit says no: it hangs up at the first word."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading

CHILD = """
from drivers.interface import DeviceError, DeviceName
from drivers.reader.pcsc import CardReader
import threading
try:
    CardReader(DeviceName("reader"), ()).run(print, threading.Event())
except DeviceError as error:
    print(error.fault.name)
"""


def hang_up(door):
    caller, _ = door.accept()
    # Asking polkit takes longer than the caller's first word: its header and its version, which are left unread.
    # The kernel does not wait for all where it is to leave all unread (net/unix/af_unix.c).
    while 0 < len(caller.recv(20, socket.MSG_PEEK)) < 20:
        pass
    caller.close()


def test_a_pcscd_that_hangs_up_at_once_has_refused_us(tmp_path):
    with socket.socket(socket.AF_UNIX) as door:
        door.bind(str(tmp_path / "pcscd.comm"))
        door.listen()
        threading.Thread(target=hang_up, args=(door,), daemon=True).start()
        # libpcsclite(3): the environment names the socket; it is read once a process.
        told = subprocess.run(
            [sys.executable, "-c", CHILD],
            env={**os.environ, "PCSCLITE_CSOCK_NAME": str(tmp_path / "pcscd.comm")},
            capture_output=True,
            text=True,
            check=True,
        )
    assert told.stdout.strip() == "REFUSED"
