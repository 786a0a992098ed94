"""Ways by which a test comes to depend on something that it does not import: each is in its record."""

from __future__ import annotations

import textwrap

import pytest

from outpace.app.test_select import Recording
from tests.fakes.recordings import items, recorded_in

FILES = {
    "scripts/tool.py": "LIMIT = 5\ndef build():\n    return [1]\nTABLE = build()\n",
    "scripts/loaded.py": "WORKERS = 4\n",
    "scripts/rates.py": "RATE = 3\n",
    "scripts/version.py": "import parts\nprint(parts.NAME)\n",
    "scripts/parts.py": "NAME = '1.0'\n",
    "templates/hello.py": "def hello():\n    return 1\n",
    "data/a.txt": "12345",
    "tests_data/site-packages/foo.txt": "one\n",
    "test_loaded.py": """
        import importlib.machinery, importlib.util, runpy
        spec = importlib.util.spec_from_file_location("tool_script", "scripts/tool.py")
        tool = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(tool)
        other = importlib.machinery.SourceFileLoader("other", "scripts/loaded.py").load_module()
        SCOPE = runpy.run_module("scripts.rates")

        def test_loaded():
            assert (tool.LIMIT, other.WORKERS, SCOPE["RATE"]) == (5, 4, 3)
    """,
    "test_early.py": """
        import subprocess, sys
        OUT = subprocess.run([sys.executable, "scripts/version.py"], capture_output=True, text=True).stdout

        def test_early():
            assert OUT == "1.0\\n"
    """,
    "support.py": "import pytest\nif __name__ == '__main__':\n    print('ok')\n",
    "conftest.py": "pytest_plugins = ['support']\n",
    "test_children.py": """
        import multiprocessing, subprocess, sys

        def worker(queue):
            queue.put(value())

        def value():
            return 41

        def test_spawn():
            context = multiprocessing.get_context("spawn")
            queue = context.Queue()
            process = context.Process(target=worker, args=(queue,))
            process.start()
            assert queue.get(timeout=60) == 41
            process.join()

        def test_plugin():
            subprocess.run([sys.executable, "support.py"], check=True)

        def test_site():
            subprocess.run(["cat", "tests_data/site-packages/foo.txt"], check=True)
    """,
    "shell.py": 'import cmd\nclass Shell(cmd.Cmd):\n    def do_greet(self, line):\n        """Greets."""\n',
    "test_shell.py": "import io, shell\n\ndef test_help():\n    shell.Shell(stdout=io.StringIO()).onecmd('help a')\n",
    "logs.py": "import logging\n\ndef low():\n    logging.getLogger().warning('low')\n\ndef high():\n    pass\n",
    "test_logs.py": "import logs\n\ndef test_low(caplog):\n    logs.low()\n    assert 'logs.py:4' in caplog.text\n",
    "names.py": "def upper(text):\n    return text.upper()\n",
    "test_names.py": "import names\n\ndef test_names():\n    assert 'upper' in names.upper.__code__.co_names\n",
    "lint.py": """
        def get_code(path):
            with open(path) as file:
                return file.read()
    """,
    "test_lint.py": "import lint\n\ndef test_lint():\n    assert lint.get_code('templates/hello.py')\n",
    "test_entries.py": """
        import os

        def test_sizes():
            with os.scandir("data") as entries:
                assert sum(each.stat().st_size for each in entries) == 5

        def test_walk():
            assert [names for _, _, names in os.walk("data")] == [["a.txt"]]
    """,
    "test_git.py": "def test_head():\n    assert open('.git/HEAD').read()\n",
    "long.py": f"X = {' + '.join(repr(str(number)) for number in range(1200))}\nY = 0x{'f' * 4000}\n",
    "test_long.py": "import long\n\ndef test_long():\n    assert long.X\n",
    ".git/HEAD": "ref: refs/heads/main\n",
}


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Recording:
    root = tmp_path_factory.mktemp("ways")
    for name, text in FILES.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(textwrap.dedent(text).lstrip())
    return recorded_in(root)


@pytest.mark.parametrize(
    ("test", "some", "none"),
    [
        ("test_loaded", {"u:scripts/tool.py:", "u:scripts/tool.py:build"}, {"u:scripts/parts.py:"}),
        ("test_loaded", {"u:scripts/loaded.py:", "u:scripts/rates.py:"}, {"f:scripts/parts.py"}),
        ("test_early", {"f:scripts/version.py", "f:scripts/parts.py"}, {"f:scripts/tool.py", "f:logs.py"}),
        ("test_spawn", {"f:test_children.py"}, {"f:support.py"}),
        ("test_plugin", {"f:support.py"}, {"f:test_children.py"}),
        ("test_site", {"f:tests_data/site-packages/foo.txt"}, {"f:data/a.txt"}),
        ("test_help", {"d:shell.py"}, {"f:shell.py"}),
        ("test_low", {"n:logs.py:low"}, {"n:logs.py:high", "f:logs.py"}),
        ("test_names", {"c:names.py"}, {"c:logs.py"}),
        ("test_lint", {"f:templates/hello.py"}, {"c:lint.py"}),
        ("test_sizes", {"s:data"}, {"l:data"}),
        ("test_walk", {"l:data"}, {"s:data"}),
        ("test_head", {"g:*"}, {"f:data/a.txt"}),
        ("test_long", {"f:long.py"}, {"f:logs.py"}),
    ],
)
def test_a_record_holds_also_what_was_reached_in_an_odd_way(
    recorded: Recording, test: str, some: set[str], none: set[str]
) -> None:
    found = items(recorded, test)
    assert some - found == set()
    assert none & found == set()


def test_who_reads_what_git_keeps_is_always_selected(recorded: Recording) -> None:
    untraced = {told.test.partition("::")[2]: told.untraced for told in recorded.told if told.untraced}
    assert untraced == {"test_head": ("it reads .git, of which nothing is recorded",)}
    assert [told.test for told in recorded.told if told.outcome != "passed"] == []
