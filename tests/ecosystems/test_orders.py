"""The orders of versions, by the examples of their specifications and by the laws of every order."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outpace.ecosystems.orders import NO_ORDER, Comparable, order_of

ORDERED = ("PyPI", "npm", "crates.io", "Go", "RubyGems")


def parsed(ecosystem: str, text: str) -> Comparable:
    version = order_of(ecosystem).parse(text)
    assert version is not None, text
    return version


# https://semver.org/spec/v2.0.0.html, items 11.2 and 11.4
PRECEDENCE = (
    ("1.0.0", "2.0.0", "2.1.0", "2.1.1"),
    ("1.0.0-alpha", "1.0.0"),
    (
        "1.0.0-alpha",
        "1.0.0-alpha.1",
        "1.0.0-alpha.beta",
        "1.0.0-beta",
        "1.0.0-beta.2",
        "1.0.0-beta.11",
        "1.0.0-rc.1",
        "1.0.0",
    ),
)
# https://go.dev/ref/mod#pseudo-versions: after a release, after a prerelease, and without any version before
PSEUDO = (
    (
        "v0.0.0-20191109021931-daa7c04131f5",
        "v0.0.0-20200109021931-aaa7c04131f5",
        "v0.0.1-0.20191109021931-daa7c04131f5",
    ),
    ("v1.2.3", "v1.2.4-0.20191109021931-daa7c04131f5", "v1.2.4"),
    ("v1.2.3-pre", "v1.2.3-pre.0.20191109021931-daa7c04131f5", "v1.2.3-pre.1", "v1.2.3"),
    ("v2.0.0+incompatible", "v2.0.1-0.20191109021931-daa7c04131f5+incompatible", "v2.0.1+incompatible"),
    ("go1.20", "go1.20.1", "go1.21rc2", "go1.21rc10", "1.21.0", "go1.21.1"),
)
# https://docs.ruby-lang.org/en/master/Gem/Version.html and the tests of RubyGems
GEMS = (
    ("0.9", "1.0.a.2", "1.0.b1", "1.0"),
    ("1.0.a9", "1.0.a10", "1.0.a.11"),
    ("1.8.2.a", "1.8.2.b", "1.8.2", "1.8.2.1"),
    ("5.a", "5.0.0.rc2", "5.x", "5.0.0"),
    ("0.0.beta", "0.beta.1", "0"),
    ("2.0.0-1", "2.0.0", "2.0.0.1"),
    ("1.a.0.b", "1.a", "1.a.0.1", "1"),
)


@pytest.mark.parametrize(
    ("ecosystem", "rising"),
    [
        *((ecosystem, rising) for ecosystem in ("npm", "crates.io", "Go") for rising in PRECEDENCE),
        *(("Go", rising) for rising in PSEUDO),
        *(("RubyGems", rising) for rising in GEMS),
        ("PyPI", ("1.0.dev1", "1.0a1", "1.0rc1", "1.0", "1.0+local", "1.0.post1", "1.1", "1!0.1")),
    ],
)
def test_versions_rise_as_their_specification_says(ecosystem: str, rising: tuple[str, ...]) -> None:
    versions = [parsed(ecosystem, text) for text in rising]
    assert max(versions) == versions[-1]
    assert all(low < high and high > low and low != high for low, high in pairwise(versions))


@pytest.mark.parametrize(
    ("ecosystem", "one", "other"),
    [
        ("npm", "1.0.0+20130313144700", "1.0.0+21AF26D3---117B344092BD"),
        ("npm", "v1.2.3", "=1.2.3"),
        ("crates.io", "1.0.0+wasi", "1.0.0"),
        ("Go", "v1.2.3+incompatible", "1.2.3"),
        ("Go", "go1.20", "1.20.0"),
        ("Go", "go1.21rc2", "1.21.0-rc.2"),
        ("RubyGems", "1.0", "1.0.0"),
        ("RubyGems", "1", " 1.0 "),
        ("RubyGems", "0.beta.1", "0.0.beta.1"),
        ("RubyGems", "1.0.a10", "1.0.a.10"),
        ("RubyGems", "1.0-1", "1.0.pre.1"),
        ("PyPI", "1.0", "v1.0.0"),
    ],
)
def test_versions_that_are_the_same_are_equal(ecosystem: str, one: str, other: str) -> None:
    assert parsed(ecosystem, one) == parsed(ecosystem, other)
    assert hash(parsed(ecosystem, one)) == hash(parsed(ecosystem, other))


# From the list of invalid versions that semver.org names for its regular expression.
NOT_SEMVER = (
    "1",
    "1.2",
    "1.2.3-0123",
    "1.2.3-0123.0123",
    "1.1.2+.123",
    "+invalid",
    "-invalid",
    "alpha.beta.1",
    "1.0.0-alpha_beta",
    "1.0.0-alpha..",
    "1.0.0-alpha..1",
    "01.1.1",
    "1.01.1",
    "1.1.01",
    "1.2.3.DEV",
    "1.2-SNAPSHOT",
    "1.2.31.2.3----RC-SNAPSHOT.12.09.1--..12+788",
    "9.8.7+meta+meta",
    "1.2.3\n",
    "1.2.٣",
    "1.2.3-" + "a" * 300,
    "",
)


@pytest.mark.parametrize(
    ("ecosystem", "text"),
    [
        *((ecosystem, text) for ecosystem in ("crates.io", "Go") for text in NOT_SEMVER),
        *(("npm", text) for text in NOT_SEMVER if text.strip() != "1.2.3"),
        ("crates.io", "v1.2.3"),
        ("Go", "vv1.2.3"),
        ("Go", "go1"),
        ("RubyGems", ""),
        ("RubyGems", "junk"),
        ("RubyGems", "1.0\n2.0"),
        ("RubyGems", "1..2"),
        ("RubyGems", "1.2 3.4"),
        ("RubyGems", "2.3422222.222.222222222.22222.ads0as.dasd0.ddd2222.2.qd3e."),
        ("RubyGems", "1.15.4-x86_64-linux"),
        ("RubyGems", "1" * 300),
        ("PyPI", "1.x"),
    ],
)
def test_what_is_no_version_is_never_ordered_by_accident(ecosystem: str, text: str) -> None:
    assert order_of(ecosystem).parse(text) is None


@pytest.mark.parametrize("ecosystem", ["Maven", "Debian:12", "", "pypi", "NPM"])
def test_an_ecosystem_whose_order_is_not_known_orders_nothing(ecosystem: str) -> None:
    assert order_of(ecosystem) is NO_ORDER
    assert order_of(ecosystem).parse("1.0.0") is None


@pytest.mark.parametrize(
    ("ecosystem", "text", "as_version"),
    [("npm", "2", "2.0.0"), ("npm", "v2.1", "2.1.0"), ("crates.io", "0.3", "0.3.0"), ("Go", "1.19", "1.19.0")],
)
def test_the_end_of_a_range_may_leave_out_zeros(ecosystem: str, text: str, as_version: str) -> None:
    assert order_of(ecosystem).bound(text) == parsed(ecosystem, as_version)


@pytest.mark.parametrize(
    ("ecosystem", "specifier", "named"),
    [
        ("npm", "1.2.3", "1.2.3"),
        ("npm", "=v1.2.3", "1.2.3"),
        ("npm", "^1.2.3", None),
        ("npm", "1.2", None),
        ("npm", "latest", None),
        ("crates.io", "=1.2.3", "1.2.3"),
        ("crates.io", "1.2.3", None),
        ("crates.io", "= 1.2", None),
        ("RubyGems", "= 1.2", "1.2"),
        ("RubyGems", "1.2", "1.2"),
        ("RubyGems", "~> 1.2", None),
        ("Go", "v1.2.3", None),
        ("PyPI", "==1.2", None),
    ],
)
def test_only_what_names_one_version_is_exact(ecosystem: str, specifier: str, named: str | None) -> None:
    assert order_of(ecosystem).exact(specifier) == named


NUMBER = st.sampled_from(["0", "1", "2", "10"])
IDENTIFIER = st.sampled_from(["0", "1", "11", "a", "A", "rc1", "-", "1a"])


def dotted(part: st.SearchStrategy[str], low: int, high: int) -> st.SearchStrategy[str]:
    return st.lists(part, min_size=low, max_size=high).map(".".join)


SEMVER = st.builds(
    lambda release, pre, build: release + (f"-{pre}" if pre else "") + (f"+{build}" if build else ""),
    dotted(NUMBER, 3, 3),
    dotted(IDENTIFIER, 0, 3),
    dotted(IDENTIFIER, 0, 1),
)
GEM = st.builds(lambda first, rest: f"{first}{'.' if rest else ''}{rest}", NUMBER, dotted(IDENTIFIER, 0, 4)).filter(
    lambda text: "-" not in text
)
PEP = st.builds(
    lambda release, tail: release + tail,
    dotted(NUMBER, 1, 3),
    st.sampled_from(["", "a1", "rc2", ".post1", ".dev0", "+l"]),
)
WRITTEN = {"PyPI": PEP, "npm": SEMVER, "crates.io": SEMVER, "Go": SEMVER.map("v{}".format), "RubyGems": GEM}


@given(st.data(), st.sampled_from(ORDERED))
def test_every_order_is_total_and_transitive_and_agrees_with_equality(data: st.DataObject, ecosystem: str) -> None:
    one, two, three = (parsed(ecosystem, data.draw(WRITTEN[ecosystem])) for _ in range(3))
    assert (one < two) + (one == two) + (one > two) == 1
    assert (one <= two) == (one < two or one == two)
    assert (one >= two) == (two <= one)
    assert not (one < two and two < three) or one < three
    assert one != two or hash(one) == hash(two)
    assert one != two or (one < three) == (two < three)
