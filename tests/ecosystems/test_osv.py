"""OSV's evaluation, entry by entry."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.version import Version

from outpace.ecosystems.osv import (
    AffectedBy,
    Evaluation,
    NotAffected,
    decode,
    evaluate,
    evaluate_specifier,
    fix_of,
    package_of,
)
from outpace.ecosystems.pypi.versions import alike
from outpace.model.advisory import Affected, Event, Fix, Range
from outpace.model.package import PYPI, Package
from outpace.model.unknown import Unknown
from tests.fakes.advisories import record

ACME = Package(PYPI, "acme")


def entry(*events: Event, versions: tuple[str, ...] = (), kind: str = "ECOSYSTEM") -> Affected:
    return Affected(package=ACME, ranges=(Range(type=kind, events=events),) if events else (), versions=versions)


def since(version: str) -> Event:
    return Event(introduced=version)


def fixed(version: str) -> Event:
    return Event(fixed=version)


def last(version: str) -> Event:
    return Event(last_affected=version)


def word(answer: Evaluation) -> str:
    match answer:
        case AffectedBy():
            return "affected"
        case NotAffected():
            return "not"
        case Unknown():
            return "unknown"


BRANCHES = entry(fixed("3.2.5"), since("0"), since("3.0.0"), fixed("2.4.1"))
CHAIN = entry(since("0.13.0"), fixed("0.14.0rc1"), since("0.12.2"), fixed("0.13.0"))
TWICE = entry(since("5.0.0"), fixed("5.0.12"), fixed("5.0.46"))
SPARED = entry(since("0.23.0"), fixed("0.23.0"), since("0.23.13"), fixed("0.23.18"))
SPARED_LAST = entry(since("0"), fixed("0.7.1"), since("0.8.0"), fixed("0.8.2"), since("0.10.0"), fixed("0.10.0"))
LISTED = entry(since("9.2.0"), fixed("9.3.0"), versions=("8.0", "9.1.0", "9.x-snapshot"))


@pytest.mark.parametrize(
    ("affected", "version", "expected"),
    [
        (BRANCHES, "0.1", "affected"),
        (BRANCHES, "2.4.0.post1", "affected"),
        (BRANCHES, "2.4.1", "not"),
        (BRANCHES, "2.4.1rc1", "affected"),
        (BRANCHES, "3.0.0rc1", "not"),
        (BRANCHES, "3.0", "affected"),
        (BRANCHES, "3.10", "not"),
        (BRANCHES, "1!0.1", "not"),
        (BRANCHES, "nonsense", "unknown"),
        (CHAIN, "0.13.0", "affected"),
        (CHAIN, "0.12.1", "not"),
        (CHAIN, "0.14.0", "not"),
        (TWICE, "5.0.11", "affected"),
        (TWICE, "5.0.20", "unknown"),
        (TWICE, "5.0.46", "not"),
        (SPARED, "0.22.4", "not"),
        (SPARED, "0.23.12", "not"),
        (SPARED, "0.23.13", "affected"),
        (SPARED, "0.23.18", "not"),
        (SPARED_LAST, "0.8.1", "affected"),
        (SPARED_LAST, "0.9.0", "not"),
        (SPARED_LAST, "0.10.0", "not"),
        (SPARED_LAST, "1.0", "not"),
        (entry(since("1.0"), fixed("1.0")), "1.5", "affected"),
        (entry(since("1.0"), fixed("1.0"), fixed("2.0")), "1.5", "affected"),
        (entry(since("0"), fixed("1.0"), since("1.0"), fixed("2.0")), "1.0", "affected"),
        (LISTED, "9.1", "affected"),
        (LISTED, "8.0.0", "affected"),
        (LISTED, "9.x-snapshot", "affected"),
        (LISTED, "7.0", "not"),
        (LISTED, "9.1.0+local.1", "affected"),
        (entry(since("0"), last("1.4")), "1.4.0", "affected"),
        (entry(since("0"), last("1.4")), "1.4+cpu", "affected"),
        (entry(since("0"), last("1.4")), "1.4.1", "not"),
        (entry(since("1.0"), last("1.0")), "1.0", "affected"),
        (entry(since("1.0"), last("1.0")), "1.1", "not"),
        (entry(since("0"), fixed("1.4+patched")), "1.4", "affected"),
        (entry(since("0"), fixed("1.5")), "1.5+local", "not"),
        (entry(since("0")), "nonsense", "affected"),
        (entry(since("0"), fixed("2019-09-12x")), "1.0", "unknown"),
        (entry(fixed("1.2")), "1.0", "unknown"),
        (entry(fixed("1.2")), "1.2", "not"),
        (entry(since("0"), fixed("1.4"), last("1.6")), "1.5", "unknown"),
        (entry(since("0"), Event(limit="2.0")), "1.9", "affected"),
        (entry(since("0"), Event(limit="2.0")), "2.0", "not"),
        (entry(since("0"), Event(limit="*")), "9", "affected"),
        (entry(since("0"), fixed("f6f6f6"), kind="GIT"), "1.0", "unknown"),
        (entry(since("0"), fixed("f6f6f6"), kind="GIT", versions=("1.0",)), "1.0.0", "affected"),
        (entry(since("0"), fixed("f6f6f6"), kind="GIT", versions=("1.0",)), "1.1", "not"),
        (entry(since("1.0"), fixed("1.1"), kind="SEMVER"), "1.0.5", "affected"),
        (entry(), "1.0", "unknown"),
    ],
)
def test_a_version_is_judged_as_the_schema_says(affected: Affected, version: str, expected: str) -> None:
    assert word(evaluate(version, [affected])) == expected


def test_any_entry_that_affects_outweighs_what_is_unknown() -> None:
    unclear = entry(since("0"), fixed("f6"), kind="GIT")
    assert word(evaluate("1.0", [unclear, entry(since("0"), fixed("2"))])) == "affected"
    assert word(evaluate("3.0", [unclear, entry(since("0"), fixed("2"))])) == "unknown"
    assert evaluate("3.0", []) == NotAffected()


def test_a_record_that_lists_what_it_calls_fixed_is_said() -> None:
    answer = evaluate("1.5", [entry(since("0"), fixed("1.4"), versions=("1.5",))])
    assert answer == AffectedBy(("the record lists 1.5 as affected and also names 1.4 as fixed",))


@pytest.mark.parametrize(
    ("affected", "version", "caveats"),
    [
        (
            entry(since("2"), fixed("3"), versions=("1.0", "2.1")),
            "1.0",
            ("the record lists 1.0 as affected, and its own ranges do not hold it",),
        ),
        (
            entry(since("0"), fixed("2"), versions=("1.0", "1.2")),
            "1.1",
            ("the record's range holds 1.1, and its list of affected versions leaves it out",),
        ),
        (
            entry(since("0"), fixed("2"), versions=("1.0", "2")),
            "1.0",
            ("the record names 2 as fixed and also lists it as affected",),
        ),
        (entry(since("0"), fixed("2"), versions=("1.0", "1.1")), "1.1", ()),
        (entry(since("0"), versions=("1.0", "1.1")), "1.5", ()),
        (
            entry(since("0"), versions=("1.0", "1.2")),
            "1.1",
            ("the record's range holds 1.1, and its list of affected versions leaves it out",),
        ),
        (entry(since("0"), fixed("2")), "1.1", ()),
        (entry(versions=("1.0",)), "1.0", ()),
    ],
)
def test_a_record_whose_ranges_and_list_contradict_each_other_is_said(
    affected: Affected, version: str, caveats: tuple[str, ...]
) -> None:
    assert evaluate(version, [affected]) == AffectedBy(caveats)


@pytest.mark.parametrize(
    ("affected", "version", "expected"),
    [
        (BRANCHES, "2.4.0", Fix(same_branch="2.4.1", nearest="2.4.1")),
        (BRANCHES, "3.1", Fix(same_branch="3.2.5", nearest="3.2.5")),
        (BRANCHES, "nonsense", Fix()),
        (LISTED, "9.1", Fix(nearest="9.3.0")),
        (CHAIN, "0.12.5", Fix(nearest="0.14.0rc1")),
        (entry(since("0"), last("1.4")), "1.0", Fix(assumed=True, after="1.4")),
        (
            entry(since("0"), last("1.4"), since("2.0"), fixed("2.1")),
            "1.0",
            Fix(nearest="2.1", assumed=True, after="1.4"),
        ),
        (entry(since("0")), "1.0", Fix()),
        (TWICE, "5.0.1", Fix(same_branch="5.0.46", nearest="5.0.46")),
    ],
)
def test_the_fix_is_the_one_that_closes_the_range(affected: Affected, version: str, expected: Fix) -> None:
    assert fix_of(version, [affected]) == expected


def test_a_fix_must_satisfy_every_record() -> None:
    both = [entry(since("0"), fixed("1.1")), entry(since("0"), fixed("1.2"))]
    assert fix_of("1.0", both) == Fix(same_branch="1.2", nearest="1.2")


@pytest.mark.parametrize(
    ("specifier", "expected"),
    [
        ("", "unknown"),
        ("<3", "unknown"),
        (">=2.4.1,<3", "not"),
        (">=3.2.5", "not"),
        ("==2.5.*", "not"),
        ("==3.1.*", "affected"),
        ("~=3.1.2", "affected"),
        ("~=3.1", "unknown"),
        ("<=2.0", "affected"),
        ("<=2.4.1", "unknown"),
        (">1,!=1.5", "unknown"),
        ("not a specifier", "unknown"),
    ],
)
def test_a_specifier_is_decided_only_where_all_that_it_allows_agrees(specifier: str, expected: str) -> None:
    assert word(evaluate_specifier(specifier, [BRANCHES])) == expected


@pytest.mark.parametrize(
    ("specifier", "affected", "hint"),
    [
        (">=2,<3", BRANCHES, "pin it with == (fixed in 2.4.1), or read a lock file or the environment"),
        (">=2.5,<3.1", BRANCHES, "pin it with == (fixed in 3.2.5), or read a lock file or the environment"),
        ("", entry(since("1"), last("1.4")), "pin it with ==, or read a lock file or the environment"),
        ("===odd", BRANCHES, "pin it with == (fixed in 2.4.1), or read a lock file or the environment"),
        ("not one", BRANCHES, "pin it with ==, or read a lock file or the environment"),
    ],
)
def test_a_demand_that_allows_both_is_told_where_the_fix_is(specifier: str, affected: Affected, hint: str) -> None:
    answer = evaluate_specifier(specifier, [affected])
    assert isinstance(answer, Unknown)
    assert answer.would_settle == hint


VERSIONS = st.builds(
    lambda a, b, tail: f"{a}.{b}{tail}",
    st.integers(0, 4),
    st.integers(0, 4),
    st.sampled_from(["", "rc1", ".post1", ".dev0"]),
)
EVENTS = st.one_of(st.builds(since, VERSIONS), st.builds(fixed, VERSIONS), st.builds(last, VERSIONS))


@given(st.lists(EVENTS, max_size=6), VERSIONS, st.randoms())
def test_the_order_of_events_never_matters(events: list[Event], version: str, random: Any) -> None:
    shuffled = list(events)
    random.shuffle(shuffled)
    assert word(evaluate(version, [entry(*events)])) == word(evaluate(version, [entry(*shuffled)]))


@given(
    st.lists(EVENTS, min_size=1, max_size=5),
    VERSIONS,
    st.sampled_from(["<={}", ">={}", "=={}.*", "~={}", "<{}", ">{}"]),
)
def test_a_decided_specifier_agrees_with_every_version_that_it_allows(
    events: list[Event], bound: str, form: str
) -> None:
    from packaging.specifiers import InvalidSpecifier, SpecifierSet

    affected = entry(since("0"), *events)
    specifier = form.format(bound)
    answer = word(evaluate_specifier(specifier, [affected]))
    try:
        allowed = SpecifierSet(specifier, prereleases=True)
    except InvalidSpecifier:
        assert answer == "unknown"
        return
    for a in range(5):
        for b in range(5):
            for tail in ("", "rc1", ".post1", "+local"):
                version = f"{a}.{b}{tail}"
                if version in allowed and answer != "unknown":
                    assert word(evaluate(version, [affected])) == answer, (version, specifier)


@given(st.lists(EVENTS, max_size=6), VERSIONS)
def test_a_fix_lies_above_and_is_not_affected(events: list[Event], version: str) -> None:
    from packaging.version import Version

    affected = [entry(since("0"), *events)]
    found = fix_of(version, affected)
    for fix in (found.same_branch, found.nearest):
        if fix is not None:
            assert Version(fix) > Version(version)
            assert evaluate(fix, affected) == NotAffected()


def test_a_record_is_decoded_with_what_is_unknown_passed_over() -> None:
    raw = record(
        "PYSEC-1",
        "Acme.Web",
        {"introduced": "0", "fixed": "1.1"},
        aliases=["CVE-1", "CVE-1", "PYSEC-1"],
        published="2024-02-01T02:00:00+02:00",
        database_specific={"deep": [{}]},
        severity=[{"type": "CVSS_V3", "score": "x"}],
    )
    found = decode(json.dumps(raw).encode())
    assert found.affected[0].package == Package(PYPI, "acme-web")
    assert found.affected[0].ranges[0].events == (since("0"), fixed("1.1"))
    assert found.aliases == ("CVE-1",)
    assert str(found.published) == "2024-02-01 00:00:00+00:00"


@pytest.mark.parametrize(
    ("data", "named"),
    [
        (b"", "truncated"),
        (b"[]", "object"),
        (b"{}", "`id`"),
        (b'{"id": ""}', "`id`"),
        (b'{"id": "x", "affected": [{"package": {"ecosystem": "PyPI"}}]}', "`name`"),
        (b'{"id": "x", "withdrawn": "yesterday"}', "withdrawn"),
        (b'{"id": "x", "affected": [{"versions": [1]}]}', "versions"),
        (b'{"id": "x", "other": ' + b"[" * 100_000, "not an OSV record"),
        (b'{"id": "x", "published": "0001-01-01T00:00:00+14:00"}', "before or after all time"),
    ],
)
def test_what_is_no_record_is_refused_with_the_field(data: bytes, named: str) -> None:
    with pytest.raises(ValueError, match=named):
        decode(data)


NUMBERS = st.integers(0, 120)


@st.composite
def spelled_twice(draw: st.DrawFn) -> tuple[str, str]:
    """One version, written in two of the ways that PEP 440 takes for the same."""
    release = draw(st.lists(NUMBERS, min_size=1, max_size=4))
    pre = draw(st.none() | st.tuples(st.sampled_from(["a", "b", "rc"]), NUMBERS))
    post, dev, local = (draw(st.none() | NUMBERS) for _ in range(3))

    def spelled() -> str:
        zero = draw(st.sampled_from(["", "0"]))
        text = draw(st.sampled_from(["", "v", "0!"])) + ".".join(f"{zero}{part}" for part in release)
        text += draw(st.sampled_from(["", ".0", ".0.0"]))
        if pre is not None:
            other = {"a": "alpha", "b": "beta", "rc": "c"}[pre[0]]
            text += f"{draw(st.sampled_from(['', '.', '-']))}{draw(st.sampled_from([pre[0], other]))}{pre[1]}"
        if post is not None:
            text += draw(st.sampled_from([f".post{post}", f"-r{post}", f"-{post}", f"rev{zero}{post}"]))
        text += "" if dev is None else f".dev{dev}"
        return text if local is None else f"{text}+{zero}{local}.x"

    return spelled(), spelled()


@given(spelled_twice())
def test_no_spelling_of_a_version_is_lost_where_a_long_list_is_sifted(spellings: tuple[str, str]) -> None:
    one, other = spellings
    assert Version(one) == Version(other)
    assert other in alike(["0.9", other, "7"], "0.1", one)


def test_a_list_with_a_line_break_in_a_version_is_not_sifted() -> None:
    assert alike(("1\n2", "3"), "3") == ("1\n2", "3")
    assert alike(("1", "2.0", "20"), "2") == ["2.0", "20"]


@pytest.mark.parametrize("listed", ["1.0.0", "v1", "01.0", "1.0"])
def test_a_version_is_found_in_a_list_however_it_is_written(listed: str) -> None:
    entry = Affected(package=Package(PYPI, "a"), versions=("0.9", listed, "2.0"))
    assert (evaluate("1", [entry]), evaluate("1.1", [entry])) == (AffectedBy(), NotAffected())


def of(ecosystem: str, *events: Event, kind: str = "SEMVER", versions: tuple[str, ...] = ()) -> Affected:
    ranges = (Range(type=kind, events=events),) if events else ()
    return Affected(package=Package(ecosystem, "acme"), ranges=ranges, versions=versions)


@pytest.mark.parametrize(
    ("affected", "version", "expected"),
    [
        (of("npm", since("0"), fixed("4.17.21")), "4.17.20", "affected"),
        (of("npm", since("0"), fixed("4.17.21")), "4.17.21-rc.1", "affected"),
        (of("npm", since("0"), fixed("4.17.21")), "v4.17.21", "not"),
        (of("npm", since("0"), fixed("2")), "2.0.0", "not"),
        (of("npm", since("0"), fixed("2")), "1.2", "unknown"),
        (of("npm", since("0"), fixed("1.x")), "1.2.3", "unknown"),
        (of("npm", since("0")), "not-a-version", "affected"),
        (of("npm", since("1.0.0"), last("1.2.0"), kind="ECOSYSTEM"), "1.2.0+build", "affected"),
        (of("npm", versions=("1.0.0", "1.1.0")), "=1.1.0", "affected"),
        (of("npm", versions=("1.0.0", "1.1.0")), "1.2.0", "not"),
        (of("crates.io", since("0.0.0-0"), fixed("1.8.4"), since("1.9.0"), fixed("1.13.1")), "1.8.4", "not"),
        (of("crates.io", since("0.0.0-0"), fixed("1.8.4"), since("1.9.0"), fixed("1.13.1")), "1.13.0", "affected"),
        (of("crates.io", since("0.0.0-0"), fixed("1.8.4")), "1.8", "unknown"),
        (of("Go", since("0"), fixed("1.2.4")), "v1.2.4-0.20191109021931-daa7c04131f5", "affected"),
        (of("Go", since("0"), fixed("0.0.0-20220314234659-1baeb1ce4c0b")), "v0.0.0-20220314234659-1baeb1ce4c0b", "not"),
        (
            of("Go", since("0"), fixed("0.0.0-20220314234659-1baeb1ce4c0b")),
            "v0.0.0-20210921155107-089bfa567519",
            "affected",
        ),
        (of("Go", since("2.0.0"), fixed("2.3.4")), "v2.3.3+incompatible", "affected"),
        (of("Go", since("1.21.0-0"), fixed("1.21.3")), "go1.21rc2", "affected"),
        (of("Go", since("1.21.0-0"), fixed("1.21.3")), "1.21.3", "not"),
        (of("RubyGems", since("0"), fixed("7.0.0.rc2"), kind="ECOSYSTEM"), "7.0.0.rc1", "affected"),
        (of("RubyGems", since("0"), fixed("7.0.0.rc2"), kind="ECOSYSTEM"), "7", "not"),
        (of("RubyGems", since("0"), fixed("6.1.7.1"), kind="ECOSYSTEM", versions=("6.1.7",)), "6.1.7.0", "affected"),
        (of("RubyGems", since("0"), fixed("1.15.4"), kind="ECOSYSTEM"), "1.15.4-x86_64-linux", "unknown"),
        (of("Hex", since("1.0.0"), fixed("1.2.0")), "1.1.0", "affected"),
        (of("Hex", since("1.0.0"), fixed("1.2.0")), "1.2.0", "not"),
        (of("Maven", since("1.0"), fixed("1.2"), kind="ECOSYSTEM"), "1.1", "unknown"),
        (of("Maven", since("0"), kind="ECOSYSTEM"), "1.1", "affected"),
        (of("Maven", since("1.0"), fixed("1.2"), kind="ECOSYSTEM", versions=("1.1",)), "1.1", "affected"),
    ],
)
def test_every_ecosystem_is_judged_by_its_own_order(affected: Affected, version: str, expected: str) -> None:
    assert word(evaluate(version, [affected])) == expected


RISING = {
    "npm": ("1.0.0-alpha", "1.0.0-alpha.1", "1.0.0", "1.2.0", "1.10.0", "2.0.0-rc.1", "2.0.0"),
    "crates.io": ("0.1.0", "0.1.1-0", "0.1.1", "0.2.0", "0.10.0", "1.0.0"),
    "Go": ("0.0.0-20191109021931-daa7c04131f5", "0.0.0-20220314234659-1baeb1ce4c0b", "0.1.0", "1.2.3", "1.10.0"),
    "RubyGems": ("0.9", "1.0.a.2", "1.0.b1", "1.0", "1.0.1", "1.10", "2.0.0.rc1", "2"),
}


@given(st.data(), st.sampled_from(sorted(RISING)))
def test_a_version_is_affected_where_it_lies_in_one_of_the_ranges_and_nowhere_else(
    data: st.DataObject, ecosystem: str
) -> None:
    rising = RISING[ecosystem]
    cuts = sorted(data.draw(st.sets(st.integers(0, len(rising) - 1), min_size=2, max_size=5)))
    spans = [(cuts[at], cuts[at + 1] if at + 1 < len(cuts) else len(rising)) for at in range(0, len(cuts), 2)]
    events = [
        event
        for low, high in spans
        for event in (since(rising[low]), *((fixed(rising[high]),) if high < len(rising) else ()))
    ]
    shuffled = data.draw(st.permutations(events))
    answers = [word(evaluate(version, [of(ecosystem, *shuffled)])) for version in rising]
    inside = [any(low <= at < high for low, high in spans) for at in range(len(rising))]
    assert answers == ["affected" if each else "not" for each in inside]


def test_what_cannot_be_ordered_names_the_order() -> None:
    ranged = of("npm", since("1.0.0"), fixed("2.0.0"))
    assert evaluate("1", [ranged]) == Unknown(
        "1 is no version that SemVer 2.0 can order", "a version in SemVer 2.0's form"
    )


def test_the_fix_of_another_ecosystem_is_found_by_its_order() -> None:
    branches = of("npm", since("4.0.0"), fixed("4.9.0"), since("4.10.0"), fixed("4.10.2"))
    assert fix_of("4.8.9", [branches]) == Fix(same_branch="4.9.0", nearest="4.9.0")
    assert fix_of("4.10.1", [branches]) == Fix(same_branch="4.10.2", nearest="4.10.2")
    assert fix_of("4.10", [branches]) == Fix()


@pytest.mark.parametrize(
    ("specifier", "expected"),
    [("1.1.0", "affected"), ("2.0.0", "not"), ("^1.0.0", "unknown"), ("", "unknown"), (">=3", "unknown")],
)
def test_elsewhere_a_specifier_is_decided_only_where_it_names_one_version(specifier: str, expected: str) -> None:
    assert word(evaluate_specifier(specifier, [of("npm", since("1.0.0"), fixed("2.0.0"))])) == expected


def test_what_is_told_of_an_open_demand_elsewhere_speaks_of_no_pin_that_only_python_knows() -> None:
    answer = evaluate_specifier("^1.0.0", [of("npm", since("1.0.0"), fixed("2.0.0"))])
    assert answer == Unknown("no version is pinned, and what ^1.0.0 allows cannot be told", "a lock file")


@pytest.mark.parametrize(
    ("specific", "entries"),
    [
        ({"informational": "unmaintained"}, 0),
        ({"informational": "notice"}, 0),
        ({"informational": "unsound"}, 1),
        ({"informational": None}, 1),
        ({"informational": ["odd"]}, 1),
        (["informational"], 1),
        ("informational", 1),
    ],
)
def test_that_nobody_looks_after_a_crate_is_no_vulnerability(specific: object, entries: int) -> None:
    raw = record("RUSTSEC-1", "acme", {"introduced": "0.0.0-0"}, ecosystem="crates.io")
    raw["affected"][0]["database_specific"] = specific
    assert len(decode(json.dumps(raw).encode()).affected) == entries
    raw["affected"][0]["package"]["ecosystem"] = PYPI
    assert len(decode(json.dumps(raw).encode()).affected) == 1


def test_the_zero_time_is_no_date() -> None:
    raw = record("GO-1", "acme", {"introduced": "0"}, ecosystem="Go", published="0001-01-01T00:00:00Z")
    found = decode(json.dumps(raw).encode())
    assert (found.published, found.modified is None) == (None, False)


@pytest.mark.parametrize(
    ("ecosystem", "name"),
    [("npm", "@Acme/Web_UI"), ("Go", "github.com/Acme/web_ui"), ("crates.io", "acme_Web"), ("RubyGems", "Acme-web_ui")],
)
def test_a_name_stays_as_it_was_published_where_there_is_one_spelling(ecosystem: str, name: str) -> None:
    assert package_of(ecosystem, name) == Package(ecosystem, name)
    assert package_of(PYPI, "Acme_Web.UI") == Package(PYPI, "acme-web-ui")
