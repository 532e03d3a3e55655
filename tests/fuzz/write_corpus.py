"""Write the valid bytes from which fuzzing begins: small files, one folder for each door.

Run by hand when a format gains a form: `python tests/fuzz/write_corpus.py`. Forms no longer written keep their files:
what was once written must be read for ever.
"""

from __future__ import annotations

import struct
from importlib.resources import files
from typing import get_args

import msgspec
import zstandard
from door import CORPUS
from doors import BOOT, DEVICE, DEVICE_KEY, HUB_KEY, OPENING_KEY, STREAM

from catalogue import pack_stream
from catalogue.pack_content import PackContent, Stems, StoredPage, StoredSheet, pack_stems
from config.pieces import outline
from drivers.event_device import records as input_records
from drivers.event_device.records import DOWN, DROPPED, EV_KEY, EV_SW, EV_SYN, UP
from sync import dictionary, topics
from sync.chain import Row, start
from sync.configuration import Configuration
from sync.entry import Entry, Moment, encode
from sync.frame import Birth, Frame, Reach, Stored, encode_birth, encode_frame, encode_stored, make_frame
from sync.records import (
    AgeBand,
    AgentCalled,
    AssistanceRecorded,
    Channel,
    Nature,
    Outcome,
    ReceiptContent,
    ReceiptRequested,
    Status,
)
from sync.seal import Predecessor, StreamSeal
from sync.supply.message import Fetch, Given, Part, Range, encode_fetch, encode_given

_MOMENT = Moment(BOOT, 81_000_000_000, 1_780_000_000.5, synchronised=True)
_HELP = AssistanceRecorded(
    "site-15119",
    ("caf", "ants"),
    "logement",
    Channel.ON_SITE,
    Nature.DIGITAL_HELP,
    Outcome.SOLVED,
    30,
    AgeBand.FROM_60,
    Status.RETIRED,
    first_time=True,
)
_INSTALLED = Configuration(0, "", "", False, (), (), "all")
_WRONG = ("fleet.toml:3: [screen] dpi: must be at least 60",)
_REFUSED = Configuration(6, "b2" * 32, "a1" * 32, False, ("it says what this device cannot use",), _WRONG, "rural")
_RECORDS = {
    "receipt": ReceiptRequested("F14128", ReceiptContent.CHECKLIST),
    "assistance": _HELP,
    "agent": AgentCalled("F14128"),
    "agent-from-no-sheet": AgentCalled(),
}


def _write(door: str, name: str, data: bytes) -> None:
    (CORPUS / door).mkdir(parents=True, exist_ok=True)
    (CORPUS / door / name).write_bytes(data)


def _signed(door: str, name: str, data: bytes) -> None:
    """Write the message as it travels, and its body alone."""
    _write(door, name, data)
    _write(f"{door}-body", name, msgspec.msgpack.decode(data)[0])


def _opened(data: bytes) -> bytes:
    form = {
        "dict_data": zstandard.ZstdCompressionDict(dictionary.VERSION_1),
        "format": zstandard.FORMAT_ZSTD1_MAGICLESS,
    }
    return zstandard.ZstdDecompressor(**form).decompress(data[1:])


def _frames(first: Row, rows: tuple[Row, ...]) -> dict[str, Frame]:
    before = start(DEVICE, STREAM)
    return {
        "opening": make_frame(DEVICE, STREAM, before.chain, (first,)),
        "rows": make_frame(DEVICE, STREAM, before.after(first).chain, rows),
    }


def main() -> None:
    """Write every sample that the present encoders make."""
    seal = StreamSeal(DEVICE, STREAM, bytes([3]) * 32, "kiosk.ordinary", BOOT)
    before = Predecessor(bytes(16), 7, bytes(32))
    openings = {
        "first": seal.opening(OPENING_KEY.public_key(), None),
        "next": seal.opening(OPENING_KEY.public_key(), before),
    }
    for name, row in openings.items():
        _write("opening", name, row.sealed)
        _write("stream-key", name, row.sealed)
    plain = {name: encode(Entry(_MOMENT, record)) for name, record in _RECORDS.items()}
    for name, data in plain.items():
        _write("entry", name, data)
        _write("entry-body", name, _opened(data))
    rows = tuple(seal.seal(seq, data) for seq, data in enumerate(plain.values(), start=2))
    for name, frame in _frames(openings["first"], rows).items():
        _signed("frame", name, encode_frame(frame, DEVICE_KEY))
    tip = start(DEVICE, STREAM).after(openings["first"])
    answers = {
        "nothing": Stored(1, 1, bytes(8), DEVICE, {}),
        "one-stream": Stored(1, 2, bytes(8), DEVICE, {STREAM: (tip.seq, tip.chain)}),
        "rows-wanted": Stored(1, 2, bytes(8), DEVICE, {STREAM: (tip.seq, tip.chain)}, {STREAM: ((2, 7), (9, 9))}),
    }
    for name, stored in answers.items():
        _signed("stored", name, encode_stored(stored, HUB_KEY))
    births = {
        "offline-2-of-seven": Birth(2, DEVICE, online=False),
        "online-2-of-seven": Birth(2, DEVICE, True, 0, {STREAM: Reach(7, 3)}, {}, _INSTALLED),
        "after-a-damaged-disk-2-of-seven": Birth(
            2, DEVICE, True, 2, {STREAM: Reach(7, 3)}, {STREAM: ((3, 4), (6, 6))}, _REFUSED
        ),
    }
    for name, birth in births.items():
        _signed("birth", name, encode_birth(birth, DEVICE_KEY))
    for kind in get_args(topics.Topic):
        _write("topic", kind.__name__, str(kind(DEVICE)).encode())
    _publication()
    _devices()


