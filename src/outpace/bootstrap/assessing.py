"""What an assessment is made with."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from outpace.bootstrap import Places
from outpace.model.times import now

if TYPE_CHECKING:
    from outpace.app.baselines import Baselines
    from outpace.assessment.ports import ReleaseDates
    from outpace.engines.assessed_clone import AssessedClone
    from outpace.engines.cache import Cache
    from outpace.formats.report.frame import Paper

ON_LETTER = ("en_US", "en_CA", "fr_CA", "es_US", "es_MX")


def assessed_clone(
    root: Path,
    where: Places,
    report: Callable[[str], None],
    *,
    branch: str | None = None,
    environ: Mapping[str, str] = os.environ,
) -> tuple[AssessedClone, Cache]:
    """A clone opened for an assessment, and where what is costly about it is kept. Raises NotARepository, NotFound."""
    from outpace.engines.assessed_clone import AssessedClone
    from outpace.engines.cache import Cache

    kept = Cache(where.cache / "assessments")
    clone = AssessedClone(
        root.absolute(),
        branch=branch,
        environ=environ,
        cached=kept,
        is_lock=_is_lock,
        is_interesting=_is_interesting,
        reads=_edition(),
        report=report,
    )
    return clone, kept


def package_index(environ: Mapping[str, str] = os.environ) -> str:
    """The one that uv or pip would ask. Raises EngineError where none can be told."""
    from outpace.engines.releases import index_url

    return index_url(environ)


def release_dates(
    index: str | None, where: Places, report: Callable[[str], None], *, offline: bool = False
) -> ReleaseDates:
    """When releases were uploaded; None: nobody is asked."""
    if index is None:
        from outpace.assessment.not_asked import NotAsked

        return NotAsked()
    from outpace.engines.cache import Cache
    from outpace.engines.releases import PackageIndex

    kept = Cache(where.cache / "releases")
    return PackageIndex(index, kept, asks=not offline, today=now().date(), report=report)


@contextmanager
def baselines(where: Places, clone: AssessedClone) -> Generator[Baselines]:
    """What earlier assessments of the clone's repository measured."""
    from outpace.app.baselines import Baselines
    from outpace.store.facts import Facts

    with Facts(where.state / "facts.sqlite") as facts:
        yield Baselines(facts, clone.roots())


def _is_lock(path: str) -> bool:
    """Imported when something is walked: what is known already needs no scanner."""
    from outpace.ecosystems.scan import kind_of

    return kind_of(path) is not None


def _is_interesting(path: str) -> bool:
    from outpace.assessment.interest import is_interesting
    from outpace.ecosystems.scan import asks

    return is_interesting(path) or asks(path)


def _edition() -> str:
    """Of this Outpace's own code: what another edition kept is not taken for an answer of this one."""
    files = sorted(_modules(str(Path(__file__).resolve().parent.parent)))
    return hashlib.sha256(repr(files).encode()).hexdigest()


def _modules(folder: str) -> Iterator[tuple[str, int, int]]:
    """By name, each with its size and when it was written; `Path.rglob` would take five times as long."""
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir():
                yield from _modules(entry.path)
            elif entry.name.endswith(".py"):
                one = entry.stat()
                yield entry.path, one.st_size, one.st_mtime_ns


def paper(environ: Mapping[str, str] = os.environ) -> Paper:
    """What the place that the environment names prints on."""
    told = next((environ[name] for name in ("LC_ALL", "LC_PAPER", "LANG") if environ.get(name)), "")
    return "Letter" if told.partition(".")[0] in ON_LETTER else "A4"
