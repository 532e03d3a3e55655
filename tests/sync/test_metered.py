"""Whether bytes are counted."""

from __future__ import annotations

import pytest

from sync.metered import is_metered


@pytest.fixture
def bus(tmp_path, monkeypatch):
    """A busctl of our own, which says what the test wants."""

    def say(script):
        program = tmp_path / "busctl"
        program.write_text(f"#!/bin/sh\n{script}\n")
        program.chmod(0o755)
        monkeypatch.setenv("PATH", f"{tmp_path}:/bin:/usr/bin")

    return say


@pytest.mark.parametrize(("said", "metered"), [("u 0", False), ("u 1", True), ("u 2", False), ("u 3", True)])
def test_network_manager_is_believed(bus, said, metered):
    bus(f"echo '{said}'")
    assert is_metered("auto") is metered


def test_without_network_manager_a_link_is_free(bus):
    bus("echo 'Failed to get property: the name was not provided' >&2; exit 1")
    assert not is_metered("auto")


def test_without_the_program_a_link_is_free(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    assert not is_metered("auto")


def test_what_is_configured_counts(bus):
    bus("echo 'u 2'")
    assert is_metered("yes")
    assert not is_metered("no")
