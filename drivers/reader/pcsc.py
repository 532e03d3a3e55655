"""Card readers over PC/SC. Adapter (pyscard, threads).

    run: context ─► readers ─► DeviceUp ─► each change: a card is put in ─► whose? ─► an agent's: the dialogue
                                                                                └─► a citizen's: said, not read

pyscard's own monitors end without a word when pcscd does, and its `transmit` waits for ever: this asks pcscd itself for
the readers' states, a few times a second, and has the dialogue with a card in a thread of its own, with a deadline. A
card that never answers costs that thread until it is pulled out; meanwhile all others are served.
"""

from __future__ import annotations

import os
import threading
import time
from concurrent.futures import Future
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from drivers.interface import DeviceError, DeviceName, DeviceUp, Fault
from drivers.news import BadgeShown, CardFault, CardRefused, CardTaken, CitizenCardShown, PinAsked
from drivers.reader import badge, pcsclite
from drivers.reader.apdu import for_t0
from drivers.reader.atr import Holder, holder
from drivers.reader.questions import Questions

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from drivers.driver import Emit
    from drivers.news import DeviceEvent
    from drivers.reader.pin import Pin
    from drivers.reader.questions import Answer

# pcscd answers at once when something changes; this is how soon a stopped driver, or a new reader, is seen.
_LOOK_MS = 300
# Selecting, signing with a slow key and its answer take under a second on the slowest badge.
_TALK_S = 4.0
_Outcome: TypeAlias = "badge.Outcome | CardFault"
_NONSENSE = badge.Refused(badge.BadgeFault.TALKS_NONSENSE)


@dataclass(frozen=True, slots=True)
class _Slot:
    """What was last seen of one reader."""

    state: int = 0
    inserted: bool = False
    atr: bytes = b""


