"""What the items of records are now: a short digest of each."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any

from ..units import documents_of, places_of, units_of
from . import words
from .distributions import ABSENT, content_of, digest_of, digest_of_installed, digest_of_names, kind_of, tops
from .places import UNSEEN, Places
from .reads import VOLATILE
from .recorder import project_files

PIECE = 5000


class Present:
    """Asked after the tests are collected, since `m:` goes along `sys.path`; `environ` is that from before."""

    def __init__(self, places: Places, environ: Mapping[str, str]) -> None:
        self._places = places
        self._environ = dict(environ)
        self._units: dict[str, dict[str, str]] = {}
        self._lines: dict[str, dict[str, str]] = {}
        self._distributions: dict[str, str] = {}

    def digests(self, items: Iterable[str]) -> dict[str, str]:
        return {item: self.digest(item) for item in items}

    def digest(self, item: str) -> str:
        """What cannot be looked at is of its own kind, and equal to itself alone."""
        kind, _, rest = item.partition(":")
        try:
            return str(getattr(self, f"_{KINDS[kind]}")(rest))
        except OSError as error:
            return f"unreadable: {error.errno}"

    # one method for each kind of item

    def _unit(self, rest: str) -> str:
        path, _, name = rest.partition(":")
        units = self._units_in(path)
        return units.get(name, ABSENT) if units else f"whole {self._content(path)}"

    def _line(self, rest: str) -> str:
        path, _, name = rest.partition(":")
        if path not in self._lines:
            self._lines[path] = places_of(words.source(self._at(path)))
        return self._lines[path].get(name) or self._content(path)

    def _code(self, path: str) -> str:
        units = self._units_in(path)
        return digest_of(repr(sorted(units.items()))) if units else self._content(path)

    def _documents(self, path: str) -> str:
        text = words.source(self._at(path))
        return documents_of(text) if text else self._content(path)

    def _content(self, path: str) -> str:
        """Of a file; of a directory, that it is one."""
        return content_of(self._at(path))

    def _kind(self, path: str) -> str:
        return kind_of(self._at(path))

    def _listing(self, path: str) -> str:
        return self._listed(path, lambda each: "directory" if each.is_dir() else "")

    def _entries(self, path: str) -> str:
        return self._listed(path, _measured)

    def _listed(self, path: str, said: Callable[[os.DirEntry[str]], str]) -> str:
        """Names, of what kind each is, and what else is `said` of them."""
        at = self._at(path)
        if not os.path.isdir(at):
            return kind_of(at)
        with os.scandir(at) as entries:
            told = [f"{each.name}{' is a link' if each.is_symlink() else ''} {said(each)}" for each in entries]
        return digest_of("\0".join(sorted(told)))

    def _module(self, name: str) -> str:
        if name == "*":
            return digest_of(repr(sorted(self._topmost & self._elsewhere)))
        inner = name.replace(".", os.sep)
        tries = (f"{inner}.py", os.path.join(inner, "__init__.py"), inner)
        found = [(root, each) for root in self._roots for each in tries if (root, each) in self._there]
        beyond = [(root, each) for root in self._beyond for each in tries if os.path.exists(os.path.join(root, each))]
        return digest_of(repr(found + beyond))

    def _variable(self, name: str) -> str:
        if name == "*":
            return digest_of(repr(sorted((key, self._value(key)) for key in self._environ if key not in VOLATILE)))
        return self._value(name) if name in self._environ else ABSENT

    def _distribution(self, name: str) -> str:
        if name not in self._distributions:
            self._distributions[name] = digest_of_names() if name == "*" else digest_of_installed(name)
        return self._distributions[name]

    def _repository(self, _: str) -> str:
        """A test whose record has it is untraced, whatever this says."""
        return "there"

    def _tree(self, _: str) -> str:
        return digest_of("\0".join(self.files))

    def _others(self, _: str) -> str:
        return digest_of("\0".join(f"{path} {digest}" for path, digest in self.contents.items() if path[-3:] != ".py"))

    # what they ask for

    @cached_property
    def files(self) -> tuple[str, ...]:
        return tuple(sorted(project_files(self._places.root)))

    @cached_property
    def contents(self) -> dict[str, str]:
        """Of every file of the project."""
        return {path: self._content(path) for path in self.files}

    def _at(self, path: str) -> str:
        return os.path.join(self._places.root, path)

    def _units_in(self, path: str) -> dict[str, str]:
        if path not in self._units:
            text = words.source(self._at(path))
            self._units[path] = units_of(text) if text else {}
        return self._units[path]

    def _value(self, name: str) -> str:
        """A digest, for it may be a secret; where the files lie this time is no difference."""
        value = self._environ[name]
        for root, word in ((self._places.root, "<project>"), (os.path.dirname(self._places.ours), "<outpace>")):
            value = value.replace(root, word)
        return digest_of(value)

    @cached_property
    def _roots(self) -> tuple[str, ...]:
        found = (self._places.project(each or os.curdir) for each in sys.path)
        return tuple(dict.fromkeys(each for each in found if each is not None))

    @cached_property
    def _beyond(self) -> tuple[str, ...]:
        return self._places.roots_outside()

    @cached_property
    def _there(self) -> set[tuple[str, str]]:
        """Root and path below it, of files and of directories."""
        every = {*self.files, *(os.path.dirname(path) for path in self.files)}
        inside = {path for path in every if path}
        found: set[tuple[str, str]] = set()
        for root in self._roots:
            before = "" if root == os.curdir else root + os.sep
            found |= {(root, path[len(before) :]) for path in inside if path.startswith(before)}
        return found

    @cached_property
    def _topmost(self) -> set[str]:
        return {path.split(os.sep)[0].partition(".")[0] for _, path in self._there}

    @cached_property
    def _elsewhere(self) -> set[str]:
        """Names that mean something without the project: those of Python, and of what is installed."""
        standard: Any = getattr(sys, "stdlib_module_names", sys.builtin_module_names)
        return {*standard, *(top.partition(".")[0] for _, top in tops())}


KINDS = {
    "u": "unit",
    "d": "documents",
    "f": "content",
    "k": "kind",
    "l": "listing",
    "s": "entries",
    "n": "line",
    "c": "code",
    "g": "repository",
    "m": "module",
    "e": "variable",
    "p": "distribution",
    "t": "tree",
    "o": "others",
}


def _measured(entry: os.DirEntry[str]) -> str:
    """What a look at it could say that is the same in another copy of the files."""
    if entry.name in UNSEEN or not entry.is_file():
        return kind_of(entry.path)
    return f"{kind_of(entry.path)} of {entry.stat().st_size}"


def parts(items: Sequence[Any]) -> Iterator[Sequence[Any]]:
    """As many at a time as one row of an answer holds."""
    return (items[at : at + PIECE] for at in range(0, len(items), PIECE))
