"""Twelve functions and modules that do harm when they are called or imported: contained, and the generation goes on."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from outpace import sandbox
from outpace.app.test_generate import How, generate, modules_of
from outpace.engines.confined_python import ConfinedPython
from outpace.engines.inside_python import InsidePython
from outpace.engines.own_python import described
from outpace.engines.test_sources import TestSources
from outpace.testing.generation import Generated, Generation, Nothing
from outpace.testing.writing.style import Style

HARMLESS = """

def double(number: int) -> int:
    if number > 100:
        return 0
    return number * 2
"""
HARMS = {
    "write": "return open(VICTIM, 'w').write('gone')",
    "delete": "os.remove(VICTIM)",
    "connect": "socket.create_connection(('192.0.2.1', 80), 1)",
    "fork_bomb": "while True:\n        os.fork()",
    "eight_gigabytes": "return len(bytearray(8 << 30))",
    "kill_parent": "os.kill(os.getppid(), signal.SIGKILL)",
    "endless_regex": "return re.match('(a+)+$', 'a' * 60 + '!') is None",
    "exit_at_once": "os._exit(0)",
    "symlink": "os.symlink(VICTIM, 'link')\n    open('link', 'w').write('gone')",
    "huge_output": "while True:\n        print('x' * 1000000)",
    "endless_loop": "while text is not None:\n        pass",
}
THREAD = """
def thread_at_exit(text: str) -> str:
    atexit.register(lambda: time.sleep(1000))
    threading.Thread(target=lambda: time.sleep(1000)).start()
    return "started"
"""
IMPORTS = "import atexit, os, re, signal, socket, threading, time\n\nVICTIM = '{victim}'\n"
AT_IMPORT = {
    "ends its process": ("import os\nos._exit(0)\n", "its process ended"),
    "kills its process": ("import os, signal\nos.kill(os.getpid(), signal.SIGKILL)\n", "its process ended"),
    "raises": ("raise SystemExit('no')\n", "SystemExit: no"),
}
PLUGIN = """
import sys, types

fake = types.ModuleType("pytest")
sys.modules["pytest"] = fake


def harm(text: str) -> str:
    sys.modules["_pytest"] = fake
    return "taken over"
"""


def probed(tree: Path, text: str, budget: int = 30) -> Generation:
    (tree / "harmful.py").write_text(text)
    python = ConfinedPython(tier=sandbox.strongest(), unsafe_allow_none=True)
    inside = InsidePython(python, built=described(Path(sys.executable), (".",)), tree=tree, cwd=tree)
    sources = TestSources(tree, ["harmful.py"], ["."])
    modules = modules_of([("harmful.py", None, text)], ["."])
    return generate(inside, sources, modules, Style(), How(budget=budget))[0]


def test_harm_is_contained_and_the_rest_of_the_module_is_tested(tmp_path: Path) -> None:
    victim = tmp_path / "victim.txt"
    victim.write_text("still here")
    tree = tmp_path / "tree"
    tree.mkdir()
    harms = "".join(f"\n\ndef {name}(text: str) -> object:\n    {body}\n" for name, body in HARMS.items())
    found = probed(tree, IMPORTS.replace("{victim}", str(victim)) + harms + THREAD + HARMLESS, budget=60)
    assert isinstance(found, Generated), found
    assert "double(" in found.text
    assert [name for name in HARMS if f"{name}(" in found.text] == []
    assert victim.read_text() == "still here"
    assert [path.name for path in tree.iterdir() if path.name not in ("harmful.py", "tests", "__pycache__")] == []
    assert list((tree / "tests").glob("*.py")) == []
    said = {each.target: each.why for each in found.looks_wrong}
    assert said["endless_loop"] == "took too many steps"
    assert said["endless_regex"] == said["huge_output"] == "timed out"
    assert said["exit_at_once"] == "ended its process (exit status 0)"


@pytest.mark.parametrize("harm", AT_IMPORT, ids=str)
def test_a_module_that_does_harm_when_it_is_imported_is_not_known(harm: str, tmp_path: Path) -> None:
    text, why = AT_IMPORT[harm]
    found = probed(tmp_path, text + HARMLESS)
    assert isinstance(found, Nothing)
    assert found.why.why == why


def test_a_module_that_takes_the_place_of_pytest_does_not_decide_what_is_green(tmp_path: Path) -> None:
    found = probed(tmp_path, PLUGIN + HARMLESS, budget=10)
    assert found.worth is not None
    assert found.worth.killed > 0
    assert not isinstance(found, Generated) or found.tests
