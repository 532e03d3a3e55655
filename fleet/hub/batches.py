"""Many things in parts that a statement can take. No I/O."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_Thing = TypeVar("_Thing")


def batched(things: Iterable[_Thing], size: int) -> Iterator[list[_Thing]]:
    """Yield `things` in lists of `size`, the last one shorter (itertools has it from Python 3.12 on)."""
    remaining = iter(things)
    while part := list(islice(remaining, size)):
        yield part
