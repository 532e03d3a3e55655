"""A card reader through every nasty case: the real pcscd, virtual readers, cards of ours on their protocol.

pcscd has one socket a machine: all that needs it stands in this file. The cases' numbers are those of docs/devices.md.
"""

from __future__ import annotations

import signal
import threading
from contextlib import ExitStack

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cycles import leave_nothing_behind
from smartcard import scard

from drivers.interface import DeviceDown, DeviceName, DeviceUp, Fault
from drivers.news import BadgeShown, CardFault, CardRefused, CardTaken, CitizenCardShown, PinAsked
from drivers.reader.badge import Badge
from drivers.reader.pcsc import CardReader
from drivers.reader.pin import Pin
from drivers.simulated import vpcd
from drivers.simulated.card import BANK_ATR, VITALE_ATR, AgentBadge, OverT0, PivCard, SimulatedCard, badge_atr
from drivers.simulated.pcscd import Pcscd
from drivers.simulated.usb_readers import UsbReaders
from drivers.supervisor import Supervisor

DEVICE = DeviceName("reader")
UP = DeviceUp(DEVICE)
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
PIV_KEY = ec.derive_private_key(12345, ec.SECP256R1())
BADGES = (Badge("zoe.durand", KEY.public_key()), Badge("ali.benali", PIV_KEY.public_key()))
ZOE = BadgeShown(DEVICE, "zoe.durand")
TAKEN = CardTaken(DEVICE)
UNPLUGGED = DeviceDown(DEVICE, Fault.UNPLUGGED)
NAMED_S = 2.0
SERVES_AGAIN_S = 5.0


@pytest.fixture
def pcscd():
    with Pcscd() as daemon:
        yield daemon


class Kept:
    """A reader that is up, kept open as the kiosk does, with badges given up quickly."""

    def __init__(self, pcscd, news, badges=BADGES, talk_s=1.0):
        self.pcscd, self.ports = pcscd, pcscd.ports
        self.driver = CardReader(DEVICE, badges, talk_s=talk_s)
        self.supervisor = Supervisor([self.driver], news)
        self.supervisor.start()
        news.wait_for(UP)


class Slow:
    """A card that answers once it is let go; it says when it was spoken to."""

    def __init__(self):
        self.spoken, self.goes = threading.Event(), threading.Event()

    def __call__(self, _order):
        self.spoken.set()
        self.goes.wait(10)
        return b"\x6d\x00"


@pytest.fixture
def usb(tmp_path):
    """Two readers in nobody's socket, under a pcscd that lives on whatever becomes of them."""
    readers = UsbReaders(tmp_path)
    with Pcscd(usb=readers):
        yield readers


@pytest.fixture
def served(usb, news):
    """The first of them is plugged in and served."""
    usb.plug()
    supervisor = Supervisor([CardReader(DEVICE, BADGES)], news, jitter=lambda _: 0.05)
    supervisor.start()
    news.wait_for(UP)
    yield usb
    supervisor.stop()


@pytest.fixture
def reader(pcscd, news):
    kept = Kept(pcscd, news)
    yield kept
    kept.supervisor.stop()


def badge(reader, place=0, **more):
    return badge_at(reader.ports[place], **more)


def badge_at(port, **more):
    return SimulatedCard(port, script=AgentBadge("zoe.durand", KEY, **more))


def wait_for_cards(count):
    """Wait until pcscd has seen so many cards in all its readers."""
    _, context = scard.SCardEstablishContext(scard.SCARD_SCOPE_USER)
    states = [(reader, scard.SCARD_STATE_UNAWARE) for reader in scard.SCardListReaders(context, [])[1]]
    present = -1
    while present != count:
        _, states = scard.SCardGetStatusChange(context, 5000, [(reader, state) for reader, state, *_ in states])
        present = sum(bool(state & scard.SCARD_STATE_PRESENT) for _, state, _ in states)
    scard.SCardReleaseContext(context)


def refused(fault):
    return CardRefused(DEVICE, fault)


def test_a_badge_is_believed_and_its_going_is_seen(reader, news):
    with badge(reader):
        news.wait_for(ZOE)
    news.wait_for(ZOE, TAKEN)


def test_a_piv_card_is_a_badge_where_it_is_enrolled(reader, news):
    with SimulatedCard(reader.ports[0], badge_atr(b"YubiKey"), PivCard(PIV_KEY)):
        news.wait_for(BadgeShown(DEVICE, "ali.benali"))


def test_a_badge_with_a_pin_asks_for_it_and_is_believed(reader, news):
    with badge(reader, pin=b"2468"):
        news.wait_for(PinAsked(DEVICE, 3, 1))
        reader.driver.enter_pin(Pin("2468"), 1)
        news.wait_for(PinAsked(DEVICE, 3, 1), ZOE)


