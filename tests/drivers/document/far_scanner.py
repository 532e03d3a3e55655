"""One case of an idle connection to a machine that is far away: a program, alone in its network."""

from __future__ import annotations

import socket
import sys
import threading
import time

from far_machine import HERE, THERE, FarMachine, is_opening

from drivers.document.network import IdleConnection
from drivers.interface import Fault

LOOK_S = 0.3


def held_for(beside, looks):
    """Look so often, and return what was seen."""
    stop = threading.Event()
    return {beside.gone(stop) for _ in range(looks) if not stop.wait(LOOK_S)}


def connections(server):
    """Count whoever connected."""
    server.settimeout(0.1)
    taken = []
    try:
        while True:
            taken.append(server.accept())
    except TimeoutError:
        return len(taken)


def silence(machine, beside, server):
    """It answers, and is cut off."""
    assert held_for(beside, 8) == {None}
    assert connections(server) == 1
    machine.loses = lambda _: True
    since_s, stop = time.monotonic(), threading.Event()
    while (fault := beside.gone(stop)) is None:
        stop.wait(LOOK_S)
    sys.stdout.write(f"{fault.name} {time.monotonic() - since_s}")


def distance(machine, beside, server):
    """Each answer takes 0.4 s."""
    machine.way_s = 0.2
    assert held_for(beside, 15) == {None}
    assert connections(server) == 1


def losses(machine, beside, server):
    """The packet that asks whether it is there is lost, and so is the first that connects again."""
    assert held_for(beside, 8) == {None}
    lost = []

    def loses(packet):
        lost.append(is_opening(packet))
        return len(lost) == 1 or lost.count(True) == 1

    machine.loses = loses
    assert held_for(beside, 8) == {None}
    assert connections(server) == 2
    assert lost.count(True) == 2


def main():
    machine = FarMachine()
    with socket.create_server((HERE, 0)) as server:
        port = server.getsockname()[1]
        with IdleConnection((THERE,), port, Fault.SERVICE_DOWN) as beside:
            {"silence": silence, "distance": distance, "losses": losses}[sys.argv[1]](machine, beside, server)


if __name__ == "__main__":
    main()
