"""A real PostgreSQL for tests: a cluster of this process's own, in a temporary folder, as an unprivileged user."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest
from msgspec import Struct

from tests.needs import missing

OWNER = "outpace"
PASSWORD = "S3cret/of@the:server"  # with every character that an address must escape
NOBODY = 65534
SETTINGS = {
    "autovacuum": "off",
    "fsync": "off",
    "full_page_writes": "off",
    "log_min_messages": "fatal",
    "max_connections": "60",
    "shared_buffers": "32MB",
    "synchronous_commit": "off",
}


class PostgresServer(Struct, frozen=True, kw_only=True):
    """A running cluster; its owner may do everything."""

    port: int
    programs: Path  # where psql, pg_dump and the others lie
    data: Path
    host: str = "127.0.0.1"
    user: str = OWNER
    password: str = PASSWORD

    def address(self, database: str = "postgres", *, user: str = "", password: str = "") -> str:
        from urllib.parse import quote

        name, word = user or self.user, password or self.password
        return f"postgresql://{quote(name)}:{quote(word, safe='')}@{self.host}:{self.port}/{quote(database)}"

    def environment(self) -> dict[str, str]:
        """For psql and the other programs, which then need no address."""
        known = {"PGHOST": self.host, "PGPORT": str(self.port), "PGUSER": self.user, "PGPASSWORD": self.password}
        path = f"{self.programs}{os.pathsep}{os.environ.get('PATH', '')}"
        return {**os.environ, **known, "PATH": path, "PGCONNECT_TIMEOUT": "10"}

    def sql(self, text: str, database: str = "postgres") -> str:
        """What psql prints: fields apart by |, a line for each row. Raises where a statement fails."""
        argv = [self.programs / "psql", "-XqAt", "-v", "ON_ERROR_STOP=1", "-d", database, "-f", "-"]
        done = subprocess.run(
            argv, input=text, env=self.environment(), capture_output=True, text=True, check=False, timeout=120
        )
        if done.returncode:
            raise AssertionError(f"psql: {done.stderr}")
        return done.stdout.removesuffix("\n")

    @contextmanager
    def database(self, name: str, text: str = "") -> Generator[str]:
        """A database for one test, made with the statements; gives its name, and is gone afterwards."""
        self.sql(f'CREATE DATABASE "{name}"')
        try:
            if text:
                self.sql(text, name)
            yield name
        finally:
            self.sql(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def programs() -> Path:
    """The folder of Debian's newest server, or of the one on PATH."""
    found = shutil.which("initdb")
    if found is not None:
        return Path(found).resolve().parent
    versions = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: float(path.parts[-3]))
    if not versions:
        missing("PostgreSQL is not installed")
    return versions[-1].parent


@contextmanager
def started(settings: Mapping[str, str] | None = None) -> Generator[PostgresServer]:
    """The server dies with this process, however this process dies."""
    folder = programs()
    with tempfile.TemporaryDirectory(prefix="outpace-pg-", ignore_cleanup_errors=True) as name:
        place = Path(name)
        password = place / "password"
        password.write_text(PASSWORD)
        if os.geteuid() == 0:
            os.chown(place, NOBODY, NOBODY)
            os.chown(password, NOBODY, NOBODY)
        _initialize(folder, place)
        process, port = _serve(folder, place, {**SETTINGS, **(settings or {})})
        try:
            yield PostgresServer(port=port, programs=folder, data=place / "data")
        finally:
            _end(process)


def _initialize(folder: Path, place: Path) -> None:
    words = ["-D", place / "data", "--no-sync", "-A", "scram-sha-256", "--pwfile", place / "password", "-U", OWNER]
    argv = [*_unprivileged(), folder / "initdb", *words, "--locale=C.UTF-8", "-E", "UTF8"]
    subprocess.run(argv, cwd=place, check=True, capture_output=True)
    (place / "password").unlink()


def _serve(folder: Path, place: Path, settings: Mapping[str, str]) -> tuple[subprocess.Popen[bytes], int]:
    """On a port that was free a moment ago: another one where somebody was faster."""
    for _ in range(5):
        port = _free_port()
        told = {**settings, "port": str(port), "listen_addresses": "127.0.0.1", "unix_socket_directories": str(place)}
        words = [word for name, value in told.items() for word in ("-c", f"{name}={value}")]
        argv = [*_unprivileged(), folder / "postgres", "-D", place / "data", *words]
        with (place / "log").open("ab") as log:
            process = subprocess.Popen(argv, cwd=place, stdout=log, stderr=log, stdin=subprocess.DEVNULL)
        if _answers(process, place, port):
            return process, port
        _end(process)
    raise AssertionError((place / "log").read_text())


def _answers(process: subprocess.Popen[bytes], place: Path, port: int) -> bool:
    """`postmaster.pid` says `ready` as soon as connections are taken."""
    until = time.monotonic() + 60
    while process.poll() is None and time.monotonic() < until:
        state = place / "data" / "postmaster.pid"
        lines = state.read_text().splitlines() if state.is_file() else []
        if len(lines) >= 8 and lines[7].strip() == "ready" and lines[3] == str(port):
            return True
        time.sleep(0.01)
    return False


def _end(process: subprocess.Popen[bytes]) -> None:
    """Fast shutdown, then the immediate one."""
    for number in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
        if process.poll() is not None:
            return
        process.send_signal(number)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            continue


def _unprivileged() -> list[str]:
    """PostgreSQL refuses root. The server gets SIGQUIT, on which it ends at once, when its parent is gone."""
    setpriv = shutil.which("setpriv")
    if os.geteuid() != 0:
        return [setpriv, "--pdeathsig", "QUIT"] if setpriv else []
    if setpriv is None:
        missing("setpriv, with which root starts PostgreSQL as somebody else, is not installed")
    return [str(setpriv), f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups", "--pdeathsig", "QUIT"]


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


@pytest.fixture(scope="session")
def postgres_server() -> Generator[PostgresServer]:
    """One for each process of the test run, started when the first test asks for it."""
    with started() as server:
        yield server
