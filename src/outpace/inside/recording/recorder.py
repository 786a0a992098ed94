"""Records of tests: what each depends on. See the package's docstring for the order of calls."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Generator, Iterable
from contextlib import contextmanager
from types import FrameType
from typing import Any, NamedTuple, Optional

from ..units import REMAINDER, units_of
from . import words
from .distributions import SITES, item_of
from .early import Early
from .frames import frame_above
from .graph import Graph, ancestors
from .imports import Imports, file_of
from .marks import marks
from .opened import REPOSITORY, Opened
from .places import UNSEEN, Places, is_environment
from .reads import PYTEST, SOURCES, Heard, Reads

OF_A_CHILD = ("e:*", "t:*", "o:*")
"""What a child may have looked at without anybody's seeing it."""
DROPPED = "more files were opened than could be told"
SESSION = ""
CONFTEST = "conftest.py"
ABOVE = (CONFTEST, "__init__.py")
EXTENSIONS = (".so", ".pyd", ".dylib")


class Record(NamedTuple):
    """`groups` are numbers of sets of items that tests share (see `Recorder.groups`); `items` are this one's own."""

    test: str
    groups: tuple[int, ...]
    items: tuple[str, ...]
    untraced: tuple[str, ...] = ()


class Group(NamedTuple):
    """What the tests of a file share: its number in `Recorder.groups`, the modules that they reach, and what these may
    look at."""

    number: int
    nodes: frozenset[str]
    looks: words.Looks


