"""Environments for seconds at a real edge: masked copies, nothing of production's touched, all of it gone after it."""

from __future__ import annotations

import os
import re
import signal
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest

from outpace.engines.envoy.runtime import Runtime, Settings
from tests.edge.bookshop import Bookshop, bookshop
from tests.edge.shop import PATIENCE, until
from tests.needs import needs
from tests.postgres import PASSWORD, PostgresServer

TABLES = """
CREATE TABLE orders (number INTEGER, version TEXT, status TEXT);
CREATE TABLE customers (number INTEGER PRIMARY KEY, email TEXT, name TEXT);
INSERT INTO orders VALUES (1, '0', 'paid'), (2, '0', 'open');
INSERT INTO customers VALUES (1, 'ada@lovelace.example', 'Ada Lovelace');
"""
MASKS = 'masks = [{ column = "customers.email", by = "email" }, { column = "customers.name", by = "hash" }]'
STAGING = """
[[applications.edge.staging.data]]
source = "%s"
variable = "DATABASE"
%s
[applications.edge.record]
share = 1.0
exchanges = 20
ignore = ["x-release"]
"""


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bookshop]:
    """Production's database is a file of SQLite."""
    place = tmp_path_factory.mktemp("staging") / "edge"
    file = place / "production.sqlite"
    with bookshop(place, database=str(file), tables=STAGING % (f"sqlite:{file}", MASKS)) as shop:
        with sqlite3.connect(file) as database:
            database.executescript(TABLES)
        shop.commit("1", tags=True)
        shop.outpace("rollout")
        yield shop


def rows(file: Path, table: str) -> list[tuple[object, ...]]:
    with sqlite3.connect(file) as database:
        return database.execute(f"SELECT * FROM {table} ORDER BY 1").fetchall()


def copy_of(shop: Bookshop, name: str) -> Path:
    (found,) = (shop.folder / "staging" / name / "databases").glob("*")
    return found


def test_what_is_written_to_staging_goes_into_a_masked_copy_and_never_into_the_source(shop: Bookshop) -> None:
    production = Path(shop.database)
    before = {table: rows(production, table) for table in ("orders", "customers")}
    up = shop.outpace("staging", "up", "--as", "review", "--format", "json").answer
    url, copy = up["stage"]["url"], copy_of(shop, "review")
    assert shop.asked("/orders", {"order": 3}, url=url) == '{"order": 3}'
    assert [row[0] for row in rows(copy, "orders")] == [1, 2, 3]
    ((_, email, name),) = rows(copy, "customers")
    assert re.fullmatch(r".+@.*example\.invalid", str(email))
    assert name != "Ada Lovelace"
    assert shop.holds(b"Lovelace") == shop.holds(b"lovelace") == []
    assert {table: rows(production, table) for table in before} == before
    assert up["stage"]["bytes"] > 0
    assert up["stage"]["seconds"] > 0
    lacking = {row["about"]: row["what"] for row in up["resemblance"] if row["answer"] != "same"}
    assert lacking == {"routes in the traffic": "no traffic was recorded"}
    assert {row["about"] for row in up["resemblance"]} >= {"CPUs", "memory", "DATABASE: schema", "DATABASE: rows"}
    listed = shop.outpace("staging", "list")
    told = " ".join(listed.out.split())
    assert re.search(r"review \w{12} http://\S+ since .* s of CPU, \d+ KiB of copies \(3 rows\)", told)
    shop.outpace("staging", "down", "review")
    assert not (shop.folder / "staging" / "review").exists()
    assert "no environment is up" in shop.outpace("staging", "list").out
    shop.ends_on("1", "settled")


@pytest.mark.parametrize("name", ["../../trails", "a_b", "compare-old"])
def test_a_name_that_leads_elsewhere_or_is_anothers_is_refused_in_words(shop: Bookshop, name: str) -> None:
    up = shop.outpace("staging", "up", "--as", name, expect=2)
    assert "no name for an environment" in up.err or "a comparison calls its own" in up.err
    if name != "compare-old":
        shop.outpace("staging", "down", name, expect=2)
    assert (shop.folder / "trails").is_dir()


