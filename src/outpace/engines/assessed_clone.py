"""One clone, opened for an assessment. Implements `app.assess.Clone`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from outpace.engines.history.clone import Clone
from outpace.engines.history.fetched import known_until
from outpace.engines.revision import Revision
from outpace.model.fact import digest_of
from outpace.proving.ports import Results

if TYPE_CHECKING:
    from outpace.engines.history.git_history import GitHistory

LIKE_ANY = ("repo", "src", "source", "checkout", "clone")


class AssessedClone:
    """Raises NotARepository where there is none, or none with a commit; NotFound for a branch that it has not."""

    def __init__(
        self,
        root: Path,
        *,
        branch: str | None,
        environ: Mapping[str, str],
        cached: Results,
        is_lock: Callable[[str], bool],
        is_interesting: Callable[[str], bool],
        reads: str,
        report: Callable[[str], None],
    ) -> None:
        self._clone = Clone(root, environ)
        self._tip = self._clone.tip(branch)
        self._cached, self._reads = cached, reads

        def opened(at: datetime) -> GitHistory:
            """Imported when a history is read: what is known already needs none of it."""
            from outpace.engines.history.git_history import GitHistory
            from outpace.engines.history.tag_names import shown

            return GitHistory(
                root,
                at=at,
                is_lock=is_lock,
                is_interesting=is_interesting,
                environ=environ,
                cached=cached,
                report=report,
                branch=branch,
                reads=reads,
                tag_name=shown,
            )

        self._opened = opened
        self.root = str(root)
        self.name = _name(self._clone.directory)

    def state(self) -> str:
        tags = self._clone.read("for-each-ref", "--format=%(objectname) %(refname)", "refs/tags")
        told = tags.decode("utf-8", "backslashreplace")
        place = (self._reads, self._tip.branch, self._tip.commit, self._clone.cut)
        return digest_of(*place, told, str(self.known_until()))

    def known_until(self) -> datetime | None:
        clone = self._clone
        return known_until(clone.directory, self._tip.commit, has_remote=clone.has_remote, is_bare=clone.is_bare)

    def roots(self) -> tuple[str, ...]:
        """The commits that the first parents of the tip lead to."""
        key = digest_of("roots", self._clone.cut, self._tip.commit)
        listed = self._cached.get(key)
        if listed is None:
            words = ("rev-list", "--first-parent", "--max-parents=0", self._tip.commit, "--")
            listed = self._clone.read(*words)
            self._cached.put(key, listed)
        return tuple(sorted(listed.decode().split()))

    def histories(self, at: datetime) -> GitHistory:
        return self._opened(at)

    def files(self, revision: str) -> Revision:
        return Revision(self._clone, revision)


def _name(directory: Path) -> str:
    """Of the directory that holds it; where that is called like any other, with the one above. A remote's address is
    not asked: it may hold a person's name."""
    place = directory.parent if directory.name == ".git" else directory
    name = place.name.removesuffix(".git")
    return f"{place.parent.name}/{name}" if name in LIKE_ANY and place.parent.name else name
