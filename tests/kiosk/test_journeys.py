"""What a citizen lives through: events in, effects out."""

from __future__ import annotations

from dataclasses import replace

import pytest
from kiosk_samples import CARD, FRONT_PAGE, HIT, MOVE, READY, address

from catalogue.pack_fault import PackFault
from drivers.interface import Fault
from drivers.news import PowerSource
from drivers.scanner.model import Tone
from drivers.two_d_doc.verdict import Line, Paper, Verdict
from kiosk.journeys import advance, news, session, touches
from kiosk.journeys.effects import Adopt, BeepScanner, CheckPaper, LoadSheet, PrintReceipt, Record, Search, WipeSession
from kiosk.journeys.job import ChecklistPaper, Phase, SheetPaper
from kiosk.journeys.places import (
    Asking,
    Browsing,
    CheckingPaper,
    Helping,
    Home,
    Listing,
    MeetingPartners,
    Printing,
    Reading,
    Searching,
    Shelf,
)
from kiosk.journeys.printing import PRINT_PATIENCE_S, RECORD_PATIENCE_S
from kiosk.journeys.settings import Partner, Patience, Settings
from kiosk.journeys.state import Saying, State
from sync.records import ReceiptContent, ReceiptRequested

LISTED = (
    touches.LifeEventChosen("F14128"),
    news.SheetLoaded(MOVE),
    touches.Answered(0),
    touches.Answered(0),
)


_, BATTERY, LOW = PowerSource


def live(*events, state=READY):
    """Return the state after these events, and all their effects in order."""
    effects = []
    for event in events:
        state, more = advance(state, event)
        effects += more
    return state, effects


# Finding


def test_a_life_event_leads_to_its_first_question():
    state, effects = live(touches.LifeEventChosen("F14128"), news.SheetLoaded(MOVE))
    assert (state.place, effects) == (Asking(MOVE), [LoadSheet("F14128")])


def test_a_life_event_without_questions_leads_to_its_sheet():
    state, _ = live(touches.LifeEventChosen("F21089"), news.SheetLoaded(CARD))
    assert state.place == Reading(CARD)


def test_a_procedure_with_questions_is_shown_as_a_sheet_first():
    state, _ = live(touches.SheetChosen("F14128"), news.SheetLoaded(MOVE))
    assert state.place == Reading(MOVE)


def test_a_sheet_nobody_waits_for_any_more_does_not_appear():
    state, _ = live(touches.SheetChosen("F14128"), touches.HomeTouched(), news.SheetLoaded(MOVE))
    assert state.place == Home()


def test_a_sheet_that_is_not_here_is_said_and_changes_nothing():
    state, _ = live(touches.SheetChosen("F999"), news.SheetMissing("F999"))
    assert (state.place, state.saying) == (Home(), Saying.SHEET_MISSING)


def test_every_letter_is_looked_up():
    state, effects = live(
        touches.SearchTouched(), touches.KeyTouched("r"), touches.KeyTouched("s"), touches.KeyTouched("a")
    )
    assert state.place.text == "rsa"
    assert effects == [Search("r"), Search("rs"), Search("rsa")]


def test_a_space_at_the_end_is_not_looked_up_again():
    _, effects = live(touches.SearchTouched(), touches.KeyTouched("r"), touches.KeyTouched(" "))
    assert effects == [Search("r")]


def test_hits_of_words_that_changed_since_are_dropped():
    state, _ = live(touches.SearchTouched(), touches.KeyTouched("r"), touches.KeyTouched("s"), news.Found("r", (HIT,)))
    assert state.place.hits is None


def test_the_last_letter_erased_leaves_no_hits():
    state, effects = live(touches.SearchTouched(), touches.KeyTouched("r"), news.Found("r", (HIT,)), touches.Erased())
    assert (state.place, effects) == (Searching(), [Search("r")])


