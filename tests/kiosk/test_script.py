"""A citizen's journey written down."""

from __future__ import annotations

from pathlib import Path

import pytest

from kiosk.script import End, Picture, ScriptError, Step, Touch, Type, Wait, parse


def test_each_line_is_an_order():
    steps = parse("# to the move\n\ntouch Je déménage\ntype carte grise\nwait sheet F14128\npicture 02-sheet\nend\n")
    orders = [Touch("Je déménage"), Type("carte grise"), Wait("sheet", "F14128"), Picture("02-sheet"), End()]
    assert [step.order for step in steps] == orders
    assert steps[0] == Step(3, "touch Je déménage", Touch("Je déménage"))


def test_expect_and_wait_are_one_order():
    assert parse("expect questionnaire")[0].order == parse("wait questionnaire")[0].order


@pytest.mark.parametrize("line", ["touch", "wait nowhere", "picture two words", "end now", "jump", "wait sheet F1 F2"])
def test_a_line_that_is_no_order_is_named(line):
    with pytest.raises(ScriptError, match=r"line 2 is no order"):
        parse(f"end\n{line}")


@pytest.mark.parametrize("script", sorted(Path("demo/journeys").glob("*.play")), ids=lambda path: path.stem)
def test_the_shipped_journeys_can_be_played(script):
    assert parse(script.read_text(encoding="utf-8"))[-1].order == End()
