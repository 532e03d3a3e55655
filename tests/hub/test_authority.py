"""The list of revoked certificates: it forgets nobody, and each is younger than the one before."""

from __future__ import annotations

import datetime as dt

import pytest
from cryptography import x509
from hypothesis import given
from hypothesis import strategies as st

from fleet import authority, pki
from fleet.premises import Listener, enrol, establish

NOW = dt.datetime(2026, 11, 23, 9, tzinfo=dt.UTC)
ISSUER = pki.new_authority(NOW)


def serials(listed):
    return {entry.serial_number for entry in listed}


@given(st.lists(st.tuples(st.integers(1, 1 << 150), st.integers(0, 3)), min_size=1, max_size=8))
def test_who_was_revoked_once_stays_revoked(revocations):
    listed, now = None, NOW
    for serial, passed_s in revocations:
        before, now = listed, now + dt.timedelta(seconds=passed_s)
        listed = pki.revocation_list(ISSUER, [pki.Revoked(serial, now)], now, before)
        assert before is None or listed.last_update_utc > before.last_update_utc
    assert serials(listed) == {serial for serial, _ in revocations}
    assert listed.is_signature_valid(ISSUER.certificate.public_key())


def test_a_list_is_valid_as_long_as_its_authority():
    listed = pki.revocation_list(ISSUER, [], NOW)
    assert listed.last_update_utc < NOW
    assert listed.next_update_utc == ISSUER.certificate.not_valid_after_utc


def test_a_certificate_that_has_ended_by_itself_leaves_the_list():
    first = pki.revocation_list(ISSUER, [pki.Revoked(7, NOW), pki.Revoked(8, NOW, passing=True)], NOW)
    assert serials(first) == {7, 8}
    later = NOW + dt.timedelta(hours=2)
    assert serials(pki.revocation_list(ISSUER, [], later, first)) == {7}


def test_a_list_that_was_made_elsewhere_is_carried_on():
    entry = x509.RevokedCertificateBuilder().serial_number(5).revocation_date(NOW).build()
    builder = x509.CertificateRevocationListBuilder().issuer_name(ISSUER.certificate.subject)
    elsewhere = builder.last_update(NOW).next_update(NOW + dt.timedelta(days=1)).add_revoked_certificate(entry)
    signed = elsewhere.sign(ISSUER.key, pki.hashes.SHA256())
    assert serials(pki.revocation_list(ISSUER, [pki.Revoked(6, NOW)], NOW, signed)) == {5, 6}


@pytest.fixture
def folder(tmp_path):
    establish(tmp_path / "hub", Listener("localhost", 8883, "127.0.0.1"))
    return tmp_path / "hub"


def test_a_new_hub_has_a_list_with_nobody_in_it(folder):
    assert serials(x509.load_pem_x509_crl((folder / authority.REVOKED).read_bytes())) == set()


def test_every_certificate_of_a_device_is_known(folder, tmp_path):
    assert enrol(folder, "kiosk-1", tmp_path / "identity") == []
    [first] = authority.issued(folder, "kiosk-1")
    assert enrol(folder, "kiosk-1", tmp_path / "identity") == [first]
    assert len(authority.issued(folder, "kiosk-1")) == 2


def test_a_damaged_list_is_never_replaced_by_a_shorter_one(folder):
    (folder / authority.REVOKED).write_bytes(b"damaged")
    with pytest.raises(authority.AuthorityError, match="list of revoked certificates"):
        authority.revoke(folder, [], NOW)
    assert (folder / authority.REVOKED).read_bytes() == b"damaged"
