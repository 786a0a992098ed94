"""`outpace test mutants`: what a project's tests notice, told by changes that they should notice."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Protocol

from msgspec import Struct

from outpace.model.errors import NotFound
from outpace.testing.mutants.reading import Row, is_kept, row_of, trial_of, with_imports
from outpace.testing.mutants.score import Score, score_of
from outpace.testing.mutants.targets import Chosen, NoSuchTarget, changed, chosen
from outpace.testing.mutants.trial import AtImport, Trial
from outpace.testing.ports import Inside
from outpace.testing.sources import source_of

SECONDS = 4 * 3600.0
ONE_TEST = 300.0
CONTROLS = 15


class Kept(Protocol):
    """Verdicts of earlier runs, by keys that say all they depend on."""

    def known(self) -> Mapping[str, bytes]: ...
    def add(self, rows: Iterable[tuple[str, bytes]]) -> None: ...


class Nothing:
    """Implements `Kept`: each run is the first."""

    def known(self) -> Mapping[str, bytes]:
        return {}

    def add(self, rows: Iterable[tuple[str, bytes]]) -> None:
        del rows


class Suite(Struct, frozen=True, kw_only=True):
    """A project's tests over one copy of its files, whose root is `root`. `environment` is a digest of the Python that
    runs them, with what is installed."""

    inside: Inside
    root: str
    words: tuple[str, ...]
    environment: str = ""


class How(Struct, frozen=True, kw_only=True):
    """`sample` mutants, drawn with `seed`, or all where it is 0. A mutant is killed by one test, or `killers` of them
    are named; with `repeat`, each kill is run a second time, and without its mutant; with `imports`, what runs only on
    import is tried too, each mutant in a process that imports the project anew."""

    sample: int = 0
    seed: int = 1
    killers: int = 1
    repeat: bool = False
    imports: bool = False
    seconds: float = SECONDS


def try_mutants(suite: Suite, files: Iterable[Chosen], how: How, *, kept: Kept | None = None) -> Trial:
    """Verdicts are kept as soon as a control after them was green; a run that was killed goes on from them."""
    asked = tuple(files)
    if not asked:
        return Trial()
    keeping = kept or Nothing()
    known = keeping.known()
    keeper = _Keeper(keeping)
    request = {
        "root": suite.root,
        "files": [(file.path, file.functions, None) for file in asked],
        "words": suite.words,
        "sample": how.sample,
        "seed": how.seed,
        "killers": how.killers,
        "repeat": how.repeat,
        "controls": CONTROLS,
        "known": sorted(known),
        "longest": ONE_TEST,
        "environment": suite.environment,
    }
    told = suite.inside.ask("mutants.trying", request, seconds=how.seconds, heard=keeper.hear)
    trial = trial_of(told, known)
    if trial.doubt is None:
        keeper.keep()
        return _imported(suite, trial, request, how) if how.imports else trial
    return trial


def _imported(suite: Suite, trial: Trial, request: Mapping[str, object], how: How) -> Trial:
    ids: dict[str, list[str]] = {}
    for each in trial.tried:
        if isinstance(each.verdict, AtImport):
            ids.setdefault(each.path, []).append(each.mutant.id)
    if not ids:
        return trial
    beside = {
        "files": [(path, None, None) for path in ids],
        "ids": ids,
        "without": [each.test for each in trial.left_out],
        "broken": [path for path, _ in trial.broken],
    }
    told = suite.inside.ask("mutants.importing", {**request, **beside}, seconds=how.seconds)
    return with_imports(trial, trial_of(told, on_import=True))


def strength(suite: Suite, paths: Iterable[str], *, sample: int, seed: int = 1) -> tuple[Score, Trial]:
    """Of a random sample of an application's mutants: `Score.rate` is the share that its tests kill, with its interval.

    Where `Trial.doubt` is set, the score says nothing.
    """
    files = tuple(Chosen(path=path) for path in paths)
    trial = try_mutants(suite, files, How(sample=sample, seed=seed))
    return score_of(trial.tried), trial


def targets(
    paths: Iterable[str], named: Iterable[str], *, below: str, read: Callable[[str], bytes], command: str
) -> tuple[Chosen, ...]:
    """`command` is the one that was asked, for its hint. Raises NotFound."""
    found = chosen(frozenset(paths), named, below, read=lambda path: source_of(read(path)))
    if not isinstance(found, NoSuchTarget):
        return found
    if not found.path:
        raise NotFound(
            f"there is no Python file, folder or module {found.target!r} here",
            hint=f"name one as it lies in the repository: outpace test {command} src/shop/prices.py",
        )
    near = f"name one of {', '.join(found.nearest)}" if len(found.nearest) > 1 else "name one that it has"
    example = "::".join((found.path, *found.nearest[:1]))
    raise NotFound(
        f"there is no function or class with functions {found.function!r} in {found.path}",
        hint=f"{near}: outpace test {command} {example}" if found.nearest else "it has no functions",
    )


def since(
    files: Iterable[Chosen], before: Callable[[str], bytes | None], after: Callable[[str], bytes]
) -> tuple[Chosen, ...]:
    """The functions of them that are new, or other than they were."""
    narrowed: list[Chosen] = []
    for file in files:
        old, new = before(file.path) or b"", after(file.path)
        if old == new:
            continue
        names = changed(source_of(old), source_of(new))
        wanted = [name for name in names if file.functions is None or name in file.functions]
        if wanted:
            narrowed.append(Chosen(path=file.path, functions=tuple(wanted)))
    return tuple(narrowed)


class _Keeper:
    """Holds verdicts back until a control says that the tests can still be believed."""

    def __init__(self, kept: Kept) -> None:
        self._kept = kept
        self._held: list[tuple[str, bytes]] = []
        self._believed = True

    def hear(self, line: bytes) -> None:
        row = row_of(line)
        if row is None:
            return
        if row.control is not None:
            self._controlled(row)
        elif is_kept(row):
            self._held.append((row.key, line))

    def _controlled(self, row: Row) -> None:
        self._believed = self._believed and not row.control
        self.keep()

    def keep(self) -> None:
        if self._believed and self._held:
            self._kept.add(self._held)
        self._held = []
