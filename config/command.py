"""How each of our command lines ends: what its reader can mend is one sentence and exit code 2."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


def run(name: str, app: Callable[[], object], mendable: tuple[type[Exception], ...]) -> None:
    """Run `app`; say errors of the `mendable` kinds, and refusals of the operating system, in one sentence.

    Anything else is a bug of ours and may crash.
    """
    try:
        try:
            app()
        finally:
            # Here, and not when the interpreter ends: a full disk behind the output is an error like another.
            sys.stdout.flush()
    except mendable as error:
        _refuse(name, str(error))
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        _refuse(name, f"{where}{error.strerror or error}")


def _refuse(name: str, sentence: str) -> None:
    # What is still buffered for an output that cannot be written goes nowhere.
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    print(f"{name}: {sentence}", file=sys.stderr)  # noqa: T201  (a command line's own voice)
    sys.exit(2)
