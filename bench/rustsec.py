"""Not a comparison: packs RustSec's advisories, as a clone of its repository holds them, for the benches of `assess`.

    python bench/rustsec.py CLONE rustsec-osv.zip
    outpace advisories update --from rustsec-osv.zip

RustSec publishes them as OSV records on the branch `osv` of github.com/rustsec/advisory-db.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

BRANCHES = ("origin/osv", "osv")


def revision(clone: Path) -> str:
    """The newest commit of the branch, wherever the clone keeps it."""
    for branch in BRANCHES:
        found = _git(clone, "rev-parse", "--verify", "--quiet", f"{branch}^{{commit}}")
        if found.returncode == 0:
            return found.stdout.decode().strip()
    sys.exit(f"{clone} has no branch `osv`: fetch it")


def _git(clone: Path, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(["git", "-C", str(clone), *arguments], capture_output=True, check=False)


if __name__ == "__main__":
    clone, into = map(Path, sys.argv[1:])
    commit = revision(clone)
    made = _git(clone, "archive", "--format=zip", "-o", str(into.absolute()), commit, "crates")
    if made.returncode:
        sys.exit(made.stderr.decode().strip())
    print(f"packed the records of {commit[:12]} into {into}")
