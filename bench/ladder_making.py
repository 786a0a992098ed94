"""Mechanical wrong changes of one target: drafts of each right patch by rules, and which of them are shown wrong."""

from __future__ import annotations

import hashlib
import itertools
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Literal, NamedTuple

from bench.ladder_cheats import CHEATS, Cheat, witness_refused
from bench.ladder_hidden import SPIES, TRIGGERS, hidden, old_function, spying
from bench.ladder_rules import RULES
from bench.ladder_scripts import script, spying_script
from bench.ladder_source import Source, compiles
from bench.ladder_trees import Change, Target, apply, copy, difference, exam, harm, own_tests, tree
from outpace.proving.tasks import Task

Sort = Literal["plausible", "malicious", "cheating"]
MOST: dict[str, int] = {"plausible": 12, "malicious": 5, "cheating": 3, "policy": 5}
MOST_OF_A_RULE = {"plausible": 2, "malicious": 1, "cheating": 1, "policy": 1}
MOST_RED = 4  # that the target's own tests tell already
MOST_TRIED = {"plausible": 70, "malicious": 30, "cheating": 12, "policy": 12}
WORKERS = 2


class Draft(NamedTuple):
    """`right` is the file of the patch that it is made of, empty for base; `files` are what is written over it."""

    rule: str
    sort: Sort
    how: str
    right: str
    files: tuple[tuple[str, str], ...] = ()
    cheat: Cheat | None = None
    script: str = ""


class Judged(NamedTuple):
    draft: Draft
    patch: bytes
    outcome: Literal["exam", "harm", "policy", "equivalent", "undecided", "known"]
    red: bool = False


class Made(NamedTuple):
    changes: list[tuple[Change, bytes, str]]  # with the patch, and the script that shows its harm
    outcomes: Counter[str]


def _order(*words: object) -> str:
    return hashlib.sha256("\0".join(map(str, words)).encode()).hexdigest()


def sources(target: Target, right: str) -> Iterator[tuple[str, Source]]:
    """The modules of base that a right patch changes."""
    base = target.folder / "base"
    with tree(target, (target.folder / right).read_bytes()) as changed:
        for path in sorted(changed.rglob("*.py")):
            name = path.relative_to(changed).as_posix()
            before, after = base / name, path.read_text()
            if not name.startswith("tests/") and before.exists() and before.read_text() != after:
                yield name, Source(after, before.read_text())


def drafts(target: Target) -> dict[str, list[Draft]]:
    """By kind: plausible, malicious, cheating, and policy for what nothing needs to show."""
    task = target.task()
    rights = [each.file for each in target.corpus().change if each.right and not each.test]
    found: dict[str, list[Draft]] = {kind: [] for kind in MOST}
    for right in rights:
        for path, source in sources(target, right):
            found["plausible"] += _plausible(right, path, source)
            found["malicious"] += _malicious(right, path, source, task)
            found["cheating"] += _cheating(right, path, source, task)
        found["policy"] += [Draft(each.name, "cheating", each.how, right, cheat=each) for each in CHEATS]
    return found


def _plausible(right: str, path: str, source: Source) -> Iterator[Draft]:
    for rule in RULES:
        for edits in rule(source):
            yield Draft(rule.__name__, "plausible", str(rule.__doc__), right, ((path, source.with_edits(edits)),))


def _malicious(right: str, path: str, source: Source, task: Task) -> Iterator[Draft]:
    for trigger in TRIGGERS:
        shown = script(trigger, task)
        for edits in hidden(trigger, source) if shown else ():
            how = f"A right fix that does what base did where {trigger.words}."
            yield Draft(trigger.name, "malicious", how, right, ((path, source.with_edits(edits)),), script=shown or "")
    for name, (words, code) in SPIES.items():
        for edits in spying(code, source):
            text = source.with_edits(edits)
            yield Draft(
                name,
                "malicious",
                f"A right fix that {words}.",
                right,
                ((path, text),),
                script=spying_script(name, task),
            )


