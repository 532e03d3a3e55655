"""`python -m demo pictures`: the pictures of the documentation, from what the tour has just left in ./tour."""

from __future__ import annotations

from pathlib import Path

from PIL import Image

_TOUR = Path("tour")
_DOCS = Path("docs/pictures")
_WIDTH_PX = 800


def make() -> None:
    """Write every screen of the tour, the paper, and the README's first picture, small enough for a repository."""
    for old in _DOCS.glob("tour-*.png"):
        old.unlink()
    for screen in sorted(_TOUR.glob("[0-9]*.png")):
        _save(_narrow(Image.open(screen), _WIDTH_PX), _DOCS / f"tour-{screen.name}")
    paper = Image.open(_TOUR / "receipt.png")
    _save(_columns(paper, 3), _DOCS / "tour-receipt.png")
    _save(_first_picture(Image.open(_TOUR / "01-home.png"), paper), _DOCS / "kiosk-and-paper.png")


def _first_picture(home: Image.Image, paper: Image.Image) -> Image.Image:
    """Return the home screen with the head of the paper beside it, on the desk the paper lies on."""
    desk = paper.convert("RGB").getpixel((0, 0))
    screen = _narrow(home, 880)
    margin = 40
    height = screen.height + 2 * margin
    head = _narrow(paper, 360).crop((0, 0, 360, height))
    picture = Image.new("RGB", (margin + screen.width + head.width, height), desk)
    picture.paste(screen, (margin, margin))
    picture.paste(head, (margin + screen.width, 0))
    return picture


def _columns(paper: Image.Image, count: int) -> Image.Image:
    """Return a long paper as columns side by side, to be read on a page."""
    height = -(-paper.height // count)
    page = Image.new("RGB", (paper.width * count, height), paper.convert("RGB").getpixel((0, 0)))
    for place in range(count):
        part = paper.crop((0, place * height, paper.width, min(paper.height, (place + 1) * height)))
        page.paste(part, (place * paper.width, 0))
    return _narrow(page, 1400)


def _narrow(picture: Image.Image, width_px: int) -> Image.Image:
    height_px = round(picture.height * width_px / picture.width)
    return picture.convert("RGB").resize((width_px, height_px), Image.Resampling.LANCZOS)


def _save(picture: Image.Image, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    picture.quantize(128).save(path, optimize=True)
