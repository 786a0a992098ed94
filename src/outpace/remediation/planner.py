"""The smallest safe step for every affected pin: alone where they must go alone, together where they can."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from itertools import islice

import msgspec

from outpace.model.errors import EngineError
from outpace.model.exposure import Exposure
from outpace.remediation import by_hand
from outpace.remediation.apart import Apart
from outpace.remediation.attempt import Attempts, Excluded, Refusal
from outpace.remediation.candidates import Exhausted, candidates, known_against, prerelease_of
from outpace.remediation.narrowing import narrowed
from outpace.remediation.plan import Blocked, Fixed, NoFix, Outcome, Plan, PrereleaseOnly, Proposal, Target, pin_of
from outpace.remediation.ports import (
    Available,
    MustBuild,
    NeedsPython,
    Nothing,
    NotRun,
    OnlyPrereleases,
    Pin,
    Resolver,
    Step,
    TooNew,
    Unsolvable,
)
from outpace.remediation.world import World

TRIED_AT_MOST = 12
SAME_AT_MOST = 3
ANCESTORS_AT_MOST = 6
WITHOUT_FIX = (NoFix, PrereleaseOnly)
REFUTED_AT_MOST = 5
ASSUMED = "the record names no fixed version, only the last affected one: that this version is safe is assumed"


class Planner:
    """Plans for one state of the files. Candidates that were refuted are named in `excluding` by their digests."""

    def __init__(
        self, world: World, *, excluding: frozenset[str] = frozenset(), report: Callable[[str], None] = lambda _: None
    ) -> None:
        self._resolvers = tuple(map(Apart, world.resolvers))
        self._world = msgspec.structs.replace(world, resolvers=self._resolvers)
        self._attempts = Attempts(self._world, excluding)
        self._blockers: dict[tuple[Step, ...], str] = {}
        self._report = report

    def plans(self, exposures: Iterable[Exposure]) -> tuple[Plan, ...]:
        """One plan for each affected pin. Pins that move together share one proposal. Raises what stopped a resolver
        where nobody else was asked for anything."""
        targets = targets_of(exposures)
        first = {target: self._first(target) for target in targets}
        shared = self._together({target: step for target, step in first.items() if isinstance(step, Step)})
        outcomes: dict[Target, Outcome] = {}
        for at, (target, found) in enumerate(first.items(), 1):
            if not isinstance(found, Step):
                outcomes[target] = found
            elif target in shared:
                outcomes[target] = self._fixed(target, found, shared[target])
            else:
                pin = target.pin
                self._report(f"{pin.package.name} {pin.version} in {pin.file} by itself: {at} of {len(targets)} pins")
                outcomes[target] = self._alone(target)
        self._gather({t: each.proposal for t, each in outcomes.items() if isinstance(each, Fixed)}, shared)
        for target in targets:
            if target not in shared and (change := self._brought_by(target, shared)) is not None:
                shared[target] = change
                if not isinstance(outcomes[target], Fixed):
                    outcomes[target] = Fixed(version=None, proposal=change, caveats=_assumed(target))
        failures = {target: self._failure(target) for target in targets}
        if all(failures.values()) and (failure := next(iter(failures.values()), None)):
            raise failure
        found = {each: _within(each, outcomes[each], shared.get(each), failures[each]) for each in targets}
        return tuple(Plan(target=target, outcome=outcome) for target, outcome in found.items())

    def _failure(self, target: Target) -> EngineError | None:
        resolver = self._resolver(target)
        return resolver.failure if resolver is not None else None

    def _together(self, steps: dict[Target, Step]) -> dict[Target, Proposal]:
        """As many first candidates as resolve at once, found in each component set first: whoever does not go along
        with the others goes alone."""
        if len(steps) < 2:
            return {}
        for resolver in self._resolvers:
            mine = {target: step for target, step in steps.items() if step.pin.file in resolver.files}
            kept = narrowed(mine, partial(self._unsolvable, resolver), _is_named)
            steps = {target: step for target, step in steps.items() if target in kept or target not in mine}
        steps = narrowed(steps, self._refused, _is_named)
        attempt = self._attempts.of(tuple(steps.values())) if len(steps) > 1 else None
        return dict.fromkeys(steps, attempt) if isinstance(attempt, Proposal) else {}

    def _unsolvable(self, resolver: Resolver, steps: Mapping[Target, Step]) -> str | None:
        self._report(f"resolving {len(steps)} pins together, in {next(iter(steps)).pin.file}")
        resolution = resolver.resolve(tuple(steps.values()))
        return resolution.blocker if isinstance(resolution, Unsolvable) else None

    def _refused(self, steps: Mapping[Target, Step]) -> str | None:
        self._report(f"resolving {len(steps)} pins together, in all files")
        match self._attempts.of(tuple(steps.values())):
            case Proposal():
                return None
            case Refusal(reason=reason):
                return reason
            case Excluded():
                return ""

    def _first(self, target: Target) -> Step | Outcome:
        resolver = self._resolver(target)
        if resolver is None:
            return _not_editable(target)
        self._report(f"looking for releases of {target.pin.package.name} above {target.pin.version}")
        first = next(candidates(target, resolver, self._world.match))
        return first if isinstance(first, Step) else self._alone(target)

    def _gather(self, alone: dict[Target, Proposal], shared: dict[Target, Proposal]) -> None:
        """Those that fix most come first, and whatever they bring along needs no change of its own."""
        left = sorted((each for each in alone if each not in shared), key=lambda each: -len(alone[each].fixes))
        for target in left:
            if self._brought_by(target, shared) is None:
                self._join(target, alone[target], shared)
        for target in left:
            if target not in shared and self._brought_by(target, shared) is None:
                self._join(target, alone[target], shared)

    def _join(self, target: Target, proposal: Proposal, shared: dict[Target, Proposal]) -> None:
        for other in tuple(dict.fromkeys(shared.values())):
            members = tuple(member for member, belongs in shared.items() if belongs == other)
            brought = {member.pin for member in members if self._brings(proposal, member)}
            rest = tuple(step for step in other.steps if step.pin not in brought)
            for steps in dict.fromkeys((other.steps, rest)):
                passing = (*other.passing, *proposal.passing)
                both = self._attempts.of(tuple(dict.fromkeys((*steps, *proposal.steps))), passing)
                kept = {step.pin for step in steps}
                if isinstance(both, Proposal) and all(m.pin in kept or self._brings(both, m) for m in members):
                    shared.update(dict.fromkeys((*members, target), both))
                    return
        shared[target] = proposal

    def _brought_by(self, target: Target, shared: Mapping[Target, Proposal]) -> Proposal | None:
        return next((each for each in dict.fromkeys(shared.values()) if self._brings(each, target)), None)

    def _brings(self, proposal: Proposal, target: Target) -> bool:
        """Whether the pin moves along to where nothing that it is exposed to affects it."""
        reached = _moved_to(target, proposal)
        package, ids = target.pin.package, set(target.ids)
        return (
            bool(reached)
            and ids <= set(proposal.fixes)
            and not any(
                after and ids & {each.id for each in known_against(package, after, self._world.match, ids)}
                for after in reached
            )
        )

    def _alone(self, target: Target) -> Outcome:
        """The first candidate that resolves, is clean afterwards, and was not refuted."""
        resolver = self._resolver(target)
        if resolver is None:
            return _not_editable(target)
        refusals: dict[Step, Refusal | Excluded] = {}
        end = Exhausted(Nothing())
        for candidate in candidates(target, resolver, self._world.match):
            if isinstance(candidate, Exhausted):
                end = candidate
                break
            attempt = self._attempts.of((candidate,))
            if isinstance(attempt, Proposal):
                return self._fixed(target, candidate, attempt)
            refusals[candidate] = attempt
            if _is_hopeless(tuple(refusals.values())):
                break
        outcome = self._without_candidate(target, end, tuple(refusals.values()))
        if isinstance(outcome, WITHOUT_FIX):
            return self._through_parents(target, resolver) or outcome
        return self._past_cool_down(target, resolver, refusals) or outcome

    def _past_cool_down(self, target: Target, resolver: Resolver, refused: Iterable[Step]) -> Fixed | None:
        """Where nothing fits that the user's own cool-down lets pass: what moves along may be hidden by it, too."""
        for step in islice(refused, SAME_AT_MOST):
            attempt = self._attempts.past_cool_down(step, resolver)
            if isinstance(attempt, Proposal):
                return self._fixed(target, step, attempt)
        return None

    def _through_parents(self, target: Target, resolver: Resolver) -> Fixed | None:
        """Where no release of the package itself helps: those who ask for it, nearest first, may need it no more."""
        for parent in self._ancestors(target):
            walk = (step for step in candidates(parent, resolver, self._world.match) if isinstance(step, Step))
            for step in islice(walk, SAME_AT_MOST):
                attempt = self._attempts.of((step,))
                if isinstance(attempt, Proposal) and set(target.ids) <= set(attempt.fixes):
                    return self._fixed(target, step, attempt)
        return None

    def _ancestors(self, target: Target) -> tuple[Target, ...]:
        components = self._attempts.before.inventory.components
        here = {each.package.name: each for each in components if each.file == target.pin.file and each.version}
        level, seen = [target.pin.package.name], {target.pin.package.name}
        found: list[Target] = []
        while level and len(found) < ANCESTORS_AT_MOST:
            names = [parent for name in level if name in here for parent in here[name].parents]
            level = [name for name in dict.fromkeys(names) if name not in seen]
            seen.update(level)
            found += [Target(pin=pin_of(here[name]), exposures=()) for name in level if name in here]
        return tuple(found[:ANCESTORS_AT_MOST])

    def _fixed(self, target: Target, step: Step, proposal: Proposal) -> Fixed:
        return Fixed(
            version=_reached(target, step, proposal),
            proposal=proposal,
            blocker=self._blocker(target, proposal),
            caveats=_assumed(target),
        )

    def _blocker(self, target: Target, proposal: Proposal) -> str:
        if proposal.steps not in self._blockers:
            self._blockers[proposal.steps] = self._attempts.blocker(proposal)
        said = self._blockers[proposal.steps]
        return said if _is_named(target, said) else ""

    def _without_candidate(self, target: Target, end: Exhausted, refusals: tuple[Refusal | Excluded, ...]) -> Outcome:
        match next(iter(refusals), None):
            case Excluded():
                return Blocked(
                    blocker="your suite: every candidate was refuted", offer="a change of the code is needed"
                )
            case Refusal(python=NeedsPython() as python):
                return _needs_python(target.pin, python)
            case Refusal(reason=reason):
                return Blocked(blocker=reason)
            case None:
                return self._ended(target, end)

    def _ended(self, target: Target, end: Exhausted) -> Outcome:
        name = target.pin.package.name
        match end.found:
            case NeedsPython() as python:
                return _needs_python(target.pin, python)
            case MustBuild(said):
                return Blocked(blocker=said, offer="publish a wheel, or resolve it by hand where builds are allowed")
            case NotRun(said, offer):
                return by_hand.not_run(target, said, offer)
            case TooNew(said):
                return Blocked(blocker=said, offer="let it pass by hand: exclude-newer-package")
            case Nothing() | OnlyPrereleases() | Available():
                resolver = self._resolver(target)
                offer = prerelease_of(target, resolver, self._world.match) if resolver else None
                why = f"no release of {name} above {target.pin.version} is free of known advisories"
                return PrereleaseOnly(offer=offer) if offer else NoFix(why=why)

    def _resolver(self, target: Target) -> Apart | None:
        if any(exposure.component.version is None for exposure in target.exposures):
            return None
        return next((each for each in self._resolvers if target.pin.file in each.files), None)


