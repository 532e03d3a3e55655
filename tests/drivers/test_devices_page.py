"""The page on devices names the tests that there are."""

from __future__ import annotations

from nasty_table import CASES, PAGE, filled, table


def test_the_table_of_nasty_cases_is_that_of_the_tests():
    page = PAGE.read_text(encoding="utf-8")
    assert filled(page) == page, "python tests/drivers/nasty_table.py"


def test_every_case_is_lived_through_by_some_device():
    assert all(f"| {number} {case} |" in table() for number, case in CASES.items())
