"""The receipts of the golden files: what the kiosk of a town hall prints, in five languages. No I/O.

`fr` is printed in code page 1252, `en` too; `ro` on the page of central Europe or drawn, by its letters; `uk` in
Cyrillic, on the pages of an Epson, and drawn on others; `ar` is drawn on all.
"""

from __future__ import annotations

from drivers.printer.elements import (
    Barcode,
    Bullet,
    Columns,
    Duplicate,
    Emphasis,
    Heading,
    Kicker,
    Note,
    QrCode,
    Receipt,
    Rule,
    Text,
    TickBox,
    Title,
)

ADDRESS = "https://www.service-public.fr/particuliers/vosdroits/F14128"

MOVING: Receipt = (
    Kicker("France Services de Marcenat"),
    Title("Je déménage"),
    Text("Imprimé le 23/11/2026"),
    Text("Fiche F14128 · à jour au 08/01/2020", Emphasis.SMALL),
    Rule(),
    Text("Vos réponses", Emphasis.BOLD),
    Bullet("Vous êtes locataire de votre logement"),
    Bullet("Vous êtes français"),
    Heading("Démarches liées au logement actuel"),
    TickBox(
        "Je dois informer mon bailleur en respectant un délai de préavis pouvant aller de 1 à 3\u00a0mois avant le "
        "déménagement.",
        under=("Par lettre recommandée avec avis de réception, acte d’huissier ou remise en main propre",),
    ),
    TickBox("Avant de quitter le logement, je dois effectuer avec lui ou son représentant un état des lieux."),
    Note("Attention\u00a0: gardez les papiers concernant le logement (bail, quittances) pendant 3\u00a0ans."),
    Heading("Enfants"),
    TickBox("Inscrire les enfants à l’école\u00a0:"),
    TickBox("livret de famille ou extrait d’acte de naissance", 1),
    TickBox("certificat de radiation, si l’enfant était à l’école «\u00a0Œuvre du Cœur\u00a0»", 1),
    Bullet("Service en ligne\u00a0: Je change de coordonnées (gratuit, 0,00\u00a0€)"),
    Rule(),
    QrCode(ADDRESS, "La fiche officielle. Présentez ce code à la borne pour la retrouver."),
    Rule(),
    Text(
        "Source\u00a0: Service-Public – Direction de l’information légale et administrative (DILA), fiche F14128, mise "
        "à jour le 08/01/2020. Licence Ouverte 2.0. Contenu adapté, sans valeur officielle.",
        Emphasis.SMALL,
    ),
)

WHERE = "https://www.service-public.fr/particuliers/vosdroits/F1342"


def _residence(  # noqa: PLR0913, PLR0917  (the sentences of one paper, in its order)
    title: str, bring: str, documents: tuple[str, ...], note: str, day: str, code: str
) -> Receipt:
    return (
        Kicker("France Services de Marcenat"),
        Title(title),
        Columns(day, "30/11/2026 14:30"),
        Rule(),
        Heading(bring),
        *(TickBox(document) for document in documents),
        Note(note),
        Barcode("RDV-4711"),
        QrCode(WHERE, code),
    )


ENGLISH = _residence(
    "Residence permit",
    "Documents to bring",
    (
        "Valid passport",
        "Proof of address less than 6 months old: rent receipt, electricity bill, insurance",
        "3 identity photographs",
    ),
    "Fee: €225, paid by tax stamp. An adviser can help you: it is free.",
    "Appointment",
    "The official page, in French",
)
ARABIC = _residence(
    "بطاقة الإقامة",
    "الوثائق المطلوبة",
    (
        "جواز سفر ساري المفعول",
        "إثبات السكن منذ أقل من 6 أشهر: وصل إيجار أو فاتورة كهرباء أو تأمين السكن",
        "3 صور شخصية",
    ),
    "الرسوم 225 يورو. يمكن لمستشار مساعدتك مجانا.",
    "الموعد",
    "الصفحة الرسمية بالفرنسية",
)
UKRAINIAN = _residence(
    "Посвідка на проживання",
    "Які документи принести",
    (
        "Дійсний паспорт",
        "Підтвердження адреси, не старше 6 місяців: квитанція за оренду, рахунок за електроенергію, страхування житла",
        "3 фотографії",
    ),
    "Збір 225 €. Радник допоможе вам безкоштовно: ґанок ліворуч, перший під’їзд.",
    "Зустріч",
    "Офіційна сторінка французькою",
)
ROMANIAN = _residence(
    "Permis de ședere",
    "Documente de adus",
    (
        "Pașaport valabil",
        "Dovada adresei, mai nouă de 6 luni: chitanță de chirie, factură de electricitate, asigurarea locuinței",
        "3 fotografii de identitate",
    ),
    "Taxă: 225 €. Un consilier vă poate ajuta gratuit.",
    "Programare",
    "Pagina oficială, în franceză",
)
RECEIPTS: dict[str, Receipt] = {
    "fr": MOVING,
    "en": (Duplicate("DUPLICATE"), *ENGLISH),
    "ar": ARABIC,
    "uk": UKRAINIAN,
    "ro": ROMANIAN,
}
