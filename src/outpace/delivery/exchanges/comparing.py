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
MOST_DRAWN = 100
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
            self._given |= ids("\n".join(value for _, value in answer.fields))

    def compared(self, old: tuple[Answer, ...], new: tuple[Answer, ...], *, asked: datetime, about: str = "") -> Result:
        """`old` and `new` are answers to one request, the first of each asked first. A difference counts where each
        answer of the new release has it, or another one. `about` is the route."""
        whole = [each for each in old if isinstance(each, Answered)]
        if not whole:
            return NotComparable(f"the old release gives no answer: {shown(_why(old))}")
        if len({each.status for each in whole}) > 1 or len(whole) < len(old):
            told = sorted({str(each.status) if isinstance(each, Answered) else "no answer" for each in old})
            return NotComparable(f"the old release answers now with {', now with '.join(told)}")
        volatile = Volatile(asked, self._given.__contains__)
        work = Work(self._most_steps * (len(whole) - 1 + len(new)))
        rules = Rules(volatile, self._ignored, self._unordered, work=work)
        try:
            read = [_Read(each, _body(each)) for each in whole]
            return self._judged(read, [_read(each) for each in new], rules, about)
        except Dropped as why:
            return NotComparable(str(why))
        except NotAligned:
            return NotComparable("two answers of the old release differ in more than is aligned")

    def settled(self, result: Result, about: str) -> Result:
        """Asked when all was compared: what comes by chance, now one and now the other of few values, may have come as
        one in each answer of the old release, and as another in each of the new; and what was taken for drawn may be
        an id that the old release gave later on."""
        if isinstance(result, NotComparable):
            return result
        late = (each for each in result.drawn if not self._given.isdisjoint(each.drawn))
        left = [each for each in late if not self._chances.touches(about, each)]
        if isinstance(result, Different):
            left += (each for each in result.differences if result.more or not self._chances.covers(about, each))
        return _result(left, result.noise, more=result.more if isinstance(result, Different) else 0)

    def _judged(self, old: list[_Read], new: list[_Read | NoAnswer], rules: Rules, about: str) -> Result:
        first, *others = old
        noise = Noise(rules.volatile)
        noise.learn(each for other in others for each in _differing(first, other, _exactly(rules)))
        if learned := noise.without_order:
            rules = replace(rules, learned=learned)
            noise.learn(each for other in others for each in _differing(first, other, _exactly(rules)))
        texts = _texts(old, new, rules)
        noise.learn_lines(each for each in texts.restless if each.kind == "changed" or "line" in texts.noise)
        self._chances.learn(about, (*noise.differences, *texts.restless))
        found = [
            _found(_against(first, one, rules, noise, in_text)) for one, in_text in zip(new, texts.found, strict=True)
        ]
        said = tuple(sorted({*noise.places, *texts.noise}))[:MOST_SHOWN]
        return _result(_in_all(found, noise), said, drawn=_drawn_in_all(found))


class _Found(NamedTuple):
    """By spot; of the places in `cut`, not each. Not `whole`: there may be more in other places."""

    by_spot: dict[str, Difference]
    drawn: dict[str, Difference]
    cut: set[str]
    whole: bool


def _found(differing: Iterable[Difference]) -> _Found:
    by_spot: dict[str, Difference] = {}
    drawn: dict[str, Difference] = {}
    places, cut = set[str](), set[str]()
    try:
        for each in differing:
            if each.drawn:
                if len(drawn) < MOST_DRAWN:
                    drawn[each.spot] = each
            elif len(by_spot) >= MOST_COUNTED and each.place in places:
                cut.add(each.place)
            elif len(places) > MOST_COUNTED:
                return _Found(by_spot, drawn, cut, whole=False)
            else:
                by_spot[each.spot] = each
                places.add(each.place)
    except NotAligned:
        return _Found(by_spot, drawn, cut, whole=False)
    return _Found(by_spot, drawn, cut, whole=True)


def _in_all(found: list[_Found], noise: Noise) -> list[Difference]:
    """Those that each answer has: at the same spot; where none is, in the same place of another item; and where none
    is, but each answer differs, all of them. What all of them have is in each that was looked at to its end; where none
    was, there may be more than is told."""
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
        lasting = [[each for each in one.by_spot.values() if not noise.may_bring(each)] for one in told]
        places = set[str].intersection(*({each.place for each in one} for one in lasting))
        common = [each for each in lasting[0] if each.place in places]
        if not common and all(lasting):
            common = list({each.spot: each for one in lasting for each in one}.values())
    return common if first.whole else [*common, NOT_ALIGNED]


def _drawn_in_all(found: list[_Found]) -> tuple[Difference, ...]:
    """What differs in each answer if the ids of the first are none that were just drawn."""
    if not found:
        return ()
    first, *others = found
    return tuple(
        replace(each, whole=("", ""))
        for spot, each in first.drawn.items()
        if all(spot in other.drawn or spot in other.by_spot for other in others)
    )


def _result(
    real: list[Difference], noise: tuple[str, ...], *, more: int = 0, drawn: tuple[Difference, ...] = ()
) -> Result:
    if not real:
        return Same(noise, drawn)
    real = _each_place_first(real)
    return Different(tuple(real[:MOST_SHOWN]), more + max(0, len(real) - MOST_SHOWN), noise, drawn)


