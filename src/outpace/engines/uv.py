"""uv: finds releases and resolves, with builds forbidden and the user's own index, credentials and cool-down.

Written for uv 0.13. It never sees the working tree, only copies of the files that it needs.
"""

from __future__ import annotations

import platform
import re
import sys
import tomllib
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple, cast

from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.version import Version

from outpace import sandbox
from outpace.ecosystems.pypi.versions import normalize_name
from outpace.engines import uv_elsewhere, uv_words
from outpace.model.errors import DamagedData, ToolFailed, Unreachable
from outpace.model.toml import document as toml_document
from outpace.remediation.ports import Available, Found, MustBuild, Nothing, OnlyPrereleases, TooNew

TIMEOUT = timedelta(minutes=5)
# They would point uv at another project, or keep it from writing the copy's lock.
DROPPED = frozenset(
    {"VIRTUAL_ENV", "CONDA_PREFIX", "CONDA_DEFAULT_ENV", "UV_PROJECT", "UV_WORKING_DIR", "UV_WORKING_DIRECTORY",
     "UV_PROJECT_ENVIRONMENT", "UV_FROZEN", "UV_LOCKED", "UV_NO_SYNC", "UV_UPGRADE", "UV_RESOLUTION", "UV_DRY_RUN",
     "UV_CUSTOM_COMPILE_COMMAND", "RUST_LOG", "FORCE_COLOR", "CLICOLOR_FORCE"}
)  # fmt: skip
ALWAYS = {"UV_NO_PROGRESS": "1", "NO_COLOR": "1", "UV_NO_BUILD": "1", "GIT_TERMINAL_PROMPT": "0"}


_HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})\b")


class Answer(NamedTuple):
    """What uv printed, and what it said in one line; `solved` is False where there is no solution."""

    solved: bool
    output: bytes
    said: str


class Locked(NamedTuple):
    """One package of a resolution, as a pylock.toml tells it."""

    name: str
    version: str
    released: datetime | None
    hashes: tuple[str, ...]


