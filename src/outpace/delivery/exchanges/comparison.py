"""What a replay came to: each exchange, counts for the judge, and classes of differences that stop a rollout."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct

from outpace.delivery.exchanges.answers import Answer, Answered, Difference, Different, NotComparable, Result, Same
from outpace.delivery.exchanges.exchange import Request
from outpace.delivery.exchanges.expected import Acceptance, DifferenceClass, class_of, in_exploit_class
from outpace.delivery.exchanges.routes import route
from outpace.model.probe import SERVER_ERROR, Probe
from outpace.model.words import counted

WEAK = frozenset({401, 403, 407})
SHORTEST_PREFIX = 8
CLIENT_ERROR = 400


class Side(Struct, frozen=True, kw_only=True):
    """Requests that one release was sent once each, and how many went wrong: 5xx, or no answer."""

    requests: int = 0
    bad: int = 0

    def plus(self, answer: Answer) -> Side:
        return Side(requests=self.requests + 1, bad=self.bad + is_bad(answer))


class Replayed(Struct, frozen=True, kw_only=True):
    """`expected`: it is of the exploit's class, and may differ."""

    request: Request
    result: Result
    old: Answer | None = None
    new: Answer | None = None
    expected: bool = False


class Found(Struct, frozen=True, kw_only=True):
    """One class of differences, with its first example."""

    digest: str
    of: DifferenceClass
    count: int
    request: Request
    example: Difference
    accepted: Acceptance | None = None


class Comparison(Struct, frozen=True, kw_only=True):
    replayed: tuple[Replayed, ...]
    old: Side
    new: Side
    found: tuple[Found, ...]
    not_asked: dict[str, int] = {}  # route -> how many, since others of it were not answered in time
    skipped: dict[str, int] = {}  # why -> how many of the recording were not sent
    noise: dict[str, int] = {}  # route and place -> exchanges whose answers of one release differ there
    one_process: bool = False  # of the old release was asked, with an order of sets that no other one has
    seconds: float = 0.0

    @property
    def stopping(self) -> tuple[Found, ...]:
        return tuple(each for each in self.found if each.accepted is None)

    @property
    def perhaps_sets(self) -> tuple[Found, ...]:
        """Of order alone, where nothing tells it from the order of a set, which is another one in each process."""
        return tuple(each for each in self.stopping if self.one_process and each.example.is_of_order)

    @property
    def same(self) -> bool:
        """Nothing differs but what is expected or accepted; and something was compared."""
        return not self.stopping and self.compared > 0

    @property
    def compared(self) -> int:
        return sum(not isinstance(each.result, NotComparable) for each in self.replayed)

    @property
    def not_comparable(self) -> int:
        return len(self.replayed) - self.compared

    @property
    def expected(self) -> int:
        return sum(each.expected and isinstance(each.result, Different) for each in self.replayed)

    @property
    def different(self) -> int:
        return sum(isinstance(each.result, Different) and not each.expected for each in self.replayed)

    @property
    def refused(self) -> int:
        """Answered alike, with a refusal: whoever was logged in then was not now, and little is shown by it."""
        return sum(
            isinstance(each.result, Same) and isinstance(each.old, Answered) and each.old.status in WEAK
            for each in self.replayed
        )

    @property
    def sentence(self) -> str:
        """In one line, with the first difference that stops."""
        if not self.replayed:
            return "no recorded exchange was replayed, so nothing is shown"
        if not self.compared:
            none = f"none of {counted(len(self.replayed), 'replayed exchange')} could be compared"
            return f"{none}: {self._first_reason()}{self._unasked}"
        count = counted(self.compared, "replayed exchange")
        if self.stopping:
            first = self.stopping[0]
            others = f", and {counted(len(self.stopping) - 1, 'other difference')}" if len(self.stopping) > 1 else ""
            told = f"{first.request.method} {first.request.target}: {first.example.readable}{others}"
            told += f"{self._perhaps}{self._unasked}"
            return f"{self.different} of {count} {_differ(self.different)}: {told}"
        alike = self.compared - self.expected - self.different
        told = [f"{counted(alike, 'replayed exchange')} {_are(alike)} answered alike"]
        told += [f"{self.expected} {_differ(self.expected)} as the fix is meant to"] if self.expected else []
        accepted = [each for each in self.found if each.accepted]
        differences = counted(len(accepted), "difference")
        told += [f"{differences} {_are(len(accepted))} accepted: {_reason(accepted[0])}"] if accepted else []
        told += [f"{self.not_comparable} could not be compared"] if self.not_comparable else []
        told += [f"{self.refused} of them with a refusal"] if self.refused else []
        return ", ".join(told) + self._unasked

    @property
    def _perhaps(self) -> str:
        if not self.perhaps_sets:
            return ""
        of = f"{len(self.perhaps_sets)} of {counted(len(self.stopping), 'difference')}"
        return f"; {of} {_are(len(self.perhaps_sets))} of order alone, which may be that of a set in its process"

    @property
    def _unasked(self) -> str:
        if not self.not_asked:
            return ""
        count, first = sum(self.not_asked.values()), next(iter(self.not_asked))
        return f"; {count} more {'was' if count == 1 else 'were'} not asked, since {first} is not answered in time"

    def _first_reason(self) -> str:
        return next((each.result.why for each in self.replayed if isinstance(each.result, NotComparable)), "")


