"""The raw sheets that ship with the project."""

from pathlib import Path

import pytest

SHIPPED = Path(__file__).parents[2] / "demo/content/sheets"


@pytest.fixture
def shipped():
    return SHIPPED / "particuliers"


@pytest.fixture
def data():
    return Path(__file__).parent / "data"
