"""Asks `outpace assess` of a repository that is built as a history case says, and says where its answer is wrong."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, cast

import msgspec
from msgspec import Struct

from bench.case_files import Case, lay_out_advisories
from bench.match_cases import environment, run
from outpace.formats.assess_v1 import AssessV1, ItemV1
from tests.fakes.histories import ISOLATED, build, commits_of, tags_of

Told = Mapping[str, Any]
SAME_STATE = {"prepatched": ("immune",), "unknown": ("unknown", "unpinned")}
FIRST_COMMIT = "first_commit_with_fix_on_the_merged_branch"
A_MINUTE = 1 / 1440


class _Envelope(Struct, frozen=True):
    result: AssessV1


def check(case: Case, place: Path, index: str) -> list[str]:
    """What is wrong with the answer; nothing if it is right. `place` is an empty directory."""
    ids = build(place / "origin", commits_of(case.raw["commits"], index), tags=tags_of(case.raw["commits"]))
    lay_out_advisories(case, place / "records")
    said: list[str] = []
    code, document = _ask(case, place, _cloned(case, place), said)
    wanted = cast("Told", json.loads(bytes(case.expect)))
    output = "\n".join(said)
    wrong = [f"{each!r} is in the output" for each in wanted.get("never_in_output", ()) if each in output]
    wrong += [f"{each!r} is not in the output" for each in wanted.get("must_mention", ()) if each not in output]
    try:
        result = msgspec.json.decode(document, type=_Envelope).result
    except msgspec.DecodeError:
        return [*wrong, f"no result, exit {code}: {output[-400:]}"]
    return wrong + list(_differences(wanted, result, ids))


def _cloned(case: Case, place: Path) -> Path:
    """As deep as the case says."""
    depth = case.raw.get("clone")
    if depth is None:
        return place / "origin"
    words = ["git", "clone", "-q", "--depth", str(depth), f"file://{place / 'origin'}", str(place / "clone")]
    subprocess.run(words, env=ISOLATED, check=True, capture_output=True)
    return place / "clone"


def _ask(case: Case, place: Path, clone: Path, said: list[str]) -> tuple[int, bytes]:
    """`advisories update`, `assess` as text, `assess` as JSON: each through the front door, with a state of its own."""
    assess = ["assess", str(clone), "--as-of", case.raw["as_of"], "--offline"]
    with environment(XDG_STATE_HOME=str(place / "state"), XDG_CACHE_HOME=str(place / "cache")):
        run(["advisories", "update", "--from", str(place / "records"), "--format", "json"], said)
        run(assess, said)
        return run([*assess, "--format", "json"], said)


def _differences(wanted: Told, result: AssessV1, ids: Mapping[str, str]) -> Iterator[str]:
    if result.horizon.branch != wanted.get("branch", result.horizon.branch):
        yield f"the branch is {result.horizon.branch}, not {wanted['branch']}"
    episodes = cast("Sequence[Told]", wanted["episodes"])
    left = list(result.items)
    for each in episodes:
        found = [item for item in left if item.package == each["name"] and each["advisory"] in _names(item)]
        if len(found) != 1:
            yield f"{each['name']} {each['advisory']}: {len(found)} items"
            continue
        left.remove(found[0])
        yield from (f"{each['name']} {each['advisory']}: {line}" for line in _wrong(each, found[0], ids))
    yield from (f"{item.package} {item.advisory} is not expected: {item.entry}, {item.state}" for item in left)
    yield from _stages(wanted.get("stages", {}), result, ids)
    yield from _grouped(result)


def _names(item: ItemV1) -> set[str]:
    return {item.advisory, *item.aliases}


def _wrong(wanted: Told, item: ItemV1, ids: Mapping[str, str]) -> Iterator[str]:
    if item.state not in SAME_STATE.get(wanted["state"], (wanted["state"],)):
        yield f"the state is {item.state}, not {wanted['state']} ({item.why})"
    for key, told in (("opened", item.opened), ("closed", item.closed)):
        if key in wanted and _time(wanted[key]) != told:
            yield f"{key} is {told}, not {wanted[key]}"
    if "commit" in wanted and item.commit != ids.get(wanted["commit"]):
        yield f"it is closed by {_short(item.commit, ids)}, not {wanted['commit']}"
    for key, days in (("days", item.days), ("exposed_days", item.exposed_days)):
        if key in wanted and (days is None or abs(days - wanted[key]) > A_MINUTE):
            yield f"{key} is {days}, not {wanted[key]}"
    yield from _between(wanted, item)
    if "windows" in wanted and (found := [(one.opened, one.closed) for one in item.windows]) != _times(
        wanted["windows"]
    ):
        yield f"the windows are {found}, not {wanted['windows']}"
    doubts = [(gap.since, gap.until) for gap in item.unknown_windows]
    if missing := [each for each in _times(wanted.get("unknown_windows", ())) if each not in doubts]:
        yield f"of {missing} it is not said that it is unknown, but of {doubts}"


def _between(wanted: Told, item: ItemV1) -> Iterator[str]:
    """Where one date does not tell it, any from the first to the second is right."""
    if "closed_between" in wanted:
        first, last = map(_time, wanted["closed_between"])
        if item.closed is None or not (first and last and first <= item.closed <= last):
            yield f"closed is {item.closed}, not in {wanted['closed_between']}"
    if "days_between" in wanted:
        fewest, most = wanted["days_between"]
        if item.days is None or not fewest - A_MINUTE <= item.days <= most + A_MINUTE:
            yield f"days is {item.days}, not in {wanted['days_between']}"


def _stages(wanted: Told, result: AssessV1, ids: Mapping[str, str]) -> Iterator[str]:
    if (first := wanted.get(FIRST_COMMIT)) is None:
        return
    told = {(item.stages.first_commit_id, item.stages.first_commit) for item in result.items if item.stages.landed}
    if told != {(ids[first["commit"]], _time(first["at"]))}:
        yield f"the first commit with the fix is {told}, not {first}"


def _grouped(result: AssessV1) -> Iterator[str]:
    """Every item that was ever affected is in an episode, and no other is."""
    together = {(each.package, name) for each in result.episodes for name in each.advisories}
    apart = {(item.package, item.advisory) for item in result.items if item.windows}
    if together != apart:
        yield f"the episodes hold {sorted(together)}, and affected were {sorted(apart)}"


def _time(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)


def _times(pairs: Sequence[Sequence[str | None]]) -> list[tuple[datetime | None, ...]]:
    return [tuple(map(_time, pair)) for pair in pairs]


def _short(commit: str, ids: Mapping[str, str]) -> str:
    return next((name for name, full in ids.items() if full == commit), commit or "nothing")
