"""Pages bound to one PDF under a size. Adapter (img2pdf, pikepdf, tesseract).

What does not fit is taken down step by step, never below what an agent can still read; then it is said that it does
not fit. With tesseract the text can be searched; it runs as a child with a deadline, in memory like everything here.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from enum import Enum, auto
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

# JPEG quality and the part of the resolution, from good to just legible (150 dpi of 200).
_STEPS = ((75, 1.0), (60, 1.0), (45, 1.0), (45, 0.75), (30, 0.75))
_READING_S = 40.0


class DoesNotFit(Enum):
    """Why there is no PDF."""

    NO_PAGES = auto()
    TOO_LARGE = auto()
    """Even the plainest pages exceed the limit: fewer of them may fit."""


def bind(pages: Sequence[Path], dpi: float, limit_bytes: int, *, searchable: bool = False) -> bytes | DoesNotFit:
    """Return one PDF of grey pages (JPEG), of at most `limit_bytes`."""
    if not pages:
        return DoesNotFit.NO_PAGES
    for quality, scale in _STEPS:
        pictures = [_encoded(page, quality, scale) for page in pages]
        if sum(map(len, pictures)) > limit_bytes:
            continue
        made = _read(pages, pictures, dpi * scale) if searchable else None
        if made is None or len(made) > limit_bytes:
            made = _bound(pictures, dpi * scale)
        if len(made) <= limit_bytes:
            return made
    return DoesNotFit.TOO_LARGE


def can_read() -> bool:
    """Say whether French text can be found in pictures here."""
    return shutil.which("tesseract") is not None


def _encoded(page: Path, quality: int, scale: float) -> bytes:
    from io import BytesIO  # noqa: PLC0415  (as below)

    from PIL import Image  # noqa: PLC0415  (late: only where something was scanned)

    with Image.open(page) as picture:
        grey = picture.convert("L")
    if scale != 1.0:
        grey = grey.resize((round(grey.width * scale), round(grey.height * scale)), Image.Resampling.LANCZOS)
    out = BytesIO()
    grey.save(out, format="JPEG", quality=quality, optimize=True)
    return out.getvalue()


def _bound(pictures: Sequence[bytes], dpi: float) -> bytes:
    import img2pdf  # noqa: PLC0415  (late: as above)

    layout = img2pdf.get_fixed_dpi_layout_fun((dpi, dpi))
    made: bytes = img2pdf.convert(list(pictures), layout_fun=layout, nodate=True)
    return made


def _read(pages: Sequence[Path], pictures: Sequence[bytes], dpi: float) -> bytes | None:
    """Return a PDF with the text found behind the pictures; None where it cannot be had in time."""
    if not can_read():
        return None
    from io import BytesIO  # noqa: PLC0415  (late: as above)

    import pikepdf  # noqa: PLC0415  (late: as above)

    with pikepdf.new() as whole:
        for page, picture in zip(pages, pictures, strict=True):
            read = _tesseract(picture, page.parent, dpi)
            if read is None:
                return None
            with pikepdf.open(BytesIO(read)) as one:
                whole.pages.extend(one.pages)
        out = BytesIO()
        whole.save(out)
    return out.getvalue()


def _tesseract(picture: bytes, folder: Path, dpi: float) -> bytes | None:
    nice = shutil.which("nice") or "/usr/bin/nice"
    command = [nice, "-n", "10", "tesseract", "stdin", "stdout", "-l", "fra", "--dpi", f"{dpi:.0f}", "pdf"]
    environment = {**os.environ, "TMPDIR": str(folder), "OMP_THREAD_LIMIT": "1"}
    try:
        read = subprocess.run(
            command,
            input=picture,
            capture_output=True,
            env=environment,
            timeout=_READING_S,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return read.stdout if read.returncode == 0 and read.stdout.startswith(b"%PDF") else None
