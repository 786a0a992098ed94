"""JSON locks, decoded straight into what counts of them."""

from __future__ import annotations

from typing import TypeVar

import msgspec

from outpace.ecosystems.scan.content import Garbled, shown

T = TypeVar("T")


def decoded(data: bytes, kind: type[T]) -> T:
    """Of two equal keys the last one counts, as for the tools that wrote it. Raises Garbled."""
    try:
        return msgspec.json.decode(data, type=kind)
    except msgspec.ValidationError as error:
        raise Garbled(f"not as its format says: {shown(str(error))}") from None
    except msgspec.DecodeError as error:
        raise Garbled(f"not JSON: {shown(str(error))}") from None
    except RecursionError:
        raise Garbled("it is nested too deeply") from None
