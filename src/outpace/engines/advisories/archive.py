"""Records out of what people have: OSV's all.zip, a folder of JSON files, or one JSON file. All of it hostile."""

from __future__ import annotations

import struct
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec
from msgspec import Struct

from outpace.model.errors import BadInput, DamagedData

HINT = "run `outpace advisories update` again, or name another file with --from"
END_OF_DIRECTORY = b"PK\x05\x06"
END_SIZE = 22
LONGEST_COMMENT = 0xFFFF
ENCRYPTED = 0x1
NAME_SHOWN = 80


class Limits(Struct, frozen=True, kw_only=True):
    """Bytes and counts. OSV's whole PyPI export has some 25,000 members, 32 MB packed, 200 MB unpacked (2026); npm's
    has ten times as many, and one of all ecosystems more than that."""

    archive: int = 2 << 30
    directory: int = 192 << 20
    members: int = 2_000_000
    record: int = 8 << 20
    total: int = 16 << 30


class Member(Struct, frozen=True, kw_only=True):
    """One file that should hold one record; `too_big` instead of the data where it is over the limit."""

    name: str
    data: bytes = b""
    too_big: int = 0


def shown(name: str) -> str:
    """A member's name for a message: names are the archive's choice, so control characters and length are not."""
    printable = "".join(c if c.isprintable() else "?" for c in name)
    return printable if len(printable) <= NAME_SHOWN else printable[: NAME_SHOWN - 1] + "…"


def pack(source: Path, into: Path, limits: Limits) -> None:
    """Copies what `source` holds into a zip at `into`, so that it can be compiled again without `source`."""
    try:
        if source.is_dir():
            write_zip(into, _files_of(source, limits))
        elif source.exists() and not source.is_file():
            raise BadInput(f"{source} is neither a file nor a folder", hint="save it to a file, and name that")
        elif _begins(source, b"PK"):
            _copy(source, into, limits)
        else:
            write_zip(into, _records_of(source, limits))
    except FileNotFoundError as error:
        raise BadInput(f"there is no {source}", hint="name a zip, a folder or a JSON file with --from") from error
    except PermissionError as error:
        raise BadInput(f"cannot read {source}: {error.strerror}", hint="name a readable file with --from") from error


def _begins(source: Path, magic: bytes) -> bool:
    with source.open("rb") as file:
        return file.read(len(magic)) == magic


def _files_of(folder: Path, limits: Limits) -> Iterator[Member]:
    for path in sorted(folder.rglob("*.json")):
        if path.is_file():
            yield _file(path, str(path.relative_to(folder)), limits)


def _file(path: Path, name: str, limits: Limits) -> Member:
    """One byte over the limit is enough for `members` to see that the record is too big."""
    with path.open("rb") as file:
        return Member(name=name, data=file.read(limits.record + 1))


def _records_of(file: Path, limits: Limits) -> Iterator[Member]:
    """One record, or a list of records, of one JSON file."""
    if file.stat().st_size > limits.archive:
        raise DamagedData(f"{file} is larger than the {limits.archive} bytes that are accepted", hint=HINT)
    content = file.read_bytes()
    try:
        if content.lstrip().startswith(b"["):
            records = msgspec.json.decode(content, type=tuple[msgspec.Raw, ...])
        else:
            records = (msgspec.json.decode(content, type=msgspec.Raw),)
    except (ValueError, RecursionError) as error:
        raise DamagedData(f"{file} is neither a zip nor JSON: {error}", hint=HINT) from error
    for position, record in enumerate(records):
        yield Member(name=f"{file.stem}-{position}.json", data=bytes(record))


def write_zip(into: Path, members: Iterable[Member]) -> None:
    """The same members are the same bytes whenever they are packed: no member bears the time of its packing."""
    with zipfile.ZipFile(into, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for member in members:
            archive.writestr(zipfile.ZipInfo(member.name), member.data, zipfile.ZIP_DEFLATED, compresslevel=1)


def _copy(source: Path, into: Path, limits: Limits) -> None:
    copied = 0
    with source.open("rb") as packed, into.open("wb") as copy:
        while chunk := packed.read(1 << 20):
            copied += len(chunk)
            if copied > limits.archive:
                raise DamagedData(f"{source} is larger than the {limits.archive} bytes that are accepted", hint=HINT)
            copy.write(chunk)


def members(archive: Path, limits: Limits) -> Iterator[Member]:
    """Every JSON member. Raises DamagedData for an archive that is cut, corrupt, a bomb, or no zip at all."""
    _refuse_directory(archive, limits)
    try:
        with zipfile.ZipFile(archive) as opened:
            listed = [info for info in opened.infolist() if info.filename.endswith(".json")]
            _refuse_sizes(listed, limits)
            for info in listed:
                yield _member(opened, info, limits)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, struct.error, UnicodeDecodeError) as error:
        raise DamagedData(f"the advisory archive is damaged: {error}", hint=HINT) from error


def _refuse_directory(archive: Path, limits: Limits) -> None:
    """Looks at the directory's announced size first: zipfile would read all of it into memory."""
    size = archive.stat().st_size
    with archive.open("rb") as file:
        file.seek(max(0, size - END_SIZE - LONGEST_COMMENT))
        tail = file.read()
    at = tail.rfind(END_OF_DIRECTORY)
    if at < 0 or len(tail) - at < END_SIZE:
        raise DamagedData("the advisory archive is damaged: it ends before its directory", hint=HINT)
    (announced,) = struct.unpack_from("<L", tail, at + 12)
    if min(announced, size) > limits.directory:
        raise DamagedData("the advisory archive is refused: its directory is larger than any real one", hint=HINT)


def _refuse_sizes(listed: list[zipfile.ZipInfo], limits: Limits) -> None:
    if not listed:
        raise DamagedData("the advisory archive holds no JSON record", hint=HINT)
    if len(listed) > limits.members:
        raise DamagedData(
            f"the advisory archive is refused: {len(listed)} members, {limits.members} are accepted", hint=HINT
        )
    total = sum(info.file_size for info in listed)
    if total > limits.total:
        raise DamagedData(
            f"the advisory archive is refused: {total} bytes unpacked, {limits.total} are accepted", hint=HINT
        )


def _member(opened: zipfile.ZipFile, info: zipfile.ZipInfo, limits: Limits) -> Member:
    if info.flag_bits & ENCRYPTED or info.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
        # bzip2 and lzma unpack without a bound on memory; OSV uses neither.
        raise zipfile.BadZipFile(f"{shown(info.filename)} is packed in a way that OSV does not use")
    if info.file_size > limits.record:
        return Member(name=info.filename, too_big=info.file_size)
    with opened.open(info) as member:
        # Read to the announced size and no further: `ZipFile.read` unpacks first and cuts to that size afterwards.
        return Member(name=info.filename, data=member.read(info.file_size))
