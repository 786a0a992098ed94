"""How the edge is shown: text, and its public JSON."""

from __future__ import annotations

import math
import shlex
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path

from msgspec import Struct

from outpace.app.edge import View
from outpace.delivery.edge.standing import Service, Stage
from outpace.delivery.edge.traffic import WHOLE, Blocked, BlockHeader, BlockMethod, BlockPath
from outpace.delivery.exchanges.exchange import Recording
from outpace.delivery.rollout.verdicts import share
from outpace.formats.envelope import encoded
from outpace.formats.plain import page
from outpace.model.release import SHORT

SAID: dict[Stage, str] = {
    "starting": "is starting",
    "unseen": "is healthy, and no user is sent to it yet",
    "users": "is judged",
    "promoted": "is promoted",
    "settled": "is settled",
    "reverted": "was rolled back",
}
ON_ITS_WAY: dict[Service, str] = {"arriving": ", not in use yet", "serving": "", "leaving": ", leaves"}
LONG_SILENT = 30.0


class InstanceV1(Struct, frozen=True, kw_only=True):
    """`pid` is null where it does not run."""

    name: str
    release: str
    port: int
    pid: int | None
    starts: int


class EdgeRolloutV1(Struct, frozen=True, kw_only=True):
    id: str
    candidate: str
    baseline: str | None
    stage: str
    weight: float  # the share of users that the candidate gets
    why: str
    by: str


class BlockV1(Struct, frozen=True, kw_only=True):
    what: str
    until: datetime
    why: str


class EdgeV1(Struct, frozen=True, kw_only=True):
    """Process ids are null where nothing runs."""

    application: str
    listen: tuple[str, ...]
    folder: str
    watchdog: int | None
    envoy: int | None
    judge: int | None
    good: str | None
    instances: tuple[InstanceV1, ...]
    workers: dict[str, int | None]
    rollout: EdgeRolloutV1 | None
    blocks: tuple[BlockV1, ...]
    troubles: tuple[str, ...]


class UnitsV1(Struct, frozen=True, kw_only=True):
    """`into` is null where nothing was written."""

    into: str | None
    units: dict[str, str]


def answer(command: str, view: View) -> bytes:
    standing = view.standing
    rollout = standing.rollout
    traffic = standing.traffic
    result = EdgeV1(
        application=view.application,
        listen=view.listen,
        folder=view.folder,
        watchdog=standing.watchdog or None,
        envoy=standing.envoy or None,
        judge=view.judge.pid if view.judge is not None else None,
        good=standing.good.release if standing.good else None,
        instances=tuple(
            InstanceV1(name=each.name, release=each.release, port=each.port, pid=each.pid or None, starts=each.starts)
            for each in standing.instances
        ),
        workers={name: pid or None for name, pid in view.workers.items()},
        rollout=EdgeRolloutV1(
            id=rollout.id,
            candidate=rollout.candidate,
            baseline=rollout.baseline,
            stage=rollout.stage,
            weight=traffic.weight / WHOLE if traffic is not None and standing.under_way else 0.0,
            why=rollout.why,
            by=rollout.by,
        )
        if rollout is not None
        else None,
        blocks=tuple(BlockV1(what=spoken(each.what), until=each.until, why=each.why) for each in view.blocks),
        troubles=tuple(troubles(view)),
    )
    return encoded(command, result)


def troubles(view: View) -> list[str]:
    """What is not as it should be, each with what to do."""
    return list(_troubles(view))


