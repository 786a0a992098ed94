"""Which module imports which, also where the module is there already, and which were looked for in vain."""

from __future__ import annotations

import builtins
import importlib
import sys
from types import FrameType
from typing import Any, Callable, Optional

from .frames import frame_above
from .places import Places

PYTEST = ("_pytest", "pytest", "pluggy")
UNTOLD = (*PYTEST, "builtins")
"""Rewritten assertions import them everywhere; that pytest is another is a change of the settings."""


class Imports:
    """`told(importer, names, failed)`: the importer is a path of the project, or the name of another module."""

    def __init__(self, places: Places, told: Callable[[str, tuple[str, ...], bool], None]) -> None:
        self.on = False
        self._places = places
        self._told = told
        self._seen: set[Any] = set()
        self._own: set[Any] = set()

    def restart(self) -> None:
        self._seen.clear()

    def install(self) -> None:
        plain: Any = builtins.__import__

        def import_(name: str, globals: Any = None, locals: Any = None, fromlist: Any = (), level: int = 0) -> Any:  # noqa: A002
            if not self.on:
                return plain(name, globals, locals, fromlist, level)
            try:
                module = plain(name, globals, locals, fromlist, level)
            except ImportError:
                self._imported(name, globals, fromlist, level, failed=True)
                raise
            self._imported(name, globals, fromlist, level, failed=False)
            return module

        builtins.__import__ = self._disguised(import_)
        by_name: Any = importlib.import_module

        def import_module(name: str, package: Optional[str] = None) -> Any:
            if not self.on:
                return by_name(name, package)
            level = len(name) - len(name.lstrip("."))
            around = {"__package__": package} if level else {}
            scope = {**frame_above(1).f_globals, **around}
            try:
                module = by_name(name, package)
            except ImportError:
                self._imported(name.lstrip("."), scope, (), level, failed=True)
                raise
            self._imported(name.lstrip("."), scope, (), level, failed=False)
            return module

        importlib.import_module = self._disguised(import_module)
        sys.addaudithook(self._hear)

    def _disguised(self, wrapper: Any) -> Any:
        """A warning that names who imports, and a traceback, look past frames of importlib as they do past these."""
        wrapper.__code__ = wrapper.__code__.replace(co_filename="<frozen importlib._bootstrap>")
        self._own.add(wrapper.__code__)
        return wrapper

    def _hear(self, event: str, args: Any) -> None:
        """Whatever way a module is loaded by, this one is heard of; not where it is there already."""
        if event == "import" and self.on:
            frame: Optional[FrameType] = frame_above(1)
            while frame is not None and self._places.is_standard(frame.f_code.co_filename):
                frame = frame.f_back
            while frame is not None and self._places.is_ours(frame.f_code.co_filename):
                frame = frame.f_back
            self._tell({} if frame is None else frame.f_globals, (str(args[0]),), failed=False)

    def _imported(self, name: str, scope: Any, fromlist: Any, level: int, *, failed: bool) -> None:
        scope = scope or {}
        key = (scope.get("__name__"), name, fromlist, level)
        try:
            if key in self._seen:
                return
            self._seen.add(key)
        except TypeError:  # a fromlist that is a list
            pass
        whole = _absolute(name, scope, level)
        asked: tuple[Any, ...] = tuple(fromlist or ())
        if "*" in asked:
            asked += tuple(getattr(sys.modules.get(whole), "__all__", ()))
        inner = tuple(f"{whole}.{each}" for each in asked if f"{whole}.{each}" in sys.modules)
        self._tell(scope, (whole, *inner), failed=failed)

    def _tell(self, scope: Any, names: tuple[str, ...], *, failed: bool) -> None:
        importer = self._importer(scope)
        if importer is None or importer.partition(".")[0] in PYTEST:
            return
        every = dict.fromkeys(each for name in names for each in _prefixes(name) if each.split(".")[0] not in UNTOLD)
        self._told(importer, tuple(every), failed)

    def _importer(self, scope: Any) -> Optional[str]:
        """None for what Python itself imports."""
        file, name = scope.get("__file__"), str(scope.get("__name__") or "")
        if not isinstance(file, str):
            return None if name in sys.builtin_module_names else name or None
        path = self._places.project(file)
        if path is not None:
            return path
        return self._caller() if self._places.is_standard(file) else name

    def _caller(self) -> Optional[str]:
        """Python's own code imports on somebody's behalf: whoever called it, where that is no import itself."""
        frame: Optional[FrameType] = frame_above(1)
        while frame is not None:
            file = frame.f_code.co_filename
            if file.startswith("<frozen importlib") and frame.f_code not in self._own:
                return None
            if not self._places.is_standard(file) and not self._places.is_ours(file):
                return self._places.project(file) or str(frame.f_globals.get("__name__") or "") or None
            frame = frame.f_back
        return None


def file_of(name: str) -> Optional[str]:
    """Where a loaded module was loaded from; no module with a will of its own is woken."""
    module = sys.modules.get(name)
    try:
        scope = object.__getattribute__(module, "__dict__")
    except AttributeError:
        return None
    file = scope.get("__file__") or getattr(scope.get("__spec__"), "origin", None)
    return file if isinstance(file, str) else None


def _absolute(name: str, scope: Any, level: int) -> str:
    if not level:
        return name
    package = scope.get("__package__")
    if not isinstance(package, str):
        own = str(scope.get("__name__") or "")
        package = own if "__path__" in scope else own.rpartition(".")[0]
    base = package.rsplit(".", level - 1)[0] if level > 1 else package
    return f"{base}.{name}" if name else base


def _prefixes(name: str) -> list[str]:
    parts = name.split(".")
    return [".".join(parts[: index + 1]) for index in range(len(parts))]
