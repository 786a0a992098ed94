"""What production has that staging lacks, row by row."""

from __future__ import annotations

from msgspec import structs

from outpace.delivery.staging.resemblance import NOT_MEASURED, Lacks, Row, Same, Side, resemblance
from outpace.delivery.staging.schema import Schema, Table
from outpace.model.unknown import Unknown

SHOP = Schema(
    tables=(Table(name="customers", columns=(), rows=1000), Table(name="orders", columns=(), rows=5000)),
    server="PostgreSQL 15.14",
    extensions=("citext 1.6", "plpgsql 1.0"),
    digest="a" * 64,
    bytes=1_000_000,
)
PRODUCTION = Side(
    release="a" * 64,
    envoy={"drain": "10s", "max_retries": "1024"},
    instances=3,
    variables=frozenset({"DATABASE_URL", "MAIL_HOST"}),
    workers=frozenset({"queue"}),
    tls=True,
    cpus=4.0,
    memory=8 << 30,
    databases={"DATABASE_URL": SHOP},
)
ROUTES = {"GET /": 90, "POST /orders": 9, "GET /about": 1}


def test_an_environment_is_all_that_it_is_itself() -> None:
    found = resemblance(PRODUCTION, PRODUCTION, routes=ROUTES, replayed=ROUTES)
    assert {row.answer for row in found.rows} == {Same()}
    assert found.figure == "in 14 of 14 things that were compared"


def test_each_thing_that_staging_lacks_is_a_row_that_says_what() -> None:
    copy = structs.replace(
        SHOP,
        tables=(Table(name="customers", columns=(), rows=10),),
        server="PostgreSQL 14.2",
        extensions=("plpgsql 1.0",),
        digest="b" * 64,
        bytes=1000,
        beside=(),
    )
    production = structs.replace(PRODUCTION, databases={"DATABASE_URL": structs.replace(SHOP, beside=("2 settings",))})
    staging = Side(
        release="b" * 64,
        envoy={"drain": "10s", "max_retries": "3"},
        instances=1,
        variables=frozenset({"DATABASE_URL", "EXTRA"}),
        workers=frozenset(),
        tls=False,
        cpus=2.0,
        memory=16 << 30,
        databases={"DATABASE_URL": copy},
    )
    found = resemblance(production, staging, routes=ROUTES, replayed={"GET /"})
    assert found.rows == (
        Row(about="release", answer=Lacks("production runs aaaaaaaaaaaa")),
        Row(about="settings of Envoy", answer=Lacks("max_retries = 1024")),
        Row(about="instances", answer=Lacks("of 3 instances there are 1")),
        Row(about="environment variables", answer=Lacks("MAIL_HOST")),
        Row(about="workers", answer=Lacks("queue")),
        Row(about="TLS", answer=Lacks("TLS")),
        Row(about="CPUs", answer=Lacks("of 4 CPUs it may use 2")),
        Row(about="memory", answer=Same()),
        Row(
            about="routes in the traffic",
            answer=Lacks("2 of 3 were not asked here, 10% of requests: POST /orders, GET /about"),
        ),
        Row(about="DATABASE_URL: schema", answer=Lacks("orders")),
        Row(about="DATABASE_URL: rows", answer=Lacks("customers has 10 of 1,000 rows")),
        Row(about="DATABASE_URL: bytes", answer=Lacks("of 1,000,000 bytes it has 1,000")),
        Row(about="DATABASE_URL: extensions", answer=Lacks("citext 1.6")),
        Row(about="DATABASE_URL: server", answer=Lacks("PostgreSQL 15.14: it is PostgreSQL 14.2")),
        Row(about="DATABASE_URL: beside the tables", answer=Lacks("2 settings")),
    )
    assert (found.same, found.unknown) == (1, 0)
    assert found.figure == "in 1 of 15 things that were compared; it lacks something in 14"


def test_what_was_not_measured_is_unknown_with_the_side_that_is_missing_and_never_the_same() -> None:
    gone = Unknown("no process is seen", "outpace observe")
    found = resemblance(
        structs.replace(PRODUCTION, cpus=gone, databases=NOT_MEASURED), Side(), routes=gone, replayed=()
    )
    rows = {row.about: row.answer for row in found.rows}
    assert rows["CPUs"] == Unknown("production: no process is seen", "outpace observe")
    assert rows["release"] == Unknown("staging: it was not measured")
    assert rows["routes in the traffic"] == gone
    assert rows["databases"] == Unknown("production: it was not measured")
    assert (found.same, found.unknown) == (0, len(found.rows))


def test_a_database_without_a_copy_and_a_recording_without_a_request_are_told() -> None:
    found = resemblance(PRODUCTION, structs.replace(PRODUCTION, databases={}), routes={}, replayed=())
    rows = {row.about: row.answer for row in found.rows}
    assert rows["database in DATABASE_URL"] == Lacks("the whole database")
    assert isinstance(rows["routes in the traffic"], Unknown)


def test_a_list_of_what_is_lacking_stays_readable() -> None:
    many = frozenset(f"NAME_{number}" for number in range(9))
    found = resemblance(structs.replace(PRODUCTION, variables=many), PRODUCTION, routes=ROUTES, replayed=ROUTES)
    assert next(row.answer for row in found.rows if row.about == "environment variables") == Lacks(
        "NAME_0, NAME_1, NAME_2, NAME_3, NAME_4 and 4 more"
    )
