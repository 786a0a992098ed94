"""What code takes from packages, as far as it comes to it: an import whose lack it bears leads to other names."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

import msgspec
from msgspec import Struct


class Taken(Struct, frozen=True, kw_only=True):
    """One name. `item` as `Imports` is asked for it, `code` as it stands there, `owner` the import that brings it."""

    item: str
    line: int
    code: str
    owner: str = ""


class Needs(Struct, frozen=True, kw_only=True):
    """`doubtful` are those of which it cannot be told whether the code comes to them; `deferred` is what functions
    need once they are called.
    """

    imports: tuple[Taken, ...] = ()
    attributes: tuple[Taken, ...] = ()
    doubtful: tuple[Taken, ...] = ()
    tries: tuple[Tried, ...] = ()
    deferred: tuple[Needs, ...] = ()


class Tried(Struct, frozen=True, kw_only=True):
    """Where all of `tried` is there, `then` is needed too; else `otherwise`."""

    tried: Needs
    then: Needs
    otherwise: Needs


class OwnCode(Struct, frozen=True, kw_only=True):
    """What each of a project's own files needs, and of which that was not read: `unread` cannot run there either,
    `unknown` may.
    """

    files: tuple[tuple[str, Needs], ...] = ()
    unread: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()


NOTHING = Needs()
IMPORTS, MODULES, ATTRIBUTES = "ImportError", "ModuleNotFoundError", "AttributeError"
ANYTHING = frozenset({"Exception", "BaseException"})
EXACT = frozenset({IMPORTS, MODULES, ATTRIBUTES})


def merged(parts: Iterable[Needs]) -> Needs:
    found = [part for part in parts if part != NOTHING]
    if len(found) < 2:
        return found[0] if found else NOTHING
    return Needs(
        imports=tuple(each for part in found for each in part.imports),
        attributes=tuple(each for part in found for each in part.attributes),
        doubtful=tuple(each for part in found for each in part.doubtful),
        tries=tuple(each for part in found for each in part.tries),
        deferred=tuple(each for part in found for each in part.deferred),
    )


def every(needs: Needs) -> Iterator[Taken]:
    yield from (*needs.imports, *needs.attributes, *needs.doubtful)
    for each in needs.tries:
        for part in (each.tried, each.then, each.otherwise):
            yield from every(part)
    for part in needs.deferred:
        yield from every(part)


def doubted(needs: Needs) -> Needs:
    return needs if needs == NOTHING else Needs(doubtful=tuple(every(needs)))


def borne(body: Needs, kinds: frozenset[str], otherwise: Needs = NOTHING, behind: Needs = NOTHING) -> Needs:
    """A body that errors of these kinds leave for `otherwise`, and `behind` where none comes.

    That a name is not in its module is no error of a module that is not found. What bears any error may bear this
    one too, or break on it. Functions run elsewhere.
    """
    imports = body.imports if IMPORTS in kinds else _modules(body) if MODULES in kinds else ()
    attributes = body.attributes if ATTRIBUTES in kinds else ()
    tries = body.tries if IMPORTS in kinds else ()
    rest = Needs(
        imports=() if IMPORTS in kinds else body.imports,
        attributes=() if ATTRIBUTES in kinds else body.attributes,
        tries=() if IMPORTS in kinds else body.tries,
        doubtful=body.doubtful,
    )
    unborne = doubted(rest) if kinds & ANYTHING else rest
    tried = Needs(imports=imports, attributes=attributes, tries=tries)
    then = merged((unborne, Needs(deferred=body.deferred), behind))
    return Needs(tries=(Tried(tried=tried, then=then, otherwise=otherwise),))


def _modules(body: Needs) -> tuple[Taken, ...]:
    return tuple(msgspec.structs.replace(each, item=each.item.partition(":")[0]) for each in body.imports)


def missing(needs: Needs, there: Collection[str]) -> Iterator[Taken]:
    """What the code comes to and does not find."""
    yield from _lacking((*needs.imports, *needs.attributes), there)
    for part in _reached(needs, there):
        yield from missing(part, there)


def doubts(needs: Needs, there: Collection[str]) -> Iterator[Taken]:
    """What the code does not find if it comes to it."""
    yield from _lacking(needs.doubtful, there)
    for part in _reached(needs, there):
        yield from doubts(part, there)


def _lacking(taken: Iterable[Taken], there: Collection[str]) -> Iterator[Taken]:
    """An attribute of what could not be imported is not come to."""
    return (each for each in taken if each.item not in there and (not each.owner or each.owner in there))


def _reached(needs: Needs, there: Collection[str]) -> Iterator[Needs]:
    for each in needs.tries:
        holds = next(missing(each.tried, there), None) is None
        yield from (each.tried, each.then) if holds else (each.otherwise,)
    yield from needs.deferred
