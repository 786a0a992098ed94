"""Whether two releases answer alike: what differs between two answers of the old one is noise, and is said."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from hashlib import sha256
from itertools import islice

from outpace.delivery.exchanges.answers import (
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
from outpace.delivery.exchanges.document_differences import Rules, differing_documents
from outpace.delivery.exchanges.documents import Json, parsed
from outpace.delivery.exchanges.dropped import Dropped
from outpace.delivery.exchanges.exchange import Fields, field
from outpace.delivery.exchanges.noise import Noise
from outpace.delivery.exchanges.text_differences import differing_texts
from outpace.delivery.exchanges.volatile import Volatile, ids, of_one_answer

MOST_SHOWN = 20
MOST_COUNTED = 1_000
LONGEST_BODY = 4 * 2**20
_OF_THE_WAY = frozenset(
    [
        "date", "age", "server", "via", "connection", "keep-alive", "transfer-encoding", "content-length", "trailer",
        "content-encoding", "server-timing", "x-runtime", "x-response-time", "x-process-time", "alt-svc", "report-to",
        "nel", "traceparent", "tracestate", "content-md5", "digest",
    ]
)  # fmt: skip
_LISTS = frozenset({"vary", "allow", "access-control-allow-methods", "access-control-allow-headers"})


class Comparer:
    """Of one replay: what the old release gave anywhere is remembered, so that an id that stands for another thing is
    told from one that was just drawn."""

    def __init__(self, *, ignore: Iterable[str] = (), unordered: Iterable[str] = ()) -> None:
        self._ignored = frozenset(name.lower() for name in ignore)
        self._unordered = frozenset(name.lower() for name in unordered)
        self._given: set[str] = set()

    def remember(self, answer: Answer) -> None:
        if isinstance(answer, Answered) and len(self._given) < 200_000:
            self._given |= ids(answer.body[:LONGEST_BODY].decode("utf-8", "replace"))

    def compared(self, old: tuple[Answer, ...], new: tuple[Answer, ...], *, asked: datetime) -> Result:
        """`old` and `new` are answers to one request, the first of each asked first. A difference counts where each
        answer of the new release has it."""
        whole = tuple(each for each in old if isinstance(each, Answered))
        if not whole:
            return NotComparable(f"the old release gives no answer: {shown(_why(old))}")
        if len({each.status for each in whole}) > 1 or len(whole) < len(old):
            told = sorted({str(each.status) if isinstance(each, Answered) else "no answer" for each in old})
            return NotComparable(f"the old release answers now with {', now with '.join(told)}")
        rules = Rules(Volatile(asked, self._given.__contains__), self._ignored, self._unordered)
        try:
            return self._judged(whole, new, rules)
        except Dropped as why:
            return NotComparable(str(why))

    def _judged(self, old: tuple[Answered, ...], new: tuple[Answer, ...], rules: Rules) -> Result:
        first = old[0]
        noise = Noise(rules.volatile)
        noise.learn(each for other in old[1:] for each in _differing(first, other, _exactly(rules)))
        if learned := noise.without_order:
            rules = Rules(rules.volatile, rules.ignored, rules.unordered, learned)
            noise.learn(each for other in old[1:] for each in _differing(first, other, _exactly(rules)))
        left: dict[str, Difference] | None = None
        for answer in new:
            found = _bounded(each for each in _against(first, answer, rules) if not noise.covers(each))
            left = found if left is None else {spot: one for spot, one in left.items() if spot in found}
        real = list((left or {}).values())
        said = noise.places[:MOST_SHOWN]
        if not real:
            return Same(said)
        first_of_place = {each.place: each for each in reversed(real)}.values()
        real = [*first_of_place, *(each for each in real if each not in first_of_place)]
        return Different(tuple(real[:MOST_SHOWN]), max(0, len(real) - MOST_SHOWN), said)


class _Exact(Volatile):
    """Nothing is alike but the same: between two answers of one release, each difference is noise to be learned."""

    def alike(self, old: str, new: str) -> bool:
        return old == new


def _exactly(rules: Rules) -> Rules:
    return Rules(_Exact(rules.volatile.asked), rules.ignored, rules.unordered, rules.learned)


def _bounded(found: Iterable[Difference]) -> dict[str, Difference]:
    return {each.spot: each for each in islice(found, MOST_COUNTED)}


def _why(answers: tuple[Answer, ...]) -> str:
    return next((each.why for each in answers if isinstance(each, NoAnswer)), "it was not asked")


def _against(old: Answered, new: Answer, rules: Rules) -> Iterator[Difference]:
    match new:
        case NoAnswer(why):
            yield Difference("answer", "answer", f"status {old.status}", f"no answer: {shown(why)}", "answer")
        case Answered():
            yield from _differing(old, new, rules)


def _differing(old: Answered, new: Answered, rules: Rules) -> Iterator[Difference]:
    if old.status != new.status:
        yield Difference("status", "changed", str(old.status), str(new.status), "status")
    yield from _headers(old.fields, new.fields, rules)
    if old.body != new.body:
        yield from _bodies(old, new, rules)


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
                    yield Difference(where, "changed", shown(one), shown(other), where)
    for name in sorted(after.keys() - before.keys()):
        where = f"header {shown(name, 60)}"
        yield Difference(where, "added", "", shown(", ".join(after[name])), where)


def _by_name(fields: Fields, rules: Rules) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, value in fields:
        if (
            name in _OF_THE_WAY
            or name in rules.ignored
            or name.startswith("x-envoy-")
            or (of_one_answer(name) and name != "etag")
        ):
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
    if name in _LISTS:
        return ", ".join(sorted(each.strip().lower() for each in value.split(",")))
    return value.strip()


def _bodies(old: Answered, new: Answered, rules: Rules) -> Iterator[Difference]:
    kind, _ = content_type(field(old.fields, "content-type"))
    before = decoded(old.fields, old.body, LONGEST_BODY)
    try:
        after = decoded(new.fields, new.body, LONGEST_BODY)
    except Dropped as why:
        yield Difference("body", "type", "readable", str(why), "body")
        return
    try:
        one, other = before.decode(), after.decode()
    except UnicodeDecodeError:
        if before != after:
            yield Difference("body", "changed", _digest(before), _digest(after), "body")
        return
    if "json" in kind or one.lstrip()[:1] in {"{", "["}:
        try:
            first = parsed(one)
        except Dropped:
            pass
        else:
            yield from _documents_or_kind(first, other, rules)
            return
    yield from differing_texts(one, other, rules.volatile, markup="html" in kind or one.lstrip()[:1] == "<")


def _digest(body: bytes) -> str:
    return f"{len(body)} bytes, sha256 {sha256(body).hexdigest()[:12]}"


def _documents_or_kind(first: Json, other: str, rules: Rules) -> Iterator[Difference]:
    try:
        second = parsed(other)
    except Dropped:
        yield Difference("body", "type", "JSON", f"no JSON: {shown(other)}", "body")
        return
    yield from differing_documents(first, second, rules)
