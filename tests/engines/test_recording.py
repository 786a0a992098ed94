"""What a test depends on, recorded in the sandbox over a project that a test writes, and compared with what is true."""

from __future__ import annotations

import sys
import textwrap
from pathlib import Path

import msgspec
import pytest

from outpace import sandbox
from outpace.app.test_select import Recording, Suite, recording_of
from outpace.engines.confined_python import ConfinedPython
from outpace.engines.inside_python import InsidePython
from outpace.engines.own_python import described
from tests.fakes.recordings import items, recorded_in

FILES = {
    "shop.py": '''
        """A shop."""
        import functools
        import os
        import late_settings

        LIMIT = 3

        def price(count):
            return sum(map(lambda each: each, [LIMIT] * count))

        @functools.lru_cache(None)
        def memo():
            return rate()

        def rate():
            with open("data/rate.txt") as file:
                return int(file.read())

        async def later():
            return price(1)

        def stream():
            yield price(1)
    ''',
    "late_settings.py": """
        import os

        def level():
            return os.environ.get("LEVEL", "low")

        LEVEL = level()
    """,
    "lazy.py": "DEPTH = 1\n",
    "registry.py": "NAMES = []\n\ndef register(function):\n    NAMES.append(function.__name__)\n    return function\n",
    "extra.py": "import registry\n\n@registry.register\ndef extra():\n    pass\n",
    "test_extra.py": "import extra\n\ndef test_extra():\n    assert extra.extra() is None\n",
    "test_registry.py": "import registry\n\ndef test_names():\n    assert registry.NAMES == ['extra']\n",
    "spoken.py": """
        import inspect

        def usage():
            '''Says how.'''

        def text():
            return inspect.getsource(usage)

        def plain():
            return 1
    """,
    "test_spoken.py": """
        import spoken

        def test_text():
            assert "Says how" in spoken.text()

        def test_plain():
            assert spoken.plain() == 1
    """,
    "late_spoken.py": "def say():\n    'Aloud.'\n\nSAID = say.__doc__\n",
    "test_late_spoken.py": "def test_said():\n    import late_spoken\n    assert late_spoken.SAID == 'Aloud.'\n",
    "script.py": "print('run by name')\n",
    "tool.py": "import tool_parts\nprint(tool_parts.NAME)\n",
    "tool_parts.py": "NAME = 'tool'\n",
    "data/rate.txt": "3\n",
    "data/note.txt": "note\n",
    "conftest.py": """
        import pytest

        @pytest.fixture(scope="session")
        def till():
            return opened()

        def opened():
            yield_ = 1
            return yield_
    """,
    "test_shop.py": """
        import asyncio, os, pathlib, subprocess, sys, threading, unittest
        import pytest
        import shop

        def test_price():
            assert shop.price(2) == 6

        def test_memo():
            assert shop.memo() == 3

        def test_memo_again():
            assert shop.memo() == 3

        def test_thread():
            thread = threading.Thread(target=shop.price, args=(1,))
            thread.start()
            thread.join()

        def test_coroutine():
            assert asyncio.run(shop.later()) == 3

        def test_generator():
            assert list(shop.stream()) == [3]

        def test_lazy():
            import lazy
            assert lazy.DEPTH == 1

        def test_script(capsys):
            import runpy
            runpy.run_path("script.py")

        def test_run_module():
            import runpy
            runpy.run_module("script")

        def test_absent():
            assert not pathlib.Path("data/absent.txt").exists()

        def test_listing():
            assert len(os.listdir("data")) == 2

        def test_environment():
            assert os.environ.get("REGION") is None

        def test_fixture(till):
            assert till == 1

        def test_child():
            subprocess.run([sys.executable, "-I", "tool.py"], capture_output=True)

        def test_cat():
            subprocess.run(["cat", "data/note.txt"], capture_output=True)

        def test_fork():
            number = os.fork()
            if not number:
                shop.price(1)
                os._exit(0)
            os.waitpid(number, 0)

        def test_missing_module():
            with pytest.raises(ImportError):
                import not_there

        class TestSuite(unittest.TestCase):
            @classmethod
            def setUpClass(cls):
                shop.price(1)

            def test_method(self):
                pass

        @pytest.mark.parametrize("count", [1, 2])
        def test_many(count):
            assert shop.price(count) == 3 * count

        def test_red():
            assert shop.price(1) == 4

        def test_dies():
            os._exit(9)
    """,
}
IN_SHOP = {
    "u:shop.py:",
    "u:late_settings.py:",
    "u:late_settings.py:level",
    "e:LEVEL",
    "u:test_shop.py:",
    "u:conftest.py:",
}
"""What every test of the file depends on: modules, and what they did when they were imported."""
OF_A_CHILD = {"e:*", "t:*", "o:*"}


