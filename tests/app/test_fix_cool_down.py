"""The user's own cool-down where more than one release must pass it, with the real uv and git."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from tests.fakes.fixing import Shop, advisory, below, moves, shop, told
from tests.fakes.index import Release

OLD, NEW, LATER = "2023-01-01T00:00:00Z", "2023-05-16T10:00:00Z", "2023-06-01T00:00:00Z"
UNTIL = 'exclude-newer = "2023-04-10T00:00:00Z"'
PROJECT = '[project]\nname = "site"\nversion = "1"\nrequires-python = ">=3.11"\ndependencies = [{}]\n\n[tool.uv]\n{}\n'


def release(version: str, uploaded: str, *needs: str) -> Release:
    return Release(version=version, upload_time=uploaded, requires_dist=needs)


PARENT = {
    "web": [
        release("0.95.0", OLD, "star>=0.26,<0.27"),
        release("0.95.2", NEW, "star>=0.27,<0.28"),
        release("0.96.0", LATER, "star>=0.27,<0.28"),
    ],
    "star": [release("0.26.1", OLD), release("0.27.0", NEW), release("0.28.0", LATER)],
}


def locked(made: Shop, dependencies: str, settings: str = UNTIL) -> None:
    made.commit({"pyproject.toml": PROJECT.format(dependencies, settings)})
    made.lock()
    made.commit({}, "Lock")


def test_a_parent_that_is_hidden_too_passes_the_cool_down_with_the_release_that_fixes(tmp_path: Path) -> None:
    with shop(tmp_path, PARENT, [below("X-1", "star", "0.27.0")]) as made:
        locked(made, '"web>=0.95", "star"')
        view = made.fix()
        assert told(view) == {"star 0.26.1": ("fixed", "0.27.0")}
        assert moves(view) == ((("star", "0.26.1", "0.27.0"), ("web", "0.95.0", "0.95.2")),)
        assert [(each.package.name, each.version, each.advisories) for each in view.exceptions] == [
            ("star", "0.27.0", ("X-1",)),
            ("web", "0.95.2", ("X-1",)),
        ]
        assert made.shown(view.landed[0].change.branch, "pyproject.toml").endswith(
            f'{UNTIL}\nexclude-newer-package = {{star = "2023-05-16T10:00:01Z", web = "2023-05-16T10:00:01Z"}}\n'
        )
        assert [each.name for each in view.landed[0].change.purpose] == ["star"]


def passed(made: Shop) -> tuple[dict[str, tuple[str, ...]], list[str]]:
    view = made.fix()
    return told(view), [f"{each.package.name} {each.version}" for each in view.exceptions]


def test_pins_of_a_requirements_file_pass_together_too(tmp_path: Path) -> None:
    with shop(tmp_path, PARENT, [below("X-1", "star", "0.27.0")]) as made:
        made.commit({"requirements.txt": "star==0.26.1\nweb==0.95.0\n", "uv.toml": f"{UNTIL}\n"})
        assert passed(made) == ({"star 0.26.1": ("fixed", "0.27.0")}, ["star 0.27.0", "web 0.95.2"])
        branch = made.git("branch", "--list", "--format=%(refname:short)", "outpace/*").strip()
        assert made.shown(branch, "requirements.txt") == "star==0.27.0\nweb==0.95.2\n"


CHAIN = {
    "top": [release("1.0", OLD, "mid<2"), release("1.1", NEW, "mid")],
    "mid": [release("1.0", OLD, "low<2"), release("2.0", NEW, "low")],
    "low": [release("1.0", OLD), release("2.0", OLD)],
}
CHILD = {
    "a": [release("1.0", OLD, "b"), release("1.1", NEW, "b>=2")],
    "b": [release("1.0", OLD), release("2.0", NEW), release("2.1", LATER)],
}
FRESH = {"a": [release("1.0", OLD), release("1.1", NEW, "b>=2")], "b": [release("2.0", NEW)]}


def test_two_fixes_that_need_a_hidden_parent_share_one_change(tmp_path: Path) -> None:
    index = {
        "web": [release("1.0", OLD, "a<2", "b<2"), release("1.1", NEW, "a<3", "b<3")],
        "a": [release("1.0", OLD), release("2.0", OLD)],
        "b": [release("1.0", OLD), release("2.0", NEW)],
    }
    with shop(tmp_path, index, [below("X-1", "a", "2.0"), below("X-2", "b", "2.0")]) as made:
        locked(made, '"web", "a", "b"')
        assert passed(made) == (
            {"a 1.0": ("fixed", "2.0"), "b 1.0": ("fixed", "2.0")},
            ["b 2.0", "web 1.1"],
        )
        assert len(made.git("branch", "--list", "outpace/*").splitlines()) == 1


def test_what_moves_along_past_a_cool_down_is_not_led_into_another_advisory(tmp_path: Path) -> None:
    records = [below("X-1", "star", "0.27.0"), advisory("X-2", "web", versions=("0.95.2",))]
    with shop(tmp_path, PARENT, records) as made:
        locked(made, '"web>=0.95", "star"')
        assert passed(made) == ({"star 0.26.1": ("fixed", "0.27.0")}, ["star 0.27.0", "web 0.96.0"])


def test_pins_that_move_along_with_a_hidden_release_go_by_the_least(tmp_path: Path) -> None:
    index = {
        "flask": [release("1.1", OLD, "click<8"), release("2.2", NEW, "click>=8")],
        "click": [release("7.1", OLD), release("8.0", OLD), release("8.1", OLD)],
    }
    with shop(tmp_path, index, [below("X-1", "flask", "2.2")]) as made:
        made.commit({"requirements.txt": "click==7.1\nflask==1.1\n", "uv.toml": f"{UNTIL}\n"})
        assert moves(made.fix()) == ((("click", "7.1", "8.0"), ("flask", "1.1", "2.2")),)


FILTERED = (
    "b was filtered by exclude-newer to only include packages uploaded before 2023-04-10T00:00:00Z. "
    "The latest version satisfying the requirement is v2.0, published at 2023-05-16T10:00:00Z (a 1.1 needs b>=2)"
)


@pytest.mark.parametrize(
    ("index", "dependencies", "affected", "answer", "exceptions"),
    [
        (CHAIN, '"top", "low<3"', ("low", "2.0"), ("fixed", "2.0"), ["mid 2.0", "top 1.1"]),
        (CHILD, '"a", "b"', ("a", "1.1"), ("fixed", "1.1"), ["a 1.1", "b 2.0"]),
        (
            PARENT,
            '"web==0.95.0", "star"',
            ("star", "0.27.0"),
            ("blocked", "web 0.95.0 (needs star<0.27), for which the project itself asks: web==0.95.0"),
            [],
        ),
        (
            FRESH,
            '"a"',
            ("a", "1.1"),
            ("blocked", FILTERED),
            [],
        ),
    ],
)
def test_as_much_passes_as_stands_in_the_way_and_nothing_where_that_would_not_help(
    tmp_path: Path,
    index: Mapping[str, Sequence[Release]],
    dependencies: str,
    affected: tuple[str, str],
    answer: tuple[str, str],
    exceptions: list[str],
) -> None:
    with shop(tmp_path, index, [below("X-1", *affected)]) as made:
        locked(made, dependencies)
        found, let = passed(made)
        assert (list(found.values()), let) == ([answer], exceptions)
