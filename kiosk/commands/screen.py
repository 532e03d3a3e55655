"""`guichet kiosk`: the screen of a kiosk or a bus."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from config import journal


def kiosk(
    config: Annotated[Path, typer.Option(metavar="SITE", help="The device's configuration.")],
    play: Annotated[Path | None, typer.Option(metavar="SCRIPT", help="Play a citizen's journey, off-screen.")] = None,
    pictures: Annotated[Path, typer.Option(metavar="DIR", help="Where the script's pictures go.")] = Path(),
    in_window: Annotated[bool, typer.Option("--in-window", help="Play in a window.")] = False,  # noqa: FBT002  (a flag of the command line)
) -> None:
    """Show the kiosk's screen until it is closed."""
    from kiosk import script, wiring  # noqa: PLC0415  (the other commands need no screen)
    from kiosk.ui.faults import ScreenError  # noqa: PLC0415  (as above)

    journal.log_as_json()
    try:
        steps = script.parse(play.read_text(encoding="utf-8")) if play else ()
        code = wiring.run(config, steps, pictures, offscreen=bool(play) and not in_window)
    except (script.ScriptError, ScreenError) as error:
        _refuse(str(error))
    except UnicodeDecodeError as error:
        _refuse(f"the script {str(play)!r} is not UTF-8: {error.reason}")
    except OSError as error:
        _refuse(f"{error.filename or error}: {error.strerror or 'cannot be used'}")
    if code == wiring.ANEW:
        # In place of this process: the same number for whoever watches it, and nothing of the old one is left.
        os.execv(sys.executable, [sys.executable, *sys.orig_argv[1:]])  # noqa: S606  (no shell, our own program)
    raise typer.Exit(code)


def _refuse(sentence: str) -> NoReturn:
    typer.echo(f"guichet kiosk: {sentence}", err=True)
    raise typer.Exit(2)
