"""A typical receipt (logo, 30 lines, QR code), from its elements to bytes, and to a printer's first byte.

    python bench/receipt.py

Beside it, in the same run: the same receipt drawn as one picture and sent by python-escpos, and a bare socket.
"""

from __future__ import annotations

import os
import socket
import statistics
import subprocess
import sys
import threading
import time
import warnings
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from escpos.printer import Dummy
from PIL import Image, ImageDraw

from drivers.interface import DeviceName
from drivers.printer import opening
from drivers.printer.drawing import ruler, to_raster
from drivers.printer.elements import Heading, QrCode, Receipt, Rule, Text, TickBox, Title
from drivers.printer.elements import Image as Logo
from drivers.printer.encode import encode
from drivers.printer.laid import Paper
from drivers.printer.layout import lay_out
from drivers.printer.profile import PROFILES
from drivers.printer.receipt_printer import PrintJob, ReceiptPrinter, Settings
from drivers.simulated.interpreter import EscPosInterpreter
from drivers.simulated.printer import SimulatedPrinter

_ROUNDS = 60
_PAPER = Paper.MM_80
_EPSON = PROFILES["epson-tm-t20"]


def typical() -> Receipt:
    """Return a logo, thirty lines and a code."""
    logo = Image.new("L", (192, 96), 255)
    ImageDraw.Draw(logo).ellipse((20, 4, 172, 92), fill=0)
    lines = [TickBox(f"Justificatif n° {number} : pièce d’identité en cours de validité") for number in range(13)]
    foot = Text("Source : Service-Public – Direction de l’information légale et administrative (DILA), fiche F14128.")
    code = QrCode("https://www.service-public.fr/particuliers/vosdroits/F14128", "La fiche officielle")
    return (Logo(to_raster(logo)), Title("Je déménage"), Heading("À apporter"), *lines, Rule(), foot, code)


def median_ms(work: object) -> float:
    """Return the median of many rounds."""
    took = []
    for _ in range(_ROUNDS):
        begun_s = time.perf_counter()
        work()  # type: ignore[operator]
        took.append((time.perf_counter() - begun_s) * 1000)
    return statistics.median(took)


def as_one_picture(receipt: Receipt) -> tuple[Image.Image, object]:
    """Return the receipt as a picture, and a function that has python-escpos encode it."""
    rolls = []
    interpreter = EscPosInterpreter(_PAPER.dots, rolls.append)
    interpreter.receive(encode(lay_out(receipt, _PAPER, _EPSON, ruler()), _PAPER, _EPSON) + b"\x1dV\x00")
    picture = rolls[0].ink().point(lambda dot: 0 if dot else 255).convert("L")

    def send() -> bytes:
        printer = Dummy()
        printer.image(picture, impl="bitImageRaster")
        printer.cut()
        return bytes(printer.output)

    return picture, send


def first_byte_ms(receipt: Receipt) -> float:
    """Return how long after `submit` the printer gets the job's first byte; it answers its questions meanwhile."""
    begun_s, came_s, up = 0.0, [], threading.Event()
    with SimulatedPrinter() as printer:
        take = printer.mechanism._take  # noqa: SLF001  (the first byte that is printed, not asked)

        def taken(data: bytes) -> None:
            if begun_s and not came_s and b"\x1b@" in data:
                came_s.append(time.perf_counter())
            take(data)

        printer.mechanism._take = taken  # type: ignore[method-assign]  # noqa: SLF001
        driver = ReceiptPrinter(
            DeviceName("printer"), opening.over_network("127.0.0.1", printer.port, 1), Settings(_PAPER, _EPSON)
        )
        stop, done = threading.Event(), threading.Event()

        def emit(event: object) -> None:
            (up if type(event).__name__ == "DeviceUp" else done).set()

        thread = threading.Thread(target=driver.run, args=(emit, stop))
        thread.start()
        up.wait(10)
        begun_s = time.perf_counter()
        driver.submit(PrintJob(1, receipt))
        done.wait(30)
        stop.set()
        thread.join()
    return (came_s[0] - begun_s) * 1000


def bare_first_byte_ms() -> float:
    """Return how long a byte takes through a bare socket."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        near = socket.create_connection(server.getsockname())
        far, _ = server.accept()
        begun_s = time.perf_counter()
        near.send(b"\x1b@")
        far.recv(2)
        took_ms = (time.perf_counter() - begun_s) * 1000
        near.close()
        far.close()
    return took_ms


def import_ms(statement: str) -> float:
    """Return the least time of a fresh interpreter which runs `statement`."""
    took = []
    for _ in range(9):
        begun_s = time.perf_counter()
        subprocess.run([sys.executable, "-c", statement], check=True, env={**os.environ, "PYTHONPATH": "."})
        took.append((time.perf_counter() - begun_s) * 1000)
    return min(took)


def main() -> None:
    """Print the figures."""
    warnings.simplefilter("ignore")
    receipt = typical()
    data = encode(lay_out(receipt, _PAPER, _EPSON, ruler()), _PAPER, _EPSON)
    _, send = as_one_picture(receipt)
    ours = median_ms(lambda: encode(lay_out(receipt, _PAPER, _EPSON, ruler()), _PAPER, _EPSON))
    theirs = median_ms(send)
    print(f"layout and encoding      {ours:8.2f} ms, {len(data):6} bytes")
    print(f"python-escpos, a picture {theirs:8.2f} ms, {len(send()):6} bytes (the drawing itself not counted)")  # type: ignore[operator]
    print(f"ratio                    {ours / theirs:8.2f}  (wanted: at most 0.50)")
    first = statistics.median(first_byte_ms(receipt) for _ in range(5))
    bare = statistics.median(bare_first_byte_ms() for _ in range(5))
    print(f"first byte of a job      {first:8.2f} ms after it was given (wanted: 50); a bare socket {bare:.2f} ms")
    base = import_ms("import structlog, msgspec, kiosk.journeys")
    drivers = import_ms("import structlog, msgspec, kiosk.journeys, kiosk.devices")
    escpos = import_ms("import escpos.printer")
    print(
        f"importing the drivers    {max(drivers - base, 0.0):8.2f} ms beyond what the kiosk has loaded (wanted: 50);",
        end=" ",
    )
    print(f"python-escpos alone {escpos - import_ms('pass'):.0f} ms")


if __name__ == "__main__":
    main()
