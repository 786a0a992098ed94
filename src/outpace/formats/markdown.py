"""A match as a comment on a pull request: the answer, a table of what is exposed, the rest to unfold."""

from __future__ import annotations

from collections.abc import Iterator

from outpace.app.match import View
from outpace.formats.advice import FILES_NAMED, answer_in_words, exploited_in_words, listed, pin, severity_in_words
from outpace.formats.coverage import reach
from outpace.formats.deadlines import lines as due_lines
from outpace.formats.gfm import code, linked, prose
from outpace.model.exposure import Doubt, Exposure
from outpace.model.inventory import Uncovered, Unread

LARGEST = 60_000  # characters; GitHub takes 65,536 in a comment
HEAD = (
    "| Package | Where | Vulnerability | Severity | Exploited (KEV) | Fixed in |",
    "|---|---|---|---|---|---|",
)


def document(view: View) -> bytes:
    inventory = view.matched.inventory
    lines = [f"**{answer_in_words(view, listed(map(code, view.matched.inventory.silent)))}**", "", _basis(view)]
    room = LARGEST - sum(map(len, lines))
    sections = [
        section
        for section in (
            _table([_row(each, view) for each in view.matched.exposures], view),
            _folded("Unknown", [_unknown(each) for each in view.matched.doubts]),
            _folded("Not understood", [_noted(each) for each in inventory.unread]),
            _folded("Not covered", [_noted(each) for each in inventory.uncovered]),
        )
        if section
    ]
    for number, section in enumerate(sections):
        share = room // (len(sections) - number)
        lines += ["", *_within(section, share)]
        room -= min(share, sum(len(line) + 1 for line in section))
    return ("\n".join(lines) + "\n").encode()


def _basis(view: View) -> str:
    inventory = view.matched.inventory
    read = listed(map(code, inventory.files)) if inventory.source == "files" else code(inventory.source)
    return f"Read {read or 'nothing'}. {reach(view.matched.coverage)}"


def _table(rows: list[str], view: View) -> list[str]:
    """With a column for deadlines where some are declared."""
    head = [f"{HEAD[0]} Due |", f"{HEAD[1]}---|"] if view.due else list(HEAD)
    return [*head, *rows] if rows else []


def _folded(title: str, items: list[str]) -> list[str]:
    if not items:
        return []
    return ["<details>", f"<summary>{title} ({len(items)})</summary>", "", *items, "", "</details>"]


def _within(section: list[str], room: int) -> Iterator[str]:
    """The section, or as many of its rows as there is room for, and how many are left out."""
    rows = [
        number for number, line in enumerate(section) if line.startswith(("| ", "- ")) and not line.startswith(HEAD[0])
    ]
    left = room - sum(map(len, section)) + sum(len(section[number]) for number in rows) - 200
    shown = 0
    for number in rows:
        left -= len(section[number]) + 1
        if left < 0:
            break
        shown += 1
    yield from section[: rows[0] + shown]
    if shown < len(rows):
        yield ""
        yield f"{len(rows) - shown:,} more are left out for want of room; `outpace match` lists them all."
    yield from section[rows[-1] + 1 :]


def _row(exposure: Exposure, view: View) -> str:
    found = exposure.vulnerability
    names = ", ".join((linked(found.id), *map(code, found.aliases[:FILES_NAMED])))
    severity = prose(severity_in_words(found.severity))
    kev = exploited_in_words(found, view.matched.coverage)
    caveats = "".join(f"; {prose(caveat)}" for caveat in exposure.caveats)
    where = _where(exposure)
    cells = (code(pin(exposure.component)), where, names, severity, kev, f"{_fixed(exposure)}{caveats}")
    due = ("; ".join(map(prose, due_lines(view.due_of(found), view.at))),) if view.due else ()
    return f"| {' | '.join((*cells, *due))} |"


def _where(each: Exposure | Doubt) -> str:
    component = each.component
    return code(component.file if component.line is None else f"{component.file}:{component.line}")


def _fixed(exposure: Exposure) -> str:
    fix = exposure.fixed
    assumed = " (assumed)" if fix.assumed else ""
    if fix.after is not None:
        named = f", or {code(fix.nearest)}, another branch" if fix.nearest is not None else ""
        return f"after {code(fix.after)}{assumed}{named}"
    if fix.same_branch is not None:
        return f"{code(fix.same_branch)}{assumed}"
    if fix.nearest is not None:
        return f"{code(fix.nearest)}, another branch{assumed}"
    return "above the last affected version (assumed)" if fix.assumed else "none known"


def _unknown(doubt: Doubt) -> str:
    settle = f"; would settle it: {prose(doubt.unknown.would_settle)}" if doubt.unknown.would_settle else ""
    place = f" in {where}" if (where := _where(doubt)) else ""
    subject = f"{code(pin(doubt.component))}{place}, {linked(doubt.vulnerability.id)}"
    return f"- {subject}: {prose(doubt.unknown.why)}{settle}"


def _noted(noted: Unread | Uncovered) -> str:
    line = noted.line if isinstance(noted, Unread) else None
    return f"- {code(noted.file if line is None else f'{noted.file}:{line}')}: {prose(noted.why)}"
