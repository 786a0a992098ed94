"""What uv 0.13 was seen to say, and what is read from it."""

from __future__ import annotations

import pytest

from outpace.engines.uv_cool_down import window_of
from outpace.engines.uv_words import blocker, cool_down, flat, is_connection, must_build, python_of, without_wheel
from outpace.remediation.ports import NeedsPython

HELD = """
error: No solution found when resolving dependencies
  cause: Because acme-parent==1.0 depends on acme-child<2 and your project depends on acme-child==2.0.1, we can conclude
         that your project and acme-parent==1.0 are incompatible.
"""
ALL = """
error: No solution found when resolving dependencies
  cause: Because all versions of acme-old depend on acme-leaf==1.0 and acme-leaf==1.1, we can conclude that all versions
         of acme-old cannot be used. And because your project depends on acme-old, we can conclude that your project's
         requirements are unsatisfiable.
"""
OWN = """
error: No solution found when resolving dependencies
  cause: Because your project depends on pyjwt<2 and pyjwt==2.4.0, we can conclude that your project's requirements are
         unsatisfiable.
"""
PYTHON = """
error: No solution found when resolving dependencies for split (markers: python_full_version == '3.8.*')
  cause: Because the requested Python version (>=3.8) does not satisfy Python>=3.10 and acme-md==3.9 depends on
         Python>=3.10, we can conclude that acme-md==3.9 cannot be used. And because only acme-md<=3.9 is available, we
         can conclude that acme-md>=3.9 cannot be used. (1)

         Because the requested Python version (>=3.8) does not satisfy Python>=3.9 and acme-md==3.8.1 depends on
         Python>=3.9, we can conclude that acme-md==3.8.1 cannot be used.
"""
NEWER = """
hint: `acme-req` was filtered by `exclude-newer` to only include packages uploaded before 2023-10-11T00:00:00Z. The
latest version satisfying the requirement is v3.0.0, published at 2024-01-01T00:00:00Z. Consider using
`exclude-newer-package` to override the cutoff for this package.
"""
PINNED = """
  cause: Because flask==2.2.5 depends on click>=8.0 and you require click==7.1.2, we can conclude that flask==2.2.5
         cannot be used. And because you require flask==2.2.5, we can conclude that your requirements are unsatisfiable.
"""


@pytest.mark.parametrize(
    ("said", "wanted", "locked", "expected"),
    [
        (HELD, {"acme-child": "2.0.1"}, {"acme-parent": "1.0"}, "acme-parent 1.0 (needs acme-child<2)"),
        (ALL, {"acme-leaf": "1.1"}, {"acme-old": "9.0"}, "acme-old 9.0 (needs acme-leaf==1.0)"),
        (OWN, {"pyjwt": "2.4.0"}, {"pyjwt": "1.7.1"}, "the project itself (needs pyjwt<2)"),
        (PINNED, {"flask": "2.2.5"}, {"click": "7.1.2"}, "click 7.1.2 (flask 2.2.5 needs click>=8.0)"),
        ("error: something else entirely", {}, {}, "something else entirely"),
    ],
)
def test_the_pin_in_the_way_is_named(said: str, wanted: dict[str, str], locked: dict[str, str], expected: str) -> None:
    assert blocker(flat(said), wanted, locked) == expected


UNDER_MARKER = """
error: No solution found when resolving dependencies
  cause: Because the requested Python version (>=3.7) does not satisfy Python>=3.8 and the requested Python version
         (>=3.7) does not satisfy Python>=3.8, we can conclude that acme-md{python_full_version < '3.8'}>=1.1 cannot be
         used. And because you require acme-md{python_full_version < '3.8'}>=1.1, we can conclude that your
         requirements are unsatisfiable.
"""


def test_a_python_too_old_under_a_marker_is_told_with_the_release_that_was_asked_for() -> None:
    assert python_of(flat(UNDER_MARKER), {"acme-md"}) == NeedsPython(version="1.1", needs=">=3.8", have=">=3.7")


def test_of_several_pythons_that_are_too_old_the_lowest_release_is_told() -> None:
    assert python_of(flat(PYTHON), {"acme-md"}) == NeedsPython(version="3.8.1", needs=">=3.9", have=">=3.8")
    assert python_of(flat(PYTHON), {"other"}) is None


def test_a_cool_down_is_told_for_its_package_alone() -> None:
    assert str(cool_down(flat(NEWER), "acme-req")).startswith("acme-req was filtered by exclude-newer")
    assert cool_down(flat(NEWER), "acme") is None


@pytest.mark.parametrize(
    "said",
    [
        "error: Failed to fetch: `http://127.0.0.1/simple/a/` cause: HTTP status server error (503)",
        "error: Request failed after 3 retries cause: error sending request for url cause: dns error",
        "hint: An index URL could not be queried due to a lack of valid authentication credentials (401 Unauthorized).",
    ],
)
def test_an_index_that_did_not_answer_is_not_an_answer(said: str) -> None:
    assert is_connection(said)
    assert not is_connection(flat(HELD))
    assert must_build(flat(HELD)) is None


@pytest.mark.parametrize(
    ("declared", "days"),
    [("7 days", 7), ("1 week", 7), ("P7D", 7), ("P1W", 7), ("36h", 1.5), ("2024-01-01", None), (None, None), (7, None),
     ("2024-01-01T00:00:00Z", None), ("soon", None)],
)  # fmt: skip
def test_a_window_is_read_and_a_date_is_none(declared: object, days: float | None) -> None:
    window = window_of(declared)
    assert (window.total_seconds() / 86400 if window else None) == days


NO_WHEEL = """
error: No solution found when resolving dependencies
  cause: Because acme-c.ffi=={version} has no usable wheels and you require acme-c.ffi==1.15.0, we can conclude that
         your requirements are unsatisfiable.

hint: Wheels are required for `acme-c.ffi` because building from source is disabled for all packages
"""


def test_what_has_no_wheel_is_named_with_its_version() -> None:
    said = flat(NO_WHEEL.replace("{version}", "1.15.0"))
    assert (must_build(said), without_wheel(said)) == (
        "acme-c.ffi==1.15.0 has no usable wheels",
        ("acme-c-ffi", "1.15.0"),
    )
    ranged = flat(NO_WHEEL.replace("=={version}", ">=1.0"))
    assert (must_build(ranged), without_wheel(ranged)) == ("acme-c.ffi>=1.0 has no usable wheels", ("acme-c-ffi", ""))
    assert without_wheel(flat(HELD)) is None
