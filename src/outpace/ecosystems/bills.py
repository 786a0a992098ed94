"""Bills of materials in JSON, CycloneDX and SPDX: their entries become components by their package URLs."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from msgspec import Struct
from packaging.specifiers import InvalidSpecifier, SpecifierSet

from outpace.ecosystems.cyclonedx import entries_of_cyclonedx
from outpace.ecosystems.entry import Entry
from outpace.ecosystems.purl import Purl, purl_of
from outpace.ecosystems.pypi.indexes import Declared
from outpace.ecosystems.pypi.locks import json, text_of
from outpace.ecosystems.pypi.sources import origin_of
from outpace.ecosystems.pypi.versions import canonical, is_name, normalize_name, parse
from outpace.ecosystems.reading import Reading
from outpace.ecosystems.secrets import masked
from outpace.ecosystems.spdx import entries_of_spdx, entries_of_spdx_graph
from outpace.model.inventory import Component, DirectUrl, Git, LocalPath, OtherIndex, PublicIndex, Uncovered, Unread
from outpace.model.package import PYPI, Package
from outpace.model.toml import table
from outpace.model.unknown import Unknown

NOT_SAID = frozenset({"", "NOASSERTION", "NONE", "UNKNOWN"})
TYPES_NAMED = 6

_PURL = re.compile(r'"(pkg:[^"\\\n]{1,4096})"')


class _Head(Struct, rename={"bom_format": "bomFormat", "spdx_version": "spdxVersion", "context": "@context"}):
    """As much as tells which form it is. GitHub wraps its SPDX in `sbom`."""

    bom_format: object = None
    spdx_version: object = None
    context: object = None
    sbom: object = None


def read_bill(file: str, data: bytes, declared: Declared) -> Reading | None:
    """None for JSON that is no bill of materials."""
    text = text_of(file, data, "JSON")
    if isinstance(text, Reading):
        return text
    whole = json(file, text, _Head if text.lstrip().startswith("{") else object)
    if isinstance(whole, Reading):
        return whole
    entries = _entries(file, text, whole) if isinstance(whole, _Head) else None
    if entries is None or isinstance(entries, Reading):
        return entries
    return _reading(file, entries, _lines(text), declared)


def _entries(file: str, text: str, head: _Head) -> Sequence[Entry] | Reading | None:
    if head.bom_format == "CycloneDX":
        return entries_of_cyclonedx(file, text)
    if isinstance(head.spdx_version, str) or "spdxVersion" in table(head.sbom):
        return entries_of_spdx(file, text)
    if "spdx" in str(head.context).lower():
        return entries_of_spdx_graph(file, text)
    return None


def _lines(text: str) -> dict[str, int]:
    """The first line of each package URL."""
    found: dict[str, int] = {}
    at, line = 0, 1
    for each in _PURL.finditer(text):
        line += text.count("\n", at, each.start())
        at = each.start()
        found.setdefault(each[1], line)
    return found


def _reading(file: str, entries: Iterable[Entry], lines: dict[str, int], declared: Declared) -> Reading:
    components: list[Component] = []
    unread: list[Unread] = []
    others: Counter[str] = Counter()
    nameless = 0
    for entry in entries:
        if not entry.purl:
            nameless += 1
            continue
        line, purl = lines.get(entry.purl), purl_of(entry.purl)
        if purl is None or (purl.type == "pypi" and (purl.namespace or not is_name(purl.name))):
            unread.append(_no_purl(file, line, entry))
        elif purl.type != "pypi":
            others[purl.type] += 1
        else:
            components.append(_component(file, line, entry, purl, declared))
    return Reading(
        components=tuple(components), unread=tuple(unread), uncovered=tuple(_uncovered(file, others, nameless))
    )


def _no_purl(file: str, line: int | None, entry: Entry) -> Unread:
    lead = "" if line is None else f"line {line}: "
    return Unread(file=file, line=line, why=f"{lead}{masked(entry.purl)[:80]!r} is no package URL of a package")


def _uncovered(file: str, others: Counter[str], nameless: int) -> Iterator[Uncovered]:
    if others:
        named = [f"{count} of {kind[:20]}" for kind, count in others.most_common(TYPES_NAMED)]
        more = f" and {len(others) - TYPES_NAMED} more kinds" if len(others) > TYPES_NAMED else ""
        why = f"it also holds {', '.join(named)}{more}: Outpace knows the advisories of {PYPI} only"
        yield Uncovered(file=file, why=why)
    if nameless:
        what = "1 entry has" if nameless == 1 else f"{nameless} entries have"
        yield Uncovered(file=file, why=f"{what} no package URL, so which packages they are is not told")


def _component(file: str, line: int | None, entry: Entry, purl: Purl, declared: Declared) -> Component:
    version, specifier, doubt = _release(purl.version, entry.version)
    return Component(
        package=Package(PYPI, normalize_name(purl.name)),
        version=version,
        specifier=specifier,
        doubt=doubt,
        origin=_origin(purl, declared),
        file=file,
        line=line,
        groups=entry.groups,
    )


def _release(in_purl: str, told: str) -> tuple[str | None, str, Unknown | None]:
    """The version, or the range that stands in its place, or why there is none."""
    told = "" if told.strip().upper() in NOT_SAID else told.strip()
    known = parse(told)
    if in_purl and known is not None and known != parse(in_purl):
        why = f"its package URL says version {in_purl[:40]} and the entry itself {told[:40]}"
        return None, "", Unknown(why, "a bill that agrees with itself")
    version = in_purl or told
    if not version:
        return None, "", Unknown("the bill names it without a version", "a bill with versions")
    if not in_purl and parse(version) is None:
        try:
            return None, str(SpecifierSet(version)), None
        except InvalidSpecifier:
            pass
    return canonical(version), "", None


def _origin(purl: Purl, declared: Declared) -> PublicIndex | OtherIndex | Git | DirectUrl | LocalPath:
    if source := purl.qualifier("vcs_url"):
        return origin_of(source if "+" in source.partition(":")[0] else f"git+{source}")
    if index := purl.qualifier("repository_url"):
        return declared.with_other([index]).origin(index)
    if source := purl.qualifier("download_url"):
        return origin_of(source)
    return PublicIndex()