class Uv:
    """The program, with one environment."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        kept = {name: value for name, value in environ.items() if name not in DROPPED}
        self.environment: Mapping[str, str] = {**kept, **ALWAYS}
        self._asked: dict[tuple[object, ...], tuple[Answer, tuple[Locked, ...]]] = {}

    def call(self, *words: str, cwd: Path, stdin: str = "") -> Answer:
        """Raises Unreachable or ToolFailed where uv could not answer. Having no solution is an answer, and so is one
        requirement that could not be fetched: without it there may be a solution.
        """
        argv = ["uv", "--color", "never", *words]
        done = sandbox.run(argv, cwd=cwd, env=self.environment, stdin=stdin.encode(), timeout=TIMEOUT, accept=None)
        said = uv_words.flat(sandbox.mask(done.stderr.decode("utf-8", "replace")))
        if done.returncode == 0:
            return Answer(solved=True, output=done.stdout, said=said)
        if uv_elsewhere.not_fetched(said) is not None:
            return Answer(solved=False, output=b"", said=said)
        if uv_words.is_connection(said):
            raise Unreachable(
                f"uv could not reach a package index: {_error(said)}", hint="check the network, run again"
            )
        if uv_words.is_no_solution(said) or uv_words.must_build(said):
            return Answer(solved=False, output=b"", said=said)
        if sandbox.ran_out_of_room(said):
            raise sandbox.no_room(f"uv {words[0]}", _error(said))
        raise ToolFailed(
            f"uv {words[0]} failed: {_error(said)}", hint="run it by hand in the project", output=said[:2000]
        )

    def compile(
        self, lines: Sequence[str], *, cwd: Path, python: str, options: Sequence[str] = (), told: object = ()
    ) -> tuple[Answer, tuple[Locked, ...]]:
        """Resolves requirement lines for every Python from `python` up. The same question is asked once; `told` is what
        the folders that the options name hold."""
        key = (tuple(lines), cwd, python, tuple(options), told)
        if key not in self._asked:
            version = ("--python-version", python) if python else ()
            fixed = ("--format", "pylock.toml", "--no-header", "--universal", "--fork-strategy", "fewest", "--no-build")
            words = ("pip", "compile", "-", *fixed, *version, *self._interpreter(python), *options)
            answer = self.call(*words, cwd=cwd, stdin="".join(f"{line}\n" for line in lines))
            self._asked[key] = (answer, packages_of(answer.output) if answer.solved else ())
        return self._asked[key]

    def hashes(self, lines: Sequence[str], *, cwd: Path, python: str, options: Sequence[str]) -> tuple[str, ...]:
        """Of every file of the one release that the lines name, source archives too, as uv itself would write them: a
        pylock.toml leaves out what builds are forbidden for."""
        version = ("--python-version", python) if python else ()
        fixed = ("--generate-hashes", "--no-header", "--no-annotate", "--universal", "--no-deps", "--no-build")
        words = ("pip", "compile", "-", *fixed, *version, *self._interpreter(python), *options)
        answer = self.call(*words, cwd=cwd, stdin="".join(f"{line}\n" for line in lines))
        found = _HASH.findall(answer.output.decode("utf-8", "replace"))
        return tuple(sorted(set(found)))

    def _interpreter(self, python: str) -> tuple[str, ...]:
        """Any will do for a universal resolution, and ours saves uv the search; unless only the user's own tells which
        Python is meant."""
        return () if not python and "UV_PYTHON" in self.environment else ("--python", sys.executable)

    def lowest(
        self, name: str, lines: Sequence[str], *, cwd: Path, python: str, options: Sequence[str], prereleases: bool
    ) -> Found:
        """The lowest release of `name` that the lines allow."""
        mode = ("--no-deps", "--resolution", "lowest", "--prerelease", "allow" if prereleases else "disallow")
        answer, packages = self.compile(lines, cwd=cwd, python=python, options=(*mode, *options))
        found = [package for package in packages if package.name == name]
        if found:
            first = max(found, key=lambda package: Version(package.version))
            return Available(first.version, first.released)
        return _absent(answer, name)


def _absent(answer: Answer, name: str) -> Found:
    if elsewhere := uv_elsewhere.not_fetched(answer.said):
        raise uv_elsewhere.unreachable(elsewhere, "what the project tells uv")
    python = uv_words.python_of(answer.said, {name})
    if python is not None:
        return python
    hidden = uv_words.cool_down(answer.said, name)
    if hidden is not None:
        return TooNew(hidden)
    if uv_words.is_prerelease_only(answer.said, name):
        return OnlyPrereleases()
    build = uv_words.must_build(answer.said)
    return MustBuild(build) if build is not None else Nothing()


def packages_of(document: bytes) -> tuple[Locked, ...]:
    """The packages of a pylock.toml, with every hash of their files."""
    try:
        parsed = cast("dict[str, list[dict[str, object]]]", toml_document(document.decode()))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise DamagedData(f"uv's answer cannot be read: {error}", hint="run the command again") from error
    return tuple(_locked(row) for row in parsed.get("packages", ()) if "version" in row)


def _locked(row: Mapping[str, object]) -> Locked:
    wheels = cast("list[dict[str, object]]", row.get("wheels", []))
    files = [*wheels, *(cast("dict[str, object]", row[key]) for key in ("sdist", "archive") if key in row)]
    times = [at for file in files if isinstance(at := file.get("upload-time"), datetime)]
    hashes = (cast("dict[str, str]", file.get("hashes", {})).get("sha256") for file in files)
    return Locked(
        name=normalize_name(str(row["name"])),
        version=str(row["version"]),
        released=min(times).astimezone(UTC) if times else None,
        hashes=tuple(sorted({digest for digest in hashes if digest})),
    )


def lower_bound(specifier: str) -> str:
    """The lowest Python that a requires-python allows, as `--python-version` takes it; empty where it names none."""
    try:
        parts = list(SpecifierSet(specifier))
    except InvalidSpecifier:
        return ""
    bounds = [part.version.removesuffix(".*") for part in parts if part.operator in (">=", "~=", "==", "===", ">")]
    return max(bounds, key=Version, default="")


def interpreter_for(requires_python: str) -> tuple[str, ...]:
    """Our own interpreter where the project allows it; else uv looks for one, as the user's settings let it."""
    try:
        fits = SpecifierSet(requires_python).contains(platform.python_version(), prereleases=True)
    except InvalidSpecifier:
        return ()
    return ("--python", sys.executable) if fits else ()


def _error(said: str) -> str:
    return said.partition("error: ")[2][:400] or said[:400] or "it said nothing"
