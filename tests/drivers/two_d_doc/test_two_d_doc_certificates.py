"""Which certificates are believed: those of the list whose authority is in it, and no others from anywhere."""

from __future__ import annotations

import base64
import os
import subprocess
import sys
import zipfile
from datetime import UTC, date, datetime
from importlib.resources import files

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from hypothesis import given
from hypothesis import strategies as st

from drivers.simulated.two_d_doc_authority import TwoDDocAuthority
from drivers.simulated.two_d_doc_specimens import SPECIMENS
from drivers.two_d_doc import certificate_list
from drivers.two_d_doc.authorities import LeftOut, believe
from drivers.two_d_doc.certificate_list import CertificateListError
from drivers.two_d_doc.check import check
from drivers.two_d_doc.trusted_list import certificates_in
from drivers.two_d_doc.verdict import Verdict

BEGINS, ENDS = date(2024, 1, 1), date(2026, 12, 31)
# A home like any other, and none: whoever looks for it must not matter.
PLANTED = """
import sys
from datetime import date
from drivers.two_d_doc import certificate_list
from drivers.two_d_doc.check import check
found = check(bytes.fromhex(sys.argv[1]), certificate_list.read_library(), date(2026, 11, 24))
print(found.verdict.name, "tddoc.keychain" in sys.modules)
"""


def authority(authority_id="FR99"):
    return TwoDDocAuthority(BEGINS, ENDS, authority_id=authority_id)


def name(common):
    return x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, common)])


def certificate(subject, issuer, key, issuer_key, *extensions, begins=BEGINS):
    """Return a certificate (DER) that says whatever a test wants it to."""
    builder = (
        x509.CertificateBuilder()
        .subject_name(name(subject))
        .issuer_name(name(issuer))
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(datetime(begins.year, begins.month, begins.day, tzinfo=UTC))
        .not_valid_after(datetime(2030, 1, 1, tzinfo=UTC))
    )
    for extension in extensions:
        builder = builder.add_extension(extension, critical=True)
    return builder.sign(issuer_key, hashes.SHA256()).public_bytes(serialization.Encoding.DER)


KEY, OTHER_KEY = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
IS_AUTHORITY = x509.BasicConstraints(ca=True, path_length=None)
AUTHORITY = certificate("FR99", "FR99", KEY, KEY, IS_AUTHORITY)
ISSUER = certificate("TST1", "FR99", OTHER_KEY, KEY)


def test_the_library_knows_the_issuers_of_today_and_not_the_tests_authority():
    found = certificate_list.read_library()
    assert len(found) > 200
    assert found.left_out == {"FR00 0001": LeftOut.TEST_AUTHORITY}
    [finances] = found.find("FR06", "FPE3")
    assert (finances.organisation, finances.key.curve.name) == (
        "DIRECTION GENERALE DES FINANCES PUBLIQUES",
        "secp256r1",
    )


def test_the_order_of_a_list_does_not_matter():
    assert len(believe(reversed(authority().certificates))) == 1


def test_an_issuer_whose_authority_is_absent_is_left_out():
    found = believe(authority().certificates[1:])
    assert (len(found), found.left_out) == (0, {"FR99 TST1": LeftOut.AUTHORITY_MISSING})


def test_an_issuer_whom_another_authority_of_that_name_certified_is_left_out():
    found = believe([authority().certificates[0], authority().certificates[1]])
    assert (len(found), found.left_out) == (0, {"FR99 TST1": LeftOut.NOT_ISSUED})


def test_the_tests_authority_is_left_out_even_when_its_chain_is_whole():
    found = believe(authority("FR00").certificates)
    assert (len(found), set(found.left_out.values())) == (0, {LeftOut.TEST_AUTHORITY})


