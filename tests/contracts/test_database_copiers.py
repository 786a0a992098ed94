"""What staging needs of whoever copies a database: SQLite's library and PostgreSQL's programs, on the same shop."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Generator
from pathlib import Path

import pytest

from outpace.delivery.staging.masks import Plan
from outpace.model.errors import BadInput, Refused, ToolFailed
from tests.contracts.copied_databases import GONE, PLANTED, Ground, postgres_ground, sqlite_ground

ROOT = Path(__file__).parent.parent.parent
KILLED = """
import os, signal
import msgspec
from outpace.delivery.staging.masks import Plan
{making}
def report(event):
    if event.startswith("masking"):
        os.kill(os.getpid(), signal.SIGKILL)
copier(report).copy({source!r}, msgspec.json.decode({plan!r}, type=Plan), "killed")
"""


@pytest.fixture(params=["sqlite", "sqlite without a log", "postgres"])
def ground(request: pytest.FixtureRequest, tmp_path: Path) -> Generator[Ground]:
    if request.param == "postgres":
        with postgres_ground(request.getfixturevalue("postgres_server")) as made:
            yield made
    else:
        with sqlite_ground(tmp_path, journal="delete" if "without" in request.param else "wal") as made:
            yield made


def test_no_planted_value_is_in_any_byte_of_the_copy_and_each_is_in_the_source(ground: Ground) -> None:
    before = ground.all_bytes(ground.source)
    assert [each for each in PLANTED if each.encode() not in before] == []
    copy = ground.copier.copy(ground.source, ground.plan(), "one")
    after = ground.all_bytes(copy.address)
    assert [each for each in (*PLANTED, GONE) if each.encode() in after] == []
    asked = "SELECT phone AS a FROM customers WHERE phone IS NOT NULL ORDER BY id"
    assert set(ground.rows(copy.address, asked)) & set(ground.rows(ground.source, asked)) == set()


def test_rows_joins_and_what_is_no_persons_stay_as_they_were(ground: Ground) -> None:
    copy = ground.copier.copy(ground.source, ground.plan(), "one")
    for asked in (
        "SELECT o.id AS a, c.id AS b FROM orders o JOIN customers c ON c.email = o.email ORDER BY 1",
        "SELECT o.id AS a, c.id AS b FROM orders o JOIN customers c ON c.id = o.customer ORDER BY 1",
        "SELECT id AS a, total AS b FROM orders ORDER BY id",
        "SELECT count(*) AS a FROM changes",
        "SELECT total AS a FROM buyers ORDER BY 1",
        "SELECT id AS a, balance AS b, iban IS NULL AS c, initial = substr(name, 1, 3) AS d FROM customers ORDER BY 1",
    ):
        assert ground.rows(copy.address, asked) == ground.rows(ground.source, asked)
    assert copy.rows == 5
    assert copy.bytes > 0
    schema = ground.copier.schema(ground.source)
    copied = ground.copier.schema(copy.address)
    assert copied.digest == schema.digest
    assert [(table.name, table.rows) for table in copied.tables] == [
        (table.name, table.rows) for table in schema.tables
    ]


def test_the_same_value_has_one_mask_in_a_copy_and_another_one_in_the_next(ground: Ground) -> None:
    asked = "SELECT email AS a, born AS b FROM customers ORDER BY id"
    copies = [ground.copier.copy(ground.source, ground.plan(), name) for name in ("one", "two")]
    first, second = (ground.rows(copy.address, asked) for copy in copies)
    assert first[0][1] == first[1][1]
    assert {email for email, _ in first} & {email for email, _ in second} == set()


def test_the_source_is_the_same_afterwards(ground: Ground) -> None:
    before = ground.digest()
    ground.copier.copy(ground.source, ground.plan(), "one")
    assert ground.digest() == before


def test_a_copy_is_one_moment_of_the_source_while_others_write(ground: Ground) -> None:
    ground.change("INSERT INTO orders (id, customer, total) VALUES (10, 1, 1)")
    over, written = threading.Event(), list[int]()

    def transfer() -> None:
        while not over.is_set():
            amount = 1 if len(written) % 2 else -1
            ground.change(
                f"BEGIN; UPDATE customers SET balance = balance + {amount} WHERE id = 1;"
                f" UPDATE customers SET balance = balance - {amount} WHERE id = 2; COMMIT;"
            )
            written.append(amount)

    writer = threading.Thread(target=transfer)
    writer.start()
    try:
        plan = ground.plan()
        before = len(written)
        copies = [ground.copier.copy(ground.source, plan, name) for name in ("one", "two", "three")]
        while len(written) == before:  # on a busy machine nobody may have written meanwhile
            copies.append(ground.copier.copy(ground.source, plan, f"copy{len(copies)}"))
    finally:
        over.set()
        writer.join()
    found = [ground.rows(each.address, "SELECT sum(balance) AS a FROM customers") for each in copies]
    assert found == [[(1000,)]] * len(copies)


def test_a_name_is_used_once_and_free_again_when_its_copy_is_dropped(ground: Ground) -> None:
    copy = ground.copier.copy(ground.source, ground.plan(), "one")
    with pytest.raises(BadInput, match="there is a copy one already"):
        ground.copier.copy(ground.source, ground.plan(), "one")
    assert ground.rows(copy.address, "SELECT count(*) AS a FROM orders") == [(3,)]
    ground.copier.drop("one")
    ground.copier.drop("one")
    assert ground.copier.copy(ground.source, ground.plan(), "one").rows == 5


@pytest.mark.parametrize("name", ["", "One", "../one", "a b", 'a"b', "9", "a" * 32])
def test_a_name_that_could_mean_something_else_is_refused(ground: Ground, name: str) -> None:
    with pytest.raises(BadInput):
        ground.copier.copy(ground.source, Plan(), name)
    with pytest.raises(BadInput):
        ground.copier.drop(name)


def test_a_source_above_the_limit_is_refused_before_anything_is_made(ground: Ground) -> None:
    with pytest.raises(Refused, match="a copy for staging may have 1,000"):
        ground.limited(1000).copy(ground.source, ground.plan(), "one")
    assert ground.copier.copy(ground.source, ground.plan(), "one").rows == 5


def test_a_mask_that_breaks_a_rule_ends_without_a_copy_and_without_a_value_in_the_message(ground: Ground) -> None:
    ground.change("UPDATE customers SET balance = 12345")
    plan = ground.plan({"customers.balance": "constant"})
    broken = Plan(
        masks=tuple(
            type(each)(table=each.table, column=each.column, by="constant", value="-98765") for each in plan.masks
        )
    )
    with pytest.raises(ToolFailed) as refused:
        ground.copier.copy(ground.source, broken, "one")
    told = refused.value.message + refused.value.output + refused.value.hint
    assert [each for each in (*PLANTED, "12345", "98765") if each in told] == []
    assert "balance" in told
    assert ground.copier.leftovers() == ()
    assert ground.copier.copy(ground.source, ground.plan(), "one").name == "one"


def test_what_a_killed_copy_leaves_is_found_and_dropped_and_no_application_ever_saw_it(ground: Ground) -> None:
    import msgspec

    script = KILLED.format(making=ground.making, source=ground.source, plan=msgspec.json.encode(ground.plan()))
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, check=False, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (-signal.SIGKILL, "")
    left = ground.copier.leftovers()
    assert len(left) == 1
    ground.copier.drop(left[0])
    assert ground.copier.leftovers() == ()
    assert ground.copier.copy(ground.source, ground.plan(), "killed").rows == 5


def test_what_is_being_made_by_a_living_process_is_no_leftover(ground: Ground) -> None:
    seen = list[tuple[str, ...]]()
    copier = ground.limited(1 << 40)
    plan = ground.plan()
    watched = threading.Thread(target=lambda: copier.copy(ground.source, plan, "one"))
    watched.start()
    while watched.is_alive():
        seen.append(ground.copier.leftovers())
        watched.join(0.01)
    assert set(seen) <= {()}


def test_what_stands_in_documents_of_text_and_of_bytes_is_looked_at(ground: Ground) -> None:
    document = '{"full": "Piet", "tel": "+31612345000", "kids": [{"ssn": 123456782}], "more": "%s"}' % ("é" * 3000)
    octets = document.encode().hex()
    sort, packed = ("bytea", f"decode('{octets}', 'hex')") if ground.name == "postgres" else ("BLOB", f"x'{octets}'")
    ground.change(f"CREATE TABLE papers (id int, meta text, packed {sort})")
    ground.change(f"INSERT INTO papers VALUES (1, '{document}', {packed})")
    suspects = {each.column: each.looks for each in ground.plan().suspects if each.column.startswith("papers.")}
    told = "a phone number and a number of a person, by its values"
    assert suspects == {"papers.meta": told, "papers.packed": told}


def test_a_shuffle_keeps_the_values_and_nothing_else_of_a_row(ground: Ground) -> None:
    ground.change(
        "INSERT INTO customers (id, email, name, balance) SELECT a * 10 + b + 100, 'n' || (a * 10 + b), 'x', a * 10 + b"
        " FROM (SELECT 1 AS a UNION SELECT 2 UNION SELECT 3 UNION SELECT 4) p,"
        " (SELECT 0 AS b UNION SELECT 1 UNION SELECT 2 UNION SELECT 3) q"
    )
    copy = ground.copier.copy(ground.source, ground.plan({"customers.balance": "shuffle"}), "one")
    asked = "SELECT id AS a, balance AS b FROM customers ORDER BY 1"
    before, after = ground.rows(ground.source, asked), ground.rows(copy.address, asked)
    assert Counter(b for _, b in after) == Counter(b for _, b in before)
    assert [a for a, _ in after] == [a for a, _ in before]
    assert after != before


def test_blank_and_constant_stand_in_every_row(ground: Ground) -> None:
    plan = ground.plan({"orders.remark": "blank", "customers.iban": "constant", "customers.name": "blank"})
    copy = ground.copier.copy(ground.source, plan, "one")
    assert ground.rows(copy.address, "SELECT count(*) AS a FROM orders WHERE remark IS NOT NULL") == [(0,)]
    assert ground.rows(copy.address, "SELECT iban AS a, name AS b FROM customers ORDER BY id") == [("", ""), (None, "")]


def test_a_hundred_thousand_rows_are_masked_and_none_is_lost(ground: Ground) -> None:
    series = (
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100000)"
        " INSERT INTO customers (id, email, name, phone, balance)"
        " SELECT i + 10, 'person' || i || '@planted.example', 'Person ' || i, 4915200000000 + i, 0 FROM n"
    )
    ground.change(series)
    copy = ground.copier.copy(ground.source, ground.plan(), "one")
    counts = ", ".join(f"count(DISTINCT {column}) AS {column}" for column in ("id", "email", "name", "phone"))
    asked = f"SELECT {counts} FROM customers"
    assert ground.rows(copy.address, asked) == [(100_002, 100_002, 100_002, 100_002)]
    assert b"planted.example" not in ground.all_bytes(copy.address)
