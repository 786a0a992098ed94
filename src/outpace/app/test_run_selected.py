"""What a run says of the selection: a red test that it would have left out is a miss, and is published."""

from __future__ import annotations

import msgspec

from outpace.app.test_run import How, Tests, run_tests
from outpace.app.test_select import Answer, Kept
from outpace.model.times import now
from outpace.testing.result.records import Result
from outpace.testing.selection.decision import New, Policy, Selected, Some, decided, missed
from outpace.testing.selection.maps import Miss


def with_misses(result: Result, told: Answer, kept: Kept, tests: Tests, how: How, *, commit: str) -> Result:
    """What ran although the records alone would have left it out, and is red alone too, at `commit` or at edits of it.
    Each is kept with the map, so that everything runs until somebody has said why. One that is green alone fell over
    what others left behind."""
    if told.known is None:
        return result
    at = now()
    quiet = msgspec.structs.replace(told.known, misses=())
    would = decided(quiet, told.world, now=at, commit=commit, policy=Policy(one_in=0))
    open_ones = {each.test for each in told.known.misses if not each.explained}
    found = [test for test in missed(would, [each.id for each in result.red]) if test not in open_ones]
    red = tuple(test for test in found if _is_red_alone(test, tests, how))
    if not red:
        return result
    known = kept.map() or told.known
    green = {each.test: each.commit for each in told.known.tests}
    misses = tuple(Miss(test=test, commit=commit, at=at, green=green.get(test, "")) for test in red)
    kept.put(msgspec.structs.replace(known, misses=(*known.misses, *misses)))
    return msgspec.structs.replace(result, missed=red)


def _is_red_alone(test: str, tests: Tests, how: How) -> bool:
    return bool(run_tests(tests, msgspec.structs.replace(how, jobs=1, again=False, slow=False), choice=_only(test)).red)


def _only(test: str) -> Some:
    return Some(selected=(Selected(test=test, why=New()),), deselected=())
