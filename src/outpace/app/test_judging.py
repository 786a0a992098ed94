"""Judges tests that were made for survivors, each alone, before any is kept."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence

import msgspec
from msgspec import Struct

from outpace.app.test_filling import SECONDS, file_edits
from outpace.app.test_gaps import Found
from outpace.app.test_mutants import Suite
from outpace.model.unknown import Unknown
from outpace.testing.gaps.filling import Filling, MutantName, Proposal, Refused, by_path
from outpace.testing.gaps.orders import Pass, against, pass_of, red_in
from outpace.testing.gaps.smells import smell_of
from outpace.testing.told import RED, Outcomes, rows_of

ORDERS = 10
HASH_SEEDS = 4_294_967_295


class Files(Struct, frozen=True, kw_only=True):
    """The copy of the project's files that the suite runs over."""

    read: Callable[[str], bytes]
    write: Callable[[str, bytes], None]
    report: Callable[[str], None] = lambda _: None


class Judged(Struct, frozen=True, kw_only=True):
    """One line of what `inside.gaps.judging` tells."""

    judged: str = ""
    why: str = ""
    left: tuple[str, ...] = ()
    killed: tuple[MutantName, ...] = ()
    status: int = 0


def judge(suite: Suite, found: Found, filling: Filling, files: Files, *, seed: int, orders: int = ORDERS) -> Filling:
    """Only those are kept that are red on their mutants, green in every order, and leave nothing behind."""
    if not filling.kept:
        return filling
    smelling = {each: smell for each in filling.kept if (smell := smell_of(each.edit.put))}
    waiting = [each for each in filling.kept if each not in smelling]
    before = _left_before(suite, found, waiting)
    if isinstance(before, Unknown):
        return _filling(filling, smelling, before, orders)
    originals = {path: files.read(path) for path in by_path(waiting)}
    refused = dict(smelling)
    try:
        for each in file_edits(waiting, originals.__getitem__):
            files.write(each.path, each.after)
        unknown = _alone(suite, found, waiting, before, refused)
        kept = [each for each in waiting if each not in refused]
        if unknown is None and kept:
            unknown = _in_orders(suite, kept, refused, seed=seed, orders=orders, report=files.report)
    finally:
        for path, content in originals.items():
            files.write(path, content)
    return _filling(filling, refused, unknown, orders)


def _filling(filling: Filling, refused: Mapping[Proposal, str], unknown: Unknown | None, orders: int) -> Filling:
    """What could not be judged is not kept."""
    kept = tuple(each for each in filling.kept if each not in refused and unknown is None)
    killed = {name for each in kept for name in each.kills}
    proposed = [name for each in filling.kept for name in each.kills]
    return msgspec.structs.replace(
        filling,
        kept=kept,
        refused=tuple(Refused(proposal=each, why=why) for each, why in refused.items()),
        orders=orders,
        left=tuple(dict.fromkeys(name for name in (*filling.left, *proposed) if name not in killed)),
        unknown=filling.unknown or unknown,
    )


def _left_before(suite: Suite, found: Found, waiting: Sequence[Proposal]) -> Mapping[str, frozenset[str]] | Unknown:
    """What tests leave behind that shall assert more, as they stand."""
    tests = [each.test for each in waiting if each.proposal == "strengthened"]
    if not tests:
        return {}
    rows = _judged(suite, found, [(test, "", ()) for test in dict.fromkeys(tests)])
    return rows if isinstance(rows, Unknown) else {test: frozenset(row.left) for test, row in rows.items()}


def _alone(
    suite: Suite,
    found: Found,
    waiting: Sequence[Proposal],
    before: Mapping[str, frozenset[str]],
    refused: dict[Proposal, str],
) -> Unknown | None:
    asked = [(each.test, each.relative if each.proposal == "new" else "", each.kills) for each in waiting]
    rows = _judged(suite, found, asked)
    if isinstance(rows, Unknown):
        return rows
    for each in waiting:
        why = _against(rows.get(each.test), each, before.get(each.test, frozenset()))
        if why:
            refused[each] = why
    return None


