"""What is wrong with a configuration, said so that whoever wrote it can mend it. No I/O."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Place:
    """Where in which file something is said; lines count from 1."""

    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong: the dotted path of the key, why, as a lower-case sentence, and where, if anywhere."""

    path: str
    reason: str
    place: Place | None = None

    def __str__(self) -> str:
        sentence = f"{self.path}: {self.reason}" if self.path else self.reason
        return f"{self.place}: {sentence}" if self.place else sentence


class ConfigError(Exception):
    """The configuration cannot be used; mend every entry of `problems` and try again."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("; ".join(str(problem) for problem in problems))
        self.problems = problems
