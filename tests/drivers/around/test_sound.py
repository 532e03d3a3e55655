"""Beeps, loudness, WAV files, sentences, and what is said next."""

from __future__ import annotations

import array
import io
import itertools
import wave as standard

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.news import Jack, Unsaid
from drivers.sound.loudness import Loudness, scaled
from drivers.sound.programme import Kind, Programme, Utterance
from drivers.sound.sentences import MAX_PIECE, MAX_TEXT, _speakable, pieces
from drivers.sound.tones import RATE_HZ, TONES, Beep, samples
from drivers.sound.wave import NoWaveError, Pcm, read

CALL, BEEP, READING = (Utterance(kind + 1, kind) for kind in Kind)
SECRET = Utterance(9, Kind.READING, "Votre numéro fiscal", personal=True)
IN, OUT = Jack.HEADPHONES, Jack.EMPTY
utterances = st.builds(Utterance, st.integers(), st.sampled_from(Kind), personal=st.booleans())


def wav(pcm, rate_hz=RATE_HZ, width=2, channels=1):
    file = io.BytesIO()
    with standard.open(file, "wb") as sound:
        sound.setparams((channels, width, rate_hz, 0, "NONE", ""))
        sound.writeframes(pcm)
    return file.getvalue()


@pytest.mark.parametrize("beep", Beep)
def test_a_beep_is_as_long_as_its_tones_and_begins_and_ends_in_silence(beep):
    pcm = array.array("h", samples(TONES[beep]))
    assert len(pcm) == pytest.approx(sum(tone.for_s for tone in TONES[beep]) * RATE_HZ, abs=2)
    assert (pcm[0], pcm[-1]) == (0, 0)
    assert max(pcm) > 0x7000


def test_a_tone_has_its_frequency():
    pcm = array.array("h", samples(TONES[Beep.TOUCHED]))
    crossings = sum(before < 0 <= after for before, after in itertools.pairwise(pcm))
    assert crossings == pytest.approx(1000 * 0.03, abs=1)


def test_twenty_decibels_less_than_full_scale_are_a_tenth():
    assert Loudness(full_scale_db=90).gain(70) == pytest.approx(0.1)


@pytest.mark.parametrize(("wanted_db", "set_db"), [(40, 65), (65, 65), (80, 80), (99, 85)])
def test_loudness_stays_between_what_people_hear_and_what_the_output_can(wanted_db, set_db):
    assert Loudness(full_scale_db=85).within(wanted_db) == set_db


@given(st.binary(max_size=200), st.floats(0, 1))
def test_scaled_samples_are_as_many_and_never_louder(pcm, gain):
    before, after = array.array("h", pcm[: len(pcm) & ~1]), array.array("h", scaled(pcm, gain))
    assert len(before) == len(after)
    assert all(abs(b) <= abs(a) for a, b in zip(before, after, strict=True))


@given(st.binary(max_size=100).map(lambda pcm: pcm[: len(pcm) & ~1]), st.sampled_from([8000, 22_050, 48_000]))
def test_a_wav_file_gives_its_samples_back(pcm, rate_hz):
    assert read(wav(pcm, rate_hz)) == Pcm(rate_hz, pcm)


def test_a_wav_file_from_a_pipe_lies_about_its_length():
    data = wav(b"\1\2" * 50)
    assert read(data[:40] + b"\xff\xff\xff\x7f" + data[44:]).samples == b"\1\2" * 50


@pytest.mark.parametrize("data", [b"", b"RIFF", wav(b"", width=1), wav(b"", channels=2), wav(b"")[:30]])
def test_what_is_no_wav_file_of_ours_is_refused(data):
    with pytest.raises(NoWaveError):
        read(data)


@given(st.binary(max_size=80), st.integers(0, 60))
def test_no_bytes_raise_anything_but_that_this_is_no_wav_file(noise, at):
    data = wav(b"\1\2" * 4)
    for bytes_ in (noise, data[:at] + noise + data[at:]):
        try:
            read(bytes_)
        except NoWaveError:
            continue


@given(st.text(max_size=2000))
def test_all_words_come_in_pieces_that_are_short_enough(text):
    said = pieces(text)
    assert all(0 < len(piece) <= MAX_PIECE for piece in said)
    assert "".join(said).replace(" ", "") == "".join(_speakable(text).split())
    assert not any("[[" in piece for piece in said)


