"""The frame of each page: complete, self-contained, without script, and closed to every request."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Literal, TypeAlias

from outpace.assessment.assessment import Assessment
from outpace.formats.charts.markup import Markup, e, foreign, join, plain
from outpace.formats.charts.words import counted, day
from outpace.model.glossary import definition, entries

Paper: TypeAlias = Literal["A4", "Letter"]
TERM = re.compile(r'popovertarget="w-([a-z-]+)"')
BRAND = e(
    "svg",
    e("rect", x=0, y=1, width=9, height=5, rx=2.5, cls="fill exposed"),
    e("rect", x=5, y=8, width=15, height=5, rx=2.5, cls="fill verified"),
    viewBox="0 0 20 14",
    aria_hidden="true",
)


def document(*, title: str, kind: str, name: str, body: Markup, foot: Markup, cls: str = "", paper: str = "") -> str:
    """`paper` is a rule of the sheet for print; empty leaves the size to whoever prints."""
    style = f"{_sheet()}{paper}"
    policy = f"default-src 'none'; style-src 'sha256-{_digest(style)}'; base-uri 'none'; form-action 'none'"
    head = join(
        e("meta", charset="utf-8"),
        e("meta", http_equiv="Content-Security-Policy", content=policy),
        e("meta", name="viewport", content="width=device-width, initial-scale=1"),
        e("meta", name="referrer", content="no-referrer"),
        e("title", plain(title, 120)),
        Markup(f"<style>{style}</style>"),
    )
    bar = e(
        "header",
        e(
            "div",
            e("span", BRAND, "Outpace", cls="brand"),
            e("span", kind),
            e("span", foreign(name, 60), cls="end"),
        ),
        cls="bar",
    )
    page = join(
        e("a", "Skip to content", href="#content", cls="skip"),
        bar,
        e("main", body, id="content"),
        e("footer", e("div", foot)),
    )
    return (
        f'<!doctype html><html lang="en"><head>{head}</head>{e("body", page, popovers(page), cls=cls or None)}</html>\n'
    )


def term(shown: str, entry: str = "") -> Markup:
    """A word of the glossary; its definition opens without script."""
    return e("button", shown, type="button", cls="term", popovertarget=f"w-{_slug(entry or shown)}")


def popovers(page: str) -> Markup:
    """The definitions of the words that a page uses, each once."""
    used = [(slug, _entries()[slug]) for slug in dict.fromkeys(TERM.findall(page))]
    return join(
        *(e("div", e("b", entry), ": ", said(definition(entry)), popover="", id=f"w-{slug}") for slug, entry in used)
    )


def said(text: str) -> Markup:
    """Words in back quotes are code; all else is text."""
    parts = text.split("`")
    return join(*(e("code", part) if number % 2 else part for number, part in enumerate(parts)))


def panel(
    title: str | Markup, *children: Markup | str | None, small: str | Markup = "", cls: str = "", name: str = ""
) -> Markup:
    heading = e("h2", title, " ", e("small", small)) if small else e("h2", title)
    return e("section", heading, *children, cls=f"panel {cls}".rstrip(), id=name or None)


def told(assessment: Assessment) -> Markup:
    """As of when, from what, and what cannot be in it."""
    covered = assessment.coverage
    data = (
        "no advisory data"
        if covered is None
        else f"advisory data up to {day(covered.cutoff)}"
        if covered.cutoff
        else "advisory data of unknown age"
    )
    newer = "" if covered is None else "; what was published later cannot be seen"
    horizon = assessment.horizon
    cut = "; the clone is shallow: its history is cut" if horizon.shallow else ""
    lacking = "; the clone is partial: it lacks files" if horizon.partial else ""
    tip = horizon.tip[:12]
    return join(
        e("span", f"As of {day(assessment.at)}, {data}{newer}"),
        e(
            "span",
            f"{counted(horizon.landings, 'landing')}{cut}{lacking}",
            ", tip " if tip else "",
            e("code", plain(tip)) if tip else None,
        ),
    )


def _slug(entry: str) -> str:
    return entry.replace(" ", "-")


@cache
def _entries() -> Mapping[str, str]:
    return {_slug(entry): entry for entry in entries()}


@cache
def _sheet() -> str:
    text = files(__package__ or "").joinpath("sheet.css").read_text(encoding="utf-8")
    return re.sub(r"\s*\n\s*", "\n", text).strip()


def _digest(style: str) -> str:
    return base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
