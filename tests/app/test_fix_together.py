"""Fixes that need more than one package to move, where one of those is exposed itself."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from outpace.app.fix import plan_and_land
from outpace.model.application import Application
from outpace.remediation.plan import Blocked, Fixed
from tests.fakes.fixing import Shop, below, moves, shop, told
from tests.fakes.index import Release

PROJECT = '[project]\nname = "site"\nversion = "1"\nrequires-python = ">=3.9"\ndependencies = [{}]\n'
# A web framework and the toolkit below it: the highest framework for the nearest toolkit would take `loop` down.
WEB = {
    "frame": [
        Release(version="1.0", requires_dist=("tool<1.1", "loop")),
        Release(version="1.1", requires_dist=("tool>=1.1,<1.2", "loop")),
        Release(version="1.2", requires_dist=("tool>=1.1,<1.2", "loop<2")),
        Release(version="1.3", requires_dist=("tool>=1.2,<1.3", "loop")),
        Release(version="1.4", requires_dist=("tool>=1.3", "loop")),
    ],
    "tool": [Release(version=version) for version in ("1.0", "1.1", "1.2", "1.3")],
    "loop": [Release(version="1.0"), Release(version="2.0")],
}
TOOL, FRAME = below("X-1", "tool", "1.1"), below("X-2", "frame", "1.4")


def locked(made: Shop, dependencies: str, *pins: str) -> None:
    made.commit({"pyproject.toml": PROJECT.format(dependencies)})
    made.lock(*(word for pin in pins for word in ("-P", pin)))
    made.commit({}, "Lock")


@pytest.fixture
def web(tmp_path: Path) -> Iterator[Shop]:
    with shop(tmp_path, WEB, [TOOL, FRAME]) as made:
        locked(made, '"frame>=1.0"', "frame==1.0")
        yield made


def test_a_parent_that_was_exposed_before_moves_along_no_further_than_it_must(web: Shop) -> None:
    view = web.fix("X-1")
    assert moves(view) == ((("frame", "1.0", "1.1"), ("tool", "1.0", "1.1")),)
    [plan] = view.plans
    assert isinstance(plan.outcome, Fixed)
    assert plan.outcome.blocker == "frame 1.0 (needs tool<1.1)"


def test_a_parent_that_moves_along_leaves_what_it_was_exposed_to_where_that_is_no_larger_jump(tmp_path: Path) -> None:
    index = {
        "frame": [
            Release(version="1.0.0", requires_dist=("tool<1.1",)),
            Release(version="1.0.1", requires_dist=("tool>=1.1",)),
            Release(version="1.0.2", requires_dist=("tool>=1.1",)),
            Release(version="1.0.3", requires_dist=("tool>=1.1",)),
        ],
        "tool": [Release(version="1.0"), Release(version="1.1")],
    }
    with shop(tmp_path, index, [TOOL, below("X-2", "frame", "1.0.2")]) as made:
        locked(made, '"frame"', "frame==1.0.0")
        view = made.fix("X-1")
        assert moves(view) == ((("frame", "1.0.0", "1.0.2"), ("tool", "1.0", "1.1")),)
        assert view.landed[0].change.fixes == ("X-1", "X-2")


def test_what_the_change_of_another_pin_fixes_gets_no_change_of_its_own(web: Shop) -> None:
    view = web.fix()
    assert moves(view) == ((("frame", "1.0", "1.4"), ("tool", "1.0", "1.3")),)
    assert view.landed[0].change.fixes == ("X-1", "X-2")
    assert told(view) == {"frame 1.0": ("fixed", "1.4"), "tool 1.0": ("fixed", "1.3")}
    assert view.done


def test_what_goes_together_drops_the_step_that_another_pin_brings_anyway(tmp_path: Path) -> None:
    """`tool` goes together with `other`, until `frame` asks for more than its nearest release."""
    index = {**WEB, "other": [Release(version="1.0"), Release(version="1.1")]}
    with shop(tmp_path, index, [TOOL, FRAME, below("X-3", "other", "1.1")]) as made:
        locked(made, '"frame>=1.0", "other"', "frame==1.0", "other==1.0")
        view = made.fix()
        assert moves(view) == ((("frame", "1.0", "1.4"), ("other", "1.0", "1.1"), ("tool", "1.0", "1.3")),)
        assert view.landed[0].change.fixes == ("X-1", "X-2", "X-3")


@pytest.mark.parametrize("demand", ["frame==1.0", "frame<1.1"])
def test_the_projects_own_demand_for_the_package_that_stands_in_the_way_is_named(tmp_path: Path, demand: str) -> None:
    with shop(tmp_path, WEB, [TOOL]) as made:
        locked(made, f'"{demand}"')
        view = made.fix()
        [plan] = view.plans
        assert plan.outcome == Blocked(
            blocker=f"frame 1.0 (needs tool<1.1), for which the project itself asks: {demand}"
        )
        assert view.landed == ()


def test_a_pin_that_only_a_constraints_file_holds_is_moved_there(tmp_path: Path) -> None:
    files = {"requirements.txt": "-c constraints.txt\nframe==1.0\ntool\nloop==2.0\n", "constraints.txt": "tool==1.0\n"}
    with shop(tmp_path, WEB, [TOOL]) as made:
        made.commit(files)
        view = made.fix()
        assert moves(view) == ((("frame", "1.0", "1.1"), ("tool", "1.0", "1.1")),)
        [landed] = view.landed
        assert {path: made.shown(landed.change.branch, path) for path in files} == {
            "requirements.txt": "-c constraints.txt\nframe==1.1\ntool\nloop==2.0\n",
            "constraints.txt": "tool==1.1\n",
        }


def test_what_moves_along_is_moved_in_the_constraints_file_that_holds_it(tmp_path: Path) -> None:
    held = "frame==1.0\ntool==1.0\nloop==2.0\n"
    with shop(tmp_path, WEB, [TOOL]) as made:
        made.commit({"requirements.txt": "frame\ntool\nloop\n-c constraints.txt\n", "constraints.txt": held})
        view = made.fix()
        assert moves(view) == ((("frame", "1.0", "1.1"), ("tool", "1.0", "1.1")),)
        [landed] = view.landed
        assert landed.files == ("constraints.txt",)
        assert made.shown(landed.change.branch, "constraints.txt") == "frame==1.1\ntool==1.1\nloop==2.0\n"


def test_it_says_what_it_is_resolving_while_it_narrows_what_goes_together(web: Shop) -> None:
    heard: list[str] = []
    plan_and_land(
        Application(name="shop"),
        tools=msgspec.structs.replace(web.tools(), report=heard.append),
        advisory=None,
        dry_run=True,
    )
    assert heard[:4] == [
        "looking for the smallest safe steps",
        "looking for releases of frame above 1.0",
        "looking for releases of tool above 1.0",
        "resolving 2 pins together, in uv.lock",
    ]


@pytest.mark.parametrize("twin", ["", "tool==1.0\n"])
def test_where_a_file_that_includes_the_others_does_not_resolve_those_are_checked_by_themselves(
    twin: str, tmp_path: Path
) -> None:
    files = {
        "requirements.txt": "frame==1.0\ntool==1.0\n",
        "requirements-dev.txt": f"-r requirements.txt\nnowhere==1.0\n{twin}",
    }
    with shop(tmp_path, WEB, [TOOL]) as made:
        made.commit({**files, ".python-version": "3.11\n"})
        view = made.fix("X-1")
        assert set(*moves(view)) == {("frame", "1.0", "1.1"), ("tool", "1.0", "1.1")}
        [note] = [each for each in view.landed[0].change.caveats if "did not resolve" in each]
        assert note.endswith(": only requirements.txt was checked")
