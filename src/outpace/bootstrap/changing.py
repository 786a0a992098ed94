"""What changes are made and proved with."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from outpace.app.fix import Tools as FixTools
    from outpace.app.prove_runs import Tools
    from outpace.bootstrap import Places
    from outpace.engines.advisories import AdvisoryStore
    from outpace.engines.git import Repository
    from outpace.model.exposure import Matched
    from outpace.model.inventory import Inventory


def proof_tools(
    where: Places,
    repository: Repository,
    rematch: Callable[[Inventory], Matched],
    *,
    report: Callable[[str], None],
    unsafe_no_sandbox: bool = False,
    environ: Mapping[str, str] = os.environ,
) -> Tools:
    """What proofs are made with. Raises Unconfined where there is no sandbox and none was waived."""
    from outpace.app.prove_runs import Tools
    from outpace.engines.cache import Cache
    from outpace.engines.confined_build import ConfinedBuild
    from outpace.engines.confined_python import ConfinedPython, tier_of
    from outpace.engines.imports import ModuleImports
    from outpace.engines.python_environment import PythonEnvironments
    from outpace.engines.rehearsal import Rehearsal
    from outpace.engines.suite import Suite
    from outpace.sandbox.tiers import name

    tier = tier_of(unsafe_no_sandbox=unsafe_no_sandbox)
    python = ConfinedPython(tier=tier, unsafe_allow_none=unsafe_no_sandbox)
    builds = ConfinedBuild(tier=tier, environ=environ, unsafe_allow_none=unsafe_no_sandbox)
    report(f"sandbox: {name(tier)}")
    return Tools(
        trees=repository,
        environments=PythonEnvironments(where.cache / "environments", environ=environ, builds=builds, report=report),
        imports=ModuleImports(python),
        suites=Suite(python),
        rehearsals=Rehearsal(python),
        results=Cache(where.cache / "proofs"),
        rematch=rematch,
        tier=name(tier),
        report=report,
    )


def fix_tools(
    repository: Repository,
    advisories: AdvisoryStore,
    report: Callable[[str], None],
    environ: Mapping[str, str] = os.environ,
) -> FixTools:
    """Plans with uv and the programs of other locks, in copies of a revision's files; commits by git's plumbing."""
    from outpace.app.fix import Tools
    from outpace.engines.resolvers import resolvers

    return Tools(
        repository=repository,
        resolvers=lambda revision, inventory: resolvers(
            inventory,
            paths=repository.paths(revision),
            look_up=lambda path: repository.read(revision, path),
            environ=environ,
            report=report,
        ),
        advisories=advisories,
        report=report,
    )
