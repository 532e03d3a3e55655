"""The checklist of a life event: what this citizen has to do, chapter by chapter. No I/O.

A sheet's tree under a set of answers becomes chapters of items, in the sheet's order and in its own words.
Nothing is flattened away: each item carries, in `under`, the titles of the situations, sub-chapters and
cases it stands beneath, outermost first. Where a skipped question leaves several situations possible, all
are there, each under its own title.

Text which stands before the first chapter of a sheet, or between two, is a chapter of its own with the
title of the sheet; in a situation, with the title of the situation.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum
from typing import TYPE_CHECKING, assert_never

from catalogue.condition import Known, shows
from catalogue.questionnaire import Answers, known
from catalogue.sheet import (
    Block,
    Bullets,
    Case,
    Cases,
    ContactPoint,
    Fragment,
    Link,
    Notice,
    NoticeKind,
    OnlineService,
    Paragraph,
    Section,
    Sheet,
    Table,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

# What the editors write over a remark when they have no title for it: its kind says it already.
_PLAIN_NOTICE_TITLES = frozenset({"attention", "à noter", "à savoir", "rappel"})


class ItemKind(Enum):
    """How an item is to be shown."""

    PARAGRAPH = "paragraph"
    BULLET = "bullet"
    NOTICE = "notice"
    SERVICE = "service"
    CONTACT = "contact"
    HEADING = "heading"


@dataclass(frozen=True, slots=True)
class Item:
    """One line of the checklist; `notice` says which remark it belongs to, where it belongs to one."""

    text: str
    links: tuple[Link, ...] = ()
    under: tuple[str, ...] = ()
    kind: ItemKind = ItemKind.PARAGRAPH
    notice: NoticeKind | None = None


@dataclass(frozen=True, slots=True)
class Chapter:
    """A chapter which holds at least one item."""

    title: str
    items: tuple[Item, ...]


def checklist(sheet: Sheet, answers: Answers) -> tuple[Chapter, ...]:
    """Return the chapters of a sheet which these answers do not rule out.

    Raises:
        ValueError: the sheet has no questionnaire, or fewer questions than there are answers.
        IndexError: an answer is no choice of its question.
    """
    if sheet.questionnaire is None:
        raise ValueError(f"the sheet {sheet.id} has no questionnaire")
    facts = known(sheet.questionnaire, answers)
    return tuple(_chapters(sheet.blocks, sheet.title, (), facts))


def _chapters(blocks: tuple[Block, ...], title: str, under: tuple[str, ...], facts: Known) -> Iterator[Chapter]:
    loose: list[Item] = []
    for block in blocks:
        if not _holds_chapters(block):
            loose += _items(block, under, facts)
            continue
        if loose:
            yield Chapter(title, tuple(loose))
            loose = []
        if isinstance(block, Section) and shows(block.condition, facts):
            items = (*_heading(block, under), *_all_items(block.blocks, under, facts))
            if items:
                yield Chapter(block.title, items)
        elif isinstance(block, Cases):
            for case in block.cases:
                if shows(case.condition, facts):
                    yield from _situation(case, under, facts)
    if loose:
        yield Chapter(title, tuple(loose))


def _situation(case: Case, under: tuple[str, ...], facts: Known) -> Iterator[Chapter]:
    """Give the chapters of a situation; text outside them stands under its title, and needs it only once."""
    for chapter in _chapters(case.blocks, case.title, (*under, case.title), facts):
        if chapter.title != case.title:
            yield chapter
            continue
        depth = len(under)
        items = (replace(item, under=item.under[:depth] + item.under[depth + 1 :]) for item in chapter.items)
        yield Chapter(chapter.title, tuple(items))


def _holds_chapters(block: Block) -> bool:
    match block:
        case Section():
            return True
        case Cases(cases):  # situations hold chapters, the cases within a chapter never do
            return any(isinstance(inner, Section) for case in cases for inner in case.blocks)
        case _:
            return False


def _all_items(blocks: tuple[Block, ...], under: tuple[str, ...], facts: Known) -> tuple[Item, ...]:
    return tuple(item for block in blocks for item in _items(block, under, facts))


def _items(block: Block, under: tuple[str, ...], facts: Known) -> Iterator[Item]:  # noqa: C901, PLR0912  (one case a type of block, exhaustive)
    match block:
        case Paragraph(text, links):
            yield Item(text, links, under)
        case Bullets(items):
            for blocks in items:
                yield from _bullet(_all_items(blocks, under, facts))
        case Section(title, blocks, _, condition):
            if shows(condition, facts):
                yield from _heading(block, (*under, title))
                yield from _all_items(blocks, (*under, title), facts)
        case Cases(cases):
            for case in cases:
                if shows(case.condition, facts):
                    yield from _all_items(case.blocks, (*under, case.title), facts)
        case Fragment(condition, blocks):
            if shows(condition, facts):
                yield from _all_items(blocks, under, facts)
        case Notice():
            yield from _notice(block, under, facts)
        case OnlineService() | ContactPoint():
            yield from _place(block, under, facts)
        case Table(rows, title):
            inside = (*under, title) if title else under
            for row in rows:
                for cell in row:
                    yield from _all_items(cell, inside, facts)
        case _ as never:
            assert_never(never)


def _heading(section: Section, under: tuple[str, ...]) -> tuple[Item, ...]:
    if section.alternative_title is None:
        return ()
    return (Item(section.alternative_title, under=under, kind=ItemKind.HEADING),)


def _bullet(items: tuple[Item, ...]) -> Iterator[Item]:
    """Mark the first line of a list's item; what follows it is its continuation."""
    for position, item in enumerate(items):
        first = position == 0 and item.kind is ItemKind.PARAGRAPH
        yield Item(item.text, item.links, item.under, ItemKind.BULLET) if first else item


def _notice(notice: Notice, under: tuple[str, ...], facts: Known) -> Iterator[Item]:
    titled = notice.title and notice.title.casefold() not in _PLAIN_NOTICE_TITLES
    inside = (*under, notice.title) if titled else under
    for item in _all_items(notice.blocks, inside, facts):
        text = item.kind in {ItemKind.PARAGRAPH, ItemKind.BULLET}
        kind = ItemKind.NOTICE if text else item.kind
        yield Item(item.text, item.links, item.under, kind, notice.kind)


def _place(place: OnlineService | ContactPoint, under: tuple[str, ...], facts: Known) -> Iterator[Item]:
    """Give the name of a service or of an office, then what the sheet says of it, under that name."""
    if not shows(place.condition, facts):
        return
    kind = ItemKind.SERVICE if isinstance(place, OnlineService) else ItemKind.CONTACT
    links = (Link(place.title, url=place.url),) if place.url else ()
    yield Item(place.title, links, under, kind)
    yield from _all_items(place.blocks, (*under, place.title), facts)
