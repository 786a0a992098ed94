"""The public JSON of `outpace test mend`."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct


class ProposedV1(Struct, frozen=True, kw_only=True):
    """An edit that was verified as those of mended tests are, and is written only with --accept. `diff` is empty where
    there is none, and `objection` says why."""

    says: str
    diff: str
    objection: str
    accepted: bool


class RedTestV1(Struct, frozen=True, kw_only=True):
    """`mended`: a verified edit makes it green. `objection` says why an edit that does is not verified. `proposed` is
    null unless a person decides of the test."""

    test: str
    kind: Literal["regression", "mechanical", "behavioral", "brittle", "infrastructure", "unknown"]
    evidence: tuple[str, ...]
    mended: bool
    objection: str
    proposed: ProposedV1 | None


class EditV1(Struct, frozen=True, kw_only=True):
    """`diff` as `git apply` takes it."""

    path: str
    diff: str
    written: bool


class TestMendV1(Struct, frozen=True, kw_only=True):
    """`head` is empty for the files as they lie here. `red` are the tests that were green at `base` and are not now."""

    base: str
    head: str
    green: int
    red: tuple[RedTestV1, ...]
    edits: tuple[EditV1, ...]