def test_two_environments_have_copies_of_their_own_and_one_that_is_up_is_not_replaced(shop: Bookshop) -> None:
    up = ("staging", "up", "--format", "json", "--as")
    one, two = (shop.outpace(*up, name).answer["stage"]["url"] for name in ("one", "two"))
    shop.asked("/orders", {"order": 7}, url=two)
    again = shop.outpace("staging", "up", "--as", "two", expect=2)
    assert f"two is up at {two}" in again.err
    assert "outpace staging down two" in again.err
    assert [len(rows(copy_of(shop, name), "orders")) for name in ("one", "two")] == [2, 3]
    assert [shop.asked("/healthz", url=url) for url in (one, two)] == ["well", "well"]
    runtime = Runtime(shop.folder / "staging" / "one", Settings(listen=()), shop.environ)
    for name in ("watchdog", *(path.stem for path in runtime.place.folder.glob("processes/*.json"))):
        end(runtime, name)
    assert "! one is not up: nothing of it runs any more" in " ".join(shop.outpace("staging", "list").out.split())
    shop.outpace("staging", "up", "--as", "one")
    assert shop.outpace("staging", "down", "--all", "--format", "json").answer["gone"] == ["one", "two"]
    assert shop.outpace("staging", "down", "one", "--format", "json").answer["gone"] == []


def end(runtime: Runtime, name: str) -> None:
    """As a reboot does."""
    pid = runtime.standing().watchdog if name == "watchdog" else runtime.place.pid(name)
    os.kill(pid, signal.SIGKILL)
    until(lambda: (runtime.standing().watchdog if name == "watchdog" else runtime.place.pid(name)) != pid, "it is gone")


def test_what_a_killed_run_left_is_listed_and_gone_with_the_next_environment(shop: Bookshop) -> None:
    folder = shop.folder / "staging" / "half"
    process = shop.begin("staging", "up", "--as", "half")
    until(lambda: list((folder / "processes").glob("*.json")) or process.poll() is not None, "it starts processes")
    os.kill(process.pid, signal.SIGKILL)
    process.communicate(timeout=PATIENCE)
    assert shop.outpace("staging", "list", "--format", "json").answer["left"] == [
        {"name": "half", "why": "it is on its way, or was killed on it"}
    ]
    assert "removing half" in shop.outpace("staging", "up", "--as", "next").err
    assert not folder.exists()
    assert not any(str(folder).encode() in words for words in commands(shop))
    shop.outpace("staging", "down", "next")


def commands(shop: Bookshop) -> list[bytes]:
    """Arguments, and folder, of everything that belongs to this edge."""
    found: list[bytes] = []
    for entry in Path("/proc").iterdir():
        try:
            if f"HOME={shop.home}".encode() in (entry / "environ").read_bytes().split(b"\0"):
                found.append((entry / "cmdline").read_bytes() + b" " + os.fsencode((entry / "cwd").readlink()))
        except OSError:
            continue
    return found


def test_production_s_own_database_is_not_used_in_staging_unless_that_is_declared(shop: Bookshop) -> None:
    tables, before = shop.tables, rows(Path(shop.database), "orders")
    try:
        shop.tables = ""
        shop.commit("apart")
        refused = shop.outpace("staging", "up", expect=4)
        shop.tables = '[applications.edge.staging]\nshared = ["DATABASE"]\n'
        shop.commit("shared")
        shop.outpace("staging", "up")
        shop.outpace("staging", "down")
    finally:
        shop.tables = tables
        shop.commit("1", tags=True)
    assert "would use what DATABASE names: that is production's, or may be" in refused.err
    assert rows(Path(shop.database), "orders") == before


