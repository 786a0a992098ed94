"""Counters that threads share."""

import threading


def checked(value):
    if value < 0:
        raise ValueError("a counter only grows")
    return value


class Counter:
    def __init__(self):
        self.value = 0

    def add(self, by=1):
        before = self.value
        self.value = before + checked(by)


class LockedCounter(Counter):
    def __init__(self):
        super().__init__()
        self._lock = threading.Lock()

    def add(self, by=1):
        with self._lock:
            super().add(by)


def hammer(counter, threads=4, times=2000):
    def work():
        for _ in range(times):
            counter.add()

    started = [threading.Thread(target=work) for _ in range(threads)]
    for each in started:
        each.start()
    for each in started:
        each.join()
    return counter.value
