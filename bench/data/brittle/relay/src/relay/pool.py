"""Connections that threads share."""

import hashlib
import threading
from concurrent.futures import ThreadPoolExecutor


class Connection:
    def __init__(self, name):
        self.name = str(name)


class Pool:
    """Opens one connection for everybody, when the first one asks."""

    def __init__(self):
        self.connection = None
        self.opened = 0

    def get(self):
        if self.connection is None:
            self.connection = self._open()
        return self.connection

    def _open(self):
        self.opened += 1
        return Connection(self.opened)


class SafePool(Pool):
    def __init__(self):
        super().__init__()
        self._lock = threading.Lock()

    def get(self):
        with self._lock:
            return super().get()


def ask_together(pool, threads=8):
    """Everybody asks as soon as they are started."""
    ready = threading.Barrier(threads)

    def ask():
        ready.wait()
        pool.get()

    started = [threading.Thread(target=ask) for _ in range(threads)]
    for each in started:
        each.start()
    for each in started:
        each.join()
    return pool.opened


def seal(payload, rounds=100_000):
    return hashlib.pbkdf2_hmac("sha256", payload, b"relay", rounds).hex()


def seal_soon(payload, timeout, rounds=100_000):
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(seal, payload, rounds).result(timeout=timeout)
