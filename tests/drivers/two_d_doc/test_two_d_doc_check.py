"""Genuine, altered, expired, unknown: what is said of a paper, and that nothing else ever is."""

from __future__ import annotations

from datetime import date

import pytest
from ants_specimens import SIGNED_LATER, SPECIMENS, fr00
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from tddoc import keychain
from tddoc.doc import TwoDDoc

from drivers.simulated.two_d_doc_authority import TwoDDocAuthority
from drivers.simulated.two_d_doc_specimens import SPECIMENS as PAPERS
from drivers.two_d_doc import authorities, certificate_list
from drivers.two_d_doc.check import check
from drivers.two_d_doc.verdict import Doubt, Verdict

TODAY = date(2026, 11, 24)
SIGNED = date(2025, 2, 18)
NOTICE = PAPERS["tax-notice"]


@pytest.mark.parametrize("name", SPECIMENS)
def test_every_specimen_of_the_specification_is_genuine_to_who_believes_its_authority(name):
    assert check(SPECIMENS[name], fr00(), date(2015, 8, 1)).verdict is Verdict.GENUINE
    assert check(SPECIMENS[name], fr00(), TODAY).verdict is Verdict.GENUINE_LONG_AGO


@pytest.mark.parametrize("name", SIGNED_LATER)
def test_a_specimen_signed_after_its_certificate_ended_is_not_genuine(name):
    assert check(SIGNED_LATER[name], fr00(), TODAY).verdict is Verdict.EXPIRED_CERTIFICATE


@pytest.mark.parametrize("name", [*SPECIMENS, *SIGNED_LATER])
def test_the_authority_of_the_specification_is_believed_by_nobody_else(name):
    code = {**SPECIMENS, **SIGNED_LATER}[name]
    assert check(code, certificate_list.read_library(), TODAY).verdict is Verdict.UNKNOWN_ISSUER


@pytest.mark.parametrize("paper", PAPERS)
@pytest.mark.parametrize("version", [1, 2, 3, 4])
def test_what_an_issuer_signed_is_genuine_in_every_version(authority, believed, paper, version):
    found = check(authority.issue(PAPERS[paper], SIGNED, version=version), believed, TODAY)
    assert (found.verdict, found.signed, found.is_whole) == (Verdict.GENUINE, SIGNED, True)


@pytest.mark.parametrize("curve", [ec.SECP256R1(), ec.SECP384R1(), ec.SECP521R1()], ids=lambda curve: curve.name)
@pytest.mark.parametrize("version", [1, 4])
def test_a_paper_is_genuine_on_every_curve_that_issuers_use(curve, version):
    authority = TwoDDocAuthority(date(2024, 1, 1), date(2026, 12, 31), curve=curve)
    code = authority.issue(NOTICE, SIGNED, version=version)
    believed = authorities.believe(authority.certificates)
    assert check(code, believed, TODAY).verdict is Verdict.GENUINE
    assert check(code.replace(b"DURAND", b"DUPONT"), believed, TODAY).verdict is Verdict.ALTERED


def test_an_issuer_that_takes_sha_256_on_a_longer_curve_is_believed_too():
    authority = TwoDDocAuthority(date(2024, 1, 1), date(2026, 12, 31), curve=ec.SECP384R1())
    content = authority.issue(NOTICE, SIGNED).partition(b"\x1f")[0]
    code = authority.sign(content, algorithm=hashes.SHA256())
    assert check(code, authorities.believe(authority.certificates), TODAY).verdict is Verdict.GENUINE


def test_a_paper_signed_while_its_certificate_was_valid_stays_genuine_ever_after(authority, believed):
    code = authority.issue(NOTICE, date(2026, 12, 31))
    days = [date(2026, 12, 31), date(2027, 1, 1), date(2060, 1, 1)]
    verdicts = [check(code, believed, day).verdict for day in days]
    assert verdicts == [Verdict.GENUINE, Verdict.GENUINE_LONG_AGO, Verdict.GENUINE_LONG_AGO]