def _judged(
    suite: Suite, found: Found, tests: Sequence[tuple[str, str, tuple[MutantName, ...]]]
) -> Mapping[str, Judged] | Unknown:
    """By test. One that stands there twice was made more of twice: what either says against it counts."""
    chosen = [(each.path, each.functions or None) for each in found.changed]
    request = {"root": suite.root, "files": chosen, "words": suite.words, "tests": tests}
    told = suite.inside.ask("gaps.judging", request, seconds=SECONDS)
    rows = rows_of(told, Judged, "the tests' process")
    if isinstance(rows, Unknown) or told.ended is not None:
        return rows if isinstance(rows, Unknown) else told.ended or Unknown("it came to no end")
    found_rows: dict[str, Judged] = {}
    for row in rows:
        first = found_rows.setdefault(row.judged, row)
        found_rows[row.judged] = msgspec.structs.replace(first, killed=(*first.killed, *row.killed))
    return found_rows


def _against(row: Judged | None, proposal: Proposal, before: frozenset[str]) -> str:
    if row is None:
        return "it could not be judged"
    if row.why:
        return row.why
    missed = [name for name in proposal.kills if name not in row.killed]
    if missed:
        return f"it is not red on {missed[0][1]} in an interpreter of its own"
    more = [name for name in row.left if name not in before]
    return f"it leaves {', '.join(more[:3])} changed" if more else ""


def _in_orders(
    suite: Suite,
    kept: Sequence[Proposal],
    refused: dict[Proposal, str],
    *,
    seed: int,
    orders: int,
    report: Callable[[str], None],
) -> Unknown | None:
    """Whole orders of all tests, each in an interpreter of its own."""
    first = _pass(suite, None, 0)
    if isinstance(first, Unknown):
        return first
    if not first.results:
        return Unknown("the suite with the new tests did not come to its end", "a suite that ends: outpace test run")
    rng = random.Random(f"orders {seed}")  # noqa: S311  no secret
    passes = [first]
    for number in range(1, orders + 1):
        report(f"all tests and the new ones run in order {number} of {orders}")
        ids = list(first.ids)
        rng.shuffle(ids)
        each = _pass(suite, ids, rng.randrange(HASH_SEEDS))
        if isinstance(each, Unknown):
            return each
        passes.append(each)
    for proposal in kept:
        why = against(proposal, passes)
        if why:
            refused[proposal] = why
    return _disturbed(suite, [each for each in kept if each not in refused], passes, refused)


def _pass(suite: Suite, ids: Sequence[str] | None, hash_seed: int) -> Pass | Unknown:
    request = {"words": suite.words, "ids": ids, "seconds": SECONDS}
    told = suite.inside.ask("outcomes", request, seconds=SECONDS, env={"PYTHONHASHSEED": str(hash_seed)})
    rows = rows_of(told, Outcomes)
    return rows if isinstance(rows, Unknown) else pass_of(rows, ids, hash_seed)


def _disturbed(
    suite: Suite, kept: Sequence[Proposal], passes: Sequence[Pass], refused: dict[Proposal, str]
) -> Unknown | None:
    """Where another test is red, the same order without the new ones says whose doing that is."""
    new = [each for each in kept if each.proposal == "new"]
    for each in passes if new else ():
        for victim in red_in(each, {proposal.test for proposal in kept}):
            names = {proposal.test for proposal in new}
            again = _pass(suite, [test for test in each.ids if test not in names], each.hash_seed)
            if isinstance(again, Unknown):
                return again
            if victim in again.results and again.results[victim].outcome not in RED:
                guilty = _guilty(suite, new, victim, each.hash_seed)
                if isinstance(guilty, Unknown):
                    return guilty
                refused.update((proposal, f"{victim} is red after it") for proposal in guilty or new)
            break
    return None


def _guilty(suite: Suite, new: Sequence[Proposal], victim: str, hash_seed: int) -> list[Proposal] | Unknown:
    found: list[Proposal] = []
    for each in new:
        after = _pass(suite, [each.test, victim], hash_seed)
        if isinstance(after, Unknown):
            return after
        if victim not in after.results or after.results[victim].outcome in RED:
            found.append(each)
    return found
