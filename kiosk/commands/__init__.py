"""The device's command line, `guichet`: one module a subject, mounted here."""

from __future__ import annotations

import typer

from catalogue.pack_fault import PackError
from config import command
from config.fault import ConfigError
from drivers.two_d_doc.certificate_list import CertificateListError
from kiosk.commands import carrier, config, content, devices, link, outbox, papers, screen
from kiosk.commands.trying import TryError
from sync.carrier import CarrierError
from sync.keys import KeyFileError
from sync.lock import AlreadyRunningError
from sync.outbox import OutboxError
from sync.tls import CertificateFileError

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
app.command()(screen.kiosk)
app.command()(link.sync)
app.command()(outbox.outbox)
app.command()(carrier.export)
app.command()(carrier.import_stored)
app.command()(carrier.import_pushed)
app.add_typer(config.app, name="config")
app.add_typer(devices.app, name="devices")
app.command()(papers.papers)
app.command()(content.search)
app.command()(content.questionnaire)
app.command()(content.checklist)

# What whoever runs the command can mend.
_MENDABLE = (
    ConfigError,
    TryError,
    CertificateListError,
    PackError,
    OutboxError,
    CarrierError,
    AlreadyRunningError,
    KeyFileError,
    CertificateFileError,
)


@app.callback()
def guichet() -> None:
    """France Services kiosks and buses: the device's side."""


def main() -> None:
    """Run the command line."""
    command.run("guichet", app, _MENDABLE)
