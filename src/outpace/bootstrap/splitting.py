"""What `outpace split` reads, writes and proves with."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from outpace.app.split import Tools
    from outpace.bootstrap import Workplace
    from outpace.model.exposure import Matched
    from outpace.model.inventory import Inventory
    from outpace.model.proof import Proof


def proposing_tools(here: Workplace) -> Tools:
    from outpace.app.split import Tools
    from outpace.engines.steps import Steps

    return Tools(
        repository=Steps(here.repository.root, here.environ), tree=here.tree_of, prove=None, report=here.report
    )


def proving_tools(here: Workplace, *, granted: frozenset[str], unsafe_no_sandbox: bool, offline: bool) -> Tools:
    """Raises Unconfined where there is no sandbox and none was waived. Proving raises NoAdvisories offline, where there
    are components and no data."""
    from msgspec.structs import replace

    from outpace.app.prove import prove
    from outpace.bootstrap.changing import proof_tools

    tools = proposing_tools(here)

    def rematch(inventory: Inventory) -> Matched:
        from outpace.model.exposure import Matched

        if not inventory.components:
            return Matched(inventory=inventory)
        here.bring_advisories(offline=offline)
        return here.world.rematch(inventory)

    made = proof_tools(
        here.places,
        here.repository,
        rematch,
        report=here.report,
        unsafe_no_sandbox=unsafe_no_sandbox,
        environ=here.environ,
    )
    made = replace(made, granted=granted)

    def proved(base: str, revision: str) -> Proof:
        return prove(here.setup.application, base, revision, purpose=None, tools=made, probes=here.setup.probes)

    return replace(tools, prove=proved)
