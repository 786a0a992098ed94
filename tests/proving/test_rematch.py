"""What was to be fixed matches no more, and nothing became exposed."""

from __future__ import annotations

import pytest

from outpace.model.advisory import Vulnerability
from outpace.model.exposure import Doubt, Exposure, Matched
from outpace.model.inventory import Component, Inventory
from outpace.model.package import Package
from outpace.model.proof import CheckUndecided, Failed, Passed, Result
from outpace.model.unknown import Unknown
from outpace.proving.rematch import fixed_by, judge


def vulnerability(name: str, *aliases: str, package: str = "a") -> Vulnerability:
    return Vulnerability(id=name, aliases=aliases, package=Package("PyPI", package))


def component(name: str, version: str) -> Component:
    return Component(package=Package("PyPI", name), version=version, file="uv.lock")


def exposure(name: str, version: str, advisory: str, *aliases: str) -> Exposure:
    return Exposure(component=component(name, version), vulnerability=vulnerability(advisory, *aliases, package=name))


def doubt(name: str, version: str, advisory: str) -> Doubt:
    unknown = Unknown("its version cannot be compared", "a release")
    return Doubt(component=component(name, version), vulnerability=vulnerability(advisory), unknown=unknown)


def matched(*exposures: Exposure, doubts: tuple[Doubt, ...] = ()) -> Matched:
    return Matched(inventory=Inventory(source="files"), exposures=exposures, doubts=doubts)


P1 = exposure("a", "1", "PYSEC-1", "CVE-1")
CASES: tuple[tuple[str, Matched, Matched, tuple[str, ...], Result], ...] = (
    ("fixed", matched(P1), matched(), ("CVE-1",), Passed("CVE-1 no longer matches; nothing became exposed")),
    (
        "fixed, another stays",
        matched(P1, exposure("b", "1", "PYSEC-2")),
        matched(exposure("b", "1", "PYSEC-2")),
        ("PYSEC-1",),
        Passed("PYSEC-1 no longer matches; nothing became exposed; 1 other still matches as before"),
    ),
    (
        "still there under its other name",
        matched(P1),
        matched(exposure("a", "2", "PYSEC-1", "CVE-1")),
        ("CVE-1",),
        Failed("PYSEC-1 still matches a 2 in uv.lock"),
    ),
    (
        "something else became exposed",
        matched(P1),
        matched(exposure("c", "1", "PYSEC-3")),
        ("CVE-1",),
        Failed("newly exposed: c 1 in uv.lock by PYSEC-3"),
    ),
    (
        "the new version has its own vulnerability",
        matched(P1),
        matched(exposure("a", "2", "PYSEC-4")),
        ("CVE-1",),
        Failed("newly exposed: a 2 in uv.lock by PYSEC-4"),
    ),
    (
        "whether it is fixed cannot be said",
        matched(P1),
        matched(doubts=(doubt("a", "weird", "PYSEC-1"),)),
        ("PYSEC-1",),
        CheckUndecided(
            "it cannot be said whether PYSEC-1 affects a weird in uv.lock: its version cannot be compared", "a release"
        ),
    ),
    (
        "a doubt that is new",
        matched(P1),
        matched(doubts=(doubt("c", "weird", "PYSEC-9"),)),
        ("PYSEC-1",),
        CheckUndecided(
            "it cannot be said whether PYSEC-9 affects c weird in uv.lock: its version cannot be compared", "a release"
        ),
    ),
    (
        "it never matched",
        matched(),
        matched(),
        ("CVE-7",),
        CheckUndecided(
            "base does not match CVE-7, so that it is fixed cannot be seen", "newer advisory data, or another --base"
        ),
    ),
    ("a change that fixes nothing and harms nothing", matched(), matched(), (), Passed("nothing became exposed")),
)


@pytest.mark.parametrize(
    ("base", "change", "fixes", "result"), [case[1:] for case in CASES], ids=[case[0] for case in CASES]
)
def test_a_fix_shows_in_the_re_match(base: Matched, change: Matched, fixes: tuple[str, ...], result: Result) -> None:
    everywhere = frozenset((found.component.file, found.component.package) for found in change.exposures)
    assert judge(base, change, fixes, everywhere) == result


def in_file(file: str) -> Exposure:
    component = Component(package=Package("PyPI", "a"), version="1", file=file)
    return Exposure(component=component, vulnerability=vulnerability("PYSEC-1", "CVE-1"))


def test_a_place_that_the_change_leaves_alone_is_said_and_not_held_against_it() -> None:
    base, change = matched(in_file("uv.lock"), in_file("docs.txt")), matched(in_file("docs.txt"))
    said = (
        "CVE-1 no longer matches where it moved; nothing became exposed; PYSEC-1 still matches a 1 in docs.txt, which "
        "the change leaves alone"
    )
    assert judge(base, change, ("CVE-1",), frozenset({("uv.lock", Package("PyPI", "a"))})) == Passed(said)


@pytest.mark.parametrize(("file", "fine"), [("requirements.txt", True), ("uv.lock", False)])
def test_a_line_for_old_pythons_may_stay_and_a_fork_of_a_lock_may_not(file: str, fine: bool) -> None:
    package = Package("PyPI", "a")
    found = [
        Exposure(
            component=Component(package=package, version=version, file=file, marker=marker),
            vulnerability=vulnerability("PYSEC-1"),
        )
        for version, marker in (("1", "python_version < '3.8'"), ("2", "python_version >= '3.8'"))
    ]
    result = judge(matched(*found), matched(found[0]), ("PYSEC-1",), frozenset({(file, package)}))
    assert isinstance(result, Passed if fine else Failed), result


def test_a_change_that_fixes_nowhere_what_it_names_is_refuted_wherever_that_lies() -> None:
    same = matched(in_file("docs.txt"))
    assert judge(same, same, ("CVE-1",), frozenset()) == Failed("PYSEC-1 still matches a 1 in docs.txt")


def test_a_change_that_names_nothing_fixes_what_no_longer_matches_for_certain() -> None:
    base = matched(P1, exposure("b", "1", "PYSEC-2"), exposure("c", "1", "PYSEC-3"))
    change = matched(exposure("b", "2", "PYSEC-2"), doubts=(doubt("c", "weird", "PYSEC-3"),))
    assert fixed_by(base, change) == ("PYSEC-1",)
