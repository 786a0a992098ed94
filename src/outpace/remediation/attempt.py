"""One attempt: resolve some steps, then judge the result by what moved and by a new match."""

from __future__ import annotations

from collections.abc import Collection
from functools import partial

import msgspec
from msgspec import Struct

from outpace.model.advisory import Vulnerability
from outpace.model.change import Move
from outpace.model.exposure import Exposure, Matched
from outpace.model.package import Package
from outpace.remediation.candidates import above, known_against
from outpace.remediation.lock_moves import is_downgrade, is_pin, is_prerelease, jump, moved, source_changes, worse
from outpace.remediation.plan import Exception_, Proposal, candidate_digest, pin_of
from outpace.remediation.ports import Available, NeedsPython, Pin, Resolved, Resolver, Step, TooNew, Unsolvable
from outpace.remediation.world import World

RAISED_AT_MOST = 6


class Refusal(Struct, frozen=True):
    """Why a candidate does not do; `python` is set where a Python that is too old is the reason."""

    reason: str
    python: NeedsPython | None = None


class Excluded(Struct, frozen=True):
    """This candidate was refuted before."""


class _Judged(Struct, frozen=True):
    """A result, and what speaks against it."""

    proposal: Proposal
    against: tuple[str, ...]


class Attempts:
    """Tries steps on one state of the files."""

    def __init__(self, world: World, excluding: frozenset[str]) -> None:
        self._world = world
        self._excluding = excluding
        self.before = world.match(world.read({}))

    def of(self, steps: tuple[Step, ...], passing: tuple[Step, ...] = ()) -> Proposal | Refusal | Excluded:
        """The proposal that moves as little as was found to be possible; `passing` move along past a cool-down."""
        if candidate_digest((step.pin.package.name, step.version) for step in steps) in self._excluding:
            return Excluded()
        asked = {step.pin for step in steps}
        passing = tuple({each.pin: each for each in passing if each.pin not in asked}.values())
        judged = self._with(steps, passing)
        if isinstance(judged, Refusal):
            return judged
        smaller = self._smaller(judged.proposal, passing) if _along(judged.proposal) else None
        if smaller is not None:
            return smaller
        return Refusal(judged.against[0]) if judged.against else judged.proposal

    def past_cool_down(self, step: Step, resolver: Resolver) -> Proposal | Refusal | Excluded:
        """With what would make room for the step, were it not hidden by the user's own cool-down as well."""
        along: frozenset[Pin] = frozenset()
        passing: tuple[Step, ...] = ()
        while isinstance(stuck := resolver.resolve((step, *passing)), Unsolvable):
            more = self._pins(resolver, stuck.names) - along - {step.pin}
            along |= more
            passing = self._hidden(resolver, step, tuple(sorted(along))) if more else ()
            if not passing:
                break
        return self.of((step,), passing)

    def _pins(self, resolver: Resolver, names: Collection[str]) -> frozenset[Pin]:
        every = self.before.inventory.components
        return frozenset(
            pin_of(each)
            for each in every
            if each.file in resolver.files and each.package.name in names and is_pin(each)
        )

    def _hidden(self, resolver: Resolver, step: Step, along: tuple[Pin, ...]) -> tuple[Step, ...]:
        """The least that moves along with the cool-down lifted; empty where nothing of it is hidden."""
        least = self._least(resolver, (step,), along, hidden=True)
        found = tuple(_with_time(each, resolver) for each in least if each.version != each.pin.version)
        return found if any(each.released for each in found) else ()

    def blocker(self, proposal: Proposal) -> str:
        """What stood in the way of moving the purpose alone, where something had to move along."""
        held = _along(proposal)
        for resolver in self._world.resolvers:
            here = tuple(Step(pin=pin, version=pin.version) for pin in held if pin.file in resolver.files)
            mine = tuple(step for step in proposal.steps if step.pin.file in resolver.files)
            if here and mine and isinstance(stuck := resolver.resolve((*mine, *here)), Unsolvable):
                return stuck.blocker
        return ""

    def _smaller(self, proposal: Proposal, passing: tuple[Step, ...]) -> Proposal | None:
        """What moves along goes to its lowest version that resolves and that nothing is known against."""
        extra: list[Step] = []
        settled = {(step.pin.file, step.pin.package) for step in passing}
        left = tuple(pin for pin in _along(proposal) if (pin.file, pin.package) not in settled)
        for resolver in self._world.resolvers:
            along = tuple(pin for pin in left if pin.file in resolver.files)
            mine = tuple(step for step in (*proposal.steps, *passing) if step.pin.file in resolver.files)
            extra.extend(self._least(resolver, mine, along, hidden=False) if along and mine else ())
        again = self._with(proposal.steps, (*passing, *extra)) if extra else None
        if not isinstance(again, _Judged) or again.against or not _names(again.proposal) <= _names(proposal):
            return None
        return again.proposal

    def _least(
        self, resolver: Resolver, steps: tuple[Step, ...], along: tuple[Pin, ...], *, hidden: bool
    ) -> tuple[Step, ...]:
        """What a pin was exposed to before is left behind as well where that is no larger jump."""
        known = frozenset((e.component.file, e.component.package, e.vulnerability.id) for e in self.before.exposures)
        least = self._lowest_clean(resolver, steps, along, known, hidden=hidden)
        clean = {step.pin: step for step in self._lowest_clean(resolver, steps, along, frozenset(), hidden=hidden)}
        if all(step.pin in clean and _jump(clean[step.pin]) <= _jump(step) for step in least):
            return tuple(clean.values())
        return least

    def _lowest_clean(
        self,
        resolver: Resolver,
        steps: tuple[Step, ...],
        along: tuple[Pin, ...],
        known: frozenset[tuple[str, Package, str]],
        *,
        hidden: bool,
    ) -> tuple[Step, ...]:
        """Floors rise over what is affected, as they do for the purpose; empty where that leads nowhere."""
        demands = {pin: f">={pin.version}" for pin in along}
        for _ in range(RAISED_AT_MOST):
            found = resolver.smallest(steps, tuple(demands.items()), hidden=hidden)
            raised = {
                step.pin: above(step.version, against)
                for step in found
                if step.version != step.pin.version and (against := self._new_against(step, known))
            }
            if not raised:
                return found
            demands.update(raised)
        return ()

    def _new_against(self, step: Step, known: frozenset[tuple[str, Package, str]]) -> tuple[Vulnerability, ...]:
        against = known_against(step.pin.package, step.version, self._world.match)
        return tuple(each for each in against if (step.pin.file, step.pin.package, each.id) not in known)

    def _with(self, steps: tuple[Step, ...], extra: tuple[Step, ...] = ()) -> _Judged | Refusal:
        parts: list[Resolved] = []
        for resolver in self._world.resolvers:
            mine = tuple(step for step in (*steps, *extra) if step.pin.file in resolver.files)
            resolution = resolver.resolve(mine) if mine else Resolved(files=())
            if isinstance(resolution, Unsolvable):
                return Refusal(resolution.blocker, resolution.python)
            parts.append(resolution)
        return self._judged(steps, extra, _united(parts))

    def _judged(self, steps: tuple[Step, ...], extra: tuple[Step, ...], resolved: Resolved) -> _Judged:
        after = self._world.match(self._world.read(dict(resolved.files)))
        moves = moved(self.before.inventory, after.inventory)
        against = (*_unread(self.before, after), *_left(steps, self.before, after), *worse(self.before, after))
        fixes = _gone(self.before, after)
        sources = source_changes(self.before.inventory, after.inventory)
        proposal = Proposal(
            steps=steps,
            files=resolved.files,
            moves=moves,
            fixes=fixes,
            caveats=(*resolved.notes, *sources, *_remains(fixes, after)),
            released=resolved.released,
            exceptions=_exceptions(resolved, steps, self.before.exposures),
            passing=tuple(each for each in extra if each.released is not None),
        )
        return _Judged(proposal, (*against, *_unwelcome(steps, moves)))


