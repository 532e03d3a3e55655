"""The road on foot, the hub's end: takes in what devices have exported to a USB stick, and writes the answers beside.

    DIR/guichet/<device>/{birth,NNNNNNNN.frame}   read; the same signed bytes that travel by MQTT
    DIR/guichet/<device>/NNNN.stored              written; `guichet import-stored` takes them back to the device

What is wrong on a stick is named and passed over; the rest goes in. Reading a stick twice changes nothing. The birth is
read first: rows after a loss say nothing until it is declared.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from config.whole_file import read_plain, sync_directory, write_whole
from fleet.hub.ingest import HubEnd
from fleet.hub.schema import rows, streams
from sync.frame import MAX_FRAME_BYTES, UNKNOWN_CHAIN, Frame, decode_frame
from sync.link import Heard
from sync.topics import StateTopic, UpTopic

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    from fleet.hub.store import HubStore

_NOT_STORED = "not all of its rows are stored: what the device has lost before them is not known yet; it keeps them"
# Of an answer's number; a longer one is not of our making.
_NUMBER_DIGITS = 8
# 5 MB in memory and in one transaction.
_FILES_AT_ONCE = 100


class StickError(Exception):
    """The stick cannot be read at all, or the answers cannot be written; what is stored stays stored."""


@dataclass(slots=True)
class Carried:
    """What a stick brought of one device: rows in frames, how many of them are new, and what was wrong."""

    device: str
    frames: int = 0
    rows: int = 0
    new_rows: int = 0
    forks: int = 0
    passed_over: int = 0
    answered: bool = False
    # Files that could not be used, with the reason.
    broken: list[tuple[str, str]] = field(default_factory=list)


class _Answers:
    """Takes the hub's answers for one device, to be written once all is stored."""

    def __init__(self) -> None:
        self.payloads: list[bytes] = []

    def publish(self, topic: str, payload: bytes, *, retain: bool = False) -> bool:
        """Keep an answer."""
        del topic, retain
        self.payloads.append(payload)
        return True


def carry(store: HubStore, signing_key: Ed25519PrivateKey, directory: Path) -> Iterator[Carried]:
    """Take in what the stick at `directory` holds, one device after the other.

    Raises:
        StickError: there is nothing of ours on it, or it cannot be read.
        StoreError: the database refused; import again.
    """
    root = directory / "guichet"
    if root.is_symlink():
        raise StickError(f"{str(root)!r} leads elsewhere: a stick holds plain folders")
    try:
        places = sorted(place for place in root.iterdir() if place.is_dir() and not place.is_symlink())
    except OSError as error:
        raise StickError(f"cannot read {str(root)!r}: {error.strerror}") from error
    if not places:
        raise StickError(f"{str(root)!r} holds nothing of any device")
    for place in places:
        yield _carry_device(store, signing_key, place)


def _carry_device(store: HubStore, signing_key: Ed25519PrivateKey, place: Path) -> Carried:
    carried, answers = Carried(place.name), _Answers()
    if not (place.name.isascii() and place.name.isprintable()):  # not even to be asked for in the database
        carried.broken.append((place.name, "no device has such a name"))
        return carried
    hub = HubEnd(store, answers, signing_key)
    try:
        frames = sorted(path.name for path in place.iterdir() if path.suffix == ".frame")
        names = ["birth", *frames] if os.path.lexists(place / "birth") else frames
        old = sorted(place.glob("*.stored"))
    except OSError as error:
        carried.broken.append((place.name, str(error.strerror)))
        return carried
    for first in range(0, len(names), _FILES_AT_ONCE):
        heap = {}
        for name in names[first : first + _FILES_AT_ONCE]:
            payload = _payload(place / name, carried)
            if payload is not None:
                topic = StateTopic(place.name) if name == "birth" else UpTopic(place.name)
                heap[name] = Heard(str(topic), payload)
        taken = hub.take(list(heap.values()))
        carried.frames += taken.frames
        carried.rows += taken.rows
        carried.new_rows += taken.new_rows
        carried.forks += taken.forks
        carried.passed_over += taken.passed_over
        named = {id(message): name for name, message in heap.items()}
        carried.broken += [(named.pop(id(message)), reason) for message, reason in taken.refused]
        if not taken.passed_over:
            carried.broken += [(name, _NOT_STORED) for name in _not_stored(store, place.name, heap, named.values())]
    if answers.payloads:
        try:
            _write_answers(place, answers.payloads, old)
            carried.answered = True
        except OSError as error:
            sentence = f"all of it is stored, but the answer cannot be written: {error.strerror}"
            carried.broken.append((place.name, sentence))
    return carried


def _payload(path: Path, carried: Carried) -> bytes | None:
    """Return what the file holds if it can be a message of ours: whoever has had the stick may have put anything."""
    try:
        payload = read_plain(path, MAX_FRAME_BYTES)
    except OSError as error:
        carried.broken.append((path.name, str(error.strerror)))
        return None
    if not payload:
        carried.broken.append((path.name, "empty"))
        return None
    return payload


def _not_stored(store: HubStore, device: str, heap: dict[str, Heard], names: Iterable[str]) -> list[str]:
    """Return those of the files `names`, all of them believed, whose rows after a loss are not all stored."""
    key = store.public_key(device)
    if key is None:
        return []
    found = []
    with store.database.reading() as connection:
        for name in names:
            frame = decode_frame(heap[name].payload, device, key)
            if not isinstance(frame, Frame) or frame.chain_before != UNKNOWN_CHAIN:
                continue
            of_stream = streams.c.device == device, streams.c.stream == frame.stream
            span = rows.c.seq.between(frame.first_seq, frame.first_seq + len(frame.sealed) - 1)
            held = select(func.count()).select_from(rows).join(streams, streams.c.id == rows.c.stream_id)
            if connection.scalars(held.where(*of_stream, span)).one() < len(frame.sealed):
                found.append(name)
    return found


def _write_answers(place: Path, payloads: list[bytes], old: list[Path]) -> None:
    """Write the answers after any earlier ones, then drop those: the new ones say as much and more."""
    numbers = [int(path.stem) for path in old if path.stem.isdecimal() and len(path.stem) <= _NUMBER_DIGITS]
    for number, payload in enumerate(payloads, max(numbers, default=0) + 1):
        write_whole(place / f"{number:04}.stored", payload)
    for path in old:
        if not path.is_dir():  # nothing of ours
            path.unlink()
    sync_directory(place)
