"""Fix: plan the smallest safe step for what is exposed, and put it on a branch of its own."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import TypeAlias

from msgspec import Struct

from outpace.app.locks import deployed_locks, inventory_at, matched_files, pinned
from outpace.ecosystems.pypi.versions import normalize_name
from outpace.ecosystems.read import read
from outpace.matching.match import match
from outpace.matching.ports import AdvisorySource
from outpace.model.advisory import Coverage
from outpace.model.application import Application
from outpace.model.change import Change
from outpace.model.exposure import Exposure, Matched
from outpace.model.inventory import Inventory
from outpace.model.times import now
from outpace.remediation.commit import PREFIX, branch_of, message_of
from outpace.remediation.plan import Exception_, Fixed, Plan, Proposal
from outpace.remediation.planner import Planner
from outpace.remediation.ports import Repository, Resolver
from outpace.remediation.world import World

Resolvers: TypeAlias = Callable[[str, Inventory], AbstractContextManager[tuple[Resolver, ...]]]
Wanted: TypeAlias = Callable[[Exposure], bool]


class Tools(Struct, frozen=True, kw_only=True):
    """`resolvers` are made for one revision's files, and clean up after themselves."""

    repository: Repository
    resolvers: Resolvers
    advisories: AdvisorySource
    report: Callable[[str], None]


class Created(Struct, frozen=True, tag=True):
    """The branch was made now."""


class AlreadyThere(Struct, frozen=True, tag=True):
    """The branch held this change before."""


class NotWritten(Struct, frozen=True, tag=True):
    """Only shown: nothing was put on a branch."""


Landing: TypeAlias = Created | AlreadyThere | NotWritten


class Landed(Struct, frozen=True, kw_only=True):
    """A change and its branch. Its commit exists unless the landing is NotWritten."""

    change: Change
    landing: Landing
    files: tuple[str, ...]


class Proposed(Struct, frozen=True, kw_only=True):
    """What can be done about some exposures; the commits exist, branches do not."""

    base: str
    matched: Matched
    plans: tuple[Plan, ...]
    changes: tuple[Change, ...] = ()
    exceptions: tuple[Exception_, ...] = ()


class FixView(Struct, frozen=True, kw_only=True):
    application: str
    base: str
    plans: tuple[Plan, ...]
    landed: tuple[Landed, ...]
    exceptions: tuple[Exception_, ...]
    matched: Matched
    dirty: tuple[str, ...] = ()
    asked: str | None = None  # an advisory
    is_known: bool = True  # some advisory about a package that is here has the id that was asked for

    @property
    def coverage(self) -> Coverage | None:
        return self.matched.coverage

    @property
    def known_as_a_package(self) -> tuple[str, ...]:
        """Where a package was named instead of an advisory: the advisories that it is exposed to here."""
        name = normalize_name(self.asked or "")
        found = (each for each in self.matched.exposures if each.component.package.name == name)
        return tuple(sorted({each.vulnerability.id for each in found}))

    @property
    def done(self) -> bool:
        """Every affected pin is fixed on a branch, or there was none; there are locks, and all could be read."""
        written = all(not isinstance(landed.landing, NotWritten) for landed in self.landed)
        read = bool(self.matched.inventory.files) and not self.matched.inventory.silent
        return read and written and all(isinstance(plan.outcome, Fixed) for plan in self.plans)


def plan_and_land(application: Application, *, tools: Tools, advisory: str | None, dry_run: bool) -> FixView:
    """One branch for what goes together. Running it again finds the branches that are there."""
    wanted = _about(advisory) if advisory else _everything
    base = tools.repository.head()
    tools.report("looking for the smallest safe steps")
    files = matched_files(application, tools.repository.paths(base))
    planned = _planned(files, base, wanted, tools, frozenset())
    proposals = _proposals(planned.plans)
    landed = tuple(_landed(application, tools, base, each, dry_run=dry_run) for each in proposals)
    return FixView(
        application=application.name,
        base=base,
        plans=planned.plans,
        landed=landed,
        exceptions=planned.exceptions,
        matched=planned.matched,
        dirty=tools.repository.dirty(),
        asked=advisory,
        is_known=advisory is None or _is_known(advisory, planned.matched.inventory, tools.advisories),
    )


def propose(
    application: Application,
    exposures: tuple[Exposure, ...],
    *,
    tools: Tools,
    base: str,
    excluding: frozenset[str] = frozenset(),
) -> Proposed:
    """Commits without branches, for a story that proves before it lands; `excluding` names refuted candidates."""
    asked = {(exposure.component.package, exposure.vulnerability.id) for exposure in exposures}
    locks = deployed_locks(application, tools.repository.paths(base))
    planned = _planned(locks, base, lambda e: (e.component.package, e.vulnerability.id) in asked, tools, excluding)
    changes = tuple(_committed(application, tools, base, each)[0] for each in _proposals(planned.plans))
    return Proposed(
        base=base, matched=planned.matched, plans=planned.plans, changes=changes, exceptions=planned.exceptions
    )


def _about(advisory: str) -> Wanted:
    return lambda exposure: advisory.upper() in {each.upper() for each in exposure.vulnerability.ids}


def _is_known(advisory: str, inventory: Inventory, source: AdvisorySource) -> bool:
    packages = {component.package for component in inventory.components}
    records = (record for package in packages for record in source.about(package))
    return any(advisory.upper() in {each.upper() for each in (record.id, *record.aliases)} for record in records)