def lay_out(root: Path) -> None:
    for name, text in FILES.items():
        (root / name).parent.mkdir(exist_ok=True)
        (root / name).write_text(textwrap.dedent(text).lstrip())


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Recording:
    root = tmp_path_factory.mktemp("recorded")
    lay_out(root)
    return recorded_in(root)


@pytest.mark.parametrize(
    ("test", "some", "none"),
    [
        ("test_price", {"u:shop.py:price"}, {"u:shop.py:rate", "f:data/rate.txt", "u:shop.py:memo"}),
        ("test_memo", {"u:shop.py:memo", "u:shop.py:rate", "f:data/rate.txt"}, {"u:shop.py:price"}),
        ("test_memo_again", {"u:shop.py:memo", "u:shop.py:rate", "f:data/rate.txt"}, {"u:shop.py:price"}),
        ("test_thread", {"u:shop.py:price"}, OF_A_CHILD),
        ("test_coroutine", {"u:shop.py:later", "u:shop.py:price"}, set[str]()),
        ("test_generator", {"u:shop.py:stream", "u:shop.py:price"}, set[str]()),
        ("test_lazy", {"u:lazy.py:", "m:lazy"}, {"u:shop.py:price"}),
        ("test_script", {"f:script.py"}, OF_A_CHILD),
        ("test_run_module", {"u:script.py:"}, OF_A_CHILD),
        ("test_absent", {"f:data/absent.txt"}, {"f:data/rate.txt", "l:data"}),
        ("test_listing", {"l:data"}, {"f:data/rate.txt"}),
        ("test_environment", {"e:REGION"}, {"e:*"}),
        ("test_fixture", {"u:conftest.py:till", "u:conftest.py:opened"}, set[str]()),
        ("test_child", {"f:tool.py", *OF_A_CHILD}, {"f:data/note.txt"}),
        ("test_cat", {"f:data/note.txt", *OF_A_CHILD}, {"f:tool.py"}),
        ("test_fork", {"u:shop.py:price", *OF_A_CHILD}, set[str]()),
        ("test_missing_module", {"m:not_there", "p:*"}, set[str]()),
        ("test_method", {"u:shop.py:price", "u:test_shop.py:TestSuite.setUpClass"}, set[str]()),
        ("test_many[1]", {"u:shop.py:price", "u:test_shop.py:test_many"}, set[str]()),
    ],
)
def test_a_record_holds_what_its_test_used_and_not_what_another_did(
    recorded: Recording, test: str, some: set[str], none: set[str]
) -> None:
    found = items(recorded, test)
    assert (some | IN_SHOP) - found == set()
    assert none & found == set()


def test_what_registers_itself_elsewhere_is_depended_on_where_that_is_used(recorded: Recording) -> None:
    assert {"u:registry.py:", "u:registry.py:register", "u:extra.py:"} - items(recorded, "test_names") == set()


def test_the_text_of_modules_counts_only_where_a_function_was_entered_that_may_read_it(recorded: Recording) -> None:
    assert "f:spoken.py" in items(recorded, "test_text")
    assert "f:spoken.py" not in items(recorded, "test_plain")


def test_a_module_that_is_imported_late_can_read_docstrings_too(recorded: Recording) -> None:
    assert "d:late_spoken.py" in items(recorded, "test_said")


def test_outcomes_are_those_of_each_test_alone(recorded: Recording) -> None:
    odd = {told.test.partition("::")[2]: told.outcome for told in recorded.told if told.outcome != "passed"}
    assert odd == {"test_red": "failed", "test_dies": "error"}


def test_only_what_did_not_come_to_its_end_is_untraced(recorded: Recording) -> None:
    untraced = {told.test.partition("::")[2]: told.untraced for told in recorded.told if told.untraced}
    assert untraced == {"test_dies": ("its process died exit status 9",)}


def test_records_are_the_same_twice(recorded: Recording, tmp_path: Path) -> None:
    """Else a test would look as if it changed its own record."""
    lay_out(tmp_path)
    python = ConfinedPython(tier=sandbox.strongest(), unsafe_allow_none=True)
    inside = InsidePython(python, built=described(Path(sys.executable), (".",)), tree=tmp_path, cwd=tmp_path)
    again = recording_of(Suite(inside=inside, root=str(tmp_path), words=("-q",), commit="c"), None)
    assert isinstance(again, Recording)
    plain = [msgspec.structs.replace(told, seconds=0.0) for told in recorded.told]
    assert [msgspec.structs.replace(told, seconds=0.0) for told in again.told] == plain
