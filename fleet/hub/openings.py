"""What a stream's opening says in clear, as columns of the table `streams`. No I/O."""

from __future__ import annotations

from typing import Any

from sync.rejected import Rejected
from sync.seal import read_opening


def in_clear(sealed: bytes) -> dict[str, Any]:
    """Return the columns that the first row of a stream fills; none where it cannot be read (the opener names it)."""
    opening = read_opening(sealed)
    if isinstance(opening, Rejected):
        return {}
    said: dict[str, Any] = {"hub_key_id": opening.hub_key_id, "lane": opening.lane or None}
    if opening.previous:
        said["previous_stream"] = opening.previous.stream
        said["previous_seq"] = opening.previous.seq
        said["previous_chain"] = opening.previous.chain
    return said