def _united(parts: list[Resolved]) -> Resolved:
    return Resolved(
        files=tuple(sorted({path: content for part in parts for path, content in part.files}.items())),
        notes=tuple(dict.fromkeys(note for part in parts for note in part.notes)),
        let_through=tuple(dict.fromkeys(passed for part in parts for passed in part.let_through)),
        released=tuple(sorted({name: at for part in parts for name, at in part.released}.items())),
    )


def _along(proposal: Proposal) -> tuple[Pin, ...]:
    """Pins that move without being the purpose."""
    return tuple(
        Pin(package=move.package, version=move.before, file=move.file, marker=move.marker)
        for move in proposal.moves
        if move.package not in proposal.purpose and move.before is not None and move.after is not None
    )


def _jump(step: Step) -> int:
    return jump(step.pin.version, step.version)


def _names(proposal: Proposal) -> frozenset[tuple[str, str]]:
    return frozenset((move.file, move.package.name) for move in proposal.moves)


def _left(steps: tuple[Step, ...], before: Matched, after: Matched) -> tuple[str, ...]:
    """Pins of the purpose that are still exposed, forks for other Pythons too; other pins of the same file may be."""
    places = {(step.pin.file, step.pin.package): step for step in steps}
    ours = {(step.pin.file, step.pin.package, step.pin.version, step.pin.marker) for step in steps}
    others = {_place(exposure) for exposure in before.exposures} - ours
    return tuple(
        f"{exposure.component.package.name} {exposure.component.version} stays"
        f"{f' where {exposure.component.marker}' if exposure.component.marker else ''}, exposed to "
        f"{exposure.vulnerability.id}"
        for exposure in after.exposures
        if (exposure.component.file, exposure.component.package) in places and _place(exposure) not in others
    )


