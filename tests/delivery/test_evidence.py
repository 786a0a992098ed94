"""Which versions a process is evidence of."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outpace.delivery.evidence import DOUBT, TICK, UNCHANGED, Believed, Doubted, Manifest, belief, inventory_of
from outpace.model.inventory import Component, Inventory, Unread
from outpace.model.package import PYPI, Package
from outpace.model.unknown import Unknown

KIT = Package(PYPI, "kit")
SECONDS = st.floats(min_value=0, max_value=1e6, allow_nan=False)


WITHIN = "/s/kit.dist-info changed within {} s of the start of the process; restart it"
AFTER = "/s/kit.dist-info changed after the process started; restart it to run what is on disk"


def manifest(changed: float, *, margin: float = TICK, problem: str = "") -> Manifest:
    return Manifest(
        package=KIT, version="2.0", where="/s/kit.dist-info", changed=changed, margin=margin, problem=problem
    )


@pytest.mark.parametrize(
    ("changed", "margin", "expected"),
    [
        (100.0, TICK, Believed()),
        (199.9, TICK, Believed()),
        (199.99, TICK, Doubted(WITHIN.format("0.012"), UNCHANGED)),
        (199.9, DOUBT, Doubted(WITHIN.format("1"), UNCHANGED)),
        (198.9, DOUBT, Believed()),
        (200.0, TICK, Doubted(WITHIN.format("0.012"), UNCHANGED)),
        (200.01, TICK, Doubted(WITHIN.format("0.012"), UNCHANGED)),
        (250.0, TICK, Doubted(AFTER, UNCHANGED)),
        (
            301.0,
            TICK,
            Doubted(
                "/s/kit.dist-info changed in the future: the clock was set back, so nothing can be ordered by it",
                "set the clock right, restart it, then look again",
            ),
        ),
    ],
)
def test_a_process_is_believed_only_for_files_older_than_itself(
    changed: float, margin: float, expected: Believed | Doubted
) -> None:
    assert belief(manifest(changed, margin=margin), started=200.0, now=300.0) == expected


def test_a_manifest_with_a_problem_is_doubted_whatever_the_clock_says() -> None:
    assert belief(manifest(1.0, problem="it lies"), started=200.0, now=300.0) == Doubted(
        "it lies", "install it anew, restart it, then look again"
    )


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (200.9, Doubted("the process started less than 1 s ago and may not have loaded it; look again", "look again")),
        (201.0, Believed()),
    ],
)
def test_a_process_is_no_evidence_before_it_has_had_the_time_to_load(now: float, expected: Believed | Doubted) -> None:
    assert belief(manifest(100.0), started=200.0, now=now) == expected


@given(changed=SECONDS, started=SECONDS, later=SECONDS, margin=st.sampled_from([TICK, DOUBT]))
def test_a_file_that_changed_at_or_after_the_start_is_never_believed(
    changed: float, started: float, later: float, margin: float
) -> None:
    found = belief(manifest(changed, margin=margin), started=started, now=started + later, settle=0)
    assert (found == Believed()) == (changed < started and started - changed > margin)


def test_a_doubted_version_is_none_with_its_reason() -> None:
    assert inventory_of("process 7", (manifest(250.0),), started=200.0, now=300.0) == Inventory(
        source="process 7",
        components=(
            Component(
                package=KIT,
                version=None,
                doubt=Unknown(AFTER, UNCHANGED),
            ),
        ),
        unread=(
            Unread(
                file="/s/kit.dist-info",
                why=f"kit: {AFTER}",
            ),
        ),
        files=("/s/kit.dist-info",),
    )


SEEN = Component(package=KIT, version="1.0")


def test_a_doubted_version_is_the_one_last_seen_in_the_same_process_never_the_new_one() -> None:
    found = inventory_of("process 7", (manifest(250.0),), started=200.0, now=300.0, last=(SEEN,))
    assert found.components == (SEEN,)
    assert found.unread == ()


def test_what_was_seen_of_a_process_counts_beside_a_manifest_that_looks_older_than_it() -> None:
    both = (SEEN, Component(package=KIT, version="2.0"))
    found = inventory_of("process 7", (manifest(100.0),), started=200.0, now=300.0, last=(SEEN,))
    assert found.components == both
    assert inventory_of("process 7", (manifest(100.0),), started=200.0, now=300.0, last=both).components == both


def test_what_was_seen_of_a_process_outlives_its_manifest() -> None:
    found = inventory_of("process 7", (), started=200.0, now=300.0, last=(SEEN,))
    assert found.components == (SEEN,)


def test_a_version_in_doubt_that_was_never_seen_stays_in_doubt() -> None:
    doubted = inventory_of("process 7", (manifest(250.0),), started=200.0, now=300.0)
    again = inventory_of("process 7", (manifest(250.0),), started=200.0, now=300.0, last=doubted.components)
    assert again == doubted