def test_an_issuer_cannot_be_an_authority():
    issuer = certificate("FR98", "FR99", OTHER_KEY, KEY)
    found = believe([AUTHORITY, issuer, certificate("TST1", "FR98", KEY, OTHER_KEY)])
    assert found.find("FR98", "TST1") == ()
    assert found.left_out["FR98 TST1"] is LeftOut.AUTHORITY_MISSING


def test_what_an_authority_certifies_before_it_began_is_left_out():
    found = believe([AUTHORITY, certificate("TST1", "FR99", OTHER_KEY, KEY, begins=date(2023, 12, 31))])
    assert found.left_out == {"FR99 TST1": LeftOut.NOT_ISSUED}


def test_a_certificate_for_something_else_than_signing_is_left_out():
    usages = dict.fromkeys(("digital_signature", "content_commitment", "key_encipherment", "data_encipherment"), False)
    usages |= dict.fromkeys(("key_agreement", "key_cert_sign", "crl_sign", "encipher_only", "decipher_only"), False)
    for allowed, expected in (("digital_signature", 1), ("content_commitment", 1), ("key_agreement", 0)):
        usage = x509.KeyUsage(**{**usages, allowed: True})
        assert len(believe([AUTHORITY, certificate("TST1", "FR99", OTHER_KEY, KEY, usage)])) == expected


def test_a_key_that_signs_no_2d_doc_is_known_and_of_no_use():
    key = rsa.generate_private_key(65537, 2048)
    [found] = believe([AUTHORITY, certificate("TST1", "FR99", key, KEY)]).find("FR99", "TST1")
    assert found.key is None


@pytest.mark.parametrize("common", ["TST", "TST12", "tst1", "TS 1", "ÉTÉ1"])
def test_a_name_that_no_code_can_spell_is_left_out(common):
    found = believe([AUTHORITY, certificate(common, "FR99", OTHER_KEY, KEY)])
    assert list(found.left_out.values()) == [LeftOut.NO_NAMES]


@given(st.binary(max_size=60), st.integers(0, 500), st.integers(1, 255))
def test_no_bytes_in_a_list_raise_anything(noise, at, change):
    der = bytearray(AUTHORITY)
    der[at % len(der)] ^= change
    found = believe([noise, bytes(der), AUTHORITY, ISSUER])
    assert len(found) <= 1


def test_a_folder_of_certificates_is_read(tmp_path):
    for number, der in enumerate(authority().certificates):
        (tmp_path / f"{number}.der").write_bytes(der)
    (tmp_path / "README.txt").write_text("not a certificate")
    assert len(certificate_list.read(tmp_path)) == 1


def archive(path, *members):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in members:
            file.writestr(name, content)
    return path


def test_an_archive_is_read_like_the_folder_it_was_made_of(tmp_path):
    own, issuer = authority().certificates
    packed = archive(tmp_path / "a.zip", ("certs/OWN.DER", own), ("certs/issuer.crt", issuer), ("README", b"no list"))
    assert len(certificate_list.read(packed)) == 1
    withdrawn = ("tsl.xml", trusted_list(own, "withdrawn"))
    with pytest.raises(CertificateListError, match="none of 2"):
        certificate_list.read(archive(tmp_path / "b.zip", ("own.der", own), ("issuer.der", issuer), withdrawn))


