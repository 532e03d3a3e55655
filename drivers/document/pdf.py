"""Pages bound to one PDF under a size. Adapter (Pillow, img2pdf, pikepdf).

What does not fit is made plainer step by step, all pages alike, never below what an agent can still read; then it is
said that it does not fit, and of what does, how plain it became. Its text is found once, on the best picture, and laid
over whichever fits; where only the text is too much, there is none, and that is said, too. It is marked as PDF/A-1b,
for keeping. It takes seconds: call it from a thread of its own.
"""

from __future__ import annotations

import os
import threading
from dataclasses import dataclass, replace
from enum import Enum, auto
from io import BytesIO
from typing import TYPE_CHECKING

from drivers.document import reading, retouch

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from PIL import Image

# JPEG quality and the finest resolution in dpi, from good to just legible.
_STEPS = ((75, 300.0), (75, 200.0), (60, 200.0), (45, 200.0), (45, 150.0), (30, 150.0), (20, 150.0))


class NotBound(Enum):
    """Why there is no PDF."""

    NO_PAGES = auto()
    TOO_LARGE = auto()
    """Even the plainest pages exceed the limit: fewer of them may fit."""
    GIVEN_UP = auto()
    """It was told to stop, or the session ended."""


@dataclass(frozen=True, slots=True)
class Bound:
    """One PDF, and what it had to become to fit: the quality of its JPEG, and the finest resolution of a page."""

    data: bytes
    quality: int
    finest_dpi: float
    searchable: bool = False

    @property
    def is_plainer(self) -> bool:
        """Whether it is plainer than a page need be: whoever sends it should look at it first."""
        return (self.quality, self.finest_dpi) != _STEPS[0]


def bind(
    pages: Sequence[Path], limit_bytes: int, stop: threading.Event | None = None, *, searchable: bool = False
) -> Bound | NotBound:
    """Return one PDF of grey pages (JPEG), of at most `limit_bytes`."""
    if not pages:
        return NotBound.NO_PAGES
    stop = stop or threading.Event()
    try:
        made = _smallest_step(pages, limit_bytes, stop)
        texts = [reading.text_of(page, retouch.opened(page)[1], stop) for page in pages] if searchable else []
        if isinstance(made, Bound) and any(texts) and not stop.is_set():
            with_text = _with_text(made.data, texts)
            made = replace(made, data=with_text, searchable=True) if len(with_text) <= limit_bytes else made
    except FileNotFoundError:
        return NotBound.GIVEN_UP
    return NotBound.GIVEN_UP if stop.is_set() else made


def _smallest_step(pages: Sequence[Path], limit_bytes: int, stop: threading.Event) -> Bound | NotBound:
    for quality, finest_dpi in _STEPS:
        pictures: list[bytes] = []
        for page in pages:
            if stop.is_set():
                return NotBound.GIVEN_UP
            pictures.append(_encoded(*retouch.opened(page), quality, finest_dpi))
            if sum(map(len, pictures)) > limit_bytes:
                break
        else:
            made = _bound(pictures)
            if len(made) <= limit_bytes:
                return Bound(made, quality, finest_dpi)
    return NotBound.TOO_LARGE


def _encoded(page: Image.Image, dpi: float, quality: int, finest_dpi: float) -> bytes:
    from PIL import Image  # noqa: PLC0415  (late: only where something was scanned)

    if dpi > finest_dpi:
        scale = finest_dpi / dpi
        wanted = (max(1, round(page.width * scale)), max(1, round(page.height * scale)))
        page, dpi = page.resize(wanted, Image.Resampling.LANCZOS), finest_dpi
    out = BytesIO()
    page.save(out, format="JPEG", quality=quality, optimize=True, dpi=(dpi, dpi))
    return out.getvalue()


def _bound(pictures: Sequence[bytes]) -> bytes:
    """Return a PDF with a page of the right size for each picture, which says its resolution itself."""
    import img2pdf  # noqa: PLC0415  (late: as above)
    from PIL import ImageCms  # noqa: PLC0415  (late: as above)

    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    # img2pdf wants a file. This one takes no room where the pages are, and ends with us.
    with open(os.memfd_create("profile"), "w+b", buffering=0) as file:  # noqa: PTH123  (it has no path of its own)
        file.write(profile)
        made: bytes = img2pdf.convert(list(pictures), pdfa=f"/proc/self/fd/{file.fileno()}", nodate=True)
    return made


def _with_text(made: bytes, texts: Sequence[bytes | None]) -> bytes:
    """Return the PDF with invisible text over its pages."""
    import pikepdf  # noqa: PLC0415  (late: as above)

    out = BytesIO()
    with pikepdf.open(BytesIO(made)) as whole:
        for page, text in zip(whole.pages, texts, strict=True):
            if text is not None:
                with pikepdf.open(BytesIO(text)) as letters:
                    page.add_overlay(letters.pages[0], None)
        whole.save(out)
    return out.getvalue()
