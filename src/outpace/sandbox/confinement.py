"""Foreign code, run in a box: the launcher is told what to form, and reports what came of it."""

from __future__ import annotations

import marshal
import os
import socket
import sys
import tempfile
import threading
from collections.abc import Sequence
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Literal, TypeAlias

import msgspec
from msgspec import Struct

from outpace.model.errors import BadInput, Unconfined
from outpace.sandbox.box import Box, Egress, Loopback, NoNetwork, Nowhere
from outpace.sandbox.processes import OUTPUT_LIMIT, Done, Process, missing, start
from outpace.sandbox.proxy import Proxy
from outpace.sandbox.tiers import FileSystem, Full, NoSandbox, Tier

_LAUNCHER = Path(__file__).with_name("launcher.py")
_PATH = "/usr/local/bin:/usr/bin:/bin"
_STARTING = timedelta(seconds=20)
_KILLED = -9

Exceeded: TypeAlias = Literal["time", "memory", "processes", "disk"]


class Confined(Struct, frozen=True, kw_only=True):
    """`exceeded` names the limit for which the program was ended; a limit that it merely ran into is not here."""

    done: Done
    tier: Tier
    exceeded: Exceeded | None = None


class _Reports(Struct):
    """What the launcher said, line by line: a word, a space, a value."""

    lines: list[tuple[str, str]]

    def first(self, word: str) -> str | None:
        return next((value for said, value in self.lines if said == word), None)


@cache
def strongest() -> Tier:
    """Found by really forming each tier, once per process."""
    box = Box(seconds=10)
    reasons: list[str] = []
    for tier in (Full(), FileSystem()):
        try:
            confined = confine(["true"], box=box, cwd=Path("/usr"), tier=tier)
        except Unconfined as error:
            reasons.append(error.message)
            continue
        if confined.done.returncode == 0:
            return msgspec.structs.replace(confined.tier, missing=(*reasons, *confined.tier.missing))
        reasons.append(f"a program in the {type(tier).__name__} tier ended with {confined.done.returncode}")
    return NoSandbox(tuple(reasons))


def confine(
    argv: Sequence[str | os.PathLike[str]],
    *,
    box: Box,
    cwd: Path,
    tier: Tier | None = None,
    stdin: bytes = b"",
    limit: int = OUTPUT_LIMIT,
    unsafe_allow_none: bool = False,
) -> Confined:
    """Any exit status is an answer, not an error. The program and all that it started are gone when this returns, or
    when our process dies. Its environment is PATH, LANG, an empty private HOME and TMPDIR,
    GIT_CONFIG_NOSYSTEM and `box.env`.
    """
    chosen = tier if tier is not None else strongest()
    words = tuple(os.fspath(word) for word in argv)
    match chosen:
        case Full() | FileSystem() if sys.platform != "linux":
            raise Unconfined(f"there is no sandbox on {sys.platform}", hint="run on Linux 5.13 or newer")
        case Full() | FileSystem():
            return _Call(words, box, cwd.resolve(), chosen).run(stdin, limit)
        case NoSandbox() if unsafe_allow_none:
            return _unconfined(words, box, cwd, chosen, stdin, limit)
        case NoSandbox(lacking):
            raise Unconfined(
                f"foreign code would run without a sandbox: {'; '.join(lacking) or 'none was asked for'}",
                hint="run on Linux 5.13 or newer with Landlock, or allow it for your own repository",
            )


def _unconfined(words: tuple[str, ...], box: Box, cwd: Path, tier: Tier, stdin: bytes, limit: int) -> Confined:
    with tempfile.TemporaryDirectory(prefix="outpace-") as home:
        env = _environment(box) | {"HOME": home, "TMPDIR": home} | dict(box.env)
        process = start(words, cwd=cwd, env=env, limit=limit)
        done = process.finish(stdin, timedelta(seconds=box.seconds))
    return Confined(done=done, tier=tier, exceeded="time" if done.timed_out else None)


def _launcher_environment() -> dict[str, str]:
    """What our own Python needs; nothing in it is a secret, since /proc shows it to the user's other processes."""
    passed = {name: os.environ[name] for name in ("LD_LIBRARY_PATH",) if name in os.environ}
    return passed | {"TMPDIR": tempfile.gettempdir()}


def _environment(box: Box) -> dict[str, str]:
    """Git is told to leave /etc/gitconfig alone: it may hold tokens, and it fails where it may not look."""
    inherited = {"PATH": os.environ.get("PATH", _PATH), "LANG": os.environ.get("LANG", "C.UTF-8")}
    return inherited | {"GIT_CONFIG_NOSYSTEM": "1"} | dict(box.env)


