"""Where environments for seconds stand: folders below the edge's own, each with a proxy and copies of its own."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING

from outpace.delivery.exchanges.exchange import mix
from outpace.engines.envoy import sockets
from outpace.model.errors import UsageError

if TYPE_CHECKING:
    from outpace.app.rollout_parts import Candidate
    from outpace.app.staged import Stage
    from outpace.app.staging import Prepared, Reach
    from outpace.bootstrap.edge import EdgePlace
    from outpace.delivery.staging.resemblance import Resemblance, Side
    from outpace.engines.envoy.runtime import Runtime
    from outpace.engines.stages import StageFolders
    from outpace.model.edge import Data, Edge
    from outpace.model.release import Digest
    from outpace.model.unknown import Unknown

HANDED = "OUTPACE_STAGING_"
ALIKE = {"PYTHONHASHSEED": "0"}
"""The order of a set of texts in Python, which is another one in each process: two that are compared have the same."""
NAME = re.compile(r"[a-z][a-z0-9-]{0,23}")


class StagingGround:
    """Implements `app.staged.Ground`."""

    def __init__(self, place: EdgePlace) -> None:
        self._place = place
        self._ports: dict[str, int] = {}
        self._prepared: dict[str, Prepared] = {}
        self._runtimes: dict[str, Runtime] = {}

    @cached_property
    def folders(self) -> StageFolders:
        from outpace.engines.stages import StageFolders

        return StageFolders(self._place.folder / "staging")

    def _reach(self, name: str) -> Reach:
        from outpace.bootstrap.staging import databases

        here = self._place.here
        folder = self.folders.folder(name) / "databases"
        return databases(folder, root=here.repository.root, report=here.report, environ=here.environ)

    def names(self) -> tuple[str, ...]:
        return self.folders.names()

    def stage(self, name: str) -> Stage | None:
        import msgspec

        from outpace.app.staged import Stage

        _copies_of(name)
        content = self.folders.read(name)
        return msgspec.json.decode(content, type=Stage) if content is not None else None

    def runs(self, name: str) -> bool:
        return self.folders.runs(name)

    def prepare(self, name: str, like: Prepared | None = None) -> Prepared:
        import msgspec

        from outpace.app.staging import prepare
        from outpace.engines.stages import DATA

        (self.folders.folder(name) / "databases").mkdir(mode=0o700, parents=True, exist_ok=True)
        data, reach = self._place.edge.staging.data, self._reach(name)
        self.folders.keep(name, msgspec.json.encode(data), DATA)
        return prepare(data, name=_copies_of(name), reach=reach, like=like, report=self._place.here.report)

    def runtime(self, name: str, prepared: Prepared) -> Runtime:
        """The addresses of its copies may hold passwords: they are handed to its watchdog, and are in no file."""
        from outpace.engines.envoy.runtime import Runtime, Settings

        self._prepared[name] = prepared
        self._ports[name] = sockets.free_port(taken=set(self._ports.values()))
        listen = (f"{sockets.LOOPBACK}:{self._ports[name]}",)
        handed = {HANDED + variable: value for variable, value in prepared.variables.items()}
        environ = {**self._place.here.environ, **handed}
        self._runtimes[name] = Runtime(self.folders.folder(name), Settings(listen=listen), environ)
        return self._runtimes[name]

    def beside(self, name: str, release: Digest) -> str:
        from outpace.model.errors import ToolFailed

        runtime, candidate = self._runtimes[name], self.candidate(release, self._prepared[name])
        instances = runtime.start(candidate.program, 1)
        ill = runtime.healthy(release, candidate.start_s)
        if ill:
            raise ToolFailed(
                f"it never became healthy on it: {ill}", hint="what the new one left keeps it from starting"
            )
        return f"http://{sockets.LOOPBACK}:{instances[0].port}"

    def candidate(self, release: Digest, prepared: Prepared) -> Candidate:
        from outpace.app.staged import NEW, OLD

        alike = ALIKE if prepared.name in (_copies_of(OLD), _copies_of(NEW)) else {}
        return self._place.candidate_of(release, alike | self._place.edge.variables | self._variables(prepared))

    def _variables(self, prepared: Prepared) -> dict[str, str]:
        return self._place.edge.staging.variables | {name: f"env:{HANDED}{name}" for name in prepared.variables}

    def url(self, name: str) -> str:
        return f"http://{sockets.LOOPBACK}:{self._ports[name]}"

    def keep(self, stage: Stage) -> None:
        import msgspec

        self.folders.keep(stage.name, msgspec.json.encode(stage))

    def gone(self, name: str) -> None:
        from outpace.app.staging import discard

        here, copies = self._place.here, _copies_of(name)
        self.folders.end(name)
        discard(self._copied(name), name=copies, reach=self._reach(name), report=here.report)
        self.folders.remove(name)

    def _copied(self, name: str) -> tuple[Data, ...]:
        """What was declared when its copies were made; outpace.toml may be another one since."""
        import msgspec

        from outpace.engines.stages import DATA
        from outpace.model.edge import Data

        content = self.folders.read(name, DATA)
        return (
            msgspec.json.decode(content, type=tuple[Data, ...])
            if content is not None
            else self._place.edge.staging.data
        )

    def cpu_seconds(self, name: str) -> float:
        return self.folders.cpu_seconds(name)

    def shared(self) -> tuple[str, ...]:
        edge = self._place.edge
        own = set(edge.staging.variables) | {each.variable for each in edge.staging.data}
        return tuple(sorted(set(edge.variables) - own))

    def reaching(self) -> tuple[str, ...]:
        return reaching(self._place.edge, self._place.here.environ, self.shared())

    def resemblance(self, stage: Stage, answered: Iterable[str] = ()) -> Resemblance:
        """Measured of both, while it is up. `answered` are the routes of what was replayed to it. The traffic's are
        known where some was recorded."""
        from outpace.delivery.staging.resemblance import resemblance
        from outpace.model.unknown import Unknown

        recorded = self._place.recording()
        routes = Unknown("no traffic was recorded", "outpace edge record") if recorded is None else mix(recorded)
        return resemblance(self._production(stage), self._staging(stage), routes=routes, replayed=answered)

    def _production(self, stage: Stage) -> Side:
        from outpace.delivery.staging.resemblance import Side
        from outpace.model.unknown import Unknown

        edge, standing = self._place.edge, self._place.runtime.standing()
        good = standing.good
        release = good.release if good is not None else Unknown("no release is good yet", "outpace rollout")
        pids = [each.pid for each in standing.instances if each.pid and each.release == release]
        cpus, memory = _allotted(pids)
        return Side(
            release=release,
            envoy={"trusted_hops": str(edge.trusted_hops), "listen": str(len(edge.listen))},
            instances=len(pids) or edge.instances,
            variables=frozenset(edge.variables),
            workers=frozenset(each.name for each in edge.workers),
            tls=edge.tls is not None,
            cpus=cpus,
            memory=memory,
            databases=stage.sources,
        )

    def _staging(self, stage: Stage) -> Side:
        from outpace.delivery.staging.resemblance import Side
        from outpace.engines.envoy.place import Place

        edge = self._place.edge
        instances = Place(self.folders.folder(stage.name)).instances()
        pids = [each.pid for each in instances if each.pid and each.release == stage.release]
        cpus, memory = _allotted(pids)
        copied = {each.variable for each in edge.staging.data}
        return Side(
            release=stage.release,
            envoy={"trusted_hops": "0", "listen": "1"},
            instances=len(pids),
            variables=frozenset(edge.variables) | copied | frozenset(edge.staging.variables),
            workers=frozenset(each.name for each in edge.workers),
            tls=False,
            cpus=cpus,
            memory=memory,
            databases=stage.databases,
        )


def reaching(edge: Edge, environ: Mapping[str, str], shared: Iterable[str]) -> tuple[str, ...]:
    """Variables by which staging would come to what is production's: the same as there, or another spelling of it."""
    from outpace.delivery.staging.places import may_be_one

    own = {name: value for name, value in edge.variables.items() if leads_somewhere(name, value, environ)}
    theirs = {*own.values(), *(each.source for each in edge.staging.data)}
    read = [told for value in theirs if (told := _told(value, environ)) is not None]

    def is_theirs(value: str) -> bool:
        told = _told(value, environ)
        return value in theirs or (told is not None and any(may_be_one(told, each) for each in read))

    found = {name for name in shared if name in own}
    found |= {
        name
        for name, value in edge.staging.variables.items()
        if leads_somewhere(name, value, environ) and is_theirs(value)
    }
    return tuple(sorted(found - {*edge.staging.shared, *(each.variable for each in edge.staging.data)}))


def leads_somewhere(name: str, value: str, environ: Mapping[str, str]) -> bool:
    """An address, or a file. What a file holds is not read here, and may be one; so may what is not set here."""
    from outpace.delivery.staging.leading import leads

    told = _told(value, environ)
    return told is None or leads(name, told)


def _told(value: str, environ: Mapping[str, str]) -> str | None:
    """None: what a file holds, and what is not set here."""
    kind, _, rest = value.partition(":")
    if kind == "env":
        return environ.get(rest) or None
    return None if kind == "file" else value


def _copies_of(name: str) -> str:
    """What its copies of databases are called. No two environments share one, and none names another folder."""
    if not NAME.fullmatch(name):
        raise UsageError(
            f"{name!r} is no name for an environment",
            hint="a small letter, then small letters, digits and -: 24 at most",
        )
    return name.replace("-", "_")


def _allotted(pids: list[int]) -> tuple[float | Unknown, int | Unknown]:
    """Of the one that has least."""
    from outpace.engines.allotted import allotted
    from outpace.model.unknown import Unknown

    found = [each for each in map(allotted, pids) if each is not None]
    if not found:
        return Unknown("no process of it runs"), Unknown("no process of it runs")
    return min(each.cpus for each in found), min(each.memory for each in found)
