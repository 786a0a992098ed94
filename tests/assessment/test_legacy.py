"""Which files speak of a system that nobody supports any longer."""

from __future__ import annotations

from datetime import date

import pytest

from outpace.assessment.evidence import Where
from outpace.assessment.legacy import files_that_tell, in_words, signs_of_legacy

AT = date(2026, 8, 1)


def signs(files: dict[str, bytes]) -> tuple[Where, ...]:
    return tuple(each.where for each in signs_of_legacy(tuple(files), files.get, at=AT))


@pytest.mark.parametrize(
    ("path", "content", "line"),
    [
        ("runtime.txt", b"python-2.7.18\n", 1),
        ("runtime.txt", b"python-3.12.1\n", None),
        ("runtime.txt", b"python-3.9.4\n", None),  # until the end of October 2025: that is not long ago
        ("runtime.txt", b"python-3.8.4", 1),
        (
            "docker/Dockerfile",
            b"# FROM python:2.7\nFROM registry.example.invalid/library/python:3.6-slim AS build\n",
            2,
        ),
        ("Dockerfile", b"FROM node:14-alpine\n", 1),
        ("Dockerfile", b"FROM python:3.12\nRUN pip install python-2.7\n", None),
        ("Dockerfile", b"FROM ubuntu:20.04\n", None),
        ("runtime.txt", b"\xff\xfe\x00", None),
        ("Dockerfile", b"FROM node:16 AS builder\nRUN npm ci\nFROM python:3.12-slim\nCOPY --from=builder / /\n", None),
        ("Dockerfile", b"FROM --platform=linux/amd64 python:3.7 AS Base\nFROM node:20 AS web\nFROM base\n", 1),
        ("Dockerfile", b"FROM python:3.7\nFROM 0\n", 1),
        ("Dockerfile", b"FROM debian AS python:2\n", None),
    ],
)
def test_a_runtime_out_of_support_is_a_sign_with_its_line(path: str, content: bytes, line: int | None) -> None:
    expected = () if line is None else (Where(kind="file", name=path, line=line),)
    assert signs({path: content}) == expected


def test_cobol_is_a_sign_by_its_name_and_not_in_what_was_brought_along() -> None:
    found = signs({"src/PAYROLL.CBL": b"", "copy/rates.cpy": b"", "vendor/x/old.cob": b"", "tests/old.cbl": b""})
    assert found == (Where(kind="file", name="copy/rates.cpy"), Where(kind="file", name="src/PAYROLL.CBL"))


def test_only_files_that_pin_a_runtime_are_asked_for_and_the_nearest_first() -> None:
    paths = ("a/b/Dockerfile", "Dockerfile", "setup.py", "node_modules/x/Dockerfile", ".python-version")
    assert files_that_tell(paths) == ("Dockerfile", "a/b/Dockerfile")


def test_what_it_runs_on_is_named_with_the_end_of_its_support() -> None:
    files = {"docker/Dockerfile": b"FROM python:3.8-slim\n", "app/Dockerfile": b"FROM node:14\n", "x.cob": b""}
    found = signs_of_legacy(tuple(files), files.get, at=AT)
    assert in_words(found) == (
        "app/Dockerfile:1 runs on Node.js 14, whose support ended on 2023-04-30; 2 more places tell of such."
    )
    assert in_words(found[1:2]) == "docker/Dockerfile:1 runs on Python 3.8, whose support ended on 2024-10-07."