def test_a_badge_of_protocol_t0_is_believed(reader, news):
    with SimulatedCard(reader.ports[0], badge_atr(protocol=0), OverT0(AgentBadge("zoe.durand", KEY))):
        news.wait_for(ZOE)


def test_a_pin_is_shown_to_no_card_but_the_badge_that_asked(reader, news):
    with badge(reader, pin=b"2468"):
        news.wait_for(PinAsked(DEVICE, 3, 1))
    news.wait_for(TAKEN)
    with SimulatedCard(reader.ports[0], VITALE_ATR) as vitale:
        news.wait_for(TAKEN, CitizenCardShown(DEVICE))
        reader.driver.enter_pin(Pin("1357"), 1)
        with badge(reader, 1):
            news.wait_for(ZOE)
        news.wait_for(ZOE, TAKEN)
    assert vitale.orders == []
    other = AgentBadge("zoe.durand", KEY, pin=b"2468")
    with SimulatedCard(reader.ports[1], script=other):
        news.wait_for(ZOE, TAKEN, PinAsked(DEVICE, 3, 2))
    assert other.tries_left == 3


def test_a_pin_is_not_shown_to_a_badge_that_took_the_place_of_the_one_that_asked(pcscd, news):
    kept = Kept(pcscd, news, talk_s=10.0)
    slow, other = Slow(), AgentBadge("zoe.durand", KEY, pin=b"2468")
    with ExitStack() as ending:
        ending.callback(kept.supervisor.stop)
        with badge(kept, pin=b"1357"):
            news.wait_for(PinAsked(DEVICE, 3, 1))
            ending.enter_context(SimulatedCard(kept.ports[1], script=slow))
            assert slow.spoken.wait(10)
        wait_for_cards(1)
        ending.enter_context(SimulatedCard(kept.ports[0], script=other))
        wait_for_cards(2)
        kept.driver.enter_pin(Pin("1357"), 1)
        slow.goes.set()
        news.wait_for(PinAsked(DEVICE, 3, 1), TAKEN, PinAsked(DEVICE, 3, 2))
    assert other.tries_left == 3


@pytest.mark.parametrize("atr", [VITALE_ATR, BANK_ATR], ids=["vitale", "bank"])
def test_a_citizens_card_gives_not_one_byte_beyond_its_atr(reader, news, atr):
    with SimulatedCard(reader.ports[0], atr) as card:
        news.wait_for(CitizenCardShown(DEVICE))
    news.wait_for(CitizenCardShown(DEVICE), TAKEN)
    assert card.orders == []


def test_a_pin_answers_one_question_alone(reader, news):
    other = AgentBadge("zoe.durand", KEY, pin=b"2468")
    with badge(reader, pin=b"1357"):
        news.wait_for(PinAsked(DEVICE, 3, 1))
    news.wait_for(TAKEN)
    with SimulatedCard(reader.ports[0], script=other):
        news.wait_for(TAKEN, PinAsked(DEVICE, 3, 2))
        reader.driver.enter_pin(Pin("1357"), 1)  # typed for the badge before
        reader.driver.enter_pin(Pin("2468"), 2)
        reader.driver.enter_pin(Pin("1357"), 2)  # a key that bounced
        news.wait_for(PinAsked(DEVICE, 3, 2), ZOE)
    assert other.tries_left == 3


def test_a_wrong_pin_may_be_entered_anew_while_another_badge_was_shown(reader, news):
    with badge(reader, pin=b"2468"):
        news.wait_for(PinAsked(DEVICE, 3, 1))
        with badge(reader, 1):
            news.wait_for(ZOE)
        news.wait_for(ZOE, TAKEN)
        reader.driver.enter_pin(Pin("1357"), 1)
        news.wait_for(TAKEN, CardRefused(DEVICE, CardFault.PIN_WRONG))
        reader.driver.enter_pin(Pin("2468"), 1)
        news.wait_for(CardRefused(DEVICE, CardFault.PIN_WRONG), ZOE)


def test_nasty_01_a_reader_plugged_in_later_serves(usb, news):
    supervisor = Supervisor([CardReader(DEVICE, BADGES)], news, jitter=lambda _: 0.05)
    with ExitStack() as ending:
        ending.callback(supervisor.stop)
        supervisor.start()
        news.wait_for(UNPLUGGED, patience_s=NAMED_S)
        usb.plug()
        news.wait_for(UNPLUGGED, UP, patience_s=SERVES_AGAIN_S)
        with badge_at(usb.ports[0][1]):
            news.wait_for(ZOE)


