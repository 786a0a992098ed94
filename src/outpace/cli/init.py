"""`outpace init`."""

from __future__ import annotations

import argparse
from pathlib import Path

from outpace.cli.door import Door, write_whole

EPILOG = """\
Reads lock files, pyproject.toml, the project's own CI, Makefiles, Dockerfiles and the like, and runs nothing. Behind
each value stands where it comes from; what the repository does not say is a question in the file.

With --agents it writes what agents are told instead: a marked part of AGENTS.md, whose other lines stay as they are,
and the skill .agents/skills/outpace/SKILL.md.

exit status: 0; 2 without a repository, or where there is an outpace.toml already

  outpace init --print
  outpace init
  outpace init --agents
"""


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.epilog = EPILOG
    parser.add_argument("--print", action="store_true", dest="only_print", help="show the file, write nothing")
    parser.add_argument("--force", action="store_true", help="replace an outpace.toml or a skill that is there")
    parser.add_argument("--agents", action="store_true", help="write how agents ask for a task and are judged")


def run(args: argparse.Namespace, door: Door) -> int:
    if args.agents:
        from outpace.cli.init_agents import run as run_agents

        return run_agents(args, door)
    from outpace import bootstrap
    from outpace.app.init import draft
    from outpace.formats.init import answer, text
    from outpace.model.errors import UsageError
    from outpace.pipelines.configuration import FILE

    root, tree = bootstrap.tree_here(Path.cwd())
    target = root / FILE
    if target.exists() and not (args.force or args.only_print):
        raise UsageError(f"{FILE} is there already", hint="show a new draft with --print, or replace it with --force")
    written = draft(tree)
    if args.only_print:
        door.emit(answer(written, target) if args.form == "json" else written.text)
        return 0
    write_whole(target, written.text.encode())
    door.emit(answer(written, target) if args.form == "json" else text(written, target))
    return 0
