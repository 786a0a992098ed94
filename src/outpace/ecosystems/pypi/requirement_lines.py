"""One line of a requirements file, as pip reads it: joined, uncommented, split into requirement and options."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from typing import TypeAlias

from msgspec import Struct
from packaging.requirements import InvalidRequirement, Requirement

from outpace.ecosystems.pypi.sources import URL, VCS, is_archive
from outpace.ecosystems.secrets import masked

LONGEST_LINE = 65_536
SHOWN = 80

_COMMENT = re.compile(r"(^|\s+)#.*$")
_EXTRAS = re.compile(r"^(?P<path>.+?)(?P<extras>\[[^\[\]]*\])?$", re.DOTALL)

WITH_VALUE = [
    "--index-url",
    "--pypi-url",
    "--extra-index-url",
    "--constraint",
    "--requirement",
    "--editable",
    "--find-links",
    "--no-binary",
    "--only-binary",
    "--trusted-host",
    "--use-feature",
    "--global-option",
    "--install-option",
    "--hash",
    "--config-settings",
    "--config-setting",
    "--uploaded-prior-to",
    "--all-releases",
    "--only-final",
]
FLAGS = [
    "--no-index",
    "--prefer-binary",
    "--require-hashes",
    "--no-require-hashes",
    "--pre",
    "--always-unzip",
    "--process-dependency-links",
]
SHORT = {
    "-i": "--index-url",
    "-c": "--constraint",
    "-r": "--requirement",
    "-e": "--editable",
    "-f": "--find-links",
    "-C": "--config-settings",
    "-Z": "--always-unzip",
}


class Requires(Struct, frozen=True, tag=True):
    """`name==1.0`, `name @ URL`."""

    requirement: str


class Installs(Struct, frozen=True, tag=True, kw_only=True):
    """A URL or a path without a name in front of it."""

    target: str
    extras: tuple[str, ...] = ()
    marker: str = ""
    editable: bool = False


class Includes(Struct, frozen=True, tag=True):
    path: str
    as_constraints: bool


class Declares(Struct, frozen=True, tag=True):
    """Package indexes, with their credentials: never shown as they are."""

    index: str | None = None
    extra: tuple[str, ...] = ()


class Refused(Struct, frozen=True, tag=True):
    why: str


class Said(Struct, frozen=True, kw_only=True):
    """A line in its two parts: a requirement, and options by their whole names; either may be empty."""

    requirement: str
    options: tuple[tuple[str, str], ...]


Entry: TypeAlias = Requires | Installs | Includes | Declares | Refused


def logical_lines(text: str) -> Iterator[tuple[int, str]]:
    """Continuations joined, comments cut, blank lines left out; numbered by their first physical line.

    As pip does it: a comment line ends a continuation and is never joined to what follows it.
    """
    parts: list[str] = []
    first = 0
    for number, line in enumerate(text.splitlines(), start=1):
        is_comment = _COMMENT.match(line) is not None
        first = first if parts else number
        if line.endswith("\\") and not is_comment:
            parts.append(line.strip("\\"))
            continue
        parts.append(f" {line}" if is_comment else line)
        yield from _uncommented(first, "".join(parts))
        parts = []
    if parts:
        yield from _uncommented(first, "".join(parts))


def _uncommented(number: int, line: str) -> Iterator[tuple[int, str]]:
    line = _COMMENT.sub("", line).strip() if "#" in line else line.strip()
    if line:
        yield number, line


def said(line: str) -> Said | Refused:
    if len(line) > LONGEST_LINE:
        return Refused(f"it is longer than {LONGEST_LINE} characters")
    words = line.split(" ")
    cut = next((at for at, word in enumerate(words) if word.startswith("-")), len(words))
    options = _options(" ".join(words[cut:]))
    if isinstance(options, Refused):
        return options
    return Said(requirement=" ".join(words[:cut]).strip(), options=tuple(options))


def understood(line: str) -> tuple[Entry, ...]:
    match said(line):
        case Refused() as refused:
            return (refused,)
        case Said(requirement="", options=options):
            return tuple(_of_options(options))
        case Said(requirement=requirement):
            return (_requirement(requirement),)


def _of_options(options: tuple[tuple[str, str], ...]) -> Iterator[Entry]:
    extra = tuple(value for name, value in options if name == "--extra-index-url")
    index = [value for name, value in options if name in ("--index-url", "--pypi-url")]
    if extra or index:
        yield Declares(index[-1] if index else None, extra)
    for name, value in options:
        if name in ("--requirement", "--constraint"):
            yield Includes(value, name == "--constraint")
        if name == "--editable":
            yield _editable(value)


def _options(text: str) -> list[tuple[str, str]] | Refused:
    """As optparse reads them: long ones may be shortened as far as they stay unique."""
    try:
        words = shlex.split(text)
    except ValueError:
        return Refused("its quotes do not match")
    found: list[tuple[str, str]] = []
    rest = iter(words)
    for word in rest:
        if not word.startswith("-") or word == "-":
            continue  # pip passes over what stands between options
        name, value = _split(word)
        if name is None:
            return Refused(f"{masked(word.partition('=')[0])[:40]} is no option of a requirements file")
        if name in FLAGS:
            if value is not None:
                return Refused(f"{name} takes no value")
            found.append((name, ""))
            continue
        value = next(rest, None) if value is None else value
        if value is None:
            return Refused(f"{name} needs a value")
        found.append((name, value))
    return found


def _split(word: str) -> tuple[str | None, str | None]:
    if not word.startswith("--"):
        return SHORT.get(word[:2]), word[2:] or None
    stem, equals, value = word.partition("=")
    known = [*WITH_VALUE, *FLAGS]
    names = [stem] if stem in known else [name for name in known if name.startswith(stem)]
    return (names[0] if len(names) == 1 else None), (value if equals else None)


def _requirement(text: str) -> Entry:
    if URL.match(text) or VCS.match(text):
        return _installs(text, "; ", editable=False)
    stem = text.partition(";")[0].strip().partition("[")[0]
    is_file = is_archive(stem) and " " not in stem
    if not is_file and is_requirement(text):
        return Requires(text)
    if is_file or (" " not in stem and (stem.startswith((".", "/", "~")) or "/" in stem)):
        return _installs(text, ";", editable=False)
    return Refused(f"not a requirement that pip reads: {masked(text)[:SHOWN]}")


def is_requirement(text: str) -> bool:
    try:
        Requirement(text)
    except (InvalidRequirement, RecursionError, ValueError):
        return False
    return True


def _editable(text: str) -> Entry:
    if " @ " in text and is_requirement(text):
        return Requires(text)
    return _installs(text, "; ", editable=True)


def _installs(text: str, separator: str, *, editable: bool) -> Entry:
    target, _, condition = text.partition(separator)
    target, marker = target.strip(), condition.strip()
    if marker and not is_requirement(f"x; {marker}"):
        return Refused(f"not a marker that PEP 508 allows: {masked(marker)[:SHOWN]}")
    extras = ""
    if not URL.match(target) and not VCS.match(target) and (found := _EXTRAS.match(target)):
        target, extras = found["path"], found["extras"] or ""
    names = tuple(sorted(name.strip() for name in extras.strip("[]").split(",") if name.strip()))
    return Installs(target=target, extras=names, marker=marker, editable=editable)