@pytest.mark.usefixtures("pcscd")
def test_a_reader_that_is_not_among_those_there_is_unplugged(run):
    assert run(CardReader(DEVICE, BADGES, wanted="Gemalto")).wait() is Fault.UNPLUGGED


def test_nasty_02_14_a_card_torn_out_at_any_order_of_the_dialogue_is_said_and_the_next_is_served(reader, news):
    whole = badge(reader)
    with whole:
        news.wait_for(ZOE)
    news.wait_for(TAKEN)
    for torn_at in range(len(whole.orders)):
        news.events.clear()
        real, seen = AgentBadge("zoe.durand", KEY), []

        def torn(order, real=real, seen=seen, torn_at=torn_at):
            seen.append(order)
            return None if len(seen) > torn_at else real(order)

        with SimulatedCard(reader.ports[0], script=torn):
            news.wait_for(refused(CardFault.TORN_OUT), TAKEN)
        with badge(reader):
            news.wait_for(TAKEN, ZOE)
        news.wait_for(ZOE, TAKEN)


def test_nasty_02_a_reader_unplugged_at_any_order_of_the_dialogue_is_named_and_serves_again(served, news):
    port = served.ports[0][0]
    whole = badge_at(port)
    with whole:
        news.wait_for(ZOE)
    news.wait_for(TAKEN)
    for unplugged_at in range(len(whole.orders)):
        news.events.clear()
        real, seen = AgentBadge("zoe.durand", KEY), []

        def unplugged(order, real=real, seen=seen, unplugged_at=unplugged_at):
            seen.append(order)
            if len(seen) <= unplugged_at:
                return real(order)
            served.unplug()
            return None

        with SimulatedCard(port, script=unplugged):
            news.wait_for(refused(CardFault.TORN_OUT), TAKEN, UNPLUGGED)
        served.plug()
        news.wait_for(UNPLUGGED, UP, patience_s=SERVES_AGAIN_S)
        with badge_at(port):
            news.wait_for(UP, ZOE)
        news.wait_for(ZOE, TAKEN)
        assert news.events.count(TAKEN) == 2


def test_nasty_02_a_reader_unplugged_with_a_card_in_it_takes_the_card_along_and_the_other_serves(served, news):
    served.plug(1, at=2)
    with badge_at(served.ports[0][0]):
        news.wait_for(ZOE)
        with badge_at(served.ports[1][0]):
            news.wait_for(ZOE, ZOE)
            served.unplug(0)
            news.wait_for(TAKEN)
        news.wait_for(TAKEN, TAKEN)
    with badge_at(served.ports[1][1]):
        news.wait_for(TAKEN, TAKEN, ZOE)
    assert UNPLUGGED not in news.events


def test_nasty_03_a_reader_plugged_back_into_another_socket_serves(served, news):
    for socket in (2, 1):
        news.events.clear()
        served.unplug()
        news.wait_for(UNPLUGGED)
        served.plug(at=socket)
        news.wait_for(UNPLUGGED, UP, patience_s=SERVES_AGAIN_S)
        with badge_at(served.ports[0][0]):
            news.wait_for(UP, ZOE)


def test_nasty_09_two_readers_that_swap_sockets_both_serve_and_each_card_is_told_once(served, news):
    served.plug(1, at=2)
    for places in ((2, 1), (1, 2)):
        news.events.clear()
        for reader in (0, 1):
            served.unplug(reader)
        for reader, place in enumerate(places):
            served.plug(reader, at=place)
        with badge_at(served.ports[0][0]), SimulatedCard(served.ports[1][0], VITALE_ATR):
            news.wait_until(lambda events: {ZOE, CitizenCardShown(DEVICE)} <= set(events))
        news.wait_for(TAKEN, TAKEN)
        assert [news.events.count(each) for each in (ZOE, CitizenCardShown(DEVICE), TAKEN)] == [1, 1, 2]


def test_nasty_03_09_a_card_in_the_other_reader_is_the_same_card(reader, news):
    for place in (1, 0, 1):
        news.events.clear()
        with badge(reader, place):
            news.wait_for(ZOE)
        news.wait_for(ZOE, TAKEN)


def test_two_readers_serve_at_once(reader, news):
    with badge(reader, 0):
        news.wait_for(ZOE)
        with SimulatedCard(reader.ports[1], VITALE_ATR):
            news.wait_for(ZOE, CitizenCardShown(DEVICE))


