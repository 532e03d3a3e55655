"""What blocks say aloud, and sentences from texts. No I/O."""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from kiosk.view.screen import Answers, Heading, Message, Numbers, Point, Prose, Remark, Tiles

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from kiosk.view.screen import Block


def spoken(blocks: Iterable[Block]) -> Iterator[str]:
    """Yield what these blocks say aloud, in reading order."""
    for block in blocks:
        match block:
            case Tiles(buttons, title, _, _):
                yield title
                yield from (button.spoken for button in buttons)
            case Heading(text=text) | Prose(text=text) | Point(text=text):
                yield text
            case Remark(title=title, texts=texts):
                yield from (title, *texts)
            case Answers(label, texts, _):
                yield from (label, *texts)
            case Message(title=title, text=text):
                yield from (title, text)
            case Numbers(title, numbers):
                yield title
                yield from (f"{number}, {what}" for number, what in numbers)
            case _:
                assert_never(block)


def sentences(texts: Iterable[str]) -> str:
    """Return texts as sentences one after the other: a voice falls where a sentence ends."""
    return " ".join(text if text[-1] in ".?!…:" else f"{text}." for text in texts if text)
