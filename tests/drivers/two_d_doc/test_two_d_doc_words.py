"""What a paper says, as a citizen reads it on the screen beside the paper in hand."""

from __future__ import annotations

from datetime import date

import pytest
from ants_specimens import SPECIMENS, fr00

from drivers.simulated.two_d_doc_specimens import SPECIMENS as PAPERS
from drivers.simulated.two_d_doc_specimens import Sheet
from drivers.two_d_doc import definitions, forms, words
from drivers.two_d_doc.check import check
from drivers.two_d_doc.fields import Field, Fields
from drivers.two_d_doc.verdict import Doubt, Verdict

TODAY = date(2026, 11, 24)
SIGNED = date(2025, 2, 18)
NB = "\u00a0"


def said(authority, believed, sheet, **header):
    paper = check(authority.issue(sheet, SIGNED, **header), believed, TODAY)
    assert paper.verdict is Verdict.GENUINE
    return paper


def one(field_id, value, *, is_cut=False):
    [line] = words.lines(Fields((Field(field_id, value, is_cut),), is_whole=True))
    return line.label, line.text


def test_a_tax_notice_in_words(authority, believed):
    paper = said(authority, believed, PAPERS["tax-notice"])
    assert (paper.title, paper.issuer, paper.signed) == ("Avis d’impôt sur les revenus", "ÉMETTEUR D’ESSAI", SIGNED)
    assert [(line.label, line.text) for line in paper.lines] == [
        ("Revenu fiscal de référence", f"31{NB}542{NB}€"),
        ("Nombre de parts", "2,5"),
        ("Référence de l’avis", "2645A12345678"),
        ("Année des revenus", "2025"),
        ("Déclarant 1", "DURAND ZOE"),
        ("Numéro fiscal du déclarant 1", "3001123456789"),
        ("Date de mise en recouvrement", f"31{NB}juillet 2026"),
        ("Impôt sur le revenu net", f"1{NB}542{NB}€"),
        ("Retenue à la source", f"1{NB}600{NB}€"),
        ("Adresse du domicile", "145 RUE DE LA PAIX, 57000, METZ"),
    ]


def test_a_proof_of_address_in_words(authority, believed):
    paper = said(authority, believed, PAPERS["proof-of-address"])
    assert paper.title == "Justificatif de domicile"
    assert [(line.label, line.text) for line in paper.lines] == [
        ("Nom", "MME DURAND ZOE"),
        ("Adresse", "BAT 2 ETG 3, 145 RUE DE LA PAIX, 57000 METZ, France"),
    ]


def test_a_payslip_in_words():
    paper = check(SPECIMENS["payslip"], fr00(), TODAY)
    assert (paper.title, paper.issuer) == ("Bulletin de salaire", "CERTIFICAT DE TEST")
    assert [(line.label, line.text) for line in paper.lines] == [
        ("Nom", "M EXEMPLE HENRY"),
        ("SIRET de l’employeur", "00000000000000"),
        ("Heures travaillées", f"157,5{NB}h"),
        ("Heures travaillées, cumul", f"934,5{NB}h"),
        ("Début de période", f"1er{NB}octobre 2012"),
        ("Fin de période", f"31{NB}octobre 2012"),
        ("Date de début de contrat", f"15{NB}mars 2012"),
        ("Salaire net imposable", f"1{NB}319,24{NB}€"),
        ("Salaire net imposable, cumul", f"9{NB}894,3{NB}€"),
    ]


def test_a_diploma_in_words(authority, believed):
    paper = said(authority, believed, PAPERS["diploma"])
    assert paper.title == "Diplôme"
    assert [(line.label, line.text) for line in paper.lines][:4] == [
        ("Prénoms", "ZOE, MARIE"),
        ("Nom patronymique", "DURAND"),
        ("Genre", "F"),
        ("Date de naissance", f"12{NB}juillet 1999"),
    ]


def test_a_certificate_of_death_in_words(authority, believed):
    paper = said(authority, believed, PAPERS["certificate-of-death"])
    assert paper.title == "Certificat de décès"
    assert [(line.label, line.text) for line in paper.lines] == [
        ("Date et heure du décès", f"1er{NB}mars 2026 à 14{NB}h{NB}05"),
        ("Nom du défunt", "DURAND"),
        ("Prénoms du défunt", "LEO, PAUL"),
        ("Obstacle médico-légal", "non"),
    ]


