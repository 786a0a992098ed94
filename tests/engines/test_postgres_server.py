"""The PostgreSQL that tests talk to is a real one of their own, and ends with them."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

from tests.postgres import PostgresServer

ROOT = Path(__file__).parent.parent.parent
HOLDS_ONE = """
import sys, time
from tests.postgres import started
with started() as server:
    print(server.data, flush=True)
    time.sleep(600)
"""


def runs(pid: int) -> bool:
    """A dead process whose parent has not asked for its status runs no more."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_the_server_answers_at_its_address_with_its_password(postgres_server: PostgresServer) -> None:
    with postgres_server.database("asked", "CREATE TABLE one (n int); INSERT INTO one VALUES (1), (2)") as name:
        psql = [postgres_server.programs / "psql", "-XAt", "-c", "SELECT sum(n), current_database() FROM one"]
        done = subprocess.run([*psql, postgres_server.address(name)], capture_output=True, text=True, check=True)
        assert done.stdout == "3|asked\n"
    assert postgres_server.sql("SELECT count(*) FROM pg_database WHERE datname = 'asked'") == "0"


def test_the_server_ends_when_who_started_it_is_killed() -> None:
    holder = subprocess.Popen([sys.executable, "-c", HOLDS_ONE], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert holder.stdout
    with holder.stdout as said:
        data = Path(said.readline().strip())
        pid = int((data / "postmaster.pid").read_text().split()[0])
        holder.send_signal(signal.SIGKILL)
        holder.wait()
    until = time.monotonic() + 60
    while runs(pid) and time.monotonic() < until:
        time.sleep(0.02)
    assert not runs(pid)
    subprocess.run(["rm", "-rf", data.parent], check=True)
