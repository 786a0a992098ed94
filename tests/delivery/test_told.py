"""Inventories that a declared command prints."""

from __future__ import annotations

import pytest

from outpace.delivery.told import WOULD_SETTLE, inventory_of
from outpace.model.inventory import Component, Inventory, Unread
from outpace.model.package import PYPI, Package
from outpace.model.unknown import Unknown

NESTED = b"""{"bomFormat": "CycloneDX", "components": [
    {"purl": "pkg:pypi/a@1.0?x=y", "components": [{"purl": "pkg:pypi/b@2%2Blocal"}]},
    {"purl": "pkg:npm/c@3"},
    {"name": "d"}
]}"""


def component(name: str, version: str | None) -> Component:
    return Component(package=Package(PYPI, name), version=version)


@pytest.mark.parametrize(
    ("output", "components", "unread"),
    [
        (
            b'[{"name": "Ruamel.Yaml", "version": "0.18"}, {"name": "jwt", "version": "1"}]',
            (component("ruamel-yaml", "0.18"), component("jwt", "1")),
            (),
        ),
        (
            NESTED,
            (component("a", "1.0"), component("b", "2+local")),
            (Unread(file="tool", why="the component 'd' has no purl"),),
        ),
        (
            b"# made by\nA_b[extra]==1.0 ; python_version > '3' \n--hash=sha256:1\n\nc===2 # why\nd>=3\n",
            (component("a-b", "1.0"), component("c", "2")),
            (Unread(file="tool", line=6, why="not a line `name==version`"),),
        ),
    ],
)
def test_three_formats_are_read_and_what_is_not_understood_is_told(
    output: bytes, components: tuple[Component, ...], unread: tuple[Unread, ...]
) -> None:
    assert inventory_of(output, by="tool") == Inventory(source="tool", components=components, unread=unread)


def test_a_package_without_a_version_is_in_doubt_of_what_told_it_and_not_for_want_of_a_pin() -> None:
    bill = b'{"bomFormat": "CycloneDX", "components": [{"purl": "pkg:pypi/Kit"}]}'
    doubt = Unknown("kit is named without a version", f"{WOULD_SETTLE}, with versions")
    expected = Component(package=Package(PYPI, "kit"), version=None, doubt=doubt)
    assert inventory_of(bill, by="tool") == Inventory(source="tool", components=(expected,))


@pytest.mark.parametrize(
    ("output", "why"),
    [
        (b"  \n", "tool printed nothing"),
        (b'{"bomFormat": "CycloneDX"}', "tool named no package of PyPI"),
        (b"ready\n", "tool named no package of PyPI"),
        (b"[1, 2]", "what tool printed cannot be read: Expected `object`, got `int` - at `$[0]`"),
    ],
)
def test_output_without_an_inventory_is_unknown(output: bytes, why: str) -> None:
    assert inventory_of(output, by="tool") == Unknown(why, WOULD_SETTLE)


@pytest.mark.parametrize("output", [b"[" * 100_000, b"\xff\xfe\x00", b'{"bomFormat": 1}'])
def test_hostile_output_is_unknown(output: bytes) -> None:
    assert isinstance(inventory_of(output, by="tool"), Unknown)
