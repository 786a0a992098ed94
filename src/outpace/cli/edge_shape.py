"""Which requests a block is for, as options."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from outpace.delivery.edge.traffic import Blocked


def shape_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--path", default="", help="this path and everything below it")
    parser.add_argument("--method", default="", help="this method alone, on the path or everywhere")
    parser.add_argument("--header", default="", metavar="NAME", help="requests that carry this header")
    parser.add_argument("--contains", default="", metavar="TEXT", help="in the header's value, in any case")


def shape_of(args: argparse.Namespace) -> Blocked:
    """Raises UsageError for none, or for both kinds at once."""
    from outpace.app.stopgaps import shape
    from outpace.model.errors import UsageError
    from outpace.model.stopgap import Stopgap

    try:
        return shape(
            Stopgap(
                advisories=("by hand",),
                path=args.path,
                method=args.method,
                header=args.header,
                contains=args.contains,
            )
        )
    except ValueError as error:
        raise UsageError(str(error), hint="outpace edge block --path /admin") from error
