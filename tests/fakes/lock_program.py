"""Poetry and PDM in small: they lock over releases that they were made with, and speak in the real ones' words.

The real programs pass the same contract (tests/contracts/test_lock_programs.py, `make soak`).
"""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import packaging

from tests.fakes.index import Release

VERSIONS = {"poetry": "2.5.1", "pdm": "2.29.4"}


def installed(place: Path, name: str, releases: Mapping[str, Sequence[Release]], *, fails: str = "") -> Path:
    """The folder of the program's script, for a PATH."""
    library = place / "lib" / f"python{sys.version_info.major}.{sys.version_info.minor}" / "site-packages"
    folder = place / "bin"
    for made in (library / name, library / f"{name}-{VERSIONS[name]}.dist-info", folder):
        made.mkdir(parents=True)
    home = Path(sys.base_prefix) / "bin"
    (place / "pyvenv.cfg").write_text(f"home = {home}\ninclude-system-site-packages = false\n")
    (folder / "python").symlink_to(home / f"python{sys.version_info.major}.{sys.version_info.minor}")
    (folder / name).write_text(f"#!{folder / 'python'}\n")
    (folder / name).chmod(0o755)
    (library / f"{name}-{VERSIONS[name]}.dist-info" / "METADATA").write_text(
        f"Metadata-Version: 2.1\nName: {name}\nVersion: {VERSIONS[name]}\n"
    )
    (library / name / "__init__.py").touch()
    shutil.copy(Path(__file__).with_name("lock_program_main.py"), library / name / "__main__.py")
    known = {each: {made.version: made.requires_dist for made in many} for each, many in releases.items()}
    (library / name / "releases.json").write_text(json.dumps({"releases": known, "fails": fails}))
    shutil.copytree(Path(packaging.__file__).parent, library / "packaging")
    return folder
