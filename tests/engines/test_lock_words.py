"""What Poetry and PDM said, recorded from the real programs, and whom it names as being in the way."""

from __future__ import annotations

import pytest

from outpace.engines import lock_words, pdm_words, poetry_words
from outpace.remediation.ports import NeedsPython, Unsolvable

LOCKED = {"requests": "2.28.2", "urllib3": "1.26.9", "numpy": "2.0.0"}

POETRY = {
    "the project, twice": (
        (
            "Resolving dependencies... Incompatible constraints in requirements of shop (0.1.0): "
            "requests (>=2.28.0,<3.0.0) requests (==2.26.2)"
        ),
        {"requests": "2.26.2"},
        Unsolvable(blocker="the project itself (needs requests>=2.28.0,<3.0.0)", names=("requests",)),
    ),
    "a parent": (
        (
            "Resolving dependencies... Because shop depends on requests (2.28.2) which depends on urllib3 "
            "(>=1.21.1,<1.27), urllib3 is required. So, because shop depends on urllib3 (==2.0.7), "
            "version solving failed."
        ),
        {"urllib3": "2.0.7"},
        Unsolvable(blocker="requests 2.28.2 (needs urllib3>=1.21.1,<1.27)", names=("requests", "urllib3")),
    ),
    "the project's other pin": (
        "Because shop depends on both requests (2.28.2) and urllib3 (^1.26), version solving failed.",
        {"requests": "2.31.0"},
        Unsolvable(blocker="the project itself (needs requests==2.28.2)", names=("requests", "urllib3")),
    ),
}
PDM = {
    "the project, twice": (
        (
            "ERROR: Unable to find a resolution for requests because of the following conflicts: "
            "requests<2.29,>=2.28.0 (from project) requests==2.26.0 (from project) To fix this, you could loosen"
        ),
        {"requests": "2.26.0"},
        Unsolvable(blocker="the project itself (needs requests>=2.28.0,<2.29)", names=("requests",)),
    ),
    "a parent": (
        (
            "ERROR: Unable to find a resolution for urllib3 because of the following conflicts: "
            "urllib3<1.27,>=1.21.1 (from requests@2.28.2) urllib3==2.0.7 (from project) To fix this, you could loosen"
        ),
        {"urllib3": "2.0.7"},
        Unsolvable(blocker="requests 2.28.2 (needs urllib3>=1.21.1,<1.27)", names=("requests", "urllib3")),
    ),
}


@pytest.mark.parametrize("case", POETRY)
def test_poetrys_reason_is_told_as_the_demand_in_the_way(case: str) -> None:
    said, wanted, told = POETRY[case]
    assert poetry_words.unsolvable(said, wanted, LOCKED, "shop", {}) == told


@pytest.mark.parametrize("case", PDM)
def test_pdms_reason_is_told_as_the_demand_in_the_way(case: str) -> None:
    said, wanted, told = PDM[case]
    assert pdm_words.unsolvable(said, wanted, LOCKED, {}) == told


@pytest.mark.parametrize(
    ("asked", "own"),
    [
        ('requests = "2.28.2"', "==2.28.2"),
        ('requests = "^2.28"', ">=2.28,<3"),
        ('requests = ">=2"', None),
        ('other = "1.0"', None),
    ],
)
def test_what_the_project_asks_of_the_one_in_the_way_is_told_where_it_holds_it(asked: str, own: str | None) -> None:
    said, wanted, _ = POETRY["a parent"]
    project = f"[tool.poetry.dependencies]\n{asked}\n".encode()
    told = poetry_words.unsolvable(said, wanted, LOCKED, "shop", lock_words.asked_in(project))
    named = "requests 2.28.2 (needs urllib3>=1.21.1,<1.27)"
    assert told is not None
    assert told.blocker == (f"{named}, for which the project itself asks: requests{own}" if own else named)


def test_a_python_that_is_too_old_is_told_with_what_is_needed() -> None:
    said = (
        "The current project's supported Python range (>=3.8,<3.13) is not compatible with some of the required "
        "packages Python requirement: - numpy requires Python >=3.10, so it will not be installable for Python "
        ">=3.8,<3.10 Because shop depends on numpy (2.1.0) which requires Python >=3.10, version solving failed."
    )
    told = poetry_words.unsolvable(said, {"numpy": "2.1.0"}, LOCKED, "shop", {})
    assert told is not None
    assert told.python == NeedsPython(version="2.1.0", needs=">=3.10", have=">=3.8,<3.13")


def test_another_failure_is_no_missing_solution_and_its_first_words_are_told() -> None:
    poetry = "Resolving dependencies... PackageNotFoundError Package requests (2.28.0) not found. at repository.py:166"
    assert poetry_words.unsolvable(poetry, {}, LOCKED, "shop", {}) is None
    assert poetry_words.reason(poetry).startswith("PackageNotFoundError Package requests (2.28.0) not found.")
    pdm = (
        "See /log/x.log for detailed debug log. [AttributeError]: module 'hishel' has no attribute 'SyncSqliteStorage' "
        "WARNING: Add '-v' to see the detailed traceback"
    )
    assert pdm_words.unsolvable(pdm, {}, LOCKED, {}) is None
    assert pdm_words.reason(pdm) == "AttributeError: module 'hishel' has no attribute 'SyncSqliteStorage'"
    assert (poetry_words.reason(""), pdm_words.reason("")) == ("it said nothing", "it said nothing")
