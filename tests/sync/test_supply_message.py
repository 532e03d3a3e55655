"""What is asked and given: it arrives as it was sent, and nothing else is taken for it."""

from __future__ import annotations

import msgspec
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from sync.rejected import Reason, Rejected
from sync.supply.message import (
    MAX_GIVEN_BYTES,
    MAX_RANGES,
    VERSION,
    Fetch,
    Given,
    Part,
    Range,
    decode_fetch,
    decode_given,
    encode_fetch,
    encode_given,
    is_name,
)
from tests.config.noise import noise

DIGEST = "0" * 64
NAMES = [
    "metadata/timestamp.json",
    "metadata/7.snapshot.json",
    "metadata/12.group-cantal.json",
    f"targets/{DIGEST}.fleet.toml",
    f"targets/group/cantal/device/{DIGEST}.kiosk-1.toml",
    f"targets/content/{DIGEST}.all.sheets",
    f"pieces/{DIGEST}.outline",
    f"pieces/{DIGEST}.list",
]


def fetch(*ranges):
    return encode_fetch(Fetch(VERSION, 1, ranges))


@pytest.mark.parametrize("name", NAMES)
def test_the_files_of_a_publication_can_be_asked_for(name):
    assert decode_fetch(fetch(Range(name, 0, 10))) == Fetch(VERSION, 1, (Range(name, 0, 10),))


@pytest.mark.parametrize(
    "name",
    [
        "", "lock", "metadata/", "metadata/../lock.json", "metadata/.x.json", "/etc/passwd", "targets/../../key.pem",
        "targets/a/../b", "targets//x", "targets/.hidden", "targets/a/.hidden", "pieces/../x.list", "pieces/abc.list",
        "metadata/a/b.json", "targets/a\x00", "targets/a\n", "metadata/1.root.json\n", "targets/" + "a" * 300,
    ],
)  # fmt: skip
def test_no_other_name_leads_anywhere(name):
    assert not is_name(name)
    assert decode_fetch(fetch(Range(name, 0, 10))).reason is Reason.NOT_DECODABLE
    assert isinstance(decode_given(encode_given(Given(VERSION, 1, (Part(name, 0, 1, b"x"),)))), Rejected)


def test_an_answer_arrives_as_it_was_given():
    said = Given(VERSION, 3, (Part(NAMES[0], 0, 600, noise(600)), Part("metadata/2.root.json", 0, None, b"")))
    assert decode_given(encode_given(said)) == said


def test_the_largest_answer_of_incompressible_bytes_fits_the_brokers_packet():
    each = MAX_GIVEN_BYTES // MAX_RANGES
    name = f"targets/content/{DIGEST}.{'a' * 100}"
    parts = tuple(Part(name, n * each, 1 << 30, noise(each + 31, seed=n)[:each]) for n in range(MAX_RANGES))
    payload = encode_given(Given(VERSION, 1, parts))
    assert len(payload) < 70_000
    assert decode_given(payload).parts == parts


def test_more_than_one_answer_holds_cannot_be_asked_for():
    much = [Range(NAMES[0], n, MAX_GIVEN_BYTES) for n in range(2)]
    assert decode_fetch(fetch(*much)).reason is Reason.TOO_LARGE
    many = [Range(NAMES[0], n, 1) for n in range(MAX_RANGES + 1)]
    assert isinstance(decode_fetch(fetch(*many)), Rejected)
    assert isinstance(decode_fetch(fetch()), Rejected)


def test_another_version_is_refused_as_such():
    assert decode_fetch(encode_fetch(Fetch(2, 1, (Range(NAMES[0], 0, 1),)))).reason is Reason.OTHER_VERSION
    assert decode_given(encode_given(Given(2, 1, ()))).reason is Reason.OTHER_VERSION


def test_an_answer_that_would_fill_the_memory_is_refused():
    bomb = zstandard.ZstdCompressor().compress(bytes(1_000_000_000))
    eight_exabytes = bytes.fromhex("28b52ffde0ffffffffffffff7f")
    silent = zstandard.ZstdCompressor(write_content_size=False).compress(msgspec.msgpack.encode([1, 1, []]))
    for data in (bomb, eight_exabytes, silent, bytes(100_000)):
        assert decode_given(data).reason is Reason.TOO_LARGE


@given(st.binary(max_size=400))
def test_any_bytes_are_refused_and_raise_nothing(data):
    assert isinstance(decode_fetch(data), Rejected | Fetch)
    assert isinstance(decode_given(data), Rejected)
    assert isinstance(decode_given(zstandard.ZstdCompressor().compress(data)), Rejected | Given)
