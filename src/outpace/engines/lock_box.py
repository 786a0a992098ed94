"""Poetry and PDM, run in the sandbox over a private copy of a project's files, with a way out to its indexes alone."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from outpace import sandbox
from outpace.engines.python_program import Program
from outpace.model.errors import Error

SECONDS = 300.0  # of one run; with a lock to keep to, a good answer takes a tenth of that
IN_ALL = 1200.0
GIB = 1 << 30
MEMORY = 4 * GIB
SAID_AT_MOST = 20_000
TRUST = ("SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE")
_SPACE = re.compile(r"\s+")


class LockBox:
    """One program and one place. Of the user's environment only what names trusted certificates comes along."""

    def __init__(
        self, program: Program, *, place: Path, readable: tuple[Path, ...], environ: Mapping[str, str]
    ) -> None:
        self._program = program
        self._place = place
        self._trust = {name: environ[name] for name in TRUST if Path(environ.get(name) or "/nowhere").exists()}
        self._left = IN_ALL
        self._readable = (*program.readable, *readable, *(Path(path) for path in self._trust.values()))

    def run(
        self, words: tuple[str, ...], *, cwd: Path, hosts: tuple[str, ...], environment: Mapping[str, str]
    ) -> str | None:
        """What it said, on one line, where it failed; None where all is well."""
        if self._left <= 0:
            return f"it has worked for {IN_ALL:g} s on this lock, and was started no more"
        box = sandbox.Box(
            readable=self._readable,
            writable=(self._place,),
            network=sandbox.Egress(hosts) if hosts else sandbox.NoNetwork(),
            memory=MEMORY,
            disk=MEMORY,
            seconds=min(SECONDS, self._left),
            env=tuple({**self._trust, **environment}.items()),
        )
        argv = [self._program.python, "-I", "-m", self._program.name, *words]
        try:
            confined = sandbox.confine(argv, box=box, cwd=cwd)
        except Error as error:
            return error.message
        self._left -= confined.done.wall.total_seconds()
        if confined.exceeded is not None:
            return f"more {confined.exceeded} than it may use ({SECONDS:g} s, {MEMORY // GIB} GiB)"
        if confined.done.returncode == 0:
            return None
        both = (confined.done.stderr + b"\n" + confined.done.stdout).decode("utf-8", "replace")
        said = sandbox.mask(both).replace(f"{self._place}/tree/", "").replace(str(self._place), "").replace("\0", "")
        return _SPACE.sub(" ", said[:SAID_AT_MOST]).strip() or f"status {confined.done.returncode}"
