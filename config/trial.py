"""A version on trial: when it may stay, and when the device goes back to the last that worked. No I/O.

    wanted ──► on trial ──10 s of health──────────────────────────────► good
                   └──3 starts, or 50 s, without health──► back to good, refused with the reason

A citizen's session is never cut: while one lasts, the screen keeps the version it has, and the 50 s wait.
Versions are numbered in the order of their coming; 0 is the device as it was installed.
"""

from __future__ import annotations

from collections.abc import Mapping  # noqa: TC003  (msgspec reads the annotations at run time)
from dataclasses import dataclass, field, replace
from enum import Enum

# A kiosk starts in 10 s on a Raspberry Pi, looks for its devices, and reaches the hub through a slow link. With the way
# back, what breaks a device is undone within a minute.
PATIENCE_S = 50.0
# A screen that paints and then falls has not passed.
STEADY_S = 10.0
MAX_STARTS = 3
# A bus may have left coverage just then: what failed for the hub alone is tried again, so often in all.
MAX_ATTEMPTS = 3
# And not at once: a minute without the hub is enough for one stop of the round.
REST_S = 900.0


class Lack(Enum):
    """What a version on trial lacks; the values are what the operator reads."""

    SCREEN = "the screen does not show it"
    CONTENT = "its content cannot be opened"
    THEME = "its theme cannot be shown"
    PAPERS = "its list of certificates cannot be used"
    RECORDS = "no record can be queued"
    DEVICES = "a device that answered before is silent"
    HUB = "the hub was reached before, and is not"
    STARTS = "three starts without health"
    DAMAGED = "its files are not as they were signed"
    UNUSABLE = "it says what this device cannot use"


@dataclass(frozen=True, slots=True)
class Health:
    """What the device's processes said last, as far as it is fresh.

    `screen` and `link` are the versions that the screen's process and the sync service run; None where one is silent.
    `age_s` is how long ago the screen said so.
    """

    screen: int | None = None
    age_s: float = 0.0
    link: int | None = None
    busy: bool = False
    content: bool = False
    theme: bool = True
    papers: bool = True
    records: bool = False
    devices: frozenset[str] = frozenset()
    hub: bool = False


@dataclass(frozen=True, slots=True)
class Trial:
    """The version on trial, its attempt's number, and how often which process has started on it.

    `content`, `records`, `devices`, `hub` and `papers` say what worked before it: nothing else is asked of it.
    """

    version: int
    digest: str
    content: bool
    records: bool
    devices: frozenset[str]
    hub: bool
    attempt: int = 1
    starts: Mapping[str, int] = field(default_factory=dict)
    papers: bool = True


@dataclass(frozen=True, slots=True)
class Refused:
    """A digest that the device has put back, why, and after how many attempts."""

    digest: str
    lacks: tuple[Lack, ...]
    attempts: int

    @property
    def final(self) -> bool:
        """Whether it is not tried again: no coincidence explains what it lacked, or it has had its attempts."""
        return self.lacks != (Lack.HUB,) or self.attempts >= MAX_ATTEMPTS


@dataclass(frozen=True, slots=True)
class Standing:
    """What survives a cut of power: the last version that passed, the one on trial, and the last refused.

    `newest` is the highest number ever given: a process that still runs another version must not be taken for this one.
    """

    good: int = 0
    digest: str = ""
    trial: Trial | None = None
    refused: Refused | None = None
    newest: int = 0

    @property
    def in_force(self) -> int:
        """The version that a process is to read when it starts."""
        return self.trial.version if self.trial else self.good


@dataclass(frozen=True, slots=True)
class Wanted:
    """A whole version lies ready; `health` is the device's before it."""

    version: int
    digest: str
    health: Health


@dataclass(frozen=True, slots=True)
class Started:
    """A process began to read what is in force."""

    process: str


@dataclass(frozen=True, slots=True)
class Seen:
    """The device's health now."""

    health: Health


@dataclass(frozen=True, slots=True)
class Failed:
    """The version on trial cannot be used at all."""

    lack: Lack


Event = Wanted | Started | Seen | Failed


@dataclass(frozen=True, slots=True)
class Watch:
    """A standing, and what ends with the power: since when nothing lacked, until when it may, when to try again.

    Times are seconds of one clock that never jumps.
    """

    standing: Standing
    healthy_since_s: float | None = None
    deadline_s: float = 0.0
    again_s: float = 0.0


