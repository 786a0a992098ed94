"""Makes an account an administrator: python -m shop.grant EMAIL."""

from __future__ import annotations

import sys

from shop.accounts import make_admin
from shop.database import Database
from shop.settings import from_environment


def main() -> None:
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    with Database(from_environment().database).writing() as db:
        if not make_admin(db, sys.argv[1]):
            sys.exit(f"there is no account {sys.argv[1]}: register it in the shop first")


if __name__ == "__main__":
    main()
