"""The files that git tracks, as they lie in the working directory."""

from __future__ import annotations

from outpace.engines.git import Repository
from outpace.engines.tree import WorkingTree
from outpace.model.errors import BadInput


class Checkout:
    """Implements `app.applications.Tree`. Links that lead out of the tree are not followed."""

    def __init__(self, repository: Repository) -> None:
        self._repository = repository
        self._files = WorkingTree(repository.root)

    @property
    def directory(self) -> str:
        """The remote's name for it, which every clone shares, else the directory's."""
        url = self._repository.remote_url("origin") or ""
        return url.rstrip("/").rpartition("/")[2].removesuffix(".git").rpartition(":")[2] or self._repository.root.name

    @property
    def branch(self) -> str | None:
        return self._repository.default_branch()

    def paths(self) -> tuple[str, ...]:
        return self._repository.tracked()

    def look_up(self, path: str) -> bytes | None:
        try:
            return self._files.look_up(path)
        except BadInput:
            return None
