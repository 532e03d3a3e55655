"""One atheris target: `fuzz_door.py NAME [libFuzzer options]` throws changed bytes at the door of that name.

Found inputs live under build/fuzz/<door>; the files kept in tests/fuzz/corpus are only read.
"""

from __future__ import annotations

import sys

import atheris

with atheris.instrument_imports(include=["sync", "drivers"]):
    from door import CORPUS
    from doors import DOORS


def main(name: str, options: list[str]) -> None:
    """Fuzz until libFuzzer's own limit; an exception, or an answer that is none, is a crash."""
    [door] = [door for door in DOORS if door.name == name]
    found = CORPUS.parents[2] / "build/fuzz" / name
    found.mkdir(parents=True, exist_ok=True)
    atheris.Setup([sys.argv[0], *options, f"-artifact_prefix={found}/", str(found), str(CORPUS / name)], door.try_with)
    atheris.Fuzz()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
