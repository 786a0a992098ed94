"""Which tests a change needs, by their records; or everything, and why."""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple, Optional

from .keeping import Kept, Record

GREEN = frozenset({"passed", "skipped", "xfailed", "xpassed"})
OLDEST_DAYS = 30
ONE_IN = 20
COMPILED = (".so", ".pyd", ".dylib", ".c", ".cc", ".cpp", ".h", ".hpp", ".pyx", ".pxd", ".rs")
LOCKS = ("uv.lock", "poetry.lock", "pdm.lock", "Pipfile.lock", "pylock.toml", "conda-lock.yml")
DAY = 86400


class World(NamedTuple):
    """What is there now: settings, files by content, and what each item is."""

    settings: Mapping[str, str]
    files: Mapping[str, str]
    digests: Mapping[str, str]


class Choice(NamedTuple):
    """`everything` are the reasons to run all tests. `selected` are (test, reason); `left_out` need not run, or would
    not have to if there was no reason to run all."""

    everything: tuple[str, ...]
    selected: tuple[tuple[str, str], ...]
    left_out: tuple[str, ...]


def chosen(
    kept: Optional[Kept], world: World, tests: Sequence[str], *, broken: Sequence[str] = (), now: Optional[float] = None
) -> Choice:
    at = time.time() if now is None else now
    if kept is None:
        return Choice(("there is no record of these tests yet",), (), ())
    reasons = {test: reason_for(kept.tests.get(test), world.digests) for test in tests}
    return Choice(
        tuple(_everything(kept, world, broken=broken, now=at)),
        tuple((test, reason) for test, reason in reasons.items() if reason),
        tuple(test for test, reason in reasons.items() if not reason),
    )


def reason_for(record: Optional[Record], digests: Mapping[str, str]) -> str:
    """Nothing, where nothing speaks for running it."""
    if record is None:
        return "there is no record of it"
    if record.untraced:
        return record.untraced[0]
    changed = sorted(item for item, digest in record.items if digests.get(item) != digest)
    if changed:
        named = min(changed, key=_telling)
        return f"changed: {words_of(named)}{f' and {len(changed) - 1} more' if len(changed) > 1 else ''}"
    return "" if record.outcome in GREEN else f"it was {record.outcome} when it was recorded"


def words_of(item: str) -> str:
    """`price() in shop.py`; of what is no part of a module, the item itself without its letter."""
    kind, _, rest = item.partition(":")
    path, _, name = rest.partition(":")
    if kind == "u":
        return f"{name}() in {path}" if name else f"{path} outside its functions"
    return item if rest == "*" else f"lines of {rest.rstrip(':')}" if kind == "n" else rest


def _telling(item: str) -> tuple[int, str]:
    """A changed function says more than the module around it, and that more than a list of all files."""
    whole = item.startswith("u:") and item.endswith(":")
    return (4 if whole else "ufclskdnepmtog".find(item[:1]), item)


def _everything(kept: Kept, world: World, *, broken: Sequence[str], now: float) -> Iterator[str]:
    for file in broken:
        yield f"{file} cannot be collected"
    for name in sorted(kept.settings.keys() | world.settings.keys()):
        if kept.settings.get(name) != world.settings.get(name):
            yield f"{name} changed"
    days = int((now - kept.full) / DAY)
    if days >= OLDEST_DAYS:
        yield f"all tests were last recorded {days} days ago, {OLDEST_DAYS} are allowed"
    for path in changed_files(kept.files, world.files):
        name = os.path.basename(path)
        if name.endswith(COMPILED):
            yield f"{path} changed, which belongs to compiled code"
        elif _is_lock(name) and not _installed(kept, world):
            yield f"{path} changed, but nothing that is installed did"
    for test, explained in kept.misses:
        if not explained:
            yield f"{test} turned red without having been selected, and nobody has said why (--outpace-explained)"
    if drawn(world.files):
        yield f"one state of the files in {ONE_IN} runs everything, and this one is drawn"


def _is_lock(name: str) -> bool:
    return name in LOCKS or (name.startswith("requirements") and name.endswith(".txt"))


def changed_files(before: Mapping[str, str], now: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(path for path in sorted(before.keys() | now.keys()) if before.get(path) != now.get(path))


def drawn(files: Mapping[str, str]) -> bool:
    """The same for everybody who has these files."""
    whole = "\0".join(f"{path} {digest}" for path, digest in sorted(files.items()))
    return int(hashlib.sha256(whole.encode("utf-8", "surrogatepass")).hexdigest()[:8], 16) % ONE_IN == 0


def _installed(kept: Kept, world: World) -> bool:
    pairs = {pair for record in kept.tests.values() for pair in record.items if pair[0].startswith("p:")}
    return any(world.digests.get(item) != digest for item, digest in pairs)
