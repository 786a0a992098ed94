"""What each version of each lock file pins, with every distinct pin kept once: small enough for long histories."""

from __future__ import annotations

import zlib
from array import array
from collections.abc import Container, Iterator
from itertools import chain

import msgspec
from msgspec import Struct

from outpace.ecosystems.scan import Pin, Scanned, Unscannable

FORMAT = 2


def key_of(kind: str, blob: str) -> str:
    """The same bytes mean different things in locks of different kinds."""
    return f"{kind}:{blob}"


class Pool:
    """Grows only. `pins` are by index; a version of a lock is found by `key_of`."""

    def __init__(self) -> None:
        self.pins: list[Pin] = []
        self._index = _Index(self.pins)
        self._held: dict[str, memoryview[int]] = {}
        self._unreadable: dict[str, str] = {}
        self._includes: dict[str, tuple[str, ...]] = {}
        self._partial: set[str] = set()
        self._unended: dict[str, Pin] = {}
        self._cut_off: dict[str, str] = {}

    def __contains__(self, key: str) -> bool:
        return key in self._held or key in self._unreadable

    def __len__(self) -> int:
        return len(self._held) + len(self._unreadable)

    def __iter__(self) -> Iterator[str]:
        return chain(self._held, self._unreadable)

    def add(self, key: str, scanned: Scanned | Unscannable) -> None:
        match scanned:
            case Scanned(pins, includes, is_partial, unended):
                self._held[key] = memoryview(array("I", map(self._index.__getitem__, pins)))
                if includes:
                    self._includes[key] = includes
                if is_partial:
                    self._partial.add(key)
                if unended is not None:
                    self._unended[key] = unended
            case Unscannable(why):
                self._unreadable[key] = why

    def held(self, key: str) -> memoryview[int] | str:
        """The indexes of its pins, or why it cannot be read. Raises KeyError."""
        why = self._unreadable.get(key) or self._cut_off.get(key)
        return self._held[key] if why is None else why

    def cut_off(self, key: str, why: str) -> None:
        """What only the versions before it tell, and so is not kept: from now on it cannot be read."""
        self._cut_off[key] = why

    def is_partial(self, key: str) -> bool:
        """It need not name all that is installed."""
        return key in self._partial

    def unended(self, key: str) -> Pin | None:
        """Of its last line, where nothing ends that."""
        return self._unended.get(key)

    def includes(self, key: str) -> tuple[str, ...]:
        return self._includes.get(key, ())

    def only(self, keys: Container[str]) -> Pool:
        """With those versions alone, and the pins of no other."""
        left = Pool()
        for key, held in self._held.items():
            if key in keys:
                pins = tuple(self.pins[at] for at in held)
                left.add(key, Scanned(pins, self.includes(key), self.is_partial(key), self.unended(key)))
        left._unreadable = {key: why for key, why in self._unreadable.items() if key in keys}
        return left

    def encoded(self) -> bytes:
        """For a cache of this machine: the indexes are in its own byte order."""
        squeezing = zlib.compressobj(1)
        held = [squeezing.compress(each.cast("B")) for each in self._held.values()]
        return msgspec.msgpack.encode(
            _Kept(
                FORMAT,
                self.pins,
                list(self._held),
                [len(each) for each in self._held.values()],
                b"".join([*held, squeezing.flush()]),
                self._unreadable,
                self._includes,
                sorted(self._partial),
                self._unended,
            )
        )

    @staticmethod
    def decoded(data: bytes) -> Pool:
        """Raises ValueError for what `encoded` did not write."""
        pool = Pool()
        try:
            kept = msgspec.msgpack.decode(data, type=_Kept)
            held = memoryview(zlib.decompress(kept.held)).cast("I")
        except (msgspec.MsgspecError, zlib.error, TypeError) as error:
            raise ValueError("it is no pool of pins") from error
        if kept.format != FORMAT or sum(kept.sizes) != len(held):
            raise ValueError("it is a pool of pins in another form")
        pool.pins = kept.pins
        pool._index = _Index(kept.pins)
        at = 0
        for key, size in zip(kept.keys, kept.sizes, strict=True):
            pool._held[key] = held[at : at + size]
            at += size
        pool._unreadable, pool._includes = kept.unreadable, kept.includes
        pool._partial, pool._unended = set(kept.partial), kept.unended
        return pool


class _Index(dict[Pin, int]):
    """Of each pin where it stands in the list, to which new ones are added when they are asked for."""

    def __init__(self, pins: list[Pin]) -> None:
        super().__init__({pin: at for at, pin in enumerate(pins)})
        self._pins = pins

    def __missing__(self, pin: Pin) -> int:
        at = self[pin] = len(self._pins)
        self._pins.append(pin)
        return at


class _Kept(Struct, frozen=True, array_like=True):
    format: int
    pins: list[Pin]
    keys: list[str]
    sizes: list[int]
    held: bytes  # of all versions one after another, compressed
    unreadable: dict[str, str]
    includes: dict[str, tuple[str, ...]]
    partial: list[str]
    unended: dict[str, Pin]
