"""Generated tests of a module: what would be written, what it is worth, what looks wrong, what is not known."""

from __future__ import annotations

from msgspec import Struct

from outpace.model.unknown import Unknown


class Module(Struct, frozen=True, kw_only=True):
    """A file below the repository's root, the name that it is imported by, its text; `only` some of its names."""

    path: str
    name: str
    text: str
    only: tuple[str, ...] = ()


class Covered(Struct, frozen=True, kw_only=True):
    """What of a module the tests that are there notice: mutants that they kill, and outcomes that they take, with lines
    below zero."""

    mutants: frozenset[str] = frozenset()
    branches: frozenset[int] = frozenset()


class Earned(Struct, frozen=True, kw_only=True):
    """One test of a file, and what it is kept for: mutants no other one kills, branches no other one takes."""

    name: str
    cases: int
    assertions: int
    mutants: tuple[str, ...]
    branches: tuple[str, ...]


class LooksWrong(Struct, frozen=True, kw_only=True):
    """A call that probably shows a bug, and is asserted nowhere."""

    target: str
    code: str
    why: str


class Worth(Struct, frozen=True, kw_only=True):
    """`survivors` were killed neither by the tests that were there `before` nor by new ones, in so many `executions`;
    `killed` and `outcomes` are of both."""

    executions: int
    mutants: int
    killed: int
    survivors: tuple[str, ...]
    outcomes: int
    of_outcomes: int
    killed_before: int = 0
    outcomes_before: int = 0


class Generated(Struct, frozen=True, kw_only=True):
    """A file that is green in a fresh interpreter, in ten orders. `left_out` counts tests that were not."""

    module: Module
    path: str
    text: str
    tests: tuple[Earned, ...]
    worth: Worth
    looks_wrong: tuple[LooksWrong, ...] = ()
    left_out: int = 0


class Nothing(Struct, frozen=True, kw_only=True):
    """No file for this module, and why."""

    module: Module
    why: Unknown
    looks_wrong: tuple[LooksWrong, ...] = ()
    worth: Worth | None = None


class Enough(Struct, frozen=True, kw_only=True):
    """No file for this module, since nothing was found that the tests that are there do not notice."""

    module: Module
    worth: Worth
    looks_wrong: tuple[LooksWrong, ...] = ()


Generation = Generated | Nothing | Enough
