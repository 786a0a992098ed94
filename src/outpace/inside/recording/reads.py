"""What a process reads: audit events, and wrappers around what raises none."""

from __future__ import annotations

import importlib.util
import os
import posix
import stat
import sys
from threading import get_ident
from types import FrameType
from typing import Any, Callable, NamedTuple, Optional

from .frames import frame_above
from .places import Places

PYTEST = tuple(f"{os.sep}{name}{os.sep}" for name in ("_pytest", "pytest", "pluggy", "iniconfig"))
VOLATILE = frozenset({"PYTEST_CURRENT_TEST", "PYTEST_VERSION", "OUTPACE_ANSWERS"})
SOURCES = (".py", ".pyc", ".pyi")
PREFIX = "PYTHONPYCACHEPREFIX"
"""Where it is set, a child may read a module's bytecode and not open its file."""
LOOK = 6
MOST = 1 << 16
WRITING = os.O_WRONLY | os.O_RDWR
STATS = ("stat", "lstat", "access", "readlink", "statvfs", "getxattr", "listxattr")
CHILDREN = frozenset(
    {"subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.fork", "os.forkpty", "os.spawn"}
)
Note = Callable[[str], None]


class Heard(NamedTuple):
    """Who is told: `note` each item that something reads, `loaded` each file of the project that is run as a module,
    `opening` each source before it is opened, `child` of each program that is started, `missing` why something may
    have been overlooked."""

    note: Note
    loaded: Note
    opening: Note
    child: Note
    missing: Note


