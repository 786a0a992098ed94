"""Judges tests that were made for survivors, each alone, before any is kept."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping, Sequence

import msgspec
from msgspec import Struct

from outpace.app.test_filling import SECONDS, file_edits
from outpace.app.test_gaps import Found
from outpace.app.test_mutants import Suite
from outpace.model.unknown import Unknown
from outpace.testing.gaps.filling import Filling, MutantName, Proposal, Refused, by_path
from outpace.testing.gaps.orders import Pass, against, pass_of, red_in
from outpace.testing.gaps.smells import smell_of
from outpace.testing.told import RED, Outcomes

ORDERS = 10
HASH_SEEDS = 4_294_967_295


class Files(Struct, frozen=True, kw_only=True):
    """The copy of the project's files that the suite runs over."""

    read: Callable[[str], bytes]
    write: Callable[[str, bytes], None]


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
    originals = {path: files.read(path) for path in by_path(waiting)}
    refused = dict(smelling)
    try:
        for each in file_edits(waiting, originals.__getitem__):
            files.write(each.path, each.after)
        unknown = _alone(suite, found, waiting, refused)
        kept = [each for each in waiting if each not in refused]
        if unknown is None and kept:
            unknown = _in_orders(suite, kept, refused, seed=seed, orders=orders)
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


def _alone(suite: Suite, found: Found, waiting: Sequence[Proposal], refused: dict[Proposal, str]) -> Unknown | None:
    tests = [(each.test, each.relative if each.proposal == "new" else "", each.kills) for each in waiting]
    chosen = [(each.path, each.functions or None) for each in found.changed]
    request = {"root": suite.root, "files": chosen, "words": suite.words, "tests": tests}
    told = suite.inside.ask("gaps.judging", request, seconds=SECONDS)
    rows = {row.judged: row for line in told.rows if (row := _row(line)) is not None}
    for each in waiting:
        why = _against(rows.get(each.test), each)
        if why:
            refused[each] = why
    return told.ended


def _row(line: bytes) -> Judged | None:
    try:
        return msgspec.json.decode(line, type=Judged)
    except msgspec.DecodeError:
        return None


def _against(row: Judged | None, proposal: Proposal) -> str:
    if row is None:
        return "it could not be judged"
    if row.why:
        return row.why
    missed = [name for name in proposal.kills if name not in row.killed]
    if missed:
        return f"it is not red on {missed[0][1]} in an interpreter of its own"
    if row.left and proposal.proposal == "new":
        return f"it leaves {', '.join(row.left[:3])} changed"
    return ""


def _in_orders(
    suite: Suite, kept: Sequence[Proposal], refused: dict[Proposal, str], *, seed: int, orders: int
) -> Unknown | None:
    """Whole orders of all tests, each in an interpreter of its own."""
    first = _pass(suite, None, 0)
    if not first.results:
        return Unknown("the suite with the new tests did not come to its end", "a suite that ends: outpace test run")
    rng = random.Random(f"orders {seed}")  # noqa: S311  no secret
    passes = [first]
    for _ in range(orders):
        ids = list(first.ids)
        rng.shuffle(ids)
        passes.append(_pass(suite, ids, rng.randrange(HASH_SEEDS)))
    for each in kept:
        why = against(each, passes)
        if why:
            refused[each] = why
    return _disturbed(suite, [each for each in kept if each not in refused], passes, refused)


def _pass(suite: Suite, ids: Sequence[str] | None, hash_seed: int) -> Pass:
    request = {"words": suite.words, "ids": ids, "seconds": SECONDS}
    told = suite.inside.ask("outcomes", request, seconds=SECONDS, env={"PYTHONHASHSEED": str(hash_seed)})
    return pass_of((row for line in told.rows if (row := _outcomes(line)) is not None), ids, hash_seed)


def _outcomes(line: bytes) -> Outcomes | None:
    try:
        return msgspec.json.decode(line, type=Outcomes)
    except msgspec.DecodeError:
        return None


def _disturbed(
    suite: Suite, kept: Sequence[Proposal], passes: Sequence[Pass], refused: dict[Proposal, str]
) -> Unknown | None:
    """Where another test is red, the same order without the new ones says whose doing that is."""
    new = [each for each in kept if each.proposal == "new"]
    for each in passes if new else ():
        for victim in red_in(each, {proposal.test for proposal in kept}):
            names = {proposal.test for proposal in new}
            again = _pass(suite, [test for test in each.ids if test not in names], each.hash_seed)
            if victim in again.results and again.results[victim].outcome not in RED:
                guilty = list(_guilty(suite, new, victim, each.hash_seed)) or new
                refused.update((proposal, f"{victim} is red after it") for proposal in guilty)
            break
    return None


def _guilty(suite: Suite, new: Sequence[Proposal], victim: str, hash_seed: int) -> Iterator[Proposal]:
    for each in new:
        after = _pass(suite, [each.test, victim], hash_seed).results.get(victim)
        if after is None or after.outcome in RED:
            yield each
