"""What of a task's tree a model is shown and may change, and the request that comes of it."""

from __future__ import annotations

import os
import stat
import tempfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from msgspec import Struct

from outpace import sandbox
from outpace.engines.git_environment import environment_of
from outpace.model import proposers
from outpace.model.errors import ToolFailed
from outpace.proving.ladder.patch import PLAIN, PROGRAM
from outpace.proving.ladder.shape import Limits, matches
from outpace.proving.proposing.edits import Carry, Edits, Original, carried_out
from outpace.proving.proposing.ports import Asked
from outpace.proving.proposing.redacting import Redactor
from outpace.proving.proposing.request import Request, request_of
from outpace.proving.proposing.sending import LARGEST_FILE, Sent, chosen, why_not

LONGEST = timedelta(minutes=1)
MOST_PATHS = 200_000


class Prepared(Struct, frozen=True, kw_only=True):
    """The first request of an attempt, and what its edits are held against."""

    request: Request
    sent: Sent
    redactor: Redactor
    shown: dict[str, Original]
    hidden: frozenset[str]
    limits: Limits

    def carry_out(self, edits: Edits) -> Carry:
        return carried_out(edits, shown=self.shown, hidden=self.hidden, limits=self.limits)


def prepared(asked: Asked, config: proposers.LanguageModel) -> Prepared:
    """Editable files first, then what helps to understand them; nothing else, whatever `send` says."""
    paths = sorted(_paths(asked.tree))
    wanted = [each for each in paths if matches(asked.editable, each)]
    wanted += sorted({each for each in paths if matches(asked.context, each)} - set(wanted))
    ignored = _ignored(asked.tree, wanted)
    files = {path: _content(asked.tree / path) for path in wanted if not why_not(path, config.send, ignored)}
    plain = {path: content for path, content in files.items() if content is not None}
    redactor = Redactor()
    sent = chosen(plain, send=config.send, ignored=ignored, redactor=redactor)
    shown = {each.path: Original(content=plain[each.path], mode=_mode(asked.tree / each.path)) for each in sent.pieces}
    kept = tuple((path, why) for path in wanted if (why := why_not(path, config.send, ignored)))
    links = tuple((path, "it is a link or no plain file") for path, content in files.items() if content is None)
    return Prepared(
        request=request_of(asked, sent, redactor, model=config.name, max_tokens=config.max_tokens),
        sent=Sent(pieces=sent.pieces, held_back=(*kept, *links, *sent.held_back), redacted=redactor.count),
        redactor=redactor,
        shown=shown,
        hidden=frozenset(paths) - set(shown),
        limits=Limits(editable=asked.editable, created=asked.created),
    )


def _paths(tree: Path) -> Iterator[str]:
    """Of files and links; no link is followed."""
    found = 0
    for at, folders, names in os.walk(tree):
        links = [name for name in folders if (Path(at) / name).is_symlink()]
        folders[:] = [name for name in folders if name not in links]
        for name in (*names, *links):
            found += 1
            if found > MOST_PATHS:
                return
            yield (Path(at) / name).relative_to(tree).as_posix()


def _content(path: Path) -> bytes | None:
    """One byte more than may be sent, so that it is seen to be too large. None for what is no plain file."""
    try:
        file = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        return None
    with open(file, "rb") as opened:  # noqa: PTH123  by the number of what was opened without following a link
        return opened.read(LARGEST_FILE + 1) if stat.S_ISREG(os.fstat(file).st_mode) else None


def _mode(path: Path) -> str:
    return PROGRAM if path.lstat().st_mode & stat.S_IXUSR else PLAIN


def _ignored(tree: Path, paths: list[str]) -> frozenset[str]:
    """Those that the tree's .gitignore files name, also where somebody has committed them all the same."""
    if not paths:
        return frozenset()
    env = environment_of(os.environ)
    with tempfile.TemporaryDirectory(prefix="outpace-ignored-") as scratch:
        sandbox.run(["git", "init", "--quiet", "--bare", scratch], env=env, timeout=LONGEST)
        argv = ["git", f"--git-dir={scratch}", f"--work-tree={tree}", "check-ignore", "--no-index", "-z", "--stdin"]
        told = b"".join(os.fsencode(each) + b"\0" for each in paths)
        done = sandbox.run(argv, cwd=tree, env=env, stdin=told, timeout=LONGEST, accept=None)
    if done.returncode not in {0, 1}:
        raise ToolFailed("git could not say which files it ignores", hint="git check-ignore --no-index --stdin")
    return frozenset(os.fsdecode(each) for each in done.stdout.split(b"\0") if each)