def test_nasty_08_a_card_that_took_the_place_of_a_badge_while_others_were_served_is_not_spoken_to(news):
    """Two badges are seen at once; during the dialogue with the first, a Vitale card takes the second's place."""
    before, first = Slow(), Slow()
    with Pcscd(readers=4) as daemon, ExitStack() as ending:
        kept = Kept(daemon, news, talk_s=10.0)
        ending.callback(kept.supervisor.stop)
        ending.enter_context(SimulatedCard(daemon.ports[2], script=before))
        assert before.spoken.wait(10)
        ending.enter_context(SimulatedCard(daemon.ports[0], script=first))
        with badge(daemon, 1):
            wait_for_cards(3)
            before.goes.set()
            assert first.spoken.wait(10)
        wait_for_cards(2)
        with SimulatedCard(daemon.ports[1], VITALE_ATR) as vitale:
            wait_for_cards(3)
            first.goes.set()
            news.wait_for(refused(CardFault.TORN_OUT), TAKEN, CitizenCardShown(DEVICE))
        assert vitale.orders == []


def test_nasty_08_a_card_that_took_the_place_of_one_left_in_its_reader_is_told(usb, news):
    """Of a card that was in its reader first, pcsc-lite tells no swap: it asks for its count, and that is nought."""
    plugging = threading.Thread(target=usb.plug)
    plugging.start()
    vpcd.wait_until(lambda: vpcd.listens(usb.ports[0][0]))
    with ExitStack() as ending:
        with badge_at(usb.ports[0][0]):
            plugging.join()
            kept = Kept(usb, news, talk_s=10.0)
            ending.callback(kept.supervisor.stop)
            news.wait_for(ZOE)
            slow = ending.enter_context(SimulatedCard(usb.ports[0][1], script=Slow())).script
            assert slow.spoken.wait(10)
        wait_for_cards(1)
        ending.enter_context(SimulatedCard(usb.ports[0][0], VITALE_ATR))
        wait_for_cards(2)
        slow.goes.set()
        news.wait_for(ZOE, TAKEN, CitizenCardShown(DEVICE))


def test_nasty_04_05_a_card_that_never_answers_is_named_and_the_other_reader_serves(reader, news):
    with SimulatedCard(reader.ports[0], script=lambda _: b""):
        news.wait_for(refused(CardFault.MUTE), patience_s=NAMED_S + 1)
        with SimulatedCard(reader.ports[1], VITALE_ATR):
            news.wait_for(CitizenCardShown(DEVICE), patience_s=NAMED_S)
    news.wait_for(TAKEN, patience_s=SERVES_AGAIN_S)
    with badge(reader):
        news.wait_for(TAKEN, ZOE, patience_s=SERVES_AGAIN_S)


@pytest.mark.parametrize(
    "answer",
    [b"\x90", b"\x00", b"\x00\x00", b"\xff" * 300, bytes(60_000) + b"\x90\x00", b"\x61\xff", b"nobody\x90\x00"],
    ids=["half-a-status", "one-nul", "nuls", "noise", "sixty-kilobytes", "never-ending", "another-name"],
)
def test_nasty_06_07_a_card_that_lies_is_refused_and_the_next_is_served(reader, news, answer):
    with SimulatedCard(reader.ports[0], script=lambda _: answer):
        news.wait_until(lambda events: any(isinstance(event, CardRefused) for event in events))
    news.wait_for(TAKEN)
    with badge(reader):
        news.wait_for(TAKEN, ZOE, patience_s=SERVES_AGAIN_S)


@pytest.mark.parametrize("atr", [b"\x00\x00\x00", b"\x3b\xff\xff", b"\x3b" + bytes(32)])
def test_nasty_06_a_card_whose_atr_is_none_is_not_spoken_to(reader, news, atr):
    with SimulatedCard(reader.ports[0], atr) as card:
        news.wait_until(lambda events: any(isinstance(event, CardRefused | CitizenCardShown) for event in events))
    assert card.orders == []


def test_nasty_08_many_cards_in_quick_succession_leave_a_reader_that_serves(reader, news):
    for _ in range(6):
        with SimulatedCard(reader.ports[0], VITALE_ATR):
            pass
    news.events.clear()
    with badge(reader):
        news.wait_for(ZOE, patience_s=SERVES_AGAIN_S)


def test_nasty_01_11_a_pcscd_that_starts_later_is_named_and_serves(news):
    driver = CardReader(DEVICE, BADGES)
    supervisor = Supervisor([driver], news)
    with ExitStack() as ending:
        ending.callback(supervisor.stop)
        daemon = Pcscd()
        with daemon:
            daemon.kill()
            supervisor.start()
            news.wait_for(DeviceDown(DEVICE, Fault.SERVICE_DOWN), patience_s=NAMED_S)
            daemon.start()
            news.wait_for(DeviceDown(DEVICE, Fault.SERVICE_DOWN), UP, patience_s=SERVES_AGAIN_S)
            with badge(daemon):
                news.wait_for(ZOE)


