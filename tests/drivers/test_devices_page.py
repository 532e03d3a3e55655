"""The page on devices names the tests that there are."""

from __future__ import annotations

from nasty_table import PAGE, filled, needless, unexplained


def test_the_table_of_nasty_cases_is_that_of_the_tests():
    page = PAGE.read_text(encoding="utf-8")
    assert filled(page) == page, "python tests/drivers/nasty_table.py"


def test_every_case_of_every_device_has_a_test_or_a_reason():
    assert unexplained() == []
    assert needless() == []
