"""What the hub may say by itself, from hour to hour; all else needs key holders. No I/O.

    online/rollout.json       which part of each group may take what key holders have signed
    online/group/<g>.json     a message to the citizens at this group's kiosks

The hub's key lies on a machine in the network. Who steals it can show a text and hold a rollout back, or let it go
where it was not meant to go yet; this form lets nothing else through.
"""

from __future__ import annotations

from typing import Annotated, TypeVar

import msgspec

ROLLOUT = "online/rollout.json"
# A group's rollout is 130 bytes: 120 groups. The text of a message is 500 characters in each of a few languages.
MAX_BYTES = 16_000
GroupName = Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9][a-z0-9-]{0,62}$(?!\n)")]
Digest = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{64}$(?!\n)")]
# BCP 47, as far as screens are translated: a language, and perhaps a region.
Language = Annotated[str, msgspec.Meta(pattern=r"^[a-z]{2,3}(-[A-Z]{2})?$(?!\n)")]
# It is read standing, on the home screen, above the tiles.
Text = Annotated[str, msgspec.Meta(min_length=1, max_length=500)]


class OnlineError(Exception):
    """The hub's word is not of the form that it may have; nothing of it counts."""


class _Closed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One table, closed to keys that nobody reads."""


class Rollout(_Closed, frozen=True):
    """Who of a group takes the configuration of this digest: rings up to `ring`, and of the last one `percent`."""

    digest: Digest
    ring: Annotated[int, msgspec.Meta(ge=0, le=9)]
    percent: Annotated[int, msgspec.Meta(ge=0, le=100)]


class Rollouts(_Closed, frozen=True):
    """`online/rollout.json`, by group."""

    groups: dict[GroupName, Rollout] = {}


class Message(_Closed, frozen=True):
    """What citizens must know now, by language, until a time of the hub in Unix seconds."""

    text: Annotated[dict[Language, Text], msgspec.Meta(min_length=1, max_length=12)]
    valid_until_s: Annotated[int, msgspec.Meta(ge=0, le=2**40)]


class GroupWord(_Closed, frozen=True):
    """`online/group/<g>.json`."""

    message: Message | None = None


_Word = TypeVar("_Word", Rollouts, GroupWord)


def group_path(group: str) -> str:
    """Return the path of a group's word."""
    return f"online/group/{group}.json"


def rollouts(content: bytes) -> Rollouts:
    """Return what `online/rollout.json` says.

    Raises:
        OnlineError: it is too long, or not of this form.
    """
    return _decode(content, Rollouts, ROLLOUT)


def group_word(content: bytes) -> GroupWord:
    """Return what a group's file says.

    Raises:
        OnlineError: it is too long, or not of this form.
    """
    return _decode(content, GroupWord, "the group's word")


def _decode(content: bytes, model: type[_Word], name: str) -> _Word:
    if len(content) > MAX_BYTES:
        raise OnlineError(f"{name} has {len(content)} bytes; the hub may say {MAX_BYTES}")
    try:
        return msgspec.json.decode(content, type=model)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise OnlineError(f"{name} is not what the hub may say: {str(error).lower()}") from error