class Reads:
    """Nobody is told anything while `on` is false. `variables` are those that the test has asked for already."""

    def __init__(self, places: Places, heard: Heard) -> None:
        self.on = False
        self.testing = False
        self.by_pytest: set[str] = set()
        self._places = places
        self._heard = heard
        self._note, self._child, self._missing = heard.note, heard.child, heard.missing
        self._busy: set[int] = set()
        self.variables: set[Any] = set()
        self._nowhere: set[Any] = set()
        self._events: dict[str, Callable[[Any], None]] = {
            "open": self._open,
            "os.listdir": lambda args: self._listed(args[0]),
            "os.scandir": lambda args: self._listed(args[0], measured=not self._is_standard()),
            "sqlite3.connect": lambda args: self._path("f", args[0]),
            "dbm.open": lambda args: self._path("f", args[0]),
            "ctypes.dlopen": lambda args: self._path("f", args[0]) if args[0] and os.sep in str(args[0]) else None,
            **{event: self._started(event) for event in CHILDREN},
        }

    def install(self) -> None:
        """For the rest of this process: an audit hook cannot be taken away."""
        self._wrap_stats()
        self._wrap_environment()
        self._wrap_spawns()
        self._wrap_specs()
        sys.addaudithook(self._hear)

    def _hear(self, event: str, args: Any) -> None:
        hear = self._events.get(event)
        if hear is not None and self.on:
            self._guarded(hear, args)

    def _guarded(self, hear: Callable[[Any], None], args: Any) -> None:
        """What is heard while something is heard is our own doing. Nothing that goes wrong here reaches the project."""
        thread = get_ident()
        if thread in self._busy:
            return
        self._busy.add(thread)
        try:
            hear(args)
        except Exception as error:  # noqa: BLE001  a recorder that fails must not fail the test
            self._missing(f"the recorder failed: {type(error).__name__}: {error}")
        finally:
            self._busy.discard(thread)

    # files

    def _open(self, args: Any) -> None:
        path, mode, flags = args
        if isinstance(path, int) or path in self._nowhere:
            return
        writes = bool(flags & WRITING) if isinstance(flags, int) else False
        if writes and (flags & os.O_TRUNC or (isinstance(mode, str) and mode[:1] in "wx")):
            self._path("k", path)
        else:
            self._path("f", path)
            if self.testing:
                return
            whole = os.path.abspath(os.fsdecode(path))
            name = self._places.project(whole) or whole
            if name.endswith(SOURCES):
                self._heard.opening(name)
            if self._is_pytest():
                self.by_pytest.add(name)

    def _listed(self, path: Any, *, measured: bool = False) -> None:
        """What Python's own code does with entries is to ask of what kind they are; others may measure them."""
        if not self._imports():
            self._path("s" if measured else "l", "." if path is None else path)

    def _path(self, kind: str, path: Any) -> None:
        name = self._named(path)
        item = None if name is None else self._places.item(kind, name)
        if item is None or name is None:
            if name is not None and self._places.is_repository(name) and (self.testing or not self._is_pytest()):
                self._note("g:*")
            else:
                self._forget(path)
        elif kind == "f" and name.endswith(SOURCES) and self._reads_source():
            if item[0] == "f" and not self._is_pytest():  # it need not be a module that anybody imports
                if self._places.project(name):
                    self._heard.loaded(item[2:])
                else:
                    self._note(item)
        elif self.testing or not self._is_pytest():
            self._note(f"l{item[1:]}" if item[:2] == "f:" and _is_directory(name) else item)

    def _forget(self, path: Any) -> None:
        """No test ever depends on what lies there; a name that is not absolute means another file elsewhere."""
        if isinstance(path, str) and path.startswith(os.sep) and len(self._nowhere) < MOST:
            self._nowhere.add(path)

    def _named(self, path: Any, directory: Any = None) -> Optional[str]:
        """Absolute, without a look at links."""
        if isinstance(path, int):
            return os.readlink(f"/proc/self/fd/{path}") if path >= 0 else None
        name = os.fsdecode(path)
        if name.startswith("file:"):
            name = name[5:].split("?", 1)[0]
        if not name or name == ":memory:" or "\0" in name:
            return None
        if isinstance(directory, int) and not os.path.isabs(name):
            return os.path.normpath(os.path.join(os.readlink(f"/proc/self/fd/{directory}"), name))
        return os.path.abspath(name)

    def _reads_source(self) -> bool:
        """An import reads what its module's units speak of already, and pytest what it shows of a red test."""
        frame: Optional[FrameType] = self._outside()
        for _ in range(LOOK):
            if frame is None:
                return False
            file = frame.f_code.co_filename
            if frame.f_code.co_name == "get_code" and file.startswith("<frozen "):
                return True
            if not self._places.is_standard(file):
                break
            frame = frame.f_back
        return self._is_pytest()

    def _is_standard(self) -> bool:
        frame = self._outside()
        return frame is not None and self._places.is_standard(frame.f_code.co_filename)

    def _imports(self) -> bool:
        frame = self._outside()
        return frame is not None and frame.f_code.co_filename.startswith("<frozen importlib")

    def _is_pytest(self) -> bool:
        """Whoever asks first, outside the standard library, is pytest itself."""
        frame = self._outside()
        while frame is not None and self._places.is_standard(frame.f_code.co_filename):
            frame = frame.f_back
        return frame is None or any(part in frame.f_code.co_filename for part in PYTEST)

    def _outside(self) -> Optional[FrameType]:
        frame: Optional[FrameType] = frame_above(1)
        while frame is not None and self._places.is_ours(frame.f_code.co_filename):
            frame = frame.f_back
        return frame

    def _wrap_stats(self) -> None:
        for name in STATS:
            plain: Any = getattr(os, name, None)
            if plain is None:
                continue
            wrapped = self._stat(plain, "k" if name in ("access", "readlink") else "f")
            for group in (os.supports_dir_fd, os.supports_fd, os.supports_follow_symlinks, os.supports_effective_ids):
                if plain in group:
                    group.add(wrapped)
            setattr(os, name, wrapped)
        accessor: Any = vars(sys.modules["pathlib"]).get("_NormalAccessor") if "pathlib" in sys.modules else None
        for name in STATS[:2] if accessor is not None else ():  # Python 3.9 keeps functions of its own
            setattr(accessor, name, staticmethod(getattr(os, name)))

    def _stat(self, plain: Any, kind: str) -> Any:
        nowhere = self._nowhere

        def looked(path: Any, *rest: Any, **named: Any) -> Any:
            if self.on and not isinstance(path, int) and path not in nowhere:
                self._guarded(lambda _: self._looked_at(kind, path, named.get("dir_fd")), None)
            return plain(path, *rest, **named)

        looked.__name__, looked.__doc__ = plain.__name__, plain.__doc__
        return looked

    def _looked_at(self, kind: str, path: Any, directory: Any) -> None:
        name = self._named(path, directory)
        if name is not None and self._places.item(kind, name) is not None:
            self._path("k" if kind == "k" or _is_directory(name) else "f", name)
        else:
            self._forget(path)

    # the environment

    def _wrap_environment(self) -> None:
        kind: Any = type(os.environ)
        for name in ("__getitem__", "__iter__", "copy", "__repr__", "__len__", "__or__", "__ror__"):
            plain = getattr(kind, name, None)
            if plain is not None:
                setattr(kind, name, self._asked(plain, one=name == "__getitem__"))

    def _asked(self, plain: Any, *, one: bool) -> Any:
        def asked(environ: Any, *words: Any) -> Any:
            if self.on and not (one and words[0] in self.variables):
                self._guarded(lambda _: self._variable(words[0] if one else "*"), None)
            return plain(environ, *words)

        return asked

    def _variable(self, name: Any) -> None:
        known = os.fsdecode(name) if isinstance(name, (str, bytes)) else "*"
        if known not in VOLATILE and (self.testing or not self._is_pytest()):
            self._note(f"e:{known}")
        if self.testing:
            self.variables.add(name)

    # children, and looks for a module

    def _started(self, event: str) -> Callable[[Any], None]:
        def started(args: Any) -> None:
            first = args[0] if args and isinstance(args[0], (str, bytes)) else ""
            self._begun(os.fsdecode(first) or event, args)

        return started

    def _begun(self, program: str, args: Any) -> None:
        self._child(program)
        if PREFIX in os.environ or any(word in ascii(args) for word in (PREFIX, "pycache_prefix")):
            self._missing(f"it starts {os.path.basename(program)}, and bytecode lies elsewhere ({PREFIX})")

    def _wrap_spawns(self) -> None:
        import _posixsubprocess

        plain: Any = _posixsubprocess.fork_exec

        def fork_exec(*args: Any, **named: Any) -> Any:
            if self.on:
                named_first = os.fsdecode(args[0][0]) if args and args[0] else "fork_exec"
                self._guarded(lambda _: self._begun(named_first, args), None)
            return plain(*args, **named)

        _posixsubprocess.fork_exec = fork_exec
        if "subprocess" in sys.modules:
            setattr(sys.modules["subprocess"], "_fork_exec", fork_exec)  # noqa: B010  it is private there

    def _wrap_specs(self) -> None:
        plain: Any = importlib.util.find_spec

        def find_spec(name: str, package: Optional[str] = None) -> Any:
            if self.on:
                self._guarded(lambda _: self._sought(name), None)
            return plain(name, package)

        importlib.util.find_spec = find_spec

    def _sought(self, name: str) -> None:
        if self.testing or not self._is_pytest():
            self._note(f"m:{name}")
            self._note("p:*")


def _is_directory(path: str) -> bool:
    try:
        return stat.S_ISDIR(posix.stat(path).st_mode)
    except OSError:
        return False
