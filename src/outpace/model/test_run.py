"""What a run of tests says: green, red, or unknown."""

from __future__ import annotations

from typing import TypeAlias

from msgspec import Struct

from outpace.model.unknown import Unknown


class FailedTest(Struct, frozen=True, kw_only=True):
    """`node` is what the runner takes to run this test alone; empty where it cannot be told."""

    name: str
    message: str
    node: str = ""


class Green(Struct, frozen=True, tag=True, kw_only=True):
    """At least one test passed and none failed."""

    passed: tuple[str, ...]
    skipped: tuple[str, ...] = ()


class Red(Struct, frozen=True, tag=True, kw_only=True):
    """In the order in which the suite ran them."""

    failures: tuple[FailedTest, ...]
    passed: tuple[str, ...] = ()
    skipped: tuple[str, ...] = ()


TestRun: TypeAlias = Green | Red | Unknown
