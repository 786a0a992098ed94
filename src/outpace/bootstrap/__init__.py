"""The composition root, and the one reader of the environment: outpace.toml becomes engines and stories."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Generator, Mapping
from contextlib import ExitStack, contextmanager
from functools import cache, cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from msgspec import Struct

from outpace.model.errors import EngineError, NotFound, UsageError

if TYPE_CHECKING:
    from outpace.app.applications import Tree
    from outpace.app.attached import AttachedWorld
    from outpace.app.attached_hands import AttachedHands
    from outpace.bootstrap.edge import EdgePlace
    from outpace.ecosystems.files import Files
    from outpace.engines.advisories import AdvisoryStore
    from outpace.engines.advisories.feed import AdvisoryFeed
    from outpace.engines.browser import Chromium
    from outpace.engines.deploy import Deploys
    from outpace.engines.prober import Prober
    from outpace.engines.revision import Revision
    from outpace.engines.running import Observer
    from outpace.model.application import Application
    from outpace.model.inventory import Inventory
    from outpace.store.facts import Facts
    from outpace.store.holdings import Holdings


class Places(Struct, frozen=True, kw_only=True):
    """Where Outpace keeps what it knows (`state`) and what it may forget (`cache`)."""

    state: Path
    cache: Path


def places(environ: Mapping[str, str] = os.environ, *, configured: str | None = None) -> Places:
    """XDG's directories; `OUTPACE_STATE` and `state =` in outpace.toml point the facts elsewhere."""
    home = Path(environ.get("HOME", "~")).expanduser()
    state = _absolute(environ, "XDG_STATE_HOME") or home / ".local" / "state"
    cache = _absolute(environ, "XDG_CACHE_HOME") or home / ".cache"
    chosen = environ.get("OUTPACE_STATE") or configured
    return Places(
        state=Path(chosen).expanduser() if chosen else state / "outpace",
        cache=cache / "outpace",
    )


def ignored(environ: Mapping[str, str] = os.environ) -> tuple[str, ...]:
    """What is set in vain, in words: XDG's specification has relative paths ignored."""
    return tuple(
        f"{name}={environ[name]} is ignored, since it is no absolute path"
        for name in ("XDG_STATE_HOME", "XDG_CACHE_HOME")
        if environ.get(name) and _absolute(environ, name) is None
    )


def _absolute(environ: Mapping[str, str], name: str) -> Path | None:
    path = Path(environ.get(name, ""))
    return path if path.is_absolute() else None


def advisory_store(where: Places) -> AdvisoryStore:
    """The advisory data that is here; opened by the first question."""
    from outpace.engines.advisories import AdvisoryStore

    return AdvisoryStore(where.state / "advisories")


def advisory_feed(
    where: Places,
    environ: Mapping[str, str] = os.environ,
    *,
    osv_url: str | None = None,
    kev_url: str | None = None,
) -> AdvisoryFeed:
    """Where more comes from: the option, `OUTPACE_OSV_URL` and `OUTPACE_KEV_URL`, else OSV and CISA."""
    from outpace.engines.advisories.feed import KEV_URL, OSV_URL, AdvisoryFeed

    return AdvisoryFeed(
        where.state / "advisories",
        osv_url=osv_url or environ.get("OUTPACE_OSV_URL") or OSV_URL,
        kev_url=kev_url or environ.get("OUTPACE_KEV_URL") or KEV_URL,
    )


def printer(environ: Mapping[str, str] = os.environ) -> Chromium:
    """What prints a page to PDF."""
    from outpace.engines.browser import Chromium

    return Chromium(environ)


class Reading(Struct, frozen=True, kw_only=True):
    """`paths` are all that is read; None: every lock. `above` is how the root is named from here, if it is not here."""

    files: Files
    root: Path
    paths: tuple[str, ...] | None = None
    above: str = ""


def files_at(path: Path | None) -> Reading:
    """What is in `path`; None: here, or in the nearest directory above with a lock. Raises BadInput for nothing."""
    from outpace.engines.tree import WorkingTree, nearest, root_for

    if path is None:
        root, tree = nearest(Path.cwd())
        return Reading(files=tree, root=root, above="" if root == Path.cwd() else os.path.relpath(root))
    if path.is_dir():
        return Reading(files=WorkingTree(path), root=path.resolve())
    root, name = root_for(path)
    return Reading(files=WorkingTree(root), root=root, paths=(name,))


