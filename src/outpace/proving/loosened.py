"""Whether requirements files let other files in than before, the pins being the same: by their options and hashes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from typing import TypeAlias, TypeVar

from msgspec import Struct
from packaging.requirements import InvalidRequirement, Requirement

from outpace.ecosystems.pypi.encodings import decoded
from outpace.ecosystems.pypi.requirement_lines import SHOWN, Refused, Said, logical_lines, said
from outpace.ecosystems.pypi.requirements import MOST_FILES, beside
from outpace.ecosystems.pypi.versions import normalize_name
from outpace.ecosystems.secrets import masked

Read: TypeAlias = Callable[[str], bytes | None]
Key = TypeVar("Key")

INCLUDES = ("--requirement", "--constraint")
JUDGED_ELSEWHERE = frozenset({"--editable", "--hash"})
WITHOUT_EFFECT = frozenset({"--always-unzip"})
MOST_TOLD = 5


class _Line(Struct, frozen=True, kw_only=True):
    file: str
    number: int
    said: Said

    @property
    def place(self) -> str:
        return f"{self.file}, line {self.number}"


class _Option(Struct, frozen=True, kw_only=True):
    """`about` is the package that it holds for, empty where it holds for all."""

    about: str
    name: str
    value: str

    @property
    def shown(self) -> str:
        return f"{self.name} for {self.about}" if self.about else self.name


class _Whole(Struct, frozen=True, kw_only=True):
    """What a file says with all that it includes, each with its place: options in pip's order, packages by hashes."""

    files: frozenset[str] = frozenset()
    options: Mapping[_Option, str]
    hashed: Mapping[str, str]
    bare: Mapping[str, str]


def loosened(paths: Iterable[str], base: Read, change: Read) -> str:
    """Empty where nothing is. Options are told without their values, which may hold a password."""
    base, change = cache(base), cache(change)
    sides = ((_whole(path, base), _whole(path, change)) for path in paths)
    heads: list[tuple[_Whole, _Whole]] = []
    told: dict[str, None] = {}
    for before, after in sorted(sides, key=lambda each: -len(each[0].files | each[1].files)):
        if not any(before.files <= one.files and after.files <= other.files for one, other in heads):
            heads.append((before, after))
            told |= dict.fromkeys(_different(before, after))
    more = f" and {len(told) - MOST_TOLD} more" if len(told) > MOST_TOLD else ""
    return ", ".join(list(told)[:MOST_TOLD]) + more


def _different(before: _Whole, after: _Whole) -> Iterator[str]:
    gone, new = _without(before.options, after.options), _without(after.options, before.options)
    names_gone, names_new = {option.shown for option in gone}, {option.shown for option in new}
    for option, place in new.items():
        yield f"{'changes' if option.shown in names_gone else 'adds'} {option.shown} ({place})"
    for option, place in gone.items():
        if option.shown not in names_new:
            yield f"drops {option.shown} (on base {place})"
    if not gone and not new and list(before.options) != list(after.options):
        yield f"orders its options anew ({next(iter(after.options.values()))})"
    if before.hashed and not after.hashed:
        yield f"drops every hash (on base {next(iter(before.hashed.values()))})"
    elif before.hashed:
        yield from (f"has no hash for {name} ({after.bare[name]})" for name in after.bare if _lost(name, before, after))


def _lost(name: str, before: _Whole, after: _Whole) -> bool:
    """It has a line without a hash that it had not, or no longer a constraint with one."""
    return name not in before.bare or (name in before.hashed and name not in after.hashed)


def _without(one: Mapping[Key, str], other: Mapping[Key, str]) -> dict[Key, str]:
    return {key: place for key, place in one.items() if key not in other}


def _whole(root: str, read: Read) -> _Whole:
    files: dict[str, None] = {}
    options: dict[_Option, str] = {}
    hashed: dict[str, str] = {}
    bare: dict[str, str] = {}
    for line in _lines(root, read, files):
        about = _about(line.said.requirement)
        if about:
            has_hash = any(name == "--hash" for name, _ in line.said.options)
            (hashed if has_hash else bare).setdefault(about, line.place)
        for name, value in line.said.options:
            if name not in JUDGED_ELSEWHERE | WITHOUT_EFFECT:
                option = _Option(about=about, name=name, value=value)
                options.pop(option, None)  # of two that are the same, the last one counts
                options[option] = line.place
    return _Whole(files=frozenset(files), options=options, hashed=hashed, bare=bare)


def _lines(root: str, read: Read, files: dict[str, None]) -> Iterator[_Line]:
    """As pip reads them: what is included stands where it is included. `files` are noted on the way."""
    being_read = [_of_file(root, read, files)]
    while being_read:
        line = next(being_read[-1], None)
        if line is None:
            being_read.pop()
            continue
        included = [_target(line, option, read) for option in line.said.options]
        own = tuple(option for option, file in zip(line.said.options, included, strict=True) if file is None)
        yield _Line(file=line.file, number=line.number, said=Said(requirement=line.said.requirement, options=own))
        being_read += [_of_file(file, read, files) for file in reversed(included) if file is not None]


def _of_file(file: str, read: Read, files: dict[str, None]) -> Iterator[_Line]:
    content = read(file)
    if content is None or file in files or len(files) >= MOST_FILES:
        return
    files[file] = None
    try:
        text = decoded(content)
    except ValueError:
        yield _Line(file=file, number=1, said=_unread(content.decode("latin-1")))
        return
    for number, line in logical_lines(text):
        found = said(line)
        yield _Line(file=file, number=number, said=_unread(line) if isinstance(found, Refused) else found)


def _unread(text: str) -> Said:
    return Said(requirement="", options=(("what cannot be read", text),))


def _target(line: _Line, option: tuple[str, str], read: Read) -> str | None:
    """The file that the option includes; None where it is another option, or leads to nothing that is read."""
    name, value = option
    file = beside(line.file, value) if name in INCLUDES else None
    return file if file is not None and read(file) is not None else None


def _about(requirement: str) -> str:
    try:
        return normalize_name(Requirement(requirement).name)
    except (InvalidRequirement, RecursionError, ValueError):
        return masked(requirement)[:SHOWN]
