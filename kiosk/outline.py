"""What a citizen has open of a sheet, as flat lines: the same for the screen and the paper. No I/O.

A sheet is a tree, and stays one: chapters open one at a time, and cases which exclude each other are a
`Choice` until the citizen has said which is theirs. Nothing of a case that is not theirs is ever in a line.

Conditions are not looked at here: they speak of a questionnaire's variables, and whoever reads a sheet has
answered none, so that all of its general content stays (see `catalogue.checklist` for the other reading).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from catalogue import sheet as tree
from kiosk.lines import (
    Chapter,
    Choice,
    Chosen,
    Contact,
    Heading,
    Line,
    Point,
    Prose,
    Related,
    Remark,
    Service,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from kiosk.journeys.places import Path

# A sheet of so few letters is shown whole: two screens of a 7 inch panel.
SHOWN_WHOLE_LENGTH = 1100
# Where the introduction stands in a path: before the first block.
_INTRODUCTION = -1
_PLACES = tree.OnlineService | tree.ContactPoint


def outline(sheet: tree.Sheet, section: Path | None, chosen: Iterable[tuple[Path, int]]) -> tuple[Line, ...]:
    """Return the lines that are open; `section` is the chapter open, `chosen` the cases."""
    whole = _length(sheet.blocks) <= SHOWN_WHOLE_LENGTH or len(_chapters(sheet.blocks)) == 1
    walk = _Walk(section, dict(chosen), whole=whole)
    return tuple(walk.top(sheet.blocks, ()))


def opening(sheet: tree.Sheet, chosen: Iterable[tuple[Path, int]]) -> tuple[Line, ...]:
    """Return the lines a sheet begins with, before its chapters."""
    walk = _Walk(None, dict(chosen), whole=True)
    return tuple(walk.inner(sheet.introduction, (_INTRODUCTION,), level=2, indent=0))


def closing(sheet: tree.Sheet) -> tuple[Line, ...]:
    """Return the online services and the offices of the whole sheet, those that stand in none of its chapters."""
    named = {block.title for block in _all((*sheet.introduction, *sheet.blocks)) if isinstance(block, _PLACES)}
    found: list[Service | Contact] = [_service(service) for service in sheet.online_services]
    found += [Contact(contact.title) for contact in sheet.contact_points]
    return tuple(dict.fromkeys(line for line in found if line.title and line.title not in named))


def linked_sheets(blocks: Iterable[object]) -> tuple[str, ...]:
    """Return the ids of the sheets that these blocks name, each once, in order of appearance."""
    return tuple(dict.fromkeys(_links(blocks)))


@dataclass(frozen=True, slots=True)
class _Walk:
    section: Path | None
    chosen: Mapping[Path, int]
    whole: bool

    def top(self, blocks: tuple[tree.Block, ...], at: Path) -> Iterator[Line]:
        """Yield lines where chapters stand: at the sheet's top, or straight inside a case or a fragment of it."""
        for index, block in enumerate(blocks):
            path = (*at, index)
            match block:
                case tree.Section() if self.whole:
                    yield Heading(_title(block), level=1)
                    yield from self.inner(block.blocks, path, level=2, indent=0)
                    yield from _related(block.blocks)
                case tree.Section():
                    yield Chapter(path, _title(block), opened=self.section == path)
                    if self.section == path:
                        yield from self.inner(block.blocks, path, level=2, indent=0)
                        yield from _related(block.blocks)
                case tree.Fragment(blocks=inside):
                    yield from self.top(inside, path)
                case tree.Cases(cases=cases):
                    yield from self.cases(cases, path, top=True, level=2)
                case _:
                    yield from self.inner((block,), path, level=2, indent=0)

    def cases(self, cases: tuple[tree.Case, ...], path: Path, *, top: bool, level: int) -> Iterator[Line]:
        """Yield the choice, or the one case that is the citizen's; a single case is no choice."""
        case = self.chosen.get(path, 0 if len(cases) == 1 else None)
        if case is None or case not in range(len(cases)):
            yield Choice(path, tuple(c.title for c in cases))
            return
        if len(cases) > 1:
            yield Chosen(path, cases[case].title)
        elif cases[case].title:
            yield Heading(cases[case].title, level)
        inside = cases[case].blocks
        if top:
            yield from self.top(inside, (*path, case))
        else:
            yield from self.inner(inside, (*path, case), level=level + 1, indent=0)

    def inner(  # noqa: C901  (one arm for each block, no more)
        self, blocks: tuple[tree.Block, ...], at: Path, *, level: int, indent: int
    ) -> Iterator[Line]:
        """Yield lines inside a chapter."""
        for index, block in enumerate(blocks):
            path = (*at, index)
            match block:
                case tree.Paragraph(text=text):
                    if text.strip():
                        yield Prose(text, indent)
                case tree.Bullets(items=items):
                    for number, item in enumerate(items):
                        yield from self._item(item, (*path, number), level, indent)
                case tree.Section():
                    yield Heading(_title(block), level)
                    yield from self.inner(block.blocks, path, level=level + 1, indent=indent)
                case tree.Cases(cases=cases):
                    yield from self.cases(cases, path, top=False, level=level)
                case tree.Fragment(blocks=inside):
                    yield from self.inner(inside, path, level=level, indent=indent)
                case tree.Notice():
                    yield from self._remark(block, path, level)
                case tree.OnlineService(blocks=inside):
                    yield _service(block)
                    yield from self.inner(inside, path, level=level, indent=indent)
                case tree.ContactPoint(title=title, blocks=inside):
                    yield Contact(title)
                    yield from self.inner(inside, path, level=level, indent=indent)
                case tree.Table():
                    yield from self._table(block, path, level)

    def _item(self, item: tuple[tree.Block, ...], path: Path, level: int, indent: int) -> Iterator[Line]:
        first = True
        for line in self.inner(item, path, level=level, indent=indent + 1):
            if first and isinstance(line, Prose):
                yield Point(line.text, indent)
            else:
                yield line
            first = False

    def _remark(self, notice: tree.Notice, path: Path, level: int) -> Iterator[Line]:
        lines = tuple(self.inner(notice.blocks, path, level=level, indent=0))
        if all(isinstance(line, Prose | Point | Heading) for line in lines):
            yield Remark(notice.kind, notice.title, tuple(_words(line) for line in lines))
        else:  # cases or services inside: they must stay what they are
            if notice.title:
                yield Heading(notice.title, level)
            yield from lines

    def _table(self, table: tree.Table, path: Path, level: int) -> Iterator[Line]:
        """Yield a table as sentences: "heading: cell" reads at any size, aloud and on 58 mm of paper."""
        cells = [
            [
                " ".join(_words(line) for line in self.inner(cell, (*path, r, c), level=level, indent=0))
                for c, cell in enumerate(row)
            ]
            for r, row in enumerate(table.rows)
        ]
        if table.title:
            yield Heading(table.title, level)
        headings = cells[table.header_rows - 1] if table.header_rows else []
        for row in cells[table.header_rows :]:
            if len(row) > 1 and len(headings) == len(row):
                yield Prose(row[0])
                for heading, cell in zip(headings[1:], row[1:], strict=True):
                    yield Point(f"{heading} : {cell}" if heading else cell, 1)
            else:
                yield Point(" : ".join(cell for cell in row if cell))


