"""A proposal as a commit: its branch's name, its message, and the change that it is."""

from __future__ import annotations

import re

from outpace.model.change import Change, Move
from outpace.model.fact import digest_of
from outpace.remediation.plan import Proposal, candidate_digest

OURS = "outpace/"  # no other branch is made or pushed
PREFIX = f"{OURS}fix-"
NAME = re.compile(rf"{OURS}[A-Za-z0-9](?:[A-Za-z0-9_-]|\.(?!\.|lock\Z|\Z))*")  # that git takes, whoever says it
SUBJECT_WIDTH = 72


def branch_of(proposal: Proposal) -> str:
    """By the advisory where there is one, else by a digest of what is fixed and where the packages go."""
    if len(proposal.fixes) == 1:
        return PREFIX + proposal.fixes[0]
    return PREFIX + digest_of(proposal.fixes, proposal.digest)[:12]


def candidate_of(change: Change) -> str:
    """The digest under which a refuted change is excluded from the next planning."""
    purpose = set(change.purpose)
    return candidate_digest(
        (move.package.name, move.after) for move in change.moves if move.after is not None and move.package in purpose
    )


def message_of(proposal: Proposal) -> str:
    """What moved, why, and how it was checked; the trailers say the same to a machine."""
    along = [move for move in proposal.moves if move.package not in proposal.purpose]
    body = [
        f"{_listed(proposal.fixes)} {'affects' if len(proposal.fixes) == 1 else 'affect'} what is pinned here.",
        "This is the nearest release that resolves, that is not yanked, and that no known advisory affects.",
    ]
    if along:
        body.append(f"{_listed([move.package.name for move in along])} had to move along.")
    body.append("Checked: the files resolve again, only the packages below move, and a new match is clean of them.")
    parts = [_subject(proposal), "\n".join(body)]
    if proposal.caveats:
        parts.append("\n".join(f"Note: {caveat}." for caveat in proposal.caveats))
    parts.append("\n".join((*_moves(proposal.moves), f"Fixes: {', '.join(proposal.fixes)}")))
    return "\n\n".join(parts) + "\n"


def _moves(moves: tuple[Move, ...]) -> tuple[str, ...]:
    lines = (f"Moves: {move.package.name} {move.before or '(none)'} -> {move.after or '(none)'}" for move in moves)
    return tuple(dict.fromkeys(lines))


def _subject(proposal: Proposal) -> str:
    reached = [f"{step.pin.package.name} to {step.version}" for step in proposal.steps]
    whole = f"Upgrade {_listed(list(dict.fromkeys(reached)))}"
    if len(whole) <= SUBJECT_WIDTH:
        return whole
    return f"Upgrade {len(proposal.purpose)} packages with known vulnerabilities"


def _listed(words: tuple[str, ...] | list[str]) -> str:
    distinct = list(dict.fromkeys(words))
    return " and ".join(filter(None, (", ".join(distinct[:-1]), distinct[-1]))) if distinct else "nothing"