class _Call:
    """One program in one box."""

    def __init__(self, argv: tuple[str, ...], box: Box, cwd: Path, tier: Full | FileSystem) -> None:
        self._argv = argv
        self._box = box
        self._cwd = cwd
        self._tier = tier
        self._reports = _Reports([])
        self._proxy = Proxy(box.network.hosts) if isinstance(box.network, Egress) else None

    def run(self, stdin: bytes, limit: int) -> Confined:
        try:
            order = self._order()
            ours, theirs = socket.socketpair()
            with ours, theirs:
                launcher = (sys.executable, "-I", "-S", str(_LAUNCHER), str(theirs.fileno()))
                process = start(launcher, env=_launcher_environment(), limit=limit, pass_fds=[theirs.fileno()])
                theirs.close()
                try:
                    done = self._converse(process, order, ours, stdin)
                except BaseException:
                    process.end()
                    raise
        finally:
            if self._proxy is not None:
                self._proxy.close()
        return self._result(done)

    def _converse(self, process: Process, order: bytes, control: socket.socket, stdin: bytes) -> Done:
        try:
            control.sendall(order)
            control.shutdown(socket.SHUT_WR)
        except OSError:
            pass  # the launcher is gone, and what it said on its standard error is reported
        listening = threading.Thread(target=self._listen, args=(control,), daemon=True)
        listening.start()
        done = process.finish(stdin, timedelta(seconds=self._box.seconds) + _STARTING)
        listening.join(2)
        return done

    def _order(self) -> bytes:
        box = self._box
        readable, links = _resolved(box.readable)
        writable, more_links = _resolved(box.writable)
        protected, _ = _resolved(box.protected)
        _check(readable, writable, protected, str(self._cwd))
        full = isinstance(self._tier, Full)
        network, ports = "none", ()
        match box.network:
            case NoNetwork():
                pass
            case Loopback(ports=ports):
                network = "loopback" if full or ports else "none"
            case Nowhere():
                network = "nowhere" if full else "none"
            case Egress():
                network = "proxy"
        proxy_port = self._proxy.listen_here() if self._proxy is not None and not full else 0
        return marshal.dumps(
            {
                "argv": self._argv,
                "cwd": str(self._cwd),
                "env": _environment(box),
                "tier": "full" if full else "file-system",
                "readable": readable,
                "writable": writable,
                "protected": protected,
                "links": links + more_links,
                "network": network,
                "ports": ports,
                "proxy_port": proxy_port,
                "memory": box.memory,
                "processes": box.processes,
                "seconds": box.seconds,
                "disk": box.disk,
                "parent": os.getpid(),
            }
        )

    def _listen(self, control: socket.socket) -> None:
        """Until the last process of the launcher's has closed its end."""
        waiting = b""
        while True:
            try:
                part, descriptors, _, _ = socket.recv_fds(control, 1 << 16, 1)
            except OSError:
                return
            for descriptor in descriptors:
                if self._proxy is not None:
                    self._proxy.serve(socket.socket(fileno=descriptor))
                else:
                    os.close(descriptor)
            if not part:
                return
            *lines, waiting = (waiting + part).split(b"\n")
            for line in lines:
                word, _, value = line.decode(errors="replace").partition(" ")
                self._reports.lines.append((word, value))

    def _result(self, done: Done) -> Confined:
        said = self._reports.first
        failed, unfound, formed = said("failed"), said("missing"), said("formed")
        if unfound is not None:
            raise missing(self._argv[0], unfound)
        if formed is None:
            why = failed or done.stderr.decode(errors="replace").strip()[-500:] or f"status {done.returncode}"
            raise Unconfined(f"{_name(self._tier)} cannot be formed: {why}", hint=_WEAKER)
        status, exceeded = said("status"), said("exceeded")
        returncode = _KILLED if status is None else os.waitstatus_to_exitcode(int(status))
        timed_out = exceeded == "time" or done.timed_out
        done = msgspec.structs.replace(done, argv=self._argv, returncode=returncode, timed_out=timed_out)
        return Confined(done=done, tier=self._with_missing(formed), exceeded=_limit(exceeded))

    def _with_missing(self, formed: str) -> Tier:
        version, *controllers = formed.split()
        lacking = [f"the {each} control group" for each in ("memory", "pids") if each not in controllers]
        if version == "0":
            lacking.append("Landlock")
        elif int(version) < _LANDLOCK_SCOPES:
            lacking.append("Landlock's scopes for signals and abstract sockets (Linux 6.12)")
        return msgspec.structs.replace(self._tier, missing=tuple(lacking))


_LANDLOCK_SCOPES = 6
_WEAKER = "use the strongest tier of this machine"


def _name(tier: Full | FileSystem) -> str:
    return "the full sandbox" if isinstance(tier, Full) else "the file-system sandbox"


def _limit(exceeded: str | None) -> Exceeded | None:
    match exceeded:
        case "time" | "memory" | "processes" | "disk":
            return exceeded
        case _:
            return None


_OURS = frozenset({"/", "/dev", "/etc", "/proc", "/sys", "/tmp"})  # noqa: S108 - names of places, nothing is opened
_SYSTEM = ("/usr", "/bin", "/lib", "/sbin")


def _check(readable: tuple[str, ...], writable: tuple[str, ...], protected: tuple[str, ...], cwd: str) -> None:
    for path in (*readable, *writable):
        if path in _OURS:
            raise BadInput(f"{path} cannot be put into a box as a whole", hint="name what is needed of it")
    for path in protected:
        if not any(Path(path).is_relative_to(folder) for folder in writable):
            raise BadInput(f"{path} is protected, but in no writable directory", hint="list it as readable")
    if not any(Path(cwd).is_relative_to(folder) for folder in (*readable, *writable, *_SYSTEM)):
        raise BadInput(f"{cwd} is not in the box", hint="start in a readable or writable directory")


def _resolved(paths: tuple[Path, ...]) -> tuple[tuple[str, ...], tuple[tuple[str, str], ...]]:
    """The real paths, and the names under which they were asked for where those differ."""
    real: list[str] = []
    links: list[tuple[str, str]] = []
    for path in paths:
        try:
            found = str(path.resolve(strict=True))
        except OSError as error:
            raise BadInput(f"{path} cannot be put into a box: {error.strerror}", hint="check the path") from error
        real.append(found)
        absolute = os.path.abspath(path)  # noqa: PTH100 - without following the link
        if absolute != found:
            links.append((absolute, found))
    return tuple(real), tuple(links)
