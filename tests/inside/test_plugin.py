"""The plugin of pytest on a small project: alone, with the real pytest-xdist, and with the real pytest-asyncio."""

from __future__ import annotations

import json
import os
import sys
import threading
import warnings
from pathlib import Path

import pytest

from outpace.inside.plugged.choosing import Choice, World, chosen, drawn
from outpace.inside.plugged.keeping import Kept, Record, Told, joined, load, store
from outpace.inside.plugged.telling import Heard, from_text, to_text
from outpace.inside.plugged.trying import in_fork_unwarned
from outpace.sandbox import Done, run

CONFTEST = """
import json, os
from pathlib import Path
import pytest

@pytest.fixture(scope="session")
def rates():
    return json.loads(Path(__file__).with_name("rates.json").read_text())

@pytest.fixture(scope="module", params=[1, 2])
def count(request, rates):
    return request.param * rates["each"]
"""
TESTS = """
import asyncio, unittest
from pathlib import Path
import pytest
from shop import price, later

def test_price(count):
    assert price(count) == 2 * count

@pytest.mark.asyncio
async def test_later():
    assert await later(1) == 2

class TestTill:
    @pytest.fixture(scope="class")
    def till(self):
        return Path(__file__).with_name("till.txt").read_text()

    def test_one(self, till):
        assert till

    def test_two(self, till):
        assert till

class TestOld(unittest.TestCase):
    def test_parts(self):
        for part in (1, 2):
            with self.subTest(part=part):
                self.assertEqual(price(part), 2 * part)

def test_nothing():
    pass
"""
SHOP = """
def price(count):
    return count * 2

async def later(count):
    return count + 1
"""
ENDS = "import os\n\ndef test_end():\n    os._exit(3)\n\ndef test_fine():\n    pass\n"
LIGHT = """
import sys

def test_it():
    ours = sorted(name for name in sys.modules if name.split(".")[0] == "outpace")
    assert ours == ["outpace", "outpace.inside", "outpace.inside.plugin"]
"""
BOTH = ("test_shop.py::TestTill::test_one", "test_shop.py::TestTill::test_two")
PRICES = ("test_shop.py::test_price[1]", "test_shop.py::test_price[2]")
ALL = (*PRICES, "test_shop.py::test_later", *BOTH, "test_shop.py::TestOld::test_parts", "test_shop.py::test_nothing")
SETTINGS = "[pytest]\nasyncio_default_fixture_loop_scope = function\n"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for name, text in (("conftest.py", CONFTEST), ("test_shop.py", TESTS), ("shop.py", SHOP), ("pytest.ini", SETTINGS)):
        (tmp_path / name).write_text(text)
    (tmp_path / "rates.json").write_text('{"each": 1}')
    (tmp_path / "till.txt").write_text("open")
    return tmp_path


def pytest_in(project: Path, *words: str) -> Done:
    env = {"PATH": os.defpath, "PYTHONPATH": str(Path(__file__).parents[2] / "src"), "PYTHONDONTWRITEBYTECODE": "1"}
    few = {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}  # each one's files are part of what a record stands on
    plugins = ("-p", "outpace.inside.plugin", "-p", "xdist.plugin", "-p", "pytest_asyncio.plugin")
    whole = [sys.executable, "-m", "pytest", *plugins, "-q", *words]
    return run(whole, cwd=project, env={**env, **few}, accept=(0, 1, 5))


def records(project: Path) -> dict[str, Record]:
    kept = load(str(project / ".pytest_cache" / "map.json"))
    assert kept is not None
    return dict(kept.tests)


def reading(project: Path, item: str) -> list[str]:
    return sorted(test for test, record in records(project).items() if item in dict(record.items))


def test_workers_record_alone_what_fixtures_of_every_scope_read_and_select_alike(project: Path) -> None:
    done = pytest_in(project, "--outpace-map=.pytest_cache/map.json", "--outpace-record", "-n", "2")
    assert b"7 passed, 2 subtests passed" in done.stdout, done.stdout.decode()
    assert sorted(records(project)) == sorted(ALL)
    assert {(record.outcome, record.untraced) for record in records(project).values()} == {("passed", ())}
    assert reading(project, "f:rates.json") == sorted(PRICES)
    assert reading(project, "f:till.txt") == sorted(BOTH)
    assert reading(project, "u:shop.py:price") == sorted([*PRICES, "test_shop.py::TestOld::test_parts"])
    assert reading(project, "u:shop.py:later") == ["test_shop.py::test_later"]

    done = pytest_in(project, "--outpace-map=.pytest_cache/map.json", "--outpace-select")
    assert (done.returncode, b"0 of 7 tests were selected" in done.stdout) == (0, True), done.stdout.decode()

    (project / "till.txt").write_text("closed")
    (project / "shop.py").write_text(SHOP.replace("count + 1", "1 + count"))
    done = pytest_in(project, "--outpace-map=.pytest_cache/map.json", "--outpace-select", "-n", "2")
    said = done.stdout.decode()
    assert "3 passed" in said, said
    assert "3 of 7 tests were selected" in said
    assert "test_shop.py::test_later: changed: later() in shop.py" in said
    assert "test_shop.py::TestTill::test_two: changed: till.txt" in said