@pytest.mark.parametrize(
    ("field_id", "value", "text"),
    [
        ("41", "0", f"0{NB}€"),
        ("4W", "-182", f"-182{NB}€"),
        ("58", "00001234,5", f"1{NB}234,5{NB}€"),
        ("58", "12,34,5", "12,34,5"),
        ("4M", "5,5", f"5,5{NB}%"),
        ("24", "01000", "01000"),
        ("69", "30022000", "30022000"),
        ("69", "3112", "3112"),
        ("08", "23DC", f"18{NB}février 2025"),
        ("08", "FFFF", "FFFF"),
        ("08", "GARB", "GARB"),
        ("70", "311220252460", "311220252460"),
        ("70", "311220252359", f"31{NB}décembre 2025 à 23{NB}h{NB}59"),
        ("AF", "C", "12"),
        ("A7", "07F", "127"),
        ("1E", "0123456789", NB.join(("01", "23", "45", "67", "89"))),
        ("1E", "+33123456789", "+33123456789"),
        ("1G", "1", "oui"),
        ("1G", "2", "2"),
        ("67", "FR", "France"),
        ("67", "BE", "BE"),
        ("0C", "NB2HI4DTHIXS6ZLYMFWXA3DF", "https://example"),
        ("0C", "AEBAGBAF", "AEBAGBAF"),
        ("0C", "not base32", "not base32"),
        ("I0", "2026", "2026"),
    ],
)
def test_a_value_is_written_in_french_or_left_as_it_stands(field_id, value, text):
    assert one(field_id, value)[1] == text


def test_a_value_which_the_issuer_cut_says_so_and_is_not_read_as_a_whole():
    assert one("41", "123", is_cut=True)[1] == "123…"
    assert one("10", "MME/DURAND/ZO", is_cut=True)[1] == "MME/DURAND/ZO…"


def test_nothing_in_a_value_is_obeyed_by_a_screen_or_a_printer():
    assert one("46", "DU\x1b@RAND\n\u202eZOE\x00")[1] == "DU @RAND  ZOE"


def test_empty_fields_are_not_shown(authority, believed):
    paper = said(authority, believed, Sheet("00", {"10": "", "20": " ", "25": ""}))
    assert paper.lines == ()


def test_what_is_about_the_code_comes_after_what_is_about_the_person(authority, believed):
    sheet = Sheet("28", {"01": "AB12", "08": "25A2", "46": "DURAND ZOE"})
    assert [line.label for line in said(authority, believed, sheet).lines] == [
        "Déclarant 1",
        "Identifiant unique du document",
        "Date d’expiration du document",
    ]


def test_a_paper_of_a_closed_circle_of_issuers_is_genuine_and_says_little(authority, believed):
    paper = said(authority, believed, Sheet("00", {"46": "DURAND ZOE"}), perimeter="02")
    assert (paper.title, paper.lines, paper.is_whole) == ("Document de type 00", (), False)


def test_letters_beyond_ascii_are_shown_as_the_issuer_meant_them():
    assert words.text("F1ÉLOÏSE".encode()) == "F1ÉLOÏSE"
    assert words.text("F1ÉLOÏSE".encode("latin-1")) == "F1ÉLOÏSE"


def test_every_kind_of_paper_has_a_title_of_its_own_words():
    titles = [words.title("01", each) for each in definitions.document_types()]
    assert len(titles) > 50
    assert [title for title in titles if title.startswith("Document de type") or "'" in title or "‘" in title] == []


def test_every_verdict_and_every_doubt_has_its_sentence():
    assert set(words.VERDICTS) == set(Verdict)
    assert set(words.DOUBTS) == set(Doubt)


def test_every_form_of_the_specification_is_one_that_we_looked_at():
    plain = {"EORI", "Hex", "Numeric", "Numeric0", "NumericSl", "NumericSp", "String", "StringAZ", "StringAZ09"}
    plain |= {"StringAZ09AtDashDot", "StringAZ09Dash", "StringAZ09DashSl", "StringAZ09Sp", "StringAZ09SpAtDash"}
    found = {each.form for each in definitions.field_definitions().values()}
    assert found - set(forms.FORMS) == plain | {"StringAZSp"}
