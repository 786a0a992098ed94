"""git, for a branch that is split: reads what changed between two trees, and writes each step as a commit."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from outpace.delivery.splitting.pieces import Changed, Gone, Partly, Side, State, Whole
from outpace.engines.git import Author, Entry, Repository, is_plain
from outpace.engines.scratch import scratch
from outpace.model.errors import BadInput

LARGEST_TEXT = 4 << 20
MESSAGES_AT_MOST = 50
HERE = frozenset({"100644", "100755"})


class Steps(Repository):
    """Neither working tree nor index is touched; a commit is dated like its parent, so that the same input gives the
    same commit."""

    def changed_files(self, base: str, revision: str) -> tuple[Changed, ...]:
        paths = [path for _, path in self.changed(base, revision)]
        strange = next((path for path in paths if not is_plain(path)), None)
        if strange is not None:
            raise BadInput(f"cannot split a change of the path {strange!r}", hint="rename it")
        near, far = self._entries_of(base, paths), self._entries_of(revision, paths)
        return tuple(
            Changed(path=path, before=self._side(near.get(path)), after=self._side(far.get(path))) for path in paths
        )

    def _entries_of(self, revision: str, paths: Iterable[str]) -> dict[str, Entry]:
        """Submodules too."""
        self.paths(revision)  # lists the tree once
        found = ((path, self.entry(revision, path)) for path in paths)
        return {path: entry for path, entry in found if entry is not None and entry.kind != "tree"}

    def _side(self, entry: Entry | None) -> Side | None:
        if entry is None:
            return None
        return Side(entry.mode, entry.id, self._text_of(entry) if entry.mode in HERE else None)

    def _text_of(self, entry: Entry) -> str | None:
        content = self._told_of((entry.id,), "cat-file", "blob", entry.id)
        if len(content) > LARGEST_TEXT or b"\0" in content:
            return None
        try:
            return content.decode()
        except UnicodeDecodeError:
            return None

    def step(self, parent: str, states: Mapping[str, State], message: str, author: tuple[str, str]) -> str:
        """A commit on top of `parent` that no branch points at."""
        name, email = author
        date = f"@{int(self.commit_time(parent).timestamp())} +0000"
        with scratch("index") as place:
            env = {"GIT_INDEX_FILE": str(place / "index")}
            self._git("read-tree", parent, env=env)
            rows = [(path, self._row(path, state)) for path, state in sorted(states.items())]
            gone = [row for path, row in rows if isinstance(states[path], Gone)]
            come = [row for path, row in rows if not isinstance(states[path], Gone)]
            self._git("update-index", "-z", "--index-info", env=env, stdin=b"".join([*gone, *come]))
            tree = self._git("write-tree", env=env).decode().strip()
        who = {
            f"GIT_{role}_{field}": value
            for role in ("AUTHOR", "COMMITTER")
            for field, value in (("NAME", name), ("EMAIL", email), ("DATE", date))
        }
        made = self._git("commit-tree", "-p", parent, tree, env=who, stdin=message.encode("utf-8", "surrogateescape"))
        return made.decode().strip()

    def _row(self, path: str, state: State) -> bytes:
        match state:
            case Gone():
                mode, blob = "0", "0" * 40
            case Whole(mode, blob):
                pass
            case Partly(mode, text):
                blob = self._git("hash-object", "-w", "--no-filters", "--stdin", stdin=text.encode()).decode().strip()
        return f"{mode} {blob}\t".encode() + path.encode("utf-8", "surrogateescape") + b"\0"

    def between(self, base: str, revision: str) -> tuple[str, ...]:
        """The commits of a branch since base, the oldest first."""
        return tuple(self._text("rev-list", "--reverse", f"{base}..{revision}", "--").split())

    def authors(self, base: str, revision: str) -> tuple[Author, ...]:
        """Each once."""
        listed = self._text("log", "--format=%an%x00%ae", f"{base}..{revision}", "--")
        rows = (line.split("\0") for line in listed.splitlines())
        return tuple(dict.fromkeys(Author(row[0], row[1]) for row in rows if len(row) == 2 and all(row)))

    def messages(self, base: str, revision: str, paths: tuple[str, ...]) -> tuple[str, ...]:
        """Of the commits that touch one of the paths, the oldest first."""
        listed = self._text("log", "--reverse", "--no-merges", "--format=%B%x00", f"{base}..{revision}", "--", *paths)
        return tuple(each.strip() for each in listed.split("\0") if each.strip())[:MESSAGES_AT_MOST]