def _is_named(target: Target, reason: str) -> bool:
    name = re.escape(target.pin.package.name)
    return re.search(rf"(?<![\w.-]){name}(?![\w-])", reason) is not None


def _is_hopeless(refusals: tuple[Refusal | Excluded, ...]) -> bool:
    """Enough was tried, enough was refuted, or the last few candidates met the very same obstacle."""
    last = refusals[-SAME_AT_MOST:]
    same = len(last) == SAME_AT_MOST and isinstance(last[0], Refusal) and len(set(last)) == 1
    refuted = sum(isinstance(refusal, Excluded) for refusal in refusals)
    return same or refuted >= REFUTED_AT_MOST or len(refusals) >= TRIED_AT_MOST


def _reached(target: Target, step: Step, proposal: Proposal) -> str | None:
    """The step's version; None where the package is not needed any more."""
    after = [m.after for m in proposal.moves if (m.file, m.package) == (target.pin.file, target.pin.package)]
    if step.pin.package != target.pin.package:
        return after[0] if after else None
    return None if after == [None] else step.version


def _assumed(target: Target) -> tuple[str, ...]:
    return (ASSUMED,) if any(exposure.fixed.assumed for exposure in target.exposures) else ()


def _moved_to(target: Target, proposal: Proposal) -> tuple[str | None, ...]:
    """Of the very pin; None where it goes."""
    pin = target.pin
    ours = (pin.file, pin.package, pin.version, pin.marker)
    return tuple(each.after for each in proposal.moves if (each.file, each.package, each.before, each.marker) == ours)


