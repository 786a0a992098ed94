"""What `prove --select`, `prove --untested` and `prove --grant` are made with."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from outpace.app.prove_runs import Tools
    from outpace.app.prove_selected import Place
    from outpace.bootstrap import Workplace
    from outpace.model.application import Application
    from outpace.proving.ports import Built
    from outpace.testing.ports import Inside


def with_looks(
    tools: Tools,
    here: Workplace,
    *,
    select: bool,
    untested: bool,
    unsafe_no_sandbox: bool,
    granted: frozenset[str] = frozenset(),
) -> Tools:
    """The same tools, with which tests are also selected, or looked into, and powers granted."""
    from outpace.app.prove_selected import Selecting, Untested
    from outpace.app.test_select import Kept, key_of
    from outpace.engines.cache import Cache

    place = place_of(tools, unsafe_no_sandbox=unsafe_no_sandbox)
    application = here.setup.application
    kept = Cache(here.places.cache / "testing")
    key = key_of(f"{application.path}:{application.name}", here.repository.root_commits(here.repository.head()))
    project = Kept(results=kept, key=key)
    return msgspec.structs.replace(
        tools,
        selecting=Selecting(place=place, results=kept, project=project, report=tools.report) if select else None,
        untested=Untested(place=place, report=tools.report) if untested else None,
        granted=granted,
    )


def place_of(tools: Tools, *, unsafe_no_sandbox: bool) -> Place:
    """The Python of an environment that was built, over a tree, where the application's suite is started."""
    from outpace.engines.confined_python import ConfinedPython, tier_of
    from outpace.engines.inside_python import InsidePython

    python = ConfinedPython(tier=tier_of(unsafe_no_sandbox=unsafe_no_sandbox), unsafe_allow_none=unsafe_no_sandbox)

    def place(built: Built, tree: Path, application: Application) -> Inside:
        cwd = tree / (application.test_path or application.path)
        return InsidePython(python, built=built, tree=tree, cwd=cwd, env=application.test_env, report=tools.report)

    return place
