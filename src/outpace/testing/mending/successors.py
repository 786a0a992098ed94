"""What a test says in the old way, and how it is said now: an edit for each name that a change took away."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from difflib import SequenceMatcher
from typing import TypeAlias

from msgspec import Struct

from outpace.testing.mending.failures import Missing, NoAttribute, NoKeyword, NoModule, NoName, TooManyArguments
from outpace.testing.mending.interfaces import Interface, Parameter, Symbol

ALIKE = 0.8
RATHER = 0.5
LONGEST = 4000


class Rename(Struct, frozen=True, kw_only=True, tag="rename"):
    """A name of a module: in its imports, and wherever the file uses it."""

    module: str
    old: str
    into: str
    new: str


class RenameModule(Struct, frozen=True, kw_only=True, tag="rename module"):
    old: str
    new: str


class RenameAttribute(Struct, frozen=True, kw_only=True, tag="rename attribute"):
    old: str
    new: str


class RenameKeyword(Struct, frozen=True, kw_only=True, tag="rename keyword"):
    """Of calls of `function`, which is the last of its names."""

    function: str
    old: str
    new: str


class DropArgument(Struct, frozen=True, kw_only=True, tag="drop argument"):
    """`place` is where it stands among those without a keyword, or None."""

    function: str
    name: str
    place: int | None


class Inline(Struct, frozen=True, kw_only=True, tag="inline"):
    """A function that gave its argument back, and is gone."""

    module: str
    name: str


class Replace(Struct, frozen=True, kw_only=True, tag="replace"):
    """An expression in the body of one function, qualified by its classes; both as `ast.unparse` writes them."""

    function: str
    old: str
    new: str


Edit: TypeAlias = Rename | RenameModule | RenameAttribute | RenameKeyword | DropArgument | Inline | Replace


class Step(Struct, frozen=True, kw_only=True):
    """An edit, and what says that it means the same."""

    edit: Edit
    evidence: str
    was: tuple[str, str] = ("", "")
    now: tuple[str, str] = ("", "")
    """Module and qualified name of what the edit concerns, on either side; no name, where it is the module."""


def step(missing: Missing, old: Interface, new: Interface) -> Step | None:
    """None where nothing takes the place of what is missing, or more than one thing may."""
    match missing:
        case NoName(module=module, name=name):
            return _for_name(module, name, old, new)
        case NoModule(module=module):
            return _for_module(module, old, new)
        case NoAttribute(owner=owner, name=name):
            return _for_attribute(owner, name, old, new)
        case NoKeyword(function=function, name=name):
            return _for_keyword(function, name, old, new)
        case TooManyArguments(function=function):
            return _for_places(function, old, new)


def _for_name(module: str, name: str, old: Interface, new: Interface) -> Step | None:
    was = old.found(module, name)
    if was is None or was.kind == "import":
        return None
    if was.hands_back and not _homonyms(was, new):
        edit = Inline(module=module, name=name)
        return Step(edit=edit, evidence=f"{name}() gave its argument back and is gone")
    moved = _homonyms(was, new)
    if len(moved) == 1 and _similarity(was, moved[0]) >= RATHER:
        edit = Rename(module=module, old=name, into=moved[0].module, new=name)
        evidence = f"{module}.{name} is now {moved[0].module}.{name}, {_percent(was, moved[0])}"
        return Step(edit=edit, evidence=evidence, was=was.place, now=moved[0].place)
    here = [each for each in new.modules.get(module, {}).values() if "." not in each.name]
    fresh = [each for each in here if each.name not in old.modules.get(module, {})]
    best = _best(was, fresh, lambda each: new.found(module, each.name) or each)
    if best is None:
        return None
    edit = Rename(module=module, old=name, into=module, new=best.name)
    meant = new.found(module, best.name) or best
    evidence = f"{module}.{name} is now {best.name}, {_percent(was, meant)}"
    return Step(edit=edit, evidence=evidence, was=was.place, now=meant.place)


def _homonyms(was: Symbol, new: Interface) -> list[Symbol]:
    """Those of the same kind and name, elsewhere."""
    return [each for each in new.all() if each.name == was.name and each.kind == was.kind]


def _for_module(module: str, old: Interface, new: Interface) -> Step | None:
    """A module of the project that has another name, and still most of what it offered."""
    if module not in old.modules or module in new.modules:
        return None
    offered = {name for name, each in old.modules[module].items() if each.kind != "import"}
    fresh = {name: set(symbols) for name, symbols in new.modules.items() if name not in old.modules}
    ranked = sorted(
        ((len(offered & names) / max(1, len(offered)), name) for name, names in fresh.items()), reverse=True
    )
    if not ranked or ranked[0][0] < ALIKE or (len(ranked) > 1 and ranked[1][0] >= ranked[0][0]):
        return None
    share, name = ranked[0]
    evidence = f"module {module} is now {name}, which offers {share:.0%} of its names"
    return Step(edit=RenameModule(old=module, new=name), evidence=evidence, was=(module, ""), now=(name, ""))


def _for_attribute(owner: str, name: str, old: Interface, new: Interface) -> Step | None:
    names = (owner, *sorted(new.aliases(owner)))
    before = next((found for each in names if (found := old.members(each))), ())
    after = new.members(owner)
    was = next((each for each in before if each.last == name), None)
    known = {each.last for each in before}
    if was is None or name in {each.last for each in after}:
        return None
    fresh = [each for each in after if each.last not in known]
    gone = [each for each in before if each.last not in {one.last for one in after}]
    best = _best(was, fresh, lambda each: each) or _only(was, fresh, gone)
    if best is None:
        return None
    evidence = f"{owner}.{name} is now {owner}.{best.last}, {_percent(was, best)}"
    return Step(edit=RenameAttribute(old=name, new=best.last), evidence=evidence, was=was.place, now=best.place)


def _only(was: Symbol, fresh: Iterable[Symbol], gone: Iterable[Symbol]) -> Symbol | None:
    """One has left, one has come, and both are called in the same way."""
    came = [each for each in fresh if each.kind == was.kind and each.parameters == was.parameters]
    left = [each for each in gone if each.kind == was.kind and each.parameters == was.parameters]
    return came[0] if len(came) == len(left) == 1 and was.kind == "function" else None


def _best(was: Symbol, fresh: Iterable[Symbol], meant: Callable[[Symbol], Symbol]) -> Symbol | None:
    """The one that is alike, if no other is nearly as much so."""
    pairs = [(each, meant(each)) for each in fresh]
    ranked = sorted(((_similarity(was, it), each.name) for each, it in pairs if it.kind == was.kind), reverse=True)
    if not ranked or ranked[0][0] < ALIKE or (len(ranked) > 1 and ranked[1][0] > ranked[0][0] - 0.1):
        return None
    return next(each for each, _ in pairs if each.name == ranked[0][1])


def shifted(function: str, old: Interface, new: Interface) -> Step | None:
    """Where a parameter has left that arguments without a keyword may have been meant for."""
    return _for_places(function, old, new)


def _for_keyword(function: str, name: str, old: Interface, new: Interface) -> Step | None:
    pair = _one(function, old, new)
    if pair is None:
        return None
    was, now = pair
    lost = next((each for each in was.parameters if each.name == name), None)
    if lost is None:
        return None
    short = _called(was)
    renamed = _renamed(lost, was, now)
    if renamed is not None:
        evidence = f"the parameter {name} of {was.name}() is now {renamed.name}, with the same default and place"
        edit = RenameKeyword(function=short, old=name, new=renamed.name)
        return Step(edit=edit, evidence=evidence, was=was.place, now=now.place)
    if _left(was, now) == [lost] and not _come(was, now):
        evidence = f"{was.name}() has no parameter {name} any more, and the others are as they were"
        edit = DropArgument(function=short, name=name, place=None)
        return Step(edit=edit, evidence=evidence, was=was.place, now=now.place)
    return None


def _for_places(function: str, old: Interface, new: Interface) -> Step | None:
    pair = _one(function, old, new)
    if pair is None:
        return None
    was, now = pair
    left = [each for each in _left(was, now) if each.kind in ("positional", "either")]
    if len(left) != 1:
        return None
    place = [each.name for each in was.parameters].index(left[0].name)
    evidence = f"{was.name}() has no parameter {left[0].name} any more"
    edit = DropArgument(function=_called(was), name=left[0].name, place=place)
    return Step(edit=edit, evidence=evidence, was=was.place, now=now.place)


def _one(function: str, old: Interface, new: Interface) -> tuple[Symbol, Symbol] | None:
    before, after = old.functions(function), new.functions(function)
    return (before[0], after[0]) if len(before) == len(after) == 1 else None


def _called(function: Symbol) -> str:
    return function.owner.rpartition(".")[2] if function.last == "__init__" else function.last


def _left(was: Symbol, now: Symbol) -> list[Parameter]:
    names = {each.name for each in now.parameters}
    return [each for each in was.parameters if each.name not in names]


def _come(was: Symbol, now: Symbol) -> list[Parameter]:
    return _left(now, was)


def _renamed(lost: Parameter, was: Symbol, now: Symbol) -> Parameter | None:
    """At the same place, of the same kind, with the same default and annotation."""
    place = was.parameters.index(lost)
    if len(was.parameters) != len(now.parameters) or len(_left(was, now)) != 1:
        return None
    found = now.parameters[place]
    same = (found.kind, found.default, found.annotation) == (lost.kind, lost.default, lost.annotation)
    return found if same and found in _come(was, now) else None


def _similarity(one: Symbol, other: Symbol) -> float:
    if one.kind == "function" and other.kind == "function" and one.body == other.body:
        return 1.0
    return SequenceMatcher(None, one.body[:LONGEST], other.body[:LONGEST], autojunk=False).ratio()


def _percent(one: Symbol, other: Symbol) -> str:
    if one.parameters != other.parameters and one.body == other.body:
        return "the same body with other parameters"
    return f"{_similarity(one, other):.0%} alike"
