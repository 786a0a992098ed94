"""How `outpace test mend` is shown: text, and its public JSON."""

from __future__ import annotations

import difflib
import shlex
from collections.abc import Iterator

from outpace.formats.envelope import UnknownItem, encoded
from outpace.formats.plain import printable
from outpace.formats.test_mend_v1 import EditV1, ProposedV1, RedTestV1, TestMendV1
from outpace.model.words import counted
from outpace.testing.mending.mended import EditedFile, Mended, Offer, RedTest

ORDER = ("regression", "unknown", "behavioral", "brittle", "infrastructure", "mechanical")
NEXT = {
    "regression": "mend the code",
    "unknown": "look at both sides; nothing was changed",
    "behavioral": "a person says whether the test or the code is right",
    "brittle": "ask for less: the type and a key phrase, a subset, what was parsed",
    "infrastructure": "mend what is around the test",
    "mechanical": "the test says it in the old way",
}


def answer(told: Mended, written: tuple[str, ...] = ()) -> bytes:
    result = TestMendV1(
        base=told.base,
        head=told.head,
        green=told.green,
        red=tuple(_red(each) for each in told.red),
        edits=tuple(EditV1(path=each.path, diff=diff_of(each), written=each.path in written) for each in told.files),
    )
    unknown = (
        ()
        if told.unknown is None
        else (UnknownItem(what="the tests", why=told.unknown.why, would_settle=told.unknown.would_settle),)
    )
    return encoded("test mend", result, unknown=unknown)


def _red(each: RedTest) -> RedTestV1:
    return RedTestV1(
        test=each.test,
        kind=each.kind,
        evidence=each.evidence,
        mended=each.mended,
        objection=each.objection,
        proposed=None if each.offer is None else _proposed(each.offer, accepted=each.accepted),
    )


def _proposed(offer: Offer, *, accepted: bool) -> ProposedV1:
    diff = "" if offer.edit is None else diff_of(offer.edit)
    return ProposedV1(says=offer.said, diff=diff, objection=offer.objection, accepted=accepted)


def text(told: Mended, written: tuple[str, ...] = ()) -> str:
    return "\n".join(_lines(told, written)) + "\n"


def _lines(told: Mended, written: tuple[str, ...]) -> Iterator[str]:
    if told.unknown is not None:
        yield f"unknown: {printable(told.unknown.why)}"
        if told.unknown.would_settle:
            yield f"  would settle it: {printable(told.unknown.would_settle)}"
        return
    yield _head(told, written)
    for kind in ORDER:
        group = [each for each in told.red if each.kind == kind]
        if group:
            yield ""
            yield f"{kind}: {NEXT[kind]}"
        for each in group:
            yield from _test(each, written)
    for file in told.files:
        yield ""
        yield f"{printable(file.path)}: {'written' if file.path in written else 'proposed, written with --write'}"
        yield from (printable(line) for line in diff_of(file).splitlines())


def _head(told: Mended, written: tuple[str, ...]) -> str:
    """What is not in its file is not mended yet."""
    span = f"{told.base[:10]}..{told.head[:10]}"
    if not told.red:
        return f"no test that was green at {told.base[:10]} is red; {told.green} are green ({span})"
    mended, accepted = sum(each.mended for each in told.red), sum(each.accepted for each in told.red)
    red = f"{counted(len(told.red), 'test')} turned red"
    if len(written) < len(told.files):
        return f"{red}, {mended + accepted} would be mended with --write ({span})"
    also = f", {accepted} accepted" if accepted else ""
    return f"{red}, {mended} mended{also}, {len(told.open)} stay red ({span})"


def _test(each: RedTest, written: tuple[str, ...]) -> Iterator[str]:
    there = each.test.partition("::")[0] in written
    state = " (accepted)" if each.accepted else " (mended)" if there else " (would be mended)"
    state = state if each.mended or each.accepted else ""
    yield f"  {printable(each.test)}{state}"
    yield from (f"    {printable(line)}" for line in each.evidence)
    if each.objection:
        yield f"    not mended: {printable(each.objection)}"
    if each.offer is not None and not each.accepted:
        yield from _offer(each.test, each.offer)


def _offer(test: str, offer: Offer) -> Iterator[str]:
    if offer.edit is None:
        yield f"    no edit proposed: {printable(offer.objection)}"
        return
    yield f"    proposed and verified, not applied: {printable(offer.said)}"
    yield from (f"      {printable(line)}" for line in diff_of(offer.edit).splitlines() if not line.startswith("---"))
    yield f"    to take it: --write --accept {shlex.quote(printable(test))}"


def diff_of(file: EditedFile) -> str:
    before, after = file.before.splitlines(keepends=True), file.after.splitlines(keepends=True)
    lines = difflib.unified_diff(before, after, f"a/{file.path}", f"b/{file.path}")
    return "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines)
