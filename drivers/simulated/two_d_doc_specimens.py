"""Papers of people who do not exist, for our own authority to sign. No I/O."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping


class Sheet(NamedTuple):
    """What a paper says, by identifiers of the specification."""

    document_type: str
    fields: Mapping[str, str]


SPECIMENS = {
    "tax-notice": Sheet(
        "28",
        {
            "43": "2,5",
            "44": "2645A12345678",
            "45": "2025",
            "46": "DURAND ZOE",
            "4A": "31072026",
            "4Y": "145 RUE DE LA PAIX/57000/METZ",
            "41": "31542",
            "47": "3001123456789",
            "4V": "1542",
            "4X": "1600",
        },
    ),
    "proof-of-address": Sheet(
        "00",
        {
            "26": "FR",
            "24": "57000",
            "10": "MME/DURAND/ZOE",
            "20": "",
            "21": "BAT 2 ETG 3",
            "22": "145 RUE DE LA PAIX",
            "25": "METZ",
        },
    ),
    "bill": Sheet(
        "01", {"26": "FR", "24": "01000", "10": "M/DURAND/LEO", "22": "7 PLACE DU MARCHE", "25": "BOURG EN BRESSE"}
    ),
    "payslip": Sheet(
        "06",
        {
            "10": "MME/DURAND/ZOE",
            "50": "00012345600017",
            "51": "151,67",
            "53": "25A2",
            "54": "25C0",
            "55": "15032012",
            "58": "1819,24",
            "59": "9894,3",
        },
    ),
    "diploma": Sheet(
        "B0",
        {
            "B0": "ZOE/MARIE",
            "B2": "DURAND",
            "B6": "F",
            "B7": "12071999",
            "B8": "METZ",
            "BG": "LG",
            "BH": "DROIT",
            "BI": "DROIT PUBLIC",
        },
    ),
    "certificate-of-death": Sheet("A4", {"70": "010320261405", "72": "DURAND", "73": "LEO/PAUL", "7C": "0"}),
}