@pytest.mark.parametrize("signed", [date(2023, 12, 31), date(2027, 1, 1)], ids=["before", "after"])
def test_a_paper_signed_outside_of_its_certificates_time_is_not_genuine(authority, believed, signed):
    found = check(authority.issue(NOTICE, signed), believed, TODAY)
    assert (found.verdict, found.lines) == (Verdict.EXPIRED_CERTIFICATE, ())


def test_a_wrong_clock_makes_no_paper_good_or_bad(authority, believed):
    code = authority.issue(NOTICE, SIGNED)
    assert check(code, believed, date(1970, 1, 1)).verdict is Verdict.GENUINE
    assert check(authority.issue(NOTICE, date(2027, 1, 1)), believed, date(2027, 1, 1)).verdict is (
        Verdict.EXPIRED_CERTIFICATE
    )


def test_a_paper_that_does_not_say_when_it_was_signed_is_left_open(authority, believed):
    found = check(authority.issue(NOTICE, None), believed, TODAY)
    assert (found.verdict, found.doubt, found.lines) == (Verdict.CANNOT_TELL, Doubt.NO_SIGNATURE_DATE, ())


def test_a_certificate_that_cannot_sign_leaves_its_papers_open(authority):
    unusable = authorities.SigningCertificate("FR99", "TST1", "", date(2024, 1, 1), date(2026, 12, 31), None)
    found = check(authority.issue(NOTICE, SIGNED), authorities.Authorities([unusable]), TODAY)
    assert (found.verdict, found.doubt) == (Verdict.CANNOT_TELL, Doubt.UNUSABLE_KEY)


def test_a_forger_who_takes_a_known_issuers_names_is_found_out(believed):
    forger = TwoDDocAuthority(date(2024, 1, 1), date(2026, 12, 31))
    assert check(forger.issue(NOTICE, SIGNED), believed, TODAY).verdict is Verdict.ALTERED


def test_an_issuer_is_believed_under_both_certificates_while_one_is_renewed(authority):
    renewed = TwoDDocAuthority(date(2026, 1, 1), date(2029, 12, 31))
    both = authorities.believe([*renewed.certificates, *authority.certificates])
    assert check(authority.issue(NOTICE, SIGNED), both, TODAY).verdict is Verdict.GENUINE
    assert check(renewed.issue(NOTICE, date(2026, 2, 1)), both, TODAY).verdict is Verdict.GENUINE
    assert check(renewed.issue(NOTICE, SIGNED), both, TODAY).verdict is Verdict.EXPIRED_CERTIFICATE


@pytest.mark.parametrize("end", [b"", b"\r", b"\n", b"\r\n", b" ", b" \r\n"])
@pytest.mark.parametrize("version", [1, 2, 3, 4])
def test_what_a_scanner_adds_around_a_code_changes_nothing(authority, believed, version, end):
    code = authority.issue(NOTICE, SIGNED, version=version)
    assert check(b"\r\n " + code + end, believed, TODAY).verdict is Verdict.GENUINE


def test_a_raw_signature_may_end_with_what_looks_like_a_lines_end(authority, believed):
    content = authority.issue(NOTICE, SIGNED, version=1).partition(b"\x1f")[0]
    codes = (authority.sign(content, version=1) for _ in range(5000))
    code = next(code for code in codes if code.endswith((b"\r", b"\n", b" ")))
    assert check(code, believed, TODAY).verdict is Verdict.GENUINE
    assert check(code + b"\r\n", believed, TODAY).verdict is Verdict.GENUINE


@pytest.mark.parametrize("added", [b" ", b"\r", b"\n"])
def test_a_blank_inside_of_a_code_alters_it(authority, believed, added):
    code = authority.issue(NOTICE, SIGNED)
    for at in (30, len(code) - 50):
        assert check(code[:at] + added + code[at:], believed, TODAY).verdict is Verdict.ALTERED


