"""A proposed change as files: a diff put onto a tree, and what two trees differ in."""

from __future__ import annotations

import codecs
import hashlib
import os
import re
import stat
from collections.abc import Iterator, Mapping
from datetime import timedelta
from pathlib import Path

from outpace import sandbox
from outpace.engines.git_environment import environment_of
from outpace.model.errors import BadInput
from outpace.proving.ladder.patch import LINK, PLAIN, PROGRAM, SUBMODULE, Patch, PatchedFile

LARGEST_DIFF = 4 << 20
LARGEST_FILE = 16 << 20
LONGEST = timedelta(minutes=1)
OF_A_DIFF = re.compile(rb"^(?:diff --git |--- |@@ )", re.MULTILINE)
SKIPPED = frozenset({".git", "__pycache__"})
CACHES = frozenset({".pytest_cache", ".hypothesis", ".coverage"})


def put_onto(tree: Path, diff: bytes, name: str = "the diff") -> None:
    """As `git apply` does, wholly or not at all; no path leaves the tree. Raises BadInput, which says the name."""
    if len(diff) > LARGEST_DIFF:
        raise BadInput(f"{name} has more than {LARGEST_DIFF >> 20} MiB", hint="propose a smaller change")
    if why := _is_none(diff):
        raise BadInput(f"{name} {why}", hint="git diff --output my.diff writes one, against the base of the task")
    said = _applied(tree, diff)
    if said is None:
        return
    if _applied(tree, diff, "--check", "--ignore-whitespace") is not None:
        raise BadInput(
            f"{name} does not apply to the base: {said}", hint="make it against the base that the task names: git diff"
        )
    ends = "CRLF line ends, and the base has others" if b"\r\n" in diff else "other line ends than the base"
    raise BadInput(
        f"{name} has {ends}",
        hint="git -c core.autocrlf=false diff --output my.diff writes them as they are in the files",
    )


def _is_none(diff: bytes) -> str:
    """What it is instead of a diff."""
    if not diff.strip():
        return "is empty"
    if diff.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "is UTF-16, as PowerShell writes what it redirects"
    return "" if OF_A_DIFF.search(diff) else "holds no diff"


def _applied(tree: Path, diff: bytes, *how: str) -> str | None:
    """What git says against it, None: nothing."""
    env = {**environment_of(os.environ), "GIT_DIR": os.devnull}
    argv = ["git", "--no-pager", "apply", "--whitespace=nowarn", *how, "-"]
    done = sandbox.run(argv, cwd=tree, env=env, stdin=diff, timeout=LONGEST, accept=None, limit=1 << 20)
    if done.returncode == 0:
        return None
    words = done.stderr.decode("utf-8", "replace").strip().splitlines() or ["git apply said nothing"]
    return sandbox.mask(words[0].removeprefix("error: "))


def between(base: Path, change: Path, elsewhere: Mapping[str, Path] | None = None, *, compiled: bool = False) -> Patch:
    """All files in which they differ. `elsewhere` lies what `change` has too, by path: a link is its text, whatever it
    leads to, and a directory a repository of its own. Where nothing was run in them, what is `compiled` counts too:
    Python may load it in the place of its source."""
    skipped = frozenset({".git"}) if compiled else SKIPPED
    before, after = (dict(_files(root, skipped)) for root in (base, change))
    after.update(elsewhere or {})
    return Patch.of(
        PatchedFile(
            path=path,
            before=_content(before.get(path)),
            after=_content(after.get(path)),
            mode_before=_mode(before.get(path)) or _mode(after.get(path)) or PLAIN,
            mode_after=_mode(after.get(path)) or _mode(before.get(path)) or PLAIN,
        )
        for path in sorted({*before, *after})
        if not _same(before.get(path), after.get(path))
    )


def _files(root: Path, skipped: frozenset[str] = SKIPPED) -> Iterator[tuple[str, Path]]:
    for at, folders, names in os.walk(root):
        links = [name for name in folders if (Path(at) / name).is_symlink()]
        folders[:] = [name for name in folders if name not in skipped and name not in links]
        for name in (*names, *links):
            path = Path(at) / name
            yield path.relative_to(root).as_posix(), path


def _same(one: Path | None, other: Path | None) -> bool:
    return one is not None and other is not None and _mode(one) == _mode(other) and _content(one) == _content(other)


def _content(path: Path | None) -> bytes | None:
    if path is None:
        return None
    if path.is_symlink():
        return os.fsencode(path.readlink())
    if not path.is_file():
        return b"\x00"
    with path.open("rb") as file:
        return file.read(LARGEST_FILE)


def _mode(path: Path | None) -> str:
    if path is None:
        return ""
    state = path.lstat().st_mode
    if stat.S_ISLNK(state):
        return LINK
    if stat.S_ISDIR(state):
        return SUBMODULE
    return PROGRAM if state & stat.S_IXUSR else PLAIN


def snapshot(tree: Path) -> dict[str, str]:
    """Path -> digest of what lies there; what runs of Python and pytest leave is not looked at."""
    found = ((path, place) for path, place in _files(tree) if not CACHES & set(path.split("/")))
    return {path: hashlib.sha256(_mode(place).encode() + (_content(place) or b"")).hexdigest() for path, place in found}


def laid_out(patch: Patch, tree: Path) -> None:
    """Writes the files of a patch into a tree that holds its base; only for plain files, as `shape` lets them pass."""
    top = tree.resolve()
    for file in patch.files:
        place = tree / file.path
        if not place.parent.resolve().is_relative_to(top) or place.is_symlink():
            raise BadInput(f"{file.path} leads out of the tree", hint="propose a change of plain files")
        if file.after is None:
            place.unlink(missing_ok=True)
        else:
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(file.after)