def _everything(exposure: Exposure) -> bool:
    return bool(exposure.vulnerability.id)


class _Planned(Struct, frozen=True):
    plans: tuple[Plan, ...]
    matched: Matched

    @property
    def exceptions(self) -> tuple[Exception_, ...]:
        return tuple(dict.fromkeys(e for proposal in _proposals(self.plans) for e in proposal.exceptions))


def _planned(paths: tuple[str, ...], base: str, wanted: Wanted, tools: Tools, excluding: frozenset[str]) -> _Planned:
    known: dict[str, bytes | None] = {}

    def at_base(path: str) -> bytes | None:
        if path not in known:
            known[path] = tools.repository.read(base, path)
        return known[path]

    moment = now()

    def against(inventory: Inventory) -> Matched:
        return match(inventory, tools.advisories, now=moment)

    inventory = read(paths, at_base)
    matched = against(inventory)
    exposures = tuple(exposure for exposure in matched.exposures if wanted(exposure))
    if not exposures:
        return _Planned((), matched)
    with tools.resolvers(base, inventory) as resolvers:
        world = World(lambda overlay: read(paths, lambda path: overlay.get(path, at_base(path))), against, resolvers)
        return _Planned(Planner(world, excluding=excluding, report=tools.report).plans(exposures), matched)


def _proposals(plans: tuple[Plan, ...]) -> tuple[Proposal, ...]:
    return tuple(dict.fromkeys(plan.outcome.proposal for plan in plans if isinstance(plan.outcome, Fixed)))


def _landed(application: Application, tools: Tools, base: str, proposal: Proposal, *, dry_run: bool) -> Landed:
    files = tuple(path for path, _ in proposal.files)
    if dry_run:
        found = _found(application, tools, base, proposal)
        if found is not None and isinstance(found[1], AlreadyThere):
            return Landed(change=found[0], landing=AlreadyThere(), files=files)
        change = _change(tools, proposal, branch_of(proposal), base, "")
        return Landed(change=change, landing=NotWritten(), files=files)
    change, landing = _committed(application, tools, base, proposal)
    if isinstance(landing, Created):
        tools.repository.create_branch(change.branch, change.revision)
    return Landed(change=change, landing=landing, files=files)


def _committed(application: Application, tools: Tools, base: str, proposal: Proposal) -> tuple[Change, Landing]:
    found = _found(application, tools, base, proposal)
    if found is not None:
        return found
    branch = branch_of(proposal)
    here, standing = _branches(application, tools.repository, branch)
    revision = tools.repository.commit(base, dict(proposal.files), message_of(proposal))
    if standing.get(branch, revision) != revision:
        branch = f"{branch}-{revision[:8]}"
    landing = AlreadyThere() if here.get(branch) == revision else Created()
    return _change(tools, proposal, branch, base, revision), landing


def _found(
    application: Application, tools: Tools, base: str, proposal: Proposal
) -> tuple[Change, AlreadyThere | Created] | None:
    """A branch of ours that holds the same result on locks that did not change since is that change already, also one
    that another clone has pushed."""
    repository = tools.repository
    here, standing = _branches(application, repository, branch_of(proposal))
    for name, there in standing.items():
        if _still_holds(application, repository, base, there, proposal):
            landing = AlreadyThere() if name in here else Created()
            return _change(tools, proposal, name, repository.parents(there)[0], there), landing
    return None


def _branches(application: Application, repository: Repository, branch: str) -> tuple[dict[str, str], dict[str, str]]:
    """Those that are here; and those with the ones of the remote."""
    here = _standing(repository, branch)
    return here, {**_standing(repository, branch, application.remote), **here}


def _standing(repository: Repository, branch: str, remote: str | None = None) -> dict[str, str]:
    """The branch of that name, and those that stand beside it under that name and the digits of their commit; here, or
    on the remote as it was last fetched."""
    suffixed = re.compile(rf"{re.escape(branch)}(?:-[0-9a-f]{{8}})?")
    names = sorted(name for name in repository.branches(branch, remote) if suffixed.fullmatch(name))
    space = f"refs/remotes/{remote}" if remote else "refs/heads"
    found = ((name, repository.resolve(f"{space}/{name}")) for name in names)
    return {name: there for name, there in found if there is not None}


def _still_holds(application: Application, repository: Repository, base: str, there: str, proposal: Proposal) -> bool:
    if repository.is_ancestor(there, base):  # it was merged, and reverted since: git merges it no second time
        return False
    parents = repository.parents(there)
    if len(parents) != 1 or not repository.is_ancestor(parents[0], base):
        return False
    touched = {path for _, path in repository.changed(parents[0], there)}
    if touched != {path for path, _ in proposal.files} or any(
        repository.read(parents[0], path) != repository.read(base, path) or repository.read(there, path) != content
        for path, content in proposal.files
    ):
        return False
    then, today = (pinned(inventory_at(repository, application, at)) for at in (parents[0], base))
    return then == today


def _change(tools: Tools, proposal: Proposal, branch: str, base: str, revision: str) -> Change:
    assert branch.startswith(PREFIX)
    return Change(
        branch=branch,
        base=base,
        revision=revision,
        fixes=proposal.fixes,
        moves=proposal.moves,
        purpose=proposal.purpose,
        caveats=proposal.caveats,
        at=tools.repository.commit_time(base),
        released=proposal.released,
    )
