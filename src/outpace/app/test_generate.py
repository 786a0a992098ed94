"""`outpace test generate`: tests for modules, from probing them; each test earns its place by a mutant or a branch."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Protocol, TypeAlias, cast

from msgspec import Struct

from outpace.app.test_earning import Place, Written, judged
from outpace.app.test_observed import Call
from outpace.model.unknown import Unknown
from outpace.testing.generation import (
    Covered,
    Earned,
    Enough,
    Generated,
    Generation,
    LooksWrong,
    Module,
    Nothing,
    Worth,
)
from outpace.testing.ports import Inside
from outpace.testing.told import rows_of
from outpace.testing.writing.earning import plain
from outpace.testing.writing.files import file_name, names_of, to_paste, written
from outpace.testing.writing.found import FoundTest, Row, Search, Strange, Summary, search_of
from outpace.testing.writing.style import Style

BUDGET = 4000
SECONDS = 900.0
ORDERS = 10
ONE_ORDER = 300.0
ROUNDS = 6


class Project(Place, Protocol):
    """What it was before anything is written."""

    def roots(self) -> tuple[str, ...]: ...
    def taken(self, directory: str) -> frozenset[str]: ...


def as_written(path: str, text: str) -> str:
    """Of a project that declares no formatter."""
    del path
    return text


class How(Struct, frozen=True, kw_only=True):
    """`budget` counts executions of programs in the search for one module; `formatted` lays a file out as the project
    does."""

    seed: int = 1
    budget: int = BUDGET
    formatted: Callable[[str, str], str] = as_written


class Seeds(Struct, frozen=True, kw_only=True):
    """What the tests that are there tell a search: `calls` are sources that may call the modules; `observed`, by the
    file's path, what they called; `covered`, by the module's path, what they notice already."""

    calls: tuple[str, ...] = ()
    observed: Mapping[str, tuple[Call, ...]] = {}
    covered: Mapping[str, Covered] = {}


File: TypeAlias = tuple[str, tuple[str, ...] | None, str | Unknown]
"""Path, the functions named, text."""


class _Gate(Struct, frozen=True, kw_only=True):
    collected: tuple[str, ...] = ()
    red: tuple[tuple[str, str], ...] = ()
    order: int = -1
    broken: str = ""
    left: str = ""


def generate(
    inside: Inside, place: Project, modules: Iterable[Module], style: Style, how: How, *, seeds: Seeds | None = None
) -> tuple[Generation, ...]:
    """One after another; a module that cannot be probed does not stop the next."""
    taken = set(place.taken(style.directory))
    found: list[Generation] = []
    every = tuple(modules)
    for number, module in enumerate(every, 1):
        about = f"{module.name}, {number} of {len(every)}"
        each = _generated(inside, place, module, style, how, seeds or Seeds(), frozenset(taken), about)
        if isinstance(each, Generated):
            taken.add(each.path.rpartition("/")[2])
        found.append(each)
    return tuple(found)


def _generated(
    inside: Inside,
    place: Project,
    module: Module,
    style: Style,
    how: How,
    seeds: Seeds,
    taken: frozenset[str],
    about: str,
) -> Generation:
    covered = seeds.covered.get(module.path, Covered())
    request = {
        "about": about,
        "module": module.name,
        "path": place.path_of(module),
        "source": module.text,
        "roots": place.roots(),
        "only": module.only,
        "seed": how.seed,
        "budget": how.budget,
        "calls": seeds.calls,
        "observed": seeds.observed.get(place.path_of(module), ()),
        "covered": (sorted(covered.mutants), sorted(covered.branches)),
    }
    told = inside.ask("probing.generate", request, seconds=SECONDS, loopback=False)
    rows = rows_of(told, cast("type[Row]", Row), "the search")
    found = rows if isinstance(rows, Unknown) else search_of(rows, told.ended, covered)
    if isinstance(found, Unknown):
        return Nothing(module=module, why=found)
    return _through_gate(inside, place, module, style, how, taken, found, covered)


def _through_gate(
    inside: Inside,
    place: Project,
    module: Module,
    style: Style,
    how: How,
    taken: frozenset[str],
    found: Search,
    covered: Covered,
) -> Generation:
    """What is red there or leaves something behind is left out, then what the rest makes superfluous; what remains goes
    through it again."""
    tests: tuple[FoundTest, ...] = found.tests
    summary = found.summary
    wrong = tuple(_wrong(each, module) for each in summary.strange)
    worth = _worth(summary, covered)
    left_out = 0
    path = "/".join(part for part in (style.directory, file_name(module.name, style, taken)) if part)
    for _ in range(ROUNDS):
        if not tests:
            break
        text = how.formatted(path, written(module.name, tests, style))
        red = _red(inside, place, path, text, style, how)
        if isinstance(red, Unknown):
            return Nothing(module=module, why=red, looks_wrong=wrong, worth=worth)
        named = names_of(module.name, tests, style)
        if red:
            bad = {id(test) for name in red for test in named.get(name, ())}
            left_out += len(bad)
            tests = tuple(test for test in tests if id(test) not in bad) if bad else ()
            continue
        file = Written(module=module, path=path, text=text, framework=style.framework, named=named)
        told = judged(inside, place, file, worth, covered)
        if isinstance(told, Unknown):
            return Nothing(module=module, why=told, looks_wrong=wrong, worth=worth)
        if told.worth is not None:
            return Generated(
                module=module, path=path, text=text, tests=told.earned, worth=told.worth, looks_wrong=wrong,
                left_out=left_out,
            )  # fmt: skip
        superfluous = {id(test) for test in told.superfluous}
        tests = tuple(test for test in tests if id(test) not in superfluous)
    if worth.killed_before + worth.outcomes_before and summary.kept and not left_out:
        return Enough(module=module, worth=worth, looks_wrong=wrong)
    why = Unknown(
        "no test was green in every order and left nothing behind"
        if left_out
        else "nothing of it could be called and asserted"
    )
    return Nothing(module=module, why=why, looks_wrong=wrong, worth=worth)


def _red(inside: Inside, place: Project, path: str, text: str, style: Style, how: How) -> frozenset[str] | Unknown:
    """The names of the tests that were not green in some order, or left something behind."""
    there = place.write(path, text)
    request = {
        "file": there,
        "framework": style.framework,
        "root": there.removesuffix(f"/{path}"),
        "orders": ORDERS,
        "seed": how.seed,
        "seconds": ONE_ORDER,
    }
    told = inside.ask("probing.gate", request, seconds=ORDERS * ONE_ORDER, loopback=False)
    place.remove(path)
    rows = rows_of(told, _Gate, "the last gate")
    if isinstance(rows, Unknown):
        return rows
    broken = next((row.broken for row in rows if row.broken), "")
    if broken:
        last = [line.strip() for line in told.log.splitlines() if line.strip()][-1:]
        return Unknown("; ".join([f"the written file could not be run: {broken}", *last]))
    if told.ended is not None or sorted(row.order for row in rows if row.order >= 0) != list(range(ORDERS)):
        return told.ended or Unknown("the last gate did not come to its end")
    return frozenset(plain(name) for row in rows for name in (*(red for red, _ in row.red), row.left) if name)


def _wrong(each: Strange, module: Module) -> LooksWrong:
    return LooksWrong(target=each.target, code=to_paste(module.name, each.nodes), why=each.why)


def _worth(summary: Summary, covered: Covered) -> Worth:
    before = sum(each >= 0 for each in covered.branches)
    return Worth(
        executions=summary.executions,
        mutants=summary.mutants,
        killed=summary.killed + summary.covered,
        survivors=summary.survivors,
        outcomes=summary.outcomes + before,
        of_outcomes=summary.of_outcomes,
        killed_before=summary.covered,
        outcomes_before=before,
    )


def modules_of(files: Iterable[File], roots: Iterable[str]) -> tuple[Module, ...]:
    """What can be imported, and has functions."""
    places = tuple(roots)
    return tuple(each for file in files if isinstance(each := _module(file, places), Module))


def unusable(files: Iterable[File], roots: Iterable[str]) -> tuple[Nothing, ...]:
    """The others, each with the reason; beside modules, only what could not be read."""
    places, every = tuple(roots), tuple(files)
    found = [(file, why) for file in every if isinstance(why := _module(file, places), Unknown)]
    some = len(found) < len(every)
    return tuple(
        Nothing(module=Module(path=path, name=path, text=""), why=why)
        for (path, _, text), why in found
        if isinstance(text, Unknown) or not some
    )


def _module(file: File, roots: tuple[str, ...]) -> Module | Unknown:
    path, only, text = file
    if isinstance(text, Unknown):
        return text
    places = sorted({"" if root == "." else f"{root}/" for root in roots}, key=len, reverse=True)
    start = next((place for place in places if path.startswith(place)), None)
    if start is None:
        return Unknown("it lies in no folder that modules are imported from", "its folder on the path of the tests")
    dotted = path.removeprefix(start).removesuffix(".py").removesuffix("/__init__").replace("/", ".")
    if not all(part.isidentifier() for part in dotted.split(".")) or dotted.endswith("__main__"):
        return Unknown("it is run, not imported", "its functions in a module that can be imported")
    if "def " not in text:
        return Unknown("it has no function" if text.strip() else "it is empty", "a module with functions")
    return Module(path=path, name=dotted, text=text, only=only or ())


def provenance(generations: Iterable[Generation]) -> Mapping[str, tuple[Earned, ...]]:
    """Path -> what each of its tests is kept for."""
    return {each.path: each.tests for each in generations if isinstance(each, Generated)}
