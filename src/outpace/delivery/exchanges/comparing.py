"""Whether two releases answer alike: what differs between two answers of the old one is noise, and is said."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from hashlib import sha256
from typing import Any, Literal, NamedTuple

from msgspec import Struct
from msgspec.structs import replace

from outpace.delivery.exchanges.alignment import MOST_STEPS, NotAligned, Work
from outpace.delivery.exchanges.answers import (
    NOT_ALIGNED,
    Answer,
    Answered,
    Difference,
    Different,
    NoAnswer,
    NotComparable,
    Result,
    Same,
    shown,
)
from outpace.delivery.exchanges.bodies import content_type, decoded
from outpace.delivery.exchanges.document_differences import Rules, canonical, differing_documents
from outpace.delivery.exchanges.documents import parsed
from outpace.delivery.exchanges.dropped import Dropped
from outpace.delivery.exchanges.exchange import Fields, field
from outpace.delivery.exchanges.noise import Chances, Noise
from outpace.delivery.exchanges.text_differences import Texts, differing_texts
from outpace.delivery.exchanges.volatile import Volatile, ids, of_one_answer

MOST_SHOWN = 20
MOST_COUNTED = 1_000
LONGEST_BODY = 4 * 2**20
_OF_THE_WAY = frozenset(
    [
        "date", "age", "server", "via", "connection", "keep-alive", "transfer-encoding", "content-length", "trailer",
        "content-encoding", "alt-svc", "report-to", "nel",
    ]
)  # fmt: skip
_OF_ONE_ANSWER = frozenset(
    [
        "server-timing", "x-runtime", "x-response-time", "x-process-time", "traceparent", "tracestate", "content-md5",
        "digest",
    ]
)  # fmt: skip
"""Beside those that are so wherever they stand."""
_LISTS = frozenset({"vary", "allow", "access-control-allow-methods", "access-control-allow-headers"})


class Comparer:
    """Of one replay: what the old release gave anywhere is remembered, so that an id that stands for another thing is
    told from one that was just drawn."""

    def __init__(
        self, *, ignore: Iterable[str] = (), unordered: Iterable[str] = (), most_steps: int = MOST_STEPS
    ) -> None:
        """`most_steps`: how many items are looked at for each answer that is compared with the first."""
        self._ignored = frozenset(name.lower() for name in ignore)
        self._unordered = frozenset(name.lower() for name in unordered)
        self._given: set[str] = set()
        self._chances = Chances()
        self._most_steps = most_steps

    def remember(self, answer: Answer) -> None:
        if isinstance(answer, Answered) and len(self._given) < 200_000:
            self._given |= ids(answer.body[:LONGEST_BODY].decode("utf-8", "replace"))

    def compared(self, old: tuple[Answer, ...], new: tuple[Answer, ...], *, asked: datetime, about: str = "") -> Result:
        """`old` and `new` are answers to one request, the first of each asked first. A difference counts where each
        answer of the new release has it. `about` is the route."""
        whole = tuple(each for each in old if isinstance(each, Answered))
        if not whole:
            return NotComparable(f"the old release gives no answer: {shown(_why(old))}")
        if len({each.status for each in whole}) > 1 or len(whole) < len(old):
            told = sorted({str(each.status) if isinstance(each, Answered) else "no answer" for each in old})
            return NotComparable(f"the old release answers now with {', now with '.join(told)}")
        volatile = Volatile(asked, self._given.__contains__)
        work = Work(self._most_steps * (len(whole) - 1 + len(new)))
        rules = Rules(volatile, self._ignored, self._unordered, work=work)
        try:
            return self._judged(whole, new, rules, about)
        except Dropped as why:
            return NotComparable(str(why))
        except NotAligned:
            return NotComparable("two answers of the old release differ in more than is aligned")

    def settled(self, result: Result, about: str) -> Result:
        """Asked when all was compared: what comes by chance, now one and now the other of few values, may have come as
        one in each answer of the old release, and as another in each of the new."""
        if not isinstance(result, Different) or result.more:
            return result
        left = tuple(each for each in result.differences if not self._chances.covers(about, each))
        return Different(left, 0, result.noise) if left else Same(result.noise)

    def _judged(self, old: tuple[Answered, ...], new: tuple[Answer, ...], rules: Rules, about: str) -> Result:
        first = _Read(old[0], _body(old[0]))
        noise = Noise(rules.volatile)
        noise.learn(each for other in old[1:] for each in _differing(first, other, _exactly(rules)))
        if learned := noise.without_order:
            rules = replace(rules, learned=learned)
            noise.learn(each for other in old[1:] for each in _differing(first, other, _exactly(rules)))
        texts = _texts(first, old, new, rules)
        self._chances.learn(about, noise.changes)
        self._chances.learn_lines(about, texts.optional)
        found = [_found(each for each in _against(first, one, rules) if not noise.covers(each)) for one in new]
        real = [*_in_all(found), *texts.found, *(() if texts.aligned else (NOT_ALIGNED,))]
        said = tuple(sorted({*noise.places, *texts.noise}))[:MOST_SHOWN]
        if not real:
            return Same(said)
        real = _each_place_first(real)
        return Different(tuple(real[:MOST_SHOWN]), max(0, len(real) - MOST_SHOWN), said)


class _Found(NamedTuple):
    """By spot; of the places in `cut`, not each. Not `whole`: there may be more in other places."""

    by_spot: dict[str, Difference]
    cut: set[str]
    whole: bool


def _found(differing: Iterable[Difference]) -> _Found:
    by_spot: dict[str, Difference] = {}
    places, cut = set[str](), set[str]()
    try:
        for each in differing:
            if len(by_spot) >= MOST_COUNTED and each.place in places:
                cut.add(each.place)
            elif len(places) > MOST_COUNTED:
                return _Found(by_spot, cut, whole=False)
            else:
                by_spot[each.spot] = each
                places.add(each.place)
    except NotAligned:
        return _Found(by_spot, cut, whole=False)
    return _Found(by_spot, cut, whole=True)


def _in_all(found: list[_Found]) -> list[Difference]:
    """Those that each answer has: at the same spot, or where none is, in the same place of another item. What all of
    them have is in each that was looked at to its end; where none was, there may be more than is told."""
    told = [each for each in found if each.whole] or found
    if not told:
        return []
    first, *others = told
    common = [
        each
        for spot, each in first.by_spot.items()
        if all(spot in other.by_spot or each.place in other.cut for other in others)
    ]
    if not common and others:
        places = [{each.place for each in other.by_spot.values()} for other in others]
        common = [each for each in first.by_spot.values() if all(each.place in other for other in places)]
    return common if first.whole else [*common, NOT_ALIGNED]


def _each_place_first(found: list[Difference]) -> list[Difference]:
    first: dict[str, Difference] = {}
    others = [each for each in found if first.setdefault(each.place, each) is not each]
    return [*first.values(), *others]


class _Exact(Volatile):
    """Nothing is alike but the same: between two answers of one release, each difference is noise to be learned."""

    def alike(self, old: str, new: str) -> bool:
        return old == new


def _exactly(rules: Rules) -> Rules:
    return replace(rules, volatile=_Exact(rules.volatile.asked))


class _Read(NamedTuple):
    """An answer that is compared with many, and read once."""

    answer: Answered
    body: _Body


def _why(answers: tuple[Answer, ...]) -> str:
    return next((each.why for each in answers if isinstance(each, NoAnswer)), "it was not asked")


def _against(old: _Read, new: Answer, rules: Rules) -> Iterator[Difference]:
    match new:
        case NoAnswer(why):
            yield Difference("answer", "answer", f"status {old.answer.status}", f"no answer: {shown(why)}", "answer")
        case Answered():
            yield from _differing(old, new, rules)


def _differing(old: _Read, new: Answered, rules: Rules) -> Iterator[Difference]:
    if old.answer.status != new.status:
        yield Difference("status", "changed", str(old.answer.status), str(new.status), "status")
    yield from _headers(old.answer.fields, new.fields, rules)
    if old.answer.body != new.body:
        yield from _bodies(old.body, new, rules)


def _headers(old: Fields, new: Fields, rules: Rules) -> Iterator[Difference]:
    before, after = _by_name(old, rules), _by_name(new, rules)
    for name, values in before.items():
        where = f"header {shown(name, 60)}"
        if name not in after:
            yield Difference(where, "missing", shown(", ".join(values)), "", where)
        elif len(values) != len(after[name]):
            yield Difference(where, "changed", shown(", ".join(values)), shown(", ".join(after[name])), where)
        else:
            for one, other in zip(values, after[name], strict=False):
                if not rules.volatile.alike(one, other):
                    yield Difference(where, "changed", shown(one), shown(other), where, (one, other))
    for name in sorted(after.keys() - before.keys()):
        where = f"header {shown(name, 60)}"
        yield Difference(where, "added", "", shown(", ".join(after[name])), where)


def _by_name(fields: Fields, rules: Rules) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, value in fields:
        if name in _OF_THE_WAY or name in rules.ignored or name.startswith("x-envoy-"):
            continue
        found.setdefault(name, []).append(_header(name, value))
    return {name: sorted(values) if name == "set-cookie" else values for name, values in found.items()}


def _header(name: str, value: str) -> str:
    if name == "set-cookie":
        pair, *attributes = value.split(";")
        lasting = sorted(each.strip().lower() for each in attributes if not each.strip().lower().startswith("expires"))
        emptied = "=" if pair.endswith("=") else "=..."
        return "; ".join([pair.partition("=")[0].strip() + emptied, *lasting])
    if name == "etag":
        return "(a tag)"
    if name in _OF_ONE_ANSWER or of_one_answer(name):
        return "(of one answer)"
    if name in _LISTS:
        return ", ".join(sorted(each.strip().lower() for each in value.split(",")))
    return value.strip()


class _Body(Struct, frozen=True):
    """`told` is a document, a text or bytes, by `kind`."""

    kind: Literal["no body", "JSON", "text", "bytes", "unreadable"]
    told: Any = None
    markup: bool = False


def _body(answer: Answered) -> _Body:
    """Raises Dropped for an encoding that is not read."""
    content = decoded(answer.fields, answer.body, LONGEST_BODY)
    if not content:
        return _Body("no body")
    try:
        text = content.decode()
    except UnicodeDecodeError:
        return _Body("bytes", content)
    kind, _ = content_type(field(answer.fields, "content-type"))
    if "json" in kind or text.lstrip()[:1] in {"{", "["}:
        try:
            return _Body("JSON", parsed(text))
        except Dropped:
            pass
    return _Body("text", text, "html" in kind or text.lstrip()[:1] == "<")


def _bodies(before: _Body, new: Answered, rules: Rules) -> Iterator[Difference]:
    """But for texts, which are compared all together."""
    after = _readable(new)
    if before.kind != after.kind:
        told = "" if after.kind != "unreadable" else f": {after.told}"
        yield Difference("body", "type", before.kind, after.kind + told, "body")
    elif before.kind == "JSON":
        if canonical(before.told) != canonical(after.told):
            yield from differing_documents(before.told, after.told, rules)
    elif before.kind == "bytes" and before.told != after.told:
        yield Difference("body", "changed", _digest(before.told), _digest(after.told), "body")


def _readable(answer: Answered) -> _Body:
    try:
        return _body(answer)
    except Dropped as why:
        return _Body("unreadable", str(why))


def _texts(first: _Read, old: tuple[Answered, ...], new: tuple[Answer, ...], rules: Rules) -> Texts:
    """Of the answers that are texts; another kind of answer is a difference already."""
    if first.body.kind != "text":
        return Texts()
    before = [first.body, *(each for each in map(_body, old[1:]) if each.kind == "text")]
    after = [each for each in (_readable(one) for one in new if isinstance(one, Answered)) if each.kind == "text"]
    if len(before) < len(old) or len(after) < len(new):
        return Texts()
    told, beside = [each.told for each in before], [each.told for each in after]
    return differing_texts(told, beside, rules.volatile, rules.work, markup=first.body.markup)


def _digest(body: bytes) -> str:
    return f"{len(body)} bytes, sha256 {sha256(body).hexdigest()[:12]}"
