"""The labels of a set of brittle tests: what turns each one red, and which projects are held out."""

from __future__ import annotations

import random
from collections import Counter
from datetime import datetime
from pathlib import Path
from typing import Literal, TypeAlias

import msgspec
from msgspec import Struct


class Labeled(Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind"):
    """The smallest condition that turns a test red."""

    @property
    def kind(self) -> str:
        return str(self.__struct_config__.tag)


class Order(Labeled, frozen=True, kw_only=True, tag="order"):
    """Red right after the polluter, which leaves `state` behind."""

    polluter: str
    state: str


class Alone(Labeled, frozen=True, kw_only=True, tag="alone"):
    """Red without the test that sets `state` before it."""

    needs: str
    state: str


class Twice(Labeled, frozen=True, kw_only=True, tag="twice"):
    """Red the second time in one process, for the `state` that the first time left."""

    state: str


class HashSeed(Labeled, frozen=True, kw_only=True, tag="hash-seed"):
    seed: int


class Clock(Labeled, frozen=True, kw_only=True, tag="clock"):
    at: datetime


class TimeZone(Labeled, frozen=True, kw_only=True, tag="time-zone"):
    zone: str


class Locale(Labeled, frozen=True, kw_only=True, tag="locale", rename={"variables": "set"}):
    variables: dict[str, str]


class Network(Labeled, frozen=True, kw_only=True, tag="network"):
    """Red where the loopback is the only interface."""


class Directory(Labeled, frozen=True, kw_only=True, tag="directory", rename={"turned": "is"}):
    of: Literal["HOME", "TMPDIR", "cwd", "listing", "umask"]
    turned: str


class Environment(Labeled, frozen=True, kw_only=True, tag="environment", rename={"variables": "set"}):
    variables: dict[str, str] = {}
    unset: tuple[str, ...] = ()


class Randomness(Labeled, frozen=True, kw_only=True, tag="randomness", rename={"drawn": "is"}):
    source: Literal["random", "uuid", "pid"]
    drawn: str


class Slow(Labeled, frozen=True, kw_only=True, tag="slow"):
    """With a share of one CPU, or with threads that switch after so many seconds."""

    by: Literal["cpu", "switch-interval"]
    to: float


class Optimize(Labeled, frozen=True, kw_only=True, tag="optimize"):
    """Red under `python -O`."""


class Warnings(Labeled, frozen=True, kw_only=True, tag="warnings"):
    """Red where a warning is an error."""


class Overspecified(Labeled, frozen=True, kw_only=True, tag="over-specified"):
    """Red under an edit of `file` that keeps the behavior (T0) or the contract (T1): `new` wherever `old` stands."""

    tier: Literal["T0", "T1"]
    on: str
    file: str
    old: str
    new: str


Condition: TypeAlias = (
    HashSeed | Clock | TimeZone | Locale | Network | Directory | Environment | Randomness | Slow | Optimize | Warnings
)
TWELVE = (Order, Alone, Twice, HashSeed, Clock, TimeZone, Locale, Network, Directory, Environment, Randomness, Slow)


class Brittle(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    project: str
    test: str
    flips: Order | Alone | Twice | Condition | Overspecified


class Split(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whole projects: who has seen one test of a project has seen the code of the others."""

    seed: int
    development: tuple[str, ...]
    held_out: tuple[str, ...]


class Labels(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`near_misses`: healthy tests, as `project/test`, that touch what a kind is about and do it right."""

    version: Literal[1]
    split: Split
    near_misses: dict[str, tuple[str, ...]]
    brittle: tuple[Brittle, ...]

    def of(self, project: str) -> frozenset[str]:
        return frozenset(label.test for label in self.brittle if label.project == project)


def read(folder: Path) -> Labels:
    return msgspec.toml.decode((folder / "labels.toml").read_bytes(), type=Labels)


def drawn(labels: tuple[Brittle, ...], seed: int) -> tuple[str, ...]:
    """Half of the projects: the first draw that has two or three of each of the twelve kinds."""
    projects = sorted({label.project for label in labels})
    rng = random.Random(seed)
    for _ in range(100_000):
        half = sorted(rng.sample(projects, len(projects) // 2))
        kinds = Counter(type(label.flips) for label in labels if label.project in half)
        if all(2 <= kinds[kind] <= 3 for kind in TWELVE):
            return tuple(half)
    raise SystemExit("no half of the projects holds two or three of each kind")
