"""Digests samples in the background."""

import hashlib
import queue
import threading

ROUNDS = 100_000


def fingerprint(sample, rounds=ROUNDS):
    return hashlib.pbkdf2_hmac("sha256", sample, b"meter", rounds).hex()


class Sampler:
    def __init__(self, rounds=ROUNDS):
        self.rounds = rounds
        self.done = []
        self._queue = queue.Queue()
        self._thread = threading.Thread(target=self._work, daemon=True)
        self._thread.start()

    def _work(self):
        while (sample := self._queue.get()) is not None:
            self.done.append(fingerprint(sample, self.rounds))
            self._queue.task_done()

    def put(self, sample):
        self._queue.put(sample)

    def wait(self):
        self._queue.join()

    def close(self):
        self._queue.put(None)
        self._thread.join()
