"""PostgreSQL's own programs: psql, pg_dump and pg_restore, which say what failed and never a value."""

from __future__ import annotations

import os
import re
import threading
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import timedelta
from typing import IO

from outpace import sandbox
from outpace.engines.database_copies.postgres_address import Address
from outpace.model.errors import DiskFull, ToolFailed

LONG = timedelta(hours=3)
PSQL = ("psql", "-XqAt", "-v", "ON_ERROR_STOP=1", "-v", "VERBOSITY=terse", "-f", "-")
SOURCE = {"default_transaction_read_only": "on", "bytea_output": "hex", "row_security": "off", "lock_timeout": "15s"}
COPY = {"synchronous_commit": "off", "bytea_output": "hex"}
READ_ONLY = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;"

_BEFORE = re.compile(r"^(psql:<stdin>:\d+: |psql: |pg_restore: |pg_dump: )?(error: )?")


class Programs:
    """For one database. `settings` are of each session: those of a source forbid to write."""

    def __init__(
        self, address: Address, *, settings: Mapping[str, str], environ: Mapping[str, str] = os.environ
    ) -> None:
        self.address = address
        self._env = address.environment(environ, settings=settings)

    def sql(self, text: str) -> str:
        """What psql prints, a line for each row. Raises ToolFailed with the first line of what the server said."""
        done = sandbox.run(PSQL, env=self._env, stdin=text.encode(), timeout=LONG, accept=None)
        if done.returncode:
            raise failed(done.argv[0], done.stderr.decode(errors="replace"))
        return done.stdout.decode(errors="surrogateescape").removesuffix("\n")

    def run(self, argv: Sequence[str], *, stdin: bytes = b"") -> bytes:
        done = sandbox.run(argv, env=self._env, stdin=stdin, timeout=LONG, accept=None)
        if done.returncode:
            raise failed(argv[0], done.stderr.decode(errors="replace"))
        return done.stdout

    @contextmanager
    def streaming(self, argv: Sequence[str], feed: Iterable[bytes] = ()) -> Generator[IO[bytes]]:
        try:
            with sandbox.stream(argv, env=self._env, feed=feed, timeout=LONG) as output:
                yield output
        except ToolFailed as error:
            raise (failed(argv[0], error.output) if error.output else error) from None
        except DiskFull:
            raise sandbox.no_room(argv[0], "") from None

    def feed(self, parts: Iterable[bytes]) -> None:
        """A script, or the rows of a COPY behind its statement, to the end."""
        with self.streaming(PSQL, parts) as answer:
            answer.read()

    @contextmanager
    def snapshot(self) -> Generator[str]:
        """What others may look at as well: one state of the whole database, which nobody's writing changes."""
        over = threading.Event()

        def script() -> Iterator[bytes]:
            yield f"{READ_ONLY} SELECT pg_catalog.pg_export_snapshot();\n".encode()
            over.wait()
            yield b"COMMIT;\n"

        with self.streaming(PSQL, script()) as output:
            try:
                name = output.readline().decode().strip()
                if not name:
                    raise ToolFailed("psql gave no snapshot", hint="run psql by hand with the same address")
                yield name
            finally:
                over.set()
            output.read()


def failed(program: str, said: str) -> ToolFailed | DiskFull:
    """The first line alone, and of it nothing behind a colon in quotes: there a server repeats values."""
    if sandbox.ran_out_of_room(said):
        return sandbox.no_room(program, "")
    line = _BEFORE.sub("", next((line for line in said.splitlines() if line.strip()), "it said nothing"))
    told = re.sub(r"(: *)([\"'“„«»‘‚「]).*$", r"\1...", line) if not line.startswith("connection to") else line
    return ToolFailed(
        f"{program}: {' '.join(told.split())}",
        hint="look at the source with psql, as the role of its address",
        output=told,
    )


def name(text: str) -> str:
    """As an identifier."""
    return '"' + text.replace('"', '""') + '"'


def literal(text: str) -> str:
    return (
        "'" + text.replace("'", "''") + "'"
        if "\\" not in text
        else " E'" + text.replace("\\", "\\\\").replace("'", "''") + "'"
    )
