"""A condition in words."""

from __future__ import annotations

from outpace.testing.brittle.records import Flip


def condition(flip: Flip) -> str:
    """`TZ=Asia/Tokyo`, `right after tests/test_a.py::test_b`."""
    match flip.kind:
        case "order":
            return f"{'right after' if len(flip.needs) == 1 else 'after'} {', '.join(flip.needs) or 'other tests'}"
        case "alone":
            return f"without {', '.join(flip.needs) or 'the tests before it'}"
        case "twice":
            return "a second run in the same process"
        case "over-specified":
            return f"{flip.on} in {flip.file}:{flip.line}"
        case _:
            return " and ".join(_setting(name, value) for name, value in sorted(flip.settings.items()))


def _setting(name: str, value: str) -> str:
    kind, _, variable = name.partition(":")
    if kind == "set":
        return f"{variable}={value}"
    if kind == "unset":
        return f"{variable} unset"
    return CLOCKS.get(value) or SETTINGS.get(name, name + " {}").format(value)


SETTINGS = {
    "hash-seed": "PYTHONHASHSEED={}",
    "time-zone": "TZ={}",
    "locale": "LC_ALL={}",
    "clock": "the clock at {}",
    "home": "HOME {}",
    "temporary": "TMPDIR {}",
    "directory": "the working directory {}",
    "listing": "folders listed {}",
    "umask": "umask {}",
    "random": "random.seed({})",
    "uuid": "uuid4() = {}",
    "pid": "the process id {}",
    "switch-interval": "threads switched every {} s",
    "sleep": "sleeps of other threads {} times as long",
    "cpu": "a share of {} of one CPU",
    "optimize": "python -O",
    "warnings": "-W {}",
    "network": "no network but the loopback",
}
CLOCKS = {"frozen": "a clock that stands still", "fast": "a clock ten times as fast"}
