"""Where two JSON documents differ: keys have no order; lists have one, unless it is declared or learned otherwise."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator

from msgspec import Struct, field

from outpace.delivery.exchanges.alignment import Work
from outpace.delivery.exchanges.answers import Difference, shown, shown_beside
from outpace.delivery.exchanges.documents import Json
from outpace.delivery.exchanges.volatile import Volatile, of_one_answer
from outpace.model.words import counted

DEEPEST = 200
_KEYS = ("id", "uuid", "key", "slug", "sku", "code", "href", "url", "path", "name", "title")


class Rules(Struct, frozen=True):
    """`ignored` and `unordered` are names of fields or headers, in lower case; `learned` are spots without order."""

    volatile: Volatile
    ignored: frozenset[str] = frozenset()
    unordered: frozenset[str] = frozenset()
    learned: frozenset[str] = frozenset()
    work: Work = field(default_factory=Work)


def differing_documents(old: Json, new: Json, rules: Rules, where: str = "$", name: str = "") -> Iterator[Difference]:
    """Raises NotAligned, when all that was found until then was told."""
    rules.work.spend(1)
    if where.count(".") + where.count("[") > DEEPEST:
        return
    match old, new:
        case dict(), dict():
            yield from _objects(old, new, rules, where)
        case list(), list():
            yield from _lists(old, new, rules, where, name)
        case int() | float(), int() | float() if {_kind(old), _kind(new)} == {"int", "float"} and (
            rules.volatile.alike(json.dumps(old), json.dumps(new))
        ):
            return  # a clock that is right on the second
        case _ if _kind(old) != _kind(new):
            yield Difference(where, "type", _shown(old), _shown(new), where)
        case _ if old != new:
            yield from _values(old, new, rules, where)
        case _:
            return


def _values(old: Json, new: Json, rules: Rules, where: str) -> Iterator[Difference]:
    whole = (_plain(old), _plain(new))
    drawn = rules.volatile.drawn(*whole)
    if drawn is None or drawn:
        yield Difference(where, "changed", *shown_beside(_text(old), _text(new)), where, whole, drawn=drawn or ())


def _objects(old: dict[str, Json], new: dict[str, Json], rules: Rules, where: str) -> Iterator[Difference]:
    for key, value in old.items():
        spot = f"{where}.{shown(key, 60)}"
        if key.lower() in rules.ignored:
            continue
        if key not in new:
            yield Difference(spot, "missing", _shown(value), "", spot)
        elif not (of_one_answer(key, value) and of_one_answer(key, new[key])) or _kind(value) != _kind(new[key]):
            yield from differing_documents(value, new[key], rules, spot, key)
    for key in sorted(new.keys() - old.keys()):
        if key.lower() not in rules.ignored:
            spot = f"{where}.{shown(key, 60)}"
            yield Difference(spot, "added", "", _shown(new[key]), spot)


def _lists(old: list[Json], new: list[Json], rules: Rules, where: str, name: str) -> Iterator[Difference]:
    """Items that are the same to the letter are not looked into."""
    rules.work.spend(len(old) + len(new))
    ordered = name.lower() not in rules.unordered and where not in rules.learned
    key = _key(old, new)
    if key is not None:
        yield from _keyed(old, new, rules, where, key, ordered=ordered)
        return
    before, after = list(map(canonical, old)), list(map(canonical, new))
    if Counter(before) == Counter(after):
        pairs = enumerate(zip(before, after, strict=True))
        place = next((place for place, (one, other) in pairs if one != other), None)
        if ordered and place is not None:
            at = f"[{place}] {_shown(old[place])}", f"[{place}] {_shown(new[place])}"
            yield Difference(where, "order", *at, f"{where} order")
    elif len(old) != len(new):
        yield _of_other_length(old, new, where)
    elif ordered:
        for place, (one, other) in enumerate(zip(old, new, strict=True)):
            if before[place] != after[place]:
                yield from differing_documents(one, other, rules, f"{where}[{place}]")
    else:
        for place, other in zip(_left_over(before, after), _left_over(after, before), strict=True):
            yield from differing_documents(old[place], new[other], rules, f"{where}[{place}]")


def _left_over(items: list[str], others: list[str]) -> list[int]:
    """The places of those that the others lack, in the order of what they say."""
    there = Counter(others)
    there.subtract(items)
    lacking = {item: -count for item, count in there.items() if count < 0}
    found: list[int] = []
    for place in range(len(items) - 1, -1, -1):
        if lacking.get(items[place], 0) > 0:
            lacking[items[place]] -= 1
            found.append(place)
    return sorted(found, key=items.__getitem__)


def _keyed(
    old: list[Json], new: list[Json], rules: Rules, where: str, key: str, *, ordered: bool
) -> Iterator[Difference]:
    """Each item beside that of the same name, wherever it stands."""
    before = {canonical(_of(item, key)): item for item in old}
    after = {canonical(_of(item, key)): item for item in new}
    there, others = [name for name in before if name in after], [name for name in after if name in before]
    if ordered and there != others:
        one, other = ", ".join(there[:5]), ", ".join(others[:5])
        yield Difference(where, "order", shown(one), shown(other), f"{where} order")
    for name, item in before.items():
        if name not in after:
            spot = f"{where}[{key}={shown(name, 60)}]"
            yield Difference(spot, "missing", _shown(item), "", f"{where} items")
        elif canonical(item) != canonical(after[name]):
            yield from differing_documents(item, after[name], rules, f"{where}[{key}={shown(name, 60)}]")
    for name in sorted(after.keys() - before.keys()):
        yield Difference(f"{where}[{key}={shown(name, 60)}]", "added", "", _shown(after[name]), f"{where} items")


def _of_other_length(old: list[Json], new: list[Json], where: str) -> Difference:
    before, after = {canonical(each) for each in old}, {canonical(each) for each in new}
    lost = next((each for each in old if canonical(each) not in after), None)
    gained = next((each for each in new if canonical(each) not in before), None)
    told = f", without {_shown(lost)}" if lost is not None else f", with {_shown(gained)}" if gained is not None else ""
    return Difference(where, "length", counted(len(old), "item"), counted(len(new), "item") + told, f"{where} items")


def _key(old: list[Json], new: list[Json]) -> str | None:
    """A field that names each item of both lists, and that mostly the same items have."""
    if not old or not new or not all(isinstance(each, dict) for each in (*old, *new)):
        return None
    others = old[0].keys() if isinstance(old[0], dict) else ()
    for key in (*_KEYS, *others):
        before, after = [_of(each, key) for each in old], [_of(each, key) for each in new]
        naming = (str, int) if key in _KEYS else (str,)
        if all(isinstance(each, naming) for each in (*before, *after)):
            one, other = set(map(canonical, before)), set(map(canonical, after))
            if len(one) == len(old) and len(other) == len(new) and 2 * len(one & other) >= min(len(one), len(other)):
                return key
    return None


def _of(item: Json, key: str) -> Json:
    return item.get(key) if isinstance(item, dict) else None


def canonical(value: Json) -> str:
    """The same for documents that are the same to the letter, but for the order of keys."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False)


def _kind(value: Json) -> str:
    return type(value).__name__


def _plain(value: Json) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _text(value: Json) -> str:
    return json.dumps(value, ensure_ascii=False)


def _shown(value: Json) -> str:
    return shown(_text(value))
