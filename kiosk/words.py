"""Every French sentence of the kiosk's own, on screen and on paper. No I/O.

The sheets' words come from the sheets; what is here passes through nobody's typography: no-break spaces,
« » and ’ are written as they must stand.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from catalogue.sheet import NoticeKind
    from drivers.interface import Fault

END = "Terminer et effacer"
HELP = "Un conseiller peut vous aider"
HOME = "Accueil"
BACK = "Retour"
MORE_BELOW = "Plus bas"
MORE_ABOVE = "Plus haut"

WELCOME = "Bonjour, que cherchez-vous ?"
OPENING_TITLE = "Bonjour"
OPENING_TEXT = "La borne se prépare. Un instant…"
SEARCH_HINT = "Écrivez ce que vous cherchez"
SEARCH_EXAMPLE = "Par exemple : carte grise"
LIFE_EVENTS = "Dans ma vie"
PROCEDURES = "Les démarches les plus demandées"

MORE_LIFE_EVENTS = "Autres événements"
MORE_PROCEDURES = "Toutes les démarches"
ALL_LIFE_EVENTS = "Tous les événements de vie"
ALL_PROCEDURES = "Les démarches les plus demandées"

SEARCH_TITLE = "Chercher une démarche"
NOTHING_FOUND = "Aucune fiche trouvée avec ces mots. Choisissez ci-dessous :"
ASK_AGENT = "Demander à un conseiller"
SPACE = "espace"
ERASE = "effacer une lettre"
ACCENTS = "éà 12"
LETTERS = "abc"

CASES_TITLE = "Quelle est votre situation ?"
YOUR_CASE = "Votre situation"
CHANGE = "Changer"
ONLINE = "En ligne"
WHERE_TO_GO = "Où s’adresser"
RELATED = "Pour en savoir plus"
IN_FOLDER = "Les fiches de ce dossier"
NOTHING_IN_FOLDER = "Les fiches de ce dossier ne sont pas dans cette borne. Un conseiller peut vous les montrer."
PRINT = "Imprimer"
PRINT_LIST = "Imprimer ma liste"
ALREADY_PRINTING = "Impression en cours…"

SKIP = "Je ne sais pas / Passer"
LIST_TITLE = "Ma liste"
START_OVER = "Recommencer"
GENERAL_LIST = "Liste générale : vous n’avez répondu à aucune question."
YOUR_ANSWERS = "Vos réponses"
PASSED = "sans réponse"

PRINTING_TITLE = "Impression en cours"
PRINTING_TEXT = "Votre papier sort de l’imprimante. Un instant…"
PRINTED_TITLE = "Votre papier est imprimé"
PRINTED_TEXT = "Prenez-le avant de partir. Pensez ensuite à toucher « Terminer et effacer »."
BACK_TO_LIST = "Revenir à ma liste"
BACK_TO_SHEET = "Revenir à la fiche"
TRY_AGAIN = "Essayer encore"
MAYBE_PRINTED_TITLE = "Votre papier est peut-être sorti"
MAYBE_PRINTED_TEXT = (
    "Regardez dans l’imprimante. S’il n’y est pas, vous pouvez l’imprimer encore\u00a0: "
    "il portera la mention DUPLICATA."
)
PRINT_COPY = "Imprimer encore"
NOT_PRINTED_TITLE = "Votre papier n’est pas imprimé"
LIST_STAYS = "Votre liste reste à l’écran ; un conseiller peut vous aider."
SHEET_STAYS = "Votre fiche reste à l’écran ; un conseiller peut vous aider."

HELP_TITLE = "Un conseiller peut vous aider"
HELP_TEXT = "Adressez-vous à la personne qui vous accueille ici. Elle peut chercher, remplir et imprimer avec vous."
PARTNERS = "Nos partenaires"
HOURS = "Nos horaires"
WELCOMING = "Nous vous accueillons"
HOURS_AND_PARTNERS = "Horaires et partenaires"
PARTNERS_TEXT = "Ils travaillent avec nous. Un conseiller peut vous aider à les joindre."
EMERGENCIES = "En cas d’urgence, appelez"
EMERGENCY_NUMBERS = (
    ("15", "SAMU : urgence médicale"),
    ("17", "Police, gendarmerie"),
    ("18", "Pompiers"),
    ("112", "Toutes les urgences"),
    ("114", "Par SMS (sourds, malentendants)"),
    ("119", "Enfance en danger"),
    ("3919", "Violences faites aux femmes"),
    ("115", "Sans-abri"),
)

UNAVAILABLE_TITLE = "Contenu indisponible"
UNAVAILABLE_TEXT = "Cette borne ne peut pas montrer les fiches pour le moment. Un conseiller peut vous aider."

BATTERY_LOW = "La borne n’a plus beaucoup de batterie\u00a0: elle va bientôt s’éteindre."
SOUND_TRIAL = "Bonjour. Si vous m’entendez bien, le son de la borne est en ordre."
FOUR_KEYS = "Quatre touches\u00a0: précédent, suivant, choisir, retour."
NEEDS_HEADPHONES = "La suite vous concerne\u00a0: branchez un casque pour l’entendre, ou demandez à un conseiller."

IDLE_TITLE = "Êtes-vous encore là ?"
STILL_HERE = "Je suis encore là"

UNKNOWN_CODE = "Ce code ne correspond à aucune fiche. Présentez le code imprimé en bas du papier de la borne."
SHEET_MISSING = "Cette fiche n’est pas dans la borne. Un conseiller peut vous la montrer."
PAPER_OUT = "Votre papier est imprimé."
PAPER_TITLE = "Votre document"
CHECKING_TITLE = "Vérification en cours"
CHECKING_TEXT = "Nous lisons le cachet de votre document. Un instant…"
PAPER_NOT_WHOLE = "Le code contient d’autres informations, que cette borne ne sait pas lire."
PAPER_NOT_KEPT = "Rien de ce document n’est gardé\u00a0: tout est effacé à la fin."
CITIZEN_CARD = "Reprenez votre carte\u00a0: cette borne n’en a pas besoin. Rien n’y a été lu."
PAPER_UNKNOWN = "Votre papier est peut-être sorti : regardez dans l’imprimante."
PAPER_FAILED = "Votre papier n’a pas pu être imprimé. Un conseiller peut vous aider."
WIPED = "Vos réponses sont effacées. Au revoir et bonne journée."

QUESTION_LEFT = "Il reste une question : quelle est votre situation ?"
QUESTION_LEFT_TEXT = (
    "Ce papier ne dit rien de ces situations : choisissez la vôtre sur la borne, ou demandez à un conseiller."
)
CHAPTERS_LEFT = "Autres parties de la fiche, non imprimées :"
OFFICIAL_SHEET = "La fiche officielle. Présentez ce code à la borne pour la retrouver."

_NOTICE_TITLES = {
    "WARNING": "Attention",
    "NOTE": "À noter",
    "GOOD_TO_KNOW": "À savoir",
    "REMINDER": "Rappel",
}


def answer_questions(number: int) -> str:
    """Invite to the questionnaire."""
    if number == 1:
        return "Répondre à 1 question pour ma situation"
    return f"Répondre à {number} questions pour ma situation"


def question_of(number: int, total: int) -> str:
    """Say how far the questionnaire is."""
    return f"Question {number} sur {total}"


def see_results(number: int) -> str:
    """Offer the whole list of hits."""
    return "Voir le résultat" if number == 1 else f"Voir les {number} résultats"


def up_to_date(date: str) -> str:
    """Say how old a sheet is; `date` is ISO 8601, empty where unknown."""
    return f"fiche à jour au {day(date)}" if date else ""


def day(date: str) -> str:
    """Write 2020-01-08 as 08/01/2020."""
    return "/".join(reversed(date.split("-")))


def updated_on(date: str) -> str:
    """Say how old the content of a paper is; `date` is ISO 8601, empty where unknown."""
    return f"à jour au {day(date)}" if date else ""


def printed_on(date: str) -> str:
    """Say when a paper was printed; `date` is ISO 8601."""
    return f"Imprimé le {day(date)}"


def idle_left(seconds: int) -> str:
    """Count down to the wipe."""
    unit = "seconde" if seconds <= 1 else "secondes"
    return f"Sans réponse de votre part, tout sera effacé dans {seconds} {unit}."


def printer_fault(fault: Fault | None) -> str:
    """Say why there is no paper; None is a printer that keeps silent."""
    match fault.name if fault else None:
        case "OUT_OF_PAPER":
            return "L’imprimante n’a plus de papier."
        case "COVER_OPEN":
            return "Le capot de l’imprimante est ouvert."
        case "CUTTER_JAMMED" | "PAPER_JAMMED":
            return "Le papier est bloqué dans l’imprimante."
        case "OVERHEATED":
            return "L’imprimante a trop chauffé\u00a0: elle doit refroidir."
        case (
            "OFFLINE" | "BROKEN" | "REFUSED" | "AMBIGUOUS" | "NO_ROOM" | "BUSY" | "SERVICE_DOWN" | "CRASHED" | "HANGING"
        ):
            return "L’imprimante est hors service."
        case _:
            return "L’imprimante ne répond pas."


_UNCHECKED = "Nous ne pouvons pas vérifier ce document"
_VERDICTS = {
    "GENUINE": ("Ce document est authentique", "Son cachet a été vérifié. Voici ce qu’il dit\u00a0:"),
    "GENUINE_LONG_AGO": (
        "Ce document est authentique",
        "Le certificat de l’organisme a pris fin depuis, mais le document a été signé avant. Voici ce qu’il dit\u00a0:",
    ),
    "UNKNOWN_ISSUER": (
        _UNCHECKED,
        "Nous ne connaissons pas l’organisme signataire. Il n’est pas faux pour autant\u00a0: voyez un conseiller.",
    ),
    "EXPIRED_CERTIFICATE": (
        "Ce document n’est pas valable",
        "Il a été signé en dehors des dates du certificat. Demandez un nouveau document à l’organisme.",
    ),
    "ALTERED": (
        "Le cachet de ce document n’est pas bon",
        "Le code ne correspond pas à sa signature. Présentez-le encore une fois\u00a0; sinon, voyez un conseiller.",
    ),
}


def verdict(name: str) -> tuple[str, str]:
    """Say what the seal of a paper is worth: a title, and what follows from it. The name is that of a `Verdict`."""
    return _VERDICTS.get(name, (_UNCHECKED, "Le code n’a pas pu être lu en entier. Demandez à un conseiller."))


def issued_by(issuer: str) -> str:
    """Say who signed a paper."""
    return f"Signé par {issuer}"


_STARTING = {
    "printer": "L’imprimante se met en route.",
    "scanner": "Le lecteur de codes se met en route.",
    "camera": "Le lecteur de codes se met en route.",
    "keypad": "Les touches se mettent en route.",
    "speaker": "Le son se met en route.",
    "document-scanner": "Le scanner de documents se met en route.",
}


def device_fault(device: str, fault: Fault) -> str:
    """Say on every screen what does not serve, and what to do instead; empty where a citizen need not know."""
    return _STARTING.get(device, "") if fault.name == "STARTING" else _out_of_service(device, fault)


def _out_of_service(device: str, fault: Fault) -> str:
    match device:
        case "printer":
            return f"{printer_fault(fault)} Un conseiller peut vous aider."
        case "scanner" | "camera":
            return "Le lecteur de codes ne marche pas\u00a0: cherchez votre fiche avec des mots."
        case "keypad":
            return "Les touches ne répondent plus. Un conseiller peut vous aider."
        case "speaker" | "headphones":
            return "Le son est coupé. Un conseiller peut vous aider."
        case "document-scanner":
            return "Le scanner de documents ne marche pas. Un conseiller peut vous aider."
        case _:
            return ""


def notice(kind: NoticeKind) -> str:
    """Name a remark that has no title of its own."""
    return _NOTICE_TITLES[kind.name]


def service(kind: str, cerfa_form: str) -> str:
    """Say what kind of service it is."""
    name = kind or "Service en ligne"
    return f"{name} – Cerfa n° {cerfa_form}" if cerfa_form else name


def reached(phone: str, hours: str) -> str:
    """Return how and when to reach a partner."""
    said = f"Téléphone\u00a0: {phone}" if phone else ""
    return " · ".join(part for part in (said, hours) if part)
