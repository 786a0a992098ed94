"""The tables of the state, as steps: each one takes the schema of its number to the next, and none is ever changed."""

from __future__ import annotations

FACTS = """
CREATE TABLE fact (
    number  INTEGER PRIMARY KEY,
    kind    TEXT NOT NULL,
    version INTEGER NOT NULL,
    subject TEXT NOT NULL,
    digest  TEXT NOT NULL,
    at      TEXT NOT NULL,
    source  TEXT NOT NULL,
    body    TEXT NOT NULL,
    UNIQUE (kind, version, subject, digest)
) STRICT;
CREATE INDEX fact_in_order ON fact (subject, at, number);
CREATE TABLE lease (
    name   TEXT PRIMARY KEY,
    holder TEXT NOT NULL,
    since  TEXT NOT NULL,
    pid    INTEGER NOT NULL,
    host   TEXT NOT NULL
) STRICT;
"""

# Derived from the facts up to `folded.number`, and made again from them whenever it is empty.
HOLDINGS = """
CREATE TABLE folded (number INTEGER NOT NULL) STRICT;
INSERT INTO folded VALUES (0);
CREATE TABLE place (
    number      INTEGER PRIMARY KEY,
    subject     TEXT NOT NULL,
    environment TEXT NOT NULL,
    at          TEXT NOT NULL,
    UNIQUE (subject, environment)
) STRICT;
CREATE TABLE release (
    number    INTEGER PRIMARY KEY,
    ecosystem TEXT NOT NULL,
    package   TEXT NOT NULL,
    version   TEXT NOT NULL,
    UNIQUE (ecosystem, package, version)
) STRICT;
CREATE TABLE held (
    release INTEGER NOT NULL,
    place   INTEGER NOT NULL,
    PRIMARY KEY (release, place)
) STRICT, WITHOUT ROWID;
CREATE INDEX held_by_place ON held (place);
"""

STEPS = (FACTS, HOLDINGS)
VERSION = len(STEPS)


def statements(since: int) -> tuple[str, ...]:
    """What a file of schema `since` needs to become one of this version; 0 is an empty file."""
    return tuple(part.strip() for step in STEPS[since:] for part in step.split(";\n") if part.strip())
