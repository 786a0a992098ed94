"""Archives that lie, burst, are cut or hold nonsense."""

from __future__ import annotations

import io
import json
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from outpace.engines.advisories.archive import Limits, Member, members, pack, shown
from outpace.model.errors import BadInput, DamagedData

LIMITS = Limits(archive=100_000, directory=5_000, members=10, record=1_000, total=5_000)


def zipped(*files: tuple[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", method) as archive:
        for name, content in files:
            archive.writestr(name, content)
    return written.getvalue()


def read(content: bytes, tmp_path: Path, limits: Limits = LIMITS) -> tuple[Member, ...]:
    path = tmp_path / "archive"
    path.write_bytes(content)
    return tuple(members(path, limits))


def claiming(size: int) -> bytes:
    """One member of 100,000 zeros whose headers claim another size."""
    content = bytearray(zipped(("A.json", bytes(100_000))))
    local, central = content.index(b"PK\x03\x04"), content.index(b"PK\x01\x02")
    content[local + 22 : local + 26] = struct.pack("<L", size)
    content[central + 24 : central + 28] = struct.pack("<L", size)
    return bytes(content)


def corrupt() -> bytes:
    content = bytearray(zipped(("A.json", b'{"id": "A"}' * 20), method=zipfile.ZIP_STORED))
    content[60] ^= 1
    return bytes(content)


def directory_of(size: int) -> bytes:
    content = bytearray(bytes(10_000) + zipped(("A.json", b"{}")))
    content[-10:-6] = struct.pack("<L", size)
    return bytes(content)


DAMAGED: dict[str, tuple[Callable[[], bytes], str]] = {
    "no zip": (lambda: b"<html>Sign in to the hotel's network</html>", "ends before its directory"),
    "nothing at all": (lambda: b"", "ends before its directory"),
    "cut in the middle": (lambda: zipped(("A.json", b"{}"), ("B.json", b"{}"))[:100], "ends before its directory"),
    "no member": (zipped, "holds no JSON record"),
    "no JSON": (lambda: zipped(("README.md", b"hello")), "holds no JSON record"),
    "a flipped bit": (corrupt, "Bad CRC-32"),
    "a bomb that claims to be small": (lambda: claiming(10), "Bad CRC-32"),
    "too many members": (lambda: zipped(*((f"{n}.json", b"") for n in range(11))), "11 members"),
    "too much in all": (lambda: zipped(*((f"{n}.json", bytes(900)) for n in range(9))), "8100 bytes unpacked"),
    "a directory without end": (lambda: directory_of(9_000), "larger than any real one"),
    "bzip2": (lambda: zipped(("A.json", b"{}"), method=zipfile.ZIP_BZIP2), "a way that OSV does not use"),
    "lzma": (lambda: zipped(("A.json", b"{}"), method=zipfile.ZIP_LZMA), "a way that OSV does not use"),
}


@pytest.mark.parametrize("name", DAMAGED)
def test_a_damaged_archive_is_refused_with_the_reason(name: str, tmp_path: Path) -> None:
    make, why = DAMAGED[name]
    with pytest.raises(DamagedData, match=why) as told:
        read(make(), tmp_path)
    assert "--from" in told.value.hint


def test_a_huge_member_is_told_and_not_unpacked(tmp_path: Path) -> None:
    found = read(zipped(("A.json", bytes(2_000)), ("B.json", b"{}")), tmp_path)
    assert found == (Member(name="A.json", too_big=2_000), Member(name="B.json", data=b"{}"))


def test_a_bomb_is_never_unpacked_past_what_it_claims(tmp_path: Path) -> None:
    import tracemalloc

    path = tmp_path / "bomb"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("A.json", bytes(64 << 20))
    content = bytearray(path.read_bytes())
    central = content.rindex(b"PK\x01\x02")
    for at in (22, central + 24):
        content[at : at + 4] = struct.pack("<L", 10)
    path.write_bytes(content)
    tracemalloc.start()
    with pytest.raises(DamagedData):
        list(members(path, Limits()))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 8 << 20


def test_a_members_path_goes_nowhere(tmp_path: Path) -> None:
    inside = tmp_path / "inside"
    inside.mkdir()
    names = ("../../escaped.json", "/etc/escaped.json", "C:\\escaped.json")
    found = read(zipped(*((name, b"{}") for name in names)), inside)
    assert [member.data for member in found] == [b"{}"] * 3
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["archive", "inside"]


def test_a_hostile_name_is_shown_harmless() -> None:
    assert shown("\x1b[31mred\n\u202e.json") == "?[31mred??.json"
    assert len(shown("x" * 100_000)) == 80


RECORD = {"id": "PYSEC-2099-1"}


def test_a_folder_a_record_and_a_list_hold_what_a_zip_holds(tmp_path: Path) -> None:
    folder = tmp_path / "folder" / "2099"
    folder.mkdir(parents=True)
    one, many = tmp_path / "one.json", tmp_path / "many.json"
    for path, content in ((folder / "a.json", RECORD), (one, RECORD), (many, [RECORD, {"id": "B"}])):
        path.write_text(json.dumps(content))
    (folder / "README.md").write_text("not a record")
    packed = tmp_path / "packed"

    def after(source: Path) -> list[dict[str, str]]:
        pack(source, packed, LIMITS)
        return [json.loads(member.data) for member in members(packed, LIMITS)]

    assert after(folder.parent) == [RECORD]
    assert after(one) == [RECORD]
    assert after(many) == [RECORD, {"id": "B"}]
    pack(one, tmp_path / "as.zip", LIMITS)
    assert after(tmp_path / "as.zip") == [RECORD]


def test_a_record_over_the_limit_in_a_folder_is_told(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "a.json").write_bytes(bytes(3_000))
    pack(tmp_path / "folder", tmp_path / "packed", LIMITS)
    assert tuple(members(tmp_path / "packed", LIMITS)) == (Member(name="a.json", too_big=1_001),)


def test_what_is_no_advisory_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="there is no"):
        pack(tmp_path / "missing.zip", tmp_path / "packed", LIMITS)
    with pytest.raises(BadInput, match="neither a file nor a folder"):
        pack(Path("/dev/null"), tmp_path / "packed", LIMITS)
    (tmp_path / "x.yaml").write_text("id: PYSEC-2099-1\n")
    with pytest.raises(DamagedData, match="neither a zip nor JSON"):
        pack(tmp_path / "x.yaml", tmp_path / "packed", LIMITS)
    (tmp_path / "big.zip").write_bytes(b"PK" + bytes(200_000))
    with pytest.raises(DamagedData, match="larger than the 100000 bytes"):
        pack(tmp_path / "big.zip", tmp_path / "packed", LIMITS)
