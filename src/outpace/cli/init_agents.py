"""`outpace init --agents`: what agents are told in this repository."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from outpace.cli.door import Door, write_whole

if TYPE_CHECKING:
    from collections.abc import Mapping


def run(args: argparse.Namespace, door: Door) -> int:
    from outpace import bootstrap
    from outpace.formats import agents as formats

    root = bootstrap.tree_here(Path.cwd())[0]
    wanted = _wanted(root, force=args.force or args.only_print)
    states: dict[Path, Literal["written", "unchanged", "printed"]] = {}
    for name, content in wanted.items():
        path = root / name
        is_same = path.is_file() and path.read_bytes() == content
        states[path] = "unchanged" if is_same else "printed" if args.only_print else "written"
    if args.only_print:
        door.emit(formats.answer(states) if args.form == "json" else formats.printed(wanted))
        return 0
    for path, state in states.items():
        if state == "written":
            _write(path, wanted[path.relative_to(root).as_posix()])
    door.emit(formats.answer(states) if args.form == "json" else formats.text(states))
    return 0


def _wanted(root: Path, *, force: bool) -> Mapping[str, bytes]:
    """Name -> content. Raises UsageError before anything is written."""
    from outpace.app.agents import AGENTS, SKILL, SKILLED, with_told
    from outpace.model.errors import UsageError

    agents, skill = (_inside(root, name) for name in (AGENTS, SKILL))
    there = skill.read_bytes() if skill.is_file() else None
    if there is not None and there != SKILLED.encode() and not force:
        raise UsageError(f"{SKILL} is there already and says something else", hint="replace it with --force")
    return {AGENTS: with_told(agents.read_bytes() if agents.is_file() else None), SKILL: SKILLED.encode()}


def _inside(root: Path, name: str) -> Path:
    """A link of the repository may lead to another of its files, and to nothing else. Raises UsageError."""
    from outpace.model.errors import UsageError

    path = root / name
    real = path.resolve()
    if not real.is_relative_to(root.resolve()) or (real.exists() and not real.is_file()):
        raise UsageError(f"{name} leads out of the repository, or is no file", hint="take it away, then ask again")
    return path


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, content)