def test_going_back_to_a_search_finds_its_words_again():
    state, effects = live(
        touches.SearchTouched(), touches.KeyTouched("r"), touches.HelpTouched(), touches.BackTouched()
    )
    assert (state.place.text, effects) == ("r", [Search("r"), Search("r")])


def test_a_long_list_of_the_front_page_can_be_seen_whole():
    state, _ = live(touches.ShelfTouched(Shelf.PROCEDURES))
    assert state.place == Browsing(Shelf.PROCEDURES)


# Reading


def test_one_chapter_is_open_at_a_time():
    state, _ = live(
        touches.SectionTouched((0,)), touches.SectionTouched((1,)), state=replace(READY, place=Reading(MOVE))
    )
    assert state.place.section == (1,)


def test_a_chapter_touched_again_closes():
    state, _ = live(
        touches.SectionTouched((0,)), touches.SectionTouched((0,)), state=replace(READY, place=Reading(MOVE))
    )
    assert state.place.section is None


def test_another_case_takes_the_place_of_the_one_before_and_of_all_inside_it():
    at = replace(READY, place=Reading(CARD))
    state, _ = live(
        touches.CaseChosen((0,), 0), touches.CaseChosen((0, 0, 1, 1), 1), touches.CaseChosen((0,), 1), state=at
    )
    assert state.place.chosen == (((0,), 1),)


def test_a_case_reopened_is_a_question_again():
    state, _ = live(touches.CaseChosen((0,), 0), touches.CaseReopened((0,)), state=replace(READY, place=Reading(CARD)))
    assert state.place.chosen == ()


# Questions


def test_answers_lead_to_the_checklist():
    state, _ = live(*LISTED)
    assert state.place == Listing(MOVE, (0, 0))


def test_a_question_passed_is_no_answer():
    state, _ = live(touches.LifeEventChosen("F14128"), news.SheetLoaded(MOVE), touches.Skipped(), touches.Answered(1))
    assert state.place == Listing(MOVE, (None, 1))


def test_back_takes_one_answer_back():
    state, _ = live(
        touches.LifeEventChosen("F14128"), news.SheetLoaded(MOVE), touches.Answered(1), touches.BackTouched()
    )
    assert state.place == Asking(MOVE, ())


def test_back_from_the_checklist_is_the_last_question():
    state, _ = live(*LISTED, touches.BackTouched())
    assert state.place == Asking(MOVE, (0,))


def test_starting_over_wipes_the_answers():
    state, _ = live(*LISTED, touches.QuestionsTouched())
    assert state.place == Asking(MOVE, ())
    assert not any(isinstance(place, Asking | Listing) for place in state.back)


def test_a_choice_that_does_not_exist_is_ignored():
    state, _ = live(touches.LifeEventChosen("F14128"), news.SheetLoaded(MOVE), touches.Answered(7))
    assert state.place == Asking(MOVE, ())


# Printing


def test_what_was_promised_is_on_disk_before_it_is_printed():
    state, effects = live(*LISTED, touches.PrintTouched())
    record = Record(1, ReceiptRequested("F14128", ReceiptContent.CHECKLIST))
    assert (state.place, effects[-1:]) == (Printing(), [record])
    _, effects = live(news.Recorded(1), state=state)
    assert effects == [PrintReceipt(1, ChecklistPaper(MOVE, (0, 0)))]


def test_a_record_that_was_refused_does_not_stop_the_paper():
    _, effects = live(*LISTED, touches.PrintTouched(), news.NotRecorded(1))
    assert effects[-1] == PrintReceipt(1, ChecklistPaper(MOVE, (0, 0)))


def test_a_disk_that_does_not_answer_does_not_stop_the_paper():
    state, _ = live(*LISTED, touches.PrintTouched())
    _, effects = live(news.Ticked(RECORD_PATIENCE_S), news.Recorded(1), state=state)
    assert effects == [PrintReceipt(1, ChecklistPaper(MOVE, (0, 0)))]


