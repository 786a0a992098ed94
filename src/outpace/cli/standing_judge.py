"""`python -m outpace.cli.standing_judge FOLDER`, which the watchdog of an edge keeps: the engine behind all others."""

from __future__ import annotations

import signal
import sys
import threading
from pathlib import Path
from types import FrameType

from outpace.model import times
from outpace.model.errors import Error

FAILED = 3


def say(line: str) -> None:
    print(times.text(times.now()), line, file=sys.stderr, flush=True)


def main(folder: Path) -> int:
    from outpace.bootstrap.soaking import judge

    asked = threading.Event()

    def ask(_number: int, _frame: FrameType | None) -> None:
        asked.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, ask)
    try:
        judge(folder, asked.is_set, say)
    except Error as error:  # the watchdog starts it again
        say(error.message)
        return FAILED
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
