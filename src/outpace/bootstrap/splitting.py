"""What `outpace split` reads, writes and proves with."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from outpace.app.split import Tools
    from outpace.bootstrap import Workplace
    from outpace.model.proof import Proof


def split_tools(here: Workplace, *, dry_run: bool, granted: frozenset[str], unsafe_no_sandbox: bool) -> Tools:
    """Raises Unconfined where there is no sandbox, none was waived, and something is to be proved."""
    from msgspec.structs import replace

    from outpace.app.prove import prove
    from outpace.app.split import Tools
    from outpace.bootstrap.changing import proof_tools
    from outpace.engines.steps import Steps

    repository = Steps(here.repository.root, here.environ)
    if dry_run:
        return Tools(repository=repository, prove=None, report=here.report)
    made = proof_tools(
        here.places,
        repository,
        here.world.rematch,
        report=here.report,
        unsafe_no_sandbox=unsafe_no_sandbox,
        environ=here.environ,
    )
    made = replace(made, granted=granted)

    def proved(base: str, revision: str) -> Proof:
        return prove(here.setup.application, base, revision, purpose=None, tools=made, probes=here.setup.probes)

    return Tools(repository=repository, prove=proved, report=here.report)
