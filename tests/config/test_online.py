"""What the hub may say by itself, and nothing else."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.online import MAX_BYTES, GroupWord, Message, OnlineError, Rollout, Rollouts, group_word, rollouts

DIGEST = "ab" * 32


def word(**message):
    return json.dumps({"message": {"text": {"fr": "Fermé"}, "valid_until_s": 1_772_431_200} | message}).encode()


def rollout(**changes):
    return json.dumps({"groups": {"rural": {"digest": DIGEST, "ring": 1, "percent": 50} | changes}}).encode()


def test_a_rollout_says_who_of_a_group_takes_which_configuration():
    assert rollouts(rollout()) == Rollouts({"rural": Rollout(DIGEST, 1, 50)})


def test_a_group_is_told_a_message_or_nothing():
    assert group_word(b"{}") == GroupWord()
    assert group_word(word()).message == Message({"fr": "Fermé"}, 1_772_431_200)


def test_a_message_has_500_characters_and_no_more():
    assert group_word(word(text={"fr": "é" * 500})).message
    with pytest.raises(OnlineError, match="length <= 500"):
        group_word(word(text={"fr": "é" * 501}))


@pytest.mark.parametrize(
    "changes",
    [
        {"percent": 101},
        {"percent": -1},
        {"percent": "50"},
        {"ring": 10},
        {"digest": "AB" * 32},
        {"digest": DIGEST + "0"},
        {"url": "https://evil.example/pack"},
        {"config": {"structure": {"name": "evil"}}},
    ],
)
def test_a_rollout_of_another_shape_is_refused(changes):
    with pytest.raises(OnlineError, match=r"^online/rollout.json is not what the hub may say: "):
        rollouts(rollout(**changes))


@pytest.mark.parametrize(
    "changes", [{"text": {}}, {"text": {"fr": ""}}, {"text": {"../x": "a"}}, {"valid_until_s": -1}, {"script": "x"}]
)
def test_a_message_of_another_shape_is_refused(changes):
    with pytest.raises(OnlineError, match="the group's word is not what the hub may say"):
        group_word(word(**changes))


def test_a_word_longer_than_its_limit_is_not_even_read():
    with pytest.raises(OnlineError, match=r"has 16001 bytes; the hub may say 16000"):
        rollouts(b" " * (MAX_BYTES + 1))


@given(st.binary(max_size=300) | st.integers(1, 8_000).map(lambda depth: b"[" * depth))
def test_whatever_the_hub_says_nothing_but_a_refusal_comes_of_it(content):
    for decode in (rollouts, group_word):
        try:
            decode(content)
        except OnlineError as refusal:
            assert str(refusal)  # noqa: PT017  (either outcome is right; another exception is not)
