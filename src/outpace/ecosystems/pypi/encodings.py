"""The encoding of a requirements file, in pip's order: byte order mark, PEP 263 comment, UTF-8, then the locale."""

from __future__ import annotations

import codecs
import re

BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF16, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
)
# The work of the first two grows with the square of the input; the others spell characters that are none.
REFUSED = frozenset({"idna", "punycode", "unicode-escape", "raw-unicode-escape"})

_COOKIE = re.compile(rb"coding[:=]\s*([-\w.]+)")


def decoded(data: bytes) -> str:
    """Raises ValueError that names the encoding and the place where the bytes do not fit.

    Where nothing declares the encoding and it is not UTF-8, pip takes the locale's. Every such locale spells a pin the
    same way, so Latin-1 stands for it; a line with other letters outside a comment is then refused by the reader.
    """
    for mark, encoding in BYTE_ORDER_MARKS:
        if data.startswith(mark):
            return _strict(data[len(mark) :], encoding)
    declared = _cookie(data)
    if declared is not None:
        return _strict(data, declared)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("latin-1")


def is_guessed(data: bytes) -> bool:
    """The text came from Latin-1, which stands for an unknown locale."""
    if any(data.startswith(mark) for mark, _ in BYTE_ORDER_MARKS) or _cookie(data) is not None:
        return False
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return True
    return False


def _cookie(data: bytes) -> str | None:
    for line in data.split(b"\n", 2)[:2]:
        if line.startswith(b"#") and (found := _COOKIE.search(line)):
            return found[1].decode("ascii", "replace")
    return None


def _strict(data: bytes, encoding: str) -> str:
    unreadable = f"it declares the encoding {encoding[:40]}, which Outpace does not read"
    try:
        codec = codecs.lookup(encoding)
    except LookupError:
        raise ValueError(unreadable) from None
    if codec.name.replace("_", "-") in REFUSED:
        raise ValueError(unreadable)
    try:
        text = data.decode(codec.name)
        text.encode()  # UTF-7 may spell half of a surrogate pair
        return text
    except LookupError:  # a codec from bytes to bytes
        raise ValueError(unreadable) from None
    except UnicodeDecodeError as error:
        raise ValueError(f"not {encoding[:40]}, as it declares: byte {error.start} does not fit") from None
    except ValueError:
        raise ValueError(f"not {encoding[:40]}, as it declares") from None
