"""What two inventories say of a step."""

from __future__ import annotations

from outpace.model.advisory import Vulnerability
from outpace.model.change import Move
from outpace.model.exposure import Doubt, Exposure, Matched
from outpace.model.inventory import Component, DirectUrl, Inventory, Workspace
from outpace.model.package import PYPI, Package
from outpace.model.unknown import Unknown
from outpace.remediation.lock_moves import is_downgrade, moved, source_changes, worse

A, B = Package(PYPI, "a"), Package(PYPI, "b")


def inventory(*components: Component) -> Inventory:
    return Inventory(source="files", components=components)


def pin(package: Package, version: str, marker: str = "") -> Component:
    return Component(package=package, version=version, file="uv.lock", marker=marker)


def test_every_difference_is_a_move_and_the_projects_own_code_is_not() -> None:
    own = Component(package=Package(PYPI, "site"), version="1", file="uv.lock", origin=Workspace("."))
    before = inventory(
        pin(A, "1.0", "python_version < '3.9'"), pin(A, "2.0", "python_version >= '3.9'"), pin(B, "1"), own
    )
    after = inventory(pin(A, "1.1", "python_version < '3.9'"), pin(A, "2.0", "python_version >= '3.9'"))
    assert moved(before, after) == (
        Move(package=A, before="1.0", after="1.1", file="uv.lock", marker="python_version < '3.9'"),
        Move(package=B, before="1", after=None, file="uv.lock"),
    )
    assert moved(before, before) == ()


def test_a_downgrade_is_told_by_version_order_and_not_by_letters() -> None:
    def step(before: str | None, after: str | None) -> Move:
        return Move(package=A, before=before, after=after)

    assert is_downgrade(step("1.10", "1.9"))
    assert not is_downgrade(step("1.9", "1.10"))
    assert not is_downgrade(step("9.0", "1!1.0"))
    assert not is_downgrade(step(None, "1.0"))


def test_a_new_exposure_or_doubt_is_worse_and_an_old_one_is_not() -> None:
    known, other = (Vulnerability(id=name, package=A) for name in ("X-1", "X-2"))
    before = Matched(inventory=inventory(), exposures=(Exposure(component=pin(A, "1"), vulnerability=known),))
    after = Matched(
        inventory=inventory(),
        exposures=(
            Exposure(component=pin(A, "2"), vulnerability=known),
            Exposure(component=pin(A, "2"), vulnerability=other),
        ),
        doubts=(Doubt(component=pin(B, "3"), vulnerability=other, unknown=Unknown("odd")),),
    )
    assert worse(before, after) == (
        "a 2 would be exposed to X-2",
        "of b 3 it cannot be said whether X-2 affects it",
    )
    assert worse(after, before) == ()


def test_a_package_that_comes_from_elsewhere_is_said() -> None:
    url = Component(package=A, version="1", file="uv.lock", origin=DirectUrl("https://example.invalid/a.whl"))
    assert source_changes(inventory(pin(A, "1")), inventory(url)) == ("a now comes from https://example.invalid/a.whl",)
    assert source_changes(inventory(pin(A, "1")), inventory(pin(A, "2"))) == ()
