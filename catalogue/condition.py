"""What a condition says of a citizen who has answered some of the questions. No I/O.

Three values, after Kleene: a question skipped leaves its variables unknown, and unknown is not false.
Content is hidden only where its condition is FALSE, so skipping a question adds what is general and
takes nothing away:

    variable                                       estVrai   estFaux   estIndefini
    set true by an answer                          TRUE      FALSE     FALSE
    set false by an answer                         FALSE     TRUE      FALSE
    asked for, its question skipped                UNKNOWN   UNKNOWN   TRUE
    asked for by no question, or left unset        FALSE     FALSE     TRUE

The last line: F14128 asks four questions and its conditions name T10583, T10844, T11369… which belong to
other questionnaires of the same editors; nothing in this sheet can ever set them.

T10010 stands apart. No question of any sheet sets it, yet 107 elements of 57 sheets depend on it, all of
them "conditionnées" or guides, and what they hold is the general wording which a personal answer makes
superfluous ("Les pièces à fournir dépendent de la date d'expiration de la carte", F21089, just above the
cases of that date; the introduction of each F16225 situation). It is the editors' marker for "nobody has
made this sheet personal yet": TRUE while no question has been answered, FALSE from the first answer on.

Reading a sheet without its questionnaire hides nothing: every case is shown under its own title.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import assert_never

from catalogue.sheet import AllOf, AnyOf, Condition, IsFalse, IsTrue, IsUndefined

NOT_PERSONAL_YET = "T10010"


class Truth(Enum):
    """What is known of a condition."""

    TRUE = "true"
    UNKNOWN = "unknown"
    FALSE = "false"


@dataclass(frozen=True, slots=True)
class Known:
    """What the answers given so far say of the variables."""

    true: frozenset[str] = frozenset()
    false: frozenset[str] = frozenset()
    skipped: frozenset[str] = frozenset()


def shows(condition: Condition | None, known: Known) -> bool:
    """Say whether content under this condition is shown: unless it is known to be false."""
    return condition is None or evaluate(condition, known) is not Truth.FALSE


def evaluate(condition: Condition, known: Known) -> Truth:
    """Return what the answers say of a condition."""
    match condition:
        case IsTrue(variable):
            return _is(variable, known.true, known)
        case IsFalse(variable):
            return _is(variable, known.false, known)
        case IsUndefined(variable):
            return Truth.FALSE if variable in known.true or variable in known.false else Truth.TRUE
        case AnyOf(conditions):
            return _strongest(conditions, known, decisive=Truth.TRUE, otherwise=Truth.FALSE)
        case AllOf(conditions):
            return _strongest(conditions, known, decisive=Truth.FALSE, otherwise=Truth.TRUE)
        case _ as never:
            assert_never(never)


def _is(variable: str, wanted: frozenset[str], known: Known) -> Truth:
    if variable in wanted:
        return Truth.TRUE
    return Truth.UNKNOWN if variable in known.skipped else Truth.FALSE


def _strongest(conditions: tuple[Condition, ...], known: Known, *, decisive: Truth, otherwise: Truth) -> Truth:
    found = {evaluate(condition, known) for condition in conditions}
    if decisive in found:
        return decisive
    return Truth.UNKNOWN if Truth.UNKNOWN in found else otherwise