def test_a_second_touch_while_printing_does_nothing():
    impatient = (
        touches.PrintTouched(),
        touches.PrintTouched(),
        touches.BackTouched(),
        touches.PrintTouched(),
        news.Recorded(1),
    )
    _, effects = live(*LISTED, *impatient)
    assert [type(effect) for effect in effects] == [LoadSheet, Record, PrintReceipt]


def test_the_record_holds_nothing_a_citizen_answered():
    _, effects = live(*LISTED, touches.PrintTouched())
    assert effects[-1].record == ReceiptRequested(sheet="F14128", content=ReceiptContent.CHECKLIST)


def test_what_is_open_of_a_sheet_is_what_is_printed():
    at = replace(READY, place=Reading(CARD, section=(0, 0, 1), chosen=(((0,), 0),)))
    _, effects = live(touches.PrintTouched(), news.Recorded(1), state=at)
    assert effects == [
        Record(1, ReceiptRequested("F21089", ReceiptContent.SHEET)),
        PrintReceipt(1, SheetPaper(CARD, (0, 0, 1), (((0,), 0),))),
    ]


def test_trying_again_prints_the_same_paper_and_records_nothing_more():
    failed = (*LISTED, touches.PrintTouched(), news.Recorded(1), news.NotPrinted(1, Fault.OUT_OF_PAPER))
    state, effects = live(*failed, touches.PrintTouched())
    assert [type(effect) for effect in effects].count(Record) == 1
    assert effects[-1] == PrintReceipt(2, ChecklistPaper(MOVE, (0, 0)))
    assert state.job.phase is Phase.SENT


def test_the_list_is_still_there_when_the_printer_is_off():
    state, _ = live(
        *LISTED, touches.PrintTouched(), news.Recorded(1), news.NotPrinted(1, Fault.UNPLUGGED), touches.BackTouched()
    )
    assert (state.place, state.job) == (Listing(MOVE, (0, 0)), None)


def test_a_printer_that_never_answers_is_given_up():
    state, _ = live(*LISTED, touches.PrintTouched(), news.Recorded(1), news.Ticked(PRINT_PATIENCE_S))
    assert state.job.phase is Phase.UNKNOWN


MAYBE_OUT = (*LISTED, touches.PrintTouched(), news.Recorded(1), news.PrintUnknown(1, Fault.UNPLUGGED))


def test_a_paper_that_may_be_out_is_printed_again_only_as_a_copy_and_only_when_asked():
    state, effects = live(*MAYBE_OUT, news.Ticked(5))
    assert (state.job.phase, [type(effect) for effect in effects].count(PrintReceipt)) == (Phase.UNKNOWN, 1)
    _, effects = live(touches.PrintTouched(), state=state)
    assert effects == [PrintReceipt(2, ChecklistPaper(MOVE, (0, 0)), copy=True)]


def test_a_copy_that_failed_is_a_copy_still():
    _, effects = live(
        *MAYBE_OUT, touches.PrintTouched(), news.NotPrinted(2, Fault.OUT_OF_PAPER), touches.PrintTouched()
    )
    assert effects[-1] == PrintReceipt(3, ChecklistPaper(MOVE, (0, 0)), copy=True)


SEAL = b"DC04FR03AV011E5F1E5F28..."
GENUINE = Paper(Verdict.GENUINE, title="Avis d’impôt", lines=(Line("Revenu fiscal de référence", "12 345 €"),))


def test_the_seal_of_a_paper_is_verified_and_its_words_are_shown():
    state, effects = live(news.Scanned(SEAL))
    assert (state.place, effects) == (CheckingPaper(), [BeepScanner(Tone.KNOWN), CheckPaper(SEAL)])
    state, _ = live(news.PaperChecked(GENUINE), state=state)
    assert state.place == CheckingPaper(GENUINE)


def test_what_a_paper_said_is_gone_with_the_next_touch_and_never_comes_back():
    state, _ = live(
        *LISTED, news.Scanned(SEAL), news.PaperChecked(GENUINE), touches.HelpTouched(), touches.BackTouched()
    )
    assert state.place == Listing(MOVE, (0, 0))
    state, _ = live(news.Scanned(SEAL), touches.EndTouched(), news.PaperChecked(GENUINE))
    assert state.place == Home()


