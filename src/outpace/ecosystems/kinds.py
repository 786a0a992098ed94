"""Which file holds components, told by its name: locks, requirements, and what a project asks for."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping

from outpace.ecosystems.pypi.indexes import Declared
from outpace.ecosystems.pypi.pdm_lock import read_pdm_lock
from outpace.ecosystems.pypi.pipfile_lock import read_pipfile_lock
from outpace.ecosystems.pypi.poetry_lock import read_poetry_lock
from outpace.ecosystems.pypi.pylock import read_pylock
from outpace.ecosystems.pypi.uv_lock import read_uv_lock
from outpace.ecosystems.reading import ReadFile, Reading

BY_NAME: Mapping[str, ReadFile] = {
    "uv.lock": read_uv_lock,
    "poetry.lock": read_poetry_lock,
    "pdm.lock": read_pdm_lock,
    "Pipfile.lock": read_pipfile_lock,
}
_BILL = re.compile(r"(.*[-_.])?s?bom([-_.].*)?\.json\Z|.*\.(cdx|spdx)\.json\Z", re.IGNORECASE)
_CONDA_LOCK = re.compile(r"(.*[-_.])?conda-lock([-_.].*)?\.ya?ml\Z", re.IGNORECASE)
_ENVIRONMENT = re.compile(r"(.*[-_.])?environment([-_.].*)?\.ya?ml\Z", re.IGNORECASE)
DECLARATIONS = ("pyproject.toml", "setup.cfg", "setup.py")

_PYLOCK = re.compile(r"pylock(\.[^.]+)?\.toml\Z")  # PEP 751
_REQUIREMENTS = re.compile(r"(.*[-_.])?(requirements|constraints)[^/]*\.txt\Z", re.IGNORECASE)


def is_lock(path: str) -> bool:
    """Whether the name promises components: a lock, or a requirements file in pip's format."""
    return lock_reader(path) is not None or is_requirements(path)


def is_read(path: str) -> bool:
    """Whether `match` looks into it when it reads a directory."""
    return is_lock(path) or is_declaration(path) or is_source(path) or _is_told(path)


def told_reader(path: str) -> ReadFile | None:
    """Of a file that tells what others put together; what has another name is told by its content."""
    if path.lower().endswith((".yml", ".yaml")):
        return _conda
    return _bill if path.lower().endswith(".json") else None


def _conda(path: str, data: bytes, declared: Declared) -> Reading | None:
    """Imported when there is one: few repositories have any, and every command waits for its imports."""
    from outpace.ecosystems.conda import read_conda

    return read_conda(path, data, declared)


def _bill(path: str, data: bytes, declared: Declared) -> Reading | None:
    """Imported when there is one, like `_conda`."""
    from outpace.ecosystems.bills import read_bill

    return read_bill(path, data, declared)


def is_conda_lock(path: str) -> bool:
    return _CONDA_LOCK.match(posixpath.basename(path)) is not None


def is_conda_environment(path: str) -> bool:
    return _ENVIRONMENT.match(posixpath.basename(path)) is not None


def _is_told(path: str) -> bool:
    is_bill = _BILL.match(posixpath.basename(path)) is not None
    return is_bill or is_conda_lock(path) or is_conda_environment(path)


def is_declaration(path: str) -> bool:
    return posixpath.basename(path) in DECLARATIONS


def is_source(path: str) -> bool:
    """The `.in` file that a requirements file is compiled from."""
    return path.endswith(".in") and is_requirements(compiled_from(path))


def compiled_from(path: str) -> str:
    """Where pip-compile and uv write what they make of that `.in` file."""
    return f"{path.removesuffix('.in')}.txt"


def is_requirements(path: str) -> bool:
    folder, name = posixpath.split(path)
    in_folder = posixpath.basename(folder).lower() == "requirements" and name.endswith(".txt")
    return in_folder or _REQUIREMENTS.match(name) is not None


def lock_reader(path: str) -> ReadFile | None:
    name = posixpath.basename(path)
    if _PYLOCK.match(name):
        return read_pylock
    if name.endswith(".py.lock"):  # of a script (PEP 723), made by `uv lock --script`
        return read_uv_lock
    return BY_NAME.get(name)
