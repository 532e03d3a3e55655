"""The check of papers through every nasty case that can befall it: codes come from anywhere, lists from a disk.

The cases' numbers are those of docs/devices.md.
"""

from __future__ import annotations

import os
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest
from cycles import held, resident_bytes

from drivers.interface import DeviceName, DeviceUp
from drivers.news import Scanned
from drivers.scanner.serial_port import SerialScanner
from drivers.simulated.scanner import SimulatedScanner
from drivers.simulated.two_d_doc_specimens import SPECIMENS
from drivers.supervisor import Supervisor
from drivers.two_d_doc import certificate_list
from drivers.two_d_doc.certificate_list import CertificateListError
from drivers.two_d_doc.check import check
from drivers.two_d_doc.verdict import Doubt, Verdict

SCANNER = DeviceName("scanner")
TODAY = date(2026, 11, 24)
SIGNED = date(2025, 2, 18)
NAMED_S = 2.0


@pytest.fixture
def code(authority):
    return authority.issue(SPECIMENS["tax-notice"], SIGNED)


@pytest.fixture
def folder(tmp_path, authority):
    for number, der in enumerate(authority.certificates):
        (tmp_path / f"{number}.der").write_bytes(der)
    return tmp_path


@pytest.fixture
def scanner(tmp_path, news):
    link = tmp_path / "scanner"
    supervisor = Supervisor([SerialScanner(SCANNER, str(link), 9600)], news, jitter=lambda _: 0.01)
    with SimulatedScanner(link) as device:
        supervisor.start()
        news.wait_for(DeviceUp(SCANNER))
        yield device
        supervisor.stop()


def test_nasty_01_a_list_absent_at_start_is_told_and_believed_once_it_is_there(folder, code):
    absent = folder.with_name("absent")
    with pytest.raises(CertificateListError, match="absent"):
        certificate_list.read(absent)
    folder.rename(absent)
    assert check(code, certificate_list.read(absent), TODAY).verdict is Verdict.GENUINE


def test_nasty_02_a_code_torn_off_at_any_byte_is_never_genuine(code, believed):
    verdicts = {check(code[:end], believed, TODAY).verdict for end in range(len(code))}
    assert verdicts == {Verdict.NOT_A_2D_DOC, Verdict.CANNOT_TELL, Verdict.ALTERED}


@pytest.mark.parametrize(
    "noise",
    [os.urandom(2_000_000), bytes(2_000_000), b"\xff" * 2_000_000, b"DC04" * 500_000, b"\x1f" * 2_000_000],
    ids=["noise", "NULs", "invalid UTF-8", "endless line", "separators"],
)
def test_nasty_06_two_megabytes_of_garbage_are_no_2d_doc_at_once(code, believed, noise):
    begun_s = time.monotonic()
    assert check(noise, believed, TODAY).verdict is Verdict.NOT_A_2D_DOC
    assert check(code + noise, believed, TODAY).verdict is Verdict.NOT_A_2D_DOC
    assert time.monotonic() - begun_s < NAMED_S


def test_nasty_06_garbage_in_every_part_of_a_code_gives_a_verdict(code, believed):
    for at in range(len(code)):
        spoilt = code[:at] + b"\x00\xff\x1d\x1e\x1f\xed\xa0\x80" + code[at:]
        assert not check(spoilt, believed, TODAY).verdict.is_genuine


def test_nasty_07_half_a_code_and_then_the_whole_one_gives_the_whole_one(code, believed, scanner, news):
    scanner.send(code[:100] + b"\r")
    scanner.scan(code)
    news.wait_for(Scanned(SCANNER, code[:100]), Scanned(SCANNER, code))
    heard = [event.code for event in news.events if isinstance(event, Scanned)]
    found = [check(each, believed, TODAY) for each in heard]
    assert [(paper.verdict, paper.doubt) for paper in found] == [
        (Verdict.CANNOT_TELL, Doubt.NO_SIGNATURE),
        (Verdict.GENUINE, None),
    ]


def test_nasty_08_a_burst_of_a_thousand_papers_is_checked_whole_and_in_order(authority, believed, scanner, news):
    papers = list(SPECIMENS.values())
    codes = [authority.issue(papers[number % len(papers)], SIGNED) for number in range(1000)]
    for each in codes:
        scanner.scan(each)
    news.wait_for(*(Scanned(SCANNER, each) for each in codes))
    heard = [event.code for event in news.events if isinstance(event, Scanned)]
    assert {check(each, believed, TODAY).verdict for each in heard} == {Verdict.GENUINE}
    assert heard == codes


def test_nasty_08_papers_checked_at_once_in_many_threads_are_not_mixed_up(authority, believed):
    codes = [authority.issue(SPECIMENS[name], SIGNED) for name in SPECIMENS] * 50
    alone = [check(code, believed, TODAY) for code in codes]
    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(lambda code: check(code, believed, TODAY), codes)) == alone


def test_nasty_09_two_issuers_cannot_stand_in_for_each_other(believed, code):
    swapped = code.replace(b"FR99TST1", b"TST1FR99")
    assert check(swapped, believed, TODAY).verdict is Verdict.UNKNOWN_ISSUER


def test_nasty_15_a_list_which_the_disk_does_not_give_is_told_and_nothing_of_it_is_believed(folder, code):
    (folder / "2.der").symlink_to("/proc/self/mem")  # reading it fails with EIO, whoever asks
    with pytest.raises(CertificateListError, match="Input/output error"):
        certificate_list.read(folder)
    (folder / "2.der").unlink()
    assert check(code, certificate_list.read(folder), TODAY).verdict is Verdict.GENUINE


@pytest.mark.parametrize("what", ["file", "folder of that name", "nothing in it"])
def test_nasty_10_a_list_that_cannot_be_read_is_told(tmp_path, what):
    if what == "folder of that name":
        (tmp_path / "FR99.der").mkdir()
    elif what == "file":
        tmp_path = tmp_path / "list"
        tmp_path.write_bytes(b"")
    with pytest.raises(CertificateListError):
        certificate_list.read(tmp_path)


def test_nasty_16_ten_thousand_papers_and_a_hundred_lists_leave_nothing_behind(authority, believed, folder):
    codes = [authority.issue(SPECIMENS[name], SIGNED) for name in SPECIMENS]
    for each in codes:
        check(each, believed, TODAY)
    certificate_list.read(folder)
    before, before_bytes = held(), resident_bytes()
    for number in range(10_000):
        check(codes[number % len(codes)], believed, TODAY)
    for _ in range(100):
        certificate_list.read(folder)
    assert held() == before
    assert resident_bytes() - before_bytes < 4_000_000
