"""The configuration of a world's kiosk, `site.toml`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

DEVICE = "kiosk-demo"


@dataclass(frozen=True, slots=True)
class Panel:
    """A touch panel."""

    width_px: int
    height_px: int
    dpi: float


# 10.1 inches at 1280x800 and 7 inches at 1024x600: the diagonal in pixels over the diagonal in inches.
TEN_INCH = Panel(1280, 800, 149.4)
SEVEN_INCH = Panel(1024, 600, 169.5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """What the kiosk in the folder `device` is told; `beside` are the tables of what not every world has."""

    device: Path
    pack: Path
    panel: Panel
    fullscreen: bool
    idle_warning_s: float
    printer_port: int
    paper_mm: int
    broker_port: int
    beside: tuple[str, ...]

    def toml(self) -> str:
        """Return it as it is written."""
        return f"""\
[device]
name = "{DEVICE}"
state_dir = "{self.device / "state"}"
run_dir = "{self.device / "run"}"

[structure]
name = "France Services de Marcenat"

[content]
pack = "{self.pack}"

[screen]
width_px = {self.panel.width_px}
height_px = {self.panel.height_px}
dpi = {self.panel.dpi}
fullscreen = {str(self.fullscreen).lower()}
idle_warning_s = {self.idle_warning_s}

[printer]
host = "127.0.0.1"
port = {self.printer_port}
paper_mm = {self.paper_mm}

[scanner]
port = "{self.device / "scanner"}"

[papers]
certificates = "{self.device / "certificates"}"

{"".join(self.beside)}
[broker]
host = "localhost"
port = {self.broker_port}
ca_file = "{self.device / "identity/ca.crt"}"
certificate_file = "{self.device / "identity/device.crt"}"
key_file = "{self.device / "identity/device.key"}"

[hub]
opening_key_file = "{self.device / "identity/hub-opening.pub"}"
signing_key_file = "{self.device / "identity/hub-signing.pub"}"
root_file = "{self.device / "identity/root.json"}"
"""