def environment_inventory(directory: Path) -> Inventory:
    from outpace.engines.installed import inventory_of

    return inventory_of(directory)


def process_inventory(pid: int) -> Inventory:
    """What one process runs. Raises NotFound where there is none."""
    if sys.platform != "linux":
        raise UsageError(
            f"processes are read on Linux only, and this is {sys.platform}", hint="outpace match --environment PATH"
        )
    from outpace.engines.processes import inventory_of

    return inventory_of(pid)


@contextmanager
def record_of_this_machine(where: Places) -> Generator[tuple[Facts, Holdings]]:
    """The facts of every application that keeps them here, and the read model of what its environments hold."""
    from outpace.store.facts import Facts
    from outpace.store.holdings import Holdings

    with ExitStack() as opened:
        path = where.state / "facts.sqlite"
        facts, holdings = Facts(path), Holdings(path)
        opened.callback(facts.close)
        opened.callback(holdings.close)
        yield facts, holdings


def observer(
    root: Path,
    *,
    recorded: Callable[[str], Inventory | None] | None = None,
    serving: Callable[[], Mapping[int, str]] = dict[int, str],
) -> Observer:
    """Sees what runs of the applications in the repository at `root`."""
    from outpace.engines.running import Observer, nothing_recorded

    return Observer(root, recorded=recorded or nothing_recorded, serving=serving)


def prober() -> Prober:
    from outpace.engines.prober import Prober

    return Prober()


def deploys(
    application: Application,
    root: Path,
    where: Places,
    report: Callable[[str], None],
    environ: Mapping[str, str] = os.environ,
) -> Deploys:
    """The application's own deploy command; its output stays in the state directory."""
    from outpace.engines.deploy import Deploys

    log = where.state / "deploy" / f"{quote(application.name, safe='')}.log"
    return Deploys(application, root=root, log=log, environ=environ, report=report)


def tree_here(cwd: Path, environ: Mapping[str, str] = os.environ) -> tuple[Path, Tree]:
    """The root of the repository that the command stands in, and its files."""
    from outpace.engines.checkout import Checkout
    from outpace.engines.git import Repository

    repository = Repository(cwd, environ)
    return repository.root, Checkout(repository)


