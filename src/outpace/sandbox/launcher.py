"""Run by path, `python -I -S launcher.py FD`: forms the box that FD describes, starts the program in it, watches it.

The rest is in `inside/`, so that Python keeps it compiled; it needs neither Outpace nor any package.
"""

# to import pathlib takes longer than to form the box
# ruff: noqa: PTH100, PTH120
from __future__ import annotations

import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

TYPE_CHECKING = False
if TYPE_CHECKING:
    from outpace.sandbox.inside import supervisor
else:
    from inside import supervisor

if __name__ == "__main__":
    os._exit(supervisor.main(int(sys.argv[1])))
