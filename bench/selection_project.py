"""A small project and 36 kinds of change to it, each of which turns at least one of its tests red.

KINDS are 24 that are known to go past selectors, and were used while the recorder was written; HELD_OUT are 12 further
ones, written before the recorder was tried on any of these and not used to tune it. What a change turns is never
written down here: the suite is run before and after.
"""

from __future__ import annotations

import os
import sqlite3
import textwrap
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple


def nothing(place: Path) -> None:
    """Leaves it as it is."""
    del place


class Kind(NamedTuple):
    """`edit` changes the project's files; `site` those of the installed dependency; `env` the environment."""

    name: str
    edit: Callable[[Path], None] = nothing
    site: Callable[[Path], None] = nothing
    env: Mapping[str, str] = {}


def replace(path: str, old: str, new: str) -> Callable[[Path], None]:
    def edit(root: Path) -> None:
        text = (root / path).read_text()
        assert old in text, (path, old)
        (root / path).write_text(text.replace(old, new))

    return edit


def write(path: str, text: str) -> Callable[[Path], None]:
    def edit(root: Path) -> None:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(textwrap.dedent(text))

    return edit


def price_in(path: str, price: int) -> Callable[[Path], None]:
    """In a table of its own, written anew."""

    def edit(root: Path) -> None:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).unlink(missing_ok=True)
        with sqlite3.connect(root / path) as base:
            base.execute("create table price (cents integer)")
            base.execute("insert into price values (?)", (price,))
        base.close()

    return edit


