"""The operator's command line, `guichet-hub`: one module a subject, mounted here."""

from __future__ import annotations

import typer

from config import command
from config.fault import ConfigError
from fleet.authority import AuthorityError
from fleet.commands import carrier, content, hub, keys, ledger, publication, publisher, revocation
from fleet.hub.carrier import StickError
from fleet.hub.opening_keys import RotationError
from fleet.hub.registry import NotEnrolledError
from fleet.hub.settling import SettleError
from fleet.hub.store import StoreError
from fleet.pki import NameRefusedError
from fleet.premises import PremisesError
from fleet.publication.fault import PathRefusedError, ProposalError, PublicationError, SigningKeyError
from fleet.revocation import BrokerNotToldError
from fleet.settings import HubConfigError
from sync.keys import KeyFileError
from sync.tls import CertificateFileError

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
app.command()(hub.init)
app.command()(hub.enrol)
app.command()(revocation.revoke)
app.command()(hub.run)
app.command()(hub.records)
app.command()(ledger.ledger)
app.command()(ledger.settle)
app.command()(ledger.restored)
app.command()(ledger.quarantine)
app.command("import")(carrier.import_)
app.add_typer(content.app, name="content")
app.add_typer(keys.app, name="keys")
app.add_typer(publication.signing, name="signing")
app.add_typer(publication.push, name="push")
app.command()(publication.sign)
app.command()(publication.publish)
app.add_typer(publisher.app, name="publisher")
app.command()(publisher.export)

# What whoever runs the command can mend.
_MENDABLE = (
    StoreError,
    NotEnrolledError,
    SettleError,
    RotationError,
    StickError,
    NameRefusedError,
    PremisesError,
    AuthorityError,
    BrokerNotToldError,
    HubConfigError,
    KeyFileError,
    CertificateFileError,
    ConfigError,
    PathRefusedError,
    ProposalError,
    PublicationError,
    SigningKeyError,
)


@app.callback()
def guichet_hub() -> None:
    """France Services kiosks and buses: the operator's side."""


def main() -> None:
    """Run the command line."""
    command.run("guichet-hub", app, _MENDABLE)
