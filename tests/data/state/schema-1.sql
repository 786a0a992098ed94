-- The facts that Outpace 0.1.0 kept at schema 1, told by hand for this test; written by sqlite3's iterdump.
BEGIN TRANSACTION;
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
INSERT INTO "fact" VALUES(1,'known',1,'shop@906922661480d3a44993659f9711f530','476104d22bc213940467c58e103ec213b7b4b0f1857d6a5093b12ca31d5f951a','2024-01-02T08:00:00.000000+00:00','told by ann','{"vulnerabilities":["CVE-2023-29159"],"how":""}');
INSERT INTO "fact" VALUES(2,'observed',1,'shop@906922661480d3a44993659f9711f530','700c3aceb83c0b9d912ab3048b8e3fa91b227b68aad0cc5e9271defb7254c664','2024-01-02T09:00:00.000000+00:00','told','{"observation":{"application":"shop","environment":"production","at":"2024-01-02T09:00:00Z","seen":{"type":"Told","by":"told","inventory":{"type":"Inventory","source":"told","components":[{"package":{"ecosystem":"PyPI","name":"starlette"},"version":"0.26.1","origin":{"type":"PublicIndex","beside":[]},"file":"","line":null,"specifier":"","doubt":null,"marker":"","extras":[],"groups":[],"parents":[],"direct":null}],"unread":[],"files":[],"uncovered":[]}}},"vulnerabilities":[]}');
CREATE TABLE lease (
    name   TEXT PRIMARY KEY,
    holder TEXT NOT NULL,
    since  TEXT NOT NULL,
    pid    INTEGER NOT NULL,
    host   TEXT NOT NULL
) STRICT;
CREATE INDEX fact_in_order ON fact (subject, at, number);
COMMIT;
PRAGMA user_version = 1;
