"""Which of the signed files a device needs, and where each lies in a version of its configuration. No I/O.

fleet.toml                     fleet.toml
group/<group>/group.toml       group.toml
group/<group>/device/<d>.toml  device.toml
content/<name>                 files/<name>     what the documents name together
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from config.layers import Layer, merge

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from config.trust import Trusted

# Settings whose value is the name of a file that is pushed with them.
NAMING = (("content", "pack"), ("theme", "font"), ("theme", "font_bold"), ("papers", "certificates"))
_PACK = ".pack"
_STREAM = ".sheets"


def documents(device: str, group: str) -> dict[str, str]:
    """Return the signed path of each document of a device, by its name in a version."""
    return {
        "fleet.toml": "fleet.toml",
        "group.toml": f"group/{group}/group.toml",
        "device.toml": f"group/{group}/device/{device}.toml",
    }


def named(texts: Mapping[str, str]) -> list[str]:
    """Return the names of the files that documents ask for together.

    Raises:
        ConfigError: they are no TOML.
    """
    table = merge([Layer(name, text) for name, text in texts.items()]).table
    found = [
        table[section][key]
        for section, key in NAMING
        if isinstance(table.get(section), dict) and isinstance(table[section].get(key), str)
    ]
    return list(dict.fromkeys(found))


def travels_as(name: str) -> str:
    """Return under which name a named file is signed and carried: a pack, as the stream of its sheets."""
    return name.removesuffix(_PACK) + _STREAM if name.endswith(_PACK) else name


def is_stream(name: str) -> bool:
    """Return whether a file of this name is what travels of a pack."""
    return name.endswith(_STREAM)


def unpacked(path: str) -> str | None:
    """Return what a device makes of a file of a version; None where it is read as it is."""
    return path.removesuffix(_STREAM) + _PACK if is_stream(path) else None


class Signed(Protocol):
    """What is signed, as a device believes it or as the hub has published it."""

    def find(self, path: str) -> Trusted | None:
        """Return what is signed under this path, if anything is."""
        ...


class Needs:
    """What one device needs of a publication."""

    def __init__(self, device: str, group: str) -> None:
        self._documents = documents(device, group)

    def of(self, signed: Signed, read: Callable[[Trusted], str | None]) -> Iterator[tuple[str, Trusted]]:
        """Yield each file by its path in a version, the documents first.

        `read` returns a document's text, None where it is not here yet: what it names is then not known either. What
        a document names and nobody has signed is left out: the device refuses the version for the want of it, and says
        so.

        Raises:
            TrustError: a role that may name a file is not here yet.
            ConfigError: the documents are no TOML.
        """
        texts = {}
        for name, path in self._documents.items():
            if (trusted := signed.find(path)) is not None:
                yield name, trusted
                texts[name] = read(trusted)
        here = {name: text for name, text in texts.items() if text is not None}
        if len(here) < len(texts):
            return
        for name in named(here):
            if (trusted := signed.find(f"content/{travels_as(name)}")) is not None:
                yield f"files/{travels_as(name)}", trusted
