"""What a sheet of service-public.fr says, as a tree of values. No I/O.

A sheet stays a tree from its XML to the screen: a document to bring belongs to its case, and a list
without its case would be wrong for everybody (F21089 mixes ten cases when flattened).

    Sheet ── introduction, blocks ── Section ── blocks …
                                  ├─ Cases ── Case(condition) ── blocks …
                                  ├─ Fragment(condition) ── blocks …
                                  ├─ Bullets ── items ── blocks …
                                  ├─ Paragraph, Notice, OnlineService, ContactPoint, Table
          questionnaire ── questions ── choices ── assignments to variables

Source of the format: DILA, co-marquage, schemas 3.0, 3.3 and 3.4 (`Publication.xsd`,
`ServiceComplementaire.xsd`). The French element name stands beside each type.
"""

from __future__ import annotations

from enum import Enum
from typing import TypeAlias

import msgspec


class Value(msgspec.Struct, frozen=True, tag=True, omit_defaults=True, forbid_unknown_fields=True):
    """What every node of the tree is: frozen, tagged with its type's name when encoded."""


# Conditions (Condition): see `catalogue.condition` for what they mean.


class IsTrue(Value, frozen=True, tag=True):
    """The variable was set to true by an answer (estVrai)."""

    variable: str


class IsFalse(Value, frozen=True, tag=True):
    """The variable was set to false by an answer (estFaux)."""

    variable: str


class IsUndefined(Value, frozen=True, tag=True):
    """No answer has set the variable (estIndefini)."""

    variable: str


class AnyOf(Value, frozen=True, tag=True):
    """At least one holds (ou)."""

    conditions: tuple[Condition, ...]


class AllOf(Value, frozen=True, tag=True):
    """All hold (et; several conditions side by side)."""

    conditions: tuple[Condition, ...]


Condition: TypeAlias = IsTrue | IsFalse | IsUndefined | AnyOf | AllOf


# Text.


class Link(Value, frozen=True, tag=True):
    """Words of a paragraph that lead elsewhere.

    To a sheet (LienInterne), to an address (LienExterne), or to a `Definition` of this sheet (LienIntra).
    """

    text: str
    sheet: str | None = None
    url: str | None = None
    definition: str | None = None


class Paragraph(Value, frozen=True, tag=True):
    """One paragraph in the sheet's own words, white space folded to single spaces (Paragraphe)."""

    text: str
    links: tuple[Link, ...] = ()


class Bullets(Value, frozen=True, tag=True):
    """A list; each item is a little tree of its own (Liste, Item)."""

    items: tuple[tuple[Block, ...], ...]


class Section(Value, frozen=True, tag=True):
    """A chapter or a sub-chapter (Chapitre, SousChapitre)."""

    title: str
    blocks: tuple[Block, ...]
    alternative_title: str | None = None
    condition: Condition | None = None


class Case(Value, frozen=True, tag=True):
    """One of several situations; its content is for those in it and for nobody else (Cas, Situation)."""

    title: str
    blocks: tuple[Block, ...]
    condition: Condition | None = None


class Cases(Value, frozen=True, tag=True):
    """Situations which exclude each other: show them as a choice, never as one list (BlocCas, ListeSituations)."""

    cases: tuple[Case, ...]


class Fragment(Value, frozen=True, tag=True):
    """Content shown only where its condition allows (FragmentConditionne)."""

    condition: Condition
    blocks: tuple[Block, ...]


class NoticeKind(Enum):
    """What a set-apart remark is for (Attention, ANoter, ASavoir, Rappel)."""

    WARNING = "attention"
    NOTE = "note"
    GOOD_TO_KNOW = "good_to_know"
    REMINDER = "reminder"


class Notice(Value, frozen=True, tag=True):
    """A remark set apart from the text."""

    kind: NoticeKind
    blocks: tuple[Block, ...]
    title: str = ""


class OnlineService(Value, frozen=True, tag=True):
    """A service, form, template or simulator on the web (ServiceEnLigne)."""

    title: str
    kind: str
    id: str = ""
    url: str | None = None
    cerfa_form: str | None = None
    source: str = ""
    blocks: tuple[Block, ...] = ()
    condition: Condition | None = None


class ContactPoint(Value, frozen=True, tag=True):
    """Where to go (OuSAdresser); `pivots` name kinds of office, such as "mairie" or "caf" (PivotLocal)."""

    title: str
    kind: str
    id: str = ""
    pivots: tuple[str, ...] = ()
    url: str | None = None
    blocks: tuple[Block, ...] = ()
    condition: Condition | None = None


class Table(Value, frozen=True, tag=True):
    """A table; each cell is a little tree (Tableau, Rangée, Cellule)."""

    rows: tuple[tuple[tuple[Block, ...], ...], ...]
    title: str = ""
    header_rows: int = 0


Block: TypeAlias = Paragraph | Bullets | Section | Cases | Fragment | Notice | OnlineService | ContactPoint | Table


# Questionnaire.


class Choice(Value, frozen=True, tag=True):
    """One answer to a question, and the variables it sets (Choix, SiSelectionne)."""

    label: str
    sets_true: tuple[str, ...] = ()
    sets_false: tuple[str, ...] = ()
    restated: str = ""  # IntituleSiSelectionne: "Vous êtes locataire"


class Question(Value, frozen=True, tag=True):
    """One question of a life-event guide (Question)."""

    title: str
    choices: tuple[Choice, ...]
    help: str = ""


class Questionnaire(Value, frozen=True, tag=True):
    """The questions which make a sheet personal (Questionnaire). Each may be skipped."""

    questions: tuple[Question, ...]
    description: str = ""


# The sheet.


class SheetLink(Value, frozen=True, tag=True):
    """A sheet named by another: in a folder, as a related question, or to see as well."""

    id: str
    title: str
    group: str = ""  # SousDossier: the heading it stands under


class Definition(Value, frozen=True, tag=True):
    """A word explained (Definition, Abreviation)."""

    id: str
    term: str
    text: str


class Sheet(Value, frozen=True, tag=True):
    """A sheet or a folder, whole.

    `updated` is an ISO 8601 date ("2020-01-08"), empty where the source has none. `url` is the official
    address, which the receipt's QR code carries.
    """

    id: str
    kind: str  # the root's `type`: "Fiche d'information", "Dossier"…
    audience: str  # "particuliers", "professionnels" or "associations"
    title: str
    url: str
    updated: str = ""
    description: str = ""
    over_title: str = ""  # SurTitre
    theme: str = ""
    path: tuple[str, ...] = ()  # FilDAriane, from the home page down, without the sheet itself
    subjects: tuple[str, ...] = ()
    introduction: tuple[Block, ...] = ()
    blocks: tuple[Block, ...] = ()
    questionnaire: Questionnaire | None = None
    online_services: tuple[OnlineService, ...] = ()
    contact_points: tuple[ContactPoint, ...] = ()
    sheets: tuple[SheetLink, ...] = ()  # a folder's own
    see_also: tuple[SheetLink, ...] = ()
    life_events: tuple[SheetLink, ...] = ()
    definitions: tuple[Definition, ...] = ()
