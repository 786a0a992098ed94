"""Whether two releases answer alike: what differs between two answers of the old one is noise, and is said."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from hashlib import sha256
from itertools import islice
from typing import Any, Literal

from msgspec import Struct

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

    def __init__(self, *, ignore: Iterable[str] = (), unordered: Iterable[str] = ()) -> None:
        self._ignored = frozenset(name.lower() for name in ignore)
        self._unordered = frozenset(name.lower() for name in unordered)
        self._given: set[str] = set()
        self._chances = Chances()

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
        rules = Rules(Volatile(asked, self._given.__contains__), self._ignored, self._unordered)
        try:
            return self._judged(whole, new, rules, about)
        except Dropped as why:
            return NotComparable(str(why))

    def settled(self, result: Result, about: str) -> Result:
        """Asked when all was compared: what comes by chance, now one and now the other of few values, may have come as
        one in each answer of the old release, and as another in each of the new."""
        if not isinstance(result, Different) or result.more:
            return result
        left = tuple(each for each in result.differences if not self._chances.covers(about, each))
        return Different(left, 0, result.noise) if left else Same(result.noise)

    def _judged(self, old: tuple[Answered, ...], new: tuple[Answer, ...], rules: Rules, about: str) -> Result:
        first = old[0]
        noise = Noise(rules.volatile)
        noise.learn(each for other in old[1:] for each in _differing(first, other, _exactly(rules)))
        if learned := noise.without_order:
            rules = Rules(rules.volatile, rules.ignored, rules.unordered, learned)
            noise.learn(each for other in old[1:] for each in _differing(first, other, _exactly(rules)))
        texts = _texts(old, new, rules.volatile)
        self._chances.learn(about, noise.changes)
        self._chances.learn_lines(about, texts.optional)
        found = [_bounded(one for one in _against(first, each, rules) if not noise.covers(one)) for each in new]
        real = [*_in_all(found), *texts.found]
        said = tuple(sorted({*noise.places, *texts.noise}))[:MOST_SHOWN]
        if not real:
            return Same(said)
        first_of_place = {each.place: each for each in reversed(real)}.values()
        real = [*first_of_place, *(each for each in real if each not in first_of_place)]
        return Different(tuple(real[:MOST_SHOWN]), max(0, len(real) - MOST_SHOWN), said)


def _in_all(found: list[dict[str, Difference]]) -> list[Difference]:
    """Those that each answer has: at the same spot, or where none is, in the same place of another item."""
    if not found:
        return []
    spots = [each for spot, each in found[0].items() if all(spot in other for other in found)]
    if spots or len(found) == 1:
        return spots
    places = [{each.place for each in other.values()} for other in found]
    return [each for each in found[0].values() if all(each.place in other for other in places)]


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


def _bodies(old: Answered, new: Answered, rules: Rules) -> Iterator[Difference]:
    """But for texts, which are compared all together."""
    before, after = _body(old), _readable(new)
    if before.kind != after.kind:
        told = "" if after.kind != "unreadable" else f": {after.told}"
        yield Difference("body", "type", before.kind, after.kind + told, "body")
    elif before.kind == "JSON":
        yield from differing_documents(before.told, after.told, rules)
    elif before.kind == "bytes" and before.told != after.told:
        yield Difference("body", "changed", _digest(before.told), _digest(after.told), "body")


def _readable(answer: Answered) -> _Body:
    try:
        return _body(answer)
    except Dropped as why:
        return _Body("unreadable", str(why))


def _texts(old: tuple[Answered, ...], new: tuple[Answer, ...], volatile: Volatile) -> Texts:
    """Of the answers that are texts; another kind of answer is a difference already."""
    before = [each for each in map(_body, old) if each.kind == "text"]
    after = [each for each in (_readable(one) for one in new if isinstance(one, Answered)) if each.kind == "text"]
    if len(before) < len(old) or len(after) < len(new):
        return Texts((), (), frozenset())
    return differing_texts(
        [each.told for each in before], [each.told for each in after], volatile, markup=before[0].markup
    )


def _digest(body: bytes) -> str:
    return f"{len(body)} bytes, sha256 {sha256(body).hexdigest()[:12]}"
