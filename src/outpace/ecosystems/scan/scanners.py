"""Which scanner reads which file, told by its name."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Mapping
from functools import lru_cache

from outpace.ecosystems.kinds import is_conda_environment, is_conda_lock, is_requirements
from outpace.ecosystems.scan.cargo import scan_cargo
from outpace.ecosystems.scan.content import Garbled, checked, told, too_large
from outpace.ecosystems.scan.gemfile import scan_gemfile
from outpace.ecosystems.scan.go_modules import scan_go
from outpace.ecosystems.scan.npm import scan_npm
from outpace.ecosystems.scan.pins import Scanned, Unscannable
from outpace.ecosystems.scan.pipfile import scan_pipfile
from outpace.ecosystems.scan.pnpm import scan_pnpm
from outpace.ecosystems.scan.python_locks import scan_pdm, scan_poetry, scan_pylock, scan_script, scan_uv
from outpace.ecosystems.scan.requirements import scan_requirements
from outpace.ecosystems.scan.yarn import scan_yarn

Scan = Callable[[bytes], Scanned]


def _conda_lock(data: bytes) -> Scanned:
    """Imported when there is one, like `_environment`: few repositories have any."""
    from outpace.ecosystems.scan.conda import scan_conda_lock

    return scan_conda_lock(data)


def _environment(data: bytes) -> Scanned:
    from outpace.ecosystems.scan.conda import scan_environment

    return scan_environment(data)


BY_KIND: Mapping[str, Scan] = {
    "uv.lock": scan_uv,
    "script.py.lock": scan_script,
    "poetry.lock": scan_poetry,
    "pdm.lock": scan_pdm,
    "pylock.toml": scan_pylock,
    "Pipfile.lock": scan_pipfile,
    "requirements": scan_requirements,
    "conda-lock.yml": _conda_lock,
    "environment.yml": _environment,
    "package-lock.json": scan_npm,
    "npm-shrinkwrap.json": scan_npm,
    "yarn.lock": scan_yarn,
    "pnpm-lock.yaml": scan_pnpm,
    "Cargo.lock": scan_cargo,
    "go.mod": scan_go,
    "Gemfile.lock": scan_gemfile,
}
_ENDS_ANYHOW = frozenset({"environment.yml", "Pipfile.lock", "package-lock.json", "npm-shrinkwrap.json"})
BY_NAME: Mapping[str, str] = {
    **{
        kind: kind
        for kind in BY_KIND
        if kind not in ("script.py.lock", "requirements", "conda-lock.yml", "environment.yml")
    },
    "gems.locked": "Gemfile.lock",
}
_BY_FORM: tuple[tuple[str, Callable[[str], bool]], ...] = (
    ("script.py.lock", lambda path: path.endswith(".py.lock")),  # PEP 723, made by `uv lock --script`
    ("pylock.toml", lambda path: posixpath.basename(path).startswith("pylock.") and path.endswith(".toml")),  # PEP 751
    ("conda-lock.yml", is_conda_lock),
    ("environment.yml", is_conda_environment),
    ("requirements", is_requirements),
)


@lru_cache(maxsize=1 << 16)
def kind_of(path: str) -> str | None:
    """The format that the name promises; None where it is no lock."""
    known = BY_NAME.get(posixpath.basename(path))
    return known or next((kind for kind, is_such in _BY_FORM if is_such(path)), None)


def scan(path: str, data: bytes) -> Scanned | Unscannable:
    """Never raises, in time linear to the size."""
    if (refusal := too_large(data)) is not None:
        return refusal
    kind = kind_of(path)
    if kind is None:
        return Unscannable("no lock file is called so")
    try:
        return BY_KIND[kind](_content(kind, data))
    except Garbled as error:
        return Unscannable(told(data, error.why))


def _content(kind: str, data: bytes) -> bytes:
    if kind == "requirements":  # in whatever encoding
        return data
    content = checked(data)
    if kind not in _ENDS_ANYHOW and not content.endswith(b"\n"):
        raise Garbled("its last line does not end, as its tool ends each: it was cut off")
    return content