class CardReader:
    """Tells of cards in all readers whose name holds `wanted`; speaks to badges alone.

    `exchanged` is called with each order to a badge and its answer, for a recording.
    """

    def __init__(
        self,
        name: DeviceName,
        badges: Sequence[badge.Badge],
        wanted: str = "",
        talk_s: float = _TALK_S,
        exchanged: Callable[[bytes, bytes], None] = lambda _order, _answer: None,
    ) -> None:
        self._name = name
        self._badges = tuple(badges)
        self._wanted = wanted
        self._talk_s = talk_s
        self._exchanged = exchanged
        self._questions = Questions()
        self._stuck: dict[str, threading.Thread] = {}

    @property
    def name(self) -> DeviceName:
        """Which device this is."""
        return self._name

    def enter_pin(self, pin: Pin, question_id: int) -> None:
        """Show the badge that asked so (`PinAsked.question_id`) this PIN, and ask it anew. Never waits; keeps no PIN.

        Where that badge was taken away meanwhile, the PIN is forgotten, whoever asks for one now. A question takes one
        PIN at a time, and another one after `PIN_WRONG`.
        """
        self._questions.answer(question_id, pin)

    def run(self, emit: Emit, stop: threading.Event) -> None:
        """Watch the readers until stopped.

        Raises:
            DeviceError: there is no reader, or pcscd does not run.
        """
        context = pcsclite.establish()
        slots: dict[str, _Slot] = {}
        try:
            self._watch(context, slots, emit, stop)
        except DeviceError:
            for slot in slots.values():
                if slot.inserted:
                    emit(CardTaken(self._name))  # gone with its reader; one that stayed is told of anew
            raise
        finally:
            self._questions.forget()
            pcsclite.library().SCardReleaseContext(context)

    def _watch(self, context: int, slots: dict[str, _Slot], emit: Emit, stop: threading.Event) -> None:
        slots |= dict.fromkeys(self._readers(context), _Slot())
        emit(DeviceUp(self._name))
        while not stop.is_set():
            scard = pcsclite.library()
            asked = [(reader, slot.state) for reader, slot in slots.items()]
            result, states = scard.SCardGetStatusChange(context, _LOOK_MS, asked)
            # pcsc-lite calls it a timeout, too, when a card that was there before pcscd was swapped for another.
            if result in {scard.SCARD_S_SUCCESS, scard.SCARD_E_TIMEOUT}:
                for reader, state, atr in states:
                    slots[reader] = self._seen(reader, slots[reader], state, bytes(atr), emit, stop)
            elif result != scard.SCARD_E_UNKNOWN_READER:
                raise DeviceError(pcsclite.fault(result), f"card reader: {pcsclite.words(result)}")
            if answer := self._questions.next():
                self._talk(answer.reader, slots[answer.reader], emit, stop, answer)
            there = self._readers(context)
            for gone in slots.keys() - set(there):
                if slots.pop(gone).inserted:
                    self._taken(gone, emit)
            slots |= {reader: _Slot() for reader in there if reader not in slots}

    def _readers(self, context: int) -> list[str]:
        scard = pcsclite.library()
        result, readers = scard.SCardListReaders(context, [])
        if result not in {scard.SCARD_S_SUCCESS, scard.SCARD_E_NO_READERS_AVAILABLE}:
            raise DeviceError(pcsclite.fault(result), f"card reader: {pcsclite.words(result)}")
        found = [reader for reader in readers if self._wanted in reader]
        if not found:
            raise DeviceError(Fault.UNPLUGGED, f"no card reader {self._wanted!r} among {len(readers)}")
        return found

    def _seen(  # noqa: PLR0913, PLR0917  (what changed, and whom to tell)
        self, reader: str, slot: _Slot, state: int, atr: bytes, emit: Emit, stop: threading.Event
    ) -> _Slot:
        """Tell what became of one reader's card; return what is known now."""
        scard = pcsclite.library()
        present = bool(state & scard.SCARD_STATE_PRESENT)
        now = _Slot(state & ~scard.SCARD_STATE_CHANGED, present, atr)
        if slot.inserted and (not present or pcsclite.count(state) != pcsclite.count(slot.state)):
            self._taken(reader, emit)
            slot = _Slot()
        if present and not slot.inserted:
            if state & scard.SCARD_STATE_MUTE:
                emit(CardRefused(self._name, CardFault.MUTE))
            else:
                self._inserted(reader, now, emit, stop)
        return now

    def _taken(self, reader: str, emit: Emit) -> None:
        self._questions.gone(reader)
        emit(CardTaken(self._name))

    def _inserted(self, reader: str, slot: _Slot, emit: Emit, stop: threading.Event) -> None:
        match holder(slot.atr):
            case Holder.AGENT:
                self._talk(reader, slot, emit, stop)
            case Holder.NOBODY:
                emit(CardRefused(self._name, CardFault.TALKS_NONSENSE))
            case Holder.INSURED | Holder.CITIZEN:
                emit(CitizenCardShown(self._name))

    def _talk(
        self,
        reader: str,
        slot: _Slot,
        emit: Emit,
        stop: threading.Event,
        answer: Answer | None = None,
    ) -> None:
        """Have the dialogue in a thread of its own, and tell its outcome, or that there was none in time."""
        before = self._stuck.get(reader)
        if before is not None and before.is_alive():
            emit(CardRefused(self._name, CardFault.MUTE))
            return
        outcome: Future[_Outcome] = Future()

        def talk() -> None:
            try:
                outcome.set_result(self._dialogue(reader, slot, answer.pin if answer else None))
            except BaseException as bug:  # noqa: BLE001  (raised again below, where the supervisor is)
                outcome.set_exception(bug)

        talking = threading.Thread(target=talk, name=f"{self._name}-card", daemon=True)
        talking.start()
        deadline_s = time.monotonic() + self._talk_s
        while talking.is_alive() and time.monotonic() < deadline_s and not stop.is_set():
            talking.join(0.05)
        if talking.is_alive():
            self._stuck[reader] = talking
        emit(self._news(reader, outcome.result() if outcome.done() else CardFault.MUTE, answer))

    def _news(self, reader: str, outcome: _Outcome, answer: Answer | None) -> DeviceEvent:
        match outcome:
            case badge.Verified(agent):
                return BadgeShown(self._name, agent)
            case badge.PinWanted(tries_left):
                return PinAsked(self._name, tries_left, self._questions.ask(reader))
            case badge.Refused(reason):
                if answer and reason is badge.BadgeFault.PIN_WRONG:
                    self._questions.reopen(answer)
                return CardRefused(self._name, CardFault[reason.name])
            case CardFault():
                return CardRefused(self._name, outcome)

    def _dialogue(self, reader: str, slot: _Slot, pin: Pin | None) -> _Outcome:
        """Connect, speak and let go; everything here may hang in pcscd."""
        scard = pcsclite.library()
        try:
            context = pcsclite.establish()
        except DeviceError:
            return CardFault.TORN_OUT
        try:
            result, card, protocol = scard.SCardConnect(
                context, reader, scard.SCARD_SHARE_SHARED, scard.SCARD_PROTOCOL_T0 | scard.SCARD_PROTOCOL_T1
            )
            if result != scard.SCARD_S_SUCCESS:
                return pcsclite.card_fault(result)
            try:
                # While others were spoken to, a citizen's card may have taken the badge's place, or another badge.
                if not pcsclite.is_badge_seen_as(slot.state, context, reader):
                    return CardFault.TORN_OUT
                return self._speak(card, protocol, pin)
            finally:
                scard.SCardDisconnect(card, scard.SCARD_RESET_CARD)
        finally:
            scard.SCardReleaseContext(context)

    def _speak(self, card: int, protocol: int, pin: Pin | None) -> _Outcome:
        scard = pcsclite.library()
        is_t0 = protocol == scard.SCARD_PROTOCOL_T0
        pci = scard.SCARD_PCI_T0 if is_t0 else scard.SCARD_PCI_T1
        talk = badge.talk(self._badges, os.urandom(badge.CHALLENGE_BYTES), pin)
        try:
            command = next(talk)
            while True:
                result, answer = scard.SCardTransmit(card, pci, list(for_t0(command) if is_t0 else command))
                if result != scard.SCARD_S_SUCCESS:
                    return pcsclite.card_fault(result)
                self._exchanged(command, bytes(answer))
                command = talk.send(bytes(answer))
        except StopIteration as ended:
            outcome: badge.Outcome = ended.value
            if outcome == _NONSENSE and not pcsclite.card_stays(card):
                return CardFault.TORN_OUT  # half an answer was all it could give
            return outcome
