"""Bench: hard cases, by the real commands. Each case of the file is asked and its answer compared with the right one.

The default file is the development split, which the tests use too; others of the same schema hold out theirs.
`match` cases run `outpace advisories update --from` and `outpace match`, `fix` cases run `outpace fix`, `history` cases
build the repository and run `outpace assess`. --quick leaves nothing out.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from pathlib import Path
from typing import cast

sys.path.insert(0, str(Path(__file__).parents[1]))

from bench import fix_cases, history_cases, match_cases
from bench.case_files import Case, load, public_index

DEFAULT = Path(__file__).parents[1] / "tests" / "data" / "cases.json"


def main() -> int:
    args = arguments()
    index = public_index()
    rows = [outcome(case, index) for case in load(args.file)]
    for row in rows:
        print(f"  {row['id']:34} {row['ask']:8} {row['outcome']:12} {row['seconds']:6.2f} s")
        for line in cast("list[str]", row["wrong"]):
            print(f"      {line}")
    right = sum(row["outcome"] == "right" for row in rows)
    print(f"\n{right} of {len(rows)} cases right (goal: all)")
    if args.json:
        result = {"file": args.file.name, "right": right, "asked": len(rows), "cases": rows}
        args.json.write_text(json.dumps(result, indent=2) + "\n")
    return 0 if right == len(rows) else 1


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", nargs="?", type=Path, default=DEFAULT, help="any file of the cases' schema")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--json", type=Path, metavar="FILE")
    return parser.parse_args()


def outcome(case: Case, index: str) -> dict[str, object]:
    began = time.perf_counter()
    wrong = answered(case, index)
    seconds = time.perf_counter() - began
    word = "wrong" if wrong else "right"
    return {"id": case.id, "ask": case.ask, "outcome": word, "seconds": round(seconds, 3), "wrong": wrong}


def answered(case: Case, index: str) -> list[str]:
    """What is wrong with the answer."""
    if case.ask == "fix":
        return fix_cases.run_case(case.raw)
    check = match_cases.check if case.ask == "match" else history_cases.check
    with tempfile.TemporaryDirectory(prefix="outpace-case-") as place:
        return check(case, Path(place), index)


if __name__ == "__main__":
    sys.exit(main())
