"""The shop that is rolled out, as it lies in its repository: `python3 app.py PORT`. What it does wrong, `faults.json`
beside it says."""

from __future__ import annotations

import http.server
import json
import os
import random
import signal
import socket
import sqlite3
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

HERE = Path(__file__).resolve().parent
FAULTS = json.loads((HERE / "faults.json").read_text())
VERSION = str(FAULTS["version"])
ORDERS = os.environ.get("ORDERS", "")
HELD: list[object] = []
LOCK = threading.Lock()
ANSWERED = [0]


def leak() -> None:
    """So many bytes and open files every tenth of a second, whatever is asked."""
    while True:
        time.sleep(0.1)
        HELD.append(bytearray(os.urandom(1)) * int(FAULTS.get("leaks_bytes", 0)))
        HELD.extend(os.open(os.devnull, os.O_RDONLY) for _ in range(int(FAULTS.get("leaks_files", 0))))


def order(number: int) -> None:
    with sqlite3.connect(ORDERS, timeout=30, isolation_level=None) as database:
        database.execute("INSERT INTO orders (number, version) VALUES (?, ?)", (number, VERSION))
    database.close()


class Shop(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def answer(self, status: int, text: str, promised: int = 0) -> None:
        body = text.encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body) + promised))
        self.send_header("X-Release", VERSION)
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self) -> None:
        if self.path == "/healthz":
            return self.answer(int(FAULTS.get("health", 200)), VERSION)
        if self.path == "/seen":
            return self.answer(200, json.dumps(dict(self.headers)))
        return self.served(lambda: None)

    def do_POST(self) -> None:
        number = json.loads(self.rfile.read(int(self.headers.get("Content-Length", 0))))["order"]
        self.served(lambda: order(number))

    def do_HEAD(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def served(self, work: Callable[[], None]) -> None:
        """What fails does nothing first, so that an order is in the database or was not acknowledged."""
        with LOCK:
            ANSWERED[0] += 1
            number = ANSWERED[0]
        if number == FAULTS.get("dies_at", -1):
            os._exit(3)
        time.sleep(float(FAULTS.get("delay_s", 0.0)))
        if number > FAULTS.get("turns_at", 0) and random.random() < float(FAULTS.get("fails", 0.0)):
            return self.answer(500, "it failed")
        if number > FAULTS.get("turns_at", 0) and random.random() < float(FAULTS.get("hangs", 0.0)):
            time.sleep(3600)
        if random.random() < float(FAULTS.get("cuts", 0.0)):
            self.close_connection = True
            return self.answer(200, VERSION, promised=100)
        work()
        return self.answer(200, VERSION if not FAULTS.get("wrong") else "nonsense")

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        pass


class Server(http.server.ThreadingHTTPServer):
    request_queue_size = 128


def main(port: int) -> None:
    if FAULTS.get("exits"):
        sys.exit("cannot read the price list")
    if FAULTS.get("silent"):
        held = socket.create_server(("127.0.0.1", port))
        time.sleep(3600)
        held.close()
    if FAULTS.get("stubborn"):
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    if FAULTS.get("leaks_bytes") or FAULTS.get("leaks_files"):
        threading.Thread(target=leak, daemon=True).start()
    Server(("127.0.0.1", port), Shop).serve_forever()


if __name__ == "__main__":
    main(int(sys.argv[1]))
