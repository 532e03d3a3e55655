"""`guichet devices`: what is plugged in, what is configured, and what each says of itself."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.live import Live
from rich.table import Table

from config import store
from drivers import report
from drivers.found import document_scanners, found
from kiosk.commands import devices_record, devices_try, devices_try_around
from kiosk.commands.trying import SITE, Config

if TYPE_CHECKING:
    from config.model import DeviceConfig
    from drivers.found import Found

app = typer.Typer(help="What is plugged in, configured and working; tests and recordings of devices.")
devices_try.app.add_typer(devices_try_around.app)
app.add_typer(devices_try.app, name="try")
app.command()(devices_record.record)

_EVERY_S = 1.0


@app.callback(invoke_without_command=True)
def devices(
    context: typer.Context,
    config: Config = SITE,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
    watch: Annotated[bool, typer.Option("--watch", help="Again every second, until Ctrl-C.")] = False,
    scanners: Annotated[
        bool, typer.Option("--scanners", help="Look for document scanners, too: some seconds.")
    ] = False,
) -> None:
    """Say what is plugged in, what is configured, and how each device stands."""
    if context.invoked_subcommand is not None:
        return
    settings = store.load(config)
    asked = document_scanners() if scanners else []
    if as_json:
        typer.echo(json.dumps(_seen(settings, asked), indent=1, ensure_ascii=False))
        return
    console = Console()
    if not watch:
        console.print(_table(_seen(settings, asked)))
        return
    with Live(_table(_seen(settings, asked)), console=console, auto_refresh=False) as live:
        while True:
            time.sleep(_EVERY_S)
            live.update(_table(_seen(settings, asked)), refresh=True)


def _seen(config: DeviceConfig, asked: list[Found]) -> dict[str, Any]:
    """Return all that is known: `configured` by name, and what is `found`, with what was asked for once."""
    told = report.read(config.device.run_dir)
    lines = {line.device: line for line in told.devices} if told else {}
    configured = {}
    for name, where in _configured(config).items():
        line = lines.get(name)
        configured[name] = {
            "where": where,
            "presence": line.presence if line else "unknown",
            "reason": line.reason if line else None,
            "for_s": round(time.monotonic() - line.since_s) if line else None,
            "times_up": line.times_up if line else None,
            "times_down": line.times_down if line else None,
            "crashes": line.crashes if line else None,
        }
    plugged = [{"kind": each.kind.value, "name": each.name, "about": each.about} for each in (*found(), *asked)]
    return {"kiosk_runs": told is not None, "configured": configured, "found": plugged}


def _configured(config: DeviceConfig) -> dict[str, str]:
    """Return where each configured device is looked for."""
    where = {}
    if config.printer:
        printer = config.printer
        where["printer"] = str(printer.device or printer.queue or f"{printer.host}:{printer.port}")
    if config.scanner:
        where["scanner"] = config.scanner.usb or str(config.scanner.port)
    if config.reader:
        where["reader"] = config.reader.name or "any reader"
    if config.document_scanner:
        where["document-scanner"] = config.document_scanner.device
    return where | _around(config)


def _around(config: DeviceConfig) -> dict[str, str]:
    """Return where each configured device around the screen is looked for, by the names their drivers have."""
    where = {}
    if config.camera:
        where["camera"] = str(config.camera.device)
    if config.sound:
        where["speaker"] = config.sound.device
        where["headphones"] = config.sound.headphones
    if config.keypad:
        where["keypad"] = config.keypad.path or config.keypad.chip
    if config.lamp:
        where["lamp"] = config.lamp.chip
    if config.power:
        where["power"] = str(config.power.supplies or "")
        where["ignition"] = f"{config.power.ignition_chip} {config.power.ignition}".strip()
    return {name: place for name, place in where.items() if place}


def _table(seen: dict[str, Any]) -> Table:
    table = Table(box=None, pad_edge=False)
    for heading in ("device", "where", "stands", "because", "for", "up", "down", "crashed"):
        table.add_column(heading)
    for name, line in seen["configured"].items():
        counts = ("" if line[key] is None else str(line[key]) for key in ("times_up", "times_down", "crashes"))
        since = "" if line["for_s"] is None else f"{line['for_s']} s"
        reason = (line["reason"] or "").replace("_", " ")
        table.add_row(name, line["where"], line["presence"], reason, since, *counts)
    if not seen["configured"]:
        table.add_row("none is configured")
    if not seen["kiosk_runs"]:
        table.caption = "No kiosk runs here: how they stand is not known. `guichet devices try NAME` asks one."
    for each in seen["found"]:
        table.add_row("plugged in", each["name"], each["kind"], each["about"])
    return table
