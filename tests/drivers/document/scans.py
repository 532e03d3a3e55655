"""Scans as they come: papers drawn, laid askew on a bed under a lid, with a sensor's noise."""

from __future__ import annotations

from pathlib import Path
from random import Random

from PIL import Image, ImageChops, ImageDraw, ImageFont

DPI = 150
BED_MM = (216, 302)
BED_WITH_ROOM_MM = (240, 330)
FONT = Path(__file__).parents[3] / "drivers/printer/fonts/DejaVuSansCondensed.ttf"
WORDS = "Attestation de domicile établie à Marcenat pour le dossier de renouvellement de la carte grise"


def px(mm):
    return round(mm / 25.4 * DPI)


def paper(width_mm, height_mm, lines, *, level=255, letters=90, top_mm=25):  # noqa: PLR0913  (a drawing)
    sheet = Image.new("L", (px(width_mm), px(height_mm)), level)
    pen, font = ImageDraw.Draw(sheet), ImageFont.truetype(str(FONT), px(3))
    margin = px(min(20, width_mm / 12))
    for line in range(lines):
        words = WORDS[: letters - 7 * (line % 3)]
        while pen.textlength(words, font=font) > sheet.width - 2 * margin:
            words = words[:-1]
        pen.text((margin, px(top_mm + 5.5 * line)), words, font=font, fill=30)
    return sheet


def photograph(width_mm, height_mm):
    levels = Random(1)  # noqa: S311  (a picture, the same each time)
    small = Image.new("L", (12, 9))
    small.putdata([levels.randrange(30, 230) for _ in range(108)])
    return small.resize((px(width_mm), px(height_mm)), Image.Resampling.BICUBIC)


def page_of_text():
    return paper(210, 297, 40)


def sparse_letter():
    return paper(210, 297, 4, letters=50)


def form_in_a_frame():
    form = paper(210, 297, 20)
    ImageDraw.Draw(form).rectangle((px(15), px(15), px(195), px(280)), outline=0, width=3)
    return form


def page_with_a_photograph():
    page = paper(210, 297, 12)
    page.paste(photograph(120, 80), (px(40), px(130)))
    return page


def card():
    front = paper(85.6, 54, 6, level=200, letters=40, top_mm=12)
    front.paste(photograph(24, 32), (px(56), px(12)))
    return front


def receipt():
    return paper(80, 150, 22, level=238, top_mm=8)


def blank():
    return Image.new("L", (px(210), px(297)), 255)


def scan(sheet, degrees, lid=255, bed_mm=BED_MM):
    """Return the scan of a sheet which lies in the middle, turned counter-clockwise."""
    bed = Image.new("L", (px(bed_mm[0]), px(bed_mm[1])), lid)
    turned = sheet.rotate(degrees, Image.Resampling.BICUBIC, expand=True)
    shape = Image.new("L", sheet.size, 255).rotate(degrees, Image.Resampling.BICUBIC, expand=True)
    bed.paste(turned, ((bed.width - turned.width) // 2, (bed.height - turned.height) // 2), shape)
    return ImageChops.add(bed, Image.effect_noise(bed.size, 8), offset=-128)


def middle_of(scan, sheet):
    """Return the part of a scan in which a small sheet lies, with a little around it."""
    across, down = (side + px(20) for side in sheet.size)
    left, top = (scan.width - across) // 2, (scan.height - down) // 2
    return scan.crop((left, top, left + across, top + down))


def size_mm(page):
    return tuple(round(side / DPI * 25.4) for side in page.size)
