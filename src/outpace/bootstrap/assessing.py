"""What an assessment is made with."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from outpace.bootstrap import Places

if TYPE_CHECKING:
    from outpace.app.baselines import Baselines
    from outpace.engines.assessed_clone import AssessedClone
    from outpace.engines.cache import Cache


def assessed_clone(
    root: Path,
    where: Places,
    report: Callable[[str], None],
    *,
    branch: str | None = None,
    environ: Mapping[str, str] = os.environ,
) -> tuple[AssessedClone, Cache]:
    """A clone opened for an assessment, and where what is costly about it is kept. Raises NotARepository, NotFound."""
    from outpace.assessment.interest import is_interesting
    from outpace.engines.assessed_clone import AssessedClone
    from outpace.engines.cache import Cache

    kept = Cache(where.cache / "assessments")
    clone = AssessedClone(
        root.absolute(),
        branch=branch,
        environ=environ,
        cached=kept,
        is_lock=_is_lock,
        is_interesting=is_interesting,
        reads=_edition(),
        report=report,
    )
    return clone, kept


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


def _edition() -> str:
    """Of this Outpace's own code: what another edition kept is not taken for an answer of this one."""
    package = Path(__file__).resolve().parent.parent
    files = sorted((str(path), path.stat()) for path in package.rglob("*.py"))
    return hashlib.sha256(repr([(name, one.st_size, one.st_mtime_ns) for name, one in files]).encode()).hexdigest()