def watch(standing: Standing, now_s: float) -> Watch:
    """Begin to watch after a start of the device: the patience begins anew, the count of starts does not."""
    return Watch(standing, None, now_s + PATIENCE_S)


def advance(watch: Watch, event: Event, now_s: float) -> Watch:
    """Return what becomes of the versions by `event`."""
    standing = watch.standing
    trial = standing.trial
    match event:
        case Wanted():
            return _begin(watch, event, now_s)
        case Started(process) if trial:
            starts = trial.starts.get(process, 0) + 1
            if starts > MAX_STARTS:
                return _put_back(standing, trial, (Lack.STARTS,), now_s)
            counted = replace(trial, starts={**trial.starts, process: starts})
            return replace(watch, standing=replace(standing, trial=counted), healthy_since_s=None)
        case Seen(health) if trial:
            return _look(watch, trial, health, now_s)
        case Failed(lack) if trial:
            return _put_back(standing, trial, (lack,), now_s)
        case _:
            return watch


def lacks(trial: Trial, health: Health) -> tuple[Lack, ...]:
    """Return what keeps the version on trial from being good."""
    if health.screen != trial.version:
        return (Lack.SCREEN,)
    found = []
    if trial.content and not health.content:
        found.append(Lack.CONTENT)
    if not health.theme:  # of whatever worked before: the screen goes on with the one it had
        found.append(Lack.THEME)
    if trial.papers and not health.papers:
        found.append(Lack.PAPERS)
    if trial.records and not health.records:
        found.append(Lack.RECORDS)
    if not trial.devices <= health.devices:
        found.append(Lack.DEVICES)
    if trial.hub and not (health.hub and health.link == trial.version):
        found.append(Lack.HUB)
    return tuple(found)


def begins(watch: Watch, digest: str, health: Health, now_s: float) -> bool:
    """Return whether a wanted digest is to be tried: what runs, or was refused for good, is not.

    What lacked the hub alone is tried again after a rest, once the hub is reached.
    """
    standing = watch.standing
    trial, refused = standing.trial, standing.refused
    if digest in {standing.digest, trial.digest if trial else None}:
        return False
    if refused is None or refused.digest != digest:
        return True
    return not refused.final and health.hub and now_s >= watch.again_s


def _begin(watch: Watch, wanted: Wanted, now_s: float) -> Watch:
    standing, trial, refused = watch.standing, watch.standing.trial, watch.standing.refused
    if wanted.digest == standing.digest:  # taken back by the operator, or pushed twice
        return Watch(replace(standing, trial=None))
    if not begins(watch, wanted.digest, wanted.health, now_s):
        return watch
    # What an unfinished trial has silenced is not "as before".
    worked = trial or wanted.health
    before = (worked.content, worked.records, worked.devices, worked.hub)
    attempt = refused.attempts + 1 if refused and refused.digest == wanted.digest else 1
    begun = Trial(wanted.version, wanted.digest, *before, attempt, papers=worked.papers)
    begun_at = replace(standing, trial=begun, newest=max(standing.newest, wanted.version))
    return Watch(begun_at, None, now_s + PATIENCE_S)


def _look(watch: Watch, trial: Trial, health: Health, now_s: float) -> Watch:
    lacking = lacks(trial, health)
    if not lacking:
        since_s = now_s if watch.healthy_since_s is None else watch.healthy_since_s
        if now_s - health.age_s - since_s < STEADY_S:
            return replace(watch, healthy_since_s=since_s)
        return Watch(Standing(trial.version, trial.digest, newest=watch.standing.newest))
    if health.busy and health.screen not in {None, trial.version}:
        return replace(watch, healthy_since_s=None, deadline_s=now_s + PATIENCE_S)
    if now_s >= watch.deadline_s:
        return _put_back(watch.standing, trial, lacking, now_s)
    return replace(watch, healthy_since_s=None)


def _put_back(standing: Standing, trial: Trial, lacking: tuple[Lack, ...], now_s: float) -> Watch:
    refused = Refused(trial.digest, lacking, trial.attempt)
    return Watch(replace(standing, trial=None, refused=refused), again_s=now_s + REST_S)
