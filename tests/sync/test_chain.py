"""The running chain over sealed rows."""

from __future__ import annotations

import pytest

from sync.chain import Row, start


def test_the_chain_of_two_rows_is_the_documented_one():
    # SHA-256 by hand: see docs/protocol.md.
    tip = start("kiosk-1", bytes(16)).after(Row(1, 0, b"opening")).after(Row(2, 1, b"record"))
    assert tip.chain.hex() == "cbcdb43617289b1a3a493dda892b3c8dcb92759ac14bd506ec13f2ff3bd03aa4"


def test_a_changed_byte_changes_the_chain():
    begin = start("kiosk-1", bytes(16))
    assert begin.after(Row(1, 0, b"a")).chain != begin.after(Row(1, 0, b"b")).chain


def test_another_nonce_changes_the_chain():
    begin = start("kiosk-1", bytes(16))
    assert begin.after(Row(1, 0, b"a")).chain != begin.after(Row(1, 1, b"a")).chain


def test_a_stream_of_another_device_starts_elsewhere():
    assert start("kiosk-1", bytes(16)) != start("kiosk-2", bytes(16))


def test_a_row_that_does_not_follow_is_refused():
    with pytest.raises(ValueError, match="does not follow"):
        start("kiosk-1", bytes(16)).after(Row(2, 0, b""))
