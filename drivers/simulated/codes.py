"""The codes which a printer makes itself, drawn from what it was sent. Adapter (qrcode, zxing-cpp)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import qrcode  # type: ignore[import-untyped]  # it ships without types
import zxingcpp
from PIL import Image

if TYPE_CHECKING:
    from qrcode.main import QRCode  # type: ignore[import-untyped]  # as above

# GS ( k, function 169: error correction level n.
_QR_LEVELS = {
    48: qrcode.ERROR_CORRECT_L,
    49: qrcode.ERROR_CORRECT_M,
    50: qrcode.ERROR_CORRECT_Q,
    51: qrcode.ERROR_CORRECT_H,
}


def qr_code(data: bytes, level: int, module_dots: int) -> Image.Image:
    """Return a QR code (mode "1", 1 is ink)."""
    code: QRCode = qrcode.QRCode(error_correction=_QR_LEVELS.get(level, qrcode.ERROR_CORRECT_L), border=0)
    code.add_data(data)
    code.make(fit=True)
    modules = code.get_matrix()
    image = Image.new("1", (len(modules), len(modules)), 0)
    image.putdata([int(dark) for row in modules for dark in row])
    return image.resize((image.width * module_dots, image.height * module_dots), Image.Resampling.NEAREST)


def bar_code(content: str, module_dots: int) -> Image.Image:
    """Return a Code 128, one dot high (mode "1", 1 is ink)."""
    made = zxingcpp.create_barcode(content, zxingcpp.BarcodeFormat.Code128)
    drawn = made.to_image(scale=1, add_quiet_zones=False)
    row = bytes(memoryview(drawn))[: drawn.shape[1]]  # type: ignore[arg-type]  # a buffer its types do not name
    image = Image.new("1", (len(row), 1), 0)
    image.putdata([int(dot == 0) for dot in row])
    return image.resize((image.width * module_dots, 1), Image.Resampling.NEAREST)
