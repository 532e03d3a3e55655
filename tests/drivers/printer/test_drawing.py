"""What no code page holds is drawn: nothing is lost, nothing is cut off, and numbers read as they are called."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from PIL import Image, ImageChops
from receipts import RECEIPTS

from drivers.printer.drawing import draw, ruler
from drivers.printer.elements import Bullet, Columns, Heading, Kicker, Note, Text, TickBox, Title
from drivers.printer.encode import encode
from drivers.printer.laid import Drawn, Line, Paper
from drivers.printer.layout import lay_out
from drivers.printer.letters import clean
from drivers.printer.profile import PROFILES
from drivers.printer.wrap import NORMAL, width_dots, wrap

GENERIC = PROFILES["generic"]
# Categories of Unicode that leave no ink of their own: controls, white space, and marks that need a letter below.
INKLESS = {"Cc", "Cf", "Cs", "Zs", "Zl", "Zp", "Mn", "Mc", "Me"}
scripts = st.text(alphabet="aé7 \u00a0عלЖșợ😀中\u0301\u2028\u2009\ufe0f\u200d/-", max_size=60)
each_profile = pytest.mark.parametrize("profile", PROFILES.values(), ids=lambda profile: profile.name)


def laid(receipt, paper=Paper.MM_80, profile=GENERIC):
    return lay_out(receipt, paper, profile, ruler())


def ink(drawn, dots=576):
    raster = draw(drawn, dots)
    return Image.frombytes("1", (dots, raster.height_dots), raster.data)


def same(one, other):
    one, other = one.crop(one.getbbox()), other.crop(other.getbbox())
    return one.size == other.size and ImageChops.logical_xor(one, other).getbbox() is None


@settings(deadline=None)
@given(st.characters(exclude_categories=INKLESS - {"Cn", "Co"}))
@example("\U0001fae8")  # an emoji that this Python does not know yet
@example("\ue000")
@example("中")
def test_no_letter_vanishes_whatever_it_is(letter):
    lines = laid((Text(f"a{letter}"),))
    said = "".join(line.text for line in lines)
    assert len(said) > 1
    assert all(isinstance(line, Line) or ink(line).getbbox() for line in lines)


@pytest.mark.parametrize("white", ["\u2028", "\u2029", "\x0b", "\x0c", "\x85", "\u2009", "\u3000", "\u2003", "\x1e"])
def test_what_sets_words_apart_is_a_space_and_is_not_drawn(white):
    assert [line.text for line in laid((Text(f"un{white}deux"),))] == ["un deux"]


@each_profile
@settings(deadline=None, max_examples=40)
@given(scripts, st.sampled_from(Paper))
def test_no_text_in_any_script_stops_a_paper_or_leaves_it(profile, text, paper):
    receipt = (
        Kicker(text),
        Title(text),
        Heading(text),
        Text(text),
        TickBox(text, 2, (text,)),
        Bullet(text),
        Note(text),
        Columns(text, text),
    )
    lines = laid(receipt, paper, profile)
    widths = [ruler().width_dots(line.text, line.style) + line.inset_dots for line in lines if isinstance(line, Drawn)]
    widths += [width_dots(line.text, line.style) for line in lines if isinstance(line, Line)]
    assert all(width <= paper.dots_of(profile) for width in widths)
    encode(lines, paper, profile)


@pytest.mark.parametrize(
    "number", ["7421", "01 23 45 67 89", "01\u00a023", "10-12", "30/11/2026 14:30", "+33 1 23", "3.949"]
)
def test_a_number_among_arabic_letters_is_read_from_the_left(number):
    there = ink(Drawn(f"{number} ع"))  # letters from the left: the number stands at the left, as it is
    here = ink(Drawn(f"ع {number}", from_right=True))
    assert same(there, here)


@given(st.lists(st.sampled_from(["a", "é", "x\u0301", "x\u0323\u0301"]), min_size=1, max_size=90), st.integers(36, 200))
def test_an_accent_is_never_parted_from_its_letter(word, room_dots):
    lines = wrap(clean("".join(word)), NORMAL, room_dots)
    assert not any(unicodedata.combining(line[0]) for line in lines[1:])


@pytest.mark.parametrize("paper", Paper)
@pytest.mark.parametrize("language", ["ar", "uk", "ro"])
def test_no_drawn_line_touches_the_edge_where_it_ends(language, paper):
    drawn = [line for line in laid(RECEIPTS[language], paper) if isinstance(line, Drawn) and not line.centred]
    assert drawn
    for line in drawn:
        left, _, right, _ = ink(line, paper.dots).getbbox()
        assert left > 0 if line.from_right else right < paper.dots
