"""The copy of a tree that an agent works on: made, looked over without trusting it, and removed."""

from __future__ import annotations

import os
import shutil
import stat
from datetime import timedelta
from pathlib import Path

from msgspec import Struct

from outpace import sandbox
from outpace.engines.git_environment import environment_of
from outpace.engines.proposed import SKIPPED
from outpace.engines.removal import removed
from outpace.model.errors import Error, Refused
from outpace.model.words import counted

DEEPEST = 60
LONGEST_PATH = 3_500  # the kernel takes 4,096 bytes
ENTRIES = 20_000
"""More than base has: what an agent's own tools may leave, most of which is no part of its change."""
NEW_FILES = 200
CHANGED = 8 << 20
LEFTOVERS = frozenset({".aider.tags.cache.v4", ".mypy_cache", ".pytest_cache", ".ruff_cache", "node_modules"})
LONGEST = timedelta(minutes=1)


class Entry(Struct, frozen=True):
    kind: int  # stat.S_IFMT of its mode
    size: int


def copied(tree: Path, into: Path) -> frozenset[str]:
    """Without git directories and special files; gives the links that lead out of the tree, which are not copied."""
    root = tree.resolve()
    left_out: set[str] = set()
    into.mkdir()
    for at, folders, names in os.walk(root):
        here = Path(at)
        links = [name for name in folders if (here / name).is_symlink()]
        folders[:] = [name for name in folders if name != ".git" and name not in links]
        for name in folders:
            (into / (here / name).relative_to(root)).mkdir()
        for name in (*names, *links):
            place = here / name
            path = place.relative_to(root)
            if place.is_symlink():
                if _leads_out(place, root):
                    left_out.add(path.as_posix())
                else:
                    (into / path).symlink_to(place.readlink())
            elif place.is_file() and name != ".git":
                shutil.copy2(place, into / path)
                (into / path).chmod(stat.S_IMODE(place.stat().st_mode) | stat.S_IRUSR | stat.S_IWUSR)
    return frozenset(left_out)


def _leads_out(link: Path, root: Path) -> bool:
    """Also one that leads in by an absolute path: in the copy it would lead to the original."""
    return link.readlink().is_absolute() or not Path(os.path.realpath(link)).is_relative_to(root)


def entries(root: Path, *, most: int) -> dict[str, Entry]:
    """Files and links by path, without following any. Folders that were closed are opened. Raises Refused."""
    found: dict[str, Entry] = {}
    seen = 0
    waiting = [(root, 0)]
    while waiting:
        folder, depth = waiting.pop()
        if depth > DEEPEST or len(str(folder)) > LONGEST_PATH:
            raise Refused("it left folders in folders, deeper than is looked into")
        for entry in _listed(folder):
            seen += 1
            if seen > most:
                raise Refused(f"it left more than {counted(most, 'file')}")
            about = entry.stat(follow_symlinks=False)
            if stat.S_ISDIR(about.st_mode):
                if entry.name not in SKIPPED:
                    waiting.append((Path(entry.path), depth + 1))
                continue
            if stat.S_ISREG(about.st_mode) and not about.st_mode & stat.S_IRUSR:
                Path(entry.path).chmod(stat.S_IMODE(about.st_mode) | stat.S_IRUSR)
            found[Path(entry.path).relative_to(root).as_posix()] = Entry(stat.S_IFMT(about.st_mode), about.st_size)
    return found


def _listed(folder: Path) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as listed:
            return list(listed)
    except PermissionError:
        folder.chmod(0o700)
        with os.scandir(folder) as listed:
            return list(listed)


def looked_over(base: Path, copy: Path, *, ours: Path) -> tuple[str, ...]:
    """Before anything in the copy is read: it holds no more than a change may. What the repository ignores, and what
    tools leave, is removed and its count said. Raises Refused with a sentence. `ours` is an empty place for git.
    """
    before = entries(base, most=10_000_000)
    after = entries(copy, most=len(before) * 2 + ENTRIES)
    new = sorted(path for path in after if path not in before)
    dropped = {path for path in new if LEFTOVERS.intersection(path.split("/")) or path.startswith(".aider.")}
    dropped |= ignored(base, [path for path in new if path not in dropped], ours=ours)
    for path in dropped:
        (copy / path).unlink()
    kept = {path: entry for path, entry in after.items() if path not in dropped}
    odd = [path for path, entry in sorted(kept.items()) if entry.kind not in {stat.S_IFREG, stat.S_IFLNK}]
    if odd:
        raise Refused(f"it left {odd[0]}, which is neither a file nor a link")
    if len(new) - len(dropped) > NEW_FILES:
        raise Refused(f"it left {counted(len(new) - len(dropped), 'new file')}, and {NEW_FILES} are allowed")
    size = sum(entry.size for path, entry in kept.items() if before.get(path) != entry)
    if size > CHANGED:
        raise Refused(f"the files that it changed have {size >> 20} MiB, and {CHANGED >> 20} are allowed")
    return (f"{counted(len(dropped), 'new file')} that the repository ignores left out",) if dropped else ()


def ignored(base: Path, paths: list[str], *, ours: Path) -> frozenset[str]:
    """By the rules of base, never by those that the agent may have written; git runs over base alone."""
    if not paths:
        return frozenset()
    try:
        sandbox.run(["git", "init", "-q", "--bare", ours], env=_environment(), timeout=LONGEST)
        argv = ["git", f"--git-dir={ours}", f"--work-tree={base}", "check-ignore", "--no-index", "-z", "--stdin"]
        asked = b"".join(os.fsencode(path) + b"\0" for path in paths)
        done = sandbox.run(argv, cwd=base, env=_environment(), stdin=asked, timeout=LONGEST, accept=(0, 1))
    except Error:
        return frozenset()  # more is kept then, and judged
    return frozenset(os.fsdecode(path) for path in done.stdout.split(b"\0") if path)


def given_a_repository(copy: Path) -> bool:
    """A git directory of its own with one commit, since many agents want one; it is never read afterwards. Whether
    there is one: git may be missing, or not take the tree.
    """
    try:
        for argv in (
            ["git", "init", "-q", "--initial-branch=main"],
            ["git", "add", "--all", "--force"],
            ["git", "commit", "-q", "--allow-empty", "--no-verify", "-m", "base"],
        ):
            sandbox.run(argv, cwd=copy, env=_environment(), timeout=LONGEST)
    except Error:
        removed(copy / ".git")
        return False
    return True


AUTHOR = {
    "GIT_AUTHOR_NAME": "agent",
    "GIT_AUTHOR_EMAIL": "agent@localhost",
    "GIT_COMMITTER_NAME": "agent",
    "GIT_COMMITTER_EMAIL": "agent@localhost",
}


def _environment() -> dict[str, str]:
    """Neither the user's settings nor templates: what is made here is shown to foreign code."""
    alone = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull, "GIT_TEMPLATE_DIR": ""}
    return {**environment_of({"PATH": os.environ.get("PATH", os.defpath)}), **alone, **AUTHOR}
