"""A whole pipeline in memory: locks at revisions, a deploy branch, one running process, and a human who merges."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from outpace.delivery.land import CreateBranch, OpenPullRequest, Push, Refs
from outpace.model.advisory import Advisory, Coverage, Fix, Vulnerability
from outpace.model.application import Application, Environment, Observe
from outpace.model.change import Change, Move
from outpace.model.errors import ToolFailed
from outpace.model.exposure import Exposure, Matched
from outpace.model.fact import digest_of
from outpace.model.inventory import Component, Inventory, Unread
from outpace.model.observation import NotRunning, Observation, Process, Running, Told
from outpace.model.package import PYPI, Package
from outpace.model.probe import Exploited, Held, Probe, ProbeResult, Request, Sign
from outpace.model.proof import Check, Conclusion, Failed, Passed, Proof, Proved, Refuted
from outpace.model.stopgap import Stopgap
from outpace.model.times import now
from outpace.model.unknown import Unknown
from outpace.stories.kinds import RolledOut
from outpace.stories.ports import Blocked, Delivered, LandingStep, Proposal, TakenBack

START = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
Lock = dict[str, int]


def package(name: str) -> Package:
    return Package(PYPI, name)


class Died(Exception):
    """The process was killed here."""


class FakePipeline:
    """World and hands at once. A package is vulnerable below `fixed[name]`; versions are whole numbers."""

    def __init__(self, lock: Lock, fixed: Lock, *, newest: int = 9) -> None:
        self.fixed = fixed
        self.later: Lock = {}  # where a second vulnerability of a package is fixed
        self.newest = newest
        self.revisions: dict[str, Lock] = {"base": dict(lock)}
        self.parents: dict[str, set[str]] = {"base": set()}
        self.main = "base"
        self.branches: dict[str, str] = {}
        self.running: Lock | None = dict(lock)
        self.pid = 100
        self.judge: Callable[[Lock], Conclusion] = lambda _: Proved()
        self.done: list[str] = []
        self.firsts: list[tuple[str, ...]] = []
        self.dies_after: int | None = None
        self.deploy_works = True
        self.cut_off = False  # a rollout is taken back, for no fault of its own
        self.blocked: tuple[Stopgap, ...] = ()
        self.deploy_ended: dict[str, datetime] = {}
        self.unreadable: set[str] = set()  # revisions whose lock is in conflict
        self.absent: set[str] = set()  # revisions that this clone lacks
        self.author = ""  # of commits from now on: another one makes another commit of the same change
        self.recorded: Callable[[str], Inventory | None] = lambda _: None

    # what a human does

    def merge(self, branch: str) -> None:
        revision = self.branches[branch]
        merged = f"merge-of-{revision}-into-{self.main}"
        moved = {n: v for n, v in self.revisions[revision].items() if self.revisions["base"].get(n) != v}
        self.revisions[merged] = {**self.revisions[self.main], **moved}
        self.parents[merged] = {self.main, revision} | self.parents[self.main] | self.parents[revision]
        self.main = merged
        self.absent.discard(self.main)

    def revert(self, branch: str) -> None:
        """Takes back what a merged branch changed; its commit stays in the history."""
        moved = self.revisions[self.branches[branch]]
        base = self.revisions["base"]
        name = f"revert-of-{branch.replace('/', '-')}-on-{self.main}"
        self.commit(name, {n: base[n] for n in base if moved[n] != base[n]})

    def commit(self, name: str, lock: Lock | None = None) -> None:
        """By hand; `lock` are the versions that it changes."""
        self.revisions[name] = {**self.revisions[self.main], **(lock or {})}
        self.parents[name] = {self.main} | self.parents[self.main]
        self.main = name
        self.absent.discard(self.main)

    def restart(self, lock: Lock) -> None:
        self.running = dict(lock)
        self.pid += 1

    # the world

    def tip(self) -> str:
        return self.main

    def committed(self, revision: str) -> datetime:
        return START + timedelta(minutes=len(self.parents[revision]))

    def has(self, revision: str) -> bool:
        return revision in self.revisions and revision not in self.absent

    def matched(self, revision: str) -> Matched:
        self._needs(revision)
        if revision in self.unreadable:
            unread = Unread(file="uv.lock", why="it holds a merge conflict", line=3)
            return self.rematch(Inventory(source="fake", unread=(unread,), files=("uv.lock",)))
        return self.rematch(self._inventory(self.revisions[revision], "uv.lock"))

    def rematch(self, inventory: Inventory) -> Matched:
        exposures: list[Exposure] = []
        for component in inventory.components:
            name = component.package.name
            for fixed, suffix in ((self.fixed, ""), (self.later, "-later")):
                if component.version and int(component.version) < fixed.get(name, 0):
                    vulnerability = self.vulnerability(name, suffix)
                    fix = Fix(same_branch=str(fixed[name]))
                    exposures.append(Exposure(component=component, vulnerability=vulnerability, fixed=fix))
        coverage = Coverage(source="fake", ecosystem=PYPI, records=1, cutoff=START, fetched=START)
        return Matched(inventory=inventory, exposures=tuple(exposures), coverage=coverage)

    def vulnerability(self, name: str, suffix: str = "") -> Vulnerability:
        which = f"{name}{suffix}"
        record = Advisory(id=f"PYSEC-{which}", digest=str((self.later if suffix else self.fixed)[name]))
        return Vulnerability(id=f"PYSEC-{which}", package=package(name), aliases=(f"CVE-{which}",), records=(record,))

    def has_record(self, ids: frozenset[str]) -> bool:
        names = (*self.fixed, *(f"{name}-later" for name in self.later))
        return any(f"{kind}-{name}" in ids for name in names for kind in ("PYSEC", "CVE"))

    def locks(self, revision: str) -> str:
        self._needs(revision)
        return digest_of(self.revisions[revision])

    def contains(self, revision: str, change: Change) -> bool:
        if not self.has(revision) or not self.has(change.revision):
            return False
        return change.revision == revision or change.revision in self.parents[revision]

    def refs(self, change: Change) -> Refs:
        return Refs(local=self.branches.get(change.branch))

    def observe(self, environment: Environment, last: Observation | None) -> Observation:
        if environment.observe.recorded is not None:
            told = self.recorded(environment.observe.recorded)
            seen = Told(by=f"record {environment.name}", inventory=told or Unknown("nothing is recorded"))
        elif self.running is None:
            seen = NotRunning("no such process")
        else:
            inventory = self._inventory(self.running, "")
            process = Process(
                pid=self.pid, started=START + timedelta(seconds=self.pid), command="shop", inventory=inventory
            )
            seen = Running(processes=(process,), inventory=inventory)
        return Observation(application="shop", environment=environment.name, at=START, seen=seen)

    def probe(self, environment: Environment, probe: Probe) -> ProbeResult:
        exposed = self.running is not None and bool(self.rematch(self._inventory(self.running, "")).exposures)
        return Exploited("200") if exposed else Held()

    # the hands

    def propose(self, exposures: tuple[Exposure, ...], excluding: tuple[Change, ...]) -> Proposal:
        self._did(f"propose {','.join(sorted({e.component.package.name for e in exposures}))}")
        names = sorted({exposure.component.package.name for exposure in exposures})
        tried = [change for change in excluding if [p.name for p in change.purpose] == names]
        targets = {name: max(self.fixed[name], self.later.get(name, 0)) + len(tried) for name in names}
        if any(version > self.newest for version in targets.values()):
            blocked = [
                Blocked(package=package(n), vulnerabilities=(f"PYSEC-{n}",), reason="no newer release") for n in names
            ]
            return Proposal(blocked=tuple(blocked))
        return Proposal(changes=(self._change(targets),))

    def prove(self, change: Change, first: tuple[str, ...]) -> Proof:
        self._needs(change.base)
        self._needs(change.revision)
        self._did(f"prove {change.branch}")
        self.firsts.append(first)
        conclusion = self.judge(self.revisions[change.revision])
        suite = Check(name="suite", result=Failed("test_login fails"), red=("tests/test_login.py::test_login",))
        rehearsed = Check(name="probe", result=Passed("exploited at base, held by the change"))
        checks = (suite,) if isinstance(conclusion, Refuted) else (rehearsed,)
        return Proof(
            base=change.base,
            revision=change.revision,
            fixes=change.fixes,
            conclusion=conclusion,
            checks=checks,
            at=now(),
        )

    def land(self, step: LandingStep) -> None:
        match step:
            case CreateBranch(branch, revision):
                self._needs(revision)
                self._did(f"branch {branch}")
                self.branches[branch] = revision
            case Push() | OpenPullRequest():
                raise AssertionError("this pipeline takes branches")

    def stands(self, stopgap: Stopgap) -> bool:
        return stopgap in self.blocked

    def shield(self, stopgap: Stopgap, why: str) -> datetime:
        self._did(f"block {stopgap.spoken}")
        self.blocked = (*self.blocked, stopgap)
        return now() + timedelta(days=7)

    def unshield(self, stopgap: Stopgap) -> None:
        self._did(f"unblock {stopgap.spoken}")
        self.blocked = tuple(each for each in self.blocked if each != stopgap)

    def deployed(self, tip: str) -> datetime | None:
        return self.deploy_ended.get(tip)

    def deploy(self, tip: str) -> Delivered | TakenBack:
        self._did(f"deploy {tip}")
        if not self.deploy_works:
            raise ToolFailed("make deploy ended with exit status 2")
        if self.cut_off:
            return TakenBack(
                rollout=RolledOut(
                    vulnerabilities=(),
                    revision=tip,
                    release="a" * 64,
                    rollout=f"rollout {len(self.done)}",
                    taken_back=now(),
                    cut_off=True,
                    why="Envoy was started again",
                )
            )
        self.restart(self.revisions[tip])
        self.deploy_ended = {tip: now()}
        return Delivered(at=self.deploy_ended[tip])

    # how it works inside

    def _needs(self, revision: str) -> None:
        if not self.has(revision):
            raise ToolFailed(f"fatal: not a tree object: {revision}")

    def _blocked(self, name: str) -> Blocked:
        return Blocked(package=package(name), vulnerabilities=(f"PYSEC-{name}",), reason="no newer release")

    def _change(self, targets: Lock) -> Change:
        before = self.revisions[self.main]
        name = "-".join(f"{n}{v}" for n, v in targets.items())
        revision = f"{name}-on-{self.main}{self.author}".replace("/", "-")
        self.revisions[revision] = {**before, **targets}
        self.parents[revision] = {self.main} | self.parents[self.main]
        self.absent.discard(revision)
        moves = [
            Move(package=package(n), before=str(before[n]), after=str(v), file="uv.lock") for n, v in targets.items()
        ]
        is_taken = self.branches.get(f"outpace/{name}", revision) != revision
        return Change(
            branch=f"outpace/{revision}" if is_taken else f"outpace/{name}",
            base=self.main,
            revision=revision,
            fixes=tuple(
                e.vulnerability.id
                for e in self.rematch(self._inventory(before, "")).exposures
                if e.component.package.name in targets
            ),
            moves=tuple(moves),
            purpose=tuple(package(n) for n in targets),
            at=START,
        )

    def _did(self, what: str) -> None:
        self.done.append(what)
        if self.dies_after is not None:
            self.dies_after -= 1
            if self.dies_after < 0:
                raise Died(what)

    def _inventory(self, lock: Lock, file: str) -> Inventory:
        components = tuple(Component(package=package(n), version=str(v), file=file) for n, v in sorted(lock.items()))
        return Inventory(source="fake", components=components, files=(file,) if file else ())


PRODUCTION = Environment(name="production", observe=Observe(pid_file="shop.pid"), url="http://127.0.0.1:1", probe=True)
SHOP = Application(name="shop", deploy=("make", "deploy"))


def probe_for(name: str) -> Probe:
    return Probe(
        advisories=(f"PYSEC-{name}",),
        request=Request(path="/../secret"),
        exploited=Sign(status=200, contains="secret"),
        benign=Request(path="/"),
        success=Sign(status=200),
    )
