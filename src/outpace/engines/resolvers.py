"""Every resolver of one revision: uv's, and those of the programs that write other locks."""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from outpace.engines import uv_resolvers
from outpace.engines.scratch import scratch
from outpace.engines.uv import Uv
from outpace.engines.uv_copy import Copy
from outpace.model.inventory import Inventory
from outpace.remediation.ports import Resolver

if TYPE_CHECKING:
    from outpace.engines.lock_project import LockProject
    from outpace.engines.lock_tool import LockTool

POETRY, PDM = "poetry.lock", "pdm.lock"


@contextmanager
def resolvers(
    inventory: Inventory,
    *,
    paths: tuple[str, ...],
    look_up: Callable[[str], bytes | None],
    environ: Mapping[str, str],
    report: Callable[[str], None],
) -> Generator[tuple[Resolver, ...]]:
    """`paths` are all files of the revision that `look_up` reads. The copies are gone afterwards."""
    locks = tuple(file for file in inventory.files if PurePosixPath(file).name in (POETRY, PDM))
    with (
        uv_resolvers.resolvers(inventory, paths=paths, look_up=look_up, environ=environ, report=report) as of_uv,
        scratch("lock") as place,
    ):
        copy = Copy(place, paths=paths, look_up=look_up, also=locks) if locks else None
        yield (*of_uv, *_programs(locks, copy, place, environ, report))


def _programs(
    locks: tuple[str, ...],
    copy: Copy | None,
    place: Path,
    environ: Mapping[str, str],
    report: Callable[[str], None],
) -> tuple[LockProject, ...]:
    if copy is None:
        return ()
    from outpace.engines.lock_project import LockProject
    from outpace.engines.pdm import Pdm
    from outpace.engines.poetry import Poetry

    uv = Uv(environ)
    tools: dict[str, LockTool] = {POETRY: Poetry(), PDM: Pdm()}
    return tuple(
        LockProject(
            lock,
            tool=tools[PurePosixPath(lock).name],
            copy=copy,
            place=place / str(at),
            uv=uv,
            environ=environ,
            report=report,
        )
        for at, lock in enumerate(locks)
    )
