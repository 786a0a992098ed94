"""CycloneDX JSON of any version: what is used of it has not changed from 1.2 to 1.7."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec import Struct

from outpace.ecosystems.entry import Entry
from outpace.ecosystems.pypi.locks import json
from outpace.ecosystems.reading import Reading

HOLDS_NO_PACKAGE = frozenset({"file", "data", "cryptographic-asset"})


class _Part(Struct):
    type: str = ""
    version: str | None = None
    purl: str | None = None
    scope: str | None = None
    components: list[_Part] | None = None


class _Metadata(Struct):
    component: _Part | None = None


class _Bill(Struct):
    components: list[_Part] | None = None
    metadata: _Metadata | None = None


def entries_of_cyclonedx(file: str, text: str) -> Sequence[Entry] | Reading:
    """What the bill is about counts too, where it has a package URL."""
    bill = json(file, text, _Bill)
    if isinstance(bill, Reading):
        return bill
    subject = bill.metadata.component if bill.metadata is not None else None
    about = [] if subject is None or subject.purl else list(subject.components or ())
    return tuple(_walked([*([subject] if subject is not None and subject.purl else about), *(bill.components or ())]))


def _walked(parts: Sequence[_Part]) -> Iterator[Entry]:
    waiting = list(reversed(parts))
    while waiting:
        part = waiting.pop()
        waiting.extend(reversed(part.components or ()))
        if part.purl or part.type not in HOLDS_NO_PACKAGE:
            groups = (part.scope,) if part.scope in ("optional", "excluded") else ()
            yield Entry(purl=part.purl or "", version=part.version or "", groups=groups)
