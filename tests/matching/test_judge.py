"""One pin against one vulnerability, as a walk through a history asks: the same answer as of a component."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outpace.ecosystems.osv import AffectedBy, Evaluation, NotAffected
from outpace.matching.groups import Group, groups_of
from outpace.matching.match import judge, judged
from outpace.model.exposure import Doubt, Exposure
from outpace.model.inventory import Component, Git, PublicIndex
from outpace.model.package import PYPI, Package
from outpace.model.times import now
from outpace.model.unknown import Unknown
from tests.fakes.advisories import Advisories, record

ACME = Package(PYPI, "acme")


def group_of(*records: dict[str, Any]) -> Group:
    (group,) = groups_of(ACME, Advisories(records), now())
    return group


UP_TO = group_of(record("PYSEC-1", "acme", {"introduced": "1.0"}, {"fixed": "1.4"}))


def as_component(version: str, how: str, group: Group) -> Evaluation:
    """What `judged` says of the same pin, in the words of an evaluation."""
    pinned = how == "pinned"
    component = Component(package=ACME, version=version if pinned else None, specifier="" if pinned else version)
    match judged(component, group):
        case Exposure(caveats=caveats):
            return AffectedBy(caveats)
        case Doubt(unknown=unknown):
            return unknown
        case None:
            return NotAffected()


BOUND = st.builds(lambda a, b: f"{a}.{b}", st.integers(0, 2), st.integers(0, 3)) | st.just("odd-one")
EVENT = st.builds(lambda kind, at: {kind: at}, st.sampled_from(["introduced", "fixed", "last_affected"]), BOUND)
RECORD = st.builds(
    lambda events, versions: record("X", "acme", *events, versions=versions),
    st.lists(EVENT, max_size=4),
    st.lists(BOUND, max_size=3),
)


@given(
    st.lists(RECORD, min_size=1, max_size=3),
    BOUND | st.sampled_from(["1.0+local", ""]),
    st.sampled_from(["==1.0", ">=1", "<0.5", "~=1.1", "", "not one"]),
)
def test_a_pin_is_judged_like_the_component_that_it_stands_for(
    records: list[dict[str, Any]], version: str, specifier: str
) -> None:
    group = group_of(*({**each, "id": f"X-{at}", "aliases": ["CVE-1"]} for at, each in enumerate(records)))
    assert judge(ACME, version, "pinned", group) == as_component(version, "pinned", group)
    assert judge(ACME, specifier, "unpinned", group) == as_component(specifier, "unpinned", group)


@pytest.mark.parametrize("version", ["1.2", "1.4", ""])
def test_code_from_elsewhere_is_unknown_whatever_version_it_tells(version: str) -> None:
    answer = judge(ACME, version, "elsewhere", UP_TO)
    assert isinstance(answer, Unknown)
    assert answer.why.startswith("it does not come from the package's own index")
    fork = Component(package=ACME, version=version, origin=Git("https://x.invalid/acme", "abc"))
    assert isinstance(judged(fork, UP_TO), Doubt)
    assert isinstance(judged(Component(package=ACME, version="1.2", origin=PublicIndex()), UP_TO), Exposure)


def test_a_group_of_another_package_is_never_judged_by_mistake() -> None:
    with pytest.raises(ValueError, match="not of"):
        judge(Package(PYPI, "other"), "1.2", "pinned", UP_TO)
