"""`guichet-hub signing`, `push`, `sign` and `publish`: what devices believe, from files to the repository."""

from __future__ import annotations

import datetime as dt
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from fleet.commands import push_status
from fleet.commands.folder import FOLDER, Folder

if TYPE_CHECKING:
    from fleet.publication.proposal import Proposal
    from fleet.publication.repository import Repository

signing = typer.Typer(no_args_is_help=True, help="Who signs what devices believe, and until when it holds.")
push = typer.Typer(no_args_is_help=True, help="Propose a configuration or content; key holders then sign it.")
push.command("status")(push_status.status)

Out = Annotated[Path, typer.Option("-o", "--out", metavar="DIR", help="Where to write what key holders shall sign.")]
Passphrase = typer.Option(envvar="GUICHET_PASSPHRASE", prompt=True, hide_input=True, show_envvar=False)
_SOON = dt.timedelta(days=30)
_REFUSED = 2


@signing.command("new-key")
def new_key(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Where to write the key, on the holder's own machine.")],
    passphrase: Annotated[
        str, typer.Option(envvar="GUICHET_PASSPHRASE", prompt=True, hide_input=True, confirmation_prompt=True)
    ],
) -> None:
    """Make a key holder's key, under a passphrase; it stays with its holder."""
    from fleet.publication import keys  # noqa: PLC0415  (python-tuf would slow every other command)

    typer.echo(f"keep {file} to yourself; give {keys.make(file, passphrase)} to the hub")


@signing.command()
def holders(
    public: Annotated[list[Path], typer.Argument(metavar="PUB...", help="The public keys of all key holders.")],
    out: Out,
    threshold: Annotated[int, typer.Option(min=1, help="How many must sign.")] = 2,
    *,
    new_online: Annotated[
        bool, typer.Option("--new-online", help="Take back the hub's own keys: make new ones.")
    ] = False,
    hub: Folder = FOLDER,
) -> None:
    """Propose who signs from now on: the first holders, or others than now."""
    from fleet.publication import draft, keys  # noqa: PLC0415  (as above)

    repository = _repository(hub)
    fresh = new_online or repository.root is None
    online = keys.make_online(hub / "hub") if fresh else repository.online_keys(repository.root)
    proposal = draft.keys(repository, [keys.load_public(path) for path in public], online, _now(), threshold)
    _propose(proposal, out)


@signing.command()
def prolong(out: Out, hub: Folder = FOLDER) -> None:
    """Propose all that is in force with a new life of half a year."""
    from fleet.publication import draft  # noqa: PLC0415  (as above)

    _propose(draft.renewal(_repository(hub), _now()), out)


@signing.command()
def status(hub: Folder = FOLDER) -> None:
    """Say what is in force, and until when."""
    repository = _repository(hub)
    root = repository.root
    if root is None:
        typer.echo("nothing is published yet")
        return
    signed = {"root": root} | {name: role for name in repository.names() if (role := repository.role(name))}
    for name, each in signed.items():
        soon = "  soon: let key holders sign it anew" if each.expires - _now() < _SOON and name != "online" else ""
        typer.echo(f"{name:<24}version {each.version:<6}until {each.expires:%Y-%m-%d}{soon}")


@signing.command()
def renew(hub: Folder = FOLDER) -> None:
    """Sign by the hub's own keys that what is in force still is."""
    _repository(hub).renew(_now())


@push.command()
def config(
    folder: Annotated[
        Path, typer.Argument(metavar="FOLDER", help="fleet.toml, group/<g>/group.toml, …/device/<d>.toml")
    ],
    out: Annotated[Path | None, typer.Option("-o", "--out", metavar="DIR", help="Where to write the proposal.")] = None,
    *,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what each group would get.")] = False,
    hub: Folder = FOLDER,
) -> None:
    """Propose FOLDER as the whole configuration of the fleet; say what changes for each group."""
    from fleet.publication import diff, documents, draft  # noqa: PLC0415  (as above)

    repository = _repository(hub)
    files, current = documents.written(folder), documents.in_force(repository)
    after = documents.texts(files)
    if problems := diff.problems(after):
        for problem in problems:
            typer.echo(str(problem), err=True)
        raise typer.Exit(_REFUSED)
    for who, lines in diff.effects(documents.texts(current), after):
        typer.echo(f"{who}:" if lines else f"{who}: nothing changes")
        for line in lines:
            typer.echo(f"  {line}")
    for name in documents.unpublished(repository, after):
        typer.echo(f"{name} is not published: devices will refuse the documents that name it", err=True)
    if dry_run:
        return
    _propose(draft.change(repository, files, _now(), current.keys() - files.keys()), _needed(out))


@push.command()
def content(
    files: Annotated[
        list[Path],
        typer.Argument(
            metavar="FILE...",
            help="Streams of sheets, of which devices make their pack; files that a configuration names.",
        ),
    ],
    out: Out,
    hub: Folder = FOLDER,
) -> None:
    """Propose files as content, each under its own name: streams of sheets, fonts."""
    from fleet.publication import draft  # noqa: PLC0415  (as above)
    from fleet.publication.content import changes, travelling  # noqa: PLC0415  (as above)

    repository = _repository(hub)
    with tempfile.TemporaryDirectory() as scratch:
        wanted = travelling(files, Path(scratch))
    for line in changes(repository, wanted):
        typer.echo(line)
    _propose(draft.change(repository, wanted, _now()), out)


def sign(
    proposal: Annotated[Path, typer.Argument(metavar="DIR", help="What `push` or `signing` has written.")],
    key: Annotated[Path, typer.Option(help="Your key file.")],
    passphrase: Annotated[str, Passphrase],
) -> None:
    """Sign a proposal with your key; needs neither the hub nor the network."""
    from fleet.publication import keys  # noqa: PLC0415  (as above)
    from fleet.publication import proposal as proposals  # noqa: PLC0415  (as above)

    for line in proposals.read(proposal).lines():
        typer.echo(line)
    signer = keys.load(key, passphrase)
    proposals.add_signatures(proposal, signer)
    typer.echo(f"signed as {signer.public_key.keyid}")


def publish(
    proposal: Annotated[Path, typer.Argument(metavar="DIR", help="A proposal that enough key holders have signed.")],
    hub: Folder = FOLDER,
) -> None:
    """Let devices have what enough key holders have signed."""
    from fleet.publication import proposal as proposals  # noqa: PLC0415  (as above)

    repository = _repository(hub)
    repository.publish(proposals.read(proposal), _now())
    typer.echo(f"published in {repository.folder}")


def _repository(hub: Path) -> Repository:
    from fleet.publication import keys  # noqa: PLC0415  (as above)
    from fleet.publication.repository import Repository  # noqa: PLC0415  (as above)

    return Repository(hub / "publication", keys.load_online(hub / "hub"))


def _propose(proposal: Proposal, out: Path) -> None:
    if not proposal.roles:
        typer.echo("nothing changes: nothing to sign")
        return
    proposal.write(out)
    typer.echo(f"give {out} to the key holders: guichet-hub sign {out} --key FILE")


def _needed(out: Path | None) -> Path:
    if out is None:
        raise typer.BadParameter("say with -o where to write the proposal, or give --dry-run")
    return out


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC).replace(microsecond=0)
