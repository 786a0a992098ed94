"""Where two JSON documents differ: keys have no order; lists have one, unless it is declared or learned otherwise."""

from __future__ import annotations

import json
from collections.abc import Iterator

from msgspec import Struct

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


def differing_documents(old: Json, new: Json, rules: Rules, where: str = "$", name: str = "") -> Iterator[Difference]:
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
        case _ if old != new and not rules.volatile.alike(_plain(old), _plain(new)):
            before, after = shown_beside(_text(old), _text(new))
            yield Difference(where, "changed", before, after, where, (_plain(old), _plain(new)))
        case _:
            return


def _objects(old: dict[str, Json], new: dict[str, Json], rules: Rules, where: str) -> Iterator[Difference]:
    for key, value in old.items():
        spot = f"{where}.{shown(key, 60)}"
        if key.lower() in rules.ignored:
            continue
        if key not in new:
            yield Difference(spot, "missing", _shown(value), "", spot)
        elif not of_one_answer(key, value) or _kind(value) != _kind(new[key]):
            yield from differing_documents(value, new[key], rules, spot, key)
    for key in sorted(new.keys() - old.keys()):
        if key.lower() not in rules.ignored:
            spot = f"{where}.{shown(key, 60)}"
            yield Difference(spot, "added", "", _shown(new[key]), spot)


def _lists(old: list[Json], new: list[Json], rules: Rules, where: str, name: str) -> Iterator[Difference]:
    ordered = name.lower() not in rules.unordered and where not in rules.learned
    key = _key(old, new)
    if key is not None:
        yield from _keyed(old, new, rules, where, key, ordered=ordered)
        return
    if sorted(map(_canonical, old)) == sorted(map(_canonical, new)):
        if ordered and (place := _first_difference(old, new)) is not None:
            at = f"[{place}] {_shown(old[place])}", f"[{place}] {_shown(new[place])}"
            yield Difference(where, "order", *at, f"{where} order")
        return
    if len(old) != len(new):
        yield _of_other_length(old, new, where)
        return
    if not ordered:
        old, new = sorted(old, key=_canonical), sorted(new, key=_canonical)
    for place, (one, other) in enumerate(zip(old, new, strict=False)):
        yield from differing_documents(one, other, rules, f"{where}[{place}]")


def _keyed(
    old: list[Json], new: list[Json], rules: Rules, where: str, key: str, *, ordered: bool
) -> Iterator[Difference]:
    """Each item beside that of the same name, wherever it stands."""
    before = {_canonical(_of(item, key)): item for item in old}
    after = {_canonical(_of(item, key)): item for item in new}
    there = [name for name in before if name in after]
    if ordered and there != [name for name in after if name in before]:
        one, other = ", ".join(there[:5]), ", ".join([name for name in after if name in before][:5])
        yield Difference(where, "order", shown(one), shown(other), f"{where} order")
    for name, item in before.items():
        spot = f"{where}[{key}={shown(name, 60)}]"
        if name in after:
            yield from differing_documents(item, after[name], rules, spot)
        else:
            yield Difference(spot, "missing", _shown(item), "", f"{where} items")
    for name in sorted(after.keys() - before.keys()):
        yield Difference(f"{where}[{key}={shown(name, 60)}]", "added", "", _shown(after[name]), f"{where} items")


def _of_other_length(old: list[Json], new: list[Json], where: str) -> Difference:
    before, after = {_canonical(each) for each in old}, {_canonical(each) for each in new}
    lost = next((each for each in old if _canonical(each) not in after), None)
    gained = next((each for each in new if _canonical(each) not in before), None)
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
            one, other = set(map(_canonical, before)), set(map(_canonical, after))
            if len(one) == len(old) and len(other) == len(new) and 2 * len(one & other) >= min(len(one), len(other)):
                return key
    return None


def _of(item: Json, key: str) -> Json:
    return item.get(key) if isinstance(item, dict) else None


def _first_difference(old: list[Json], new: list[Json]) -> int | None:
    pairs = enumerate(zip(old, new, strict=False))
    return next((place for place, (one, other) in pairs if _canonical(one) != _canonical(other)), None)


def _canonical(value: Json) -> str:
    return json.dumps(value, sort_keys=True, ensure_ascii=False)


def _kind(value: Json) -> str:
    return type(value).__name__


def _plain(value: Json) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _text(value: Json) -> str:
    return json.dumps(value, ensure_ascii=False)


def _shown(value: Json) -> str:
    return shown(_text(value))