def test_a_citizens_card_changes_nothing_and_is_answered_kindly():
    state, effects = live(*LISTED, news.CitizenCardShown())
    assert (state.place, state.saying, effects[-1]) == (
        Listing(MOVE, (0, 0)),
        Saying.CITIZEN_CARD,
        live(*LISTED)[1][-1],
    )


def test_what_does_not_serve_is_known_until_it_does_beyond_the_session():
    broken = (news.DeviceChanged("printer", Fault.OUT_OF_PAPER), news.DeviceChanged("printer", Fault.COVER_OPEN))
    state, _ = live(*broken, touches.SheetChosen("F21089"), touches.EndTouched())
    assert state.faults == (("printer", Fault.COVER_OPEN),)
    state, _ = live(news.DeviceChanged("printer", None), state=state)
    assert state.faults == ()


def test_what_feeds_the_kiosk_is_known_until_whoever_tells_it_is_lost():
    low, parked = (news.PowerChanged(name, source) for name, source in (("power", LOW), ("ignition", BATTERY)))
    state, _ = live(
        news.PowerChanged("power", BATTERY), low, parked, touches.SheetChosen("F21089"), touches.EndTouched()
    )
    assert state.power == (("power", LOW), ("ignition", BATTERY))
    state, _ = live(news.DeviceChanged("power", Fault.UNPLUGGED), state=state)
    assert state.power == (("ignition", BATTERY),)


def test_a_battery_changes_nothing_of_a_session():
    state, _ = live(*LISTED)
    after, more = live(news.PowerChanged("power", LOW), state=state)
    assert (replace(after, power=()), more) == (state, [])


def test_the_end_of_a_paper_is_told_wherever_the_citizen_is():
    state, _ = live(*LISTED, touches.PrintTouched(), news.Recorded(1), touches.HomeTouched(), news.Printed(1))
    assert (state.place, state.saying, state.job) == (Home(), Saying.PAPER_OUT, None)


def test_a_paper_goes_on_after_the_session_and_tells_the_next_citizen_nothing():
    state, effects = live(
        *LISTED, touches.PrintTouched(), touches.EndTouched(), news.Recorded(1), news.Ticked(20), news.Printed(1)
    )
    assert [type(effect) for effect in effects[-2:]] == [WipeSession, PrintReceipt]
    assert (state.saying, state.job) == (None, None)


# Scanning


@pytest.mark.parametrize("place", [Home(), Searching("r"), Asking(MOVE, (0,)), Listing(MOVE, (0, 0)), Helping()])
def test_a_receipt_brings_its_sheet_back_from_anywhere(place):
    state, effects = live(
        news.Scanned(address("F21089").encode() + b"\r"), news.SheetLoaded(CARD), state=replace(READY, place=place)
    )
    assert (state.place, effects) == (Reading(CARD), [BeepScanner(Tone.KNOWN), LoadSheet("F21089")])


def test_a_receipt_scanned_while_printing_is_not_lost_and_nor_is_the_paper():
    scan = (news.Scanned(address("F21089").encode()), news.SheetLoaded(CARD))
    state, effects = live(*LISTED, touches.PrintTouched(), *scan, news.Recorded(1))
    assert state.place == Reading(CARD)
    assert effects[-1] == PrintReceipt(1, ChecklistPaper(MOVE, (0, 0)))


def test_a_sheet_already_open_stays_as_it_is_when_it_is_scanned():
    at = replace(READY, place=Reading(CARD, section=(0, 0, 1)))
    state, _ = live(news.Scanned(address("F21089").encode()), news.SheetLoaded(CARD), state=at)
    assert (state.place, state.back) == (at.place, ())


