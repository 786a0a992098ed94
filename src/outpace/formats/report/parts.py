"""Parts that pages share: steps, evidence, deadlines, questions, places to look."""

from __future__ import annotations

import re
from collections.abc import Container, Sequence

from outpace.assessment.assessment import Assessment, DeadlineMet
from outpace.assessment.clock import Stage
from outpace.assessment.evidence import Evidence, Question, Where
from outpace.assessment.plan import Step
from outpace.formats.charts.markup import NONE, Markup, e, join, plain
from outpace.formats.charts.markup import number as digits
from outpace.formats.charts.words import NBSP, band, counted, day, days, ended
from outpace.formats.report.counts import STILL, deadline_of, linked, number, of_counts, signal_of, stage_of, step_of
from outpace.formats.report.frame import said, term
from outpace.formats.waterfall import NAMES

ADVISORY = re.compile(r"[A-Za-z][A-Za-z0-9]*-[A-Za-z0-9:.-]{1,60}", re.ASCII)
ANCHOR = re.compile(r"[ac]-[A-Za-z0-9_.:-]{1,64}", re.ASCII)
OBJECT = re.compile(r"[0-9a-f]{7,64}")
SINCE = {"published": "publication", "released": "the fix", "known": "knowing of it"}
GLYPHS = {
    "exposed": "M6 1a5 5 0 1 1 0 10A5 5 0 0 1 6 1Z",
    "shielded": "M6 0 11 2v4c0 3-2 5-5 6-3-1-5-3-5-6V2Z",
    "moving": "M2 1v10l9-5Z",
    "verified": "M1 6.5 2.8 4.7 4.8 6.8 9.3 2 11 3.7 4.8 10.3Z",
}


def glyph(state: str) -> Markup:
    if state == "unknown":
        mark = join(
            e("circle", cx=6, cy=6, r=5, fill="none", stroke="currentColor", stroke_dasharray="2 1.5"),
            e("path", d="M4.6 4.7a1.5 1.5 0 1 1 2 1.4q-.6.3-.6 1M6 8.4v.9", fill="none", stroke="currentColor"),
        )
    else:
        mark = e("path", d=GLYPHS[state])
    return e("svg", mark, viewBox="0 0 12 12", cls=f"glyph {state}", aria_hidden="true")


def state(kind: str, word: str | Markup) -> Markup:
    return e("span", glyph(kind), NBSP, word, cls=f"state {kind}")


def step(each: Step, *, limit: int = 220, proof: bool = False, lists: Container[str] = ()) -> Markup:
    known = is_told_from_nothing(each)
    return e(
        "li",
        e("p", said(plain(each.says, limit)), cls="do"),
        e(
            "p",
            _saves(each),
            f" {_effort(each.effort_days)} ",
            linked(ended(plain(each.because, limit)), of_counts(step_of(each), each.counts), lists),
        ),
        e("p", "It worked if ", said(ended(plain(each.proof, limit)))) if proof and each.proof else None,
        cls=None if known else "unknown",
    )


def is_told_from_nothing(each: Step) -> bool:
    """Whether what was measured says that the step saves anything."""
    saves = each.saves
    return saves is not None and saves.value is not None and (saves.low is None or saves.low > 0)


def _saves(each: Step) -> Markup:
    if each.saves is None or each.saves.value is None:
        why = f": {plain(each.why, 110)}" if each.why else ""
        return join("What it saves is ", e("b", "unknown"), ended(why))
    if not is_told_from_nothing(each):
        return join("What it saves is ", e("b", "not told from nothing"), f" ({band(each.saves)} days an episode).")
    return join("Saves ", e("b", days(each.saves.value), cls="saves"), f" an episode ({band(each.saves)}).")


def _effort(effort: float) -> str:
    return "About half a day of work." if effort <= 0.5 else f"About {days(effort)} of work."


def again(steps: Sequence[Step]) -> Markup:
    """When it will be measured whether it worked."""
    dates = sorted({each.measured_again for each in steps if each.measured_again is not None})
    if not dates:
        return NONE
    return e("p", "Measured again on ", join(*between(", ", [e("b", day(each)) for each in dates])), ".", cls="soft")


def between(separator: str, parts: Sequence[Markup]) -> list[Markup | str]:
    return [each for part in parts for each in (separator, part)][1:]


def where(places: Sequence[Where], *, rows: Container[str] = (), most: int = 6) -> Markup:
    """Links to what can be looked at: an advisory, a row of the table; a commit and a file are named."""
    if not places:
        return NONE
    places = tuple(dict.fromkeys(places))
    shown = between(", ", [place(each, rows) for each in places[:most]])
    more = f" and {len(places) - most:,} more" if len(places) > most else None
    return join(*shown, more)


def place(each: Where, rows: Container[str] = ()) -> Markup:
    match each.kind:
        case "advisory":
            return advisory(each.name, rows)
        case "commit":
            return commit(each.name, rows)
        case "file" | "tag":
            line = f":{each.line}" if each.line is not None else ""
            return e("code", e("bdi", plain(each.name, 80)), line)


def advisory(name: str, rows: Container[str] = ()) -> Markup:
    shown = plain(name, 60)
    if (anchor := f"a-{shown}") in rows:
        return e("a", shown, href=f"#{anchor}", cls="id")
    if ADVISORY.fullmatch(name):
        return e("a", shown, href=f"https://osv.dev/vulnerability/{name}", rel="noreferrer", cls="id")
    return e("bdi", shown)


def commit(name: str, rows: Container[str] = ()) -> Markup:
    shown = name[:12] if OBJECT.fullmatch(name) else plain(name, 20)
    code = e("code", e("bdi", shown) if shown != name[:12] else shown)
    anchor = f"c-{shown}"
    return e("a", code, href=f"#{anchor}") if anchor in rows else code


