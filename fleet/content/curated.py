"""What people, not sheets, decide: the front page and the words of real life (two TOML files)."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

import msgspec

from catalogue.front_page import FrontPage
from catalogue.stemming import all_words_in, stem, words_in


class _Intent(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`says`: groups of words, one of each must be there, none of `unless`; `@name` is a list in `words`."""

    says: tuple[str, ...]
    sheets: tuple[str, ...]
    unless: str = ""


class _Speech(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    words: dict[str, str]
    synonyms: dict[str, str]
    intent: tuple[_Intent, ...]


class Meaning(msgspec.Struct, frozen=True):
    """An intent as a pack stores it: the stems of each group, and the sheets that answer."""

    groups: tuple[tuple[str, ...], ...]
    unless: tuple[str, ...]
    sheets: tuple[str, ...]


@cache
def front_page() -> FrontPage:
    """Return the tiles an operator is offered, before those without a sheet are dropped."""
    return msgspec.toml.decode(_file("front_page.toml"), type=FrontPage)


@cache
def _speech() -> _Speech:
    return msgspec.toml.decode(_file("intents.toml"), type=_Speech)


def _file(name: str) -> bytes:
    return files(__package__).joinpath(name).read_bytes()


def meanings() -> tuple[Meaning, ...]:
    """Return the intents, their words brought to stems."""
    speech = _speech()
    return tuple(
        Meaning(
            tuple(_group(group, speech.words) for group in intent.says),
            _group(intent.unless, speech.words),
            intent.sheets,
        )
        for intent in speech.intent
    )


def _group(group: str, lists: dict[str, str]) -> tuple[str, ...]:
    words = " ".join(lists[word[1:]] if word.startswith("@") else word for word in group.split())
    return tuple(sorted({stem(word) for word in all_words_in(words)}))


def synonyms() -> dict[str, str]:
    """Return for a stem people say the stems the sheets say, separated by spaces."""
    found: dict[str, set[str]] = {}
    for said, meant in _speech().synonyms.items():
        for word in words_in(said):
            found.setdefault(stem(word), set()).update(stem(other) for other in words_in(meant))
    # Many a pair is one stem ("vole" and "vol"): nothing to store.
    return {said: " ".join(sorted(meant - {said})) for said, meant in sorted(found.items()) if meant - {said}}


def spoken_words() -> frozenset[str]:
    """Return every word of both tables: a speller must take none of them for a mistake."""
    speech = _speech()
    said = (*speech.words.values(), *speech.synonyms, *(group for intent in speech.intent for group in intent.says))
    return frozenset(words_in(" ".join(said)))