class Workplace:
    """One application of the repository that a command stands in, with everything made on first use."""

    def __init__(
        self, cwd: Path, *, name: str | None, report: Callable[[str], None], environ: Mapping[str, str] = os.environ
    ) -> None:
        from outpace.app.applications import setup_here
        from outpace.engines.checkout import Checkout
        from outpace.engines.git import Repository
        from outpace.stories.kinds import subject_of

        self.report = report
        self.environ = environ
        self.repository = Repository(cwd, environ)
        self.head = self.repository.head()
        self.setup = setup_here(Checkout(self.repository), name=name)
        state = self.setup.configuration.state
        in_root = str(self.repository.root / Path(state).expanduser()) if state else None
        self.places = places(environ, configured=in_root)
        application = self.setup.application
        if self.repository.shallow():
            report("this clone is shallow: its facts do not meet those of a full one (git fetch --unshallow)")
        self.subject = subject_of(self.repository.root_commits(self.head), application.path, application.name)

    @cached_property
    def facts(self) -> Facts:
        from outpace.store.facts import Facts

        return Facts(self.places.state / "facts.sqlite")

    @cached_property
    def source(self) -> AdvisoryStore:
        """Of the machine: `state =` in a repository moves its facts, not the advisories that all of them share."""
        return advisory_store(places(self.environ))

    @cached_property
    def observer(self) -> Observer:
        from outpace.app.record import last_recorded

        return observer(
            self.repository.root,
            recorded=lambda name: last_recorded(self.facts, self.subject, name),
            serving=lambda: self.edge.runtime.standing().serving,
        )

    @cached_property
    def edge(self) -> EdgePlace:
        """Raises BadConfiguration where the application has none."""
        from outpace.bootstrap.edge import EdgePlace

        return EdgePlace(self)

    @cached_property
    def world(self) -> AttachedWorld:
        from outpace.app.attached import AttachedWorld, url_of

        by_edge = self.setup.application.delivery == "edge"
        return AttachedWorld(
            self.setup.application,
            repository=self.repository,
            source=self.source,
            observer=self.observer,
            prober=prober(),
            stopgaps=self.edge.stopgaps if by_edge else None,
            address=self.edge.address if by_edge else url_of,
        )

    def hands(self, *, unsafe_no_sandbox: bool = False) -> AttachedHands:
        from outpace.app.attached_hands import AttachedHands
        from outpace.bootstrap.changing import fix_tools, proof_tools

        application, root = self.setup.application, self.repository.root
        return AttachedHands(
            application,
            repository=self.repository,
            fixing=cache(lambda: fix_tools(self.repository, self.source, self.report, self.environ)),
            proving=cache(
                lambda: proof_tools(
                    self.places,
                    self.repository,
                    self.world.rematch,
                    report=self.report,
                    unsafe_no_sandbox=unsafe_no_sandbox,
                    environ=self.environ,
                )
            ),
            probes=self.setup.probes,
            stopgaps=self.edge.stopgaps if application.delivery == "edge" else None,
            deploys=self.edge.deploys()
            if application.delivery == "edge"
            else deploys(application, root, self.places, self.report, self.environ),
        )

    def keep_rollout(self) -> None:
        """How far the last one at the edge came, where nobody was left to keep it, or to say what it fixed."""
        if self.setup.application.delivery != "edge":
            return
        from outpace.app.edge_deploys import keep
        from outpace.delivery.edge.standing import OVER

        rollout = self.edge.runtime.kept_rollout()
        if rollout is not None and rollout.stage in (*OVER, "promoted"):
            keep(self.facts, self.subject, rollout, self.edge.edge.environment)

    def bring_advisories(self, *, offline: bool) -> None:
        """Fetches the data once where there is none. Raises NoAdvisories offline."""
        from outpace.app.advisories import ensure

        feed = partial(advisory_feed, places(self.environ), self.environ)
        ensure(self.source, feed, offline=offline, report=self.report)

    @contextmanager
    def lease(self, doing: str) -> Generator[None]:
        """One writer for each application on this host; a row says who, for others to read."""
        from outpace.engines.lease import hold
        from outpace.store.leases import Lease, Leases

        with hold(self.places.state / "leases" / f"{quote(self.subject, safe='')}.lock", doing) as me:
            row = Lease(name=self.subject, holder=me.holder, since=me.since, pid=me.pid, host=me.host)
            leases = Leases(self.facts.path)
            leases.taken(row)
            try:
                yield
            finally:
                leases.given_back(row)
                leases.close()

    def revision(self, name: str) -> str:
        """The full id; raises NotFound."""
        found = self.repository.resolve(name)
        if found is None:
            raise NotFound(f"there is no branch or revision {name}", hint="git branch --all lists them")
        return found

    def tree_of(self, revision: str) -> Revision:
        """The files of a commit, read in batches."""
        from outpace.engines.history.clone import Clone
        from outpace.engines.revision import Revision

        return Revision(Clone(self.repository.root, self.environ), revision)

    def bring_branch(self) -> None:
        """Where merges happen on the remote, its branch is fetched, and the fixes that wait there; without a network,
        they are as they were last fetched."""
        from outpace.remediation.commit import PREFIX

        application = self.setup.application
        if application.land == "branch" or self.repository.remote_url(application.remote) is None:
            return
        try:
            self.repository.fetch(application.remote, application.branch, f"{PREFIX}*")
        except EngineError as error:
            self.report(
                f"{application.remote} was not reached, so {application.branch} is as last fetched: {error.message}"
            )

    def fetch(self) -> int:
        """Takes what others shared; how many facts were new."""
        from outpace.engines.shared_facts import fetch

        remote = self.setup.application.remote
        return self.facts.add(fetch(self.repository.root, remote, environ=self.environ, report=self.report))

    def push(self) -> None:
        """Shares the facts of this application through refs/outpace/facts."""
        from outpace.engines.shared_facts import push

        mine = self.facts.of(self.subject)
        push(self.repository.root, self.setup.application.remote, mine, environ=self.environ, report=self.report)

    def close(self) -> None:
        if "facts" in vars(self):
            self.facts.close()


@contextmanager
def workplace(cwd: Path, *, name: str | None, report: Callable[[str], None]) -> Generator[Workplace]:
    """What stands in the current directory's repository. Raises NotARepository, UsageError."""
    here = Workplace(cwd, name=name, report=report)
    try:
        yield here
    finally:
        here.close()
