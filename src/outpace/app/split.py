"""Split: a large change becomes a sequence of small ones, each proved by itself, whose last tree is the branch's."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Protocol, TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from outpace.app.migrations import Tree, sought, texts, where
from outpace.delivery.splitting.migrating import Trees
from outpace.delivery.splitting.pieces import Changed, Held, Piece, Plan, State
from outpace.delivery.splitting.propose import merged, proposed
from outpace.delivery.splitting.risk import Risk, risk
from outpace.ecosystems.spelling import printable
from outpace.model.application import Application
from outpace.model.errors import NotFound, UsageError
from outpace.model.proof import Check, Conclusion, Failed, Proof, Proved, Refuted
from outpace.model.words import counted

SHOWN = 3
SUBJECT_WIDTH = 72
NOT_CURED = frozenset({"capabilities", "lock diff", "re-match", "probe", "added code exercised"})
"""Checks that say the same of a step as of the step with its neighbor."""
OURS = ("Outpace", "outpace@localhost")


class Who(Protocol):
    """An author."""

    @property
    def name(self) -> str: ...
    @property
    def email(self) -> str: ...


class Repository(Protocol):
    """The part of a git repository that this needs."""

    def resolve(self, name: str) -> str | None: ...
    def merge_base(self, one: str, other: str) -> str | None: ...
    def tree(self, revision: str) -> str: ...
    def parents(self, revision: str) -> tuple[str, ...]: ...
    def dirty(self) -> tuple[str, ...]: ...
    def between(self, base: str, revision: str) -> tuple[str, ...]: ...
    def authors(self, base: str, revision: str) -> tuple[tuple[str, str], ...]: ...
    def messages(self, base: str, revision: str, paths: tuple[str, ...]) -> tuple[str, ...]: ...
    def changed_files(self, base: str, revision: str) -> tuple[Changed, ...]: ...
    def step(self, parent: str, states: Mapping[str, State], message: str, author: tuple[str, str]) -> str: ...
    def create_branch(self, name: str, revision: str, expected_old: str | None = None) -> None: ...


class Asked(Struct, frozen=True, kw_only=True):
    """Full commit ids; `notes` tell what a reader may wonder at."""

    branch: str
    base: str
    revision: str
    notes: tuple[str, ...] = ()


class NotProved(Struct, frozen=True, tag=True):
    """Nothing was run."""


Found: TypeAlias = Conclusion | NotProved


class Step(Struct, frozen=True, kw_only=True):
    """One piece, as a commit."""

    piece: Piece
    revision: str
    risk: Risk
    found: Found


class Joined(Struct, frozen=True, kw_only=True):
    """Two pieces that a proof did not let be apart."""

    one: str
    other: str
    why: str


class View(Struct, frozen=True, kw_only=True):
    asked: Asked
    steps: tuple[Step, ...]
    held: tuple[Held, ...] = ()
    joined: tuple[Joined, ...] = ()
    whole: Found = NotProved()
    landed: str = ""  # the branch that was written
    is_new: bool = False

    @property
    def proved(self) -> bool:
        return all(isinstance(step.found, Proved) for step in self.steps)

    @property
    def refuted(self) -> bool:
        return any(isinstance(step.found, Refuted) for step in self.steps)


class Tools(Struct, frozen=True, kw_only=True):
    """Without `prove`, which takes base and revision, nothing is proved."""

    repository: Repository
    tree: Callable[[str], Tree]
    prove: Callable[[str, str], Proof] | None
    report: Callable[[str], None]


def asked_of(repository: Repository, application: Application, branch: str, onto: str | None) -> Asked:
    """Where the branch began. Raises NotFound, and UsageError where there is nothing to split."""
    revision = repository.resolve(branch)
    if revision is None:
        raise NotFound(f"there is no branch or revision {branch}", hint="git branch --all lists them")
    name = onto or application.branch
    target = repository.resolve(name) or (None if onto else repository.resolve(f"{application.remote}/{name}"))
    if target is None:
        raise NotFound(f"there is no branch or revision {name}", hint="name what the branch left: --onto REVISION")
    base = repository.merge_base(target, revision)
    if base is None:
        raise UsageError(f"{branch} shares no history with {name}", hint="name what the branch left: --onto REVISION")
    if base == revision:
        raise UsageError(f"{name} holds all of {branch}: there is nothing to split", hint="name another branch")
    if repository.tree(base) == repository.tree(revision):
        raise UsageError(f"{branch} ends with the files that it began with: there is nothing to split")
    return Asked(branch=branch, base=base, revision=revision, notes=_notes(repository, name, target, base, revision))


def _notes(repository: Repository, name: str, target: str, base: str, revision: str) -> tuple[str, ...]:
    notes: list[str] = []
    behind = len(repository.between(base, target))
    if behind:
        notes.append(f"{name} has {counted(behind, 'commit')} more: the steps begin where the branch left it")
    merges = [each for each in repository.between(base, revision) if len(repository.parents(each)) > 1]
    if merges:
        told = f"{counted(len(merges), 'merge commit')} ({merges[0][:12]})"
        notes.append(f"it holds {told}: what came by it is split with the rest")
    dirty = repository.dirty()
    if dirty:
        more = f" and {len(dirty) - SHOWN} more" if dirty[SHOWN:] else ""
        notes.append(f"uncommitted changes are no part of it: {', '.join(dirty[:SHOWN])}{more}")
    return tuple(notes)


def split(application: Application, asked: Asked, *, tools: Tools, at_most: int) -> View:
    """Commits without a branch; the last has the tree of the branch, else it is a bug."""
    tools.report("reading what changed")
    changed = tools.repository.changed_files(asked.base, asked.revision)
    plan = proposed(changed, at_most=at_most, migrations=_migrations(application, asked, changed, tools.tree))
    tools.report(f"{counted(len(plan.pieces), 'piece')} proposed for {application.name}")
    made = _Making(asked, tools, plan)
    view = made.view()
    last = view.steps[-1].revision
    assert tools.repository.tree(last) == tools.repository.tree(asked.revision), "the steps do not end in the branch"
    return view


def _migrations(
    application: Application, asked: Asked, changed: tuple[Changed, ...], tree: Callable[[str], Tree]
) -> Trees:
    """As `outpace migrations` reads them; nothing is read where the branch touches none."""
    place, declared = where(application)
    if not sought((each.path for each in changed), place, declared):
        return Trees()
    base, head = (texts(tree(revision), place, declared) for revision in (asked.base, asked.revision))
    return Trees(base, head, declared)


def land(view: View, repository: Repository, prefix: str) -> View:
    """Writes the steps as a branch, unless it is there already. Raises Refused where another branch has its name."""
    name = prefix + view.asked.branch.removeprefix("refs/heads/")
    last = view.steps[-1].revision
    if repository.resolve(f"refs/heads/{name}") == last:
        return replace(view, landed=name)
    repository.create_branch(name, last)
    return replace(view, landed=name, is_new=True)


class _Making:
    """The steps of a plan, while they are proved one after another."""

    def __init__(self, asked: Asked, tools: Tools, plan: Plan) -> None:
        self._asked, self._tools, self._plan = asked, tools, plan
        people = tools.repository.authors(asked.base, asked.revision)
        self._author = people[0] if len(people) == 1 else OURS
        self._steps: list[Step] = []
        self._joined: list[Joined] = []
        self._whole: Proof | None = None

    def view(self) -> View:
        if self._tools.prove is not None and len(self._plan.pieces) > 1:
            self._tools.report("proving the whole")
            self._whole = self._tools.prove(self._asked.base, self._asked.revision)
        while len(self._steps) < len(self._plan.pieces):
            self._next()
        whole = self._steps[-1].found if len(self._steps) == 1 else None
        return View(
            asked=self._asked,
            steps=tuple(self._steps),
            held=self._plan.held,
            joined=tuple(self._joined),
            whole=whole or (self._whole.conclusion if self._whole else NotProved()),
        )

    def _next(self) -> None:
        at = len(self._steps)
        piece = self._plan.pieces[at]
        parent = self._steps[-1].revision if self._steps else self._asked.base
        revision = self._committed(piece, parent, at)
        if self._tools.prove is None:
            self._keep(piece, revision, NotProved())
            return
        self._tools.report(f"proving step {at + 1} of {len(self._plan.pieces)}: {piece.title}")
        proof = self._tools.prove(parent, revision)
        why = self._against(proof)
        if not why or len(self._plan.pieces) == 1:
            self._keep(piece, revision, proof.conclusion)
        elif at + 1 < len(self._plan.pieces):
            self._join(at, why)
        else:
            self._steps.pop()
            self._join(at - 1, why)

    def _keep(self, piece: Piece, revision: str, found: Found) -> None:
        self._steps.append(Step(piece=piece, revision=revision, risk=risk(piece), found=found))

    def _join(self, at: int, why: str) -> None:
        one, other = self._plan.pieces[at : at + 2]
        self._joined.append(Joined(one=one.title, other=other.title, why=why))
        self._plan = merged(self._plan, at, f"its parts cannot be apart: {why}")

    def _against(self, proof: Proof) -> str:
        """Why the step does not stand alone; empty where it does, or where the whole is refuted by the same."""
        if not isinstance(proof.conclusion, Refuted):
            return ""
        failed = [check for check in proof.checks if isinstance(check.result, Failed) and check.name not in NOT_CURED]
        known = {check.name: check for check in (self._whole.checks if self._whole else ())}
        for check in failed:
            if _is_of_the_whole(check, known.get(check.name)):
                continue
            if check.red:
                more = f" and {len(check.red) - SHOWN} more" if check.red[SHOWN:] else ""
                return f"{', '.join(check.red[:SHOWN])}{more} {'is' if len(check.red) == 1 else 'are'} red between"
            return proof.conclusion.reason
        return ""

    def _committed(self, piece: Piece, parent: str, at: int) -> str:
        states = {edit.path: edit.state for edit in piece.edits}
        return self._tools.repository.step(parent, states, self._message(piece, at), self._author)

    def _message(self, piece: Piece, at: int) -> str:
        """What a dependency step says of its packages is what the branch said."""
        title, why = printable(piece.title), printable(piece.why)
        subject = title if len(title) <= SUBJECT_WIDTH else f"{title[: SUBJECT_WIDTH - 1]}…"
        parts = [subject, *([title] if subject != title else [])]
        parts.append(f"It comes here because {why}." if why else "")
        if any(edit.path.endswith((".lock", ".txt", ".toml", ".in")) for edit in piece.edits):
            paths = tuple(edit.path for edit in piece.edits)
            parts += self._tools.repository.messages(self._asked.base, self._asked.revision, paths)
        parts.append(f"Split-From: {self._asked.revision}\nSplit-Step: {at + 1}")
        return "\n\n".join(part.strip() for part in parts if part) + "\n"


def _is_of_the_whole(check: Check, whole: Check | None) -> bool:
    """The whole is refuted by the same."""
    if whole is None or not isinstance(whole.result, Failed):
        return False
    return set(check.red) <= set(whole.red) if check.red else check.result == whole.result