def test_nasty_11_pcscd_killed_and_started_again_is_named_and_serves_again(reader, news):
    for _ in range(2):
        news.events.clear()
        reader.pcscd.kill()
        news.wait_for(DeviceDown(DEVICE, Fault.SERVICE_DOWN), patience_s=NAMED_S)
        reader.pcscd.start()
        news.wait_for(DeviceDown(DEVICE, Fault.SERVICE_DOWN), UP, patience_s=SERVES_AGAIN_S)
        with badge(reader):
            news.wait_for(ZOE)


def test_nasty_11_a_card_in_a_reader_that_is_lost_is_taken_and_told_of_anew(reader, news):
    with badge(reader):
        news.wait_for(ZOE)
        reader.pcscd.kill()
        news.wait_for(ZOE, TAKEN, DeviceDown(DEVICE, Fault.SERVICE_DOWN), patience_s=NAMED_S)


def test_nasty_11_pcscd_killed_in_the_middle_of_a_dialogue_is_survived(reader, news):
    spoken = threading.Event()

    def slow(_order):
        spoken.set()
        return b""

    with SimulatedCard(reader.ports[0], script=slow):
        assert spoken.wait(10)
        reader.pcscd.kill()
        news.wait_for(DeviceDown(DEVICE, Fault.SERVICE_DOWN), patience_s=NAMED_S + 1)
    reader.pcscd.start()
    news.wait_for(DeviceDown(DEVICE, Fault.SERVICE_DOWN), UP, patience_s=SERVES_AGAIN_S)


def test_nasty_11_a_pcscd_that_stands_still_is_named_and_serves_again(reader, news):
    daemon = reader.pcscd._process
    daemon.send_signal(signal.SIGSTOP)
    try:
        news.wait_for(DeviceDown(DEVICE, Fault.HANGING), patience_s=NAMED_S)
    finally:
        daemon.send_signal(signal.SIGCONT)
    news.wait_for(DeviceDown(DEVICE, Fault.HANGING), UP, patience_s=SERVES_AGAIN_S)
    with badge(reader):
        news.wait_for(ZOE)


@pytest.mark.parametrize("cards", [32, pytest.param(10_000, marks=[pytest.mark.prove, pytest.mark.timeout(3600)])])
def test_nasty_16_cards_in_sixteen_readers_at_once_are_told_once_each_and_leave_nothing_behind(news, cards):
    """As many readers as pcscd serves: it looks each 400 ms whether a card is in one, and 10,000 in one take hours."""
    agents = [Badge(f"agent-{place}", KEY.public_key()) for place in range(16)]
    told = []

    def cycle():
        with ExitStack() as inside:
            for port, each in zip(daemon.ports, agents, strict=True):
                inside.enter_context(SimulatedCard(port, script=AgentBadge(each.agent, KEY)))
            news.wait_until(lambda events: len(events) >= len(agents))
        news.wait_until(lambda events: len(events) >= 2 * len(agents))
        shown = [BadgeShown(DEVICE, agent.agent) for agent in agents]
        assert sorted(map(repr, news.events)) == sorted(map(repr, [*shown, *[TAKEN] * len(agents)]))
        news.events.clear()
        told.extend(agents)

    with Pcscd(readers=len(agents)) as daemon:
        kept = Kept(daemon, news, badges=agents)
        news.events.clear()
        try:
            leave_nothing_behind(cycle, cards // len(agents))
        finally:
            kept.supervisor.stop()
    assert news.events == []
    print(f"{len(told)} cards, {len(agents)} at once: each was told once as a badge, and once as taken")  # noqa: T201  (a proof's figure)


@pytest.mark.parametrize("cycles", [8, pytest.param(10_000, marks=[pytest.mark.prove, pytest.mark.timeout(3600)])])
def test_nasty_16_openings_of_the_reader_leave_no_thread_file_or_memory_behind(pcscd, news, cycles):
    """Each finds a badge and has its dialogue: many more than virtual readers, looked at 400 ms apart, can be given."""

    def cycle():
        stop = threading.Event()
        thread = threading.Thread(target=CardReader(DEVICE, BADGES).run, args=(news, stop))
        thread.start()
        news.wait_for(ZOE)
        stop.set()
        thread.join()
        news.events.clear()
        card.orders.clear()

    with SimulatedCard(pcscd.ports[0], script=AgentBadge("zoe.durand", KEY)) as card:
        leave_nothing_behind(cycle, cycles)