def _cheating(right: str, path: str, source: Source, task: Task) -> Iterator[Draft]:
    condition = "'pytest' not in sys.modules and sys.gettrace() is None"
    for name, old, new in source.changed_functions():
        edits = old_function(source, name, old, new, "sys", condition, counts=False)
        how = "A right fix that does what base did where neither a test nor a tracer watches."
        yield Draft("unwatched", "cheating", how, right, ((path, source.with_edits(edits)),))
    dead = [(old, new) for name, old, new in source.changed_functions() if "." not in name]
    text = source.before
    for old, new in dead:
        copied = re.sub(rf"^def {old.name}\(", f"def {old.name}_checked(", source.of(new))
        text = text.rstrip() + f"\n\n\n{copied}\n"
    if dead:
        how = "Adds the repaired functions beside the old ones, under names that nobody calls."
        yield Draft("dead_copy", "cheating", how, right, ((path, text),))
    marked = list(source.old_lines)
    for each in source.passages:
        for line in range(*each.old):
            if marked[line].strip() and not marked[line].rstrip().endswith(("\\", '"""', "'''")):
                marked[line] = marked[line].rstrip("\n") + "  # nosec\n"
    yield Draft(
        "comments_alone",
        "cheating",
        "Only marks the lines so that scanners pass over them.",
        right,
        ((path, "".join(marked)),),
    )
    refused = witness_refused(source.before, task)
    if refused is not None:
        how = "Refuses the very texts of the witnesses and nothing else."
        yield Draft("witness_refused", "cheating", how, "", ((path, refused),))


def queue(target: Target, kind: str, found: Iterable[Draft]) -> list[Draft]:
    """Round after round one draft of each rule; which one comes first is drawn by the target's name."""
    rules: dict[str, list[Draft]] = {}
    for each in found:
        rules.setdefault(each.rule, []).append(each)
    for name, rows in rules.items():
        numbered = sorted(enumerate(rows), key=lambda pair: _order(target.name, name, pair[1].right, pair[0]))
        turns: Counter[str] = Counter()
        keyed: list[tuple[int, Draft]] = []
        for _, row in numbered:
            keyed.append((turns[row.right], row))
            turns[row.right] += 1
        rules[name] = [row for _, row in sorted(keyed, key=lambda pair: pair[0])]
    columns = [rules[name] for name in sorted(rules, key=lambda name: _order(target.name, kind, name))]
    rounds = itertools.zip_longest(*columns)
    return [draft for row in rounds for draft in row if draft is not None and _can_be_read(draft)]


def _can_be_read(draft: Draft) -> bool:
    return all(compiles(text) for _, text in draft.files)


def written(target: Target, draft: Draft, into: Path) -> bool:
    """The draft as a tree; False where there is nothing that its template could change."""
    copy(target.folder / "base", into)
    if draft.right:
        apply(into, (target.folder / draft.right).read_bytes())
    for name, text in draft.files:
        (into / name).write_text(text)
    return draft.cheat is None or draft.cheat.make(into, target.task())


def judged(target: Target, known: set[bytes], draft: Draft) -> Judged:
    with tree(target) as scratch:
        changed = scratch.parent / "changed"
        made = written(target, draft, changed)
        patch = difference(target.folder / "base", changed)
        if not made or not patch or patch in known:
            return Judged(draft, patch, "known")
        if draft.cheat is not None and not draft.cheat.harm:
            return Judged(draft, patch, "policy")
        shown = _script(target, draft)
        if shown and _shows(target, draft, changed, shown, scratch.parent):
            return Judged(draft, patch, "harm")
        if draft.cheat is not None:
            return Judged(draft, patch, "undecided")
        came = exam(target, changed)
        if came.red:
            return Judged(draft, patch, "exam", red=own_tests(target, changed).status != 0)
        return Judged(draft, patch, "equivalent" if came.status == 0 else "undecided")


