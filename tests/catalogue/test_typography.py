"""French typography, the source line, and official addresses."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalogue.attribution import attribution
from catalogue.sheet import Sheet
from catalogue.sheet_at import sheet_id
from catalogue.typography import french


@pytest.mark.parametrize(
    ("plain", "set_in_french"),
    [
        ("en cas de retard ,", "en cas de retard,"),
        ("l'aide  d'Action logement\n\n, sous", "l’aide d’Action logement, sous"),
        ("registre des transporteurs\n\n.", "registre des transporteurs."),
        ("location camion, ...) ou", "location camion, ...) ou"),
        ("Comment faire?", "Comment faire\u00a0?"),
        ("Je peux :", "Je peux\u00a0:"),
        ("Quoi ?!", "Quoi\u00a0?!"),
        ("« mot »", "«\u00a0mot\u00a0»"),
        ("12 500 € et 10 %", "12\u00a0500\u00a0€ et 10\u00a0%"),
        ("https://a.fr/?x=1", "https://a.fr/?x=1"),
        ("à 8:30", "à 8:30"),
        ("pré\u00adca\u00adrité", "précarité"),
    ],
)
def test_signs_are_set_as_a_french_printer_would(plain, set_in_french):
    assert french(plain) == set_in_french


@given(st.text(alphabet="aé' ,.;:?!«»()1 €%\n\u00a0", max_size=40))
def test_setting_twice_changes_nothing_more(text):
    assert french(french(text)) == french(text)


@given(st.text(alphabet="abcé ,.;:?!«»()12 €%", max_size=40))
def test_letters_and_figures_stay(text):
    assert [sign for sign in french(text) if sign.isalnum()] == [sign for sign in text if sign.isalnum()]


def test_the_source_line_names_producer_date_and_licence():
    sheet = Sheet("F14128", "Fiche", "particuliers", "Je déménage", "https://example.org", updated="2020-01-08")
    assert attribution(sheet) == (
        "Source : Service-Public – Direction de l'information légale et administrative (DILA), fiche F14128, "
        "mise à jour le 08/01/2020. Licence Ouverte 2.0. Contenu adapté, sans valeur officielle."
    )


@pytest.mark.parametrize(
    "address",
    [
        "https://www.service-public.fr/particuliers/vosdroits/F14128",
        "https://www.service-public.gouv.fr/particuliers/vosdroits/F14128",
        "http://service-public.fr/professionnels-entreprises/vosdroits/F14128?lang=fr#top",
        " https://www.service-public.fr/associations/vosdroits/F14128\r",
    ],
)
def test_an_official_address_leads_to_its_sheet(address):
    assert sheet_id(address) == "F14128"


@pytest.mark.parametrize(
    "text",
    ["", "F14128", "https://evil.example/particuliers/vosdroits/F14128", "https://www.service-public.fr.evil/vosdroits/F1",
     "https://www.service-public.fr/particuliers/vosdroits/F14128 et", "https://www.service-public.fr/particuliers/vosdroits/X1"],
)  # fmt: skip
def test_any_other_text_leads_nowhere(text):
    assert sheet_id(text) is None
