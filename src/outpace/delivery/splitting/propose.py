"""From the changed files of a branch to a sequence of pieces, none of which needs a later one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise

from msgspec.structs import replace

from outpace.delivery.splitting.atoms import Atom, Atoms, Layout, atoms_of
from outpace.delivery.splitting.bumps import bump_links
from outpace.delivery.splitting.companions import companion_links
from outpace.delivery.splitting.flags import flag_links, switched
from outpace.delivery.splitting.grouping import Group, grouped
from outpace.delivery.splitting.links import Link, links
from outpace.delivery.splitting.mechanical import mechanical, renamed
from outpace.delivery.splitting.migrating import NOTHING_KNOWN, Trees, read
from outpace.delivery.splitting.names import Names
from outpace.delivery.splitting.pieces import Changed, Edit, Gone, Held, Partly, Piece, Plan, Whole
from outpace.delivery.splitting.sound import Sound, same_syntax
from outpace.delivery.splitting.tests_of import test_links
from outpace.delivery.splitting.titles import held_words, title, why
from outpace.delivery.splitting.units import Units

STEPS_AT_MOST = 12
WORTH_SAYING = 30
"""Lines from which on it is told that changes cannot be apart."""


def proposed(files: Iterable[Changed], *, at_most: int = STEPS_AT_MOST, migrations: Trees = NOTHING_KNOWN) -> Plan:
    """A pure function of the two trees: the same files give the same pieces."""
    changed = tuple(sorted(files, key=lambda each: each.path))
    if not changed:
        return Plan(pieces=())
    found, renames = renamed(read(atoms_of(changed), migrations))
    found, flips = switched(found)
    quiet = mechanical(found, renames)
    every = (
        Names(found.all, found.layouts).links()
        | test_links(found.all, quiet.all)
        | companion_links(found.all)
        | bump_links(found.all)
        | flag_links(found.all, flips)
        | quiet.links
        | links(_chains(found.layouts))
    )
    units = Units(found.all, every, quiet, flips)
    groups = _few(_fitting(grouped(units), found), at_most)
    return Plan(pieces=_pieces(groups, units, found), held=_held(units))


def _chains(layouts: Sequence[Layout]) -> Iterable[Link]:
    """Where one place has several texts, they come in their order."""
    for layout in layouts:
        for element in layout.elements:
            if not element.names:
                for earlier, later in pairwise(element.atoms):
                    yield Link(later, earlier, "the same place, before its behavior changes")


def _fitting(groups: list[Group], found: Atoms) -> list[Group]:
    """A group whose tree would have files that do not fit each other is one with the next."""
    complaints = Sound().complaints
    excused = complaints(_tree(found, frozenset())) | complaints(_tree(found, frozenset(range(len(found.all)))))
    kept: list[Group] = []
    open_ = False
    made: set[int] = set()
    for group in groups:
        if open_:
            kept[-1] = _joined(kept[-1], group)
        else:
            kept.append(group)
        made |= {atom.number for unit in group.units for atom in unit.atoms}
        open_ = not complaints(_tree(found, made)) <= excused
    return kept


def _tree(found: Atoms, made: frozenset[int] | set[int]) -> dict[str, str]:
    """The changed files of Python after these atoms."""
    files: dict[str, str] = {}
    for layout in found.layouts:
        before, after = layout.changed.before, layout.changed.after
        match layout.state(made):
            case None:
                text = None if before is None else before.text
            case Gone():
                text = None
            case Whole():
                text = None if after is None else after.text
            case Partly(text=text):
                pass
        if text is not None:
            files[layout.changed.path] = text
    return files


def _joined(one: Group, other: Group) -> Group:
    larger = max(one, other, key=lambda group: group.lines)
    return Group(one.kind if one.kind == other.kind else larger.kind, [*one.units, *other.units])


def _few(groups: list[Group], at_most: int) -> list[Group]:
    """No more than so many: neighbors of one kind become one, the smallest first."""
    kept = list(groups)
    while len(kept) > max(1, at_most):
        pairs = range(len(kept) - 1)
        at = min(pairs, key=lambda i: _apartness(kept[i], kept[i + 1]))
        kept[at : at + 2] = [_joined(kept[at], kept[at + 1])]
    return kept


def _apartness(one: Group, other: Group) -> tuple[bool, bool, int]:
    """What a release breaks is joined with it only where nothing else is left."""
    return bool(one.breaks) != bool(other.breaks), one.kind != other.kind, one.lines + other.lines


def _pieces(groups: list[Group], units: Units, found: Atoms) -> tuple[Piece, ...]:
    place = {unit.number: at for at, group in enumerate(groups) for unit in group.units}
    pieces: list[Piece] = []
    made: set[int] = set()
    for at, group in enumerate(groups):
        new = [atom for unit in group.units for atom in unit.atoms]
        before = frozenset(made)
        made |= {atom.number for atom in new}
        edits = _edits(found.layouts, before, made, new)
        if edits:
            pieces.append(
                Piece(
                    kind=group.kind,
                    title=title(group, units),
                    why=why(at, group, units, place),
                    edits=edits,
                    same_syntax=group.kind == "refactor" and _is_same(found, before, made, edits),
                    breaks=group.breaks,
                    unknown=group.unknown,
                )
            )
    return tuple(pieces)


def _is_same(found: Atoms, before: frozenset[int], made: set[int], edits: tuple[Edit, ...]) -> bool:
    near, far = _tree(found, before), _tree(found, made)
    paths = [edit.path for edit in edits]
    return all(path in near and path in far and same_syntax(near[path], far[path]) for path in paths)


def _edits(layouts: Sequence[Layout], before: frozenset[int], made: set[int], new: list[Atom]) -> tuple[Edit, ...]:
    touched = {atom.path for atom in new}
    found: list[Edit] = []
    for layout in layouts:
        path = layout.changed.path
        if path not in touched:
            continue
        state = layout.state(made)
        if state is not None and state != layout.state(before):
            found.append(Edit(path, state, sum(atom.lines for atom in new if atom.path == path)))
    return tuple(found)


def _held(units: Units) -> tuple[Held, ...]:
    """The largest first."""
    several = [unit for unit in units.all if len(unit.atoms) > 1]
    large = [unit for unit in several if unit.lines >= WORTH_SAYING or (unit.breaks and not unit.all(role="migration"))]
    return tuple(held_words(unit, units) for unit in sorted(large, key=lambda unit: -unit.lines))


def merged(plan: Plan, at: int, reason: str) -> Plan:
    """The piece at `at` and the one behind it as one: they could not be apart."""
    one, other = plan.pieces[at : at + 2]
    latest = {edit.path: edit for edit in one.edits}
    for edit in other.edits:
        before = latest.get(edit.path)
        latest[edit.path] = Edit(edit.path, edit.state, edit.lines + (before.lines if before else 0))
    larger = max(one, other, key=lambda piece: piece.lines)
    both = Piece(
        kind=larger.kind,
        title=f"{one.title}; {other.title}",
        why=reason,
        edits=tuple(latest[path] for path in sorted(latest)),
        breaks=(*one.breaks, *other.breaks),
        unknown=tuple(dict.fromkeys([*one.unknown, *other.unknown])),
    )
    return replace(plan, pieces=(*plan.pieces[:at], both, *plan.pieces[at + 2 :]))
