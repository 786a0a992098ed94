"""The resolvers of one revision: one for each uv.lock, one for the requirements files together."""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from pathlib import PurePosixPath

from outpace.ecosystems.kinds import is_declaration, lock_reader, told_reader
from outpace.ecosystems.pypi.requirements import Closure, RequirementFiles
from outpace.engines.scratch import scratch
from outpace.engines.source_needs import SourceNeeds
from outpace.engines.uv import Uv
from outpace.engines.uv_copy import Copy
from outpace.engines.uv_project import UvProject
from outpace.engines.uv_requirements import Requirements
from outpace.model.inventory import Inventory
from outpace.remediation.ports import Resolver


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
    uv = Uv(environ)
    locks = tuple(file for file in inventory.files if PurePosixPath(file).name == "uv.lock")
    requirements = tuple(file for file in inventory.files if _holds_lines(file))
    read = RequirementFiles(look_up)
    closures = read.closures(requirements)
    with scratch("resolve") as place:
        copy = Copy(place, paths=paths, look_up=look_up, also=locks)
        needs = SourceNeeds(environ=environ, report=report)
        projects = (UvProject(lock, copy=copy, uv=uv, needs=needs) for lock in locks)
        sets = (_set(closure, read, look_up, paths, copy, uv) for closure in closures if closure.required)
        yield (*projects, *sets)


def _holds_lines(file: str) -> bool:
    """Whether it is read as requirements: a file of no other kind is."""
    return lock_reader(file) is None and told_reader(file) is None and not is_declaration(file)


def _set(
    closure: Closure,
    read: RequirementFiles,
    look_up: Callable[[str], bytes | None],
    paths: tuple[str, ...],
    copy: Copy,
    uv: Uv,
) -> Requirements:
    texts = {file: content for file in sorted(closure.files) if (content := look_up(file)) is not None}
    reaches = {file: read.reached_from(file) for file in texts}
    return Requirements(closure, texts=texts, paths=frozenset(paths), reaches=reaches, copy=copy, uv=uv)