FILES = {
    "pytest.ini": "[pytest]\ntestpaths = tests\n",
    "shop/__init__.py": '"""A shop."""\n',
    "shop/plain.py": """
        def double(number):
            return number * 2

        def triple(number):
            return number * 3

        def greet(name="you"):
            return "hello " + name
    """,
    "shop/shapes.py": """
        class Shape:
            def area(self):
                return 0

            def name(self):
                return "shape"

        class Square(Shape):
            def area(self):
                return 4
    """,
    "shop/wrapping.py": """
        import functools

        def loud(function):
            @functools.wraps(function)
            def inner(*args):
                return function(*args).upper()
            return inner

        def twice(function):
            @functools.wraps(function)
            def inner(*args):
                return function(*args) + function(*args)
            return inner
    """,
    "shop/wrapped.py": """
        from shop.wrapping import loud, twice

        @loud
        def cry(word):
            return word

        @twice
        def echo(word):
            return word
    """,
    "shop/typed.py": """
        def parse(text: str) -> int:
            return int(text)
    """,
    "shop/threads.py": """
        import threading

        def work(into):
            into.append(7)

        def in_thread():
            found = []
            thread = threading.Thread(target=work, args=(found,))
            thread.start()
            thread.join()
            return found
    """,
    "shop/loading.py": """
        import importlib

        def loaded(name):
            return importlib.import_module("shop.plugins." + name)

        def call(name):
            return loaded(name).run()

        def limit(name):
            return loaded(name).LIMIT
    """,
    "shop/plugins/__init__.py": "",
    "shop/plugins/one.py": """
        LIMIT = 5

        def run():
            return "one"
    """,
    "shop/plugins/two.py": """
        LIMIT = 9
    """,
    "shop/constants.py": "RATE = 19\nOTHER = 1\n",
    "shop/taxes.py": """
        from shop.constants import RATE

        def tax(amount):
            return amount * RATE // 100
    """,
    "shop/settings.py": """
        class Settings:
            retries = 3
            wait = 1
    """,
    "shop/memo.py": """
        from functools import lru_cache

        def expensive():
            return 42

        @lru_cache(maxsize=None)
        def cached():
            return expensive()
    """,
    "shop/files.py": """
        import os
        import sqlite3

        HERE = os.path.join(os.path.dirname(__file__), os.pardir, "data")

        def rate():
            with open(os.path.join(HERE, "rate.txt")) as file:
                return int(file.read())

        def maintenance():
            return os.path.exists(os.path.join(HERE, "maintenance"))

        def languages():
            return sorted(os.listdir(os.path.join(HERE, "languages")))

        def price():
            base = sqlite3.connect(os.path.join(HERE, "prices.db"))
            try:
                return base.execute("select cents from price").fetchone()[0]
            finally:
                base.close()
    """,
    "data/rate.txt": "3\n",
    "data/languages/de.txt": "de\n",
    "data/languages/fr.txt": "fr\n",
    "data/banner.txt": "open\n",
    "data/cases.txt": "1 1\n2 4\n3 9\n",
    "shop/children.py": """
        import os
        import subprocess
        import sys

        ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))

        def by_python():
            return subprocess.run(
                [sys.executable, "-m", "shop.tool"], cwd=ROOT, capture_output=True, text=True, check=True
            ).stdout.strip()

        def by_cat():
            return subprocess.run(
                ["cat", os.path.join("data", "banner.txt")], cwd=ROOT, capture_output=True, text=True, check=True
            ).stdout.strip()
    """,
    "shop/tool.py": """
        from shop.tool_parts import answer

        if __name__ == "__main__":
            print(answer())
    """,
    "shop/tool_parts.py": """
        def answer():
            return "tool"
    """,
    "shop/squares.py": """
        def square(number):
            return number * number
    """,
    "shop/world.py": """
        import os
        import time

        def region():
            return os.environ.get("SHOP_REGION", "eu")

        def hour():
            return time.localtime(0).tm_hour
    """,
    "shop/outside.py": """
        import toyrates

        def exchange(amount):
            return toyrates.convert(amount)
    """,
    "shop/warned.py": """
        import warnings

        def old():
            warnings.warn("old() is going away", DeprecationWarning, stacklevel=2)
            return 1
    """,
    "tests/conftest.py": """
        import pytest

        @pytest.fixture
        def basket():
            return ["apple"]
    """,
    "tests/test_plain.py": """
        from shop import plain

        def test_double():
            assert plain.double(2) == 4

        def test_triple():
            assert plain.triple(2) == 6

        def test_greet():
            assert plain.greet() == "hello you"
    """,
    "tests/test_shapes.py": """
        from shop.shapes import Square

        def test_area():
            assert Square().area() == 4

        def test_name():
            assert Square().name() == "shape"
    """,
    "tests/test_wrapped.py": """
        from shop import wrapped

        def test_cry():
            assert wrapped.cry("a") == "A"

        def test_echo():
            assert wrapped.echo("a") == "aa"
    """,
    "tests/test_typed.py": """
        from shop import typed

        def test_parse():
            assert typed.parse("3") == 3

        def test_types():
            assert str(typed.parse.__annotations__["text"]) in ("str", "<class 'str'>")
    """,
    "tests/test_threads.py": """
        from shop.threads import in_thread

        def test_in_thread():
            assert in_thread() == [7]
    """,
    "tests/test_loading.py": """
        from shop import loading

        def test_call():
            assert loading.call("one") == "one"

        def test_limit_first():
            assert loading.limit("two") > 0

        def test_limit_second():
            assert loading.limit("two") == 9
    """,
    "tests/test_taxes.py": """
        from shop.taxes import tax

        def test_tax():
            assert tax(200) == 38
    """,
    "tests/test_settings.py": """
        from shop.settings import Settings

        def test_retries():
            assert Settings().retries == 3
    """,
    "tests/test_memo.py": """
        from shop.memo import cached

        def test_cached_first():
            assert cached() == 42

        def test_cached_second():
            assert cached() + 1 == 43
    """,
    "tests/test_files.py": """
        from shop import files

        def test_rate():
            assert files.rate() == 3

        def test_maintenance():
            assert not files.maintenance()

        def test_languages():
            assert files.languages() == ["de.txt", "fr.txt"]

        def test_price():
            assert files.price() == 250
    """,
    "tests/test_children.py": """
        from shop import children

        def test_by_python():
            assert children.by_python() == "tool"

        def test_by_cat():
            assert children.by_cat() == "open"
    """,
    "tests/test_basket.py": """
        def test_basket(basket):
            assert basket == ["apple"]
    """,
    "tests/test_squares.py": """
        import os
        import pytest
        from shop.squares import square

        with open(os.path.join(os.path.dirname(__file__), os.pardir, "data", "cases.txt")) as file:
            CASES = [tuple(map(int, line.split())) for line in file]

        @pytest.mark.parametrize("case", range(len(CASES)))
        def test_square(case):
            number, expected = CASES[case]
            assert square(number) == expected
    """,
    "tests/test_world.py": """
        from shop import world

        def test_region():
            assert world.region() == "eu"

        def test_hour():
            assert world.hour() == 0
    """,
    "tests/test_outside.py": """
        from shop.outside import exchange

        def test_exchange():
            assert exchange(10) == 11
    """,
    "tests/test_warned.py": """
        from shop.warned import old

        def test_old():
            assert old() == 1
    """,
}

