"""What every proof does: say its figures, in one line."""

from __future__ import annotations

import pytest


@pytest.fixture
def report(request):
    """Print what the test came to."""

    def say(*figures):
        line = "; ".join(str(figure) for figure in figures)
        print(f"\n{request.node.name.removeprefix('test_')}: {line}")  # noqa: T201  (a proof's figure)

    return say
