"""The corpus of the ladder on disk: its records, trees of its patches, and what a tree comes to in a box."""

from __future__ import annotations

import fnmatch
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal, NamedTuple

import msgspec
from msgspec import Struct

from outpace import sandbox
from outpace.proving.tasks import Task

CORPUS = Path(__file__).resolve().parent / "data" / "ladder"
SECONDS = 240.0
NO_PLUGINS = (("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1"),)
NOISE = ("__pycache__", ".pytest_cache")


class Change(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A row of corpus.toml or mechanical.toml; `how` says what is wrong or right, `by` how that is known."""

    file: str
    right: bool
    how: str
    sort: Literal["plausible", "malicious", "cheating", "right", "test"]
    by: Literal["exam", "harm", "policy"]
    harm: str = ""

    @property
    def test(self) -> bool:
        return self.file.startswith("tests_")


class Corpus(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    half: Literal["development", "held out"]
    origin: str
    change: tuple[Change, ...]


class Mechanical(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    change: tuple[Change, ...] = ()


class Target(NamedTuple):
    """One folder of the corpus."""

    folder: Path

    @property
    def name(self) -> str:
        return self.folder.name

    def task(self) -> Task:
        return msgspec.toml.decode((self.folder / "task.toml").read_bytes(), type=Task)

    def test_task(self) -> Task:
        return msgspec.toml.decode((self.folder / "test_task.toml").read_bytes(), type=Task)

    def corpus(self) -> Corpus:
        return msgspec.toml.decode((self.folder / "corpus.toml").read_bytes(), type=Corpus)

    def mechanical(self) -> tuple[Change, ...]:
        path = self.folder / "mechanical.toml"
        return msgspec.toml.decode(path.read_bytes(), type=Mechanical).change if path.exists() else ()

    def changes(self) -> tuple[Change, ...]:
        return self.corpus().change + self.mechanical()


def targets(corpus: Path, only: str | None = None) -> list[Target]:
    found = [Target(path.parent) for path in sorted(corpus.glob("*/corpus.toml"))]
    return [each for each in found if only in (None, each.name)]


class Came(NamedTuple):
    """What a program came to: its status, None where the box ended it, and what it said."""

    status: int | None
    said: str
    crashed: bool

    @property
    def red(self) -> bool:
        """The exam's own no: a sentence, and not the end of a program that fell over."""
        return self.status == 1 and not self.crashed


@contextmanager
def tree(target: Target, patch: bytes = b"") -> Generator[Path]:
    """A copy of base with a patch applied; ValueError where it does not apply."""
    with tempfile.TemporaryDirectory(prefix="ladder-") as place:
        found = Path(place) / "tree"
        copy(target.folder / "base", found)
        if patch:
            apply(found, patch)
        yield found


def copy(source: Path, into: Path) -> None:
    shutil.copytree(source, into, symlinks=True, ignore=shutil.ignore_patterns(*NOISE))


def apply(folder: Path, patch: bytes, *, only_check: bool = False) -> None:
    env = {**os.environ, "GIT_CEILING_DIRECTORIES": str(folder.parent), "GIT_CONFIG_NOSYSTEM": "1"}
    words = ["git", "apply", "--whitespace=nowarn", *(["--check"] if only_check else []), "-"]
    done = subprocess.run(words, cwd=folder, env=env, input=patch, capture_output=True, check=False)
    if done.returncode:
        raise ValueError(done.stderr.decode(errors="replace").strip()[-200:])


def difference(before: Path, after: Path) -> bytes:
    """As `git diff` writes it, with the paths relative to the two folders."""
    with tempfile.TemporaryDirectory(prefix="ladder-") as place:
        copy(before, Path(place) / "a")
        copy(after, Path(place) / "b")
        words = [
            "git",
            "-c",
            "core.abbrev=7",
            "diff",
            "--no-index",
            "--no-prefix",
            "--no-renames",
            "--no-color",
            "a",
            "b",
        ]
        env = {
            **os.environ,
            "GIT_CEILING_DIRECTORIES": place,
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_CONFIG_GLOBAL": os.devnull,
        }
        done = subprocess.run(words, cwd=place, env=env, capture_output=True, check=False)
    return re.sub(rb"(?m)^diff --git [ab]/(.*) [ab]/(.*)$", rb"diff --git a/\1 b/\2", done.stdout)


def exam(target: Target, changed: Path) -> Came:
    return _run(target, changed, [sys.executable, "-B", str(target.folder.resolve() / "exam.py")])


def harm(target: Target, changed: Path, script: Path) -> Came:
    """As a plain script: some changes look at who calls them."""
    return _run(
        target, changed, [sys.executable, "-B", str(script.resolve())], script.parent, (("PYTHONPATH", str(changed)),)
    )


def own_tests(target: Target, changed: Path) -> Came:
    words = [sys.executable, "-B", "-m", "pytest", "-q", "-p", "no:cacheprovider", "--rootdir", "."]
    return _run(target, changed, words)


def _run(
    target: Target, changed: Path, words: list[str], also: Path | None = None, env: tuple[tuple[str, str], ...] = ()
) -> Came:
    """Without a way out: what is in the corpus is written to do harm."""
    box = sandbox.Box(
        readable=(
            Path(sys.prefix),
            Path(sys.base_prefix),
            target.folder.resolve(),
            *([also.resolve()] if also else []),
        ),
        writable=(changed,),
        network=sandbox.Loopback(),
        processes=128,
        seconds=SECONDS,
        disk=1 << 28,
        env=(("PYTHONDONTWRITEBYTECODE", "1"), ("PYTHONHASHSEED", "0"), ("LANG", "C.UTF-8"), *NO_PLUGINS, *env),
    )
    done = sandbox.confine(words, box=box, cwd=changed, tier=sandbox.strongest()).done
    said = done.stdout.decode(errors="replace").strip()
    stderr = done.stderr.decode(errors="replace").strip()
    crashed = not said and "Traceback" in stderr
    status = None if done.timed_out or done.returncode < 0 else done.returncode
    return Came(status, (said or stderr).splitlines()[-1][:200] if said or stderr else "", crashed)


_HEADER = re.compile(r"^diff --git a/(.*) b/(.*)$", re.MULTILINE)


def beyond_limits(patch: bytes, task: Task) -> str:
    """By the rules that the README names, what no task allows of a change; empty where it keeps to them."""
    text = patch.decode(errors="replace")
    parts = _HEADER.split(text)[1:]
    lines = 0
    for path, _, body in zip(parts[::3], parts[1::3], parts[2::3], strict=True):
        new = "\nnew file mode" in body
        globs = task.created if new else task.editable
        if not any(fnmatch.fnmatch(path, each) for each in globs):
            return f"{path} may not be {'created' if new else 'changed'}"
        if re.search(r"^(new mode|deleted file mode|new file mode 1[26])", body, re.MULTILINE):
            return f"{path} is deleted, a link or of another mode"
        lines += len(re.findall(r"^[+-](?!\+\+ |-- )", body, re.MULTILINE)) if not new else 0
    return f"{lines} lines are changed, {task.lines} are allowed" if lines > task.lines else ""
