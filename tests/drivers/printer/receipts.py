"""The receipt of the golden files: what the kiosk of a town hall prints. No I/O."""

from __future__ import annotations

from drivers.printer.elements import (
    Bullet,
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
