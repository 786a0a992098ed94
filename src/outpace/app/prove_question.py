"""What is asked of a change: which revision against which base, and what the change says it is for."""

from __future__ import annotations

from msgspec import Struct

from outpace.model.application import Application
from outpace.model.change import Change
from outpace.model.errors import NotFound, UsageError
from outpace.proving import purpose
from outpace.proving.ports import Trees
from outpace.proving.purpose import Purpose
from outpace.stories.history import History

COMMITS_READ = 100


class Question(Struct, frozen=True, kw_only=True):
    """Full commit ids."""

    base: str
    revision: str


def question(
    trees: Trees, application: Application, revision: str | None, base: str | None, recorded: History | None = None
) -> Question:
    """Revision defaults to HEAD; base to that of the recorded change, else to where it left the deploy branch."""
    asked = _resolved(trees, revision) if revision else trees.head()
    if base is not None:
        return _different(Question(base=_resolved(trees, base), revision=asked), application)
    proposed = None if recorded is None else recorded.proposed(asked)
    if proposed is not None and trees.resolve(proposed.base) is not None:
        return Question(base=proposed.base, revision=asked)
    deployed = trees.resolve(application.branch) or trees.resolve(f"{application.remote}/{application.branch}")
    if deployed is None:
        raise NotFound(f"there is no branch {application.branch}", hint="name what to compare with: --base REVISION")
    shared = trees.merge_base(deployed, asked)
    if shared is None:
        raise UsageError(f"{asked[:12]} shares no history with {application.branch}", hint="name --base REVISION")
    return _different(Question(base=shared, revision=asked), application)


def recorded_change(recorded: History, asked: Question) -> Change | None:
    """The change that Outpace proposed itself, if this is one; a stranger's speaks through its commits."""
    change = recorded.proposed(asked.revision)
    return change if change is not None and change.base == asked.base else None


def purpose_of(trees: Trees, asked: Question, change: Change | None) -> Purpose:
    """What the recorded change says it is for, else what its commits say."""
    return purpose.of_change(change) if change else _stated(trees, asked.base, asked.revision)


def _resolved(trees: Trees, name: str) -> str:
    found = trees.resolve(name)
    if found is None:
        raise NotFound(
            f"there is no branch or revision {name} in this clone",
            hint="git branch --all lists them; of another clone, git fetch brings it or outpace respond makes it again",
        )
    return found


def _different(asked: Question, application: Application) -> Question:
    if asked.base == asked.revision:
        raise UsageError(
            f"{asked.revision[:12]} is what {application.branch} has already: there is no change to prove",
            hint="name a branch, or a --base REVISION before the change",
        )
    return asked


def _stated(trees: Trees, base: str, revision: str) -> Purpose:
    """From the messages of every commit since base, along first parents."""
    messages: list[str] = []
    at: str | None = revision
    while at is not None and at != base and len(messages) < COMMITS_READ:
        messages.append(trees.message(at))
        at = next(iter(trees.parents(at)), None)
    return purpose.of_message("\n\n".join(reversed(messages)))