def test_a_text_is_said_sentence_by_sentence():
    assert pieces("Bonjour !  Ticket 12 :\nguichet 3. Merci\x07") == ["Bonjour !", "Ticket 12 :", "guichet 3.", "Merci"]


def test_no_text_is_read_for_ever():
    assert sum(map(len, pieces("mot " * 100_000))) <= MAX_TEXT


def test_an_order_to_the_synthesiser_is_text():
    assert pieces("[[bO~ZuR]] [[[[[") == ["[ bO~ZuR ] [ [ ["]


def test_a_call_goes_before_a_beep_and_a_beep_before_a_reading():
    programme = Programme()
    for utterance in (READING, BEEP, CALL):
        assert programme.add(utterance) == []
    assert [programme.next(OUT)[0] for _ in range(4)] == [CALL, BEEP, READING, None]


def test_a_newer_utterance_of_a_kind_replaces_the_one_that_waits():
    programme, newer = Programme(), Utterance(7, Kind.READING)
    programme.add(READING)
    assert programme.add(newer) == [(READING, Unsaid.REPLACED)]
    assert programme.next(OUT) == (newer, [])


@pytest.mark.parametrize(
    ("saying", "comes", "why"),
    [
        (READING, Utterance(7, Kind.READING), Unsaid.REPLACED),
        (READING, CALL, Unsaid.INTERRUPTED),
        (CALL, Utterance(7, Kind.CALL), Unsaid.REPLACED),
        (READING, BEEP, None),
        (BEEP, Utterance(7, Kind.BEEP), None),
        (BEEP, CALL, None),
        (CALL, READING, None),
    ],
)
def test_what_comes_cuts_what_is_being_said_or_waits(saying, comes, why):
    programme = Programme()
    programme.add(saying)
    programme.next(OUT)
    programme.add(comes)
    assert programme.cut(OUT) is why
    programme.said()
    assert programme.next(OUT) == (comes, [])


def test_the_end_of_a_session_ends_all_but_calls():
    programme = Programme()
    programme.add(READING)
    programme.next(OUT)
    for utterance in (BEEP, Utterance(7, Kind.READING), CALL):
        programme.add(utterance)
    assert programme.end_session() == [(BEEP, Unsaid.ENDED), (Utterance(7, Kind.READING), Unsaid.ENDED)]
    assert programme.cut(OUT) is not None
    programme.said()
    assert programme.next(OUT) == (CALL, [])


def test_a_call_goes_on_when_a_session_ends():
    programme = Programme()
    programme.add(CALL)
    programme.next(OUT)
    assert programme.end_session() == []
    assert programme.cut(OUT) is None


@pytest.mark.parametrize("jack", [Jack.EMPTY, Jack.UNKNOWN])
def test_personal_text_is_said_to_headphones_alone(jack):
    programme = Programme()
    programme.add(SECRET)
    assert programme.next(jack) == (None, [(SECRET, Unsaid.NO_HEADPHONES)])


def test_personal_text_is_cut_when_headphones_are_pulled_out_and_stays_cut():
    programme = Programme()
    programme.add(SECRET)
    assert programme.next(IN) == (SECRET, [])
    assert programme.cut(IN) is None
    assert programme.cut(OUT) is Unsaid.NO_HEADPHONES
    assert programme.cut(IN) is Unsaid.NO_HEADPHONES


def test_a_text_is_never_shown_by_accident():
    assert "fiscal" not in repr(SECRET)


@given(st.lists(utterances | st.sampled_from([*Jack, "end", "said"])))
def test_whatever_comes_each_utterance_has_one_end_and_no_secret_is_said_aloud(steps):
    programme, ended, added = Programme(), [], []
    for step in steps:
        if isinstance(step, Utterance):
            added.append(step)
            ended += programme.add(step)
        elif step == "end":
            ended += programme.end_session()
        elif step == "said":
            programme.said()
        else:
            utterance, dropped = programme.next(step)
            ended += dropped
            if utterance is not None:
                ended.append((utterance, None))
                assert not utterance.personal or step is Jack.HEADPHONES
    ended += programme.drop_all()
    assert sorted(each.id for each, _ in ended) == sorted(each.id for each in added)
