"""How `outpace test run` is shown: text. Its JSON is in `test_run_v1`, its JUnit in `test_run_junit`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from outpace.formats.plain import printable, shortened
from outpace.formats.test_items import reason_words
from outpace.model.test_run import Green, Red
from outpace.model.unknown import Unknown
from outpace.model.words import counted
from outpace.testing.result.costs import Cost, Runs
from outpace.testing.result.records import Diff, Result, Survivor, Tried, Untaken
from outpace.testing.selection.decision import Decision, Everything, Some

SHOWN = 20
WIDEST = 60
MINUTE, HOUR = 60, 3600
NEVER = {
    "function": "{name}() is never entered",
    "true": "{name}: the condition is never true",
    "false": "{name}: the condition is never false",
    "handler": "{name}: the exception is never handled",
    "case": "{name}: the case never matches",
    "item": "{name}: the loop never has an item",
}


def text(result: Result, costs: tuple[Cost, ...] = (), runs: Runs | None = None) -> str:
    return "\n".join(_lines(result, costs, runs)) + "\n"


def _lines(result: Result, costs: tuple[Cost, ...], runs: Runs | None) -> Iterator[str]:
    yield from _head(result)
    yield from _flaky(result)
    yield from _chosen(result.choice)
    yield from _diff(result)
    yield from _survivors(result.survivors)
    if runs is not None:
        yield from _slow(costs, runs)
    yield from (f"note: {printable(each)}" for each in result.caveats)


def _head(result: Result) -> Iterator[str]:
    left_out = _left_out(result.choice)
    match result.run:
        case Green(passed=passed, skipped=skipped) if result.nothing_to_run:
            yield f"green: nothing is to run{left_out}"
        case Green(passed=passed, skipped=skipped):
            yield f"green: {len(passed)} passed{_skipped(skipped)}{left_out}"
        case Red(failures=failures, passed=passed, skipped=skipped):
            yield f"red: {len(failures)} failed, {len(passed)} passed{_skipped(skipped)}{left_out}"
            yield from (f"  {_red(each)}" for each in result.red[:SHOWN])
            yield from _more(len(failures))
            yield from _kinds(result.red)
        case Unknown(why=why, would_settle=would_settle):
            yield f"unknown: {printable(why)}"
            if would_settle:
                yield f"  would settle it: {printable(would_settle)}"
    if result.left:
        yield f"did not come to run: {counted(len(result.left), 'test')}, as {printable(result.left[0])}"
    for test in result.missed:
        yield f"missed: {printable(test)} is red, alone too, and selection would have left it out"
    if result.missed:
        yield "  everything runs until somebody says why: outpace test select --explained REASON"


def _red(test: Tried) -> str:
    said = f"{test.exception}: {test.message}" if test.exception else test.message
    return f"{printable(test.id)}: {printable(shortened(' '.join(said.split()), 300))}"


def _kinds(red: tuple[Tried, ...]) -> Iterator[str]:
    if len(red) > 1:
        kinds = Counter(each.kind for each in red)
        yield f"  by kind: {', '.join(f'{count} {kind}' for kind, count in kinds.most_common())}"


def _skipped(skipped: tuple[str, ...]) -> str:
    return f", {len(skipped)} skipped" if skipped else ""


def _left_out(choice: Decision | None) -> str:
    if not isinstance(choice, Some) or not choice.deselected:
        return ""
    return f"; {len(choice.deselected)} not selected, each green before on all that it depends on"


def _more(count: int) -> Iterator[str]:
    if count > SHOWN:
        yield f"  and {count - SHOWN} more"


def _flaky(result: Result) -> Iterator[str]:
    for test in result.flaky:
        yield f"flaky: {printable(test)} was red and green on the same files; it counts as {_first(result, test)}"


def _first(result: Result, test: str) -> str:
    return "red" if any(each.id == test for each in result.red) else "green"


def _chosen(choice: Decision | None) -> Iterator[str]:
    match choice:
        case Everything(why=why, tests=tests):
            yield f"all {len(tests)} tests ran"
            yield from (f"  because {printable(each)}" for each in why)
        case Some(selected=selected, deselected=deselected) if selected:
            yield f"selected: {len(selected)} of {counted(len(selected) + len(deselected), 'test')}"
            for each in selected[:SHOWN]:
                yield f"  {shortened(printable(each.test), WIDEST)}  {reason_words(each.why)}"
            yield from _more(len(selected))
        case _:
            pass
    if isinstance(choice, Some) and choice.deselected:
        oldest = min(each.at for each in choice.deselected)
        yield f"oldest record of what was not selected: {oldest:%Y-%m-%d %H:%M} (outpace test select --why TEST)"


def _diff(result: Result) -> Iterator[str]:
    match result.diff:
        case Unknown(why=why):
            yield f"what the tests take of the change is unknown: {printable(why)}"
        case Diff() as diff:
            yield from _taken(diff)
            for path in diff.unread[:SHOWN]:
                yield f"changed, and no test opened it: {printable(path)}"
            yield from _more(len(diff.unread))
            for path in diff.unparsed:
                yield f"changed, and could not be looked at: {printable(path)}"
        case None:
            pass


def _taken(diff: Diff) -> Iterator[str]:
    of = f"{counted(diff.places, 'function or outcome', 'functions and outcomes')} of conditions"
    if not diff.places:
        yield f"nothing that a test could take changed since {printable(diff.base)}"
    elif not diff.untaken:
        yield f"the tests take all {of} that changed since {printable(diff.base)}"
    else:
        yield f"no test takes {len(diff.untaken)} of {of} that changed since {printable(diff.base)}:"
        yield from (f"  {untaken_words(each)}" for each in diff.untaken[:SHOWN])
        yield from _more(len(diff.untaken))


def untaken_words(untaken: Untaken) -> str:
    name = untaken.function or "the module"
    return f"{printable(untaken.path)}:{untaken.line} {NEVER[untaken.kind].format(name=printable(name))}"


def _survivors(survivors: tuple[Survivor, ...] | Unknown | None) -> Iterator[str]:
    match survivors:
        case None:
            pass
        case Unknown(why=why):
            yield f"mutants say nothing: {printable(why)}"
        case ():
            yield "each mutant of the changed functions that a test reaches is killed, or proved to change nothing"
        case found:
            yield f"{counted(len(found), 'mutant')} of the changed functions not killed (see outpace test mutants):"
            for each in found[:SHOWN]:
                yield (
                    f"  {printable(each.path)}:{each.line} {printable(each.function) or 'the module'}: "
                    f"not killed in {counted(each.executions, 'execution')}"
                )
            yield from _more(len(found))


def _slow(costs: tuple[Cost, ...], runs: Runs) -> Iterator[str]:
    yield f"slowest, and what it costs in {runs.of}:"
    if not costs:
        yield "  nothing takes longer than 5 ms"
    for each in costs:
        times = f" in {each.count:,} times" if each.count > 1 else ""
        place = f" ({printable(each.place)})" if each.place else ""
        yield f"  {each.seconds:8.2f} s  {_span(each.total):>8}  {each.kind} {printable(each.name)}{place}{times}"


def _span(seconds: float) -> str:
    if seconds >= HOUR:
        return f"{seconds / HOUR:,.1f} h"
    return f"{seconds / MINUTE:.0f} min" if seconds >= MINUTE else f"{seconds:.0f} s"
