"""Exceptions that a function's documentation names, and what it raises beside them."""

from __future__ import annotations

import builtins
import random
import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from .callables import Target
from .contents import hoisted
from .fitting import Fitting
from .programs import Program
from .search import Kept, Strange
from .values import Values

if TYPE_CHECKING:
    from .generate import Generation

FRESH = 200
MOST_TARGETS = 30
FIELD = re.compile(r"^\s*:(?:raises?|except(?:ion)?)\s+([\w.]+(?:\s*,\s*[\w.]+)*)\s*:", re.MULTILINE)
ENTRY = re.compile(r"^\s*:?(?:class:)?`?~?([A-Za-z_][\w.]*)`?\s*(?::|$)")
NOT_ITS_OWN = frozenset({"MemoryError", "RecursionError", "KeyboardInterrupt", "SystemExit"})


class Beside(NamedTuple):
    found: list[Strange]
    executions: int


def named(document: str) -> frozenset[str]:
    """Without their modules: of Sphinx's fields, and of the sections that Google and NumPy write."""
    found = [name for group in FIELD.findall(document) for name in group.split(",")]
    return frozenset(name.strip().rpartition(".")[2] for name in (*found, *_of_section(document.splitlines())))


def _of_section(lines: Sequence[str]) -> Iterator[str]:
    """What stands below `Raises`, at the indentation of its first line, until a line that is out of it."""
    start = next((place for place, line in enumerate(lines) if line.strip() in ("Raises:", "Raises")), len(lines))
    rest = [line for line in lines[start + 1 :] if not re.fullmatch(r"\s*-{3,}\s*", line)]
    numpy = len(rest) < len(lines[start + 1 :])
    depth = next((_indent(line) for line in rest if line.strip()), 0)
    for line, following in zip(rest, [*lines[start + 2 + numpy :], ""]):  # noqa: B905  Python 3.9
        if line.strip() and (_indent(line) < depth or re.fullmatch(r"\s*-{3,}\s*", following)):
            return
        entry = ENTRY.match(line) if _indent(line) == depth else None
        if entry:
            yield entry[1]


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def beside(
    generation: Generation, targets: Sequence[Target], values: Values, kept: Sequence[Kept], fitting: Fitting
) -> Beside:
    """Of functions whose parameters all say their types, out of what the search found and two hundred fresh calls."""
    found: list[Strange] = []
    executions = 0
    asked = [(each, named(each.doc)) for each in targets if each.typed and each.parameters]
    for target, names in [each for each in asked if each[1]][:MOST_TARGETS]:
        drawn = list(_drawn(target, values, random.Random(f"{generation.seed} {target.name}")))  # noqa: S311
        rows = generation.run(generation.probed, drawn)
        executions += len(rows)
        seen = [(each.program, each.row) for each in kept if each.target.name == target.name]
        for program, row in [*seen, *zip(drawn, rows)]:  # noqa: B905  Python 3.9
            kind = _raised(row)
            if kind and not allowed(kind, names) and fitting.fits(program):
                why = f"raised {kind}; its documentation names {', '.join(sorted(names))}"
                found.append(Strange(program, target, why))
    return Beside(found, executions)


def _drawn(target: Target, values: Values, rng: random.Random) -> Iterator[Program]:
    for _ in range(FRESH):
        yield hoisted(values.fresh(target, rng))


def _raised(row: dict[str, Any]) -> str:
    """One of the interpreter's own: of others it is not known what they are kinds of."""
    if row["bad"] or "raises" not in row["seen"]:
        return ""
    module, _, name = row["seen"]["raises"][1].partition(":")
    return name if module == "builtins" and name not in NOT_ITS_OWN else ""


def allowed(kind: str, names: frozenset[str]) -> bool:
    """By itself, or as a kind of another; by a name that is none of the interpreter's anything may be meant."""
    mine = getattr(builtins, kind)
    known = [getattr(builtins, name, None) for name in names]
    return any(isinstance(each, type) and issubclass(mine, each) for each in known)