def test_an_archive_that_would_fill_the_memory_is_refused(tmp_path):
    nothing = bytes(certificate_list.MAX_LIST_BYTES // 2 + 1)
    packed = archive(tmp_path / "a.zip", ("a.der", nothing), ("b.der", nothing))
    assert packed.stat().st_size < 100_000
    with pytest.raises(CertificateListError, match="more than any list"):
        certificate_list.read(packed)


def test_an_archive_spoilt_anywhere_is_read_or_refused(tmp_path):
    good = archive(tmp_path / "a.zip", ("own.der", authority().certificates[0])).read_bytes()
    for place in range(0, len(good), 3):
        for change in (0x01, 0x80, 0xFF):
            spoilt = good[:place] + bytes([good[place] ^ change]) + good[place + 1 :]
            (tmp_path / "b.zip").write_bytes(spoilt)
            with pytest.raises(CertificateListError):
                certificate_list.read(tmp_path / "b.zip")


def test_a_directory_of_an_authority_is_read_as_it_is_published(tmp_path):
    parts = (b"Content-Type: application/pkix-cert\r\n\r\n" + der + b"\r\n" for der in authority().certificates)
    (tmp_path / "FR99.der").write_bytes(b"--End\r\n" + b"--End\r\n".join(parts) + b"--End--\r\n")
    assert len(certificate_list.read(tmp_path)) == 1


def trusted_list(der, status):
    return f"""<?xml version="1.0"?>
      <tsl:TrustServiceStatusList xmlns:tsl="http://uri.etsi.org/02231/v2#"><tsl:ServiceInformation>
        <tsl:ServiceStatus>http://uri.etsi.org/TrstSvc/Svcstatus/{status}</tsl:ServiceStatus>
        <tsl:X509Certificate>
          {base64.encodebytes(der).decode()}
        </tsl:X509Certificate>
      </tsl:ServiceInformation></tsl:TrustServiceStatusList>"""


def test_an_authority_of_the_trusted_list_vouches_for_its_issuers(tmp_path):
    own, issuer = authority().certificates
    (tmp_path / "issuer.der").write_bytes(issuer)
    (tmp_path / "tsl.xml").write_text(trusted_list(own, "inaccord"))
    assert len(certificate_list.read(tmp_path)) == 1


def test_an_authority_which_the_trusted_list_withdraws_vouches_for_nobody(tmp_path):
    own, issuer = authority().certificates
    for file, der in (("authority.der", own), ("issuer.der", issuer)):
        (tmp_path / file).write_bytes(der)
    (tmp_path / "tsl.xml").write_text(trusted_list(own, "withdrawn"))
    with pytest.raises(CertificateListError, match="none of 2"):
        certificate_list.read(tmp_path)


def test_the_trusted_list_as_published_names_seven_authorities():
    given = certificates_in((files("tddoc") / "tsl" / "tsl_signed.xml").read_bytes())
    assert (len(given.certificates), given.withdrawn) == (7, ())


BOMB = '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><TrustServiceStatusList>&b;</TrustServiceStatusList>'


@pytest.mark.parametrize(
    "text",
    [BOMB, "<TrustServiceStatusList>", trusted_list(b"", "granted").replace("</tsl:X509", "!!</tsl:X509")],
    ids=["bomb", "half", "no certificate"],
)
def test_a_trusted_list_that_makes_no_sense_is_refused(tmp_path, text):
    (tmp_path / "tsl.xml").write_text(text)
    with pytest.raises(CertificateListError):
        certificate_list.read(tmp_path)


def test_a_file_too_large_for_a_list_is_refused(tmp_path):
    (tmp_path / "large.der").write_bytes(bytes(certificate_list.MAX_FILE_BYTES + 1))
    with pytest.raises(CertificateListError, match="too large"):
        certificate_list.read(tmp_path)


@pytest.mark.parametrize("has_home", [True, False])
def test_a_certificate_planted_in_the_home_is_not_believed(tmp_path, has_home):
    planted = tmp_path / ".config/tddoc/chains"
    planted.mkdir(parents=True)
    forger = authority()
    for number, der in enumerate(forger.certificates):
        (planted / f"{number}.der").write_bytes(der)
    environment = {key: value for key, value in os.environ.items() if key != "HOME"}
    environment |= {"HOME": str(tmp_path)} if has_home else {}
    code = forger.issue(SPECIMENS["tax-notice"], date(2025, 2, 18))
    assert check(code, believe(forger.certificates), date(2026, 11, 24)).verdict is Verdict.GENUINE
    command = [sys.executable, "-c", PLANTED, code.hex()]
    said = subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout
    assert said.split() == ["UNKNOWN_ISSUER", "False"]
