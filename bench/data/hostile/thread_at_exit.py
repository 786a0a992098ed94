"""Leaves behind a thread, and something to do on exit, that do not end."""

import atexit
import threading
import time


def wait() -> None:
    time.sleep(100_000)


atexit.register(wait)


def harm(text: str) -> str:
    atexit.register(wait)
    threading.Thread(target=wait).start()
    return text
