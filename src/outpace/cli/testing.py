"""What every command of `outpace test` is asked: which application, and which Python has what its tests need."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from outpace.bootstrap.testing import Asked


def arguments(parser: argparse.ArgumentParser) -> None:
    """Behind those of the command itself."""
    parser.add_argument("--name", metavar="APPLICATION", help="which application, where outpace.toml declares several")
    parser.add_argument(
        "--python",
        type=Path,
        metavar="PATH",
        help="a Python that has the project's dependencies and pytest (default: the project's .venv, else one is made "
        "from its lock)",
    )
    parser.add_argument(
        "--unsafe-no-sandbox",
        action="store_true",
        help="run the project's code unconfined where there is no sandbox; for a repository of your own only",
    )


def asked(args: argparse.Namespace) -> Asked:
    from outpace.bootstrap.testing import Asked

    return Asked(name=args.name, python=args.python, unsafe_no_sandbox=args.unsafe_no_sandbox)
