"""What releases without a wheel need: their own metadata, from a build in the sandbox."""

from __future__ import annotations

import os
import re
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from packaging.metadata import InvalidMetadata, RawMetadata, parse_email
from packaging.requirements import InvalidRequirement, Requirement

from outpace.ecosystems.pypi.versions import canonical, is_name, normalize_name
from outpace.engines.confined_build import ConfinedBuild, Indexes, hosts_in
from outpace.engines.confined_python import tier_of
from outpace.engines.foreign_files import content
from outpace.engines.scratch import scratch
from outpace.engines.uv_lock_rows import Archive
from outpace.model.errors import Error

IN_ALL = 900.0  # seconds for the builds of one lock, one after the other
LARGEST = 1 << 20
_ESCAPE = re.compile(r"[\x00-\x1f\x7f]")


class Needs(NamedTuple):
    """`why` is empty where a build told them; else it says what kept it from that."""

    lines: tuple[str, ...]
    why: str = ""


class SourceNeeds:
    """Asked once for each lock. The builds see nothing of the project, and what they leave is only read."""

    def __init__(self, *, environ: Mapping[str, str], report: Callable[[str], None]) -> None:
        self._environ = environ
        self._report = report

    def of(self, archives: tuple[Archive, ...], lock: bytes) -> dict[tuple[str, str], Needs]:
        """By name and version. What cannot be built has the needs that the lock tells."""
        names = ", ".join(f"{each.name} {each.version}" for each in archives)
        self._report(f"building what has no wheel in the sandbox, to see what it needs: {names}")
        hosts = hosts_in((lock.decode("utf-8", "replace"),))
        ends = time.monotonic() + IN_ALL
        found = self._built(archives, hosts)
        for each in archives if len(archives) > 1 else ():
            if found[_key(each)].why and time.monotonic() < ends:
                found |= self._built((each,), hosts)
        return found

    def _built(self, archives: tuple[Archive, ...], hosts: tuple[str, ...]) -> dict[tuple[str, str], Needs]:
        try:
            builds = ConfinedBuild(tier=tier_of(), environ=self._environ)
            with scratch("needs") as place:
                target, tree = place / "built", place / "tree"
                target.mkdir()
                tree.mkdir()
                builds.install(
                    ["pip", "install", "--quiet", "--no-deps", "--python", sys.executable, "--target", str(target),
                     *(_pinned(each) for each in archives)],
                    tree=tree,
                    cwd=tree,
                    environment=target,
                    readable=(sys.prefix, sys.base_prefix),
                    hosts=hosts,
                    indexes=Indexes(default=archives[0].registry),
                )  # fmt: skip
                told = dict(_told(target))
        except Error as error:
            why = _ESCAPE.sub(" ", error.message)[:300]
            return {_key(each): Needs(each.needs, why) for each in archives}
        return {
            key: Needs(told[key]) if key in told else Needs(each.needs, "its build says nothing that can be read")
            for each in archives
            for key in (_key(each),)
        }


def _key(archive: Archive) -> tuple[str, str]:
    return archive.name, canonical(archive.version)


def _pinned(archive: Archive) -> str:
    digest = f"#{archive.hash.replace(':', '=', 1)}" if archive.hash else ""
    return f"{archive.name} @ {archive.url}{digest}"


def _told(target: Path) -> Iterator[tuple[tuple[str, str], tuple[str, ...]]]:
    """Foreign code wrote it: what is no plain small file is not followed."""
    with os.scandir(target) as entries:
        places = [
            entry for entry in entries if entry.name.endswith(".dist-info") and entry.is_dir(follow_symlinks=False)
        ]
    for place in places:
        told = content(f"{place.path}/METADATA", LARGEST)
        try:
            raw, _ = parse_email(told)
        except (InvalidMetadata, ValueError):
            continue
        name, version = raw.get("name", ""), raw.get("version", "")
        if is_name(name) and version:
            yield (normalize_name(name), canonical(version)), tuple(_lines(raw))


def _lines(raw: RawMetadata) -> Iterable[str]:
    """As the specification has them; what is none is left out, as pip does."""
    for asked in raw.get("requires_dist", []):
        try:
            yield str(Requirement(asked))
        except InvalidRequirement:
            continue
