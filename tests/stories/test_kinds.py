"""Every kind of fact, and the one table that lists them."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Any, get_args

import msgspec
import pytest
from msgspec import Raw, structs

from outpace.model.fact import Fact, key_of
from outpace.stories.history import History
from outpace.stories.kinds import (
    BODIES,
    NOT_BELIEVED_FROM_ELSEWHERE,
    READERS,
    Body,
    Known,
    Landed,
    Retracted,
    body_of,
    fact_of,
    may_act_on,
    standing,
    subject_of,
)
from outpace.stories.milestones import chronicles

NOON = datetime(2024, 1, 30, 12, tzinfo=UTC)
PAGE = Path(__file__).parents[2] / "docs" / "facts.md"
KNOWN = Known(vulnerabilities=("CVE-1", "GHSA-1"), how="told")


def written(body: Body = KNOWN, *inputs: object) -> Fact:
    return fact_of("shop@1", body, at=NOON, source="outpace", inputs=inputs or ("lock",))


def test_a_body_comes_back_as_it_was_written() -> None:
    assert body_of(written()) == KNOWN


def test_the_same_inputs_make_the_same_fact_and_others_another() -> None:
    assert written(KNOWN, "lock", 1) == written(KNOWN, "lock", 1)
    assert written(KNOWN, "lock", 1).digest != written(KNOWN, "lock", 2).digest


def test_a_fact_without_inputs_is_refused() -> None:
    with pytest.raises(ValueError, match="a fact of kind known needs the inputs"):
        fact_of("shop@1", KNOWN, at=NOON, source="outpace", inputs=())


@pytest.mark.parametrize(
    "fact",
    [
        structs.replace(written(), kind="of tomorrow"),
        structs.replace(written(), version=2),
        structs.replace(written(), body=Raw(b'{"vulnerabilities": 1}')),
        structs.replace(written(), body=Raw(b"{")),
        structs.replace(written(), body=Raw(b"{}")),
    ],
)
def test_what_this_outpace_does_not_know_has_no_body(fact: Fact) -> None:
    assert body_of(fact) is None


def test_a_field_that_came_later_is_read_past() -> None:
    newer = structs.replace(written(), body=Raw(b'{"vulnerabilities": ["CVE-1"], "mood": "good"}'))
    assert body_of(newer) == Known(vulnerabilities=("CVE-1",))


def test_a_new_version_of_a_kind_reads_the_old() -> None:
    def old(body: Raw) -> Body:
        return Landed(vulnerabilities=(msgspec.json.decode(body, type=dict[str, str])["advisory"],), branch="main")

    first = structs.replace(written(), kind="landed", version=0, body=Raw(b'{"advisory": "CVE-1"}'))
    readers = MappingProxyType({**READERS, ("landed", 0): old})
    assert body_of(first, readers) == Landed(vulnerabilities=("CVE-1",), branch="main")


def test_every_kind_can_be_read_and_has_a_name_of_its_own() -> None:
    assert set(get_args(Body)) == set(BODIES)
    assert len({body.KIND for body in BODIES}) == len(BODIES)
    assert {(body.KIND, body.VERSION) for body in BODIES} <= set(READERS)


def test_a_proof_from_elsewhere_is_shown_and_not_acted_on() -> None:
    told = structs.replace(written(), source="shared through origin: outpace")
    assert (may_act_on(written(), began=told.at), may_act_on(told, began=told.at)) == (True, True)
    verdicts = {
        kind: may_act_on(structs.replace(told, kind=kind), began=told.at) for kind in (body.KIND for body in BODIES)
    }
    assert {kind for kind, may in verdicts.items() if not may} == NOT_BELIEVED_FROM_ELSEWHERE
    assert {"proved", "verified"} <= NOT_BELIEVED_FROM_ELSEWHERE
    earlier = told.at - timedelta(seconds=1)  # another machine's clock is ahead
    assert (may_act_on(written(), began=earlier), may_act_on(told, began=earlier)) == (True, False)


def fields_of(body: type[Any]) -> str:
    return ", ".join(f"`{name}`" for name in body.__struct_fields__)


def test_the_table_in_the_docs_is_the_code() -> None:
    rows = re.findall(r"^\| `(\w+)` \| (\d+) \| ([^|]+) \| ([^|]+) \| (yes|no) \|$", PAGE.read_text(), re.MULTILINE)
    expected = [
        (
            body.KIND,
            str(body.VERSION),
            (body.__doc__ or "").splitlines()[0],
            fields_of(body),
            "no" if body.KIND in NOT_BELIEVED_FROM_ELSEWHERE else "yes",
        )
        for body in BODIES
    ]
    assert rows == expected


def test_an_application_is_the_same_one_on_every_machine() -> None:
    one = subject_of(["b" * 40, "a" * 40], "services/shop", "shop")
    assert one == subject_of(["a" * 40, "b" * 40], "services/shop", "shop")
    others = {
        subject_of(["a" * 40], "services/shop", "shop"),
        subject_of(["b" * 40, "a" * 40], "services/depot", "shop"),
        subject_of(["b" * 40, "a" * 40], "services/shop", "depot"),
    }
    assert len(others | {one}) == 4
    with pytest.raises(ValueError, match="root commit"):
        subject_of([], ".", "shop")


TELLERS = {
    "told": True,
    "told by ann": True,
    "shared through origin: told by ann": True,
    "outpace": False,
    "git": False,
    "shared through origin: outpace": False,
}


@pytest.mark.parametrize("source", TELLERS)
def test_only_what_was_told_can_be_retracted_whoever_retracts_it(source: str) -> None:
    fact = structs.replace(written(), source=source)
    wrong = fact_of("shop@1", Retracted(fact=key_of(fact)), at=NOON, source="told", inputs=(key_of(fact),))
    for retraction in (wrong, structs.replace(wrong, source="shared through origin: told")):
        assert standing((retraction, fact)) == ((retraction,) if TELLERS[source] else (retraction, fact))
        told = [each for _, each in History((fact, retraction)).all(Known)]
        assert (len(told), len(chronicles((fact, retraction)))) == ((0, 0) if TELLERS[source] else (1, 2))
