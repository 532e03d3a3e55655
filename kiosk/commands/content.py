"""`guichet search`, `questionnaire` and `checklist`: a content pack from the command line, without a screen."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from catalogue.checklist import Chapter, Item
    from catalogue.pack import Pack
    from catalogue.questionnaire import Answers
    from catalogue.search import Hit
    from catalogue.sheet import Link, Questionnaire, Sheet

PackPath = Annotated[Path, typer.Option("--pack", metavar="PACK", help="The content pack.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead of text.")]
_LONGEST_NUMBER = 9  # digits; Python refuses to read a number of thousands
_SHOWN_LETTERS = 80  # of an answer nobody understands
SheetId = Annotated[str, typer.Argument(metavar="SHEET", help="The sheet's id, such as F14128.")]


def search(
    query: Annotated[str, typer.Argument(metavar="QUERY", help="What a citizen would type.")],
    pack: PackPath,
    as_json: AsJson = False,  # noqa: FBT002  (a flag of the command line)
    limit: Annotated[int, typer.Option(min=1, max=50, help="At most so many sheets.")] = 5,
) -> None:
    """Find the sheets which answer a query, best first."""
    from catalogue.search import search as find  # noqa: PLC0415  (the other commands need no search)

    with _open(pack) as content:
        hits = find(content, query, limit)
    if as_json:
        _print_json([_hit(hit) for hit in hits])
        return
    for hit in hits:
        typer.echo(f"{hit.id:8}{hit.title} ({hit.theme}, {hit.updated})")
    if not hits:
        typer.echo("no sheet has these words")


def questionnaire(sheet: SheetId, pack: PackPath, as_json: AsJson = False) -> None:  # noqa: FBT002  (a flag of the command line)
    """Print the questions of a life event and their choices."""
    with _open(pack) as content:
        found, questions = _with_questionnaire(content, sheet)
    if as_json:
        _print_json(_questions(found, questions))
        return
    typer.echo(found.title)
    for number, question in enumerate(questions.questions, 1):
        typer.echo(f"{number}. {question.title}" + (f" ({question.help})" if question.help else ""))
        for choice in question.choices:
            typer.echo(f"   - {choice.label}")


def checklist(
    sheet: SheetId,
    pack: PackPath,
    answer: Annotated[
        list[str] | None,
        typer.Option("--answer", metavar="NUMBER=LABEL", help="A question's number and a choice; others are skipped."),
    ] = None,
    as_json: AsJson = False,  # noqa: FBT002  (a flag of the command line)
) -> None:
    """Print what a citizen with these answers has to do, in the sheet's own words and order."""
    from catalogue.checklist import checklist as list_for  # noqa: PLC0415  (the other commands need no checklist)

    with _open(pack) as content:
        found, questions = _with_questionnaire(content, sheet)
    chapters = list_for(found, _answers(questions, answer or []))
    if as_json:
        _print_json(
            [{"title": chapter.title, "items": [_item(item) for item in chapter.items]} for chapter in chapters]
        )
        return
    for chapter in chapters:
        _print_chapter(chapter)


@contextmanager
def _open(path: Path) -> Iterator[Pack]:
    from catalogue.pack import Pack  # noqa: PLC0415  (kept out of the commands that need no pack)
    from catalogue.pack_fault import PackError  # noqa: PLC0415  (as above)

    try:
        with Pack.open(path) as content:
            yield content
    except PackError as error:
        _refuse(str(error))


def _with_questionnaire(content: Pack, sheet_id: str) -> tuple[Sheet, Questionnaire]:
    sheet = content.sheet(sheet_id.strip().upper())
    if sheet is None:
        _refuse(f"the pack has no sheet {sheet_id!r}")
    if sheet.questionnaire is None:
        _refuse(f"the sheet {sheet_id} ({sheet.title}) has no questionnaire")
    return sheet, sheet.questionnaire


def _answers(questions: Questionnaire, given: list[str]) -> Answers:
    from catalogue.questionnaire import AnswerError, answers_from_words  # noqa: PLC0415  (as above)

    words: dict[int, str] = {}
    for answer in given:
        number, equals, label = answer.partition("=")
        if not (equals and number.strip().isdecimal() and len(number) <= _LONGEST_NUMBER):
            _refuse(f"the answer {answer[:_SHOWN_LETTERS]!r} is not of the form NUMBER=LABEL")
        if int(number) in words:
            _refuse(f"question {int(number)} is answered twice")
        words[int(number)] = label
    try:
        return answers_from_words(questions, words)
    except AnswerError as error:
        _refuse(str(error))


def _hit(hit: Hit) -> dict[str, object]:
    return {"id": hit.id, "title": hit.title, "theme": hit.theme, "updated": hit.updated, "score": hit.score}


def _questions(sheet: Sheet, questions: Questionnaire) -> dict[str, object]:
    return {
        "id": sheet.id,
        "title": sheet.title,
        "updated": sheet.updated,
        "description": questions.description,
        "questions": [
            {
                "number": number,
                "title": question.title,
                "help": question.help,
                "choices": [choice.label for choice in question.choices],
            }
            for number, question in enumerate(questions.questions, 1)
        ],
    }


def _item(item: Item) -> dict[str, object]:
    return {
        "text": item.text,
        "links": [_link(link) for link in item.links],
        "under": item.under,
        "kind": item.kind.value,
        "notice": item.notice.value if item.notice else None,
    }


def _link(link: Link) -> dict[str, str]:
    targets = {"sheet": link.sheet, "url": link.url, "definition": link.definition}
    return {"text": link.text} | {name: target for name, target in targets.items() if target}


def _print_chapter(chapter: Chapter) -> None:
    typer.echo(f"\n{chapter.title}\n{'-' * len(chapter.title)}")
    above: tuple[str, ...] = ()
    for item in chapter.items:
        if item.under != above:
            typer.echo(f"  [{' > '.join(item.under)}]" if item.under else "")
            above = item.under
        typer.echo(f"  {item.kind.value:10}{item.text}")


def _print_json(value: object) -> None:
    import json  # noqa: PLC0415  (as above)

    typer.echo(json.dumps(value, ensure_ascii=False, indent=1))


def _refuse(sentence: str) -> NoReturn:
    typer.echo(f"guichet: {sentence}", err=True)
    raise typer.Exit(2)
