"""Which tests have to stay together, and how they are split over processes by the time that they took."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

UNKNOWN_SECONDS = 0.01


class Group(NamedTuple):
    """Tests that share a fixture of a wider scope than one test, in the order in which pytest runs them."""

    key: str
    tests: tuple[str, ...]


def groups_of(items: Mapping[str, Any]) -> tuple[Group, ...]:
    found: dict[str, list[str]] = {}
    for test, item in items.items():
        found.setdefault(key_of(item), []).append(test)
    return tuple(Group(key, tuple(tests)) for key, tests in found.items())


def key_of(item: Any) -> str:
    """The place of the widest fixture that the test uses: its package, its module, its class, else the test alone."""
    together = next(item.iter_markers("xdist_group"), None)
    if together is not None:
        name = together.args[0] if together.args else together.kwargs.get("name", "")
        return f"@{name}"
    file = item.nodeid.split("::", 1)[0]
    scopes = {scope for _, scope in fixtures_of(item)}
    if "package" in scopes:
        return os.path.dirname(file) or "."
    owner = getattr(item, "cls", None)
    if "module" in scopes or not hasattr(item, "fixturenames"):
        return str(file)
    if "class" in scopes and owner is not None:
        return f"{file}::{owner.__qualname__}"
    return str(item.nodeid)


def fixtures_of(item: Any) -> Iterable[tuple[str, str]]:
    """(name, scope) of every fixture that a test uses."""
    info = getattr(item, "_fixtureinfo", None)
    for name, definitions in getattr(info, "name2fixturedefs", {}).items():
        for definition in definitions or ():
            yield str(name), str(getattr(definition, "scope", "function"))


def sessions_of(items: Iterable[Any], root: str) -> tuple[str, ...]:
    """Fixtures of the project that are set up once a run, and so once in each process."""
    found: set[str] = set()
    for item in items:
        info = getattr(item, "_fixtureinfo", None)
        for name, definitions in getattr(info, "name2fixturedefs", {}).items():
            for definition in definitions or ():
                code = getattr(getattr(definition, "func", None), "__code__", None)
                own = code is not None and str(code.co_filename).startswith(root + os.sep)
                if own and str(definition.scope) == "session":
                    found.add(str(name))
    return tuple(sorted(found))


def shares(
    groups: Sequence[Group], seconds: Mapping[str, float], jobs: int, order: Sequence[str]
) -> tuple[tuple[str, ...], ...]:
    """At most `jobs` of them, none empty: the longest group goes to whoever has least so far."""
    place = {test: at for at, test in enumerate(order)}
    usual = _median([each for each in seconds.values() if each > 0]) or UNKNOWN_SECONDS
    taken = {group.key: sum(seconds.get(test, usual) for test in group.tests) for group in groups}
    lots: list[tuple[float, list[str]]] = [(0.0, []) for _ in range(max(1, jobs))]
    for group in sorted(groups, key=lambda each: (-taken[each.key], place[each.tests[0]])):
        least = min(range(len(lots)), key=lambda at: (lots[at][0], at))
        load, tests = lots[least]
        lots[least] = (load + taken[group.key], [*tests, *group.tests])
    return tuple(tuple(sorted(tests, key=place.__getitem__)) for _, tests in lots if tests)


def _median(values: Sequence[float]) -> float:
    return sorted(values)[len(values) // 2] if values else 0.0
