"""`outpace test run`: the project's own tests, in the sandbox, and what is known of them beside their result."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Mapping

import msgspec
from msgspec import Struct

from outpace.model.fact import digest_of
from outpace.model.test_run import Green
from outpace.model.unknown import Unknown
from outpace.proving.ports import Results
from outpace.testing.mutants.trial import Survived, Trial
from outpace.testing.ports import Inside
from outpace.testing.result.diffs import Changed, changed_file, data_in, to_trace
from outpace.testing.result.reading import result_of
from outpace.testing.result.records import Result, Survivor
from outpace.testing.selection.decision import Decision, Some

MOST_TIMES = 32 << 20


class Tests(Struct, frozen=True, kw_only=True):
    """A project's tests over one copy of its files, whose root is `root`; the application lies `below`."""

    __test__ = False

    inside: Inside
    root: str
    words: tuple[str, ...]
    below: str = "."


class Change(Struct, frozen=True, kw_only=True):
    """What the files are compared with: `base` as it was named, `paths` that differ, and how both sides are read. Of
    `lines` of some of them it is told whether they run."""

    base: str
    paths: tuple[str, ...]
    before: Callable[[str], bytes | None]
    after: Callable[[str], bytes | None]
    lines: Mapping[str, tuple[int, ...]] = {}


class Times(Struct, frozen=True, kw_only=True):
    """What each test took when it ran last; a split stands on it, no result does."""

    results: Results
    key: str

    def known(self) -> dict[str, float]:
        stored = self.results.get(self.key)
        try:
            unpacked = zlib.decompressobj().decompress(stored or b"", MOST_TIMES)
            return msgspec.json.decode(unpacked, type=dict[str, float])
        except (zlib.error, msgspec.DecodeError):
            return {}

    def add(self, result: Result) -> None:
        new = {each.id: each.seconds for each in result.tests if each.seconds}
        if new:
            self.results.put(self.key, zlib.compress(msgspec.json.encode({**self.known(), **new})))


class How(Struct, frozen=True, kw_only=True):
    """`again` runs each red test once more, alone; `slow` looks where time goes; `seconds` is a ceiling for all
    of them, `longest` for one."""

    jobs: int = 1
    again: bool = False
    slow: bool = False
    seconds: float = 3600.0
    longest: float = 600.0


def times_key(application: str, roots: tuple[str, ...]) -> str:
    return digest_of("times of tests", sorted(roots), application)


def run_tests(
    tests: Tests,
    how: How,
    *,
    choice: Decision | None = None,
    change: Change | None = None,
    times: Times | None = None,
    packages: tuple[str, ...] = (),
) -> Result:
    """All of them, or those that were chosen; of a change also what of it they take, and of `packages` which modules
    they import.

    Where nothing was chosen, nothing runs: each test was green on what it depends on, and none of that has changed.
    """
    looked = _looked_at(change, tests.below)
    if isinstance(choice, Some) and not choice.selected and choice.deselected:
        return Result(run=Green(passed=()), choice=choice)
    asked = tuple(each.test for each in choice.selected) if isinstance(choice, Some) else None
    told = tests.inside.ask(
        "running.run",
        {
            "root": tests.root,
            "words": tests.words,
            "ids": asked,
            "seconds": how.seconds,
            "jobs": how.jobs,
            "times": times.known() if times is not None and how.jobs > 1 else {},
            "trace": sorted(looked),
            "lines": change.lines if change is not None else {},
            "packages": packages,
            "data": data_in(change.paths) if change is not None else (),
            "slow": how.slow,
            "again": how.again,
            "longest": how.longest,
        },
        seconds=how.seconds + 60,
    )
    changed = looked if change is not None else None
    result = result_of(told, base=change.base if change else "", changed=changed, asked=asked)
    if times is not None:
        times.add(result)
    return msgspec.structs.replace(result, choice=choice)


def _looked_at(change: Change | None, below: str) -> dict[str, Changed]:
    """The changed files of the product that are there now."""
    if change is None:
        return {}
    found = ((path, change.after(path)) for path in to_trace(change.paths, below))
    return {path: changed_file(change.before(path), now) for path, now in found if now is not None}


def survivors_in(trial: Trial) -> tuple[Survivor, ...] | Unknown:
    """What the mutants of the changed functions say."""
    if trial.doubt is not None:
        return trial.doubt
    return tuple(
        Survivor(
            path=each.path,
            line=each.mutant.line,
            function=each.mutant.function,
            diff=each.verdict.diff,
            executions=each.verdict.executions,
        )
        for each in trial.tried
        if isinstance(each.verdict, Survived)
    )