@pytest.mark.parametrize("code", [b"3017620422003", b"\xff\x00\xfe", b"", b"https://example.org/F14128"])
def test_an_unknown_code_gets_a_polite_word(code):
    state, effects = live(news.Scanned(code))
    assert (state.place, state.saying) == (Home(), Saying.UNKNOWN_CODE)
    assert effects == [BeepScanner(Tone.UNKNOWN)]


# Time


def test_a_citizen_is_warned_then_everything_is_wiped():
    state, effects = live(touches.SearchTouched(), touches.KeyTouched("r"), news.Ticked(59), news.Ticked(60))
    assert state.warned
    state, effects = live(news.Ticked(79), news.Ticked(80), state=state)
    assert (state.place, state.warned, effects) == (Home(), False, [WipeSession()])


def test_whoever_answers_the_warning_stays_where_they_are():
    state, _ = live(touches.SearchTouched(), news.Ticked(70), touches.StillHereTouched(), news.Ticked(90))
    assert (state.place, state.warned) == (Searching(), False)


def test_the_warning_may_be_answered_for_ever():
    state, _ = live(touches.SearchTouched())
    for turn in range(1, 21):
        state, _ = live(news.Ticked(70 * turn), state=state)
        assert state.warned
        state, _ = live(touches.StillHereTouched(), state=state)
    assert state.place == Searching()


def test_the_front_page_is_wiped_without_a_word():
    state, effects = live(touches.SearchTouched(), touches.HomeTouched(), news.Ticked(60))
    assert (state.warned, effects, state.used) == (False, [WipeSession()], False)


def test_a_kiosk_nobody_touched_has_nothing_to_do():
    state, effects = live(news.Ticked(60), news.Ticked(600), news.Ticked(6000))
    assert effects == []
    assert state == replace(READY, now_s=6000)


def test_nobody_is_asked_whether_they_are_there_while_they_are_read_to():
    listening = (touches.SearchTouched(), news.VoiceChanged(speaks=True))
    state, _ = live(*listening, *map(news.Ticked, range(1, 200)))
    assert not state.warned
    state, _ = live(news.VoiceChanged(speaks=False), news.Ticked(258), state=state)
    assert not state.warned
    state, _ = live(news.Ticked(259), state=state)
    assert (state.warned, session.left_s(state)) == (True, 20)


def test_a_voice_that_is_stuck_keeps_nobodys_case_on_the_screen():
    state, _ = live(touches.SearchTouched(), news.VoiceChanged(speaks=True), *map(news.Ticked, range(1, 1860)))
    assert not state.warned
    state, effects = live(news.Ticked(1860), news.Ticked(1879), state=state)
    assert (state.warned, effects) == (True, [])
    state, effects = live(news.Ticked(1880), state=state)
    assert (state.place, effects) == (Home(), [WipeSession()])


@pytest.mark.parametrize("said_before", [True, False])
def test_a_speaker_that_hangs_reads_to_nobody(said_before):
    hangs, speaks = news.DeviceChanged("speaker", Fault.HANGING), news.VoiceChanged(speaks=True)
    lost = (speaks, hangs) if said_before else (hangs, speaks)
    state, _ = live(touches.SearchTouched(), *lost, news.Ticked(60))
    assert state.warned


def test_the_question_itself_is_read_and_gives_no_more_time():
    state, _ = live(touches.SearchTouched(), news.Ticked(60), news.VoiceChanged(speaks=True))
    state, effects = live(*map(news.Ticked, range(61, 81)), state=state)
    assert (state.place, effects) == (Home(), [WipeSession()])


def test_nobody_is_hurried_while_their_paper_comes():
    state, _ = live(
        *LISTED, touches.PrintTouched(), news.Recorded(1), news.Ticked(55), news.Printed(1), news.Ticked(100)
    )
    assert (state.place, state.warned) == (Printing(), False)


def test_ending_leaves_nothing_of_the_session():
    state, effects = live(*LISTED, touches.HelpTouched(), touches.EndTouched())
    assert effects[-1] == WipeSession()
    assert state == State(
        patience=READY.patience,
        structure=READY.structure,
        front_page=FRONT_PAGE,
        saying=Saying.WIPED,
    )


