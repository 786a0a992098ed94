"""The queue of messages and who carries them."""

import logging
import random
from collections import deque

log = logging.getLogger(__name__)
TRANSPORT = None


def connect(transport):
    global TRANSPORT
    TRANSPORT = transport
    return transport


def deliver(message, transport=None):
    carrier = TRANSPORT if transport is None else transport
    if carrier is None:
        raise RuntimeError("no transport is connected")
    carrier.append(message)
    return len(carrier)


def delay(attempt, rng=random):
    """Seconds until the next attempt: doubled each time, with jitter so that queues do not march in step."""
    return 2**attempt * (0.5 + rng.random())


class Outbox:
    def __init__(self, limit=3):
        self.waiting = deque()
        self.limit = limit

    def put(self, message):
        if len(self.waiting) == self.limit:
            log.warning("outbox is full, %s waits", message)
            return False
        self.waiting.append(message)
        return True

    def flush(self, transport):
        sent = 0
        while self.waiting:
            deliver(self.waiting.popleft(), transport)
            sent += 1
        return sent
