"""What `assess` and `brief` share: which clones are meant, and their assessments, in parallel where there are many."""

from __future__ import annotations

import argparse
import os
import signal
import threading
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import TypeAlias

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from outpace import bootstrap
from outpace.app.advisories import ensure_any
from outpace.app.assess import Asked, assess
from outpace.assessment.assessment import Assessment
from outpace.bootstrap.assessing import assessed_clone, baselines, package_index, release_dates
from outpace.cli.door import Door
from outpace.model.errors import BadInput, Error, UsageError
from outpace.model.times import from_timestamp, now, parse

MOST_CLONES = 10_000
END_OF_DAY = 86_399
AHEAD = timedelta(days=1)  # somewhere it is tomorrow already
PAUSE = 0.5  # seconds between two looks at whether the parent lives
Place: TypeAlias = str


class Found(Struct, frozen=True, kw_only=True):
    """`failed` are clones that could not be assessed, each with why. A fleet is ranked."""

    assessments: tuple[Assessment, ...]
    failed: tuple[tuple[Place, str], ...] = ()
    is_fleet: bool = False


class Order(Struct, frozen=True, kw_only=True):
    """What one process is told to do."""

    place: Place
    at: datetime
    is_past: bool
    branch: str | None
    index: str | None = None  # that tells release dates; None: nobody is asked
    offline: bool = False


def assessed(args: argparse.Namespace, door: Door) -> Found:
    """Raises UsageError for what was typed, and for a single clone whatever is the matter with it."""
    places = _places(args)
    where = bootstrap.places()
    source = bootstrap.advisory_store(where)
    ensure_any(source, lambda: bootstrap.advisory_feed(where), offline=args.offline, report=door.report)
    as_of = _as_of(args.as_of)
    order = Order(
        place="",
        at=as_of or now(),
        is_past=as_of is not None,
        branch=args.branch,
        index=package_index() if args.release_dates else None,
        offline=args.offline,
    )
    orders = [replace(order, place=place) for place in places]
    if len(orders) == 1 and args.repos is None:
        return Found(assessments=(_one(orders[0], door.report),))
    return _many(orders, args.jobs, door.report)


def _places(args: argparse.Namespace) -> list[Place]:
    named = [str(path) for path in args.path]
    if args.repos is not None:
        named += _listed(args.repos)
    if args.jobs is not None and args.jobs < 1:
        raise UsageError(f"--jobs {args.jobs} is no number of processes", hint="--jobs 2")
    if len(named) > MOST_CLONES:
        raise UsageError(f"{len(named):,} clones are too many at once", hint=f"at most {MOST_CLONES:,}")
    return list(dict.fromkeys(named)) or ["."]


def _listed(file: Path) -> list[Place]:
    """One path on each line, as seen from the file; empty lines and those that begin with # are passed over."""
    try:
        lines = file.read_text(encoding="utf-8", errors="surrogateescape").splitlines()
    except OSError as error:
        raise BadInput(
            f"cannot read {file}: {error.strerror}", hint="name a file with one clone on each line"
        ) from error
    named = [line.strip() for line in lines if line.strip() and not line.lstrip().startswith("#")]
    if not named:
        raise BadInput(f"{file} names no clone", hint="one path on each line")
    return [str(file.parent / Path(line).expanduser()) for line in named]


def _as_of(given: str | None) -> datetime | None:
    """A day is meant to its end, in UTC."""
    if given is None:
        return None
    try:
        at = parse(given)
    except ValueError as error:
        raise UsageError(f"--as-of {given} is no time", hint="such as 2024-06-30 or 2024-06-30T12:00:00Z") from error
    if at.date() > (now() + AHEAD).date():
        raise UsageError(f"--as-of {given} has not come yet", hint="leave --as-of out for today, or name a past day")
    return from_timestamp(at.timestamp() + END_OF_DAY) if len(given) == len("2024-06-30") else at


def _one(order: Order, report: Callable[[str], None]) -> Assessment:
    where = bootstrap.places()
    clone, kept = assessed_clone(Path(order.place), where, report, branch=order.branch)
    source = bootstrap.advisory_store(where)
    asked = Asked(at=order.at, is_past=order.is_past)
    dates = release_dates(order.index, where, report, offline=order.offline)
    with baselines(where, clone) as memory:
        made = assess(clone, source, asked, kept=kept, memory=memory, dates=dates, report=report)
        if not order.is_past and made.asked is None:
            memory.keep(made)
    return made


def _many(orders: Sequence[Order], jobs: int | None, report: Callable[[str], None]) -> Found:
    """Each is kept when it is done, so that a run that was ended goes on with what is left."""
    done: list[Assessment] = []
    failed: list[tuple[Place, str]] = []
    for number, (order, answer) in enumerate(_in_processes(orders, jobs), start=1):
        if isinstance(answer, bytes):
            done.append(msgspec.msgpack.decode(answer, type=Assessment))
            report(f"{number} of {len(orders)}: {order.place}: {_counted(len(done[-1].history.episodes))}")
        else:
            failed.append((order.place, answer))
            report(f"{number} of {len(orders)}: {order.place}: not assessed, {answer}")
    if not done:
        raise BadInput(
            f"none of the {len(orders)} clones could be assessed; {failed[0][0]}: {failed[0][1]}",
            hint=f"try one of them by itself: outpace assess {failed[0][0]}",
        )
    ranked = sorted(done, key=lambda each: (-each.lost_days, each.name))
    return Found(assessments=tuple(ranked), failed=tuple(sorted(failed)), is_fleet=True)


def _in_processes(orders: Sequence[Order], jobs: int | None) -> Iterator[tuple[Order, bytes | str]]:
    """As they end. An interrupt ends the processes that work; they hear of it from here alone, and end with us."""
    from concurrent.futures import ProcessPoolExecutor, as_completed
    from concurrent.futures.process import BrokenProcessPool
    from multiprocessing import active_children, get_context

    context = get_context("spawn")
    with ProcessPoolExecutor(jobs or os.cpu_count() or 1, context, _end_with, (os.getpid(),)) as pool:
        try:
            with _no_interrupt():
                running = {pool.submit(_quietly, order): order for order in orders}
            for each in as_completed(running):
                try:
                    yield running[each], each.result()
                except BrokenProcessPool:
                    yield running[each], "its process was killed; there may be too little memory (--jobs 1)"
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            for process in active_children():
                process.terminate()
            raise


@contextmanager
def _no_interrupt() -> Generator[None]:
    """Until it ends; processes that are started meanwhile never see one."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _end_with(parent: int) -> None:
    """In a process of the pool: it does not outlive the one that asked, however that ended."""
    threading.Thread(target=_watch, args=(parent,), daemon=True).start()


def _watch(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(PAUSE)
    os._exit(1)


def _quietly(order: Order) -> bytes | str:
    """In a process of its own: the assessment, or what is the matter."""
    try:
        return msgspec.msgpack.encode(_one(order, _no_report))
    except Error as error:
        return error.message


def _counted(episodes: int) -> str:
    return "1 episode" if episodes == 1 else f"{episodes:,} episodes"


def _no_report(_: str) -> None:
    return None
