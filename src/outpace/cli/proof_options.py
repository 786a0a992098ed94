"""Options of the commands that prove changes."""

from __future__ import annotations

import argparse


def arguments(parser: argparse.ArgumentParser, of: str) -> None:
    """`of` says whose code may gain a power."""
    parser.add_argument(
        "--grant",
        action="append",
        default=[],
        metavar="POWER",
        help=f"the code of {of} may gain this power, as outpace prove names it; may be repeated",
    )
    parser.add_argument("--offline", action="store_true", help="fetch no advisory data; environments need their index")
    parser.add_argument(
        "--unsafe-no-sandbox",
        action="store_true",
        help="run the suite unconfined where there is no sandbox; for a repository and a change of your own only",
    )


def check_powers(names: list[str]) -> None:
    """Raises UsageError."""
    from outpace.model.errors import UsageError
    from outpace.proving.ladder.without_task import unknown_power

    for name in names:
        if why := unknown_power(name):
            raise UsageError(f'"{name}" is no power that code could gain', hint=why)
