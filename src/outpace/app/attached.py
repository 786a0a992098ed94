"""A pipeline that somebody else owns, looked at through ports."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Protocol

from outpace.app.locks import inventory_at, pinned
from outpace.app.stopgaps import Stopgaps
from outpace.delivery.land import Holds, Refs
from outpace.delivery.ports import Observer, Prober
from outpace.matching.match import match
from outpace.matching.ports import RecordSource
from outpace.model.application import Application, Environment
from outpace.model.change import Change
from outpace.model.exposure import Matched
from outpace.model.inventory import Inventory
from outpace.model.observation import Observation
from outpace.model.probe import Probe, ProbeResult, ProbeUndecided
from outpace.model.stopgap import Stopgap
from outpace.model.times import now


class Repository(Protocol):
    """The part of a git repository that a look needs."""

    def head(self) -> str: ...
    def resolve(self, name: str) -> str | None: ...
    def resolved(self, *names: str) -> tuple[str | None, ...]: ...
    def read(self, revision: str, path: str) -> bytes | None: ...
    def paths(self, revision: str) -> tuple[str, ...]: ...
    def is_ancestor(self, ancestor: str, descendant: str) -> bool: ...
    def parents(self, revision: str) -> tuple[str, ...]: ...
    def changed(self, base: str, revision: str) -> tuple[tuple[str, str], ...]: ...
    def commit_time(self, revision: str) -> datetime: ...
    def remote_url(self, name: str) -> str | None: ...


def tip_of(application: Application, repository: Repository) -> str:
    """What the pipeline deploys: the local branch; the remote's where it is further on, or where only it is there.

    With neither, as in a fresh repository on another branch, it is HEAD.
    """
    branch, remote = application.branch, application.remote
    here, there = repository.resolved(f"refs/heads/{branch}", f"refs/remotes/{remote}/{branch}")
    if here is None or there is None:
        return here or there or repository.head()
    merges_there = application.land != "branch"
    return there if merges_there and here != there and repository.is_ancestor(here, there) else here


def url_of(environment: Environment) -> str | None:
    return environment.url


class AttachedWorld:
    """Implements `stories.ports.World`. A revision never changes, so what was read of it is kept for this run."""

    def __init__(
        self,
        application: Application,
        *,
        repository: Repository,
        source: RecordSource,
        observer: Observer,
        prober: Prober,
        stopgaps: Stopgaps | None = None,
        address: Callable[[Environment], str | None] = url_of,
    ) -> None:
        """`address`: where probes of an environment are sent."""
        self.stopgaps = stopgaps
        self.address = address
        self.application = application
        self.repository = repository
        self.source = source
        self.observer = observer
        self.prober = prober
        self._inventories: dict[str, Inventory] = {}
        self._matched: dict[str, Matched] = {}
        self._locks: dict[str, str] = {}
        self._ancestry: dict[tuple[str, str], bool] = {}

    def tip(self) -> str:
        return tip_of(self.application, self.repository)

    def committed(self, revision: str) -> datetime:
        return self.repository.commit_time(revision)

    def has(self, revision: str) -> bool:
        return self.repository.resolve(revision) == revision

    def matched(self, revision: str) -> Matched:
        if revision not in self._matched:
            self._matched[revision] = self.rematch(self.inventory(revision))
        return self._matched[revision]

    def inventory(self, revision: str) -> Inventory:
        if revision not in self._inventories:
            self._inventories[revision] = inventory_at(self.repository, self.application, revision)
        return self._inventories[revision]

    def rematch(self, inventory: Inventory) -> Matched:
        return match(inventory, self.source, now=now())

    def has_record(self, ids: frozenset[str]) -> bool:
        return bool(self.source.named(self.source.aliases(ids)))

    def locks(self, revision: str) -> str:
        if revision not in self._locks:
            self._locks[revision] = pinned(self.inventory(revision))
        return self._locks[revision]

    def contains(self, revision: str, change: Change) -> bool:
        key = (change.revision, revision)
        if key not in self._ancestry:
            are_here = self.has(revision) and self.has(change.revision)
            self._ancestry[key] = are_here and self.repository.is_ancestor(change.revision, revision)
        return self._ancestry[key]

    def refs(self, change: Change) -> Refs:
        remote = self.application.remote
        local, there = self.repository.resolved(f"refs/heads/{change.branch}", f"refs/remotes/{remote}/{change.branch}")
        return Refs(
            local=local,
            local_holds=self._holds(local, change),
            remote=there,
            remote_holds=self._holds(there, change),
            remote_name=remote,
            remote_url=self.repository.remote_url(remote),
            deploy_branch=self.application.branch,
        )

    def _holds(self, there: str | None, change: Change) -> Holds:
        """Two clones that made the same change made two commits of it."""
        if there is None or there == change.revision:
            return "the same change"
        if self._is_same(there, change):
            return "the same change"
        matched = self.matched(there)
        judged = (*matched.exposures, *matched.doubts)
        is_read = matched.inventory.files and not matched.inventory.unread
        is_fixed = is_read and not any(each.vulnerability.ids & set(change.fixes) for each in judged)
        return "another that fixes the same" if is_fixed else "something else"

    def _is_same(self, there: str, change: Change) -> bool:
        """One commit on what the deploy branch holds, which does the same to the same files."""
        parents = self.repository.parents(there)
        if len(parents) != 1 or not self.has(change.base) or not self.has(change.revision):
            return False
        base = parents[0]
        touched = self.repository.changed(base, there)
        if touched != self.repository.changed(change.base, change.revision):
            return False
        read = self.repository.read
        return (
            self.repository.is_ancestor(base, self.tip())
            and self.locks(base) == self.locks(change.base)
            and all(read(base, path) == read(change.base, path) for _, path in touched)
            and all(read(there, path) == read(change.revision, path) for _, path in touched)
        )

    def observe(self, environment: Environment, last: Observation | None) -> Observation:
        return self.observer.observe(self.application, environment, last)

    def stands(self, stopgap: Stopgap) -> bool:
        """Nothing of ours stands before an application that another pipeline deploys."""
        return self.stopgaps is not None and self.stopgaps.stands(stopgap)

    def probe(self, environment: Environment, probe: Probe) -> ProbeResult:
        address = self.address(environment)
        if address is None:
            return ProbeUndecided(f"{environment.name} declares no `url` to send it to")
        return self.prober.probe(address, probe)