def _title(section: tree.Section) -> str:
    return section.alternative_title or section.title


def _words(line: Line) -> str:
    match line:
        case Heading(text=text) | Prose(text=text):
            return text
        case Point(text=text):
            return f"• {text}"
        case Remark(title=title, texts=texts):
            return " ".join((title, *texts))
        case Service(title=title) | Contact(title=title) | Chapter(title=title) | Chosen(title=title):
            return title
        case Choice(titles=titles):
            return " / ".join(titles)
        case Related():
            return ""


def _service(service: tree.OnlineService) -> Service:
    return Service(service.title, service.kind, service.source, service.url or "", service.cerfa_form or "")


def _related(blocks: tuple[tree.Block, ...]) -> Iterator[Line]:
    sheets = linked_sheets(blocks)
    if sheets:
        yield Related(sheets)


def _inside(block: object) -> Iterator[object]:
    """Yield what stands directly inside a node of the tree."""
    match block:
        case (
            tree.Section(blocks=blocks)
            | tree.Case(blocks=blocks)
            | tree.Fragment(blocks=blocks)
            | tree.Notice(blocks=blocks)
            | tree.OnlineService(blocks=blocks)
            | tree.ContactPoint(blocks=blocks)
        ):
            yield from blocks
        case tree.Cases(cases=cases):
            yield from cases
        case tree.Bullets(items=items):
            for item in items:
                yield from item
        case tree.Table(rows=rows):
            for row in rows:
                for cell in row:
                    yield from cell
        case _:
            return


def _all(blocks: Iterable[object]) -> Iterator[object]:
    for block in blocks:
        yield block
        yield from _all(_inside(block))


def _links(blocks: Iterable[object]) -> Iterator[str]:
    for block in blocks:
        if isinstance(block, tree.Paragraph):
            yield from (link.sheet for link in block.links if link.sheet)
        yield from _links(_inside(block))


def _length(blocks: Iterable[object]) -> int:
    return sum(
        (len(block.text) if isinstance(block, tree.Paragraph) else 0) + _length(_inside(block)) for block in blocks
    )


def _chapters(blocks: Iterable[object]) -> list[tree.Section]:
    found: list[tree.Section] = []
    for block in blocks:
        if isinstance(block, tree.Section):
            found.append(block)
        elif isinstance(block, tree.Cases | tree.Case | tree.Fragment):
            found += _chapters(_inside(block))
    return found
