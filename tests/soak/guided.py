"""One reader under atheris, which looks for inputs that reach new code: `guided.py READER SECONDS CORPUS [SEED]`."""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path

atheris = import_module("atheris")  # brought into .tools by the soak alone

with atheris.instrument_imports(include=["outpace.ecosystems", "outpace.model", "outpace.matching", "tomllib"]):
    from tests.soak.test_readers import READERS


def main(name: str, seconds: str, corpus: str, seed: str = "1") -> None:
    reader = READERS[name]
    place = Path(corpus)
    for number, data in enumerate(reader.seeds):
        (place / f"seed-{number}").write_bytes(data)

    def one(data: bytes) -> None:
        reader.call(data)

    limits = [f"-max_total_time={seconds}", f"-seed={seed}", "-max_len=20000", "-timeout=20", "-rss_limit_mb=2048"]
    quiet = ["-verbosity=0", f"-artifact_prefix={corpus}/found-"]
    atheris.Setup([sys.argv[0], corpus, *limits, *quiet], one)
    atheris.Fuzz()


if __name__ == "__main__":
    main(*sys.argv[1:])
