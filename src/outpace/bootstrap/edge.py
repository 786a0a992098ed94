"""The edge of one application: what runs it, what judges it, what it runs."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from contextlib import contextmanager
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING

from outpace.delivery.exchanges.exchange import Recording
from outpace.model.errors import BadConfiguration, BadInput

if TYPE_CHECKING:
    from outpace.app.edge import View
    from outpace.app.edge_deploys import EdgeDeploys
    from outpace.app.judging import Judges
    from outpace.app.rollout import Rolling
    from outpace.app.rollout_parts import Candidate, Outcome, Shown
    from outpace.app.stopgaps import EdgeStopgaps
    from outpace.bootstrap import Workplace
    from outpace.bootstrap.comparing import Accepted
    from outpace.delivery.edge.standing import Program, Standing
    from outpace.engines.envoy.runtime import Runtime
    from outpace.engines.release_store import ReleaseStore, Stored
    from outpace.model.application import Environment
    from outpace.model.edge import Edge, Urgency
    from outpace.model.release import Digest


class EdgePlace:
    """Of a workplace whose application says `delivery = "edge"`."""

    def __init__(self, here: Workplace) -> None:
        self.here = here
        self.application = here.setup.application
        if self.application.edge is None:
            raise BadConfiguration(
                f"{self.application.name} does not run at Outpace's edge",
                hint='declare `delivery = "edge"` and [applications.edge] in outpace.toml (docs/edge.md)',
            )
        self.edge: Edge = self.application.edge
        self.accepted: Accepted = ()  # differences that are meant
        self.irreversible = ""  # why a migration that cannot be taken back may go
        self.explain = False  # the judge's arithmetic is shown

    @cached_property
    def folder(self) -> Path:
        from outpace.bootstrap.releasing import edge_folder

        return edge_folder(self.here.places, self.application).absolute()

    @cached_property
    def store(self) -> ReleaseStore:
        from outpace.bootstrap.releasing import release_store

        return release_store(self.here.places, self.application)

    @cached_property
    def runtime(self) -> Runtime:
        from msgspec.structs import replace

        from outpace.engines.envoy.runtime import Runtime, Settings
        from outpace.engines.tap import tap_filter

        edge, root = self.edge, self.here.repository.root
        tls = edge.tls
        if tls is not None:
            tls = replace(tls, certificate=str(root / tls.certificate), key=str(root / tls.key))
        settings = Settings(
            listen=edge.listen,
            tls=tls,
            trusted_hops=edge.trusted_hops,
            signal=edge.signal,
            filters=(tap_filter(),) if edge.record is not None else (),
        )
        return Runtime(self.folder, settings, self.here.environ)

    def view(self) -> View:
        from outpace.app.edge import Judging, View
        from outpace.engines.envoy.holding import engine_of, judge_of
        from outpace.model.times import now

        standing = self.runtime.standing()
        is_soaking = standing.rollout is not None and standing.rollout.stage == "promoted"
        judges = engine_of(self.folder) if is_soaking else judge_of(self.folder)
        judge = judges or self.runtime.place.pid("judge")
        silent_s = self.runtime.place.uncounted_s() if judges or is_soaking else None  # else it waits for its turn
        return View(
            application=self.application.name,
            listen=self.edge.listen,
            folder=str(self.folder),
            at=now(),
            standing=standing,
            silent=self.runtime.silent(),
            workers={name: self.runtime.place.pid(name) for name in self.runtime.place.workers().workers},
            restless=self.runtime.restless(),
            judge=Judging(pid=judge, silent_s=silent_s or 0.0) if judge else None,
        )

    @property
    def recorded(self) -> Path:
        """Where exchanges of users are kept, redacted."""
        return self.folder / "recording.jsonl"

    def record(self, seconds: float | None) -> Recording:
        """Until the time is over, or it is interrupted. Raises Busy where another one records."""
        import threading

        from outpace.delivery.exchanges.redaction import Redactor
        from outpace.engines.exchange_files import RecordingFile, record
        from outpace.engines.lease import hold
        from outpace.engines.tap import Tap

        wanted = self.edge.record
        if wanted is None:
            raise BadConfiguration(
                f"{self.application.name} declares nothing to record", hint="add [applications.edge.record]"
            )
        with hold(self.folder / "recording.lock", "outpace edge record"), self.runtime.admin.reached() as admin:
            tap = Tap(admin, share=wanted.share, body_bytes=wanted.body_bytes, report=self.here.report)
            over = threading.Timer(seconds, tap.close) if seconds is not None else None
            if over is not None:
                over.start()
            try:
                redactor = Redactor(wanted.redact, body_bytes=wanted.body_bytes)
                into = RecordingFile(self.recorded, wanted.exchanges)
                record(tap, redactor.kept, into, report=self.here.report)
            except KeyboardInterrupt:
                self.here.report("ended")
            finally:
                if over is not None:
                    over.cancel()
        return self.recording() or Recording(exchanges=())

    def recording(self) -> Recording | None:
        from outpace.engines.exchange_files import read

        return read(self.recorded) if self.recorded.exists() else None

    def units(self, into: Path | None) -> dict[str, str]:
        """By file name; written where `into` is a folder."""
        from outpace.engines.envoy.launching import units
        from outpace.engines.envoy.place import Place

        found = units(self.application.name, self.folder)
        if into is not None and not into.is_dir():
            raise BadInput(f"there is no folder {into}", hint="make it, or name another one")
        for name, text in found.items() if into is not None else ():
            Place(self.folder).write((into or self.folder) / name, text.encode())
        return found

    def release(self, revision: str) -> Stored:
        """Built where it is not there yet."""
        from outpace.bootstrap.releasing import build_release

        return build_release(
            self.here.places,
            self.application,
            self.here.repository,
            revision,
            report=self.here.report,
            environ=self.here.environ,
        )

    def candidate(self, stored: Stored, variables: Mapping[str, str] | None = None) -> Candidate:
        """`variables` go before those that are declared."""
        from outpace.app.rollout_parts import Candidate
        from outpace.pipelines.configuration import seconds_of

        edge = self.edge
        workers = tuple(
            (each.name, self._program(stored, each.command, float(seconds_of(each.stop)), variables))
            for each in edge.workers
        )
        drain_s = self.drain_s
        return Candidate(
            release=stored.digest,
            revision=stored.manifest.revision,
            program=self._program(stored, stored.manifest.run, drain_s, variables),
            migrate=self._program(stored, edge.migrate, drain_s, variables) if edge.migrate else None,
            instances=edge.instances,
            workers=workers,
            start_s=self.start_s,
            drain_s=drain_s,
            mirrored=edge.mirror,
            checks=edge.checks,
        )

    @property
    def drain_s(self) -> float:
        from outpace.pipelines.configuration import seconds_of

        return float(seconds_of(self.edge.drain))

    @property
    def start_s(self) -> float:
        from outpace.pipelines.configuration import seconds_of

        return float(seconds_of(self.edge.start_within))

    def candidate_of(self, release: Digest, variables: Mapping[str, str] | None = None) -> Candidate:
        """One that is stored. Raises NotFound where it was collected."""
        return self.candidate(self.store.find(release), variables)

    def _program(
        self, stored: Stored, words: tuple[str, ...], stop_s: float, variables: Mapping[str, str] | None
    ) -> Program:
        from outpace.delivery.edge.standing import Program

        environ = stored.environ()
        environ.pop("PATH")
        return Program(
            release=stored.digest,
            argv=stored.argv(words),
            cwd=str(stored.cwd),
            paths=(str(stored.environment / "bin"),) if stored.environment is not None else (),
            variables=environ
            | {name: self._reference(value) for name, value in {**self.edge.variables, **(variables or {})}.items()},
            stop_s=stop_s,
            ready=stored.manifest.ready,
        )

    def _reference(self, value: str) -> str:
        """A file is named from the repository's root."""
        kind, _, path = value.partition(":")
        return f"file:{self.here.repository.root / path}" if kind == "file" else value

    def judges(self, urgency: Urgency, exposed_hours: float = 0.0) -> Judges:
        from outpace.app.judging import Judges
        from outpace.engines.envoy.trails import trails_in
        from outpace.pipelines.configuration import seconds_of

        return Judges(
            self.edge.risk,
            urgency=urgency,
            exposed_hours=exposed_hours,
            soak_s=float(seconds_of(self.edge.soak)),
            trails=trails_in(self.folder, self.here.report),
            report=self.here.report,
            explain=self.explain,
        )

    @cached_property
    def stopgaps(self) -> EdgeStopgaps:
        from outpace.app.stopgaps import EdgeStopgaps
        from outpace.model.times import now

        return EdgeStopgaps(self.runtime, now)

    def address(self, environment: Environment) -> str | None:
        """Probes go straight to what users are sent to: a block before it would hold them, and prove nothing."""
        if not environment.observe.edge:
            return environment.url
        standing = self.runtime.standing()
        serving = set(standing.serving.values())
        return next((_address(standing, release) for release in sorted(serving)), None)

    def deploys(self) -> EdgeDeploys:
        from outpace.app.edge_deploys import EdgeDeploys
        from outpace.bootstrap.gating import gate
        from outpace.model.errors import Refused

        def roll(revision: str) -> Outcome:
            return self.rolled(self.candidate(self.release(revision)), "known")

        def refused(revision: str) -> tuple[Digest, str]:
            candidate = self.candidate(self.release(revision))
            try:
                gate(self, candidate, self.runtime.standing())
            except Refused as error:
                return candidate.release, f"{error.message}; {error.hint}"
            return candidate.release, ""

        return EdgeDeploys(self.runtime, self.edge.environment, roll, refused)

    @contextmanager
    def alone(self, doing: str) -> Generator[None]:
        """Nobody else moves traffic meanwhile; what is promoted after it is judged by a process of its own."""
        from outpace.bootstrap.soaking import declare
        from outpace.engines.envoy import holding

        with holding.alone(self.folder, doing, self.here.report):
            declare(self)
            yield

    def rolled(self, candidate: Candidate, urgency: Urgency, *, soak: bool = False) -> Outcome:
        """With `soak`, until it is settled; else another process judges it from its promotion on."""
        from outpace.app.rollout_parts import Promoted, Settled
        from outpace.app.soaking import soaked
        from outpace.bootstrap.releasing import releases_collected
        from outpace.model.errors import DamagedData

        differs = self.store.verify(candidate.release)
        if differs:
            raise DamagedData(
                f"the release was changed since it was built: {differs}",
                hint=f"outpace release build --anew {candidate.revision[:10]}",
            )
        with self.alone("a rollout"):
            rolling = self.rolling(urgency)
            outcome = rolling.to(candidate)
            if soak and isinstance(outcome, Promoted):
                report = self.here.report
                outcome = soaked(self.runtime, rolling, outcome.rollout, drain_s=candidate.drain_s, report=report)
        if isinstance(outcome, Settled):
            releases_collected(self.folder, self.application.name, keep=self.edge.keep)
        return outcome

    def rolling(self, urgency: Urgency = "routine", exposed_hours: float = 0.0) -> Rolling:
        from outpace.app.rollout import Rolling
        from outpace.bootstrap.gating import gate

        return Rolling(
            self.runtime,
            judges=self.judges(urgency, exposed_hours),
            gate=partial(gate, self),
            before=(self._probed, self._replayed),
            report=self.here.report,
            drain_s=self.drain_s,
        )

    def _probed(self, candidate: Candidate, standing: Standing) -> Shown:
        from outpace.app.candidate_probes import probed
        from outpace.app.rollout_parts import Shown
        from outpace.bootstrap import prober

        if not self.here.setup.probes:
            return Shown()
        good = standing.good.release if standing.good is not None else None
        why = probed(
            self.here.setup.probes,
            prober=prober(),
            candidate=_address(standing, candidate.release) or "",
            baseline=_address(standing, good) if good is not None else None,
            exposed=self.exposed(candidate.revision),
            report=self.here.report,
        )
        return Shown(why=why)

    def _replayed(self, candidate: Candidate, standing: Standing) -> Shown:
        """Nothing where nothing was recorded. A difference stops it, unless it was accepted."""
        from outpace.app.rollout_parts import Shown
        from outpace.bootstrap.comparing import accepting, in_place, on_copies, tick_of

        good, recording = standing.good, self.recording()
        if recording is None or not recording.exchanges or good is None:
            return Shown()
        exposed, accepted = self.exposed(candidate.revision), self.accepted
        if self.edge.staging.data:
            both = on_copies(self, recording, good.release, candidate.release, exposed=exposed, accepted=accepted)
            view = both.view
            if both.left and not self.irreversible:
                return Shown(why=f"{both.left}; if it may: outpace rollout --accept-irreversible WHY")
        else:
            urls = (_address(standing, good.release) or "", _address(standing, candidate.release) or "")
            releases = (good.release, candidate.release)
            view = in_place(self, recording, releases, urls, exposed=exposed, accepted=accepted)
        found = view.comparison
        self.here.report(found.sentence)
        if found.stopping:
            return Shown(why=f"{found.sentence}; if it is meant: {accepting(found)}")
        return Shown(ticks=(tick_of(found),) if found.compared else ())

    def exposed(self, revision: str) -> frozenset[str]:
        from outpace.model.errors import NoAdvisories

        try:
            matched = self.here.world.matched(revision)
        except NoAdvisories:
            return frozenset()
        return frozenset(name for each in matched.exposures for name in each.vulnerability.ids)


def _address(standing: Standing, release: Digest) -> str | None:
    ports = [each.port for each in standing.instances if each.release == release]
    return f"http://127.0.0.1:{ports[0]}" if ports else None
