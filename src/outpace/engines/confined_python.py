"""A foreign environment's python in a box: what every run of a suite, an import or a rehearsal shares."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from msgspec import Struct

from outpace import sandbox
from outpace.model.errors import Unconfined
from outpace.model.unknown import Unknown
from outpace.proving.ports import Built

INSIDE = Path(__file__).with_name("inside")
GIB = 1 << 30


def tier_of(*, unsafe_no_sandbox: bool = False) -> sandbox.Tier:
    """The strongest of this machine, before anything is built that could not be run."""
    tier = sandbox.strongest()
    if isinstance(tier, sandbox.NoSandbox) and not unsafe_no_sandbox:
        raise Unconfined(
            f"the change's code would run without a sandbox: {'; '.join(tier.missing) or 'this machine has none'}",
            hint="run it where Linux namespaces or Landlock are, or for a change of your own: --unsafe-no-sandbox",
        )
    return tier


class Limits(Struct, frozen=True, kw_only=True):
    seconds: float
    memory: int = 4 * GIB
    processes: int = 512
    disk: int = 2 * GIB


class ConfinedPython:
    """Runs programs of an environment over a tree that is thrown away afterwards."""

    def __init__(self, *, tier: sandbox.Tier, unsafe_allow_none: bool = False) -> None:
        self._tier = tier
        self._unsafe_allow_none = unsafe_allow_none

    def run(
        self,
        built: Built,
        argv: tuple[str, ...],
        *,
        tree: Path,
        cwd: Path,
        limits: Limits,
        network: sandbox.Network,
        readable: tuple[Path, ...] = (),
        writable: tuple[Path, ...] = (),
        env: Mapping[str, str] | None = None,
        stdin: bytes = b"",
    ) -> sandbox.Confined:
        box = sandbox.Box(
            readable=(Path(built.path), *(Path(path) for path in built.readable), INSIDE, *readable),
            writable=(tree, *writable),
            network=network,
            memory=limits.memory,
            processes=limits.processes,
            seconds=limits.seconds,
            disk=limits.disk,
            env=tuple(sorted({**environment_of(built, tree), **(env or {})}.items())),
        )
        words = (program(built, argv[0]), *argv[1:])
        return sandbox.confine(
            words, box=box, cwd=cwd, tier=self._tier, stdin=stdin, unsafe_allow_none=self._unsafe_allow_none
        )


def program(built: Built, name: str) -> str:
    """The environment's own program of that name; another only where the environment has none."""
    own = Path(built.path) / "bin" / name
    return str(own) if "/" not in name and own.exists() else name


def environment_of(built: Built, tree: Path) -> dict[str, str]:
    """Nothing of ours: the environment's programs first, and the project's own modules on the path."""
    return {
        "PATH": os.pathsep.join((f"{built.path}/bin", "/usr/local/bin", "/usr/bin", "/bin")),
        "VIRTUAL_ENV": built.path,
        "PYTHONPATH": os.pathsep.join(str(tree / root) for root in built.roots),
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONHASHSEED": "0",
        "LANG": "C.UTF-8",
        "CI": "true",
    }


def ended_early(confined: sandbox.Confined, limits: Limits) -> Unknown | None:
    """What the box ended, and why; None where the program ended by itself."""
    match confined.exceeded:
        case None:
            return None
        case "time":
            return Unknown(f"it did not end in {limits.seconds:g} s", "more time, or a shorter suite")
        case "memory":
            return Unknown(f"it used more than {limits.memory >> 20} MiB of memory")
        case "processes":
            return Unknown(f"it started more than {limits.processes} processes")
        case "disk":
            return Unknown(f"it wrote more than {limits.disk >> 20} MiB")


def last_words(done: sandbox.Done) -> str:
    """The last line that says something, errors first."""
    for output in (done.stderr, done.stdout):
        lines = [line.strip() for line in output.decode("utf-8", "replace").splitlines() if line.strip()]
        if lines:
            return sandbox.mask(lines[-1])[:300]
    return "it said nothing"
