"""The bytes of a lock file: refused as a whole where they are not what any tool wrote."""

from __future__ import annotations

from outpace.ecosystems.pypi.encodings import BYTE_ORDER_MARKS
from outpace.ecosystems.reading import spoiled
from outpace.ecosystems.scan.pins import Unscannable
from outpace.ecosystems.secrets import masked
from outpace.ecosystems.spelling import printable

LARGEST = 64 << 20
LONGEST_MASKED = 4_096
SHOWN = 80

MARK = b"\xef\xbb\xbf"


class Garbled(ValueError):
    """The file has no single meaning; raised and caught within this package alone."""

    @property
    def why(self) -> str:
        return str(self)


def too_large(data: bytes) -> Unscannable | None:
    return Unscannable(f"it has more than {LARGEST >> 20} MiB") if len(data) > LARGEST else None


def checked(data: bytes) -> bytes:
    """UTF-8 with line feeds and something in it, without NUL."""
    data = data.removeprefix(MARK)
    if b"\r" in data:
        data = data.replace(b"\r\n", b"\n")
    if not data or data.isspace():
        raise Garbled("the file is empty")
    if b"\0" in data:
        kind = next((name for mark, name in BYTE_ORDER_MARKS if data.startswith(mark)), "")
        raise Garbled(f"it is in {kind[:6].upper()}" if kind else "it holds a NUL character")
    if not data.isascii():
        check_decodes(data)
    return data


def check_decodes(data: bytes) -> None:
    try:
        data.decode()
    except UnicodeDecodeError as error:
        raise Garbled(f"not UTF-8: byte {error.start} does not fit") from None


def shown(text: str) -> str:
    """What a message may say of a stranger's text: short, without credentials, and nothing that a terminal obeys."""
    return printable(masked(text[:LONGEST_MASKED]))[:SHOWN]


def told(data: bytes, why: str) -> str:
    """What a mishap left in the file's place is named in preference to what it did to the format."""
    refusal = spoiled("", data.decode("utf-8", "replace"))
    return why if refusal is None else refusal.unread[0].why
