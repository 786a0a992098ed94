"""The resolvers of one revision: one for each uv.lock, one for the requirements files together."""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from pathlib import PurePosixPath

from outpace.engines.scratch import scratch
from outpace.engines.uv import Uv
from outpace.engines.uv_project import UvProject
from outpace.model.inventory import Inventory
from outpace.remediation.ports import Resolver


@contextmanager
def resolvers(
    inventory: Inventory,
    *,
    paths: tuple[str, ...],
    look_up: Callable[[str], bytes | None],
    environ: Mapping[str, str],
) -> Generator[tuple[Resolver, ...]]:
    """`paths` are all files of the revision that `look_up` reads. The copies are gone afterwards."""
    uv = Uv(environ)
    locks = [file for file in inventory.files if PurePosixPath(file).name == "uv.lock"]
    with scratch("resolve") as place:
        made: list[Resolver] = []
        for number, lock in enumerate(locks):
            there = place / str(number)
            there.mkdir()
            made.append(UvProject(lock, paths=paths, look_up=look_up, place=there, uv=uv))
        yield tuple(made)
