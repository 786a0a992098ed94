"""Edits as a model answers them, decoded strictly, and what they make of the files that it was shown."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping
from typing import TypeAlias

import msgspec
from msgspec import Struct

from outpace.model.errors import BadInput
from outpace.model.words import counted
from outpace.proving.ladder.patch import PLAIN, Patch, PatchedFile
from outpace.proving.ladder.shape import Limits
from outpace.proving.proposing.diffs import written
from outpace.proving.proposing.redacting import PLACEHOLDER, has_unseen
from outpace.proving.proposing.sending import is_of_windows, plain_lines

LONGEST_ANSWER = 256 << 10
MOST_EDITS = 40
_FENCED = re.compile(r"\s*```(?:json)?[ \t]*\n(?P<inside>.*)\n```\s*", re.DOTALL)

SCHEMA = (
    b'{"type":"object","properties":{"edits":{"type":"array","items":{"type":"object","properties":'
    b'{"path":{"type":"string"},"old":{"type":"string"},"new":{"type":"string"}},'
    b'"required":["path","old","new"],"additionalProperties":false}},"why":{"type":"string"}},'
    b'"required":["edits","why"],"additionalProperties":false}'
)


class Edit(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`old`, which is in the file once, becomes `new`; an empty `old` makes a new file."""

    path: str
    old: str
    new: str


class Edits(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`why` is kept, and decides nothing."""

    edits: tuple[Edit, ...]
    why: str = ""


class Mismatch(Struct, frozen=True, tag=True):
    """A sentence that the model may be told."""

    why: str


class Original(Struct, frozen=True, kw_only=True):
    content: bytes
    mode: str = PLAIN


class Carried(Struct, frozen=True, kw_only=True, tag=True):
    diff: bytes
    why: str


Carry: TypeAlias = Carried | Mismatch


def decoded(answer: str) -> Edits | Mismatch:
    """One JSON object and nothing beside it; a fence around it is what many models cannot do without."""
    if len(answer) > LONGEST_ANSWER:
        return Mismatch(f"the answer has more than {LONGEST_ANSWER >> 10} KiB")
    fenced = _FENCED.fullmatch(answer)
    try:
        edits = msgspec.json.decode((fenced["inside"] if fenced else answer).encode(), type=Edits)
    except (msgspec.DecodeError, UnicodeEncodeError, RecursionError) as error:
        return Mismatch(f"the answer is not the JSON that was asked for: {error}")
    if not edits.edits:
        return Mismatch("the answer holds no edit")
    if len(edits.edits) > MOST_EDITS:
        return Mismatch(f"the answer holds {counted(len(edits.edits), 'edit')}, and {MOST_EDITS} are allowed")
    return edits


def carried_out(edits: Edits, *, shown: Mapping[str, Original], hidden: frozenset[str], limits: Limits) -> Carry:
    """One after the other, on the content as it is rather than as it was shown. `hidden` are all other files."""
    texts: dict[str, str] = {}
    for number, edit in enumerate(edits.edits, 1):
        if why := _wrong_with(edit, {*shown, *texts}, hidden, limits):
            return Mismatch(f"edit {number}: {why}")
        if not edit.old:
            texts[edit.path] = edit.new
            continue
        text = texts[edit.path] if edit.path in texts else plain_lines(shown[edit.path].content.decode())
        found = text.count(edit.old)
        if found != 1:
            times = f"{found} times" if found else "nowhere"
            return Mismatch(f"edit {number}: `old` is {times} in {edit.path}, and has to be there exactly once")
        texts[edit.path] = text.replace(edit.old, edit.new)
    patch = Patch.of(_patched(path, shown.get(path), text) for path, text in sorted(texts.items()))
    changed = Patch.of(each for each in patch.files if each.before != each.after)
    if not changed.files:
        return Mismatch("the edits change nothing")
    try:
        return Carried(diff=written(changed), why=edits.why)
    except BadInput as error:
        return Mismatch(error.message)


def _wrong_with(edit: Edit, there: set[str], hidden: frozenset[str], limits: Limits) -> str:  # noqa: PLR0911
    """A clause for one reason; empty where nothing is wrong."""
    path = edit.path
    plain = posixpath.normpath(path) == path and not path.startswith(("/", "../")) and path not in {"", ".", ".."}
    if not plain or not path.isprintable() or any(each in path for each in '\\":'):
        return f"{path[:200]!a} is no path within the repository"
    if PLACEHOLDER.search(edit.old + "\n" + edit.new):
        return f"it holds a placeholder for what was redacted in {path}; leave those lines alone"
    if has_unseen(edit.new):
        return f"it would put a character that nobody sees into {path}"
    new = PatchedFile(
        path=path, before=None if path not in there else b"", after=b"", mode_before=PLAIN, mode_after=PLAIN
    )
    if not limits.allows(new):
        return f"{path} is not among what may be edited"
    if path in hidden:
        return f"{path} was not shown, so it cannot be edited"
    if path not in there and edit.old:
        return f"there is no {path}; a new file has an empty `old`"
    if path in there and not edit.old:
        return f"{path} is there already; `old` is empty for a new file alone"
    return ""


def _patched(path: str, original: Original | None, text: str) -> PatchedFile:
    if original is None:
        return PatchedFile(path=path, before=None, after=text.encode(), mode_before=PLAIN, mode_after=PLAIN)
    if is_of_windows(original.content.decode()):
        text = text.replace("\n", "\r\n")
    return PatchedFile(
        path=path, before=original.content, after=text.encode(), mode_before=original.mode, mode_after=original.mode
    )
