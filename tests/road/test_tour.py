"""What `make run` leaves on a machine without a display."""

from __future__ import annotations

import pytest

from demo import tour

pytestmark = [pytest.mark.broker, pytest.mark.screen, pytest.mark.timeout(300)]


def test_the_tour_leaves_its_pictures_the_paper_and_exactly_one_record(tmp_path, pack):
    tour.play(tmp_path / "world", pack, tmp_path / "tour")
    left = sorted(path.name for path in (tmp_path / "tour").iterdir())
    assert [name for name in left if not name[0].isdigit()] == ["outbox.txt", "receipt.png", "records.txt"]
    assert len(left) == 21
    assert (tmp_path / "tour/records.txt").read_text(encoding="utf-8").endswith("\n1 records\n")