HELD_OUT_FILES = {
    "shop/dispatch.py": """
        ACTIONS = {"add": lambda a, b: a + b, "sub": lambda a, b: a - b}
    """,
    "shop/registry.py": """
        class Registered:
            names = []

            def __init_subclass__(cls):
                Registered.names.append(label(cls))

        def label(cls):
            return cls.__name__.lower()
    """,
    "shop/models.py": """
        from shop.registry import Registered

        class Order(Registered):
            pass
    """,
    "shop/forked.py": """
        import multiprocessing

        def job(number):
            return number + 1

        def in_fork():
            context = multiprocessing.get_context("fork")
            with context.Pool(1) as pool:
                return pool.map(job, [1, 2])
    """,
    "shop/stream.py": """
        def numbers():
            for number in (1, 2, 3):
                yield scaled(number)

        def scaled(number):
            return number * 10

        STREAM = numbers()
    """,
    "shop/spoken.py": '''
        def usage():
            """Say hello."""

        def help_text():
            return usage.__doc__
    ''',
    "shop/optional.py": """
        try:
            import fastpath
        except ImportError:
            fastpath = None

        def speed():
            return "fast" if fastpath else "slow"
    """,
    "data/real.txt": "5\n",
    "shop/linked.py": """
        import os

        def linked():
            with open(os.path.join(os.path.dirname(__file__), os.pardir, "data", "link.txt")) as file:
                return int(file.read())
    """,
    "shop/lazy/__init__.py": """
        import importlib

        def __getattr__(name):
            if name == "depth":
                return importlib.import_module("shop.lazy.deep").DEPTH
            raise AttributeError(name)
    """,
    "shop/lazy/deep.py": "DEPTH = 12\n",
    "tests/nested/test_nested.py": """
        import os

        def test_mode():
            assert os.environ.get("SHOP_MODE", "calm") == "calm"
    """,
    "data/table.bin": "abcdef",
    "shop/mapped.py": """
        import mmap
        import os

        def third():
            number = os.open(os.path.join(os.path.dirname(__file__), os.pardir, "data", "table.bin"), os.O_RDONLY)
            try:
                with mmap.mmap(number, 0, prot=mmap.PROT_READ) as table:
                    return table[2:3]
            finally:
                os.close(number)
    """,
    "shop/template.txt": "RESULT = 8\n",
    "shop/templates.py": """
        import pathlib

        def rendered():
            source = pathlib.Path(__file__).with_name("template.txt").read_text()
            scope = {}
            exec(compile(source, "template", "exec"), scope)
            return scope["RESULT"]
    """,
    "shop/fleet.py": """
        def prepare():
            return {"trucks": 2}
    """,
    "tests/test_dispatch.py": """
        from shop.dispatch import ACTIONS

        def test_add():
            assert ACTIONS["add"](1, 2) == 3
    """,
    "tests/test_registry.py": """
        import shop.models
        from shop.registry import Registered

        def test_names():
            assert "order" in Registered.names
    """,
    "tests/test_forked.py": """
        from shop.forked import in_fork

        def test_in_fork():
            assert in_fork() == [2, 3]
    """,
    "tests/test_stream.py": """
        from shop.stream import STREAM

        def test_stream():
            assert next(STREAM) == 10
    """,
    "tests/test_spoken.py": """
        from shop.spoken import help_text

        def test_help_text():
            assert help_text() == "Say hello."
    """,
    "tests/test_optional.py": """
        from shop.optional import speed

        def test_speed():
            assert speed() == "slow"
    """,
    "tests/test_linked.py": """
        from shop.linked import linked

        def test_linked():
            assert linked() == 5
    """,
    "tests/test_lazy.py": """
        from shop import lazy

        def test_depth_first():
            assert lazy.depth

        def test_depth_second():
            assert lazy.depth == 12
    """,
    "tests/test_mapped.py": """
        from shop.mapped import third

        def test_third():
            assert third() == b"c"
    """,
    "tests/test_templates.py": """
        from shop.templates import rendered

        def test_rendered():
            assert rendered() == 8
    """,
    "tests/test_fleet.py": """
        import unittest
        from shop.fleet import prepare

        class TestFleet(unittest.TestCase):
            @classmethod
            def setUpClass(cls):
                cls.fleet = prepare()

            def test_trucks(self):
                self.assertEqual(self.fleet["trucks"], 2)
    """,
}

TOY_INFO = "toyrates-1.0.dist-info"
TOY = {
    "toyrates.py": "def convert(amount):\n    return amount + 1\n",
    f"{TOY_INFO}/METADATA": "Metadata-Version: 2.1\nName: toyrates\nVersion: 1.0\n",
    f"{TOY_INFO}/RECORD": "".join(f"{path},,\n" for path in ("toyrates.py", f"{TOY_INFO}/METADATA")),
}
"""A dependency that is installed beside the project."""


