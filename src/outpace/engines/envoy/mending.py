"""Files of the edge's folder that are damaged or gone: which, why, and out of the way of those that follow."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import msgspec
from msgspec import Struct

from outpace.delivery.edge.standing import Good, Rollout
from outpace.engines.envoy.counting import Kept
from outpace.engines.envoy.place import MENDS, Declared, Place, Process, Workers
from outpace.engines.envoy.routes import traffic_of
from outpace.model.errors import DamagedData

ASIDE = "damaged"
FOLLOWED = ("edge.json", "bootstrap.json", "xds/lds.json", "xds/cds.json", "xds/rds.json")
RELEASED = ("good.json", "workers.json", "judge.json")
ROUTES = frozenset({"rds.json", "rds.revert.json"})
KINDS: Mapping[str, type[Struct | dict[str, object]]] = {
    "edge.json": dict,
    "judge.json": dict,
    "bootstrap.json": dict,
    "rollout.json": Rollout,
    "good.json": Good,
    "workers.json": Workers,
    "workers.revert.json": Workers,
    "counted.json": Kept,
    "instances/*.json": Declared,
    "processes/*.json": Process,
    "xds/[cls]ds.json": dict,
    "xds/rds*.json": dict,
}


class Damaged(Struct, frozen=True, kw_only=True):
    """`why`: as a decoder or the system says it."""

    path: Path
    why: str


def damaged(place: Place) -> Iterator[Damaged]:
    for pattern, kind in KINDS.items():
        for path in sorted(place.folder.glob(pattern)):
            why = _why(path, kind)
            if why:
                yield Damaged(path=path, why=why)


def _why(path: Path, kind: type[Struct | dict[str, object]]) -> str:
    try:
        content = path.read_bytes()
        msgspec.json.decode(content, type=kind)
        if path.name in ROUTES:
            traffic_of(content)
    except (OSError, msgspec.DecodeError) as error:
        return str(error)
    except DamagedData as error:
        return error.message
    return ""


def told(place: Place, error: DamagedData) -> DamagedData:
    """Of all that are damaged, where `error` is of the first that was met."""
    found = "; ".join(f"{each.path} cannot be read: {each.why}" for each in damaged(place))
    return DamagedData(found or error.message, hint=MENDS)


def put_aside(place: Place) -> Iterator[str]:
    """What was done, in words. What a damaged declaration started is ended by the watchdog."""
    for each in damaged(place):
        name = each.path.relative_to(place.folder)
        if each.path.parent.name == "instances":
            each.path.rename(place.folder / "stopping" / each.path.name)
            yield f"{name} cannot be read ({each.why}): the process that it declares is ended"
            continue
        aside = place.folder / ASIDE
        aside.mkdir(mode=0o700, exist_ok=True)
        each.path.rename(aside / each.path.name)
        yield f"{name} cannot be read ({each.why}): it is in {aside} now"


def amiss(place: Place, *, envoy: bool, good: bool) -> Iterator[str]:
    """What nobody reads until it is needed: gone, or damaged. `envoy`: it runs; `good`: a release was let through."""
    expected = {**dict.fromkeys(FOLLOWED, envoy), **dict.fromkeys(RELEASED, good)}
    for name in (name for name, is_expected in expected.items() if is_expected):
        path = place.folder / name
        why = _why(path, dict) if path.exists() else "it is not there any more"
        if why:
            yield f"{path} cannot be read: {why}"
