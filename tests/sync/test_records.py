"""Kinds of records."""

from __future__ import annotations

from sync.records import AgentCalled, ReceiptContent, ReceiptRequested, Urgency, fields, kind, urgency

RECEIPT = ReceiptRequested("F14128", ReceiptContent.CHECKLIST)


def test_a_record_tells_its_kind_and_its_fields_by_name():
    assert (kind(RECEIPT), fields(RECEIPT)) == ("receipt_requested", {"sheet": "F14128", "content": "checklist"})


def test_a_call_for_a_person_goes_before_what_is_counted():
    assert (urgency(AgentCalled()), urgency(RECEIPT)) == (Urgency.URGENT, Urgency.ORDINARY)
