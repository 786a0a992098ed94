"""Locks a user out after three wrong words."""

import os

FAILED = {}
LIMIT = 3


class LockedOut(Exception):
    pass


class Lock:
    def __init__(self, word, failed=None):
        self.__word = word
        self._failed = FAILED if failed is None else failed

    def open(self, user, word):
        if self._failed.get(user, 0) >= LIMIT:
            raise LockedOut(user)
        if word != self.__word:
            self._failed[user] = self._failed.get(user, 0) + 1
            return False
        self._failed.pop(user, None)
        return True


def scratch_name(pid=None):
    """A name that no other process uses; the old file system cut names at eleven signs."""
    return f".{os.getpid() if pid is None else pid}.tmp"
