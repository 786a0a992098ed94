"""TOML as the tools write locks, one `[[package]]` at a time: quickly where it has their form, else by tomllib.

What the fast reading accepts means the same to tomllib: tests hold it to that with generated and with broken blocks.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping
from typing import NamedTuple, cast

from outpace.ecosystems.scan.content import Garbled, shown
from outpace.ecosystems.scan.entries import Entries, Entry, Ordered
from outpace.ecosystems.scan.memory import Remembered
from outpace.ecosystems.scan.successive import Successive
from outpace.model.toml import document

LARGEST_SLOW = 4 << 20

_STRING = rb'"(?:[^"\\\x00-\x1f\x7f]++|\\["\\bfnrt])*+"'
_PLAIN = rb"(?:" + _STRING + rb"|true|false|(?:0|[1-9][0-9]{0,14}+)(?=[,\n \]}]))"
_FLAT = rb"\[(?>" + _PLAIN + rb"(?:, ?" + _PLAIN + rb")*+)?\]"
_KEY = rb'(?:[A-Za-z0-9_-]++|"[^"\\\x00-\x1f\x7f]++")'


def _inline(value: bytes) -> bytes:
    pair = _KEY + rb" = " + value
    return rb"\{ ?(?:" + pair + rb"(?:, " + pair + rb")*+)? ?\}"


_TABLE = _inline(rb"(?:" + _PLAIN + rb"|" + _FLAT + rb"|" + _inline(_PLAIN) + rb")")
_ANY = rb"(?:" + _PLAIN + rb"|" + _FLAT + rb"|" + _TABLE + rb")"
_ROWS = rb"\[\n(?: {1,8}" + _ANY + rb",\n)*+\]"
_ROW = rb"\[" + _TABLE + rb"(?:, " + _TABLE + rb")*+\]"
_VALUE = rb"(?:" + _ANY + rb"|" + _ROWS + rb"|" + _ROW + rb")"
_LINE = re.compile(
    rb"(?:(" + _KEY + rb") = (" + _VALUE + rb"))?\n|\[packages?\.(" + _KEY + rb")(?:\.(" + _KEY + rb"))?\]\n"
)
_ITEM = re.compile(_ANY)
_PAIR = re.compile(rb"(" + _KEY + rb") = (" + _VALUE + rb")")

# Most of a lock is the hashes of its archives, which nobody here reads.
_STAMP = rb'"[0-9T:.Z-]*+"'
_ARCHIVE = (
    rb'\{ ?(?:file|url) = "[^"\\\x00-\x1f\x7f]*+", hash = "[a-z0-9]++:[0-9a-f]++"'
    rb"(?:, size = (?:0|[1-9][0-9]{0,14}+))?(?:, upload-time = " + _STAMP + rb")? ?\}"
)
_ARCHIVES = re.compile(
    rb"\n(?:(files|wheels) = \[\n(?: {2,8}" + _ARCHIVE + rb",\n)++\]|(sdist) = " + _ARCHIVE + rb")(?=\n)"
)
_LIST_OF_ARCHIVES = re.compile(rb"(" + _KEY + rb") = \[(?:\n(?: {2,8}" + _ARCHIVE + rb",\n)++)?\]\n")
_TAIL = re.compile(rb"\n\[(?!packages?\.)")
_FILES_TABLE = b"\n[metadata.files]\n"

Table = Mapping[str, object]
Wanted = frozenset[str] | None  # keys and tables of a block; None: all of them
NOTHING = frozenset[str]()


class Form:
    """A kind of lock: the name of its list of packages, and what one of them means."""

    def __init__(
        self,
        header: str,
        entry: Callable[[Table], Entry],
        *,
        wanted: tuple[str, ...],
        shaped: Callable[[bytes], Table | None] = lambda _: None,
    ) -> None:
        """`shaped` may know the most frequent shape of a block by heart."""
        self._header = header
        self.entry = entry
        self._shaped = shaped
        self._wanted = frozenset(wanted)
        line = f"\n[[{header}]]\n".encode()
        self._entries = Successive(Remembered(self._read_block), Entries, line)

    def _read_block(self, block: bytes) -> tuple[Entry]:
        return (self.entry(self._shaped(block) or block_table(block, self._header.encode(), self._wanted)),)

    def read(self, data: bytes) -> tuple[Table, Entries]:
        """What stands around the packages, and the packages, until the next file is read. Raises Garbled."""
        try:
            split = parted(data, self._header.encode())
            if split is not None:
                return split.frame, self._entries(split.body) if split.body is not None else Entries()
        except Garbled:
            pass
        frame, rows = whole(data, self._header)
        return frame, Entries(map(self.entry, rows))


class Parted(NamedTuple):
    """`frame` is what stands before and behind the packages, `body` the packages, headers between them."""

    frame: Table
    body: bytes | None


def parted(data: bytes, header: bytes) -> Parted | None:
    """None where the file is not written as the tools write it, and must be read whole."""
    text, line = b"\n" + data, b"\n[[" + header + b"]]\n"
    first = text.find(line)
    if first < 0:
        head, body, tail = text, None, b""
    else:
        found = _TAIL.search(text, text.rfind(line) + len(line))
        end = len(text) if found is None else found.start() + 1
        head, body, tail = text[:first], text[first + len(line) : end], text[end - 1 :] if found else b""
    frame = _frame(head + b"\n" + _without_files(tail))
    own = frame.get("package", frame.get("packages", []))
    return None if own != [] or (body is not None and header.decode() in frame) else Parted(frame, body)


def _without_files(tail: bytes) -> bytes:
    """Poetry's first lock versions kept all archives behind the packages."""
    before, header, files = tail.partition(_FILES_TABLE)
    if not header:
        return tail
    names = _lists_of_archives(files.rstrip(b"\n").removesuffix(b"]")).counts
    sound = files.rstrip(b"\n").endswith(b"]") and "" not in names and max(names.values(), default=0) <= 1
    return before + header if sound else tail


