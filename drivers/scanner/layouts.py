"""What a keyboard writes for each key: the layouts that scanners are set to when they pretend to be one. No I/O.

Keys are named by their codes in linux/input-event-codes.h, which say where a key is and not what is printed on it.
French is as on Windows (KBDFR), which is what scanners imitate; "^", "¨", "`" and "~" wait there for the next letter.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum, auto
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


class Layout(Enum):
    """What the scanner was set to: its "keyboard country"."""

    FRENCH = auto()
    US = auto()


# The rows of a keyboard, from left to right: KEY_1 to KEY_EQUAL, KEY_Q to KEY_RIGHTBRACE, KEY_A to KEY_APOSTROPHE,
# KEY_GRAVE, KEY_BACKSLASH, KEY_Z to KEY_SLASH, and KEY_102ND beside the left shift key.
_ROWS = (range(2, 14), range(16, 28), range(30, 41), (41,), (43,), range(44, 54), (86,))

# KEY_KP7 to KEY_KPDOT, KEY_KPASTERISK and KEY_KPSLASH; a scanner uses the keypad as if Num Lock were on.
KEYPAD = dict(zip((*range(71, 84), 55, 98), "789-456+1230.*/", strict=True))


@dataclass(frozen=True, slots=True)
class Keys:
    """One layout: what each key writes alone, with shift and with AltGr, by its code."""

    plain: dict[int, str]
    shift: dict[int, str]
    altgr: dict[int, str] = field(default_factory=dict)
    # Keys that wait for the next letter: the mark they put on it, by what they write alone.
    dead: dict[str, str] = field(default_factory=dict)
    # Caps Lock holds shift for every key, as on Windows in French; else for letters alone.
    caps_is_shift: bool = False


def _keys(*rows: str) -> dict[int, str]:
    codes: Iterable[int] = (code for row in _ROWS for code in row)
    return dict(zip(codes, "".join(rows), strict=True))


LAYOUTS = {
    Layout.US: Keys(
        plain=_keys("1234567890-=", "qwertyuiop[]", "asdfghjkl;'", "`", "\\", "zxcvbnm,./", "\\"),
        shift=_keys("!@#$%^&*()_+", "QWERTYUIOP{}", 'ASDFGHJKL:"', "~", "|", "ZXCVBNM<>?", "|"),
    ),
    Layout.FRENCH: Keys(
        plain=_keys("&é\"'(-è_çà)=", "azertyuiop^$", "qsdfghjklmù", "²", "*", "wxcvbn,;:!", "<"),
        shift=_keys("1234567890°+", "AZERTYUIOP¨£", "QSDFGHJKLM%", "²", "µ", "WXCVBN?./§", ">"),
        altgr={
            3: "~",
            4: "#",
            5: "{",
            6: "[",
            7: "|",
            8: "`",
            9: "\\",
            10: "^",
            11: "@",
            12: "]",
            13: "}",
            18: "€",
            27: "¤",
        },
        # Combining circumflex, diaeresis, grave and tilde. AltGr and KEY_9 is the one that writes "^" at once.
        dead={"^": "\u0302", "¨": "\u0308", "`": "\u0300", "~": "\u0303"},
        caps_is_shift=True,
    ),
}
