"""Letters that an operator pushes: those that can set French, and no others."""

from __future__ import annotations

import pytest

from config.model import ThemeSettings
from kiosk.ui.font_file import FOLDER, SHIPPED, FontFileError, Typeface, typeface


def test_without_a_word_the_shipped_letters_are_used():
    assert typeface(ThemeSettings()) == SHIPPED


def test_one_font_serves_for_plain_and_bold():
    assert typeface(ThemeSettings(font=SHIPPED.bold)) == Typeface(SHIPPED.bold, SHIPPED.bold)


def test_two_fonts_serve_each_for_their_own():
    said = ThemeSettings(font=SHIPPED.regular, font_bold=SHIPPED.bold)
    assert typeface(said) == SHIPPED


@pytest.mark.parametrize("key", ["font", "font_bold"])
def test_a_font_that_lacks_letters_of_french_is_refused_by_name(key):
    with pytest.raises(FontFileError, match=r"'lucide.ttf' lacks \d+ letters, among them 'à'"):
        typeface(ThemeSettings(**{key: FOLDER / "lucide.ttf"}))


@pytest.mark.parametrize(
    "content", [b"", b"no font", SHIPPED.regular.read_bytes()[:5_000]], ids=["empty", "text", "cut"]
)
def test_a_file_that_is_no_whole_font_is_refused(tmp_path, content):
    (tmp_path / "x.ttf").write_bytes(content)
    with pytest.raises(FontFileError, match=r"'x\.ttf'"):
        typeface(ThemeSettings(font=tmp_path / "x.ttf"))


def test_a_font_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(FontFileError, match="no font that can be opened"):
        typeface(ThemeSettings(font=tmp_path / "none.ttf"))
