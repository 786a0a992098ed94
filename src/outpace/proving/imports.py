"""Whether everything that must still import does: entry points, packages that moved, and what is taken from these."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator

from outpace.model.application import Application
from outpace.model.proof import CheckUndecided, Failed, Passed, Result, Skipped
from outpace.model.unknown import Unknown
from outpace.pipelines.serving import target_of
from outpace.proving.bindings import top_of
from outpace.proving.needs import Needs, OwnCode, Taken, doubts, every, missing
from outpace.proving.ports import Import, Loaded, NotLoaded

# Distributions ship these by mistake; nobody imports them from there.
STRAY = frozenset({"test", "tests", "testing", "docs", "doc", "example", "examples", "scripts", "benchmarks"})


CALLED = re.compile(r"\s*\(.*\)\s*$", re.DOTALL)


NOTHING = OwnCode()


def entry_points(application: Application) -> tuple[str, ...]:
    """What is declared or inferred, and what `run` serves; no module beside an object of it. Of a call
    (`shop:create()`), that its function is there.
    """
    declared = (CALLED.sub("", each) for each in application.imports)
    found = dict.fromkeys(each for each in (*declared, target_of(application.run)) if each)
    held = {each.partition(":")[0] for each in found if ":" in each}
    return tuple(each for each in found if each not in held)


def wanted(entry_points: tuple[str, ...], modules: tuple[str, ...], own: OwnCode = NOTHING) -> tuple[str, ...]:
    """What is asked of a side, entry points first: `modules` of what moved and depends on it, what its code takes."""
    plain = (module for module in modules if top_of(module) not in STRAY)
    return tuple(dict.fromkeys((*entry_points, *plain, *items(own))))


def items(own: OwnCode) -> dict[str, str]:
    """And each as it stands in the code."""
    found: dict[str, str] = {}
    for _, needs in own.files:
        for each in every(needs):
            if each.owner:
                found.setdefault(each.owner, said(each.owner))
            found.setdefault(each.item, each.code)
    return found


def judge(
    base: tuple[Import, ...] | Unknown,
    change: tuple[Import, ...] | Unknown,
    *,
    entry_points: tuple[str, ...],
    modules: tuple[str, ...] = (),
    own: OwnCode = NOTHING,
) -> Result:
    """A module that did not import on base is not blamed; a new one that does not import is doubt. `own` is the code
    of the change, which may do without some of what it asks for.
    """
    match base, change:
        case Unknown(why, would_settle), _:
            return CheckUndecided(f"no result on base: {why}", would_settle)
        case _, Unknown(why, would_settle):
            return CheckUndecided(f"no result on the change: {why}", would_settle)
        case before, after:
            return _Compared(before, after, entry_points, modules, own).result()


def with_absent(result: Result, absent: tuple[str, ...], tried: str = "") -> Result:
    """What was not installed was not run, whatever the rest says; `tried` is why it could not be installed too."""
    if not absent or isinstance(result, Failed | CheckUndecided):
        return result
    return CheckUndecided(
        f"not installed where the change is proved, so that nothing of it was run: {_listed(absent)}{tried}",
        'what brings it in `install` of outpace.toml, beside what the suite needs: "--group NAME", "-e .[EXTRA]" or'
        ' "-r FILE"; what is of another platform, there',
    )


def without(result: Result, far: tuple[str, ...]) -> Result:
    """What was cut for its number is said."""
    if not far or not isinstance(result, Passed):
        return result
    return Passed(f"{result.evidence}; depend on it from afar and were not imported for their own sake: {_listed(far)}")


class _Compared:
    def __init__(
        self,
        before: tuple[Import, ...],
        after: tuple[Import, ...],
        entry_points: tuple[str, ...],
        modules: tuple[str, ...],
        own: OwnCode,
    ) -> None:
        self._after = after
        self._known = {found.module for found in before}
        self._loaded = {found.module for found in before if isinstance(found, Loaded)}
        self._there = {found.module for found in after if isinstance(found, Loaded)}
        self._why = {found.module: found.why for found in after if isinstance(found, NotLoaded)}
        self._entry_points = entry_points
        self._own = own
        self._taken = {item: code for item, code in items(own).items() if item not in {*entry_points, *modules}}

    def result(self) -> Result:
        if not self._after and not self._own.unknown:
            return Skipped("no entry point is known and no package moved")
        red = [item for item in self._why if item not in self._taken]
        lost = [(place, each) for place, each in self._come_to(missing) if each.item in self._known]
        for item in red:
            if item in self._loaded:
                return Failed(f"{said(item)} fails on the change and not on base: {self._why[item]}")
        for place, each in lost:
            return Failed(f"{place}: {each.code} {self._fails(each)}: {self._why[each.item]}")
        return self._doubt(red) or Passed(self._evidence(red))

    def _come_to(self, kind: Callable[[Needs, set[str]], Iterator[Taken]]) -> Iterator[tuple[str, Taken]]:
        """What a file does not find on the change, and did find or did not come to on base."""
        for path, needs in self._own.files:
            before = {each.item for each in kind(needs, self._loaded)}
            for each in kind(needs, self._there):
                if each.item not in before or each.item not in self._known:
                    yield f"{path}:{each.line}", each

    def _fails(self, taken: Taken) -> str:
        is_gone = taken.item in self._loaded
        return f"fails on the change {'and not on base' if is_gone else 'and is not needed on base'}"

    def _doubt(self, red: list[str]) -> CheckUndecided | None:
        new = [(said(item), item) for item in red if item not in self._known or item in self._entry_points]
        new += [(each.code, each.item) for _, each in self._come_to(missing)]
        for code, item in new:
            return CheckUndecided(
                f"{code} fails, and base is no witness: {self._why[item]}",
                "make it import on base, or name in `imports` of outpace.toml what does",
            )
        for place, each in self._come_to(doubts):
            return CheckUndecided(
                f"{place}: {each.code} {self._fails(each)}, where the code may do without: {self._why[each.item]}",
                "a reader who knows whether the code comes to it",
            )
        for each in self._own.unknown:
            return CheckUndecided(f"not read for what it takes from what moved: {each}", "a reader of it")
        return None

    def _evidence(self, red: list[str]) -> str:
        names = tuple(found.module for found in self._after if found.module in self._there - self._taken.keys())
        count = len(self._there & self._taken.keys())
        parts = [f"{_listed(names)} {'imports' if len(names) == 1 else 'import'}"] if names else []
        if count:
            parts.append(
                f"{count} {'names' if count > 1 else 'name'} taken from what moved {'are' if count > 1 else 'is'} there"
            )
        borne = [code for item, code in self._taken.items() if item in self._why and item in self._loaded]
        parts += [f"gone, and the code does without: {_listed(borne)}"] if borne else []
        never = {each.code: None for _, needs in self._own.files for each in missing(needs, self._there)}
        absent = [*(_named(item) for item in red), *never]
        parts += [f"not on base either: {_listed(absent)}"] if absent else []
        parts += [f"not read: {_listed(self._own.unread)}"] if self._own.unread else []
        return "; ".join(parts)


def _listed(names: Iterable[str]) -> str:
    names = tuple(names)
    return ", ".join(names[:6]) + (f" and {len(names) - 6} more" if len(names) > 6 else "")


def _named(item: str) -> str:
    return said(item) if ":" in item else item


def said(item: str) -> str:
    """An entry point, or what is imported."""
    module, _, name = item.partition(":")
    if "." in name:
        return item
    return f"from {module} import {name}" if name else f"import {module}"
