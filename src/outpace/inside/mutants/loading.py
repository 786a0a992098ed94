"""Modules loaded with their mutants in them, by file; the switch between them; and which of them were reached."""

from __future__ import annotations

import builtins
import os
import warnings
from collections.abc import Callable, Mapping, Sequence
from importlib.machinery import SourceFileLoader
from importlib.util import decode_source
from types import CodeType
from typing import Any, NamedTuple

from .schemata import SWITCH, schema
from .sites import Mutant


class Target(NamedTuple):
    """One file's mutants; the first has the number `first`."""

    source: str
    mutants: tuple[Mutant, ...]
    first: int = 1


class Reach:
    """Stands where the switch is, and keeps what it is compared with; no mutant is on. Costs a set's `add` a node."""

    def __init__(self) -> None:
        self._seen: set[int] = set()
        self._groups: dict[int, tuple[int, ...]] = {}
        # Built-in methods bind to no instance: the comparison is one call in C. It returns None, which is false.
        self.recorder = type("Recorder", (), {"__eq__": self._seen.add, "__ge__": self._seen.add, "__hash__": None})()

    def forget(self) -> None:
        self._groups.clear()

    def knows(self, groups: Sequence[tuple[int, ...]]) -> None:
        self._groups.update((group[0], group) for group in groups)

    def begin(self) -> None:
        self._seen.clear()

    def reached(self) -> frozenset[int]:
        return frozenset(number for head in tuple(self._seen) for number in self._groups.get(head, (head,)))


REACH = Reach()


def switch(number: int) -> None:
    """Turns one mutant on, and all others off; 0 turns all off."""
    setattr(builtins, SWITCH, number)


def record() -> None:
    """Until the next `switch`, what is reached is kept, from nothing."""
    REACH.begin()
    setattr(builtins, SWITCH, REACH.recorder)


def reached() -> frozenset[int]:
    """Since `record`."""
    return REACH.reached()


def source_in(content: bytes) -> str:
    """As Python reads it: its own encoding, no byte order mark. Raises SyntaxError, UnicodeDecodeError."""
    return decode_source(content)


def compiled(target: Target, path: str) -> CodeType:
    made = schema(target.source, target.mutants, first=target.first)
    REACH.knows(made.groups)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a mutant may look odd to the compiler
        code = compile(made.tree, path, "exec", dont_inherit=True)
    assert isinstance(code, CodeType)
    return code


def install(targets: Mapping[str, Target]) -> Callable[[], None]:
    """From now on these files, by their path, are loaded with their mutants, whoever imports them and under whatever
    name. What is loaded already stays as it is. Nothing of them is read from or written to `__pycache__`.

    To be called once, with all of them; what it returns takes the hook out again, for tests.
    """
    if not hasattr(builtins, SWITCH):
        switch(0)
    REACH.forget()
    ours = {os.path.realpath(path): target for path, target in targets.items()}
    original = SourceFileLoader.get_code

    def get_code(self: SourceFileLoader, fullname: str) -> CodeType | None:
        path = self.get_filename(fullname)
        target = ours.get(os.path.realpath(path))
        return original(self, fullname) if target is None else compiled(target, path)

    loader: Any = SourceFileLoader
    loader.get_code = get_code

    def take_out() -> None:
        loader.get_code = original

    return take_out
