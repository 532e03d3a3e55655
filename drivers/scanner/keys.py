r"""What a scanner that pretends to be a keyboard writes. No I/O.

    struct input_event { time (2 longs); u16 type; u16 code; s32 value }      linux/input.h; 24 bytes on 64 bits

A letter of the layout comes out in UTF-8. Alt with four digits on the keypad, "0" first, is how scanners send a byte
that no key writes: it comes out as that byte, so that UTF-8 in a code stays what it was. Alt with three digits is a
letter of code page 850. Ctrl with a letter is a control character: Ctrl and "]" is GS, also where scanners press the
key that has "]" on a US keyboard. Ctrl and Alt are AltGr, as on Windows. Promise: no keys raise anything.
"""

from __future__ import annotations

import struct
import unicodedata

from drivers.scanner.layouts import KEYPAD, LAYOUTS, Keys, Layout

_RECORD = struct.Struct("llHHi")
RECORD_BYTES = _RECORD.size

# linux/input-event-codes.h
EV_SYN, EV_KEY = 0, 1
SYN_REPORT, SYN_DROPPED = 0, 3
KEY_ENTER, KEY_TAB, KEY_SPACE, KEY_KPENTER = 28, 15, 57, 96
KEY_LEFTSHIFT, KEY_RIGHTSHIFT, KEY_CAPSLOCK = 42, 54, 58
KEY_LEFTCTRL, KEY_RIGHTCTRL, KEY_LEFTALT, KEY_RIGHTALT = 29, 97, 56, 100

KEY_X = 45

_SHIFTS = {KEY_LEFTSHIFT, KEY_RIGHTSHIFT}
_CTRLS = {KEY_LEFTCTRL, KEY_RIGHTCTRL}
_MODIFIERS = {*_SHIFTS, *_CTRLS, KEY_LEFTALT, KEY_RIGHTALT}
# What a recording may keep of a scanner's keys: they frame a code and are none of its letters.
SIGNS = frozenset({*_MODIFIERS, KEY_CAPSLOCK, KEY_ENTER, KEY_KPENTER, KEY_TAB})
_FIXED = {KEY_ENTER: "\r", KEY_KPENTER: "\r", KEY_TAB: "\t", KEY_SPACE: " "}
# "0255" is the longest that scanners send; more is no letter but a stuck key.
_ALT_DIGITS = 4
_BYTE_DIGITS = 4
_LAST_BYTE = 0xFF


class Records:
    """Cuts what a device sends into (type, code, value); chunks may end within a record, as in a pipe."""

    def __init__(self) -> None:
        self._rest = b""

    def receive(self, data: bytes) -> list[tuple[int, int, int]]:
        """Return the events completed by `data`."""
        data = self._rest + data
        whole = len(data) - len(data) % RECORD_BYTES
        self._rest = data[whole:]
        return [(kind, code, value) for _, _, kind, code, value in _RECORD.iter_unpack(data[:whole])]


def record(kind: int, code: int, value: int) -> bytes:
    """Return an event as a device sends it, at no time."""
    return _RECORD.pack(0, 0, kind, code, value)


