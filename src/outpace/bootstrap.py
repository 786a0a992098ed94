"""The composition root, and the one reader of the environment: outpace.toml becomes engines and stories."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from msgspec import Struct

from outpace.model.errors import UsageError

if TYPE_CHECKING:
    from outpace.ecosystems.files import Files
    from outpace.engines.advisories import AdvisoryStore
    from outpace.engines.advisories.feed import AdvisoryFeed
    from outpace.engines.deploy import Deployed
    from outpace.engines.prober import Prober
    from outpace.engines.running import Observer
    from outpace.model.application import Application
    from outpace.model.inventory import Inventory


class Places(Struct, frozen=True, kw_only=True):
    """Where Outpace keeps what it knows (`state`) and what it may forget (`cache`)."""

    state: Path
    cache: Path


def places(environ: Mapping[str, str] = os.environ, *, configured: str | None = None) -> Places:
    """XDG's directories; `OUTPACE_STATE` and `state =` in outpace.toml point the facts elsewhere."""
    home = Path(environ.get("HOME", "~")).expanduser()
    state = environ.get("XDG_STATE_HOME") or str(home / ".local" / "state")
    cache = environ.get("XDG_CACHE_HOME") or str(home / ".cache")
    chosen = environ.get("OUTPACE_STATE") or configured
    return Places(
        state=Path(chosen).expanduser() if chosen else Path(state) / "outpace",
        cache=Path(cache) / "outpace",
    )


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


def files_at(path: Path) -> tuple[Files, tuple[str, ...] | None]:
    """The tree to read, and the one path in it where `path` is a file. Raises BadInput where there is nothing."""
    from outpace.engines.tree import WorkingTree, root_for

    if path.is_dir():
        return WorkingTree(path), None
    root, name = root_for(path)
    return WorkingTree(root), (name,)


def files_of(repository: Path, revision: str, prefix: str = "") -> Files:
    """The tree of a commit below `prefix`, whatever lies in the working directory."""
    from outpace.engines.git import Repository
    from outpace.engines.tree import RevisionTree

    return RevisionTree(Repository(repository), revision, prefix)


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


def observer(root: Path, *, recorded: Callable[[str], Inventory | None] | None = None) -> Observer:
    """Sees what runs of the applications in the repository at `root`."""
    from outpace.engines.running import Observer, nothing_recorded

    return Observer(root, recorded=recorded or nothing_recorded)


def prober() -> Prober:
    from outpace.engines.prober import Prober

    return Prober()


def deploy(
    application: Application,
    root: Path,
    where: Places,
    report: Callable[[str], None],
    environ: Mapping[str, str] = os.environ,
) -> Deployed:
    """Runs the application's own deploy command; its output stays in the state directory."""
    from outpace.engines.deploy import deploy as run

    log = where.state / "deploy" / f"{quote(application.name, safe='')}.log"
    return run(application, root=root, log=log, environ=environ, report=report)
