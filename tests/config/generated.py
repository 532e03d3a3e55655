"""Configurations made from the model itself: good ones, ones with faults that are known, and hostile bytes."""

from __future__ import annotations

import json
import random
from dataclasses import dataclass, field
from typing import Any, get_args, get_origin

import msgspec

from config.in_force import AT_THE_SITE
from config.model import DeviceConfig
from config.needs import NAMING
from config.parse import _setting
from config.setting import Setting

TABLES = {each.name: each.type for each in msgspec.structs.fields(DeviceConfig)}
# What a push may say by itself: not what only the site may, nor files, nor colours that depend on each other.
NOT_PUSHED = {path[0] for path in AT_THE_SITE if len(path) == 1} | {"theme", "partners", "badges"}
# Where these are plugged in is the site's to say, and without it they are none.
WITH_THE_SITE = frozenset({"scanner", "document_scanner", "camera", "keypad", "lamp", "power", "sound"})
TEXTS = ("France Services", "é", 'a"b', "\\", "ligne\nsuivante", "’", "[table]", "#", "日本", "x" * 39)
HOSTILE = (
    b"", b"\0", b"\xff\xfe", b"\xef\xbb\xbf[screen]\n", b"[", b"[[", b"a" * 100_000, b"=" * 50, b"[a]\n[a]\n",
    b"a = 1\na = 2\n", b"[screen]\nwidth_px = " + b"9" * 5_000, b"[screen]\nidle_warning_s = nan\n",
    b"[screen]\nidle_warning_s = inf\n", b"[screen]\nidle_warning_s = -0.0\n", b"x = " + b"[" * 5_000,
    b"x = " + b"{a=" * 2_000, b"[" + b"a." * 3_000 + b"a]\n", b"screen = 1\n", b"screen = []\n", b"[[screen]]\n",
    b"partners = {}\n", b"[[partners]]\n[[partners]]\n", b"partners = [[]]\n", b"[theme]\naccent = 7\n",
    b'[theme]\naccent = "#GGGGGG"\n', b'[theme]\naccent = "#000000"\nground = "#000001"\n', b"__proto__ = 1\n",
    b'"" = 1\n', b'"a.b" = 1\n', b'["screen"]\nwidth_px = 1\n', b"[screen]\r\nwidth_px = 1\r\n",
    b'[content]\npack = "../../etc/passwd"\n', b'[content]\npack = ""\n', b'[content]\npack = "a\\u0000b"\n',
    b"[content]\npack = 1979-05-27\n", b'[theme]\nfont = "/etc/passwd"\n', b"[broker]\nport = 70000\n",
    b'[broker]\nothers = ["nobody"]\n', b"[printer]\n", b"[printer]\nhost = 7\n", b"[link]\nmetered = true\n",
    b"[structure]\nopening_hours = [1]\n", b'[structure]\nopening_hours = "lundi"\n', b"[structure]\nname = 1e999\n",
)  # fmt: skip


@dataclass
class Made:
    """A document, the values it says by dotted path, and the paths of the faults that were planted in it."""

    text: str
    values: dict[tuple[str, ...], Any] = field(default_factory=dict)
    faults: set[str] = field(default_factory=set)


def made(seed):
    """Return the document of a seed: two in five are good, the others have one to five faults."""
    chance = random.Random(seed)  # noqa: S311  (examples to repeat, no secrets)
    said = {}
    for table in sorted(set(TABLES) - NOT_PUSHED):
        for key, kind in _leaves(TABLES[table]):
            path = (table, key)
            if path not in AT_THE_SITE and path not in NAMING and chance.random() < 0.35:
                said[path] = _value(kind, chance)
    if any(path[0] == "printer" for path in said):
        said["printer", "host"] = "imprimante"
    # A speed goes with a serial printer, and that is the site's to say.
    said = {
        path: value
        for path, value in said.items()
        if path[0] not in WITH_THE_SITE and path not in {("printer", "baud"), ("printer", "queue")}
    }
    document = Made("", dict(said))
    lines = {}
    for (table, key), value in said.items():
        lines.setdefault(table, []).append((key, json.dumps(value, ensure_ascii=False)))
    if chance.random() < 0.6:
        for _ in range(chance.randrange(1, 6)):
            _plant(document, lines, chance)
    for table, pairs in lines.items():
        document.text += f"[{table}]\n" + "".join(f"{key} = {value}\n" for key, value in pairs)
    return document


