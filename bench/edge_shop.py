"""The application behind the benches of the edge, as it is committed to their repository: `python3 shop.py PORT`.

Of its revision: `release` names it in every answer, `fail` is the share of answers that are 500, `delay` milliseconds
that each takes. Orders go to the SQLite database at $ORDERS before they are acknowledged, each number once. It is
meant to cost little, so that what is measured is what is in front of it: bare asyncio, the standard library only.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import signal
import sqlite3
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
RELEASE = (HERE / "release").read_text().strip()
FAIL = float((HERE / "fail").read_text())
DELAY = float((HERE / "delay").read_text()) / 1000
WORDS = {200: b"OK", 201: b"Created", 404: b"Not Found", 409: b"Conflict", 500: b"Internal Server Error"}
BUSY = 10.0


def orders() -> sqlite3.Connection:
    database = sqlite3.connect(os.environ["ORDERS"], timeout=BUSY, isolation_level=None)
    database.execute("pragma journal_mode = wal")
    database.execute("pragma synchronous = normal")
    database.execute("create table if not exists orders (number integer primary key, release text not null)")
    return database


class Shop(asyncio.Protocol):
    def __init__(self, database: sqlite3.Connection) -> None:
        self.database = database
        self.got = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self.got += data
        while (end := self.got.find(b"\r\n\r\n")) >= 0:
            head = self.got[:end]
            mark = head.lower().find(b"content-length:")
            size = int(head[mark + 15 :].split(b"\r\n", 1)[0]) if mark >= 0 else 0
            whole = end + 4 + size
            if len(self.got) < whole:
                return
            body, self.got = self.got[end + 4 : whole], self.got[whole:]
            method, path, _ = head.split(b" ", 2)
            self.answer(self.status(method, path, body), at_once=path == b"/healthz" or not DELAY)

    def status(self, method: bytes, path: bytes, body: bytes) -> int:
        if path == b"/healthz":
            return 200
        if FAIL and random.random() < FAIL:
            return 500
        if method != b"POST":
            return 200
        try:
            self.database.execute("insert into orders values (?, ?)", (json.loads(body)["order"], RELEASE))
        except sqlite3.IntegrityError:
            return 409
        return 201

    def answer(self, status: int, *, at_once: bool) -> None:
        body = RELEASE.encode()
        answer = b"HTTP/1.1 %d %s\r\nContent-Length: %d\r\nx-release: %s\r\n\r\n%s"
        told = answer % (status, WORDS[status], len(body), body, body)
        if at_once:
            self.transport.write(told)
        else:
            asyncio.get_running_loop().call_later(DELAY, self.transport.write, told)


async def main(port: int) -> None:
    loop, ends = asyncio.get_running_loop(), asyncio.Event()
    database = orders()
    loop.add_signal_handler(signal.SIGTERM, ends.set)
    server = await loop.create_server(lambda: Shop(database), "127.0.0.1", port, backlog=1024)
    await ends.wait()
    server.close()
    await asyncio.sleep(0.05)


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1])))
