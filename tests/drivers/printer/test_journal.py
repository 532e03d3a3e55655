"""What the printer was doing is known after the power came back."""

from __future__ import annotations

import pytest

from drivers.printer.job import Phase
from drivers.printer.journal import Entry, Hanging, Journal


@pytest.fixture
def path(tmp_path):
    return tmp_path / "printer.json"


def test_a_paper_begun_when_the_power_went_hangs_out_and_is_counted_as_unknown(path):
    Journal(path).begun()
    assert Journal(path).entry == Entry(Hanging.PART, unknown=1)
    assert Journal(path).entry == Entry(Hanging.PART, unknown=1)


def test_a_paper_being_cut_when_the_power_went_is_whole(path):
    journal = Journal(path)
    journal.begun()
    journal.cutting()
    assert Journal(path).entry.hanging is Hanging.WHOLE


def test_a_printed_paper_hangs_no_more(path):
    journal = Journal(path)
    journal.begun()
    journal.cutting()
    journal.ended(Phase.PRINTED)
    assert Journal(path).entry == Entry(printed=1)


def test_a_paper_given_up_hangs_until_it_is_cut_off(path):
    journal = Journal(path)
    journal.begun()
    journal.ended(Phase.NOT_PRINTED)
    assert Journal(path).entry == Entry(Hanging.PART, not_printed=1)
    journal.cut_off()
    assert Journal(path).entry.hanging is Hanging.NOTHING


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"hanging": "cat"}', bytes(4096)])
def test_a_journal_that_cannot_be_read_means_that_something_may_hang_out(path, content):
    path.write_bytes(content)
    assert Journal(path).entry.hanging is Hanging.PART


def test_a_journal_that_cannot_be_written_stops_nothing(tmp_path):
    journal = Journal(tmp_path / "absent/printer.json")
    journal.begun()
    assert journal.entry.hanging is Hanging.PART


def test_it_says_nothing_of_what_was_printed(path):
    journal = Journal(path)
    journal.begun()
    journal.ended(Phase.PRINTED)
    assert path.read_text() == '{"hanging":"nothing","under_way":false,"printed":1,"not_printed":0,"unknown":0}\n'
