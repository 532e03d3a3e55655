"""From French as people write it to the stems search compares. No I/O.

`folded` drops case and accents ("Hébergé" and "heberge" are one word), `words_in` splits a text and leaves
out elided articles and one-letter words, `stem` drops endings. Query and sheets go through the same three.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from snowballstemmer.french_stemmer import FrenchStemmer

_LIGATURES = str.maketrans({"œ": "oe", "æ": "ae", "ß": "ss", "\u00ad": ""})  # the last is a soft hyphen
_WORD = re.compile(r"[a-z0-9]+")
# What elision leaves before an apostrophe, and words which say nothing of the subject.
STOP_WORDS = frozenset(
    """
    a ai ait alors as au aucun aucune aussi autre aux avait avec avez avoir avons bien c ca car ce ceci cela
    celle celui ces cet cette ceux chez ci comme comment d dans de depuis des doit dois doivent donc dont du
    elle elles en encore entre es est et etaient etait etant etc ete etes etre eu eux fait faire faut fais font
    ici il ils j je jai jaimerais jamais jaurai jetais jusqu l la le les leur leurs lorsqu lorsque lui m ma
    mais me meme memes mes mien moi mon n ne ni nos notre nous on ont or ou par parce peut peuvent peux plus
    pour pourquoi puis puisque qu quand que quel quelle quelles quels qui quoi quelqu quelque s sa sans se sera
    ses si sien soi soit sommes son sont sous suis sur svp t ta te tes toi ton tous tout toute toutes tres tu
    un une va vais veut veux voudrais vos votre vous y bonjour merci besoin demande demander chercher cherche
    savoir obtenir cest jen quest nai
    """.split(),  # noqa: SIM905  (two hundred quotation marks would hide the words)
)
_stemmer = FrenchStemmer()


def folded(text: str) -> str:
    """Return the text in small letters without accents."""
    decomposed = unicodedata.normalize("NFKD", text.casefold().translate(_LIGATURES))
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))


def all_words_in(text: str) -> list[str]:
    """Return the folded words of a text, in order, whatever they are."""
    return _WORD.findall(folded(text))


def words_in(text: str) -> list[str]:
    """Return the folded words of a text, in order, one-letter words and stop words left out."""
    return [word for word in all_words_in(text) if len(word) > 1 and word not in STOP_WORDS]


@lru_cache(maxsize=65536)
def stem(word: str) -> str:
    """Return the stem of a folded word."""
    # The stemmer tells "déclarée" from "declare" by its accent, which folding has dropped.
    bare = re.sub(r"ee?(s?)$", r"e\1", word)
    stemmed: str = _stemmer.stemWord(bare)
    return stemmed


def forget() -> None:
    """Forget every word that was stemmed, as at the end of a citizen's session."""
    stem.cache_clear()


def stems_in(text: str) -> list[str]:
    """Return the stems of a text's words, in order."""
    return [stem(word) for word in words_in(text)]
