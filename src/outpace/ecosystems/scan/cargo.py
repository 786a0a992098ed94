"""Cargo.lock, versions 1 to 4, and the first ones with a `[root]`."""

from __future__ import annotations

import re
from sys import intern

from outpace.ecosystems.scan.content import Garbled, shown
from outpace.ecosystems.scan.entries import Entries, Entry
from outpace.ecosystems.scan.pins import Pin, Scanned
from outpace.ecosystems.scan.rows import Table, table, text, texts
from outpace.ecosystems.scan.toml_blocks import Form

CRATES = "crates.io"


def _entry(row: Table) -> Entry:
    name, version, source = text(row, "name"), text(row, "version"), text(row, "source")
    if not name or not version:
        raise Garbled(f"{shown(name) or 'a package'} has no {'version' if name else 'name'}: cut off or merged badly")
    from_registry = source.startswith(("registry+", "sparse+")) and "replace" not in row
    pin = Pin(CRATES, intern(name), intern(version), "pinned" if from_registry else "elsewhere")
    return Entry((pin.name,), pin, tuple({intern(each.partition(" ")[0]) for each in texts(row.get("dependencies"))}))


_STRING = rb'"([^"\\\x00-\x1f\x7f]++)"\n'
_SHAPE = re.compile(
    rb"name = "
    + _STRING
    + rb"version = "
    + _STRING
    + rb"(?:source = "
    + _STRING
    + rb")?(?:checksum = "
    + _STRING
    + rb")?"
    rb'(?:dependencies = \[\n((?: "[^"\\\x00-\x1f\x7f]++",\n)++)\]\n)?'
)


def shaped(block: bytes) -> Table | None:
    """None for what is written otherwise than Cargo writes nearly every package."""
    found = _SHAPE.fullmatch(block if block.endswith(b"\n") else block + b"\n")
    if found is None:
        return None
    name, version, source, _, dependencies = (each.decode() if each else "" for each in found.groups())
    return {"name": name, "version": version, "source": source, "dependencies": dependencies.split('"')[1::2]}


CARGO = Form("package", _entry, wanted=("name", "version", "source", "dependencies"), shaped=shaped)


def scan_cargo(data: bytes) -> Scanned:
    """Cargo names no source for crates of the workspace and for those at a path, a vendored fork among them: elsewhere.

    What serves tests and builds alone is not marked, and counts.
    """
    frame, entries = CARGO.read(data)
    if frame.get("version", 1) not in (1, 2, 3, 4):
        raise Garbled(f"its version is {str(frame.get('version'))[:20]}; versions 1 to 4 are understood")
    if root := table(frame.get("root")):
        entries = Entries([*entries.counts, _entry(root)])
    entries.check_named()
    entries.check_whole()
    return entries.scanned()