@Remembered
def _list_of_archives(part: bytes) -> tuple[str]:
    """The key; empty where the part is something else."""
    found = _LIST_OF_ARCHIVES.fullmatch(part + b"]\n")
    return ("" if found is None else found[1].decode().strip('"'),)


_lists_of_archives = Successive(_list_of_archives, Ordered[str], b"]\n")


def whole(data: bytes, header: str) -> tuple[Table, list[Table]]:
    """Everything by tomllib: the file, and its packages."""
    frame = _document(data)
    packages = frame.get(header, [])
    if not isinstance(packages, list):
        raise Garbled(f"its `{header}` is no list")
    rows = cast("list[object]", packages)
    if not all(isinstance(row, dict) for row in rows):
        raise Garbled(f"its `{header}` holds something else than tables")
    return frame, cast("list[Table]", rows)


def block_table(block: bytes, header: bytes, wanted: Wanted = None) -> Table:
    """What one `[[package]]` holds, its archives left out. Raises Garbled where it is no TOML by itself."""
    if len(block) > LARGEST_SLOW:
        raise Garbled(f"one package takes {len(block):,} bytes of it")
    found = quickly(_ARCHIVES.sub(_emptied, b"\n" + block), wanted)
    if found is not None:
        return found
    alone = _document(b"[[" + header + b"]]\n" + block)
    packages = alone.get(header.decode())
    rows = cast("list[Table]", packages) if isinstance(packages, list) else []
    if len(rows) != 1 or len(alone) != 1:
        raise Garbled("a block of it is no package")
    return rows[0]


def _emptied(found: re.Match[bytes]) -> bytes:
    return b"\n" + (found[1] + b" = []" if found[1] else found[2] + b" = {}")


def quickly(block: bytes, wanted: Wanted = None) -> Table | None:
    """None where tomllib must look at it: this knows only lines in the form that tools write.

    What is not wanted is checked and left as it is written.
    """
    if not block.endswith(b"\n"):
        block += b"\n"
    top: dict[str, object] = {}
    tables: dict[str, dict[str, object]] = {}
    into, at, some = top, 0, wanted
    for found in _LINE.finditer(block):
        if found.start() != at:
            return None
        at = found.end()
        key, raw, name, below = found.groups()
        if key is not None:
            if not _put(into, key, raw, some):
                return None
        elif name is not None:
            said = _bare(name)
            above, own = (top, said) if below is None else (tables.get(said), _bare(below))
            if above is None or own in above:
                return None
            above[own] = into = {}
            if below is None:
                tables[said] = into
            some = None if wanted is None or said in wanted else NOTHING
    return top if at == len(block) else None


def _bare(key: bytes) -> str:
    return key.strip(b'"').decode()


def _put(into: dict[str, object], key: bytes, raw: bytes, wanted: Wanted = None) -> bool:
    """False where the key is there twice; a table among what is not wanted is looked into for that too."""
    name = _bare(key)
    if name in into:
        return False
    value = _value(raw) if wanted is None or name in wanted or b"{" in raw else raw
    into[name] = value
    return value is not None


def _value(raw: bytes) -> object:
    """None for a table that has a key twice."""
    match raw[:1]:
        case b'"':
            return _text(raw)
        case b"t" | b"f":
            return raw == b"true"
        case b"[":
            rows = [_value(each[0]) for each in _ITEM.finditer(raw, 1)]
            return None if None in rows else rows
        case b"{":
            table: dict[str, object] = {}
            return table if all(_put(table, *each) for each in _PAIR.findall(raw)) else None
        case _:
            return int(raw)


_ESCAPES = {"b": "\b", "t": "\t", "n": "\n", "f": "\f", "r": "\r", '"': '"', "\\": "\\"}


def _text(raw: bytes) -> str:
    text = raw[1:-1].decode()
    return re.sub(r"\\(.)", lambda found: _ESCAPES[found[1]], text) if "\\" in text else text


def _document(text: bytes) -> Table:
    """Raises Garbled."""
    if len(text) > LARGEST_SLOW:
        raise Garbled(f"it is not written as its tool writes it, and too large ({len(text):,} bytes) to be read slowly")
    try:
        return document(text.decode())
    except tomllib.TOMLDecodeError as error:
        raise Garbled(f"not TOML: {shown(str(error))}") from None
    except UnicodeDecodeError:
        raise Garbled("not UTF-8") from None


_frame = Remembered(_document)
