"""Replay a recording against two releases, and accept what differs on purpose."""

from __future__ import annotations

from typing import Protocol

from msgspec import Struct
from msgspec.structs import replace

from outpace.delivery.exchanges.answers import NoAnswer, shown
from outpace.delivery.exchanges.comparison import SHORTEST_PREFIX, Comparison
from outpace.delivery.exchanges.exchange import Recording, mix
from outpace.delivery.exchanges.expected import Acceptance
from outpace.model.application import Application
from outpace.model.errors import NotFound, Unreachable, UsageError
from outpace.model.probe import Probe
from outpace.model.words import counted


class Plan(Struct, frozen=True, kw_only=True):
    """`releases` are the pair that an acceptance is for; the addresses stand for them where nobody names them. `beside`
    is of another process of the old release; `seeded`: those that are compared have one seed for the order of sets."""

    old_url: str
    new_url: str
    beside: str = ""
    seeded: bool = False
    ignore: tuple[str, ...] = ()
    unordered: tuple[str, ...] = ()
    expected: tuple[Probe, ...] = ()
    accepted: tuple[Acceptance, ...] = ()
    releases: tuple[str, str]
    unsafe_methods: bool = False
    rate: float


class Replays(Protocol):
    def __call__(self, recording: Recording, plan: Plan) -> Comparison: ...


class View(Struct, frozen=True, kw_only=True):
    recording: Recording
    plan: Plan
    comparison: Comparison
    mix: dict[str, int]


def known(application: Application | None) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What outpace.toml says is to be ignored, and which lists have no order."""
    record = application.edge.record if application is not None and application.edge is not None else None
    return (record.ignore, record.unordered) if record is not None else ((), ())


def probes_of(advisory: str, probes: tuple[Probe, ...]) -> tuple[Probe, ...]:
    """Raises NotFound where no probe speaks of it: without one, no difference can be told to be the fix's."""
    found = tuple(each for each in probes if advisory in each.advisories)
    if not found:
        raise NotFound(
            f"no probe in outpace.toml speaks of {advisory}", hint="add [[probes]] with the exploit's request"
        )
    return found


def replayed(recording: Recording, plan: Plan, replays: Replays) -> View:
    """Raises UsageError for an acceptance of nothing that differs, since it would accept it later unseen."""
    for each in plan.accepted:
        if len(each.digest) < SHORTEST_PREFIX:
            raise UsageError(
                f"{each.digest!r} is too short for a digest", hint=f"at least {SHORTEST_PREFIX} characters of one"
            )
    comparison = replace(replays(recording, plan), one_process=not plan.beside and not plan.seeded)
    used = {each.accepted for each in comparison.found}
    for each in plan.accepted:
        if each not in used and comparison.replayed:
            raise UsageError(
                f"nothing differs that {each.digest} is the digest of",
                hint="a digest is of one difference between one pair of releases: run it without --accept to see them",
            )
    return View(recording=recording, plan=plan, comparison=comparison, mix=mix(recording))


def insist_on_answers(comparison: Comparison) -> None:
    """Raises Unreachable where one side gave none at all: that is no difference that somebody could mean."""
    for option, answers in (
        ("--old", [each.old for each in comparison.replayed]),
        ("--new", [each.new for each in comparison.replayed]),
    ):
        silent = [each for each in answers if isinstance(each, NoAnswer)]
        if silent and len(silent) == sum(each is not None for each in answers):
            raise Unreachable(
                f"nothing answers at {option}: {shown(silent[0].why)}",
                hint=f"is the release up, and is that its address? {counted(len(silent), 'request')} went there",
            )
