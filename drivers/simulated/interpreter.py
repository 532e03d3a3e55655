"""Reads an ESC/POS byte stream and prints it on a roll, as a printer's firmware does. Adapter (Pillow).

Source: Epson, "ESC/POS Command Reference". A command that is not known stops nothing: it is noted in `unknown`, and
its arguments come out as letters, as on a real printer, so that the picture shows it. Real-time commands (DLE EOT)
never come here: the printer takes them out of the stream before.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import replace

from PIL import Image

from drivers.simulated import codes
from drivers.simulated.code_pages import CODE_PAGES
from drivers.simulated.paper import FONT_A, FONT_B, Look, PaperRoll, glyph

_FIRST_OF_TWO = 0x81  # of a letter of GBK
_CODE_128 = 73
_DEFAULT_LINE_DOTS = 34  # ESC 2: 1/6 inch
_Bytes = Generator[None, int, None]


class EscPosInterpreter:
    """Feed it bytes as they arrive.

    `cut` is called with each finished paper, `answer` with what the printer says back in its turn (GS r, GS ( H),
    `tell_by_itself` with what it is told to say unasked (GS a).
    """

    def __init__(
        self,
        width_dots: int,
        cut: Callable[[PaperRoll], None],
        answer: Callable[[bytes], None] = lambda _: None,
        tell_by_itself: Callable[[int], None] = lambda _: None,
        *,
        chinese: bool = False,
    ) -> None:
        self._begins_chinese = chinese
        self._width_dots = width_dots
        self._cut = cut
        self._answer = answer
        self._tell_by_itself = tell_by_itself
        self._cut_dots = 0
        self.unknown: list[bytes] = []
        self.roll = PaperRoll(width_dots)
        self._initialise()
        self._reader = self._read()
        next(self._reader)

    def receive(self, data: bytes) -> None:
        """Print `data`; how it is chunked never matters."""
        for byte in data:
            self._reader.send(byte)

    @property
    def printed_dots(self) -> int:
        """How much paper has come out since switching on."""
        return self._cut_dots + self.roll.length_dots

    def forget(self) -> None:
        """Drop what was received and not printed (DLE DC4 8); the paper and all that was set stay as they are."""
        self._pieces.clear()
        self._text = ""
        self._reader = self._read()
        next(self._reader)

    def _initialise(self) -> None:
        """Take the state after switching on (ESC @)."""
        self._look = Look()
        self._code_page = "cp437"
        self._chinese = self._begins_chinese
        self._align = 0
        self._line_dots = _DEFAULT_LINE_DOTS
        self._pieces: list[Image.Image] = []
        self._text = ""
        self._qr_module_dots = 3
        self._qr_level = 48
        self._qr_data = b""
        self._bar_module_dots = 3
        self._bar_height_dots = 162

    def _read(self) -> Generator[None, int, None]:
        """Take one byte at a time; a command's arguments are taken by whoever knows it."""
        while True:
            byte = yield
            match byte:
                case 0x0A:
                    self._end_line()
                case 0x00 | 0x0D:
                    pass
                case 0x1B:
                    yield from self._escape()
                case 0x1C:
                    yield from self._letters_of_china()
                case 0x1D:
                    yield from self._group()
                case _ if self._chinese and byte >= _FIRST_OF_TWO:
                    second = yield
                    self._print_letter(bytes([byte, second]).decode("gbk", errors="replace"))
                case _ if byte >= 0x20:  # noqa: PLR2004  (the first printable byte)
                    self._letter(byte)
                case _:
                    self.unknown.append(bytes([byte]))

    def _letter(self, byte: int) -> None:
        self._print_letter(bytes([byte]).decode(self._code_page, errors="replace"))

    def _print_letter(self, letter: str) -> None:
        image = glyph(letter, self._look)
        if sum(piece.width for piece in self._pieces) + image.width > self._width_dots:
            self._end_line()  # a printer wraps by itself where the paper ends
        self._pieces.append(image)
        self._text += letter

    def _end_line(self) -> None:
        height = max((piece.height for piece in self._pieces), default=0)
        width = sum(piece.width for piece in self._pieces)
        strip = Image.new("1", (max(width, 1), max(height, 1)), 0)
        x = 0
        for piece in self._pieces:
            strip.paste(piece, (x, height - piece.height))
            x += piece.width
        self.roll.print_strip(strip, self._left(width), max(height, self._line_dots))
        self.roll.text_lines.append(self._text)
        self._pieces, self._text = [], ""

    def _left(self, width_dots: int) -> int:
        return (self._width_dots - width_dots) * self._align // 2

    def _escape(self) -> _Bytes:  # noqa: C901, PLR0912  (one arm a command)
        command = yield
        match chr(command):
            case "@":
                self._initialise()
                self._tell_by_itself(0)  # what GS a asked for lasts until ESC @
            case "a":
                self._align = (yield) % 48
            case "E" | "G":
                self._look = replace(self._look, bold=bool((yield) & 1))
            case "-":
                self._look = replace(self._look, underlined=bool((yield) % 48))
            case "M":
                self._look = replace(self._look, font=FONT_B if (yield) % 48 == 1 else FONT_A)
            case "!":
                mode = yield
                self._look = replace(
                    self._look,
                    font=FONT_B if mode & 0x01 else FONT_A,
                    bold=bool(mode & 0x08),
                    times_high=2 if mode & 0x10 else 1,
                    times_wide=2 if mode & 0x20 else 1,
                    underlined=bool(mode & 0x80),
                )
            case "t":
                page = yield
                self._code_page = CODE_PAGES.get(page, "cp437")
            case "2":
                self._line_dots = _DEFAULT_LINE_DOTS
            case "3":
                self._line_dots = yield
            case "d":
                self.roll.feed((yield) * self._line_dots)
            case "J":
                self.roll.feed((yield))
            case "*":
                yield from self._bit_image()
            case "{" | "V" | "R" | " " | "r" | "U" | "c":
                yield  # upside down, turned, national letters, spacing, colour, direction: not drawn
            case _:
                self.unknown.append(b"\x1b" + bytes([command]))

    def _letters_of_china(self) -> _Bytes:
        """FS & and FS .: take two bytes for one letter, or one."""
        command = yield
        if chr(command) in "&.":
            self._chinese = chr(command) == "&"
        else:
            self.unknown.append(b"\x1c" + bytes([command]))

    def _group(self) -> _Bytes:  # noqa: C901, PLR0912  (one arm a command)
        command = yield
        match chr(command):
            case "!":
                size = yield
                self._look = replace(self._look, times_wide=(size >> 4) + 1, times_high=(size & 7) + 1)
            case "a":
                self._tell_by_itself((yield))
            case "B":
                self._look = replace(self._look, inverted=bool((yield) & 1))
            case "V":
                mode = yield
                if mode in {65, 66}:
                    self.roll.feed((yield))
                self._finish()
            case "r":
                yield
                self._answer(b"\x00")  # n = 1: there is paper; all before is on it
            case "v":
                yield from self._raster()
            case "(":
                yield from self._function()
            case "w":
                self._bar_module_dots = yield
            case "h":
                self._bar_height_dots = yield
            case "H" | "f":
                yield  # a bar code's letters: ours prints them as text
            case "k":
                yield from self._bar_code()
            case "L" | "W" | "P":
                yield
                yield
            case _:
                self.unknown.append(b"\x1d" + bytes([command]))

    def _finish(self) -> None:
        """Cut: hand the roll over and begin a new one."""
        roll, self.roll = self.roll, PaperRoll(self._width_dots)
        self._cut_dots += roll.length_dots
        self._cut(roll)

    def _bit_image(self) -> _Bytes:
        """ESC * m nL nH: columns of 8 or 24 dots inside the line."""
        mode = yield
        columns = (yield) + 256 * (yield)
        deep = 3 if mode in {32, 33} else 1
        image = Image.new("1", (columns, 8 * deep), 0)
        for x in range(columns):
            for row in range(deep):
                byte = yield
                for bit in range(8):
                    if byte & (0x80 >> bit):
                        image.putpixel((x, 8 * row + bit), 1)
        self._pieces.append(image)
        self._text += "☐"

    def _raster(self) -> _Bytes:
        """GS v 0 m xL xH yL yH: a picture as wide as its bytes."""
        yield  # "0"
        yield  # m: normal size
        width_bytes = (yield) + 256 * (yield)
        height = (yield) + 256 * (yield)
        data = bytearray()
        for _ in range(width_bytes * height):
            data.append((yield))
        image = Image.frombytes("1", (width_bytes * 8, height), bytes(data))
        self.roll.print_strip(image, self._left(image.width), height)

    def _function(self) -> _Bytes:
        """GS ( k and its kin: a length, then a function with its data."""
        family = yield
        length = (yield) + 256 * (yield)
        data = bytearray()
        for _ in range(length):
            data.append((yield))
        if chr(family) == "k" and data[:1] == b"1":  # 49: QR code
            self._qr(data[1], bytes(data[2:]))
        elif chr(family) == "H" and data[:2] == b"00":  # 48, 48: transmit process ID
            self._answer(b"\x37\x22" + data[2:6] + b"\x00")
        else:
            self.unknown.append(b"\x1d(" + bytes([family]))

    def _qr(self, function: int, data: bytes) -> None:
        match function:
            case 67:
                self._qr_module_dots = data[0]
            case 69:
                self._qr_level = data[0]
            case 80:
                self._qr_data = data[1:]
            case 81:
                image = codes.qr_code(self._qr_data, self._qr_level, self._qr_module_dots)
                self.roll.print_strip(image, self._left(image.width), image.height)

    def _bar_code(self) -> _Bytes:
        """GS k 73 n: a Code 128 of n bytes, which begin with its code set."""
        kind = yield
        length = yield
        data = bytearray()
        for _ in range(length):
            data.append((yield))
        if kind != _CODE_128 or data[:2] != b"{B":
            self.unknown.append(b"\x1dk" + bytes([kind]))
            return
        image = codes.bar_code(bytes(data[2:]).replace(b"{{", b"{").decode("ascii"), self._bar_module_dots)
        image = image.resize((image.width, self._bar_height_dots), Image.Resampling.NEAREST)
        self.roll.print_strip(image, self._left(image.width), image.height)