def test_what_a_wider_fixture_reads_in_company_belongs_to_each_test_that_uses_it(project: Path) -> None:
    done = pytest_in(project, "--outpace-map=.pytest_cache/map.json", "--outpace-daily")
    assert b"7 passed" in done.stdout, done.stdout.decode()
    assert reading(project, "f:rates.json") == sorted(PRICES)
    assert reading(project, "f:till.txt") == sorted(BOTH)
    assert {record.untraced for record in records(project).values()} == {("it was only recorded in company",)}


def test_a_test_that_ends_its_process_is_red_and_has_no_record(project: Path) -> None:
    (project / "test_shop.py").write_text(
        "import os\n\ndef test_end():\n    os._exit(3)\n\ndef test_fine():\n    pass\n"
    )
    done = pytest_in(project, "--outpace-map=.pytest_cache/map.json", "--outpace-record")
    assert b"1 failed, 1 passed" in done.stdout, done.stdout.decode()
    assert {test: record.untraced for test, record in records(project).items()} == {
        "test_shop.py::test_end": ("its process died exit status 3",),
        "test_shop.py::test_fine": (),
    }


def test_a_fork_beside_threads_warns_nobody_and_leaves_the_filters_of_the_project_alone() -> None:
    def in_child() -> bytes:
        return repr(warnings.filters).encode()

    with warnings.catch_warnings(record=True) as heard:
        warnings.simplefilter("always")
        outside = repr(warnings.filters).encode()
        waiting = threading.Event()
        thread = threading.Thread(target=waiting.wait)
        thread.start()
        outcome = in_fork_unwarned(in_child)
        waiting.set()
        thread.join()
    assert (outcome.answer, heard) == (outside, [])


def test_without_an_option_nothing_of_it_is_imported(project: Path) -> None:
    (project / "test_shop.py").write_text(LIGHT)
    done = pytest_in(project)
    assert b"1 passed" in done.stdout, done.stdout.decode()
    assert not (project / ".pytest_cache" / "d" / "outpace").exists()


# the parts that need no pytest

NOW = 1_000_000.0
RECORD = Record("passed", 0.1, frozenset({("u:a.py:f", "1"), ("f:x", "2")}), (), NOW)
FILES = next({"a.py": str(n)} for n in range(100) if not drawn({"a.py": str(n)}))
KEPT = Kept({"t": RECORD}, {"the interpreter": "3.11"}, FILES, NOW)
SAME = World({"the interpreter": "3.11"}, FILES, {"u:a.py:f": "1", "f:x": "2"})
DRAWN = next({"a.py": str(n)} for n in range(1000) if drawn({"a.py": str(n)}))

CHOICES: tuple[tuple[str, Kept | None, World, Choice], ...] = (
    ("nothing changed", KEPT, SAME, Choice((), (), ("t",))),
    ("no records", None, SAME, Choice(("there is no record of these tests yet",), (), ())),
    (
        "a function changed",
        KEPT,
        SAME._replace(digests={"u:a.py:f": "9", "f:x": "8"}),
        Choice((), (("t", "changed: f() in a.py and 1 more"),), ()),
    ),
    (
        "another interpreter",
        KEPT,
        SAME._replace(settings={"the interpreter": "3.12"}),
        Choice(("the interpreter changed",), (), ("t",)),
    ),
    (
        "a lock that shows in nothing",
        KEPT,
        SAME._replace(files={**FILES, "uv.lock": "1"}),
        Choice(("uv.lock changed, but nothing that is installed did",), (), ("t",)),
    ),
    (
        "a state that is drawn",
        KEPT._replace(files=DRAWN),
        SAME._replace(files=DRAWN),
        Choice(("one state of the files in 20 runs everything, and this one is drawn",), (), ("t",)),
    ),
    (
        "a miss",
        KEPT._replace(misses=(("t", ""),)),
        SAME,
        Choice(
            ("t turned red without having been selected, and nobody has said why (--outpace-explained)",), (), ("t",)
        ),
    ),
    ("a miss that was explained", KEPT._replace(misses=(("t", "a clock"),)), SAME, Choice((), (), ("t",))),
    ("not green", KEPT._replace(tests={"t": RECORD._replace(outcome="failed")}), SAME,
     Choice((), (("t", "it was failed when it was recorded"),), ())),
    ("untraced", KEPT._replace(tests={"t": RECORD._replace(untraced=("a child",))}), SAME,
     Choice((), (("t", "a child"),), ())),
)  # fmt: skip


