"""The bookshop that is rolled out, as it lies in its repository: `python3 app.py PORT`. Its orders are in SQLite, or in
PostgreSQL through a session of psql; `release.json` beside it says what this release does."""

from __future__ import annotations

import http.server
import json
import os
import sqlite3
import subprocess
import sys
import threading
import time
from pathlib import Path
from urllib.parse import unquote, urlsplit

HERE = Path(__file__).resolve().parent
RELEASE = json.loads((HERE / "release.json").read_text())
VERSION = str(RELEASE["version"])
DATABASE = os.environ.get("DATABASE", "")
READS = {"paid": "paid", "open": "not paid"} | dict(RELEASE.get("reads", {}))
LOCK = threading.Lock()
COUNTS = {"orders_failed": 0, "orders_tried": 0}


def environment() -> dict[str, str]:
    """The password of the database belongs into no argument."""
    parts = urlsplit(DATABASE)
    known = {
        "PGHOST": parts.hostname,
        "PGPORT": str(parts.port),
        "PGUSER": unquote(parts.username or ""),
        "PGPASSWORD": unquote(parts.password or ""),
        "PGDATABASE": unquote(parts.path[1:]),
    }
    return {**os.environ, **{name: value for name, value in known.items() if value}}


class Sqlite:
    def asked(self, statement: str) -> list[str]:
        database = sqlite3.connect(DATABASE, timeout=30, isolation_level=None)
        try:
            return ["|".join(map(str, row)) for row in database.execute(statement).fetchall()]
        finally:
            database.close()


class Psql:
    """One session. What fails is told by the server in a line that begins with ERROR."""

    def __init__(self) -> None:
        self._psql = subprocess.Popen(
            ["psql", "-XqAt"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=environment(),
            text=True,
            bufsize=1,
        )

    def asked(self, statement: str) -> list[str]:
        assert self._psql.stdin is not None
        assert self._psql.stdout is not None
        with LOCK:
            self._psql.stdin.write(f"{statement};\n\\echo over\n")
            self._psql.stdin.flush()
            said: list[str] = []
            for line in self._psql.stdout:
                if line.strip() == "over":
                    break
                said.append(line.rstrip("\n"))
        if any("ERROR" in line for line in said):
            raise sqlite3.OperationalError(said[0])
        return said


ORDERS = Psql() if DATABASE.startswith("postgresql:") else Sqlite()


class Books(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def answer(self, status: int, found: object) -> None:
        body = json.dumps(found).encode() if not isinstance(found, str) else found.encode()
        self.send_response(status)
        self.send_header("Content-Type", "text/plain" if isinstance(found, str) else "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("X-Release", VERSION)
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self) -> None:
        time.sleep(float(RELEASE.get("delay_s", 0.0)))
        try:
            self.answer(*self.found(self.path.partition("?")[0]))
        except (KeyError, sqlite3.Error) as error:
            self.answer(500, f"cannot be read: {error}")

    def found(self, path: str) -> tuple[int, object]:
        if path.startswith("/books/"):
            book = int(path.removeprefix("/books/"))
            tags = {"tags": list({f"tag {number}" for number in range(9)})} if RELEASE.get("tags") else {}
            return 200, tags | {"book": book, "price": 10 * book + int(RELEASE.get("dearer", 0))}
        if path.startswith("/orders"):
            number = path.removeprefix("/orders").removeprefix("/")
            chosen = f" WHERE number = {int(number)}" if number else ""
            rows = ORDERS.asked(f"SELECT number, status FROM orders{chosen} ORDER BY number LIMIT 20")
            return 200 if rows or not number else 404, [self.read(row) for row in rows]
        if path == "/metrics":
            return 200, "".join(f"{name} {value}\n" for name, value in COUNTS.items())
        return 200, self.headers.get("X-Envoy-External-Address", "") if path == "/client" else "well"

    def read(self, row: str) -> dict[str, str]:
        """A status that this release does not know is one that it cannot read."""
        number, _, status = row.partition("|")
        return {"number": number, "status": READS[status]}

    def do_POST(self) -> None:
        said = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if self.path != "/orders":
            return self.answer(200, {"heard": True})
        number = int(json.loads(said)["order"])
        status = str(RELEASE.get("writes", "paid"))
        COUNTS["orders_tried"] += 1
        if RELEASE.get("fails_quietly"):
            COUNTS["orders_failed"] += 1
            return self.answer(200, {"order": number})
        columns, values = "number, status", f"{number}, '{status}'"
        if RELEASE.get("column"):
            columns, values = f"{columns}, {RELEASE['column']}", f"{values}, '{VERSION}'"
        try:
            ORDERS.asked(f"INSERT INTO orders ({columns}) VALUES ({values})")
        except sqlite3.Error as error:
            return self.answer(500, f"cannot be written: {error}")
        if RELEASE.get("fails_after_writing"):
            return self.answer(500, "written, and lost its nerve")
        return self.answer(200, {"order": number})

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        pass


class Server(http.server.ThreadingHTTPServer):
    request_queue_size = 128


if __name__ == "__main__":
    Server(("127.0.0.1", int(sys.argv[1])), Books).serve_forever()
