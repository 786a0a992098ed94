"""Exact demands in a pyproject.toml of Poetry's move with the step, and nothing else in the file does."""

from __future__ import annotations

import pytest

from outpace.engines.poetry_pins import exact_pins_moved
from outpace.model.package import PYPI, Package
from outpace.remediation.ports import Pin, Step

STEP = Step(pin=Pin(package=Package(PYPI, "acme-web"), version="1.0", file="poetry.lock"), version="1.2")
HEAD = '[tool.poetry]\nname = "acme-web"\nversion = "1.0"\n'


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            '[tool.poetry.dependencies]\nacme-web = "1.0"  # why\n',
            '[tool.poetry.dependencies]\nacme-web = "1.2"  # why\n',
        ),
        ("[tool.poetry.dependencies]\nAcme_Web = '==1.0.0'\n", "[tool.poetry.dependencies]\nAcme_Web = '==1.2'\n"),
        (
            '[tool.poetry.group.x.dependencies]\nacme-web = {version = "1.0", extras = ["b"]}\nother = "1.0"\n',
            '[tool.poetry.group.x.dependencies]\nacme-web = {version = "1.2", extras = ["b"]}\nother = "1.0"\n',
        ),
        (
            '[tool.poetry.dependencies.acme-web]\nextras = ["b"]\nversion = "1.0"\n',
            '[tool.poetry.dependencies.acme-web]\nextras = ["b"]\nversion = "1.2"\n',
        ),
        (
            '[project]\nname = "x"\ndependencies = ["acme-web==1.0"]\n',
            '[project]\nname = "x"\ndependencies = ["acme-web==1.2"]\n',
        ),
    ],
)  # fmt: skip
def test_an_exact_pin_moves(before: str, after: str) -> None:
    content, notes = exact_pins_moved((HEAD + before).encode(), "pyproject.toml", (STEP,))
    assert content.decode() == HEAD + after
    assert len(notes) == 1
    assert notes[0].startswith("pyproject.toml pinned it too: ")


@pytest.mark.parametrize("demand", ['"^1.0"', '">=1.0"', '"1.1"', '"*"', '{path = "1.0"}', "[]", "1.0"])
def test_what_is_no_exact_pin_on_the_version_that_is_left_stays(demand: str) -> None:
    content = f"{HEAD}[tool.poetry.dependencies]\nacme-web = {demand}\n".encode()
    assert exact_pins_moved(content, "pyproject.toml", (STEP,)) == (content, ())


def test_a_file_that_is_no_toml_stays_as_it_is() -> None:
    assert exact_pins_moved(b"\xff[", "pyproject.toml", (STEP,)) == (b"\xff[", ())
