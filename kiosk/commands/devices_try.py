"""`guichet devices try`: a technician's self-test of one device, while the kiosk does not hold it."""

from __future__ import annotations

import typer

from config import store
from drivers.interface import DeviceError, Fault
from drivers.news import (
    BadgeShown,
    CardRefused,
    CitizenCardShown,
    NotPrinted,
    PinAsked,
    Printed,
    PrintUnknown,
    ScanEnded,
    ScanFailed,
    Scanned,
)
from kiosk.commands.trying import SITE, WORDS, Config, Seconds, TryError, Trying

app = typer.Typer(help="Test one device; stop the kiosk first, for a device serves one process.")

_JOB = 1
_NO_MARKS = (
    "; if a void paper came out, it cannot say what it has printed (GS r): make it a queue of CUPS, whose papers "
    "all end as unknown"
)


@app.command()
def printer(config: Config = SITE, patience_s: Seconds = 60.0) -> None:
    """Print a test paper: letters, a rule, a QR code and a bar code, up to the cut."""
    from drivers.printer.receipt_printer import PrintJob  # noqa: PLC0415  (late: drivers are slow to import)
    from kiosk import configured  # noqa: PLC0415  (as above)
    from kiosk.trial_paper import trial_paper  # noqa: PLC0415  (as above)

    settings = store.load(config)
    if settings.printer is None:
        raise TryError("no printer is configured")
    driver = configured.printer(settings.printer)
    with Trying(driver, "printer") as trying:
        trying.until_up(patience_s)
        driver.submit(PrintJob(_JOB, trial_paper(settings.printer.profile, settings.printer.paper_mm)))
        match trying.next_of(Printed | NotPrinted | PrintUnknown, patience_s):
            case Printed():
                typer.echo("printed: the printer says that the whole paper is out, and cut. Compare it with its text.")
            case NotPrinted(_, _, fault):
                hint = _NO_MARKS if fault is Fault.NOT_ANSWERING else ""
                raise TryError(f"not printed: the printer {WORDS[fault]}{hint}")
            case PrintUnknown(_, _, fault):
                raise TryError(f"nobody can say whether it was printed: look; the printer {WORDS[fault]}")
            case _:
                raise TryError("the printer took the job and never said what became of it")


@app.command()
def scanner(config: Config = SITE, patience_s: Seconds = 30.0) -> None:
    """Wait for a code, and say what was read."""
    from kiosk import configured  # noqa: PLC0415  (late: as above)

    settings = store.load(config)
    if settings.scanner is None:
        raise TryError("no scanner is configured")
    with Trying(configured.scanner(settings.scanner), "scanner") as trying:
        trying.until_up(patience_s)
        typer.echo("hold a code before the scanner")
        match trying.next_of(Scanned, patience_s):
            case Scanned(_, code, symbology):
                typer.echo(f"read {len(code)} bytes ({symbology.name}): {code!r}")
            case _:
                raise TryError(f"no code was read in {patience_s:.0f} s")


@app.command()
def reader(config: Config = SITE, patience_s: Seconds = 30.0) -> None:
    """Wait for a card, and say whose it may be; only a badge is spoken to."""
    from kiosk import configured  # noqa: PLC0415  (late: as above)

    settings = store.load(config)
    if settings.reader is None:
        raise TryError("no reader is configured")
    with Trying(configured.reader(settings.reader, settings.badges), "reader") as trying:
        trying.until_up(patience_s)
        typer.echo("put a card into the reader")
        match trying.next_of(BadgeShown | PinAsked | CardRefused | CitizenCardShown, patience_s):
            case BadgeShown(_, agent):
                typer.echo(f"the badge of {agent!r}, proven")
            case PinAsked():
                typer.echo("a badge that is enrolled and wants its PIN, which this test does not ask for")
            case CitizenCardShown():
                typer.echo("a citizen's card: nothing was read from it, which is right")
            case CardRefused(_, fault):
                raise TryError(f"the card is not believed: {fault.name.lower().replace('_', ' ')}")
            case _:
                raise TryError(f"no card was put in within {patience_s:.0f} s")


@app.command("document-scanner")
def document_scanner(config: Config = SITE, patience_s: Seconds = 120.0) -> None:
    """Scan the sheet on the glass, in memory, and say how large it is; nothing of it is kept."""
    from drivers.document.pages import PageFolder  # noqa: PLC0415  (late: as above)
    from drivers.document.scanner import ScanJob  # noqa: PLC0415  (as above)
    from kiosk import configured  # noqa: PLC0415  (as above)

    settings = store.load(config)
    if settings.document_scanner is None:
        raise TryError("no document scanner is configured")
    driver = configured.document_scanner(settings.document_scanner)
    try:
        folder = PageFolder(settings.device.run_dir)
    except DeviceError as error:
        raise TryError(str(error)) from error
    try:
        with Trying(driver, "document scanner") as trying:
            trying.until_up(patience_s)
            driver.scan(ScanJob(_JOB, folder))
            match trying.next_of(ScanEnded | ScanFailed, patience_s):
                case ScanEnded():
                    sizes = ", ".join(f"{page.stat().st_size // 1000} kB" for page in folder.pages)
                    typer.echo(f"scanned: {len(folder.pages)} page of {sizes}; it was not kept")
                case ScanFailed(_, _, fault):
                    raise TryError(f"not scanned: the document scanner {WORDS[fault]}")
                case _:
                    raise TryError("the document scanner took the job and never ended it")
    finally:
        folder.wipe()
