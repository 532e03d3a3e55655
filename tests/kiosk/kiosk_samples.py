"""Sheets, hits and a front page for the kiosk's tests: small, and shaped like the real ones."""

from __future__ import annotations

from catalogue.front_page import FrontPage, Tile
from catalogue.search import Hit
from catalogue.sheet import (
    Bullets,
    Case,
    Cases,
    Choice,
    ContactPoint,
    IsTrue,
    Link,
    Notice,
    NoticeKind,
    OnlineService,
    Paragraph,
    Question,
    Questionnaire,
    Section,
    Sheet,
    SheetLink,
    Table,
)
from kiosk.journeys.settings import Partner, Patience
from kiosk.journeys.state import State

FRONT_PAGE = FrontPage(
    life_events=(Tile("F14128", "Je déménage", "truck"), Tile("F16225", "J’attends un enfant", "baby")),
    procedures=(Tile("F21089", "Carte d’identité", "id-card"), Tile("N358", "Toutes les cartes", "files")),
)
HIT = Hit("F21089", "Renouvellement de la carte d'identité", "Papiers - Citoyenneté", "2020-10-01", 1.0)
HITS = tuple(Hit(f"F{n}", f"Fiche numéro {n}", "Papiers - Citoyenneté", "2020-10-01", 1.0) for n in range(1, 6))


def address(sheet_id):
    return f"https://www.service-public.fr/particuliers/vosdroits/{sheet_id}"


def items(*texts):
    return Bullets(tuple((Paragraph(text),) for text in texts))


def _sheet(sheet_id, title, **parts):
    return Sheet(sheet_id, "Fiche", "particuliers", title, address(sheet_id), "2020-01-08", theme="Logement", **parts)


MOVE = _sheet(
    "F14128",
    "Je déménage",
    introduction=(Paragraph("Avant/après ce déménagement, je dois effectuer diverses démarches."),),
    questionnaire=Questionnaire(
        (
            Question(
                "Situation avant le déménagement",
                (
                    Choice("Locataire", ("tenant",), ("owner",), "Vous êtes locataire"),
                    Choice("Propriétaire", ("owner",), ("tenant",), "Vous êtes propriétaire"),
                ),
            ),
            Question("Nationalité", (Choice("Français", ("french",)), Choice("Étranger", (), ("french",)))),
        )
    ),
    blocks=(
        Section(
            "Logement actuel",
            (
                Cases(
                    (
                        Case("Locataire", (Paragraph("Je dois informer mon bailleur."),), IsTrue("tenant")),
                        Case("Propriétaire", (Paragraph("Il faut informer le syndic."),), IsTrue("owner")),
                    )
                ),
                Notice(NoticeKind.WARNING, (Paragraph("je dois conserver les papiers."),), "Attention"),
            ),
        ),
        Section("Transfert du courrier", (Paragraph("Je peux faire réexpédier mon courrier :"), items("en ligne"))),
    ),
)

_LONG = "Le lieu de la demande ne dépend pas du domicile. " * 12
CARD = _sheet(
    "F21089",
    "Renouvellement de la carte d'identité d'un majeur",
    introduction=(Paragraph("Pour refaire votre carte, allez en mairie."),),
    blocks=(
        Cases(
            (
                Case(
                    "Demande en France",
                    (
                        Section("Où faire la demande ?", (Paragraph(_LONG, (Link("préavis", "F1168"),)),)),
                        Section(
                            "Pièces à fournir",
                            (
                                Paragraph("Il faut présenter les originaux."),
                                Cases(
                                    (
                                        Case("Carte valide", (items("Votre carte", "Photo récente"),)),
                                        Case("Carte périmée", (items("Acte de naissance", "Deux photos"),)),
                                    )
                                ),
                            ),
                        ),
                        Section("Coût", (Paragraph("Gratuit. " + _LONG),)),
                    ),
                ),
                Case("Demande à l'étranger", (Paragraph("Adressez-vous au consulat."),)),
            )
        ),
    ),
)
FOLDER = _sheet(
    "N358",
    "Carte d'identité",
    sheets=(SheetLink("F21089", "Renouvellement", "Pour un majeur"), SheetLink("F1341", "Première demande", "Absente")),
)
SERVICES = _sheet(
    "F1",
    "Carte grise",
    blocks=(
        OnlineService("Changer d'adresse", "Téléservice", url="https://ants.gouv.fr", cerfa_form="13750"),
        ContactPoint("Mairie", "Local"),
        Table(
            (
                ((Paragraph("Âge"),), (Paragraph("Prix"),)),
                ((Paragraph("Moins de 25 ans"),), (Paragraph("20 €"),)),
            ),
            header_rows=1,
        ),
    ),
)
READY = State(patience=Patience(60, 20), structure="France Services de Marcenat", front_page=FRONT_PAGE)
PARTNERS = (
    Partner("France Travail", "Inscription, recherche d’emploi, indemnisation", "39 49", "le mardi de 9 h à 12 h"),
    Partner("Caisse d’allocations familiales", "Logement, famille, RSA et prime d’activité", "32 30"),
    Partner("La Poste"),
)
TWELVE = tuple(
    Partner(
        f"Partenaire au nom assez long, numéro {n}",
        "Ce qu’il fait tient en une ligne ou en deux, selon la borne",
        "01 23 45 67 89",
        "du lundi au vendredi de 8 h 30 à 17 h",
    )
    for n in range(1, 13)
)
HOURS = ("lundi et mardi : 9 h - 12 h", "mercredi à vendredi : 9 h - 12 h, 14 h - 17 h")
