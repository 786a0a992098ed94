"""Whose turn it is."""

import logging
import random
import warnings

log = logging.getLogger("relay.turns")


def shuffled(workers, rng=random):
    turn = list(workers)
    rng.shuffle(turn)
    return turn


def next_of(workers, current):
    place = workers.index(current)
    log.info("turn passes from %s", current)
    return workers[(place + 1) % len(workers)]


def rounds(workers, count):
    return [workers[number % len(workers)] for number in range(count)]


def rotate(workers, by=1):
    warnings.warn("rotate goes away; slice instead", PendingDeprecationWarning, stacklevel=2)
    return workers[by:] + workers[:by]
