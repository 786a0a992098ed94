"""One pin of a requirements file gets another version: in place, with its marker, comments, line ends and encoding."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from outpace.ecosystems.pypi.encodings import BYTE_ORDER_MARKS, decoded
from outpace.ecosystems.pypi.versions import normalize_name, parse

_COOKIE = re.compile(rb"coding[:=]\s*([-\w.]+)")
_PIN = re.compile(
    r"^(?P<head>\s*(?P<name>[A-Za-z0-9][A-Za-z0-9._-]*)\s*(?:\[[^\]]*\])?\s*\(?\s*={2,3}\s*)(?P<version>[^\s;,\\)#]+)"
)
_HASH = re.compile(r"--hash[= ](?P<kind>[a-z0-9]+):(?P<digest>[0-9a-fA-F]+)")


class CannotEdit(ValueError):
    """Why the pin is not edited; the text is for a person."""


class Edit(NamedTuple):
    """One pin of one file; the hashes are those of the release that it goes to."""

    file: str
    line: int | None  # None: every pin of that version
    name: str
    before: str
    after: str
    hashes: tuple[str, ...]


def written(texts: Mapping[str, bytes], edits: Iterable[Edit]) -> dict[str, bytes]:
    """From the last line up, since a pin with another number of hashes moves the lines below it. Raises CannotEdit."""
    files = dict(texts)
    for edit in sorted(edits, key=lambda edit: (edit.line is None, -(edit.line or 0))):
        text = files[edit.file]
        if has_pin(text, edit.name, edit.after) and not has_pin(text, edit.name, edit.before):
            continue  # a constraint that is a step of its own, too
        files[edit.file] = edited(
            text, name=edit.name, before=edit.before, after=edit.after, hashes=edit.hashes, line=edit.line
        )
    return files


def edited(data: bytes, *, name: str, before: str, after: str, hashes: Sequence[str], line: int | None = None) -> bytes:
    """`line` is the physical line that the pin begins on; without it every pin of `before` is meant.

    Where the pin has hashes, they are replaced by `hashes` (sha256). Raises CannotEdit.
    """
    encoding, mark = _encoding(data)
    lines = decoded(data).splitlines(keepends=True)
    starts = [line - 1] if line is not None else range(len(lines))
    found = [start for start in starts if start < len(lines) and _is_pin(lines[start], name, before)]
    if not found:
        raise CannotEdit(f"the pin {name}=={before} was not found as one line")
    for start in reversed(found):
        end = _end(lines, start)
        lines[start:end] = _block(lines[start:end], after, hashes)
    return mark + "".join(lines).encode(encoding)


def has_pin(data: bytes, name: str, version: str) -> bool:
    try:
        return any(_is_pin(line, name, version) for line in decoded(data).splitlines())
    except ValueError:
        return False


def has_hashes(data: bytes) -> bool:
    try:
        return _HASH.search(decoded(data)) is not None
    except ValueError:
        return False


def _encoding(data: bytes) -> tuple[str, bytes]:
    """The one that gives the same bytes back."""
    for mark, encoding in BYTE_ORDER_MARKS:
        if data.startswith(mark):
            writes_its_own = decoded(data).encode(encoding) == data
            return encoding, b"" if writes_its_own else mark
    declared = _COOKIE.search(b"\n".join(data.split(b"\n", 2)[:2]))
    for encoding in (declared[1].decode("ascii", "replace") if declared else "utf-8", "utf-8", "latin-1"):
        try:
            if decoded(data).encode(encoding) == data:
                return encoding, b""
        except (ValueError, LookupError):
            continue
    raise CannotEdit("its encoding cannot be written back as it was")


def _is_pin(line: str, name: str, version: str) -> bool:
    found = _PIN.match(line)
    if found is None or normalize_name(found["name"]) != name:
        return False
    written, wanted = parse(found["version"]), parse(version)
    return found["version"] == version or (written is not None and written == wanted)


def _end(lines: list[str], start: int) -> int:
    end = start
    while end < len(lines) and lines[end].rstrip("\r\n").endswith("\\"):
        end += 1
    return min(end + 1, len(lines))


def _block(block: list[str], after: str, hashes: Sequence[str]) -> list[str]:
    first = _PIN.sub(lambda found: found["head"] + after, block[0], count=1)
    text = "".join((first, *block[1:]))
    old = list(_HASH.finditer(text))
    if not old:
        return [text]
    if not hashes:
        raise CannotEdit("it is pinned with hashes, and the index tells none for the new version")
    gap = _gap(text, old)
    fresh = gap.join(f"--hash=sha256:{digest}" for digest in sorted(hashes))
    return [text[: old[0].start()] + fresh + text[old[-1].end() :]]


def _gap(text: str, old: list[re.Match[str]]) -> str:
    """What stands between two hashes: as the file has it, else what stands before the first."""
    if len(old) > 1:
        return text[old[0].end() : old[1].start()]
    before = re.search(r"\s*\\?\r?\n?[ \t]*\Z", text[: old[0].start()])
    return before.group() if before and before.group() else " "
