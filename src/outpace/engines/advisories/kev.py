"""CISA's Known Exploited Vulnerabilities catalog, as published and as Outpace keeps it."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import msgspec
from msgspec import Struct

from outpace.model.advisory import Exploitation
from outpace.model.errors import DamagedData
from outpace.model.times import now

FORMAT = 1
RANSOMWARE = "Known"
HINT = "run `outpace advisories update` again, or name another file with --kev-from"


class _Entry(Struct, frozen=True, kw_only=True, rename="camel"):
    cve_id: str = msgspec.field(name="cveID")
    date_added: date
    due_date: date | None = None
    known_ransomware_campaign_use: str = ""


class _Catalog(Struct, frozen=True, kw_only=True, rename="camel"):
    """https://www.cisa.gov/sites/default/files/feeds/known_exploited_vulnerabilities_schema.json"""

    vulnerabilities: tuple[msgspec.Raw, ...]
    date_released: datetime | None = None


class Catalog(Struct, frozen=True, kw_only=True):
    """What is kept: one small file, read whole."""

    format: int = FORMAT
    source: str
    etag: str = ""
    last_modified: str = ""
    fetched: datetime
    checked: datetime
    cutoff: date
    bad: int = 0
    entries: dict[str, Exploitation]


def compile_catalog(
    content: bytes, *, source: str, fetched: datetime, etag: str = "", last_modified: str = ""
) -> Catalog:
    """Raises DamagedData for what is not the catalog, is empty, or holds mostly entries that cannot be read."""
    try:
        published = msgspec.json.decode(content, type=_Catalog)
    except (ValueError, RecursionError) as error:
        raise DamagedData(f"the KEV catalog from {source} cannot be read: {error}", hint=HINT) from error
    entries = [entry for raw in published.vulnerabilities if (entry := _entry(raw)) is not None]
    bad = len(published.vulnerabilities) - len(entries)
    if not entries or bad > len(entries):
        raise DamagedData(
            f"the KEV catalog from {source} has {len(entries)} entries that can be read and {bad} that cannot",
            hint=HINT,
        )
    return Catalog(
        source=source,
        etag=etag,
        last_modified=last_modified,
        fetched=fetched,
        checked=fetched,
        cutoff=_cutoff(published, entries),
        bad=bad,
        entries={entry.cve: entry for entry in entries},
    )


def _entry(raw: msgspec.Raw) -> Exploitation | None:
    try:
        entry = msgspec.json.decode(raw, type=_Entry)
    except (ValueError, RecursionError):
        return None
    ransomware = entry.known_ransomware_campaign_use == RANSOMWARE
    return Exploitation(cve=entry.cve_id, added=entry.date_added, due=entry.due_date, ransomware=ransomware)


def _cutoff(published: _Catalog, entries: list[Exploitation]) -> date:
    """The day of release; a day in the future would make the catalog look fresher than it is."""
    newest = max(entry.added for entry in entries)
    return min(now().date(), published.date_released.date() if published.date_released else newest)


def read_catalog(path: Path) -> Catalog | None:
    """None where there is none, or one of another version of Outpace: then it is unknown what is exploited."""
    try:
        catalog = msgspec.json.decode(path.read_bytes(), type=Catalog)
    except FileNotFoundError:
        return None
    except ValueError:
        return None
    return catalog if catalog.format == FORMAT else None