def test_production_without_masks_is_not_copied(shop: Bookshop) -> None:
    tables, shop.tables = shop.tables, STAGING % (f"sqlite:{shop.database}", "")
    try:
        shop.commit("unmasked")
        refused = shop.outpace("staging", "up", expect=4)
    finally:
        shop.tables = tables
        shop.commit("1", tags=True)
    assert "mask" in refused.err
    assert not (shop.folder / "staging" / "staging").exists()


def recorded(shop: Bookshop, *paths: str) -> None:
    """What users ask for now, reads and orders, is what is replayed later."""
    process = shop.begin("edge", "record", "--for", "2s")
    number = 100
    while process.poll() is None:
        number += 1
        shop.asked("/orders", {"order": number})
        for path in (*paths, f"/orders/{number}"):
            shop.asked(path)
    out, err = process.communicate(timeout=PATIENCE)
    assert process.returncode == 0, out + err


def test_a_comparison_says_what_it_cost_and_that_the_old_release_goes_on_with_what_the_new_one_wrote(
    shop: Bookshop,
) -> None:
    recorded(shop, "/books/1")
    before = rows(Path(shop.database), "orders")
    shop.commit("2", tags=True)
    same = shop.outpace("staging", "compare", "--format", "json").answer
    assert (same["same"], same["left"], same["replay"]["different"]) == (True, "", 0)
    assert (same["seconds"] > 0, same["bytes"] > 0) == (True, True)
    routes = {row["about"]: row["answer"] for row in same["resemblance"]}["routes in the traffic"]
    assert routes == "same"
    shop.commit("3", tags=True, writes="prepaid", reads={"prepaid": "paid"})
    told = " ".join(shop.outpace("staging", "compare", expect=10).out.split())
    assert re.search(
        r"the old release cannot go on with what the new one leaves: GET /orders\S* is answered 500 and not 200", told
    )
    assert "Cost: " in told
    assert rows(Path(shop.database), "orders") == before
    why = shop.rolled_back()
    assert why.startswith("the old release cannot go on with what the new one leaves: GET /orders")
    assert shop.rollout.first_traffic is None
    shop.ends_on("1", "reverted")


def test_a_server_s_password_is_in_no_file_no_argument_and_no_output(
    tmp_path: Path, postgres_server: PostgresServer
) -> None:
    needs("psql")
    address = f"postgresql:{postgres_server.address('bookshop_staging').partition(':')[2]}"
    with postgres_server.database("bookshop_staging", TABLES):
        how = {"database": "env:SHOP_DATABASE", "tables": STAGING % ("env:SHOP_DATABASE", MASKS)}
        with bookshop(tmp_path / "edge", **how) as shop:
            shop.environ["SHOP_DATABASE"] = address
            shop.environ["PATH"] = f"{postgres_server.programs}{os.pathsep}{shop.environ['PATH']}"
            shop.commit("1")
            said = [shop.outpace("rollout")]
            said.append(shop.outpace("staging", "up"))
            url = re.search(r"http://\S+", said[-1].out)
            assert url is not None
            assert shop.asked("/orders", {"order": 3}, url=url[0]) == '{"order": 3}'
            assert postgres_server.sql("SELECT count(*) FROM orders", "bookshop_staging") == "2"
            (copy,) = copies(postgres_server)
            assert postgres_server.sql("SELECT count(*) FROM orders", copy) == "3"
            assert postgres_server.sql("SELECT name FROM customers", copy) != "Ada Lovelace"
            for secret in (PASSWORD, quote(PASSWORD, safe="")):
                assert shop.holds(secret.encode()) == []
                assert not any(secret.encode() in words for words in commands(shop))
                assert not any(secret in each.out + each.err for each in said)
            shop.tables = ""
            shop.commit("declares none any more")
            shop.outpace("staging", "down")
            assert copies(postgres_server) == []


def copies(server: PostgresServer) -> list[str]:
    return server.sql("SELECT datname FROM pg_database WHERE datname LIKE 'outpace_%' ORDER BY 1").split()