@pytest.mark.parametrize(("kept", "world", "choice"), [case[1:] for case in CHOICES], ids=[case[0] for case in CHOICES])
def test_a_test_is_left_out_only_where_nothing_speaks_for_it(kept: Kept | None, world: World, choice: Choice) -> None:
    assert chosen(kept, world, ["t"], now=NOW) == choice


def test_everything_runs_where_the_records_are_old_or_a_file_is_broken() -> None:
    days = 30 * 86400
    assert (
        chosen(KEPT, SAME, ["t"], now=NOW + days).everything[0].startswith("all tests were last recorded 30 days ago")
    )
    assert chosen(KEPT, SAME, ["t"], now=NOW, broken=["test_a.py"]).everything == ("test_a.py cannot be collected",)


def test_records_are_read_back_as_they_were_written_and_damaged_ones_are_none(tmp_path: Path) -> None:
    place = tmp_path / "deep" / "map.json"
    kept = KEPT._replace(tests={"a.py::t": RECORD, "a.py::u": RECORD._replace(items=frozenset({("f:x", "2")}))})
    store(str(place), kept)
    assert load(str(place)) == kept
    whole = json.loads(place.read_text())
    damaged = [b"", b"{}", b"[1]", place.read_bytes()[:-9], json.dumps({**whole, "inputs": []}).encode()]
    found: list[Kept | None] = []
    for content in damaged:
        place.write_bytes(content)
        found.append(load(str(place)))
    assert found == [None] * len(damaged)
    assert load(str(tmp_path)) is None


def test_what_a_worker_tells_is_heard_as_it_was_said() -> None:
    told = Told(("t", "u"), {"a": "b"}, {"f": "g"}, {"t": RECORD}, {})
    choice = Choice((), (("t", "changed"),), ("u",))
    assert from_text(to_text(told, choice, 1)) == Heard(told, choice, 1)
    assert from_text("") is None


def test_of_two_workers_that_saw_different_files_neither_is_believed() -> None:
    other = RECORD._replace(items=frozenset({("f:x", "3")}))
    told = [Told(("t", "u"), {}, {}, {"t": RECORD}, {}), Told(("t", "u"), {}, {}, {"u": other}, {})]
    kept = joined(None, told, (), whole=True, selected=False, at=NOW)
    assert {dict(record.items)["f:x"] for record in kept.tests.values()} == {"changed while the tests ran"}


def test_a_run_of_some_tests_leaves_what_holds_for_all_as_it_was() -> None:
    new = RECORD._replace(at=NOW + 9)
    told = [Told(("u",), dict(KEPT.settings), {"other": "1"}, {"u": new}, {})]
    some = joined(KEPT, told, ("m",), whole=False, selected=False, at=NOW + 9)
    assert some == KEPT._replace(tests={"t": RECORD, "u": new}, misses=(("m", ""),))
    other = [told[0]._replace(settings={"the interpreter": "3.13"})]
    assert joined(KEPT, other, (), whole=False, selected=False, at=NOW) == KEPT
    assert joined(KEPT, other, (), whole=True, selected=False, at=NOW + 9) == Kept(
        {"u": new}, {"the interpreter": "3.13"}, {"other": "1"}, NOW + 9
    )


def test_daily_records_only_add_to_complete_ones() -> None:
    daily = RECORD._replace(items=frozenset({("f:x", "7"), ("f:y", "1")}))
    told = [Told(("t", "u"), dict(KEPT.settings), {}, {}, {"t": daily, "u": daily})]
    kept = joined(KEPT, told, (), whole=False, selected=False, at=NOW + 5)
    assert kept.tests["t"] == RECORD._replace(items=RECORD.items | {("f:y", "1")})
    assert kept.tests["u"].untraced == ("it was only recorded in company",)
    assert kept.full == NOW