def test_a_short_word_goes_by_itself():
    state, _ = live(news.Scanned(b"?"), news.Ticked(7), news.Ticked(8))
    assert state.saying is None


# Content


def test_without_a_pack_nothing_but_help_can_be_reached():
    state, effects = live(
        news.PackRefused(PackFault.MISSING),
        touches.SearchTouched(),
        touches.SheetChosen("F14128"),
        news.Scanned(address("F14128").encode()),
        state=State(),
    )
    assert (state.place, effects) == (Home(), [BeepScanner(Tone.UNKNOWN)])
    assert live(touches.HelpTouched(), state=state)[0].place == Helping()


def test_a_pack_that_comes_later_opens_the_front_page():
    state, _ = live(news.PackRefused(PackFault.MISSING), news.FrontPageLoaded(FRONT_PAGE), state=State())
    assert (state.front_page, state.pack_fault) == (FRONT_PAGE, None)


def test_a_pack_lost_on_the_way_leads_to_the_screen_that_says_so():
    state, _ = live(touches.SearchTouched(), touches.KeyTouched("r"), news.PackRefused(PackFault.DAMAGED))
    assert (state.place, state.back, state.pack_fault) == (Home(), (), PackFault.DAMAGED)


# Another configuration

NEW = Settings(7, "France Services de Condat", Patience(90.0, 30.0))


def test_another_configuration_is_taken_over_at_once_where_nobody_is():
    state, effects = live(news.SettingsArrived(NEW))
    assert (state.structure, state.patience, state.arrived) == (NEW.structure, NEW.patience, None)
    assert effects == [Adopt(7)]


@pytest.mark.parametrize(
    "steps",
    [(touches.SearchTouched(), touches.KeyTouched("r")), LISTED, (touches.SearchTouched(), touches.HomeTouched())],
    ids=["typing", "listing", "back at the front page"],
)
def test_another_configuration_waits_for_the_end_of_a_session(steps):
    state, effects = live(*steps, news.SettingsArrived(NEW), news.Ticked(30))
    assert (state.structure, Adopt(7) in effects) == (READY.structure, False)
    state, effects = live(touches.EndTouched(), state=state)
    assert (state.structure, effects) == (NEW.structure, [WipeSession(), Adopt(7)])


def test_another_configuration_waits_for_a_paper_that_is_still_coming():
    state, _ = live(*LISTED, touches.PrintTouched(), news.SettingsArrived(NEW))
    state, effects = live(touches.EndTouched(), news.Recorded(1), news.Ticked(20), state=state)
    assert Adopt(7) not in effects
    assert Adopt(7) in live(news.Printed(1), state=state)[1]


def test_of_two_configurations_that_wait_the_later_one_is_taken_over():
    later = replace(NEW, version=8, structure="France Services d'Allanche")
    state, effects = live(
        touches.SearchTouched(), news.SettingsArrived(NEW), news.SettingsArrived(later), touches.EndTouched()
    )
    assert (state.structure, effects[-1]) == (later.structure, Adopt(8))


def test_hours_and_partners_that_arrive_are_there_for_the_next_citizen():
    new = Settings(7, opening_hours=("lundi",), partners=(Partner("La Poste"),))
    state, _ = live(touches.SearchTouched(), news.SettingsArrived(new))
    assert (state.opening_hours, state.partners) == ((), ())
    state, _ = advance(state, touches.EndTouched())
    assert (state.opening_hours, state.partners) == (new.opening_hours, new.partners)
    met, _ = advance(state, touches.PartnersTouched())
    assert met.place == MeetingPartners()
    ended, _ = advance(met, touches.EndTouched())
    assert (ended.place, ended.partners) == (Home(), new.partners)


def test_partners_that_nobody_has_named_lead_nowhere():
    assert live(touches.PartnersTouched())[0].place == Home()
