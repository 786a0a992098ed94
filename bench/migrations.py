"""Bench: how often the class of a new migration is what PostgreSQL says, beside a linter that looks for words.

Migrations of Alembic, Django and plain SQL over one small shop, in two splits, development and held-out, which was
written down before anything was tuned; and whole files that seem to expand and do something else, in two more: those
that were mended by, and others that were measured once, after that. The truth is nobody's opinion: the SQL that each
tool emits for its migration (frozen in bench/data/migrations, from `sqlmigrate` and offline mode, or recorded while the
file ran) runs on a real PostgreSQL, and then the statements of the old release do; it is safe where each of them gives
what it gave and leaves the rows that it left.

The peer is simulated: a regular expression over the migration's text that flags what drops, renames, changes a type or
sets NOT NULL, as many teams have it in CI. It never says "unknown". The goal: no unsafe migration is called safe, in
any split. What is called unknown or contract and is safe costs a look, and is counted.

--cases FOLDER takes other cases of the same shape.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from bench import migrations_truth as truths  # noqa: E402
from bench.migrations_truth import Case, Judge, Truth  # noqa: E402
from outpace.delivery.migrations.finding import road_between  # noqa: E402
from tests.postgres import started  # noqa: E402

FLAGGED = re.compile(
    r"\bdrop\b|drop_|\brename|remove|delete|truncate|alter_column|AlterField|set\s+not\s+null|nullable\s*=\s*False"
    r"|\btype\b\s+\w|unique",
    re.IGNORECASE,
)
QUICK = 3
SPLITS = (*truths.SPLITS, *truths.HOSTILE)


class Row(NamedTuple):
    case: Case
    truth: Truth
    ours: str
    peer: str


def main() -> int:
    args = arguments()
    if args.cases:
        truths.DATA = args.cases
    rows: list[Row] = []
    with started() as server:
        judge = Judge(server)
        for split in SPLITS:
            chosen = list(truths.cases(split))[:: QUICK if args.quick else 1]
            rows += [Row(case, judge.truth(case), ours(case), peer(case)) for case in chosen]
    heads = f"{'cases':>6}{'unsafe':>8}{'called safe':>13}{'safe':>6}{'called safe':>13}{'unknown':>9}{'agreed':>8}"
    print(f"{'':28}{heads}")
    for split in SPLITS:
        for name, said in TOOLS.items():
            shown(split, name, [row for row in rows if row.case.split == split], said)
    for row in rows:
        if args.verbose or missed(row):
            kind = "MISSED" if missed(row) else "      "
            print(f"{kind} {row.case.split:18}{row.case.tool:8} {row.case.name}: {row.ours}; {row.truth.why or 'safe'}")
    if args.json:
        args.json.write_text(json.dumps([told(row) for row in rows], indent=1))
    bad = sum(missed(row) for row in rows)
    print(f"{bad} unsafe migrations called safe, of {sum(not row.truth.safe for row in rows)}; goal: 0")
    return 0 if bad == 0 else 1


def ours(case: Case) -> str:
    road = road_between(case.base, case.head)
    if road.contract:
        return "contract"
    return "unknown" if not road.safe else "expand"


def peer(case: Case) -> str:
    return "contract" if FLAGGED.search(case.text) else "expand"


TOOLS: dict[str, Callable[[Row], str]] = {"Outpace": lambda row: row.ours, "words": lambda row: row.peer}


def missed(row: Row) -> bool:
    return row.ours == "expand" and not row.truth.safe


def shown(split: str, name: str, rows: list[Row], said: Callable[[Row], str]) -> None:
    count = Counter((row.truth.safe, said(row)) for row in rows)
    safe, unsafe = (sum(number for (one, _), number in count.items() if one is wanted) for wanted in (True, False))
    unknown = sum(number for (_, word), number in count.items() if word == "unknown")
    agreed = count[(True, "expand")] + count[(False, "contract")]
    figures = f"{len(rows):6}{unsafe:8}{count[(False, 'expand')]:13}{safe:6}{count[(True, 'expand')]:13}{unknown:9}"
    print(f"{split:18}{name:10}{figures}{agreed:8}")


def told(row: Row) -> dict[str, object]:
    case = row.case
    return {
        "split": case.split,
        "tool": case.tool,
        "name": case.name,
        "safe": row.truth.safe,
        "why": row.truth.why,
        "ours": row.ours,
        "peer": row.peer,
    }


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="every third case")
    parser.add_argument("--verbose", action="store_true", help="every case, with what PostgreSQL said")
    parser.add_argument("--cases", type=Path, metavar="FOLDER", help="other cases of the same shape")
    parser.add_argument("--json", type=Path, metavar="FILE")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
