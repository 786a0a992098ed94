"""Bench: episodes that were checked by hand with plain git, beside what Outpace tells of the same clones.

`tests/assessment/hand_checked.toml` says of each how it was checked. Fifteen were picked by `--pick` with the seed
below, one of each repository, the others for what is hard about them. The checking found two mistakes, which were
mended: what some versions of Poetry mark as for development seemed removed and adopted again, and a name without a
version in another file kept open what a pin had fixed. Where that changed the list, the seed picked again.
Needs the clones by path, as OWNER+NAME/repo, OWNER/NAME or NAME, and advisory data. No split.
--quick takes the four smallest repositories.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import sys
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path

import msgspec
from msgspec import Struct

sys.path.insert(0, str(Path(__file__).parents[1]))

from outpace import bootstrap
from outpace.app.histories import history_of
from outpace.assessment.episodes import Episode, History
from outpace.bootstrap.assessing import assessed_clone

TABLE = Path(__file__).parents[1] / "tests" / "assessment" / "hand_checked.toml"
SEED = 20261126
SMALL = ("wagtail/bakerydemo", "fecgov/openFEC", "django/djangoproject.com", "alphagov/notifications-api")


class Checked(Struct, frozen=True, kw_only=True):
    """As read by hand; `picked` by the seed, or for what is hard about it."""

    repository: str
    package: str
    advisories: list[str]
    state: str
    entry: str
    opened: datetime
    closed: datetime | None = None
    commit: str = ""
    reopened: int = 0
    picked: str
    how: str


class Table(Struct, frozen=True, kw_only=True):
    as_of: datetime
    episodes: list[Checked]


def main() -> int:
    args = arguments()
    table = msgspec.toml.decode(args.table.read_bytes(), type=Table)
    names = list(dict.fromkeys(row.repository for row in table.episodes))
    if args.quick:
        names = [name for name in names if name in SMALL]
    rows: list[dict[str, object]] = []
    for name in names:
        history = told(place_of(args.clones, name), table.as_of)
        if args.pick:
            print(f"  {name:32} {names_of(pick(name, history))}")
            continue
        for row in (row for row in table.episodes if row.repository == name):
            wrong = list(differences(row, history))
            rows.append({"repository": name, "package": row.package, "commit": row.commit[:10], "wrong": wrong})
            print(
                f"  {name:32} {row.package:16} {row.commit[:10]:10} {row.picked:12} {'; '.join(wrong) or 'as checked'}"
            )
    if args.pick:
        return 0
    agreed = sum(not row["wrong"] for row in rows)
    print(f"\n{agreed} of {len(rows)} episodes are told as they were checked by hand (goal: all)")
    if args.json:
        args.json.write_text(json.dumps({"agreed": agreed, "checked": len(rows), "rows": rows}, indent=2) + "\n")
    return 0 if agreed == len(rows) else 1


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("clones", type=Path, help="the directory that the clones are in")
    parser.add_argument("--table", type=Path, default=TABLE, metavar="FILE", help="any file of the same shape")
    parser.add_argument("--pick", action="store_true", help="show which closed episode the seed picks, and check none")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--json", type=Path, metavar="FILE")
    return parser.parse_args()


def place_of(clones: Path, name: str) -> Path:
    owner, _, short = name.partition("/")
    places = (clones / f"{owner}+{short}" / "repo", clones / owner / short, clones / short)
    found = next((place for place in places if place.is_dir()), None)
    return found or sys.exit(f"there is no clone of {name} in {clones}")


def told(place: Path, as_of: datetime) -> History:
    where = bootstrap.places(os.environ)
    clone, kept = assessed_clone(place, where, _quiet)
    source = bootstrap.advisory_store(where)
    return history_of(clone.histories(as_of), source, at=as_of, kept=kept, report=_quiet)[1]


def _quiet(_: str) -> None:
    return None


def differences(row: Checked, history: History) -> Iterator[str]:
    found = [
        each
        for each in history.episodes
        if each.package.name == row.package and set(row.advisories) & set(each.ids) and each.opened == row.opened
    ]
    if len(found) != 1:
        near = [each for each in history.episodes if each.package.name == row.package]
        yield f"{len(found)} episodes; of that package: {[_short(each) for each in near]}"
        return
    each = found[0]
    if missing := set(row.advisories) ^ set(each.ids):
        yield f"its advisories differ by {sorted(missing)}"
    for key in ("state", "entry", "closed", "commit", "reopened"):
        if getattr(each, key) != getattr(row, key):
            yield f"{key} is {getattr(each, key)}, not {getattr(row, key)}"


def _short(each: Episode) -> tuple[str, str, str, str]:
    return each.ids[0], each.state, each.opened.isoformat(), each.commit[:10]


def pick(name: str, history: History, count: int = 1) -> list[Episode]:
    """The same for a seed, whatever else is assessed; of those that are closed."""
    closed = [each for each in history.episodes if each.closed is not None]
    return random.Random(f"{SEED} {name}").sample(closed, min(count, len(closed)))


def names_of(picked: Sequence[Episode]) -> list[str]:
    return [f"{each.package.name} {each.commit}" for each in picked]


if __name__ == "__main__":
    sys.exit(main())