def test_an_annex_changes_no_verdict_and_is_never_shown(authority, believed):
    code = authority.issue(NOTICE, SIGNED)
    annexed = check(code + b"\x1d46FORGED NAME\x1d419999999\x1d", believed, TODAY)
    assert annexed.verdict is Verdict.GENUINE
    assert annexed.lines == check(code, believed, TODAY).lines


@pytest.mark.parametrize("version", [2, 3])
def test_nothing_follows_the_signature_in_versions_without_annex(authority, believed, version):
    code = authority.issue(NOTICE, SIGNED, version=version)
    assert check(code + b"\x1d46FORGED NAME\x1d", believed, TODAY).verdict is Verdict.ALTERED


@pytest.mark.parametrize("version", [1, 2, 3, 4])
@pytest.mark.parametrize("more", [b"A", b"AAAAAAAA", b"=", b"x", b"\x00", b"\x1f"])
def test_a_longer_signature_is_none(authority, believed, version, more):
    code = authority.issue(NOTICE, SIGNED, version=version)
    assert check(code + more, believed, TODAY).verdict is Verdict.ALTERED


def test_a_signature_of_noughts_is_none(authority, believed):
    content = authority.issue(NOTICE, SIGNED).partition(b"\x1f")[0]
    assert check(content + b"\x1f" + b"A" * 103, believed, TODAY).verdict is Verdict.ALTERED
    assert check(content + b"\x1f", believed, TODAY).verdict is Verdict.ALTERED


@pytest.mark.parametrize("version", [2, 3, 4])
def test_another_reader_of_2d_docs_agrees_with_us(authority, believed, version):
    tddoc_chain = keychain.KeyChain(check_expiry=False)
    for der in authority.certificates:
        tddoc_chain.der_add(der)
    code = authority.issue(NOTICE, SIGNED, version=version)
    for each in (code, code.replace(b"DURAND", b"DUPONT")):
        theirs = TwoDDoc.from_code(each.decode()).signature_is_valid(tddoc_chain)
        assert check(each, believed, TODAY).verdict.is_genuine is theirs


def test_a_scanner_that_swallows_control_characters_accuses_nobody(authority, believed):
    code = authority.issue(NOTICE, SIGNED)
    found = check(code.replace(b"\x1d", b"").replace(b"\x1f", b""), believed, TODAY)
    assert (found.verdict, found.doubt) == (Verdict.CANNOT_TELL, Doubt.NO_SIGNATURE)


def test_a_version_that_comes_after_us_is_left_open(authority, believed):
    code = b"DC05" + authority.issue(NOTICE, SIGNED)[4:]
    assert check(code, believed, TODAY).doubt is Doubt.NEWER_VERSION
    assert check(b"\xdc\x04" + bytes(60), believed, TODAY).doubt is Doubt.BINARY


@pytest.mark.parametrize(
    "code", [b"", b"DC", b"DC04", b"https://www.service-public.fr/F14128", b"DC00FR99TST1", b"\xff"]
)
def test_another_code_is_no_2d_doc(believed, code):
    found = check(code, believed, TODAY)
    assert (found.verdict, found.title, found.lines) == (Verdict.NOT_A_2D_DOC, "", ())


def test_what_nobody_vouches_for_is_not_shown(authority, believed):
    code = authority.issue(NOTICE, SIGNED)
    for paper in (
        check(code, authorities.Authorities([]), TODAY),
        check(code.replace(b"ZOE", b"ZOA"), believed, TODAY),
    ):
        assert (paper.title, paper.issuer, paper.signed, paper.lines) == ("Avis d’impôt sur les revenus", "", None, ())


def test_no_log_can_show_what_a_paper_says(authority, believed):
    paper = check(authority.issue(NOTICE, SIGNED), believed, TODAY)
    assert repr(paper) == "Paper(GENUINE)"
    assert "DURAND" in str([line.text for line in paper.lines])
    assert "DURAND" not in f"{paper} {paper.lines!r} {paper.lines[0]}"
