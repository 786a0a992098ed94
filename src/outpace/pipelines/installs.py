"""What a command installs, in pip's and uv's words: files, the project with its extras, groups, requirements."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Sequence

from msgspec import Struct
from packaging.requirements import InvalidRequirement, Requirement

from outpace.pipelines.runners import PYTHON
from outpace.pipelines.shell import is_open

Words = tuple[str, ...]
# Programs that set up an environment and take no part in the suite.
TOOLS = frozenset(
    {"pip", "setuptools", "wheel", "tox", "nox", "poetry", "pipenv", "pdm", "uv", "hatch", "virtualenv", "build",
     "twine", "codecov", "coveralls", "pre-commit", "flit", "tox-gh-actions", "tox-uv", "poethepoet", "pip-tools",
     "docker-compose", "awscli", "hatchling"}
)  # fmt: skip
TAKES_A_WORD = frozenset(
    {"-i", "--index-url", "--extra-index-url", "-f", "--find-links", "--trusted-host", "--target", "-t", "--prefix",
     "--python", "-p", "--cache-dir", "--retries", "--timeout", "--upgrade-strategy", "--progress-bar", "--root",
     "--no-binary", "--only-binary", "--proxy", "--src", "--report", "--config-settings", "-C", "--upgrade-package"}
)  # fmt: skip
PATH = re.compile(r"(?P<path>\.{1,2}(?:/[\w./-]*)?|[\w.-]+(?:/[\w.-]+)+/?)(?:\[(?P<extras>[\w., -]*)\])?")
GROUP_OPTIONS = {"--with": "--group", "--group": "--group", "-G": "--group", "--extras": "--extra", "-E": "--extra",
                 "--extra": "--extra", "--only": "--group", "--only-group": "--group"}  # fmt: skip
NO_DEVELOPMENT = {"--no-dev", "--only", "--without-dev", "--prod", "--production", "--no-default-groups"}


class Installed(Struct, frozen=True, kw_only=True):
    what: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()
    manager: str = ""  # whose lock it installs from: poetry, pdm, pipenv, uv
    all_groups: bool = False
    no_development: bool = False


def installed_by(words: Words, directory: str) -> Installed | None:
    """None where the command installs nothing of Python's."""
    match words:
        case ("uv", "pip", "install", *rest):
            return _pip(tuple(rest), directory)
        case ("uv", "pip", "sync", *rest) | ("pip-sync", *rest):
            return _pip(tuple(_files(rest)), directory)
        case ("uv" | "poetry" | "pdm" | "pipenv", "sync" | "install", *rest):
            return _managed(words[0], words[1], tuple(rest))
        case ("conda" | "mamba" | "micromamba", *_):
            return Installed(unread=(f"{words[0]} installs what only it can",))
        case (program, *_):
            return _by_pip(program, words[1:], directory)
        case _:
            return None


def _by_pip(program: str, words: Words, directory: str) -> Installed | None:
    match words:
        case ("install", *rest) if program in ("pip", "pip3"):
            return _pip(tuple(rest), directory)
        case ("-m", "pip", "install", *rest) if PYTHON.fullmatch(program):
            return _pip(tuple(rest), directory)
        case ("setup.py", "develop" | "install", *_) if PYTHON.fullmatch(program):
            return Installed(what=(_own(directory, ""),))
        case _:
            return None


def _files(words: Sequence[str]) -> list[str]:
    if any(word in ("-r", "--requirement") for word in words):
        return list(words)
    return [part for word in words for part in (("-r", word) if not word.startswith("-") else (word,))]


def _own(directory: str, extras: str) -> str:
    named = ",".join(sorted(extra.strip() for extra in extras.split(",") if extra.strip()))
    return f"-e {directory or '.'}" + (f"[{named}]" if named else "")


def _joined(directory: str, path: str) -> str:
    return posixpath.normpath(posixpath.join(directory, path))


def _pip(words: Words, directory: str) -> Installed:
    what: list[str] = []
    unread: list[str] = []
    at = 0
    while at < len(words):
        word = words[at]
        at += 1
        option, _, glued = word.partition("=")
        if option in ("-r", "--requirement", "-c", "--constraint", "--group", "-e", "--editable"):
            if not glued and at < len(words):
                glued, at = words[at], at + 1
            _named(option, glued, directory, what, unread)
        elif re.match(r"-[rce].", word):
            _named(word[:2], word[2:], directory, what, unread)
        elif word in TAKES_A_WORD:
            at += 1
        elif not word.startswith("-"):
            _bare(word, directory, what, unread)
    return Installed(what=tuple(what), unread=tuple(unread))


def _named(option: str, value: str, directory: str, what: list[str], unread: list[str]) -> None:
    if is_open(value) or "://" in value:
        unread.append(f"{option} {value}")
    elif option == "--group":
        what.append(f"--group {value}")
    elif option in ("-e", "--editable"):
        _bare(value, directory, what, unread)
    else:
        short = "-r" if option in ("-r", "--requirement") else "-c"
        what.append(f"{short} {_joined(directory, value)}")


def _bare(word: str, directory: str, what: list[str], unread: list[str]) -> None:
    """A directory of the project or a requirement; an archive or an address cannot be followed."""
    if is_open(word) or "://" in word or word.endswith((".whl", ".tar.gz", ".zip")):
        unread.append(word)
        return
    found = PATH.fullmatch(word)
    if found is not None:
        what.append(_own(_joined(directory, found["path"]), found["extras"] or ""))
        return
    try:
        requirement = Requirement(word)
    except InvalidRequirement:
        unread.append(word)
        return
    if requirement.name.lower() not in TOOLS:
        what.append(word)


def _managed(manager: str, verb: str, words: Words) -> Installed:
    """A package manager's own lock, with the groups and extras that are named."""
    what: list[str] = []
    flags = {word for word in words if word.startswith("-")}
    at = 0
    while at < len(words):
        option, _, glued = words[at].partition("=")
        at += 1
        short = re.fullmatch(r"-d?G(.+)", option)
        if short is not None:
            what += _groups("--group", short[1])
        elif option in GROUP_OPTIONS or option == "-dG":
            if not glued and at < len(words):
                glued, at = words[at], at + 1
            what += _groups(GROUP_OPTIONS.get(option, "--group"), glued)
    if manager == "pipenv" and (flags & {"--dev", "-d"}):
        what.append("--group dev")
    if manager == "pipenv" and verb == "install" and any(not word.startswith("-") for word in words):
        what += [word for word in words if not word.startswith("-") and not is_open(word)]
    return Installed(
        what=tuple(what),
        manager=manager,
        all_groups=bool(flags & {"--all-groups", "--all-extras", "-G:all"}),
        no_development=bool(
            flags & {"--no-dev", "--only", "--without-dev", "--prod", "--production", "--no-default-groups"}
        ),
    )


def _groups(kind: str, named: str) -> list[str]:
    return [f"{kind} {name}" for name in re.split(r"[,\s]+", named) if name and not is_open(name)]
