"""Which packages moved between two inventories, and whether that is what the change says it does."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from itertools import zip_longest
from typing import TypeAlias

from msgspec import Struct
from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.version import Version

from outpace.ecosystems.pypi.versions import allowed, parse
from outpace.model.change import Move
from outpace.model.inventory import (
    Component,
    DirectUrl,
    Editable,
    Git,
    Inventory,
    LocalPath,
    Origin,
    OtherIndex,
    PublicIndex,
    Unread,
    Workspace,
)
from outpace.model.package import Package
from outpace.model.proof import CheckUndecided, Failed, Passed, Result, Skipped
from outpace.proving.purpose import Named, Purpose, Stated, StatedMove, Unstated, normalized

NAMED_AT_MOST = 6
Place: TypeAlias = tuple[str, Package]
Alike: TypeAlias = Callable[[Unread], bool]


def _never(_unread: Unread) -> bool:
    return False


class SourceChange(Struct, frozen=True, kw_only=True, order=True):
    """A package that comes from somewhere else than before."""

    package: Package
    before: str
    after: str
    file: str


class LockDiff(Struct, frozen=True, kw_only=True):
    moves: tuple[Move, ...]
    sources: tuple[SourceChange, ...] = ()
    unread: tuple[str, ...] = ()  # files of the change that could not be read whole
    alike: tuple[str, ...] = ()  # lines that could not be read, and are the same on both sides
    gone: tuple[str, ...] = ()  # files that held components before and no longer exist
    held: frozenset[tuple[str, str]] = frozenset()  # (name, version or requirement) before
    holds: frozenset[tuple[str, str]] = frozenset()  # the same after
    tampered: str | None = None  # what is wrong with the archives that are named for what did not move

    @property
    def added(self) -> tuple[Move, ...]:
        return tuple(move for move in self.moves if move.before is None)

    @property
    def lowered(self) -> tuple[Move, ...]:
        """To a lower version, or to a requirement that allows one."""
        return tuple(move for move in self.moves if _is_lower(move.before, move.after))

    @property
    def touched(self) -> frozenset[Place]:
        return frozenset((move.file, move.package) for move in self.moves)

    @property
    def removed(self) -> tuple[Move, ...]:
        return tuple(move for move in self.moves if move.after is None)


def difference(base: Inventory, change: Inventory, alike: Alike = _never) -> LockDiff:
    """The project's own packages do not count: their version is the project's business. What neither side lets us read
    has not moved where it stands there word for word, which `alike` tells of a line of the change.
    """
    before, after = _by_place(base), _by_place(change)
    places = sorted(before.keys() | after.keys())
    gone = sorted({component.file for component in base.components} - set(change.files))
    return LockDiff(
        moves=tuple(move for place in places for move in _moves(place, before[place], after[place])),
        sources=tuple(found for place in places for found in _sources(place, before[place], after[place])),
        unread=_said(unread for unread in change.unread if not alike(unread)),
        alike=_said(unread for unread in change.unread if alike(unread)),
        gone=tuple(gone),
        held=_pairs(before),
        holds=_pairs(after),
    )


def _said(found: Iterable[Unread]) -> tuple[str, ...]:
    return tuple(sorted({f"{unread.file}: {unread.why}" for unread in found}))


def _pairs(by_place: Mapping[Place, list[Component]]) -> frozenset[tuple[str, str]]:
    return frozenset((package.name, _version(one)) for (_, package), every in by_place.items() for one in every)


def _version(component: Component) -> str:
    return component.version or component.specifier or "any"


def _order(version: str) -> tuple[bool, Version, str]:
    parsed = parse(version)
    return parsed is None, parsed or Version("0"), version


def _is_lower(before: str | None, after: str | None) -> bool:
    old, new = (_lowest(text) if text else None for text in (before, after))
    return old is not None and new is not None and new < old


def _lowest(text: str) -> Version | None:
    if (version := parse(text)) is not None:
        return version
    interval = allowed(text)
    return interval.low if interval else None


def _by_place(inventory: Inventory) -> defaultdict[Place, list[Component]]:
    found: defaultdict[Place, list[Component]] = defaultdict(list)
    for component in inventory.components:
        if not isinstance(component.origin, Workspace | Editable):
            found[component.file, component.package].append(component)
    return found


def _moves(place: Place, before: list[Component], after: list[Component]) -> list[Move]:
    """Versions on both sides stay; the others are paired in order, so that a forked lock keeps its branches apart."""
    file, package = place
    old, new = ({_version(component) for component in side} for side in (before, after))
    paired = zip_longest(sorted(old - new, key=_order), sorted(new - old, key=_order))
    return [Move(package=package, before=was, after=now, file=file) for was, now in paired]


def _sources(place: Place, before: list[Component], after: list[Component]) -> list[SourceChange]:
    file, package = place
    old, new = ({origin_text(component.origin) for component in side} for side in (before, after))
    if not old or not new or old == new:
        return []
    return [SourceChange(package=package, before=_listed(old), after=_listed(new), file=file)]


def origin_text(origin: Origin) -> str:
    match origin:
        case PublicIndex():
            return "the public index"
        case OtherIndex(url) | DirectUrl(url):
            return url
        case Git(url, revision):
            return f"{url} at {revision}" if revision else url
        case LocalPath(path) | Workspace(path) | Editable(path):
            return f"the directory {path}"


def judge(diff: LockDiff, purpose: Purpose) -> Result:
    """Passed only where exactly what was stated moved."""
    if diff.gone:
        return Failed(f"{_listed(diff.gone)} is gone, so what it pinned cannot be compared")
    if diff.tampered is not None:
        return Failed(diff.tampered)
    if diff.unread:
        return CheckUndecided(f"some of the lock could not be read: {diff.unread[0]}")
    match purpose:
        case Unstated():
            return _unstated(diff)
        case Stated():
            return _with_note(diff, _exact(diff, purpose))
        case Named():
            return _with_note(diff, _named(diff, purpose))


def _with_note(diff: LockDiff, result: Result) -> Result:
    if not isinstance(result, Passed) or not diff.alike:
        return result
    first, *rest = diff.alike
    more = f" and {len(rest)} more" if rest else ""
    return Passed(f"{result.evidence}; not compared, being the same on both sides: {first}{more}")


def _unstated(diff: LockDiff) -> Result:
    if not diff.moves and not diff.sources:
        return Skipped("no package moved")
    return CheckUndecided(
        f"the change does not say what it is for; {_what_moved(diff)}",
        would_settle="a trailer `Moves: name a -> b` in the commit's message for each package that is meant to move",
    )


def _exact(diff: LockDiff, purpose: Stated) -> Result:
    wanted = {(move.name, move.before, move.after) for move in purpose.moves}
    found = {(move.package.name, move.before, move.after) for move in diff.moves}
    missing, extra = wanted - found, found - wanted
    if missing:
        return Failed(f"{_triples(missing)} was stated by {purpose.by} and did not happen")
    if extra:
        return Failed(f"{_triples(extra)} moved too, which is not stated by {purpose.by}")
    if diff.sources:
        return Failed(_source_text(diff.sources))
    return Passed(f"exactly as stated by {purpose.by}: {_what_moved(diff)}")


def _named(diff: LockDiff, purpose: Named) -> Result:
    """Words are not trailers: of what is in no lock (an action, an image, a package of another ecosystem) they say
    nothing here, and what the lock holds already needs no move.
    """
    known = {name for name, _ in diff.held | diff.holds}
    stated = [move for move in purpose.moves if move.name in known]
    if not stated and (purpose.moves or diff.moves):
        return _unstated(diff)
    names = {move.name for move in stated}
    missing = [f"{move.name} -> {move.after}" for move in stated if not _is_reached(move, diff)]
    if missing:
        return Failed(f"{_listed(missing)} was stated by {purpose.by} and did not happen")
    if diff.sources:
        return Failed(_source_text(diff.sources))
    along = LockDiff(moves=tuple(move for move in diff.moves if move.package.name not in names))
    if along.moves:
        return CheckUndecided(
            f"more moved than is stated by {purpose.by}: {_what_moved(along)}",
            would_settle="a trailer `Moves: name a -> b` for each package that moves along",
        )
    return Passed(f"exactly as stated by {purpose.by}: {_what_moved(diff)}")


def _is_reached(stated: StatedMove, diff: LockDiff) -> bool:
    return any(name == stated.name and reaches(stated.after or "", after) for name, after in diff.holds)


def reaches(stated: str, version: str) -> bool:
    """`v2` and `2.x` are how bots and people name any release of a line; a requirement holds what it allows."""
    line = stated.removesuffix(".x").removesuffix(".*")
    parsed, wanted = parse(version), parse(line)
    if stated == version or (parsed is not None and parsed == wanted):
        return True
    if parsed is not None and wanted is not None:
        is_line = line != stated or "." not in line
        return is_line and parsed.release[: len(wanted.release)] == wanted.release
    try:
        demand = SpecifierSet(stated)
        return demand.contains(parsed, prereleases=True) if parsed else demand == SpecifierSet(version)
    except InvalidSpecifier:
        return False


def _what_moved(diff: LockDiff) -> str:
    if not diff.moves and not diff.sources:
        return "no package moved"
    texts = [_text(move.package.name, move.before, move.after) for move in diff.moves]
    return _listed([*dict.fromkeys(texts), *(f"{found.package.name} from {found.after}" for found in diff.sources)])


def _source_text(sources: tuple[SourceChange, ...]) -> str:
    first = sources[0]
    return f"{normalized(first.package.name)} now comes from {first.after} instead of {first.before}"


def _triples(moves: set[tuple[str, str | None, str | None]]) -> str:
    return _listed([_text(*move) for move in sorted(moves, key=str)])


def _text(name: str, before: str | None, after: str | None) -> str:
    if before is None:
        return f"{name} {after} (new)"
    return f"{name} {before} (removed)" if after is None else f"{name} {before} -> {after}"


def _listed(words: list[str] | set[str] | tuple[str, ...]) -> str:
    shown = sorted(words) if isinstance(words, set) else list(words)
    rest = len(shown) - NAMED_AT_MOST
    return ", ".join(shown[:NAMED_AT_MOST]) + (f" and {rest} more" if rest > 0 else "")
