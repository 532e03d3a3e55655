"""Whatever happens at any byte of a job: "printed" is true, "not printed" is true, and nothing is printed twice."""

from __future__ import annotations

import pytest
from every_byte import length_bytes, tray

from drivers.news import NotPrinted, Printed, PrintUnknown
from drivers.printer.job import OnFault
from drivers.printer.profile import PROFILES
from drivers.simulated.switches import Model, Switches

GENERIC, EPSON = PROFILES["generic"], PROFILES["epson-tm-t20"]
# What may lie in the tray after each outcome.
TRUE_OF = {Printed: {1}, NotPrinted: {0}, PrintUnknown: {0, 1}}

here = pytest.mark.parametrize("step", [43, pytest.param(1, marks=[pytest.mark.prove, pytest.mark.timeout(900)])])
profiles = pytest.mark.parametrize("profile", [GENERIC, EPSON], ids=lambda profile: profile.name)


@here
@profiles
def test_nasty_12_a_cable_torn_out_at_any_byte_leaves_a_true_outcome(news, profile, step):
    seen = set()
    with tray(news, profile, OnFault.RESTART) as printer:
        for dropped_at in range(1, length_bytes(profile), step):
            outcome, whole = printer.job_with(Switches(drop_after_bytes=dropped_at), mend_at_once=False)
            assert whole in TRUE_OF[outcome], f"{outcome} with {whole} whole papers at byte {dropped_at}"
            seen.add(outcome)
    assert {NotPrinted, Printed} <= seen


@here
@profiles
@pytest.mark.parametrize("trouble", ["paper_out", "cover_open"])
def test_nasty_12_trouble_at_any_byte_that_is_given_up_leaves_a_true_outcome(news, profile, step, trouble):
    with tray(news, profile, OnFault.GIVE_UP) as printer:
        for trouble_at in range(1, length_bytes(profile), step):
            switches = Switches(trouble_after_bytes=trouble_at, trouble=trouble)
            outcome, whole = printer.job_with(switches, mend_at_once=False)
            assert whole in TRUE_OF[outcome], f"{outcome} with {whole} whole papers at byte {trouble_at}"


@here
@pytest.mark.parametrize("on_fault", [OnFault.CONTINUE, OnFault.RESTART])
@pytest.mark.parametrize("trouble", ["paper_out", "cover_open"])
def test_nasty_12_trouble_at_any_byte_that_is_mended_brings_one_whole_paper(news, step, trouble, on_fault):
    with tray(news, EPSON, on_fault) as printer:
        for trouble_at in range(20, length_bytes(EPSON), step):
            switches = Switches(trouble_after_bytes=trouble_at, trouble=trouble)
            outcome, whole = printer.job_with(switches, mend_at_once=True)
            assert whole in TRUE_OF[outcome], f"{outcome} with {whole} whole papers at byte {trouble_at}"


@here
@pytest.mark.parametrize("trouble", ["paper_out", "cover_open"])
def test_nasty_12_a_copy_that_cannot_clear_its_buffer_brings_no_second_whole_paper(news, step, trouble):
    with tray(news, GENERIC, OnFault.RESTART, Model(clears=False)) as printer:
        for trouble_at in range(20, length_bytes(GENERIC), step):
            switches = Switches(trouble_after_bytes=trouble_at, trouble=trouble)
            outcome, whole = printer.job_with(switches, mend_at_once=True)
            assert whole in TRUE_OF[outcome], f"{outcome} with {whole} whole papers at byte {trouble_at}"


@here
def test_nasty_12_a_cable_torn_out_of_a_copy_without_paper_leaves_a_true_outcome(news, step):
    with tray(news, GENERIC, OnFault.RESTART, Model(clears=False)) as printer:
        for dropped_at in range(1, length_bytes(GENERIC), step):
            switches = Switches(trouble_after_bytes=max(1, dropped_at - 40), drop_after_bytes=dropped_at)
            outcome, whole = printer.job_with(switches, mend_at_once=False)
            assert whole in TRUE_OF[outcome], f"{outcome} with {whole} whole papers at byte {dropped_at}"
