"""French typography for screen and paper, repaired from the plain text of the sheets. No I/O.

The sheets write straight apostrophes, lose spaces before signs and leave spaces before commas where a link
ended ("en cas de retard ,"). Source of the rules: Lexique des règles typographiques en usage à
l'Imprimerie nationale; one no-break space (U+00A0) for all, which every font has.
"""

from __future__ import annotations

import re

_NO_BREAK = "\u00a0"
_REPAIRS = (
    (re.compile("[\u00ad\u200b\ufeff]"), ""),  # soft hyphens and other signs nobody should see
    (re.compile(r"[ \t\n\r\u00a0\u202f]+"), " "),
    (re.compile(r"(?<=\w)'"), "’"),
    (re.compile(r" +(?=[,)\]])"), ""),
    (re.compile(r" +(?=\.(?!\.))"), ""),  # but "location camion, ..." keeps its space
    (re.compile(r"(?<=[^\s:;?!]) ?(?=[:;?!]+(?:[\s)»]|$))"), _NO_BREAK),
    (re.compile(r"« ?(?=\S)"), f"«{_NO_BREAK}"),
    (re.compile(r"(?<=\S) ?»"), f"{_NO_BREAK}»"),
    (re.compile(r"(?<=\d) (?=[€%])"), _NO_BREAK),
    (re.compile(r"(?<=\d) (?=\d{3}\b)"), _NO_BREAK),
)


def french(text: str) -> str:
    """Return the text as a French printer would set it; the words stay as they are."""
    for pattern, replacement in _REPAIRS:
        text = pattern.sub(replacement, text)
    return text.strip()
