"""`outpace mcp`: five tools for agents that speak the Model Context Protocol."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from outpace.cli.door import Door

if TYPE_CHECKING:
    from outpace.bootstrap.testing import Asked
    from outpace.mcp.desk import Desk

INTERRUPTED = 130
EPILOG = """\
An agent's client starts it in the root of a repository, and speaks with it over the standard streams:

  exposures     what is exposed on the deploy branch, most urgent first
  match         what the lock files here match, and what could not be read
  explain       an advisory, a word, or a handle from an answer
  task          the brief of a change that is wanted
  prove_change  a diff, judged: proved, refuted or undecided

Nothing that it can be asked applies, merges, deploys or configures anything. With --http the same is served on this
machine's loopback, to whoever has the token (docs/mcp.md).

exit status: 0 when the client has gone; 2 usage; 3 without the extra (pip install "outpace[ai]"), or where the port is
taken; 130 interrupted

  outpace mcp
  outpace mcp --http 8765 --token file:token.txt
"""


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.epilog = EPILOG
    parser.set_defaults(formats=("text",))  # answers go to the client, in its protocol
    parser.add_argument("--name", metavar="APPLICATION", help="which application, where outpace.toml declares several")
    parser.add_argument(
        "--python",
        type=Path,
        metavar="PATH",
        help="a Python that has the project's dependencies and pytest (default: the project's .venv, else one is made "
        "from its lock)",
    )
    parser.add_argument("--http", metavar="[HOST:]PORT", help="serve HTTP on the loopback; 0: a free port")
    parser.add_argument(
        "--token", metavar="REFERENCE", help="what --http asks for: env:NAME or file:PATH (default: one is made)"
    )


def run(args: argparse.Namespace, door: Door) -> int:
    from outpace.bootstrap.testing import Asked
    from outpace.mcp.desk import Desk
    from outpace.mcp.server import check_sdk, serve_streams
    from outpace.model.errors import UsageError

    if args.token is not None and args.http is None:
        raise UsageError("--token goes with --http", hint="over the standard streams no token is asked for")
    check_sdk()
    asked = Asked(name=args.name, python=args.python.absolute() if args.python else None)
    _check(asked, door)
    desk = Desk(Path.cwd(), asked, report=door.report, bug=door.bug)
    status = INTERRUPTED
    try:
        if args.http is None:
            serve_streams(desk)
        else:
            _serve_http(desk, args, door)
        status = 0
    finally:
        if desk.busy:  # nobody is left to hear the answer; what was started ends with us, and the next run sweeps
            sys.stderr.flush()
            os._exit(status)
    return status


def _check(asked: Asked, door: Door) -> None:
    """What was typed wrong is told to whoever starts it, not to the agent in each answer."""
    from outpace.bootstrap.judging import judge_place
    from outpace.model.errors import NotFound

    if asked.python is not None and not asked.python.is_file():
        raise NotFound(f"there is no Python at {asked.python}", hint="name a Python program: --python .venv/bin/python")
    if asked.name is not None:
        with judge_place(Path.cwd(), asked, report=door.report):
            pass


def _serve_http(desk: Desk, args: argparse.Namespace, door: Door) -> None:
    from outpace.bootstrap.references import secret_of
    from outpace.mcp.loopback import Address, address_of, serve_http, token_or_new

    address = address_of(args.http)
    token = token_or_new(secret_of(args.token) if args.token is not None else None)

    def begun(where: Address) -> None:
        door.say(f"serving {where.url}")
        if args.token is None:
            door.say(f"token, shown this once: {token}")

    serve_http(desk, address, token, begun=begun)