def _each_place_first(found: list[Difference]) -> list[Difference]:
    first: dict[str, Difference] = {}
    others = [each for each in found if first.setdefault(each.place, each) is not each]
    return [*first.values(), *others]


class _Exact(Volatile):
    """Nothing is alike but the same: between two answers of one release, each difference is noise to be learned."""

    def drawn(self, old: str, new: str) -> tuple[str, ...] | None:
        return () if old == new else None


def _exactly(rules: Rules) -> Rules:
    return replace(rules, volatile=_Exact(rules.volatile.asked))


class _Read(NamedTuple):
    """An answer that is compared with others, and read once."""

    answer: Answered
    body: _Body


def _why(answers: tuple[Answer, ...]) -> str:
    return next((each.why for each in answers if isinstance(each, NoAnswer)), "it was not asked")


def _against(
    old: _Read, new: _Read | NoAnswer, rules: Rules, noise: Noise, in_text: tuple[Difference, ...] | None
) -> Iterator[Difference]:
    """Raises NotAligned, when all that was found until then was told."""
    if isinstance(new, NoAnswer):
        yield Difference("answer", "answer", f"status {old.answer.status}", f"no answer: {shown(new.why)}", "answer")
        return
    yield from (each for each in _differing(old, new, rules) if not noise.covers(each))
    if in_text is None:
        raise NotAligned
    yield from in_text


def _differing(old: _Read, new: _Read, rules: Rules) -> Iterator[Difference]:
    """But for texts, which are compared all together."""
    if old.answer.status != new.answer.status:
        yield Difference("status", "changed", str(old.answer.status), str(new.answer.status), "status")
    yield from _headers(old.answer.fields, new.answer.fields, rules)
    if old.answer.body != new.answer.body:
        yield from _bodies(old.body, new.body, rules)


def _headers(old: Fields, new: Fields, rules: Rules) -> Iterator[Difference]:
    before, after = _by_name(old, rules), _by_name(new, rules)
    for name, values in before.items():
        where = f"header {shown(name, 60)}"
        if name not in after:
            yield Difference(where, "missing", shown(", ".join(values)), "", where)
        elif len(values) != len(after[name]):
            yield Difference(where, "changed", shown(", ".join(values)), shown(", ".join(after[name])), where)
        else:
            for one, other in zip(values, after[name], strict=True):
                drawn = rules.volatile.drawn(one, other)
                if drawn is None or drawn:
                    yield Difference(where, "changed", shown(one), shown(other), where, (one, other), drawn=drawn or ())
    for name in sorted(after.keys() - before.keys()):
        where = f"header {shown(name, 60)}"
        yield Difference(where, "added", "", shown(", ".join(after[name])), where)


def _by_name(fields: Fields, rules: Rules) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, value in fields:
        if name in _OF_THE_WAY or name in rules.ignored or name.startswith("x-envoy-"):
            continue
        found.setdefault(name, []).append(_header(name, value, rules.volatile))
    return {name: sorted(values) if name == "set-cookie" else values for name, values in found.items()}


def _header(name: str, value: str, volatile: Volatile) -> str:
    if name == "set-cookie":
        return _cookie(value, volatile)
    if name == "etag":
        return "(a tag)"
    if name in _OF_ONE_ANSWER or of_one_answer(name, value):
        return "(of one answer)"
    if name in _LISTS:
        return ", ".join(sorted(each.strip().lower() for each in value.split(",")))
    return value.strip()


def _cookie(value: str, volatile: Volatile) -> str:
    """Without its value; of when it expires, whether that is over."""
    pair, *attributes = value.split(";")
    lasting = [each.strip().lower() for each in attributes]
    for place, each in enumerate(lasting):
        if each.startswith("expires="):
            lasting[place] = "expired" if volatile.is_over(attributes[place].partition("=")[2].strip()) else "expires"
    emptied = "=" if pair.endswith("=") else "=..."
    return "; ".join([pair.partition("=")[0].strip() + emptied, *sorted(lasting)])


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


def _bodies(before: _Body, after: _Body, rules: Rules) -> Iterator[Difference]:
    if before.kind != after.kind:
        told = "" if after.kind != "unreadable" else f": {after.told}"
        yield Difference("body", "type", before.kind, after.kind + told, "body")
    elif before.kind == "JSON":
        if canonical(before.told) != canonical(after.told):
            yield from differing_documents(before.told, after.told, rules)
    elif before.kind == "bytes" and before.told != after.told:
        yield Difference("body", "changed", _digest(before.told), _digest(after.told), "body")


def _read(answer: Answer) -> _Read | NoAnswer:
    if isinstance(answer, NoAnswer):
        return answer
    try:
        return _Read(answer, _body(answer))
    except Dropped as why:
        return _Read(answer, _Body("unreadable", str(why)))


def _texts(old: list[_Read], new: list[_Read | NoAnswer], rules: Rules) -> Texts:
    """Of the answers that are texts; another kind of answer is a difference already."""
    before = [each.body.told for each in old if each.body.kind == "text"]
    if len(before) < len(old):
        return Texts(((),) * len(new))
    after = [each.body.told if isinstance(each, _Read) and each.body.kind == "text" else None for each in new]
    return differing_texts(before, after, rules.volatile, rules.work, markup=old[0].body.markup)


def _digest(body: bytes) -> str:
    return f"{len(body)} bytes, sha256 {sha256(body).hexdigest()[:12]}"
