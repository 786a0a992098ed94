"""Which scanner reads which file, told by its name."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Mapping

from outpace.ecosystems.scan.cargo import scan_cargo
from outpace.ecosystems.scan.content import Garbled, checked, told, too_large
from outpace.ecosystems.scan.pins import Scanned, Unscannable
from outpace.ecosystems.scan.python_locks import scan_pdm, scan_poetry, scan_pylock, scan_script, scan_uv

Scan = Callable[[bytes], Scanned]

BY_KIND: Mapping[str, Scan] = {
    "uv.lock": scan_uv,
    "script.py.lock": scan_script,
    "poetry.lock": scan_poetry,
    "pdm.lock": scan_pdm,
    "pylock.toml": scan_pylock,
    "Cargo.lock": scan_cargo,
}


def kind_of(path: str) -> str | None:
    """The format that the name promises; None where it is no lock."""
    name = posixpath.basename(path)
    if name in BY_KIND:
        return name
    if name.endswith(".py.lock"):  # of a script (PEP 723), made by `uv lock --script`
        return "script.py.lock"
    if name.startswith("pylock.") and name.endswith(".toml"):
        return "pylock.toml"
    return None


def scan(path: str, data: bytes) -> Scanned | Unscannable:
    """Never raises, in time linear to the size."""
    if (refusal := too_large(data)) is not None:
        return refusal
    kind = kind_of(path)
    if kind is None:
        return Unscannable("no lock file is called so")
    try:
        return BY_KIND[kind](checked(data))
    except Garbled as error:
        return Unscannable(told(data, error.why))
