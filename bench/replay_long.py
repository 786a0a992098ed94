"""Answers of tens of thousands of rows, each with one fault, and how they are compared with those of an old release."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from random import Random
from typing import NamedTuple

from outpace.delivery.exchanges.answers import Answered, Different, Same
from outpace.delivery.exchanges.comparing import Comparer

ASKED = datetime(2026, 11, 27, 3, 0, tzinfo=UTC)
KINDS = {"JSON": "application/json", "CSV": "text/csv", "HTML": "text/html"}


class Long(NamedTuple):
    """`old` are two answers; `same` is one more of that release, `faulty` one of a release with a fault."""

    name: str
    old: tuple[Answered, Answered]
    same: Answered
    faulty: Answered


class Row(NamedTuple):
    name: str
    bytes: int
    found: bool
    false: bool
    seconds: float  # for one comparison of three answers


def _answered(kind: str, rows: list[list[object]]) -> Answered:
    match kind:
        case "JSON":
            body = json.dumps([dict(zip(("id", "name", "price", "seen"), row, strict=True)) for row in rows])
        case "CSV":
            body = "\n".join(",".join(map(str, row)) for row in rows)
        case _:
            cells = ("".join(f"<td>{cell}</td>" for cell in row) for row in rows)
            body = f"<table>{''.join(f'<tr>{row}</tr>' for row in cells)}</table>"
    return Answered(200, (("content-type", KINDS[kind]),), body.encode())


def answers(count: int) -> Iterator[Long]:
    drawn = Random(8)

    def rows(*, noise: bool) -> list[list[object]]:
        return [
            [number, f"item {number}", number * 7 % 1000, drawn.randrange(10**6) if noise else 0]
            for number in range(count)
        ]

    for kind in KINDS:
        for noise in (False, True):
            plain = rows(noise=noise)
            first, second, same = (_answered(kind, told) for told in (plain, rows(noise=noise), rows(noise=noise)))
            faulty = rows(noise=noise)
            faulty[count // 2][2] = -1
            name = f"{kind}, {'a number drawn anew in each row' if noise else 'one row changed'}"
            yield Long(name, (first, second), same, _answered(kind, faulty))


def compared(long: Long) -> Row:
    began = time.monotonic()
    fault = Comparer().compared(long.old, (long.faulty,), asked=ASKED)
    seconds = time.monotonic() - began
    same = Comparer().compared(long.old, (long.same,), asked=ASKED)
    return Row(long.name, len(long.faulty.body), isinstance(fault, Different), not isinstance(same, Same), seconds)
