"""Reading a sheet: one chapter open at a time, one case of each choice. No I/O."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from kiosk.journeys.places import Reading

if TYPE_CHECKING:
    from kiosk.journeys.places import Path
    from kiosk.journeys.state import State


def touch_section(state: State, path: Path) -> State:
    """Return the state with the chapter at `path` open, or closed if it was."""
    place = state.place
    if not isinstance(place, Reading):
        return state
    section = None if place.section == path else path
    return replace(state, place=replace(place, section=section, touched=path))


def choose_case(state: State, path: Path, case: int) -> State:
    """Return the state with this case open, alone of its choice.

    Choices that stood inside the case shown before are forgotten with it.
    """
    place = state.place
    if not isinstance(place, Reading):
        return state
    chosen = (*_outside(place.chosen, path), (path, case))
    section = _kept(place.section, path)
    return replace(state, place=replace(place, chosen=chosen, section=section, touched=path))


def reopen_cases(state: State, path: Path) -> State:
    """Return the state with the choice at `path` shown again."""
    place = state.place
    if not isinstance(place, Reading):
        return state
    chosen = _outside(place.chosen, path)
    section = _kept(place.section, path)
    return replace(state, place=replace(place, chosen=chosen, section=section, touched=path))


def _outside(chosen: tuple[tuple[Path, int], ...], path: Path) -> tuple[tuple[Path, int], ...]:
    return tuple((at, case) for at, case in chosen if at[: len(path)] != path)


def _kept(section: Path | None, path: Path) -> Path | None:
    return None if section is not None and section[: len(path)] == path else section
