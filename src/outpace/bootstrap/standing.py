"""Whether what a commit added is on the deploy branch still."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from outpace.bootstrap import Workplace


def stands_on(here: Workplace) -> Callable[[str], bool | None]:
    """Of a commit: None where it is not on the deploy branch, else whether each line that it added to a file is there
    still, as often as it added it. A commit that was squashed or rebased is not on it."""
    application, repository = here.setup.application, here.repository
    tip = repository.resolve(application.branch) or repository.resolve(f"{application.remote}/{application.branch}")

    @cache
    def stands(revision: str) -> bool | None:
        if tip is None or repository.resolve(revision) is None:
            return None
        if not repository.is_ancestor(revision, tip):
            return None
        base = repository.parents(revision)[0]
        return all(_lines_stand(base, revision, path) for _, path in repository.changed(base, revision))

    def _lines_stand(base: str, revision: str, path: str) -> bool:
        before, after, there = (_lines(each, path) for each in (base, revision, tip or revision))
        return after - before <= there

    def _lines(revision: str, path: str) -> Counter[bytes]:
        content = repository.read(revision, path) or b""
        return Counter(line.strip() for line in content.splitlines() if line.strip())

    return stands
