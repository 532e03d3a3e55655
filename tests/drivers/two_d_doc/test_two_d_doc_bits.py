"""No single bit of a code may change and the paper stay genuine, but for what the last letter does not use."""

from __future__ import annotations

import os
from concurrent.futures import ProcessPoolExecutor
from datetime import date

import pytest
from bit_flips import TODAY, codes, survivors
from cryptography.hazmat.primitives.asymmetric import ec

from drivers.simulated.two_d_doc_authority import TwoDDocAuthority
from drivers.two_d_doc.authorities import believe
from drivers.two_d_doc.check import check
from drivers.two_d_doc.verdict import Verdict

# Base32 of 64 bytes is 103 letters: 515 bits for 512. Three bits of the last letter mean nothing.
UNUSED_BITS = 3


def assert_only_unused_bits(code, found):
    """Whatever survived lies in the last letter, and means there what it meant before."""
    assert {bit // 8 for bit in found} <= {len(code) - 1}
    assert len(found) <= UNUSED_BITS


def test_no_bit_of_twenty_codes_may_change(authority, believed):
    for code in codes(authority, 20):
        assert check(code, believed, TODAY).verdict is Verdict.GENUINE
        found = survivors(code, believed)
        assert_only_unused_bits(code, found)
        assert found == [] or not code.startswith(b"DC01")  # its signature is raw: every bit of it counts


def test_no_bit_of_a_code_on_a_longer_curve_may_change():
    authority = TwoDDocAuthority(date(2024, 1, 1), date(2026, 12, 31), curve=ec.SECP384R1())
    [code] = codes(authority, 1)
    found = survivors(code, believe(authority.certificates))
    assert {bit // 8 for bit in found} <= {len(code) - 1}


def _survivors_of(codes_and_certificates):
    code, certificates = codes_and_certificates
    return survivors(code, believe(certificates))


@pytest.mark.prove
@pytest.mark.timeout(1200)
def test_no_bit_of_a_thousand_codes_may_change(authority):
    thousand = list(codes(authority, 1000))
    work = [(code, authority.certificates) for code in thousand]
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        found = list(pool.map(_survivors_of, work, chunksize=10))
    for code, bits in zip(thousand, found, strict=True):
        assert_only_unused_bits(code, bits)
    turned, survived = sum(len(code) * 8 for code in thousand), sum(map(len, found))
    print(f"{turned} bits turned over in {len(thousand)} codes: {survived} genuine after")  # noqa: T201  (the figure)
