"""The thread that verifies sealed papers, and the lists of certificates that come and go as it runs."""

from __future__ import annotations

import queue
import zipfile
from datetime import date

import pytest
from structlog.testing import capture_logs

from drivers.simulated.two_d_doc_authority import TwoDDocAuthority
from drivers.simulated.two_d_doc_specimens import SPECIMENS
from drivers.two_d_doc import certificate_list, check
from drivers.two_d_doc.verdict import Verdict
from kiosk.journeys.effects import CheckPaper
from kiosk.paper_check import PaperCheck


class Issuer:
    """Somebody who signs papers, and the list that lets us believe it."""

    def __init__(self, folder, authority_id):
        authority = TwoDDocAuthority(date(2024, 1, 1), date(2030, 12, 31), authority_id=authority_id)
        self.list = folder / f"{authority_id}.zip"
        with zipfile.ZipFile(self.list, "w") as archive:
            for number, der in enumerate(authority.certificates):
                archive.writestr(f"{number}.der", der)
        self.code = authority.issue(SPECIMENS["tax-notice"], date(2025, 2, 18))


@pytest.fixture(scope="module")
def issuers(tmp_path_factory):
    folder = tmp_path_factory.mktemp("issuers")
    return Issuer(folder, "FR98"), Issuer(folder, "FR99")


@pytest.fixture
def checking():
    """Start a check of papers; it answers with a verdict."""
    running = []

    def start(certificates):
        answers = queue.Queue()
        check = PaperCheck(certificates, answers.put)
        check.start()
        running.append(check)

        def verdict(code):
            check.ask(CheckPaper(code))
            return answers.get(timeout=20).checked.verdict

        return check, verdict

    yield start
    for each in running:
        each.stop()


def test_another_list_is_believed_from_its_coming_on(checking, issuers):
    before, after = issuers
    check, verdict = checking(before.list)
    assert (verdict(before.code), verdict(after.code)) == (Verdict.GENUINE, Verdict.UNKNOWN_ISSUER)
    check.switch(after.list)
    assert (verdict(before.code), verdict(after.code)) == (Verdict.UNKNOWN_ISSUER, Verdict.GENUINE)
    assert check.usable


def test_a_list_that_was_read_needs_its_file_no_more(checking, issuers, tmp_path):
    _, issuer = issuers
    pushed = tmp_path / "pushed.zip"
    pushed.write_bytes(issuer.list.read_bytes())
    check, verdict = checking(None)
    check.switch(pushed)
    assert verdict(issuer.code) is Verdict.GENUINE
    pushed.unlink()
    assert verdict(issuer.code) is Verdict.GENUINE


@pytest.mark.parametrize("content", [b"", b"no list", b"PK\x03\x04 no archive"])
def test_a_list_that_cannot_be_used_is_told_and_the_one_before_goes_on(checking, issuers, tmp_path, content):
    issuer, _ = issuers
    check, verdict = checking(issuer.list)
    bad = tmp_path / "bad.zip"
    bad.write_bytes(content)
    check.switch(bad)
    assert verdict(issuer.code) is Verdict.GENUINE
    assert not check.usable
    check.switch(issuer.list)
    assert verdict(issuer.code) is Verdict.GENUINE
    assert check.usable


def test_with_a_bad_list_from_the_beginning_nobody_is_believed_until_it_is_mended(checking, issuers, tmp_path):
    issuer, _ = issuers
    path = tmp_path / "titres.zip"
    check, verdict = checking(path)
    assert (verdict(issuer.code), check.usable) == (Verdict.CANNOT_TELL, False)
    path.write_bytes(issuer.list.read_bytes())
    assert (verdict(issuer.code), check.usable) == (Verdict.GENUINE, True)


def test_without_a_list_the_shipped_one_is_the_default(checking, issuers):
    issuer, _ = issuers
    check, verdict = checking(issuer.list)
    assert verdict(issuer.code) is Verdict.GENUINE
    check.switch(None)
    assert verdict(issuer.code) is Verdict.UNKNOWN_ISSUER


@pytest.mark.parametrize("bug", [ZeroDivisionError, SystemExit])
def test_a_bug_in_the_check_is_answered_and_the_next_paper_is_checked(checking, issuers, monkeypatch, bug):
    issuer, _ = issuers
    _, verdict = checking(issuer.list)

    def fails(*_):
        raise bug(issuer.code)

    with monkeypatch.context() as broken, capture_logs() as logs:
        broken.setattr(check, "check", fails)
        assert verdict(issuer.code) is Verdict.CANNOT_TELL
    assert issuer.code.decode() not in repr(logs)
    assert verdict(issuer.code) is Verdict.GENUINE


def test_a_bug_in_reading_a_list_is_a_list_that_cannot_be_used(checking, issuers, monkeypatch):
    issuer, _ = issuers

    def fails(*_):
        raise SystemExit

    with monkeypatch.context() as broken:
        broken.setattr(certificate_list, "read", fails)
        checker, verdict = checking(issuer.list)
        assert verdict(issuer.code) is Verdict.CANNOT_TELL
        assert not checker.usable
    assert verdict(issuer.code) is Verdict.GENUINE
