"""What must hold of a tiny shop's facts, however often Outpace was killed."""

from __future__ import annotations

import json
from collections import Counter

from tests.fakes.tiny_shop import TinyShop, Told

TIMES = frozenset({"at", "since", "until", "fetched", "cutoff"})


def without_times(body: object) -> object:
    """The same content at another time is the same content."""
    match body:
        case dict():
            return {key: without_times(value) for key, value in body.items() if key not in TIMES}
        case list():
            return [without_times(each) for each in body]
        case _:
            return body


def content(fact: Told) -> tuple[str, str]:
    return fact.kind, json.dumps(without_times(json.loads(fact.body)), sort_keys=True)


def assert_no_fact_twice(shop: TinyShop) -> None:
    facts = shop.facts()
    assert len({(fact.kind, fact.digest) for fact in facts}) == len(facts)
    twice = {fact: count for fact, count in Counter(map(content, facts)).items() if count > 1}
    assert twice == {}