class Recorder:
    """Of one process, from before the project is imported."""

    def __init__(self, root: str) -> None:
        self.places = Places(root)
        self.groups: list[frozenset[str]] = []
        self._marks = marks(self.places.project)
        self._graph = Graph(self.places)
        self._imports = Imports(self.places, self._told)
        self._reads = Reads(self.places, Heard(self._note, self._loaded, self._opening, self._child, self._missing))
        self._opened: Optional[Opened] = None
        self._early_children = Early(None, self._opened_early)
        self._company = False
        self._files = frozenset(project_files(self.places.root))
        self._early = frozenset(sys.modules)
        self._read_by: dict[str, set[str]] = {}
        self._entered_early: dict[str, set[str]] = {}
        self._group_of: dict[str, Group] = {}
        self._numbers: dict[frozenset[str], int] = {}
        self._flags: dict[str, words.Flags] = {}
        self._by_path: set[str] = set()
        self._plugins: frozenset[str] = frozenset()
        self._tests: frozenset[str] = frozenset()
        self._lasting: set[str] = set()
        self._begin()

    def install(self, *, watch: bool = True) -> None:
        """`watch`: see which files other programs open; for a process beside which nothing else works on the files."""
        self._opened = Opened(self.places.root) if watch else None
        self._early_children = Early(self._opened, self._opened_early)
        self._watch_beyond()
        self._marks.install()
        self._imports.install()
        self._reads.install()
        self._switch(on=True)

    def collected(self, session: Any) -> None:
        """What was reached until now belongs to every test that can reach the module that did it."""
        self._switch(on=False)
        for path, name in self._marks.seen.taken():
            self._entered_early.setdefault(path, set()).add(name)
        self._read_early()
        tests = self._tests = _test_files(session, self.places)
        loaded = [name for name in list(sys.modules) if file_of(name)]
        named = [(self.places.project(file_of(name) or ""), name) for name in loaded]
        for path, name in (*named, *((path, "") for path in self._by_path - {path for path, _ in named})):
            if path is not None and path.endswith(".py"):
                source = words.source(os.path.join(self.places.root, path))
                is_test = path in tests or os.path.basename(path) == CONFTEST
                self._graph.add_written(path, name, source, loaded, is_test=is_test)
                for unit in units_of(source):
                    self._marks.seen.id(path, unit)
        for name in loaded:
            self._flags_at(self._graph.node(name))
        self._watch_beyond()
        self._company = self._early_children.goes_on
        self._plugins = frozenset(_plugins(session, self.places))
        early = {self._distribution(name) for name in self._early}
        self._read_by.setdefault(SESSION, set()).update({item for item in early if item} | {"m:*"})
        self._reads.testing = True
        self._drain(set())

    @contextmanager
    def aside(self) -> Generator[None, None, None]:
        """What is read within is nobody's: the recorder's own user looks at the project, before it is collected."""
        self._read_early()
        self._switch(on=False)
        yield
        self._drain(set())
        self._switch(on=True)

    def prepare(self, item: Any) -> None:
        """In the process that forks, so that groups have the same numbers in all of its children."""
        self._group(self._path_of(item))
        self._drain(set())

    def forget(self) -> None:
        """What was opened by a test that told nothing."""
        self._drain(set())

    def start(self) -> None:
        """Before one test, ahead of its fixtures."""
        self._begin()
        self._marks.restart()
        self._marks.seen.arm()
        self._imports.restart()
        self._switch(on=True)

    def stop(self, item: Any) -> Record:
        """After one test, behind the end of its fixtures; `item` is pytest's."""
        self._switch(on=False)
        entered = set(self._marks.seen.taken())
        opened: set[str] = set()
        self._drain(opened, entered_by_child=bool(self._children) or self._company)
        path = self._path_of(item)
        group = self._group(path)
        more = self._graph.behind({at for at, _ in entered} | self._named | self._run, group.nodes)
        items = self._depended_on(more) | self._items | opened
        items |= {f"u:{at}:{name}" for at, name in entered if self._marks.has(at)}
        looks = self._looks(more, entered).also(group.looks)
        if looks != group.looks:
            items |= self._read_in_full(group.nodes, looks)
        items |= self._read_in_full(more, looks)
        if looks.entered:
            items |= {f"n:{at}:{name}" for at, name in entered} | {f"f:{node}" for node in more & self._files}
        if self._marks.seen.strangers:
            items |= {f"f:{node}" for node in more & self._files}
        items |= {f"f:{path}"} if not path.endswith(".py") else set()
        items |= {f"d:{path}"} if type(item).__name__ == "DoctestItem" else set()
        shared = self.groups[group.number]
        return Record(item.nodeid, (group.number,), tuple(sorted(items - shared)), self._why(items | shared))

    def late(self, record: Record) -> Record:
        """What a test's children opened after it ended; asked in the process that forked it."""
        more: set[str] = set()
        self._drain(more, entered_by_child="t:*" in record.items or self._company)
        untraced = dict.fromkeys((*record.untraced, *(self._why(more) if "g:*" in more else ())))
        return record._replace(items=tuple(sorted({*record.items, *more})), untraced=tuple(untraced))

    # what is told while it runs

    def _begin(self) -> None:
        self._items: set[str] = set()
        self._named: set[str] = set()
        self._run: set[str] = set()
        self._children: set[str] = set()
        self._failures: set[str] = set()
        self._reads.variables.clear()

    def _switch(self, *, on: bool) -> None:
        self._reads.on = self._imports.on = on

    def _note(self, item: str) -> None:
        if self._reads.testing:
            self._items.add(item)
            return
        for node in self._on_the_stack():
            self._read_by.setdefault(node, set()).add(item)

    def _told(self, importer: str, names: tuple[str, ...], failed: bool) -> None:  # noqa: FBT001  as it is called
        more = {*(f"m:{name}" for name in names), *(("p:*",) if failed else ())}
        if self._reads.testing:
            self._named.update(names)
            self._items |= more
        else:
            self._graph.add(importer, names)
            if failed or importer.endswith(".py"):
                self._read_by.setdefault(importer, set()).update(more)

    def _loaded(self, path: str) -> None:
        """A file of the project is run as a module, by whatever name."""
        if self._reads.testing:
            self._run.add(path)
            return
        self._by_path.add(path)
        for node in self._on_the_stack():
            self._graph.add(node, (path,))

    def _opening(self, path: str) -> None:
        self._early_children.opening(path)

    def _opened_early(self, nodes: Iterable[str], paths: set[str]) -> None:
        """Of files that are no sources `o:*` speaks already."""
        every = self._items_of(paths, sources=True)
        found = {item for item in every if item.endswith(SOURCES) or item.startswith(("f:/", "g:"))}
        for node in nodes:
            self._read_by.setdefault(node, set()).update(found)

    def _watch_beyond(self) -> None:
        """Siblings of the project that modules come from: a child may read them too."""
        if self._opened is not None:
            named = (file_of(name) or "" for name in list(sys.modules))
            found = (os.path.abspath(file) for file in named if os.path.isabs(file))
            files = {os.path.dirname(file) for file in found if self.places.is_outside(file)}
            self._opened.watch_also(sorted({*self.places.roots_outside(), *files}))

    def _child(self, program: str) -> None:
        if self._reads.testing:
            self._children.add(os.path.basename(program))
            self._items.update(OF_A_CHILD)
            found = self.places.item("f", shutil.which(program) or os.sep)
            self._items.update({found} if found is not None else ())
        else:
            for item in OF_A_CHILD:
                self._note(item)
            self._early_children.started(self._on_the_stack())

    def _missing(self, why: str) -> None:
        (self._failures if self._reads.testing else self._lasting).add(why)

    def _on_the_stack(self) -> set[str]:
        """Whoever has a hand in it: a memo could lie in any of them."""
        frame: Optional[FrameType] = frame_above(2)
        own: set[str] = set()
        others: set[str] = set()
        while frame is not None:
            file = frame.f_code.co_filename
            path = self.places.project(file)
            if path is not None:
                own.add(path)
            elif not self.places.is_standard(file) and not self.places.is_ours(file) and not _is_pytest(file):
                others.add(str(frame.f_globals.get("__name__") or ""))
            frame = frame.f_back
        return (own | others) if own else others | {SESSION}

    def _read_early(self) -> None:
        """What was opened until now by code that nobody has heard: every test may depend on it."""
        self._early_children.hear()
        if self._early_children.dropped and self._opened is not None:
            self._missing(self._opened.why or DROPPED)
        opened = self._items_of(self._early_children.rest - self._reads.by_pytest, sources=False) - {"g:*"}
        self._read_by.setdefault(SESSION, set()).update(opened.difference(*self._read_by.values()))

    def _path_of(self, item: Any) -> str:
        file = str(getattr(item, "path", None) or item.fspath)  # pytest before 7
        return self.places.project(file) or file

    # what a record is put together from

    def _group(self, path: str) -> Group:
        """What every test of a file depends on."""
        if path not in self._group_of:
            above = list(ancestors(path))
            conftests = {os.path.normpath(os.path.join(each, CONFTEST)) for each in above} & self._files
            nodes = frozenset(self._graph.behind({path, *self._plugins, *conftests}))
            looks = self._looks(nodes)
            items = self._depended_on(nodes) | self._read_in_full(nodes, looks) | self._read_by.get(SESSION, set())
            items |= {f"k:{os.path.normpath(os.path.join(at, name))}" for at in above for name in ABOVE}
            self._group_of[path] = Group(self._numbered(frozenset(items)), nodes, looks)
        return self._group_of[path]

    def _numbered(self, items: frozenset[str]) -> int:
        if items not in self._numbers:
            self._numbers[items] = len(self.groups)
            self.groups.append(items)
        return self._numbers[items]

    def _depended_on(self, nodes: Iterable[str]) -> set[str]:
        return {item for node in nodes for item in self._of(node)}

    def _read_in_full(self, nodes: Iterable[str], looks: words.Looks) -> set[str]:
        """Docstrings, code and texts of modules, where somebody may look at them."""
        kinds = [kind for kind, is_so in (("d", looks.documents), ("f", looks.lines), ("c", looks.code)) if is_so]
        return {f"{kind}:{each}" for kind in kinds for each in nodes if each in self._files and each.endswith(".py")}

    def _looks(self, nodes: Iterable[str], entered: Iterable[tuple[str, str]] = ()) -> words.Looks:
        """What the import of modules, and the functions that were entered, may look at."""
        early = ((node, name) for node in nodes for name in (REMAINDER, *self._entered_early.get(node, ())))
        return words.looks((name, self._flags_at(node)) for node, name in (*early, *entered))

    def _flags_at(self, node: str) -> words.Flags:
        known = self._flags.get(node)
        if known is None:
            own = node in self._files
            file = os.path.join(self.places.root, node) if own else file_of(node)
            told = file is None or self.places.is_standard(file) or node.partition(".")[0] in words.TEST_TOOLS
            known = words.OF_THE_STANDARD if node in words.STANDARD_DOCUMENTS else words.NONE
            if file is not None and not told:
                known = words.flags(file, own=own, is_test=node in self._tests, marked=self._marks.has(node))
            self._flags[node] = known
        return known

    def _of(self, node: str) -> set[str]:
        """What it means to depend on a module."""
        found = set(self._read_by.get(node, ()))
        if node in self._files:
            if not self._marks.has(node):
                return found | {f"f:{node}"}
            return found | {f"u:{node}:"} | {f"u:{node}:{name}" for name in self._entered_early.get(node, ())}
        file = file_of(node)
        item = self._distribution(node)
        if item is None:
            return (
                found | {f"f:{os.path.abspath(file)}"} if file is not None and self.places.is_outside(file) else found
            )
        return found | ({item, "e:*"} if (file or "").endswith(EXTENSIONS) else {item})

    def _distribution(self, name: str) -> Optional[str]:
        file = file_of(name)
        if file is None or self.places.is_ours(file):
            return None
        return item_of(file) if any(part in SITES for part in file.split(os.sep)) else None

    def _drain(self, items: set[str], *, entered_by_child: bool = False) -> None:
        """Adds what was opened by whatever program; sources only where a child could have read them."""
        if self._opened is None:
            return
        paths = self._opened.taken()
        if paths is None:
            self._missing(self._opened.why or DROPPED)
            return
        by_pytest = set[str]() if entered_by_child else self._reads.by_pytest
        items |= self._items_of(paths - by_pytest, sources=entered_by_child)

    def _items_of(self, paths: set[str], *, sources: bool) -> set[str]:
        """What was opened, if it is the project's or lies where it imports from."""
        found = {path for path in paths if path in self._files or os.path.isabs(path)}
        items = {f"f:{path}" for path in found if sources or not path.endswith(SOURCES)}
        return items | ({"g:*"} if any(path.startswith(f"{REPOSITORY}{os.sep}") for path in paths) else set())

    def _why(self, items: set[str]) -> tuple[str, ...]:
        found = sorted(self._failures | self._lasting)
        if "g:*" in items:
            found.append("it reads .git, of which nothing is recorded")
        if "t:*" in items and (self._opened is None or self._opened.why):
            named = ", ".join(sorted(self._children)) or "a program"
            found.append(f"it starts {named}, a child whose inputs were not traced")
        if self._marks.seen.dropped:
            found.append("the project has more functions than can be told apart")
        return tuple(found)


def project_files(root: str) -> Iterable[str]:
    """Relative paths, without what tools leave."""
    for directory, inner, names in os.walk(root):
        parts = os.path.relpath(directory, root).split(os.sep)
        kept = sorted(name for name in inner if name not in UNSEEN)
        inner[:] = [name for name in kept if name not in SITES or not is_environment(root, parts)]
        for name in (*names, *(name for name in inner if os.path.islink(os.path.join(directory, name)))):
            yield os.path.normpath(os.path.join(os.path.relpath(directory, root), name))


def _plugins(session: Any, places: Places) -> Iterable[str]:
    """Modules of the project that pytest took for plugins, conftest files apart."""
    for plugin in session.config.pluginmanager.get_plugins():
        path = places.project(getattr(plugin, "__file__", None) or os.sep)
        if path is not None and os.path.basename(path) != CONFTEST:
            yield path


def _test_files(session: Any, places: Places) -> frozenset[str]:
    files = (str(getattr(item, "path", None) or item.fspath) for item in session.items)
    return frozenset(path for file in files for path in [places.project(file)] if path)


def _is_pytest(filename: str) -> bool:
    return any(part in filename for part in PYTEST)
