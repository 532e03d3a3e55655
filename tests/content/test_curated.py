"""The front page and the words of real life."""

import re

from fleet.content.curated import front_page, meanings, spoken_words, synonyms


def test_each_tile_has_a_label_a_sheet_and_an_icon():
    tiles = (*front_page().life_events, *front_page().procedures)
    assert len(tiles) >= 25
    assert all(
        tile.label and re.fullmatch(r"[FN]\d+", tile.sheet) and re.fullmatch(r"[a-z0-9-]+", tile.icon) for tile in tiles
    )


def test_the_four_life_events_with_questions_come_first():
    assert [tile.sheet for tile in front_page().life_events[:4]] == ["F14128", "F16225", "F16507", "F33362"]


def test_no_intent_has_an_empty_group():
    assert len(meanings()) >= 100
    assert all(meaning.sheets and all(meaning.groups) for meaning in meanings())


def test_no_synonym_stands_for_itself_alone():
    assert all(set(means.split()) - {stem} for stem, means in synonyms().items())


def test_words_people_say_are_not_taken_for_mistakes():
    assert {"bagnole", "boulot", "toubib"} <= spoken_words()
