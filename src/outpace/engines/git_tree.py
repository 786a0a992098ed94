"""A repository as its last commit has it, with the outpace.toml that lies there now."""

from __future__ import annotations

from outpace.engines.git import Repository
from outpace.pipelines.configuration import FILE


class HeadTree:
    """Implements `app.applications.Tree`."""

    def __init__(self, repository: Repository) -> None:
        self._repository = repository
        self._head = repository.head()

    @property
    def directory(self) -> str:
        return self._repository.root.name

    @property
    def branch(self) -> str | None:
        return self._repository.branch()

    def paths(self) -> tuple[str, ...]:
        return self._repository.paths(self._head)

    def look_up(self, path: str) -> bytes | None:
        written = self._repository.root / path
        if path == FILE and written.is_file():
            return written.read_bytes()
        return self._repository.read(self._head, path)
