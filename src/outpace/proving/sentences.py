"""Sentences in which bots and people say which package goes where: "Bump a from 1 to 2", "Upgrade a to 2, b to 3".

Read line by line and from left to right, never twice, so that a hostile message takes time in proportion to its length.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec import Struct

from outpace.ecosystems.pypi.versions import parse

NAME = r"[A-Za-z0-9](?:[A-Za-z0-9._-]{0,100}[A-Za-z0-9])?(?![A-Za-z0-9/@])"
SOME = r"(?:v?[0-9A-Za-z][0-9A-Za-z.!+_*-]{0,100}|[<>=!~]=?[^\s`|)]{1,200})"  # a version, a commit, or a requirement
NUMBER = r"(?:v?\d[0-9A-Za-z.!+_*-]{0,100}|[<>=!~]=?[^\s`|)]{1,200})"
ARROW = r"(?:->|=>|\N{RIGHTWARDS ARROW})"
VERB = re.compile(r"\b(?:bump|updat|upgrad|downgrad|pin)(?:e?s|e?d|e|ing|ned|ning)?[ \t]{1,20}", re.IGNORECASE)
# Before the verb of a line that is a sentence of its own: `- `, `build(deps): `, `[security] `, `:arrow_up: `.
MARK = r"(?:[\w-]{1,20}(?:\([^()\n]{0,40}\))?!?:|\[[^\]\n]{1,40}\]|:[\w+-]{1,30}:|[^\w\s]{1,4})"
LEAD = re.compile(rf"[ \t]{{0,20}}(?:{MARK}[ \t]{{1,20}}){{0,3}}")
WORD = r"(?:(?:dependency|dependencies|package|packages)[ \t]{1,20})?"
ITEM = re.compile(
    rf"(?P<word>{WORD})\[?`?(?P<name>{NAME})`?(?:\[[\w,. -]{{0,80}}\])?\]?(?:\([^)\s]{{0,500}}\))?"
    r"(?:[ \t]{1,20}requirements?)?",
    re.IGNORECASE,
)
BETWEEN = re.compile(
    rf"[ \t]{{1,20}}from[ \t]{{1,20}}`?(?P<old>{SOME})`?[ \t]{{1,20}}to[ \t]{{1,20}}`?(?P<new>{SOME})`?", re.IGNORECASE
)
LEADS = re.compile(rf":?[ \t]{{0,20}}\(?`?(?P<old>{NUMBER})`?[ \t]{{0,20}}{ARROW}[ \t]{{0,20}}`?(?P<new>{NUMBER})`?\)?")
REACHES = re.compile(
    rf"(?:[ \t]{{1,20}}to[ \t]{{1,20}}(?:version[ \t]{{1,20}})?|[ \t]{{0,20}}(?===[^=]))`?(?P<new>{NUMBER})`?",
    re.IGNORECASE,
)
NEXT = re.compile(r"[ \t]{0,20},[ \t]{0,20}(?:and[ \t]{1,20})?|[ \t]{1,20}(?:and|&|\+)[ \t]{1,20}", re.IGNORECASE)
CELL = re.compile(rf"[ \t]*\[?`?({NAME})`?\]?(?:\([^)\s]{{0,500}}\)[^\n]*)?[ \t]*")
CHANGE = re.compile(rf"[ \t]*`?({NUMBER})`?[ \t]*{ARROW}[ \t]*`?({NUMBER})`?[ \t]*")
BARE = re.compile(rf"[ \t]*`?({NUMBER})`?[ \t]*")
FOOTER = re.compile(rf"[ \t]*-[ \t]*dependency-name:[ \t]*[\"']?({NAME})[\"']?[ \t]*")
FOOTER_VERSION = re.compile(rf"[ \t]*dependency-version:[ \t]*[\"']?({NUMBER})[\"']?[ \t]*")
REVERT = re.compile(r"\brevert[ \t]{1,20}[\"']", re.IGNORECASE)


class Said(Struct, frozen=True):
    """`before` is None where it is not said. Versions are as written, without the `v` in front of a number."""

    name: str
    before: str | None
    after: str


def said(text: str) -> Iterator[Said]:
    """In the order of the text, a package perhaps more than once."""
    footer = ""
    for line in text.splitlines():
        bare = line.lstrip()
        if bare.startswith("|"):
            yield from _row(bare)
        elif found := FOOTER.fullmatch(line):
            footer = found[1]
        elif (version := FOOTER_VERSION.fullmatch(line)) and footer:
            yield Said(footer, None, _plain(version[1]))
            footer = ""
        else:
            yield from _sentences(line)


def _sentences(line: str) -> Iterator[Said]:
    lead = LEAD.match(line)
    beginning = lead.end() if lead else 0
    at, reverts = 0, 0
    while verb := VERB.search(line, at):
        reverts += len(REVERT.findall(line, at, verb.start()))
        found, at = _list(line, verb.end(), is_own=verb.start() == beginning)
        yield from _undone(found) if reverts % 2 else found


def _undone(found: list[Said]) -> Iterator[Said]:
    """What is reverted goes back; where to is known only where it was said."""
    return (Said(one.name, one.after, one.before) for one in found if one.before is not None)


def _list(line: str, at: int, *, is_own: bool) -> tuple[list[Said], int]:
    """`a from 1 to 2`, `a to 2, b to 3`, `a and b to 2`; and where the reading ended.

    A bare `to` counts only in a sentence of its own line, or of what is called a dependency: prose has many.
    """
    found: list[Said] = []
    names: list[str] = []
    is_named = False
    while item := ITEM.match(line, at):
        at = item.end()
        is_named = is_named or bool(item["word"])
        names.append(item["name"])
        if whole := BETWEEN.match(line, at) or LEADS.match(line, at):
            found += [Said(name, _plain(whole["old"]), _plain(whole["new"])) for name in names]
        elif (whole := REACHES.match(line, at)) and (is_own or is_named) and _is_place(_plain(whole["new"])):
            found += [Said(name, None, _plain(whole["new"])) for name in names]
        if whole:
            at, names = whole.end(), []
        following = NEXT.match(line, at)
        if following is None:
            break
        at = following.end()
    return found, at


def _is_place(text: str) -> bool:
    return text[0] in "<>=!~" or parse(text.removesuffix(".*").removesuffix(".x")) is not None


def _row(line: str) -> Iterator[Said]:
    """`| name | from | to |` as Dependabot writes it, `| name | ... | from -> to |` as Renovate does."""
    cells = line.strip().strip("|").split("|")
    name = CELL.fullmatch(cells[0])
    if name is None:
        return
    if change := next(filter(None, map(CHANGE.fullmatch, cells[1:])), None):
        yield Said(name[1], _plain(change[1]), _plain(change[2]))
    elif len(cells) > 2 and (old := BARE.fullmatch(cells[1])) and (new := BARE.fullmatch(cells[2])):
        yield Said(name[1], _plain(old[1]), _plain(new[1]))


def _plain(version: str) -> str:
    """Without the stop that ends the sentence, and without the `v` or `==` of a version."""
    bare = version.rstrip(".,;:")
    bare = bare.lstrip("=") if bare.startswith("==") and "*" not in bare and "," not in bare else bare
    return bare[1:] if re.match(r"v\d", bare) else bare