def hostile(seed):
    """Return bytes that nobody means as a configuration: known ones, and known ones spoilt."""
    chance = random.Random(seed)  # noqa: S311  (as above)
    data = bytearray(chance.choice(HOSTILE) if chance.random() < 0.6 else made(seed).text.encode())
    for _ in range(chance.randrange(0, 5)):
        at = chance.randrange(len(data) + 1)
        data[at : at + chance.randrange(0, 3)] = chance.randbytes(chance.randrange(0, 4))
    return bytes(data)


def _plant(document, lines, chance):
    """Make one fault at a place that has none yet."""
    match chance.randrange(4):
        case 0:  # a key that nobody reads
            table, key = (
                chance.choice(sorted(set(TABLES) - NOT_PUSHED - {"scanner", "document_scanner"})),
                f"unknown_{chance.randrange(10**6)}",
            )
            lines.setdefault(table, []).append((key, "1"))
            document.faults.add(f"{table}.{key}")
        case 1:  # a table that nobody reads
            name = f"nothing{chance.randrange(10**6)}"
            lines[name] = [("a", "1")]
            document.faults.add(name)
        case 2:  # what only the site may say
            theirs = {"scanner", "printer", "document_scanner", "papers"}
            path = chance.choice([path for path in AT_THE_SITE if len(path) == 2 and path[0] not in theirs])
            if ".".join(path) not in document.faults:
                lines.setdefault(path[0], []).append((path[1], '"elsewhere"'))
                document.faults.add(".".join(path))
        case _:  # a value that cannot be
            good = sorted(path for path in document.values if ".".join(path) not in document.faults)
            if good:
                table, key = path = chance.choice(good)
                pairs = lines[table]
                place = next(n for n, (name, _) in enumerate(pairs) if name == key)
                pairs[place] = (key, chance.choice(["{}", "1979-05-27T07:32:00Z", "[[]]"]))
                document.faults.add(".".join(path))
                del document.values[path]


def _leaves(annotation):
    table = _setting(annotation)
    for each in msgspec.structs.fields(table):
        if not isinstance(each.type, type) or not issubclass(each.type, Setting):
            yield each.name, each.type


def _value(kind, chance):  # noqa: PLR0911  (one arm for each kind of setting)
    """Return a value that an annotation allows."""
    limits = [meta for meta in get_args(kind)[1:] if isinstance(meta, msgspec.Meta)] if _is_annotated(kind) else []
    while _is_annotated(kind):
        kind = get_args(kind)[0]
        if _is_annotated(kind):
            limits += [meta for meta in get_args(kind)[1:] if isinstance(meta, msgspec.Meta)]
    if get_args(kind) and kind not in {str, int, float, bool} and get_origin(kind) is not tuple:
        options = get_args(kind)
        if all(not isinstance(option, type) and option is not None for option in options):
            return chance.choice(options)
    pattern = next((meta.pattern for meta in limits if meta.pattern), None)
    if pattern:
        return "a-name"
    low = max([0, *(meta.ge for meta in limits if meta.ge is not None)])
    high = min([10**9, *(meta.le for meta in limits if meta.le is not None)])
    if kind is int:
        return chance.randint(int(low), int(high))
    if kind is float:
        return round(chance.uniform(max(low, 1.0), min(high, 10_000.0)), 3)
    if kind is bool:
        return chance.random() < 0.5
    if get_origin(kind) is tuple:
        inner = get_args(kind)[0]
        meta = next((meta for meta in get_args(inner)[1:] if isinstance(meta, msgspec.Meta)), None)
        return ["hub.example:8883"] if meta and meta.pattern else ["lundi : 9 h - 12 h"]
    return chance.choice(TEXTS)


def _is_annotated(kind):
    return hasattr(kind, "__metadata__")
