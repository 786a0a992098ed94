"""Writers that count what a database acknowledged, so that nothing that a change of its schema loses goes unseen."""

from __future__ import annotations

import subprocess
import threading
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager

from tests.postgres import PostgresServer

DONE = "statement-done"
PATIENCE = 60.0


class Writer:
    """One session of psql that inserts on and on: `statement` has a place for a key that no other row has.

    A key is acknowledged once its statement has come back without an error, as a client would know it.
    """

    def __init__(self, server: PostgresServer, database: str, name: str, statement: str) -> None:
        self.name = name
        self.acknowledged: list[str] = []
        self.failed: list[str] = []
        self._statement = statement
        self._stop = threading.Event()
        self._psql = subprocess.Popen(
            [server.programs / "psql", "-XqAt", "-d", database],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=server.environment(),
            text=True,
            bufsize=1,
        )
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        count = 0
        while not self._stop.is_set():
            count += 1
            key = f"{self.name}-{count}"
            said = self._asked(self._statement.format(key=key))
            if said == key:
                self.acknowledged.append(key)
            else:
                self.failed.append(said)

    def _asked(self, statement: str) -> str:
        assert self._psql.stdin is not None
        assert self._psql.stdout is not None
        self._psql.stdin.write(f"{statement};\n\\echo {DONE}\n")
        self._psql.stdin.flush()
        said: list[str] = []
        for line in self._psql.stdout:
            if line.strip() == DONE:
                return "\n".join(said)
            said.append(line.rstrip("\n"))
        raise AssertionError(f"{self.name}: psql ended: {said}")

    def stop(self) -> None:
        """After the statement that is under way, whose answer counts."""
        self._stop.set()
        self._thread.join(PATIENCE)
        assert self._psql.stdin is not None
        assert self._psql.stdout is not None
        self._psql.stdin.close()
        self._psql.wait(PATIENCE)
        self._psql.stdout.close()

    def more(self, count: int) -> None:
        """Waits for that many further answers, of whichever kind."""
        wanted = len(self.acknowledged) + len(self.failed) + count
        wait_for(lambda: len(self.acknowledged) + len(self.failed) >= wanted, f"{count} answers to {self.name}")


def wait_for(ready: Callable[[], bool], what: str) -> None:
    until = time.monotonic() + PATIENCE
    while not ready():
        assert time.monotonic() < until, f"waited in vain for {what}"
        time.sleep(0.005)


@contextmanager
def writing(
    server: PostgresServer, database: str, statement: str, *, names: tuple[str, ...]
) -> Generator[tuple[Writer, ...]]:
    """They write until the block ends, at the latest."""
    writers = tuple(Writer(server, database, name, statement) for name in names)
    try:
        yield writers
    finally:
        for writer in writers:
            writer.stop()


def keys_of(server: PostgresServer, database: str, query: str) -> list[str]:
    return server.sql(query, database).splitlines()
