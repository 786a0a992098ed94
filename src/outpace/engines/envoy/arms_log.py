"""The log of arms: by which client an answer was, and how it ended; and failures that wait for their lines.

Envoy counts an answer at its headers, and writes its line at its end, at once. So a line may come later than its count,
and even before it, for lines are read after counters. A failure that was counted waits for its line, or a line for its
failure, for a moment: else how much one client may count for would not hold.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator, Sequence
from ipaddress import AddressValueError, IPv6Address
from pathlib import Path
from typing import Literal, NamedTuple, TypeAlias

from outpace.delivery.rollout.counts import ArmName
from outpace.engines.envoy.routes import WATCHED
from outpace.engines.envoy.sockets import FIRST_SERVER_ERROR

FILE = "arms.log"
LIMIT = 4 << 20
LINE = re.compile(
    rf"(candidate|baseline|{WATCHED}) (\d{{1,3}}) (\S{{1,64}}) (\d{{1,12}}) release-\S{{1,64}} (\S{{1,64}})"
)
"""Arm, status, flags, milliseconds, cluster, client. What was sent to no release has no cluster, whatever it says."""
CUT = frozenset({"UC", "UPE"})
"""Flags of an answer that its release cut off: a connection that ended, what is no HTTP. HTTP/1 has no other way."""
SWITCHED = 101
STREAM = 60_000
"""Milliseconds after which an answer is a stream: one that is cut off then has served, and ends as its process does."""
HOST_BITS = 64
"""Of an address of IPv6: whoever has one has all that differ in these alone."""
LAG, LATE_LINE = 0.15, 2.0
"""Seconds after which a line without a failure, and a failure without a line, wait no more: headers come before bodies,
so that it is a line that may be late."""

End: TypeAlias = Literal["good", "bad", "cut", "given up"]


class Told(NamedTuple):
    """One line. `cut`: it began well, and its release ended it in its body; `given up`: by its client, before it began.
    No counter knows either."""

    arm: ArmName
    end: End
    client: str
    is_watched: bool = False  # the baseline's, while each of its answers has a line
    seconds: float = 0.0  # from its first byte to its end


def told(folder: Path) -> tuple[Told, ...]:
    """The lines that Envoy wrote since the last look; they are gone after it. Addresses stay in memory."""
    text = b""
    try:
        with (folder / FILE).open("r+b", buffering=0) as file:
            while len(text) < LIMIT and (read := file.read(LIMIT)):  # none is lost that comes while others are read
                text += read
            if text:
                file.truncate(0)
    except OSError:
        return ()
    return tuple(_lines(text.decode("utf-8", "replace")))


def _lines(text: str) -> Iterator[Told]:
    for line in text.splitlines():
        match = LINE.fullmatch(line)
        if match is not None:
            arm, status, flags, milliseconds, client = match.groups()
            end = _end(int(status), frozenset(flags.split(",")), int(milliseconds))
            which: ArmName = "candidate" if arm == "candidate" else "baseline"
            yield Told(which, end, _client(client), arm == WATCHED, int(milliseconds) / 1000)


def _client(address: str) -> str:
    """Of IPv6, the network: else one machine would be as many clients as it likes."""
    if ":" not in address:
        return address
    try:
        found = IPv6Address(address)
    except AddressValueError:
        return address
    if found.ipv4_mapped is not None:
        return str(found.ipv4_mapped)
    return f"{IPv6Address(int(found) >> HOST_BITS << HOST_BITS)}/{128 - HOST_BITS}"


def _end(status: int, flags: frozenset[str], milliseconds: int) -> End:
    if status == 0:
        return "given up"
    if status >= FIRST_SERVER_ERROR:
        return "bad"
    return "good" if CUT.isdisjoint(flags) or status == SWITCHED or milliseconds >= STREAM else "cut"


class Failures:
    """Of one release: those counted beside those told."""

    def __init__(self) -> None:
        self._counted: deque[float] = deque()
        self._told: deque[tuple[float, str]] = deque()

    def match(self, at: float, counted: int, clients: Sequence[str]) -> tuple[int, list[str]]:
        """How many count now, and of whom. Those of which no line told in time are of one client without a name: who
        can hold a line back must not count without a cap."""
        self._counted.extend([at] * counted)
        self._told.extend((at, client) for client in clients)
        found = [self._told.popleft()[1] for _ in range(min(len(self._counted), len(self._told)))]
        for _ in found:
            self._counted.popleft()
        late = 0
        while self._counted and self._counted[0] <= at - LATE_LINE:
            self._counted.popleft()
            late += 1
        while self._told and self._told[0][0] <= at - LAG:
            self._told.popleft()
        return len(found) + late, [*found, *[""] * late]


class Begun:
    """Answers of one release that began well: those that were cut off were counted as good, or soon will be."""

    def __init__(self) -> None:
        self._cut = 0

    def whole(self, good: int, cut: int) -> int:
        """How many count as good, where so many more were cut off."""
        self._cut += cut
        taken = min(self._cut, good)
        self._cut -= taken
        return good - taken


class Answers:
    """Of one release to users, from counters and lines."""

    def __init__(self) -> None:
        self._failures = Failures()
        self._begun = Begun()
        self._took: deque[tuple[float, float]] = deque()  # of lines of late that tell a failure: when, and seconds

    def count(self, at: float, requests: int, errors: int, lines: Sequence[Told]) -> Counts:
        """`requests` and `errors` by Envoy's counters, since the last look."""
        failed, clients = self._failures.match(at, errors, [each.client for each in lines if each.end == "bad"])
        good = self._begun.whole(max(requests - errors, 0), sum(each.end == "cut" for each in lines))
        reset = [each.client for each in lines if each.end in ("cut", "given up")]
        self._took.extend((at, each.seconds) for each in lines if each.end != "good")
        while self._took and self._took[0][0] < at - LATE_LINE:
            self._took.popleft()
        late = max((seconds for _, seconds in self._took), default=0.0)
        return Counts(good, failed, len(reset), [*clients, *reset], late)


class Counts(NamedTuple):
    """Each request once."""

    good: int
    errors: int
    resets: int
    failing: Sequence[str]  # clients, one for each failure; "" where nobody told of whom
    late_s: float = 0.0  # how long the longest of those was under way that failed, or did a moment ago
