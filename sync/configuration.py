"""What a device says of its configuration in a birth: what it is to run, what it runs, why they differ. No I/O.

The keeper writes it for the other programs of the device (`config.keeper`: config.json). A reason is a value of
`config.trial.Lack`; a hub may be older than the device that names a new one, so that any short text is taken.
"""

from __future__ import annotations

from typing import Annotated

import msgspec

# `\Z`, since `$` would let a line end through.
Digest = Annotated[str, msgspec.Meta(pattern=r"\A(?:[0-9a-f]{64})?\Z")]
Group = Annotated[str, msgspec.Meta(pattern=r"\A[a-z0-9][a-z0-9-]{0,62}\Z")]
Version = Annotated[int, msgspec.Meta(ge=0, lt=1 << 62)]
# There are eight reasons; a later version may have some more.
MAX_REASONS = 16
MAX_REASON_LENGTH = 100
# Of a configuration in which everything is wrong, as much as somebody reads; four bytes a character, 4 kB of a birth.
MAX_PROBLEMS = 5
MAX_PROBLEM_LENGTH = 200
_Reason = Annotated[str, msgspec.Meta(max_length=MAX_REASON_LENGTH)]
_Problem = Annotated[str, msgspec.Meta(max_length=MAX_PROBLEM_LENGTH)]


class Configuration(msgspec.Struct, frozen=True, array_like=True):
    """The version in force, the digests wanted and running (empty: as installed), and what was wrong with the first.

    A version on trial is running. `group` is whose configuration the device takes: only its site.toml says so.
    """

    version: Version
    wanted: Digest
    running: Digest
    on_trial: bool
    reasons: Annotated[tuple[_Reason, ...], msgspec.Meta(max_length=MAX_REASONS)]
    problems: Annotated[tuple[_Problem, ...], msgspec.Meta(max_length=MAX_PROBLEMS)]
    group: Group


class _Kept(msgspec.Struct, frozen=True):
    """What the keeper writes."""

    version: Version
    wanted: Digest
    running: Digest
    on_trial: bool
    reasons: tuple[str, ...]
    problems: tuple[str, ...]


_decoder = msgspec.json.Decoder(_Kept)


def read_kept(content: bytes, group: str) -> Configuration | None:
    """Return what the keeper has written, cut to what a birth may hold; None where it is damaged."""
    try:
        kept = _decoder.decode(content)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    return Configuration(
        kept.version,
        kept.wanted,
        kept.running,
        kept.on_trial,
        tuple(reason[:MAX_REASON_LENGTH] for reason in kept.reasons[:MAX_REASONS]),
        tuple(problem[:MAX_PROBLEM_LENGTH] for problem in kept.problems[:MAX_PROBLEMS]),
        group,
    )