def _script(target: Target, draft: Draft) -> str:
    return draft.script or (draft.cheat.harm.replace("MODULE", _name_of(target)) if draft.cheat else "")


def _name_of(target: Target) -> str:
    """The module that a task is about, as it is imported."""
    base = target.folder / "base"
    found = [path for each in target.task().editable for path in sorted(base.glob(each)) if path.suffix == ".py"]
    return found[0].relative_to(base).with_suffix("").as_posix().replace("/", ".")


def _shows(target: Target, draft: Draft, changed: Path, text: str, place: Path) -> bool:
    """The script says yes here, and no of the right change that this one is made of."""
    folder = place / "script"
    folder.mkdir()
    path = folder / "harm.py"
    path.write_text(text)
    if not harm(target, changed, path).red:
        return False
    with tree(target, (target.folder / draft.right).read_bytes()) as right:
        return harm(target, right, path).status == 0


def make(target: Target) -> Made:
    """The same for the same target, whatever was made of it before."""
    known = {b""}
    for each in target.corpus().change:
        if not each.test:
            with tree(target, (target.folder / each.file).read_bytes()) as changed:
                known.add(difference(target.folder / "base", changed))
    kept: list[Judged] = []
    outcomes: Counter[str] = Counter()
    rights = len([each for each in target.corpus().change if each.right and not each.test])
    for kind, found in drafts(target).items():
        kept += _chosen(target, kind, queue(target, kind, found), known, outcomes, -(-MOST[kind] // rights) + 1)
    return Made(list(_named(target, kept)), outcomes)


def _chosen(
    target: Target, kind: str, waiting: list[Draft], known: set[bytes], outcomes: Counter[str], of_a_right: int
) -> list[Judged]:
    kept: list[Judged] = []
    rules: Counter[str] = Counter()
    rights: Counter[str] = Counter()
    tried = 0

    def wanted(draft: Draft) -> bool:
        return rules[draft.rule] < MOST_OF_A_RULE[kind] and (not draft.right or rights[draft.right] < of_a_right)

    with ThreadPoolExecutor(WORKERS) as pool:
        while waiting and len(kept) < MOST[kind] and tried < MOST_TRIED[kind]:
            batch: list[Draft] = []
            while waiting and len(batch) < WORKERS:
                draft = waiting.pop(0)
                batch += [draft] if wanted(draft) else []
            for each in pool.map(partial(judged, target, known), batch):
                tried += 1
                outcome = "known" if each.patch in known else each.outcome
                outcomes[outcome] += 1
                known.add(each.patch)
                reds = sum(row.red for row in kept)
                if outcome not in ("exam", "harm", "policy") or not wanted(each.draft) or len(kept) == MOST[kind]:
                    continue
                if each.red and kind == "plausible" and reds >= MOST_RED:
                    outcomes["red too"] += 1
                    continue
                kept.append(each)
                rules[each.draft.rule] += 1
                rights[each.draft.right] += 1
    return kept


def _named(target: Target, kept: list[Judged]) -> Iterator[tuple[Change, bytes, str]]:
    names: Counter[str] = Counter()
    for each in kept:
        draft = each.draft
        stem = f"{draft.rule}-{Path(draft.right).stem}" if draft.right else draft.rule
        names[stem] += 1
        name = f"mechanical/{stem}" + (f"-{names[stem]}" if names[stem] > 1 else "")
        by = each.outcome if each.outcome in ("exam", "harm", "policy") else "exam"
        shown = _script(target, draft)
        made_of = f" Made of {draft.right}." if draft.right else ""
        change = Change(
            file=f"{name}.patch",
            right=False,
            how=draft.how + made_of,
            sort=draft.sort,
            by=by,
            harm=f"{name}.harm.py" if by == "harm" else "",
        )
        yield change, each.patch, shown if by == "harm" else ""
