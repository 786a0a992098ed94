"""Where users are sent, by one file that is renamed: read and written by one process at a time."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress

import msgspec
from msgspec.structs import replace

from outpace.delivery.edge.traffic import Block, Traffic
from outpace.engines.envoy.following import Followed
from outpace.engines.envoy.locks import alone
from outpace.engines.envoy.place import MENDS, Place
from outpace.engines.envoy.routes import routes, traffic_of
from outpace.engines.envoy.watchdog import REVERTS, read, settle
from outpace.model import times
from outpace.model.errors import DamagedData, ToolTimedOut
from outpace.model.release import Digest

PATIENCE = 15.0


class Routing:
    def __init__(self, place: Place, followed: Followed) -> None:
        self._place = place
        self._followed = followed
        self._live = place.xds / "rds.json"
        self._prepared_file = place.xds / "rds.revert.json"

    def traffic(self) -> Traffic | None:
        """Raises DamagedData."""
        try:
            return traffic_of(self._live.read_bytes())
        except FileNotFoundError:
            return None
        except DamagedData as error:
            raise DamagedData(f"{self._live}: {error.message}", hint=MENDS) from error

    def kept(self) -> Traffic | None:
        with suppress(DamagedData):
            return self.traffic()
        return None

    def route(self, traffic: Traffic) -> None:
        """Raises ToolFailed where Envoy refuses it, with the routes before in their place."""
        with self._alone():
            self._routed(replace(traffic, blocks=self._blocks()))

    def reblock(self, changed: Callable[[tuple[Block, ...]], tuple[Block, ...]]) -> None:
        """Whoever took a rollout back meanwhile, by a rename that waits for nobody, is heard."""
        with self._alone():
            traffic = self.traffic()
            if traffic is None and self._place.good() is not None:
                raise DamagedData(f"{self._live} is not there any more", hint=MENDS)
            traffic = replace(traffic or Traffic(baseline=None), blocks=changed(self._blocks()))
            self._routed(traffic)
            rollout = self._place.rollout()
            if rollout is not None and rollout.stage == "reverted" and traffic.candidate == rollout.candidate:
                self._routed(Traffic(baseline=rollout.baseline, blocks=traffic.blocks))

    def ensure(self, traffic: Traffic) -> str:
        try:
            found = self.traffic()
            if found is not None and found.baseline is not None:
                return ""
            why = "nothing says where users are sent"
        except DamagedData as error:
            why = error.message
        self.route(traffic)
        return f"{why}: the routes are laid anew"

    def prepare(self, traffic: Traffic) -> None:
        """What one rename, by whoever, goes back to."""
        with self._alone():
            self._prepare(replace(traffic, blocks=self._blocks()))

    def revert(self, baseline: Digest | None) -> None:
        """The renames that the watchdog would do. Where they were not enough, since what is prepared is damaged or
        gone, users are sent to the baseline by new routes."""
        for live, prepared in REVERTS:
            path = self._place.folder / prepared
            if read(path) is None:
                path.unlink(missing_ok=True)
            else:
                with suppress(FileNotFoundError):  # another that takes it back was faster
                    path.replace(self._place.folder / live)
        settle(self._place.xds)
        settle(self._place.folder)
        traffic = self.kept()
        if traffic is None or traffic.weight:
            self.route(Traffic(baseline=baseline))

    @contextmanager
    def _alone(self) -> Generator[None]:
        with alone(self._place.folder / "routes.lock", PATIENCE) as is_mine:
            if not is_mine:
                raise ToolTimedOut(
                    f"another process has been changing the routes for {PATIENCE:g} s", hint="outpace edge status"
                )
            yield

    def _routed(self, traffic: Traffic) -> None:
        document = routes(traffic)
        if not self._followed.same("rds", document):
            self._followed.swap("rds", document)
        prepared = self._prepared()
        if prepared is not None and prepared.blocks != traffic.blocks:  # what is put up now stays up on the way back
            self._prepare(replace(prepared, blocks=traffic.blocks))

    def _blocks(self) -> tuple[Block, ...]:
        """Those that stand. What is prepared has the same, should the live routes be damaged or gone."""
        found = self.kept() or self._prepared()
        return found.blocked_at(times.now()) if found is not None else ()

    def _prepared(self) -> Traffic | None:
        """None where nothing is, or nothing that can be read: the next rollout prepares it anew."""
        try:
            return traffic_of(self._prepared_file.read_bytes())
        except (DamagedData, FileNotFoundError):
            return None

    def _prepare(self, traffic: Traffic) -> None:
        self._place.write(self._prepared_file, msgspec.json.encode(routes(traffic)))
