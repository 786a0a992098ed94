"""Where environments for seconds stand: folders below the edge's own, each with a proxy and copies of its own."""

from __future__ import annotations

from collections.abc import Mapping
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
    from outpace.delivery.staging.resemblance import Resemblance
    from outpace.engines.envoy.runtime import Runtime
    from outpace.engines.stages import StageFolders
    from outpace.model.release import Digest

HANDED = "OUTPACE_STAGING_"


class StagingGround:
    """Implements `app.staged.Ground`."""

    def __init__(self, place: EdgePlace) -> None:
        self._place = place
        self._ports: dict[str, int] = {}

    @cached_property
    def folders(self) -> StageFolders:
        from outpace.engines.stages import StageFolders

        return StageFolders(self._place.folder / "staging")

    def _reach(self, name: str) -> Reach:
        from outpace.bootstrap.staging import databases

        here = self._place.here
        folder = self.folders.folder(name) / "databases"
        return databases(folder, root=here.repository.root, report=here.report, environ=here.environ)

    def all(self) -> tuple[Stage, ...]:
        import msgspec

        from outpace.app.staged import Stage

        found = ((name, self.folders.read(name)) for name in self.folders.names())
        return tuple(msgspec.json.decode(content, type=Stage) for _, content in found if content is not None)

    def prepare(self, name: str, like: Prepared | None = None) -> Prepared:
        from outpace.app.staging import prepare

        if not name.replace("-", "").replace("_", "").isalnum() or len(name) > 40:
            raise UsageError(f"{name!r} is no name for an environment", hint="letters, digits, - and _")
        (self.folders.folder(name) / "databases").mkdir(mode=0o700, parents=True, exist_ok=True)
        data, reach = self._place.edge.staging.data, self._reach(name)
        return prepare(data, name=name.replace("-", "_"), reach=reach, like=like, report=self._place.here.report)

    def runtime(self, name: str, prepared: Prepared) -> Runtime:
        """The addresses of its copies may hold passwords: they are handed to its watchdog, and are in no file."""
        from outpace.engines.envoy.runtime import Runtime, Settings

        self._ports[name] = sockets.free_port(taken=set(self._ports.values()))
        listen = (f"{sockets.LOOPBACK}:{self._ports[name]}",)
        handed = {HANDED + variable: value for variable, value in prepared.variables.items()}
        environ = {**self._place.here.environ, **handed}
        return Runtime(self.folders.folder(name), Settings(listen=listen), environ)

    def candidate(self, release: Digest, prepared: Prepared) -> Candidate:
        return self._place.candidate_of(release, self._variables(prepared))

    def _variables(self, prepared: Prepared) -> Mapping[str, str]:
        return self._place.edge.staging.variables | {name: f"env:{HANDED}{name}" for name in prepared.variables}

    def url(self, name: str) -> str:
        return f"http://{sockets.LOOPBACK}:{self._ports[name]}"

    def keep(self, stage: Stage) -> None:
        import msgspec

        self.folders.keep(stage.name, msgspec.json.encode(stage))

    def gone(self, name: str) -> None:
        from outpace.app.staging import discard

        here = self._place.here
        self.folders.end(name)
        data = self._place.edge.staging.data
        discard(data, name=name.replace("-", "_"), reach=self._reach(name), report=here.report)

    def cpu_seconds(self, name: str) -> float:
        return self.folders.cpu_seconds(name)

    def shared(self) -> tuple[str, ...]:
        edge = self._place.edge
        own = set(edge.staging.variables) | {each.variable for each in edge.staging.data}
        return tuple(sorted(set(edge.variables) - own))

    def resemblance(self, stage: Stage) -> Resemblance:
        """Measured of both. The traffic's routes are known where some was recorded."""
        from outpace.delivery.staging.resemblance import Side, resemblance
        from outpace.model.unknown import Unknown

        edge, standing = self._place.edge, self._place.runtime.standing()
        good = standing.good
        copied = {each.variable for each in edge.staging.data}
        settings = {"trusted_hops": str(edge.trusted_hops), "listen": str(len(edge.listen))}
        production = Side(
            release=good.release if good is not None else Unknown("no release is good yet", "outpace rollout"),
            envoy=settings,
            instances=edge.instances,
            variables=frozenset(edge.variables),
            workers=frozenset(each.name for each in edge.workers),
            tls=edge.tls is not None,
        )
        staging = Side(
            release=stage.release,
            envoy={"trusted_hops": "0", "listen": "1"},
            instances=edge.instances,
            variables=frozenset(edge.variables) | copied | frozenset(edge.staging.variables),
            workers=frozenset(each.name for each in edge.workers),
            tls=False,
        )
        recorded = self._place.recording()
        routes = Unknown("no traffic was recorded", "outpace edge record") if recorded is None else mix(recorded)
        return resemblance(production, staging, routes=routes, replayed=())
