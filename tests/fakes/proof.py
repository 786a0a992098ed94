"""What a proof is made with in a test: the real things, kept beside a small project."""

from __future__ import annotations

from outpace.app.prove_runs import Tools
from outpace.engines.cache import Cache
from outpace.engines.git import Repository
from outpace.engines.imports import ModuleImports
from outpace.engines.python_environment import PythonEnvironments
from outpace.engines.rehearsal import Rehearsal
from outpace.engines.suite import Suite
from outpace.model.advisory import Vulnerability
from outpace.model.exposure import Exposure, Matched
from outpace.model.inventory import Inventory
from outpace.model.package import Package
from tests.fakes.here import confined
from tests.fakes.project import Project


def rematch(inventory: Inventory) -> Matched:
    """Sprout 1.0 is vulnerable."""
    found = [component for component in inventory.components if component.package.name == "sprout"]
    vulnerability = Vulnerability(id="PYSEC-1", aliases=("CVE-1",), package=Package("PyPI", "sprout"))
    exposures = [Exposure(component=one, vulnerability=vulnerability) for one in found if one.version == "1.0"]
    return Matched(inventory=inventory, exposures=tuple(exposures))


def tools(shop: Project) -> Tools:
    python = confined()
    kept = shop.root.parent
    return Tools(
        trees=Repository(shop.root),
        environments=PythonEnvironments(kept / "environments", environ=shop.environ),
        imports=ModuleImports(python),
        suites=Suite(python),
        rehearsals=Rehearsal(python, ready_seconds=20),
        results=Cache(kept / "proofs"),
        rematch=rematch,
        tier="a test's",
    )
