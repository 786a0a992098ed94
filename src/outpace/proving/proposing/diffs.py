"""Changed files as a diff that `git apply` takes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import SequenceMatcher
from typing import TypeAlias

from outpace.model.errors import BadInput
from outpace.proving.ladder.patch import LINK, PLAIN, PROGRAM, Patch, PatchedFile

_AROUND = 3
_COMPARED = 4_000_000
_WITHOUT_QUOTES = re.compile(rb"[A-Za-z0-9_./+@%=:,~()\[\]{} #!&*$^|;<>?'`-]+")
_ESCAPED = {ord('"'): rb"\"", ord("\\"): rb"\\", ord("\n"): rb"\n", ord("\t"): rb"\t"}

_Change: TypeAlias = tuple[int, int, int, int]
"""Lines i1 to i2 of the one become lines j1 to j2 of the other."""


def written(patch: Patch) -> bytes:
    """Raises BadInput for what a text diff cannot say: binary content, a submodule, a path of git's own."""
    return b"".join(part for each in patch.files for part in _file(each))


def _file(file: PatchedFile) -> Iterator[bytes]:
    _check(file)
    before, after = file.before, file.after
    if before is not None and after is not None and (file.mode_before == LINK) != (file.mode_after == LINK):
        yield from _one(file.path, before, None, file.mode_before, "")  # git knows no change from a link to a file
        yield from _one(file.path, None, after, "", file.mode_after)
        return
    yield from _one(file.path, before, after, file.mode_before, file.mode_after)


def _check(file: PatchedFile) -> None:
    if any(part.lower() in {".git", "git~1"} for part in file.path.split("/")):
        raise BadInput(f"{file.path} lies in a git directory", hint="leave .git alone")
    for content, mode in ((file.before, file.mode_before), (file.after, file.mode_after)):
        if content is None:
            continue
        if mode not in {PLAIN, PROGRAM, LINK}:
            raise BadInput(f"{file.path} is neither a file nor a link", hint="change plain files")
        if b"\0" in content:
            raise BadInput(f"{file.path} is binary", hint="change text files alone")


def _one(path: str, before: bytes | None, after: bytes | None, mode_before: str, mode_after: str) -> Iterator[bytes]:
    old, new = _name("a/" + path), _name("b/" + path)
    yield b"diff --git " + old + b" " + new + b"\n"
    if before is None:
        yield f"new file mode {mode_after}\n".encode()
    elif after is None:
        yield f"deleted file mode {mode_before}\n".encode()
    elif mode_before != mode_after:
        yield f"old mode {mode_before}\nnew mode {mode_after}\n".encode()
    if (before or b"") == (after or b""):
        return
    yield b"--- " + (b"/dev/null" if before is None else old + _end(old)) + b"\n"
    yield b"+++ " + (b"/dev/null" if after is None else new + _end(new)) + b"\n"
    yield from _hunks(_lines(before or b""), _lines(after or b""))


def _name(path: str) -> bytes:
    """In quotes, as git writes it, where it holds a character that would be taken for something else."""
    raw = path.encode("utf-8", "surrogateescape")
    if _WITHOUT_QUOTES.fullmatch(raw):
        return raw
    return b'"' + b"".join(map(_quoted, raw)) + b'"'


def _quoted(byte: int) -> bytes:
    if byte in _ESCAPED:
        return _ESCAPED[byte]
    return bytes([byte]) if 0x20 <= byte < 0x7F else b"\\%03o" % byte


def _end(name: bytes) -> bytes:
    """A name with a blank in it ends at a tab."""
    return b"\t" if b" " in name and not name.startswith(b'"') else b""


def _lines(content: bytes) -> list[bytes]:
    lines = content.split(b"\n")
    last = lines.pop()
    return [line + b"\n" for line in lines] + ([last] if last else [])


def _hunks(before: list[bytes], after: list[bytes]) -> Iterator[bytes]:
    for group in _near(list(_changes(before, after))):
        start = max(0, group[0][0] - _AROUND)
        shift = group[0][2] - group[0][0]
        stop = min(len(before), group[-1][1] + _AROUND)
        stop_after = stop + group[-1][3] - group[-1][1]
        yield b"@@ -%s +%s @@\n" % (_range(start, stop), _range(start + shift, stop_after))
        at = start
        for i1, i2, j1, j2 in group:
            yield from _marked(b" ", before[at:i1])
            yield from _marked(b"-", before[i1:i2])
            yield from _marked(b"+", after[j1:j2])
            at = i2
        yield from _marked(b" ", before[at:stop])


def _marked(sign: bytes, lines: list[bytes]) -> Iterator[bytes]:
    for line in lines:
        yield sign + line if line.endswith(b"\n") else sign + line + b"\n\\ No newline at end of file\n"


def _range(start: int, stop: int) -> bytes:
    """An empty one is named by the line before it."""
    count = stop - start
    return b"%d,%d" % (start + 1 if count else start, count)


def _near(changes: list[_Change]) -> Iterator[list[_Change]]:
    """Those whose surroundings touch go together."""
    group: list[_Change] = []
    for change in changes:
        if group and change[0] - group[-1][1] > 2 * _AROUND:
            yield group
            group = []
        group.append(change)
    if group:
        yield group


def _changes(before: list[bytes], after: list[bytes]) -> Iterator[_Change]:
    """What is the same at both ends is set aside; where much remains, it is one change: comparing takes its square."""
    shorter = min(len(before), len(after))
    head = next((n for n in range(shorter) if before[n] != after[n]), shorter)
    tail = next((n for n in range(shorter - head) if before[-1 - n] != after[-1 - n]), shorter - head)
    inner, other = before[head : len(before) - tail], after[head : len(after) - tail]
    if len(inner) * len(other) > _COMPARED:
        yield head, head + len(inner), head, head + len(other)
        return
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, inner, other, autojunk=False).get_opcodes():
        if tag != "equal":
            yield head + i1, head + i2, head + j1, head + j2
