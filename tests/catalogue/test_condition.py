"""Three-valued conditions: skipping hides nothing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalogue.condition import Known, Truth, evaluate, shows
from catalogue.sheet import AllOf, AnyOf, IsFalse, IsTrue, IsUndefined

SET = Known(true=frozenset("t"), false=frozenset("f"), skipped=frozenset("s"))
LEAVES = st.builds(
    lambda leaf, name: leaf(name), st.sampled_from([IsTrue, IsFalse, IsUndefined]), st.sampled_from("abc")
)
CONDITIONS = st.recursive(
    LEAVES,
    lambda inner: st.builds(
        lambda group, parts: group(tuple(parts)),
        st.sampled_from([AnyOf, AllOf]),
        st.lists(inner, min_size=1, max_size=3),
    ),
    max_leaves=8,
)


@pytest.mark.parametrize(
    ("leaf", "true", "false", "skipped", "never_set"),
    [
        (IsTrue, Truth.TRUE, Truth.FALSE, Truth.UNKNOWN, Truth.FALSE),
        (IsFalse, Truth.FALSE, Truth.TRUE, Truth.UNKNOWN, Truth.FALSE),
        (IsUndefined, Truth.FALSE, Truth.FALSE, Truth.TRUE, Truth.TRUE),
    ],
)
def test_each_condition_has_one_value_for_each_state_of_its_variable(leaf, true, false, skipped, never_set):
    assert [evaluate(leaf(name), SET) for name in "tfsn"] == [true, false, skipped, never_set]


def test_an_or_is_true_as_soon_as_one_part_is():
    assert evaluate(AnyOf((IsTrue("s"), IsTrue("t"))), SET) is Truth.TRUE
    assert evaluate(AnyOf((IsTrue("s"), IsTrue("f"))), SET) is Truth.UNKNOWN
    assert evaluate(AnyOf((IsTrue("f"), IsTrue("n"))), SET) is Truth.FALSE


def test_an_and_is_false_as_soon_as_one_part_is():
    assert evaluate(AllOf((IsTrue("s"), IsTrue("f"))), SET) is Truth.FALSE
    assert evaluate(AllOf((IsTrue("s"), IsTrue("t"))), SET) is Truth.UNKNOWN
    assert evaluate(AllOf((IsTrue("t"), IsFalse("f"))), SET) is Truth.TRUE


def test_content_without_a_condition_is_always_shown():
    assert shows(None, SET)


@given(CONDITIONS, st.sets(st.sampled_from("abc")), st.sets(st.sampled_from("abc")))
def test_what_a_skipped_question_hides_every_answer_hides_too(condition, skipped, chosen):
    others = frozenset("abc") - skipped
    before = Known(true=others, skipped=frozenset(skipped))
    after = Known(true=others | (skipped & chosen), false=frozenset(skipped - chosen))
    assert shows(condition, before) or not shows(condition, after)
