"""What an assessment could not see, why, and what would settle it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from outpace.app.lock_versions import NOT_HERE
from outpace.assessment.chronicle import Chronicle
from outpace.assessment.episodes import History, Undated, Unread
from outpace.assessment.evidence import Question
from outpace.assessment.paths import Adoption
from outpace.model.words import counted
from outpace.pipelines.configuration import FILE

REFETCH = "a full clone, or git fetch --refetch --filter=blob:limit=10m"
NAMED = 3  # packages that a question names, and files


def questions(
    path: Adoption, chronicle: Chronicle, history: History, deployed: Collection[str] = ()
) -> Iterator[Question]:
    """What nothing could be read of comes first, then what was cut off, then what the path needs. `deployed` are the
    locks that outpace.toml names.
    """
    horizon = chronicle.horizon
    yield from _never_there(deployed, history, horizon.branch)
    yield from _unread(history)
    yield from _moved(history)
    yield from _removed(history)
    if horizon.in_future:
        yield Question(
            what=f"when {counted(horizon.in_future, 'change')} landed",
            why="their dates have not come yet: each is told as of the next change with a date that has, or of the "
            "day of the assessment",
            would_settle="the days on which they were pushed",
        )
    if horizon.shallow:
        yield Question(
            what="the history before this clone begins",
            why="the clone is shallow: its history is cut off",
            would_settle="git fetch --unshallow, and run again",
        )
    if horizon.partial:
        yield Question(
            what="files that this clone does not hold",
            why="it is a partial clone, and nothing is fetched for an assessment",
            would_settle=REFETCH,
        )
    for ecosystem, packages in history.uncovered:
        yield Question(
            what=f"advisories of {ecosystem}",
            why=f"the lock files name {packages:,} packages of {ecosystem}, and there is no data about them here",
            would_settle=f"outpace advisories update --ecosystem {ecosystem}",
        )
    yield from path.questions
    yield from _undated(history.undated)


def _never_there(deployed: Collection[str], history: History, branch: str) -> Iterator[Question]:
    known = {lock.path for lock in history.locks}
    for path in dict.fromkeys(deployed):
        if path not in known:
            yield Question(
                what=f"what {path} pins",
                why=f"{FILE} names it in locks, and there never was such a file on {branch}",
                would_settle=f"its path from the root of the repository, in {FILE}",
            )


def _moved(history: History) -> Iterator[Question]:
    """The last ones by name."""
    every = sorted(history.moved, key=lambda each: each.since, reverse=True)
    settles = f"its new name in locks of {FILE}, if that is deployed"
    for one in every[:NAMED]:
        yield Question(
            what=f"what became of {one.path} since {one.since:%Y-%m-%d}",
            why=f"it was moved unchanged to {one.to}",
            would_settle=settles,
        )
    if rest := every[NAMED:]:
        yield Question(
            what=f"what became of {counted(len(rest), 'more lock file')}",
            why=f"moved unchanged to where they do not count, until {rest[0].since:%Y-%m-%d}",
            would_settle=settles,
        )


def _removed(history: History) -> Iterator[Question]:
    """What may still come in by another way than the file that it left."""
    whys = {item.package.name: item.why for item in history.items if item.state == "removed" and item.why}
    if not whys:
        return
    names = sorted(whys)
    more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    yield Question(
        what=f"whether {', '.join(names[:NAMED])}{more} may still be installed, without a pin",
        why=whys[names[0]],
        would_settle="a lock of all that is installed (uv lock, pip-compile), or the list of it (uv pip freeze)",
    )


def _unread(history: History) -> Iterator[Question]:
    """Those that are still there first, each by its name; many of them together."""
    every = sorted(history.unread, key=lambda each: (each.until is not None, each.since, each.path))
    for one in every[: NAMED if len(every) > NAMED + 1 else None]:
        when = (
            f"since {one.since:%Y-%m-%d}" if one.until is None else f"from {one.since:%Y-%m-%d} to {one.until:%Y-%m-%d}"
        )
        yield Question(
            what=f"what {one.path} pins {when}",
            why=f"{one.path} cannot be read: {one.why}",
            would_settle=_settles(one),
        )
    if len(every) > NAMED + 1:
        rest = every[NAMED:]
        yield Question(
            what=f"what {len(rest)} more lock files pin",
            why=f"they cannot be read: {rest[0].path} since {rest[0].since:%Y-%m-%d}: {rest[0].why}; and others",
            would_settle="versions of them that can be read",
        )


def _settles(one: Unread) -> str:
    """What only this clone lacks can be had."""
    if one.why == NOT_HERE.why:
        return REFETCH
    return "a version of it that can be read" if one.until is None else "nothing: it is gone"


def _undated(undated: Sequence[Undated]) -> Iterator[Question]:
    for one in undated:
        names = [package.name for package in one.packages]
        more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
        yield Question(
            what="when fixes were released",
            why=f"of {', '.join(names[:NAMED])}{more}: {one.why}",
            would_settle=one.would_settle,
        )