def _are(count: int) -> str:
    return "is" if count == 1 else "are"


def _differ(count: int) -> str:
    return "differs" if count == 1 else "differ"


def _reason(found: Found) -> str:
    return found.accepted.reason if found.accepted else ""


def is_bad(answer: Answer) -> bool:
    return not isinstance(answer, Answered) or answer.status >= SERVER_ERROR


def judged(
    replayed: Iterable[Replayed],
    *,
    probes: tuple[Probe, ...] = (),
    accepted: tuple[Acceptance, ...] = (),
    releases: tuple[str, str] = ("", ""),
    skipped: dict[str, int] | None = None,
    not_asked: dict[str, int] | None = None,
    seconds: float = 0.0,
) -> Comparison:
    """`releases` are the pair that an acceptance is for; an acceptance may be told by the beginning of its digest."""
    rows = tuple(_with_expectation(each, probes) for each in replayed)
    old = new = Side()
    noise: dict[str, int] = {}
    found: dict[DifferenceClass, Found] = {}
    for each in rows:
        old = old.plus(each.old) if each.old is not None else old
        new = new.plus(each.new) if each.new is not None else new
        for place in _noise(each.result):
            told = f"{route(each.request.method, each.request.target)} {place}"
            noise[told] = noise.get(told, 0) + 1
        if isinstance(each.result, Different) and not each.expected:
            _gather(found, each.request, each.result, accepted, releases)
    return Comparison(
        replayed=rows,
        old=old,
        new=new,
        found=tuple(sorted(found.values(), key=lambda each: -each.count)),
        skipped=skipped or {},
        not_asked=not_asked or {},
        noise=noise,
        seconds=seconds,
    )


def _with_expectation(each: Replayed, probes: tuple[Probe, ...]) -> Replayed:
    return Replayed(
        request=each.request,
        result=each.result,
        old=each.old,
        new=each.new,
        expected=in_exploit_class(each.request, probes),
    )


def _noise(result: Result) -> tuple[str, ...]:
    return result.noise if isinstance(result, (Same, Different)) else ()


def _gather(
    found: dict[DifferenceClass, Found],
    request: Request,
    result: Different,
    accepted: tuple[Acceptance, ...],
    releases: tuple[str, str],
) -> None:
    """Each class counts an exchange once."""
    shown = list(result.differences)
    if not result.has_each_place:
        shown.append(Difference("further places", "changed", "", f"{counted(result.more, 'difference')} not listed"))
    for of, example in {class_of(request, each): each for each in reversed(shown)}.items():
        there = found.get(of)
        digest = of.digest(*releases)
        found[of] = Found(
            digest=digest,
            of=of,
            count=there.count + 1 if there else 1,
            request=there.request if there else request,
            example=there.example if there else example,
            accepted=next((each for each in accepted if _accepts(each, digest)), None),
        )


def _accepts(acceptance: Acceptance, digest: str) -> bool:
    return len(acceptance.digest) >= SHORTEST_PREFIX and digest.startswith(acceptance.digest.lower())


def answered(comparison: Comparison) -> frozenset[str]:
    """The routes that the new release answered."""
    return frozenset(
        route(each.request.method, each.request.target)
        for each in comparison.replayed
        if isinstance(each.new, Answered)
    )


def cannot_go_on(comparison: Comparison) -> str:
    """Both sides are the old release; `new` runs on what another one left. What it answers there with an error, and
    not on its own, in words. Other differences are what the other one changed."""
    failing = [
        each for each in comparison.replayed if isinstance(each.old, Answered) and _fails(each.new) > _fails(each.old)
    ]
    if not failing:
        return ""
    first = failing[0]
    now = f"answered {first.new.status}" if isinstance(first.new, Answered) else "not answered"
    before = first.old.status if isinstance(first.old, Answered) else 0
    others = f", and {counted(len(failing) - 1, 'other request')}" if len(failing) > 1 else ""
    return f"{first.request.method} {first.request.target} is {now} and not {before}{others}"


def _fails(answer: Answer | None) -> int:
    """Not, with a refusal, or without an answer that is one."""
    if not isinstance(answer, Answered):
        return 2
    return 0 if answer.status < CLIENT_ERROR else 2 if answer.status >= SERVER_ERROR else 1
