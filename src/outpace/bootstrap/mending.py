"""What `outpace test mend` works with: both sides of a range, and libcst."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

from outpace.model.errors import ToolMissing, UsageError

if TYPE_CHECKING:
    from outpace.app.test_mend import Range
    from outpace.app.test_mutants import Suite
    from outpace.bootstrap.testing import TestPlace
    from outpace.testing.mending.change import Change
    from outpace.testing.mending.ports import Edits

MOST_COMMITS = 200


class Sides(Struct, frozen=True, kw_only=True):
    """`suite` runs on the later side, in a copy that `write` may change."""

    span: Range
    change: Change
    suite: Suite
    base: Callable[[], Suite]
    write: Callable[[str, str], None]


def edits() -> Edits:
    """Raises ToolMissing where the extra `testing` is not installed."""
    try:
        from outpace.engines.libcst_edits import LibcstEdits
    except ImportError:
        raise ToolMissing(
            "libcst, which edits tests, is not installed", hint='install the extra: pip install "outpace[testing]"'
        ) from None
    return LibcstEdits()


def sides(here: TestPlace, asked: str | None) -> Sides:
    """`BASE..HEAD`, `BASE` (to the files as they lie here), or since the default branch. Raises UsageError."""
    from outpace.app.test_mend import Range
    from outpace.app.test_mutants import Suite
    from outpace.engines.texts import texts
    from outpace.testing.mending.change import Change

    base, head = _ends(here, asked)
    old = here.tree_of(base)
    new = here.tree if head is None else here.tree_of(head)
    paths = here.repository.present() if head is None else here.repository.paths(head)
    change = Change(
        old=texts(old, here.repository.paths(base)),
        new=texts(new, paths),
        roots=here.built.roots,
        messages=_messages(here, base, head or here.repository.head()),
    )
    return Sides(
        span=Range(base=base, head=head or ""),
        change=change,
        suite=Suite(inside=here.inside(new), root=str(new), words=here.words),
        base=lambda: Suite(inside=here.inside(old), root=str(old), words=here.words),
        write=lambda path, text: _write(new / path, text),
    )


def _write(place: Path, text: str) -> None:
    place.write_bytes(text.encode())


def _ends(here: TestPlace, asked: str | None) -> tuple[str, str | None]:
    if asked:
        first, dots, last = asked.partition("..")
        return _resolved(here, first), _resolved(here, last.lstrip(".")) if dots and last else None
    named = here.repository.default_branch() or "HEAD"
    head = here.repository.head()
    return here.repository.merge_base(_resolved(here, named), head) or head, None


def _resolved(here: TestPlace, named: str) -> str:
    revision = here.repository.resolve(named)
    if revision is None:
        raise UsageError(f"there is no revision {named!r}", hint="name branches, tags or commits: main..HEAD")
    return revision


def _messages(here: TestPlace, base: str, head: str) -> tuple[str, ...]:
    """Of the commits since, along first parents."""
    found: list[str] = []
    at: str | None = head
    while at is not None and at != base and len(found) < MOST_COMMITS:
        found.append(here.repository.message(at))
        at = next(iter(here.repository.parents(at)), None)
    return tuple(found)
