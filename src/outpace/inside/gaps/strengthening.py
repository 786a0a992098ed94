"""One more assertion in a test that reaches a mutant and sees a difference, but says nothing of it."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from ..mutants.text import Edit, edited
from .assertions import Assertion, Style, assertions, style_of
from .drafts import Draft, draft_in, lines_of
from .messages import header_of, piece_of
from .relatives import Relative
from .running import Difference, Looked, Runs, Try, is_killed
from .seeing import RAISED

MOST_RELATIVES = 5
MOST_CANDIDATES = 4
BATCH = 8


class Proposal(NamedTuple):
    """An edit of the file of a test. `test` is the name, as pytest gives it, that says whether it is red; `tried` is
    what was run for a new one."""

    kind: str
    relative: Relative
    test: str
    edit: Edit
    line: str
    kills: tuple[int, ...]
    tried: Try | None = None


class Candidate(NamedTuple):
    """An edit that asserts more."""

    assertion: Assertion
    step: int
    edit: Edit
    kills: tuple[int, ...]


def strengthened(
    runs: Runs, relatives: Sequence[Relative], reach: Mapping[str, frozenset[int]], alive: set[int]
) -> Iterator[Proposal]:
    """Takes out of `alive` what its proposals kill."""
    tries: dict[int, int] = {}
    kin: dict[tuple[str, int], list[Relative]] = {}
    for each in relatives:
        kin.setdefault((each.path, each.node.lineno), []).append(each)
    ordered = sorted(relatives, key=lambda each: (len(each.draft.steps), each.id))
    for start in range(0, len(ordered), BATCH):
        chosen: list[tuple[Relative, frozenset[int]]] = []
        for relative in ordered[start : start + BATCH]:
            wanted = frozenset(number for number in reach[relative.id] & alive if tries.get(number, 0) < MOST_RELATIVES)
            for number in wanted:
                tries[number] = tries.get(number, 0) + 1
            if wanted:
                chosen.append((relative, wanted))
        if runs.left <= 0:
            return
        looked = runs.looked(
            [Try(relative, relative.draft) for relative, _ in chosen], [wanted for _, wanted in chosen], most=24
        )
        for (relative, _), seen in zip(chosen, looked):  # noqa: B905  Python 3.9
            if seen is not None and seen.base.green:
                others = [each for each in kin[relative.path, relative.node.lineno] if each is not relative]
                yield from _proposed(runs, relative, seen, alive, others)


def _proposed(
    runs: Runs, relative: Relative, looked: Looked, alive: set[int], kin: Sequence[Relative]
) -> Iterator[Proposal]:
    """`kin` are tests of the same function, with other parameters."""
    style = style_of(relative.source, unittest=relative.unittest, names=relative.namespace)
    failed = 0
    while failed < MOST_CANDIDATES:
        candidates = sorted(
            _candidates(relative, looked, style, alive),
            key=lambda each: (each.assertion.cost - 40 * (len(each.kills) - 1), each.step, each.assertion.line),
        )
        if failed >= len(candidates):
            return
        candidate = candidates[failed]
        proposal = _confirmed(runs, relative, candidate, kin)
        if proposal is None:
            failed += 1
            continue
        alive.difference_update(proposal.kills)
        yield proposal


def _candidates(relative: Relative, looked: Looked, style: Style, alive: set[int]) -> Iterator[Candidate]:
    kills: dict[tuple[str, int], tuple[Assertion, Edit, set[int]]] = {}
    for number, (ended, differences) in looked.mutants.items():
        if number not in alive or not ended.green:
            continue
        for difference in differences:
            for assertion, edit in _of(relative, difference, style):
                kills.setdefault((assertion.line, difference.place.step), (assertion, edit, set()))[2].add(number)
    for (_, step), (assertion, edit, numbers) in kills.items():
        yield Candidate(assertion, step, edit, tuple(sorted(numbers)))


def _of(relative: Relative, difference: Difference, style: Style) -> Iterator[tuple[Assertion, Edit]]:
    draft, place = relative.draft, difference.place
    step = draft.steps[place.step]
    if not draft.stands_alone(step):
        return
    if place.call == RAISED:
        yield from _of_message(draft, difference, style)
        return
    subject = place.name if place.call < 0 else draft.of(step.calls[place.call])
    if "\n" in subject:
        return
    for each in assertions(subject, place.place, difference.one, difference.other, style):
        if place.call < 0 or step.asserts:
            yield each, inserted(draft, place.step, each.line)
        else:
            yield each, Edit(draft.text.start(step.node), draft.text.end(step.node), each.line.encode())


def _of_message(draft: Draft, difference: Difference, style: Style) -> Iterator[tuple[Assertion, Edit]]:
    piece = None if difference.other is None else piece_of(difference.one[1], difference.other[1])
    edit = None if piece is None else header_of(draft, difference.place.step, piece, style, anew=False)
    if edit is not None:
        line = edit.put.decode()
        yield Assertion(line, len(line)), edit


def _confirmed(runs: Runs, relative: Relative, candidate: Candidate, kin: Sequence[Relative]) -> Proposal | None:
    edit = candidate.edit
    draft = edited_draft(relative, edit)
    if draft is None:
        return None
    tried = Try(relative, draft)
    first, second, *others = runs.ended([(tried, 0), (tried, 0), *((tried, number) for number in candidate.kills)])
    killed = tuple(number for number, ended in zip(candidate.kills, others) if is_killed(ended))  # noqa: B905
    if not first.green or not second.green or not killed:
        return None
    if not all(each.green for each in runs.ended([(Try(each, draft), 0) for each in kin])):
        return None
    return Proposal("strengthened", relative, relative.id, edit, candidate.assertion.line, killed)


def inserted(draft: Draft, step: int, line: str) -> Edit:
    """Behind the step, at its indent."""
    node = draft.steps[step].node
    _, end = lines_of(draft.text, node)
    ended = draft.text.content[:end].endswith(b"\n")
    before = b"" if ended else b"\n"
    put = before + f"{draft.indent(node)}{line}".encode() + (b"\n" if ended else b"")
    return Edit(end, end, put)


def edited_draft(relative: Relative, edit: Edit) -> Draft | None:
    content = relative.source.encode()
    source = edited(content, [edit], 0, len(content)).decode()
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError):
        return None
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and (node.name, node.lineno) == (relative.node.name, relative.node.lineno):
            return draft_in(source, node)
    return None