def _place(exposure: Exposure) -> tuple[str, object, str, str]:
    component = exposure.component
    return component.file, component.package, component.version or "", component.marker


def _unread(before: Matched, after: Matched) -> tuple[str, ...]:
    known = {(unread.file, unread.why) for unread in before.inventory.unread}
    new = (unread for unread in after.inventory.unread if (unread.file, unread.why) not in known)
    return tuple(f"{unread.file} could not be read afterwards: {unread.why}" for unread in new)


def _unwelcome(steps: tuple[Step, ...], moves: tuple[Move, ...]) -> tuple[str, ...]:
    """Moves along that the planner's own rules would not make."""
    purpose = {step.pin.package: step for step in steps}
    words: list[str] = []
    for move in moves:
        said = f"{move.package.name} would go from {move.before} to {move.after}"
        if is_downgrade(move):
            words.append(f"{said}, which is lower")
        elif move.package in purpose and move.after not in (None, *(s.version for s in steps)):
            words.append(said)
        elif move.after and is_prerelease(move.after) and not is_prerelease(move.before or move.after):
            words.append(f"{said}, a pre-release")
    return tuple(words)


def _gone(before: Matched, after: Matched) -> tuple[str, ...]:
    left = {(e.component.file, e.component.package, e.vulnerability.id) for e in after.exposures}
    gone = {e.vulnerability.id for e in before.exposures
            if (e.component.file, e.component.package, e.vulnerability.id) not in left}  # fmt: skip
    return tuple(sorted(gone))


def _remains(fixes: tuple[str, ...], after: Matched) -> tuple[str, ...]:
    return tuple(
        f"{e.component.package.name} {e.component.version} in {e.component.file} stays exposed to {e.vulnerability.id}"
        for e in after.exposures
        if e.vulnerability.id in fixes
    )


def _exceptions(resolved: Resolved, steps: tuple[Step, ...], exposures: tuple[Exposure, ...]) -> tuple[Exception_, ...]:
    """What moves along passes for the sake of the purpose."""
    purpose = frozenset(step.pin.package for step in steps)
    return tuple(
        Exception_(
            package=passed.package,
            version=passed.version,
            advisories=_ids(exposures, purpose & {passed.package} or purpose),
            reason=passed.reason,
            expires=passed.expires,
        )
        for passed in resolved.let_through
    )


def _ids(exposures: tuple[Exposure, ...], packages: Collection[Package]) -> tuple[str, ...]:
    return tuple(sorted({each.vulnerability.id for each in exposures if each.component.package in packages}))


def _with_time(step: Step, resolver: Resolver) -> Step:
    """With the time of its upload where the cool-down hides it."""
    exactly = partial(resolver.lowest, step.pin, f"=={step.version}", prereleases=True)
    found = exactly(hidden=True) if isinstance(exactly(hidden=False), TooNew) else None
    return msgspec.structs.replace(step, released=found.released) if isinstance(found, Available) else step
