"""What a scanner can be told, from its own list to the orders for one scan. No I/O.

Source: `scanimage --all-options` of sane-backends 1.2: one line an option, `    --name values [default]`, then its
explanation, deeper. Values are alternatives by `|`, or a range with a unit. Promise: no text raises anything.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_OPTION = re.compile(r"^ {4}(-{1,2})([a-zA-Z][\w-]*)(?:\[=\((.*?)\)\]| (.*?))?(?: \[(.*?)\])?$")
_RANGE = re.compile(r"^(-?\d+(?:\.\d+)?)\.\.(-?\d+(?:\.\d+)?)([a-z%]*)")
_NUMBER = re.compile(r"^-?\d+(?:\.\d+)?")
_MOST_OPTIONS = 500
_GREYS = ("Gray", "Grayscale", "True Gray", "256-levels of gray", "8-bit grayscale")
_FEEDERS = ("Automatic Document Feeder", "ADF", "ADF Front", "Document Feeder", "adf")
# A letter of 1.5 mm stays legible, and a page is some 150 kB: what online services accept.
WANTED_DPI = 200


@dataclass(frozen=True, slots=True)
class Option:
    """One thing that can be set: to one of `choices`, or to a number between `low` and `high`."""

    name: str
    choices: tuple[str, ...] = ()
    low: float | None = None
    high: float | None = None
    unit: str = ""
    active: bool = True


def parse(text: str) -> dict[str, Option]:
    """Return the options which a scanner lists, by name; what is not understood is left out."""
    options: dict[str, Option] = {}
    for line in text.splitlines():
        found = _OPTION.match(line)
        if found is None or len(options) >= _MOST_OPTIONS:
            continue
        _, name, switch, values, default = found.groups()
        options[name] = _option(name, switch or values or "", active=default != "inactive")
    return options


def _option(name: str, values: str, *, active: bool) -> Option:
    if found := _RANGE.match(values):
        return Option(name, (), float(found[1]), float(found[2]), found[3], active)
    choices = tuple(values.split("|")) if values else ()
    unit = _NUMBER.sub("", choices[-1]) if choices and _NUMBER.match(choices[0]) else ""
    if unit:  # 75|150|300dpi: the unit stands behind the last one
        choices = (*choices[:-1], choices[-1].removesuffix(unit))
    return Option(name, choices, unit=unit, active=active)


def orders(options: dict[str, Option], *, feeder: bool, width_mm: int = 210, height_mm: int = 297) -> list[str]:
    """Return the arguments for a grey scan of a whole page, as far as the scanner lets itself be told."""
    told: list[str] = []
    if mode := _choice(options.get("mode"), _GREYS):
        told += ["--mode", mode]
    if (dpi := resolution(options)) is not None:
        told += ["--resolution", f"{dpi:g}"]
    source = _choice(options.get("source"), _FEEDERS) if feeder else None
    if source:
        told += ["--source", source]
    for name, wanted in (("x", width_mm), ("y", height_mm)):
        option = options.get(name)
        if option is not None and option.active and option.high is not None:
            told += [f"-{name}", f"{min(wanted, option.high):g}"]
    return told


def resolution(options: dict[str, Option]) -> float | None:
    """Return the resolution in dpi nearest above the wanted one; None where the scanner has none to set."""
    option = options.get("resolution")
    if option is None or not option.active:
        return None
    if option.low is not None and option.high is not None:
        return min(max(WANTED_DPI, option.low), option.high)
    offered = sorted(float(each) for each in option.choices if _NUMBER.fullmatch(each))
    return next((each for each in offered if each >= WANTED_DPI), offered[-1] if offered else None)


def has_feeder(options: dict[str, Option]) -> bool:
    """Say whether it takes a pile of sheets by itself."""
    return _choice(options.get("source"), _FEEDERS) is not None


def _choice(option: Option | None, wanted: tuple[str, ...]) -> str | None:
    if option is None or not option.active:
        return None
    return next((each for each in wanted if each in option.choices), None)
