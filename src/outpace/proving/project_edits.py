"""What an edit of pyproject.toml changes beside the dependencies: tables by name, and demands on what did not move."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

from msgspec import Struct

from outpace.ecosystems.spelling import printable
from outpace.model.toml import document_or_empty, table
from outpace.proving.declared import PROJECT, Demand, demands

LONGEST_KEY = 60
NONE: frozenset[str] = frozenset()
# Told by what they ask for, not by their tables.
DEMANDS = frozenset({
    "[project] dependencies", "[project.optional-dependencies]", "[dependency-groups]", "[build-system] requires",
    "[tool.uv] dev-dependencies", "[tool.uv] constraint-dependencies", "[tool.uv] override-dependencies",
    "[tool.uv] build-constraint-dependencies", "[tool.pdm.dev-dependencies]", "[tool.poetry.dependencies]",
    "[tool.poetry.dev-dependencies]", "[tool.poetry.group]",
})  # fmt: skip
WHOLE = frozenset({"dependency-groups"})  # tables of lists, one thing to a reader


class Edited(Struct, frozen=True, kw_only=True):
    """`table` as the file writes it: `[tool.pytest.ini_options]`, or `[project] requires-python`."""

    table: str
    path: str

    def __str__(self) -> str:
        return f"{self.table} in {self.path}"


def edited(
    paths: Sequence[str], base: Callable[[str], bytes | None], change: Callable[[str], bytes | None]
) -> tuple[Edited, ...]:
    found: list[Edited] = []
    for path in (path for path in paths if PROJECT.search(path)):
        before, after = (dict(_tables(document_or_empty(read(path)))) for read in (base, change))
        names = (name for name in {**before, **after} if name not in DEMANDS)
        found += [Edited(table=name, path=path) for name in names if before.get(name) != after.get(name)]
    return tuple(found)


def _tables(whole: Mapping[str, object]) -> Iterator[tuple[str, object]]:
    for name, value in whole.items():
        if name == "tool":
            for tool, content in table(value).items():
                yield from _keys(f"tool.{_shown(tool)}", content)
        else:
            yield from _keys(_shown(name), value)


def _keys(name: str, content: object) -> Iterator[tuple[str, object]]:
    inside = table(content)
    if not inside or name in WHOLE:
        yield f"[{name}]", content
        return
    for key, value in inside.items():
        yield (f"[{name}.{_shown(key)}]" if isinstance(value, dict) else f"[{name}] {_shown(key)}"), value


def _shown(key: str) -> str:
    return printable(key)[:LONGEST_KEY]


def altered(
    paths: Sequence[str],
    base: Callable[[str], bytes | None],
    change: Callable[[str], bytes | None],
    told: Collection[str] = NONE,
) -> tuple[str, ...]:
    """Of whom another thing is demanded than before, or nothing any more, without those who are `told` otherwise."""
    found: dict[str, None] = {}
    for path in (path for path in paths if PROJECT.search(path)):
        before, after = (_by_place(demands(document_or_empty(read(path)))) for read in (base, change))
        for place in {**before, **after}:
            where, name = place
            if name not in told and before.get(place) != after.get(place):
                end = "" if place in after else ", gone"
                found[printable(f"{name} ({path}{where and ', '}{where}{end})")] = None
    return tuple(found)


def _by_place(found: Iterator[Demand]) -> dict[tuple[str, str], tuple[str, ...]]:
    together: dict[tuple[str, str], list[str]] = {}
    for each in found:
        together.setdefault((each.where, each.name), []).append(each.line)
    return {place: tuple(sorted(lines)) for place, lines in together.items()}