def _devices() -> None:
    """Write what devices say."""
    _write("printer", "status", b"\x12\x12\x12\x12\x0f")
    _write("printer", "by-itself", b"\x10\0\0\0\x37\x22" + b"0001\0" + b"\x1a\x16\x12\x72")
    _write("card", "no-badge", b"\x6a\x82\x00\xff\x6a\x82")
    _write("card", "forged", b"zoe.durand\x90\x00\x00\xff" + bytes(64) + b"\x90\x00")
    _write("card", "piv", b"\x6a\x82\x00\xff\x61\x10\x90\x00\x00\xff\x53\x04\x70\x02ab\x90\x00")
    _write("card", "in-pieces", b"zo\x61\x02\x00\xffe.\x90\x00")
    for name, atr in (("vitale", "3B751300004409EA9000"), ("badge", "3B87014775696368657498")):
        _write("atr", name, bytes.fromhex(atr))
    _write("atr", "yubikey", bytes.fromhex("3BFD1300008131FE158073C021C057597562694B657940"))
    _write("tlv", "nested", bytes.fromhex("53067004DEADBEEF7C038201FF7F490101"))
    _write("codes", "lines", b"]Q1https://www.service-public.fr/F14128\r\n]d2010342\x1d10A\r")
    _write("codes", "framed", b"\x02]C1RDV-4711\x03\r\n")
    listed = (
        "    --resolution 75|150|300dpi [75]\n    --mode Gray|Color [Gray]\n    -x 0..215.9mm (in steps of 1) [215.9]\n"
    )
    _write("sane", "options", listed.encode())
    _write("sane", "page", b"P5\n# SANE data follows\n2 2\n255\nabcd")
    _write("sane", "error", b"Progress: 12.3%\rscanimage: sane_read: Document feeder jammed\n")
    _around()
    _papers()


def _around() -> None:
    """Write what a keypad, a synthesiser and power supplies say."""
    report = input_records.Record(EV_SYN, 0, 0)
    press, release = (input_records.Record(EV_KEY, 28, value) for value in (DOWN, UP))
    _write("input", "tap", b"".join(map(input_records.encode, [press, report, DROPPED, release, report])))
    _write("input", "headphones", input_records.encode(input_records.Record(EV_SW, 2, 1)))
    head = b"RIFF\xff\xff\xff\x7fWAVEfmt " + struct.pack("<IHHIIHH", 16, 1, 1, 22_050, 44_100, 2, 16)
    samples = b"data\xff\xff\xff\x7f" + bytes(40)
    _write("wave", "from-a-pipe", head + samples)
    _write("supplies", "ups", b"UPS System 1  Discharging 12\nMains System  0")
    _write("supplies", "mains", b"Battery Device 1  Discharging 2\nMains System  1")


def _papers() -> None:
    """Write examples of the specification of 2D-Doc, and a list of certificates."""
    bill = b"DC02FR000001125E125B0126FR247500010MME/SPECIMEN/NATACHA\x1d22145 AVENUE DES SPECIMENS\x1d"
    signature = (
        b"54LDD5F7JD4JEFPR6WZYVZVB2JZXPZB73SP7WUTN5N44P3GESXW75JZUZD5FM3G4URAJ6IKDSSUB66Y3OWQIEH22G46QOAGWH7YHJWQ"
    )
    test = b"DC04FR00000113371337B201FRF0CORRINE\x1dF1BERTHIER\x1dF206121965F3FF4000\x1dF5XF6200620131200"
    other = b"WZR5Y3AIRAFBIMKWLHSYX4BXNMELEVA3AXVL5IKZDX444F3A44VWXY2FKEWS4JUEOWLTSZ2MSMVW3NZ3LWO5FZKNLKVOMQT37LHV4II"
    for name, signed, by in (("bill", bill, signature), ("test", test, other)):
        _write("two-d-doc", name, signed + b"\x1f" + by)
        _write("two-d-doc-body", name, signed[22 if name == "bill" else 26 :])
    _write("two-d-doc", "annexed", test + b"\x1f" + other + b"\x1d0912\x1d")
    chains = files("tddoc") / "chains"
    parts = ((chains / name).read_bytes() for name in ("FR09.der", "FR09_0003.der"))
    head = b"--End\r\nContent-Type: application/pkix-cert\r\n\r\n"
    _write("certificates", "directory", b"".join(head + part + b"\r\n" for part in parts) + b"--End--\r\n")


def _publication() -> None:
    """Write what travels the other way."""
    name = f"targets/content/{'0' * 64}.all.sheets"
    for ranges in ((Range("metadata/timestamp.json", 0, 48_000),), (Range(name, 0, 700), Range(name, 9_000, 800))):
        _write("fetch", f"{len(ranges)}-ranges", encode_fetch(Fetch(1, 7, ranges)))
    parts = (Part("metadata/2.root.json", 0, None, b""), Part(name, 9_000, 17_000_000, bytes(range(200))))
    given = encode_given(Given(1, 7, parts))
    _write("given", "parts", given)
    _write("given-body", "parts", zstandard.ZstdDecompressor().decompress(given))
    _write("outline", "small", outline(bytes(range(256)) * 40)[0].encode())
    page = StoredPage("carte", "papier", pack_stems(Stems("carte", "papier", "", "carte papier")))
    sheet = StoredSheet("F1", "particuliers", "Fiche", "Carte", "Papiers", "2020-01-01", zstandard.compress(b"x"), page)
    content = PackContent((sheet,), {"F1": 0.5}, {"carte": 2}, (("[]", "", "F1"),), {"a": "b"}, "{}", {"sheets": "1"})
    _write("sheets", "one", pack_stream.encode(content))


if __name__ == "__main__":
    main()