def _troubles(view: View) -> Iterator[str]:
    standing = view.standing
    if not standing.envoy:
        yield "the proxy does not run, so nobody is served: outpace edge up"
    for pid, silent in sorted(standing.hanging.items()):
        since = f" for {silent:.0f} s" if math.isfinite(silent) else ""
        yield f"the watchdog, process {pid}, hangs: it has not looked{since}, so nothing is taken back: outpace edge up"
    if not standing.watchdog:
        yield "the watchdog does not run, so nothing is started or taken back by itself: outpace edge up"
    yield from (f"{each}: outpace edge up" for each in standing.amiss)
    if standing.good is None:
        yield "no release is good yet: outpace rollout"
    if view.differs:
        act = "outpace edge up, once the rollout is over" if standing.under_way else "outpace edge up"
        yield f"what runs was started with other settings than are declared now, {', '.join(view.differs)}: {act}"
    yield from (f"{each}: outpace rollback goes to the release before" for each in view.restless)
    for name, why in view.silent.items():
        what = "the proxy" if name == "envoy" else name
        yield f"{what} does not answer, {why}: outpace edge up replaces what hangs"
    for each in standing.instances:
        if not each.pid:
            yield f"{each.name} does not run: {view.folder}/logs/{each.name}.log says why"
    if view.is_soaking and view.judge is None:
        yield f"nobody judges the soak now: {view.folder}/logs/judge.log says why; outpace rollout --soak does it"
    if view.judge is not None and view.judge.silent_s > LONG_SILENT:
        judge, silent = view.judge.pid, view.judge.silent_s
        yield f"its judge, process {judge}, has not looked for {silent:.0f} s: after kill -9 {judge} another comes"


def text(view: View) -> str:
    return page(_lines(view), hang=10)


def down_text(view: View) -> str:
    good = view.standing.good
    back = f"; outpace edge up brings {good.release[:SHORT]} back" if good else ""
    return page([f"{view.application} is down, nobody is served{back}"])


def _lines(view: View) -> Iterator[str]:
    standing = view.standing
    yield f"{view.application} at {', '.join(view.listen)}"
    yield f"  proxy     {_process(standing.envoy)}"
    yield f"  watchdog  {_process(standing.watchdog)}"
    good = standing.good
    yield f"  good      {f'{good.release[:SHORT]} since {good.since:%Y-%m-%d %H:%M:%S}' if good else 'none yet'}"
    for each in standing.instances:
        again = f", started {each.starts} times" if each.starts > 1 else ""
        yield f"  runs      {each.name} on port {each.port}, {_process(each.pid)}{again}{ON_ITS_WAY[each.service]}"
    for name, pid in view.workers.items():
        yield f"  works     {name}, {_process(pid)}"
    if view.is_soaking and view.judge is not None:
        yield f"  judge     process {view.judge.pid}"
    rollout, traffic = standing.rollout, standing.traffic
    if rollout is not None:
        users = f", {share(traffic.weight / WHOLE)} of users" if standing.under_way and traffic is not None else ""
        why = f": {rollout.why}" if rollout.why else ""
        yield f"  rollout   {rollout.candidate[:SHORT]} {SAID[rollout.stage]}{users}{why}"
    for block in view.blocks:
        yield f"  blocked   {spoken(block.what)} until {block.until:%Y-%m-%d %H:%M:%S}: {block.why}"
    for trouble in troubles(view):
        yield f"  ! {trouble}"


def _process(pid: int) -> str:
    return f"process {pid}" if pid else "does not run"


def spoken(what: Blocked) -> str:
    match what:
        case BlockPath(path=path):
            return f"{path} and below"
        case BlockMethod(method=method, path=path):
            return f"{method.upper()} {path}" + ("" if path == "/" else " and below")
        case BlockHeader(header=header, contains=contains):
            return f"the header {header}" + (f" with {contains!r}" if contains else "")


def units_answer(units: Mapping[str, str], into: Path | None) -> bytes:
    return encoded("edge units", UnitsV1(into=str(into) if into else None, units=dict(units)))


def units_text(units: Mapping[str, str], into: Path | None) -> str:
    if into is not None:
        names = shlex.join(units)
        return f"written to {into}; start them with: systemctl daemon-reload && systemctl enable --now {names}\n"
    return "\n".join(f"# {name}\n{text}" for name, text in units.items())


class RecordedV1(Struct, frozen=True, kw_only=True):
    """`not_kept`: why, and how many."""

    file: str
    exchanges: int
    not_kept: dict[str, int]


def recorded_answer(recording: Recording, path: Path) -> bytes:
    result = RecordedV1(file=str(path), exchanges=len(recording.exchanges), not_kept=recording.not_kept)
    return encoded("edge record", result)


def recorded_text(recording: Recording, path: Path) -> str:
    kept = len(recording.exchanges)
    lines = [f"{kept} exchange{' is' if kept == 1 else 's are'} kept, redacted, in {path}"]
    lines += [
        f"  {count} {'was' if count == 1 else 'were'} not: {why}" for why, count in sorted(recording.not_kept.items())
    ]
    return page(lines)
