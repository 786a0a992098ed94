"""Bench: what `outpace --help` costs beside a bare Python and beside `uv help`, and how large a base install is.

No split: nothing is tuned here. The limit is 250 ms of CPU and 20 MB.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CPU_LIMIT = 0.25
SIZE_LIMIT = 20e6


def cpu(argv: list[str]) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(argv, stdout=subprocess.DEVNULL, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime


def installed_size() -> int | None:
    """Bytes of Outpace and all that it depends on, without bytecode; None where no index can be reached."""
    uv = shutil.which("uv")
    if uv is None:
        return None
    with tempfile.TemporaryDirectory() as place:
        commands = (
            [uv, "venv", "-q", "--python", sys.executable, f"{place}/v"],
            [uv, "pip", "install", "-q", "--python", f"{place}/v", "--link-mode", "copy", "--require-hashes", "-r",
             str(ROOT / "requirements" / "base.txt")],
            [uv, "pip", "install", "-q", "--python", f"{place}/v", "--link-mode", "copy", "--no-deps", str(ROOT)],
        )  # fmt: skip
        for command in commands:
            if subprocess.run(command, check=False).returncode:
                return None
        packages = next(Path(place).glob("v/lib/python*/site-packages"))
        return sum(f.stat().st_size for f in packages.rglob("*") if f.is_file() and "__pycache__" not in f.parts)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--json", type=Path)
    args = parser.parse_args()
    runs = 3 if args.quick else 11
    rows = {
        "outpace --help": [sys.executable, "-m", "outpace.cli", "--help"],
        "python -c pass": [sys.executable, "-c", "pass"],
    }
    if shutil.which("uv"):
        rows["uv help"] = ["uv", "help"]
    figures: dict[str, list[float]] = {name: [] for name in rows}
    for _ in range(runs):
        for name, argv in rows.items():
            figures[name].append(cpu(argv))
    medians = {name: statistics.median(times) for name, times in figures.items()}
    for name, median in medians.items():
        print(f"{name:<18} {median * 1000:7.1f} ms CPU   {median / medians['outpace --help']:.2f} of outpace")
    size = installed_size()
    print(
        f"base install       {size / 1e6:7.1f} MB" if size else "base install       could not be made: no index reached"
    )
    if args.json:
        args.json.write_text(json.dumps({"cpu_s": medians, "bytes": size, "cores": os.cpu_count()}))
    good = medians["outpace --help"] < CPU_LIMIT and size is not None and size < SIZE_LIMIT
    told = f"{size / 1e6:.1f} MB" if size else "size unknown"
    print(f"{medians['outpace --help'] * 1000:.0f} ms and {told}; goal: under {CPU_LIMIT * 1000:.0f} ms and 20 MB")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