def targets_of(exposures: Iterable[Exposure]) -> tuple[Target, ...]:
    """Exposures of one pin are one target, whichever advisories they come from."""
    pins: dict[Pin, list[Exposure]] = {}
    for exposure in exposures:
        pins.setdefault(pin_of(exposure.component), []).append(exposure)
    return tuple(Target(pin=pin, exposures=tuple(found)) for pin, found in pins.items())


def _within(target: Target, outcome: Outcome, proposal: Proposal | None, failure: EngineError | None) -> Outcome:
    if not isinstance(outcome, Fixed) and failure is not None:
        return Blocked(blocker=failure.message, offer=failure.hint)
    if not isinstance(outcome, Fixed) or proposal is None:
        return outcome
    version = outcome.version
    if all(step.pin != target.pin for step in proposal.steps):
        version = next(iter(_moved_to(target, proposal)), version)
    return Fixed(version=version, proposal=proposal, blocker=outcome.blocker, caveats=outcome.caveats)


def _not_editable(target: Target) -> Blocked:
    if any(exposure.component.version is None for exposure in target.exposures):
        return by_hand.not_pinned(target)
    return by_hand.not_edited(target)


def _needs_python(pin: Pin, python: NeedsPython) -> Blocked:
    name = pin.package.name
    if "python" in pin.marker and not pin.file.endswith("uv.lock"):  # there a marker is a fork, made of requires-python
        return Blocked(
            blocker=f"it is pinned for {pin.marker}; {name} {python.version} needs Python {python.needs}",
            offer="drop the pin together with the Pythons that it is for",
        )
    return Blocked(
        blocker=f"requires-python {python.have}; {name} {python.version} needs {python.needs}",
        offer=f"{python.version} after raising requires-python to {python.needs}",
    )
