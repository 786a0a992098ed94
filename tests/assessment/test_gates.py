"""What gates are for, and what could stand for them."""

from __future__ import annotations

from datetime import timedelta

import pytest

from outpace.assessment.evidence import Where
from outpace.assessment.gate_kinds import EXCHANGES, OF_A_SERVER, Kind, assess_gates, kind_of, shown
from outpace.assessment.gates import AssessedGate
from outpace.model import gate as declaration
from outpace.pipelines.events import Origin
from outpace.pipelines.surveyed import Gate

BOARD = declaration.Gate(name="change board", kind="authorize", wait="3 days", touch="20 minutes", job="Deploy-Prod")


def gate(name: str, sort: str = "manual job", line: int = 1) -> Gate:
    manual = None if sort == "environment" else True
    return Gate(name=name, sort=sort, origin=Origin("ci.yml", line), manual=manual)  # pyright: ignore[reportArgumentType]  a word of the tables below


@pytest.mark.parametrize(
    ("name", "sort", "kind"),
    [
        ("hold-for-approval", "approval", "authorize"),
        ("CAB", "input", "authorize"),
        ("sign off", "block step", "authorize"),
        ("deploy-prod", "manual job", "authorize"),
        ("hold", "approval", "authorize"),
        ("Announce release", "block step", "inform"),
        ("notify_customers", "manual job", "inform"),
        ("securityReview", "manual job", "inspect"),
        ("QA", "approval", "inspect"),
        ("pen-test", "input", "inspect"),
        ("staging check", "block step", "inspect"),
        ("wait here", "block step", "unknown"),
        ("rebuild-cache", "manual job", "unknown"),
        ("production", "environment", "unknown"),
        ("approvals", "environment", "unknown"),
    ],
)
def test_a_gate_is_classed_by_its_name_then_by_its_sort(name: str, sort: str, kind: Kind) -> None:
    assert kind_of(gate(name, sort)) == kind


def test_a_declared_gate_takes_over_the_places_of_the_job_that_it_names() -> None:
    found = assess_gates([gate("deploy-prod", line=4), gate("deploy-prod", line=9), gate("QA", line=2)], [BOARD])
    assert found == (
        AssessedGate(
            name="change board",
            kind="authorize",
            manual=True,
            wait=timedelta(days=3),
            touch=timedelta(minutes=20),
            replaced_by=EXCHANGES["authorize"].replaced_by,
            human_keeps=EXCHANGES["authorize"].human_keeps,
            where=(Where(kind="file", name="ci.yml", line=4), Where(kind="file", name="ci.yml", line=9)),
            declared=True,
        ),
        AssessedGate(
            name="QA",
            kind="inspect",
            manual=True,
            replaced_by=EXCHANGES["inspect"].replaced_by,
            human_keeps=EXCHANGES["inspect"].human_keeps,
            where=(Where(kind="file", name="ci.yml", line=2),),
        ),
    )


def test_an_environment_says_that_its_rules_are_settings_of_a_server() -> None:
    (found,) = assess_gates([gate("production", "environment")])
    assert (found.manual, found.kind, found.replaced_by) == (None, "unknown", OF_A_SERVER.replaced_by)


def test_a_gate_that_a_hand_opens_is_told_before_an_environment_of_the_same_name() -> None:
    (found,) = assess_gates([gate("production", "environment"), gate("Production", "manual job", line=7)])
    assert (found.name, found.manual, found.kind) == ("Production", True, "authorize")


def test_a_declared_gate_without_a_place_in_ci_stands_alone() -> None:
    alone = declaration.Gate(name="board", kind="inform")
    (found,) = assess_gates([], [alone])
    assert (found.where, found.wait, found.declared) == ((), None, True)


@pytest.mark.parametrize("kind", ["authorize", "inform", "inspect", "unknown"])
def test_every_kind_says_what_could_stand_for_it_and_what_a_human_keeps(kind: Kind) -> None:
    exchange = EXCHANGES[kind]
    assert exchange.replaced_by
    assert exchange.human_keeps


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("production", "production"),
        ("deployToProd-eu", "deploy Prod eu"),
        ("hold-for-janedoe", "hold"),
        ("zeb.quux@example.invalid", "environment"),
    ],
)
def test_of_a_gates_name_only_words_of_the_trade_are_shown(name: str, told: str) -> None:
    assert shown(name, "environment") == told