class Keyboard:
    """Tell it which keys go down and up; it returns the bytes that this writes."""

    def __init__(self, layout: Layout) -> None:
        self._keys = LAYOUTS[layout]
        self._held: set[int] = set()
        self._caps = False
        self._alt_digits = ""
        self._dead = ""

    def forget(self) -> None:
        """Take no key for held, nor Caps Lock for on: what happened meanwhile is not known."""
        self._held.clear()
        self._caps = False
        self._alt_digits = self._dead = ""

    def up(self, code: int) -> bytes:
        """Return what letting go of a key writes: the letter made of digits, where it was Alt."""
        self._held.discard(code)
        if code != KEY_LEFTALT:
            return b""
        digits, self._alt_digits = self._alt_digits, ""
        if not digits or int(digits) > _LAST_BYTE:
            return b""
        byte = bytes([int(digits)])
        return self._mark() + (byte if len(digits) == _BYTE_DIGITS else byte.decode("cp850").encode())

    def down(self, code: int) -> bytes:
        """Return what pressing a key writes."""
        if code in _MODIFIERS:
            self._held.add(code)
        elif code == KEY_CAPSLOCK:
            self._caps = not self._caps
        elif KEY_LEFTALT in self._held and KEYPAD.get(code, "").isdigit():
            self._alt_digits = (self._alt_digits + KEYPAD[code])[-_ALT_DIGITS:]
        elif letter := _FIXED.get(code) or KEYPAD.get(code):
            return self._accented(letter).encode()
        else:
            return self._typed(code)
        return b""

    def _typed(self, code: int) -> bytes:
        letter = self._letter(code, self._keys)
        altgr = self._is_altgr(self._keys)
        if self._held & _CTRLS and not altgr:
            return self._mark() + (_control(letter) or _control(self._letter(code, LAYOUTS[Layout.US])))
        waits = letter in self._keys.dead and not (altgr and letter == "^")
        if waits and not self._dead:
            self._dead = letter
            return b""
        return self._accented(letter).encode()

    def _is_altgr(self, keys: Keys) -> bool:
        ctrl_alt = KEY_LEFTALT in self._held and bool(self._held & _CTRLS)
        return KEY_RIGHTALT in self._held or (ctrl_alt and bool(keys.altgr))

    def _letter(self, code: int, keys: Keys) -> str:
        if self._is_altgr(keys):
            return keys.altgr.get(code, "")
        plain, shift = keys.plain.get(code, ""), keys.shift.get(code, "")
        caps = self._caps and (keys.caps_is_shift or plain.isalpha())
        return shift if bool(self._held & _SHIFTS) != caps else plain

    def _mark(self) -> bytes:
        """Return the mark that waits, for what comes next cannot carry it."""
        dead, self._dead = self._dead, ""
        return dead.encode()

    def _accented(self, letter: str) -> str:
        """Put the mark that waits on a letter; where none can carry it, it stands before it, and before space alone."""
        dead, self._dead = self._dead, "" if letter else self._dead
        if not dead or not letter:
            return letter
        composed = unicodedata.normalize("NFC", letter + self._keys.dead[dead])
        if len(composed) == 1 and letter != " ":
            return composed
        return dead if letter == " " else dead + letter


def _control(letter: str) -> bytes:
    # ASCII: a control character is its letter, "@" to "_", without the two highest bits.
    upper = letter.upper()
    return bytes([ord(upper) & 0x1F]) if len(upper) == 1 and "@" <= upper <= "_" else b""


_SHIFT, _ALTGR = [KEY_LEFTSHIFT], [KEY_RIGHTALT]


def typed(code: bytes, layout: Layout) -> list[tuple[int, int, int]]:
    """Return the events by which a scanner types the bytes of a code, without what ends it: for a simulated one."""
    keys = LAYOUTS[layout]
    ways: dict[str, tuple[list[int], int]] = {"\t": ([], KEY_TAB), " ": ([], KEY_SPACE)}
    for held, written in (_ALTGR, keys.altgr), (_SHIFT, keys.shift), ([], keys.plain):
        ways |= {letter: (held, key) for key, letter in written.items() if letter not in keys.dead and letter.isascii()}
    keypad = {letter: key for key, letter in KEYPAD.items()}
    events: list[tuple[int, int, int]] = []
    for byte in code:
        held, key = ways.get(chr(byte), ([], 0))
        presses = [key] if key else [keypad[digit] for digit in f"{byte:04}"]
        holds = held if key else [KEY_LEFTALT]
        changes = [(each, 1) for each in holds]
        changes += [(each, value) for each in presses for value in (1, 0)]
        changes += [(each, 0) for each in reversed(holds)]
        for each, value in changes:
            events += [(EV_KEY, each, value), (EV_SYN, SYN_REPORT, 0)]
    return events