def linked(root: Path) -> None:
    (root / "data" / "link.txt").symlink_to("real.txt")


KINDS = (
    Kind("function body", replace("shop/plain.py", "number * 2", "number * 4")),
    Kind("default argument", replace("shop/plain.py", 'name="you"', 'name="all"')),
    Kind(
        "override added in a subclass",
        replace(
            "shop/shapes.py", "        return 4\n", "        return 4\n\n    def name(self):\n        return 'square'\n"
        ),
    ),
    Kind("decorator removed", replace("shop/wrapped.py", "@loud\n", "")),
    Kind("decorator body in another module", replace("shop/wrapping.py", "function(*args) + ", "")),
    Kind("annotation only", replace("shop/typed.py", "text: str", "text: bytes")),
    Kind("function called in a thread", replace("shop/threads.py", "append(7)", "append(8)")),
    Kind("function of a dynamic import", replace("shop/plugins/one.py", '"one"', '"uno"')),
    Kind("constant imported by value", replace("shop/constants.py", "RATE = 19", "RATE = 7")),
    Kind("class attribute", replace("shop/settings.py", "retries = 3", "retries = 5")),
    Kind("constant of a dynamically imported plugin, second user", replace("shop/plugins/two.py", "9", "8")),
    Kind("memoized callee, second user", replace("shop/memo.py", "return 42", "return 41")),
    Kind("data file", write("data/rate.txt", "4\n")),
    Kind("file that appears", write("data/maintenance", "")),
    Kind("directory listing", write("data/languages/it.txt", "it\n")),
    Kind("sqlite file", price_in("data/prices.db", 300)),
    Kind("callee in a Python child", replace("shop/tool_parts.py", '"tool"', '"saw"')),
    Kind("file read by a foreign child", write("data/banner.txt", "closed\n")),
    Kind("fixture body in conftest", replace("tests/conftest.py", '"apple"', '"pear"')),
    Kind("file read at collection for parametrize", write("data/cases.txt", "1 1\n2 5\n3 9\n")),
    Kind("environment variable", env={"SHOP_REGION": "us"}),
    Kind("time zone", env={"TZ": "XXX-5"}),
    Kind(
        "installed dependency edited, version unchanged",
        site=write("toyrates.py", "def convert(amount):\n    return amount + 2\n"),
    ),
    Kind("pytest option", write("pytest.ini", "[pytest]\ntestpaths = tests\nfilterwarnings = error\n")),
)

HELD_OUT = (
    Kind("lambda in a table of a module", replace("shop/dispatch.py", "a + b", "a + b + 1")),
    Kind("helper of __init_subclass__", replace("shop/registry.py", ".lower()", ".upper()")),
    Kind("function in a forked worker", replace("shop/forked.py", "number + 1", "number + 2")),
    Kind("callee of a generator made at import", replace("shop/stream.py", "* 10", "* 11")),
    Kind("docstring that is read", replace("shop/spoken.py", "Say hello", "Say goodbye")),
    Kind("optional module that appears", write("fastpath.py", "")),
    Kind("target of a linked file", write("data/real.txt", "6\n")),
    Kind("constant behind a module's __getattr__, second user", replace("shop/lazy/deep.py", "12", "13")),
    Kind(
        "nearer conftest that appears",
        write(
            "tests/nested/conftest.py",
            """
            import pytest

            @pytest.fixture(autouse=True)
            def mode(monkeypatch):
                monkeypatch.setenv("SHOP_MODE", "wild")
            """,
        ),
    ),
    Kind("file mapped into memory", write("data/table.bin", "abXdef")),
    Kind("text that is compiled and run", write("shop/template.txt", "RESULT = 9\n")),
    Kind("callee of setUpClass", replace("shop/fleet.py", "2", "3")),
)


def lay_out(root: Path) -> None:
    """The project as it stands before any change."""
    for path, text in (FILES | HELD_OUT_FILES).items():
        write(path, text.lstrip("\n") if not path.startswith("data") else text)(root)
    price_in("data/prices.db", 250)(root)
    linked(root)


def lay_out_site(site: Path) -> None:
    for path, text in TOY.items():
        write(path, text)(site)


def main() -> None:
    """Writes it here, for whoever wants to look at it."""
    root = Path(os.environ.get("PROJECT", "build/selection-project"))
    lay_out(root)
    print(root)


if __name__ == "__main__":
    main()