def longest(assessment: Assessment, limit: int, lists: Container[str]) -> Markup:
    """The longest wait, with its numbers leading to what they count."""
    plan = assessment.plan
    text = whole_sentences(plan.longest, limit)
    found = [(f"in {each.count} episodes", stage_of(place)) for place, each in enumerate(plan.stages)]
    still = sum(each.state == "open" for each in assessment.history.episodes)
    links = sorted((*found, (f"{still} more", STILL)), key=lambda link: text.find(link[0]))
    return linked(text, links, lists)


def because(assessment: Assessment, limit: int, lists: Container[str]) -> Markup:
    """Why this kind of modernization; where it is a signal's sentence, with what its numbers count."""
    text = assessment.plan.because
    spoken = next((each for each in assessment.path.evidence if each.says == text), None)
    links = [] if spoken is None else of_counts(signal_of(spoken), spoken.counts)
    return linked(ended(plain(text, limit)), links, lists)


def evidence(each: Evidence, *, limit: int, rows: Container[str] = (), whole: bool = True) -> Markup:
    says = linked(plain(each.says, limit), of_counts(signal_of(each), each.counts), rows)
    kinds = {"outcome": "An outcome", "practice": "A practice", "ceremony": "A ceremony"}
    if not whole:
        see = (
            join(" ", e("span", "See ", where(each.where, rows=rows, most=2), ".", cls="soft")) if each.where else None
        )
        return e("li", e("p", e("span", says, cls="says"), see))
    return e(
        "li",
        e("p", says, cls="says"),
        e(
            "p",
            kinds[each.strength],
            f" that speaks for {each.speaks_for}" if each.speaks_for else " that speaks for no path",
            ". Often misread: ",
            said(ended(plain(each.misreading, limit))),
            cls="soft",
        ),
        _places(each.where, rows, most=8),
    )


def _places(places: Sequence[Where], rows: Container[str], *, most: int) -> Markup:
    return e("p", "See ", where(places, rows=rows, most=most), ".", cls="soft") if places else NONE


def deadline(each: DeadlineMet, place: int, *, said_from: bool = False, lists: Container[str] = ()) -> Markup:
    decided = (
        ("met", each.met, "verified"),
        ("missed", each.missed, "exposed"),
        ("unknown", each.unknown, "unknown"),
        ("running", each.running, "moving"),
    )
    told = [
        state(kind, number(f"{amount:,} {word}", deadline_of(place, word), lists))
        for word, amount, kind in decided
        if amount or word in {"met", "missed"}
    ]
    why = each.why_unknown if each.unknown else ""
    begun = f" from {since(each.since)}" if said_from else ""
    return e(
        "div",
        e("p", e("b", e("bdi", plain(each.name, 24))), f", {plain(each.within, 12)}{begun}"),
        e("p", *between(" ", told), cls="key"),
        bar(tuple((amount, kind) for _, amount, kind in decided)),
        e("p", "Unknown: ", said(ended(plain(why, 80))), cls="soft") if why else None,
        cls="due",
    )


def since(name: str) -> str:
    return SINCE.get(name, plain(name, 24))


def bar(shares: Sequence[tuple[int, str]]) -> Markup:
    """Parts of one whole beside one another; the words beside it say the same."""
    whole = sum(amount for amount, _ in shares)
    if not whole:
        return NONE
    parts: list[Markup] = []
    begun = 0.0
    for amount, kind in shares:
        width = 400 * amount / whole
        if amount:
            parts.append(e("rect", x=begun, y=0.5, width=max(width - 2, 1.5), height=10, rx=2, cls=f"fill {kind}"))
        begun += width
    return e(
        "svg", *parts, viewBox=f"0 0 {digits(400)} 11", cls="chart", aria_hidden="true", preserveAspectRatio="none"
    )


def questions(all_of: Sequence[Question], *, most: int, limit: int) -> Markup:
    rest = len(all_of) - most
    return join(
        e("ul", *(_question(each, limit) for each in all_of[:most]), cls="asks"),
        e("p", f"And {counted(rest, 'more question')} in the report.", cls="soft") if rest > 0 else None,
    )


def _question(each: Question, limit: int) -> Markup:
    settle = join(" Would settle it: ", said(ended(plain(each.would_settle, limit)))) if each.would_settle else None
    return e(
        "li", e("b", _capital(plain(each.what, limit))), e("span", ": ", said(ended(plain(each.why, limit))), settle)
    )


def whole_sentences(text: str, limit: int) -> str:
    """As many as there is room for; one that is too long by itself is cut."""
    end = text.rfind(". ", 0, limit)
    return plain(text if len(text) <= limit or end < 0 else text[: end + 1], limit)


def _capital(text: str) -> str:
    """A word; the name of a repository or a file stays as it is."""
    if not text.split(" ", maxsplit=1)[0].isalpha():
        return text
    return text[:1].upper() + text[1:]


def every_question(assessment: Assessment) -> tuple[Question, ...]:
    """Those of the path are among them, or come after."""
    return tuple(dict.fromkeys((*assessment.questions, *assessment.path.questions)))


def exposure_days() -> Markup:
    return term("exposure-days")


def fact(stage: Stage, *, same_day: bool) -> Markup:
    """When it was, and who says so; the day once."""
    source = f"{plain(stage.detail, 40)} ({plain(stage.source, 40)})" if stage.detail else plain(stage.source, 40)
    at = f"{stage.at:%H:%M:%S}" if same_day else f"{stage.at:%Y-%m-%d %H:%M}"
    return join(f"{NAMES[stage.kind]} {at}, ", e("bdi", source))
