"""Where a process looks, compared with what Python itself says."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from outpace.engines.processes.ahead import Call, Flags
from outpace.engines.processes.interpreter import Search, _user_site, search_of
from outpace.engines.processes.root import Root
from outpace.model.unknown import Unknown

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="processes are read on Linux only")

VERSION = f"python{sys.version_info[0]}.{sys.version_info[1]}"
TELLS = """
import json, os, sys
print(json.dumps([os.path.abspath(one) for one in sys.path if os.path.isdir(one)]), flush=True)
sys.stdin.read()
"""


class Place:
    """A virtual environment and a program, and what Python and Outpace say of where it looks."""

    def __init__(self, root: Path, settings: str = "include-system-site-packages = false\n") -> None:
        self.root = root
        self.site = root / f"venv/lib/{VERSION}/site-packages"
        self.python = root / "venv/bin/python"
        self.site.mkdir(parents=True)
        self.python.parent.mkdir()
        self.python.symlink_to(Path(sys.executable).resolve())
        (root / "venv/pyvenv.cfg").write_text(f"home = {Path(sys.executable).resolve().parent}\n{settings}")
        for name in ("app", "more", "further", "base"):
            (root / name).mkdir()
        (self.site / "telling.py").write_text(TELLS)
        (root / "app/tells.py").write_text("import telling\n")

    def looks(
        self, *program: str, python: Path | None = None, environ: dict[str, str] | None = None, cwd: str = "app"
    ) -> tuple[list[str], Search | Unknown]:
        """By itself, without the standard library; and as it is read."""
        process = subprocess.Popen(
            [python or self.python, *program],
            cwd=self.root / cwd,
            env={"PATH": "/usr/bin:/bin", "HOME": "/nowhere", **(environ or {})},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        assert process.stdout is not None
        told: list[str] = json.loads(process.stdout.readline())
        found = search_of(process.pid)
        process.communicate(timeout=10)
        assert isinstance(found, Search | Unknown)
        library = str(Path(os.__file__).resolve().parent)
        return [one for one in told if one not in (library, f"{library}/lib-dynload")], found


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


OVERLAY = 'import site; site.addsitedir(__import__("os").fsdecode(b"{0}/more")); site.addsitedir(\'{0}/further\')'


@pytest.mark.parametrize(
    ("line", "beside"),
    [
        ("../../../../more", ""),
        ("import site; site.addsitedir('{0}/more')", "{0}/further"),
        (OVERLAY, ""),
        ("{0}/more", "{0}/further"),
    ],
    ids=["path", "directory with path files", "two directories", "path with path files"],
)
def test_path_files_are_followed_as_python_follows_them(place: Place, line: str, beside: str) -> None:
    (place.site / "first.pth").write_text(line.format(place.root) + "\n")
    (place.root / "more/second.pth").write_text(beside.format(place.root) + "\n")
    told, found = place.looks("tells.py")
    assert isinstance(found, Search)
    assert list(found.path) == told
    assert found.unread == ()


@pytest.mark.parametrize(
    "line",
    [
        "import site, sys; site.addsitedir('{0}/more'); sys.path.insert(0, '{0}/further')",
        "import site; site.addsitedir('{0}/more') or __import__('sys').path.insert(0, '{0}/further')",
        "import site; site.addsitedir('{0}' + '/further')",
        "import site; site.addsitedir('../further')",
    ],
)
def test_a_line_of_code_is_understood_only_where_it_adds_directories_and_does_nothing_else(
    place: Place, line: str
) -> None:
    (place.site / "first.pth").write_text(line.format(place.root) + "\n")
    _, found = place.looks("tells.py")
    assert isinstance(found, Search)
    assert [one.file for one in found.unread] == [f"{place.site}/first.pth"]
    assert f"{place.root}/more" not in found.path


@pytest.mark.parametrize("path", ["{0}/more", "../more:{0}/further", ":", "{0}/more:", "."])
def test_pythonpath_is_read_as_python_reads_it(place: Place, path: str) -> None:
    environ = {"PYTHONPATH": path.format(place.root)}
    told, found = place.looks(str(place.root / "app/tells.py"), environ=environ, cwd="base")
    assert isinstance(found, Search)
    assert list(found.path) == told
    safe, found = place.looks("-P", str(place.root / "app/tells.py"), environ=environ, cwd="base")
    assert isinstance(found, Search)
    assert list(found.path) == safe


def test_a_user_base_of_its_own_is_read(place: Place) -> None:
    site = place.root / f"base/lib/{VERSION}/site-packages"
    site.mkdir(parents=True)
    python = Path(sys.executable).resolve()
    shutil.copy(place.site / "telling.py", place.root / "app")
    told, found = place.looks("tells.py", python=python, environ={"PYTHONUSERBASE": str(place.root / "base")})
    assert isinstance(found, Search)
    assert str(site) in told
    assert found.path[:2] == (str(place.root / "app"), str(site))


def test_without_a_home_the_one_of_the_user_database_counts(tmp_path: Path) -> None:
    site = f"/home/me/.local/lib/{VERSION}/site-packages"
    (tmp_path / site[1:]).mkdir(parents=True)
    (tmp_path / "etc").mkdir()
    (tmp_path / "etc/passwd").write_text(f"other:x:77777:1::/other:/bin/sh\nme:x:{os.getuid()}:1:,,:/home/me:/bin/sh\n")
    call = Call(root=Root(str(tmp_path)), pid=os.getpid(), argv=(), flags=Flags(), variables={}, bases=("/",))
    assert _user_site(call, "/usr", VERSION.removeprefix("python")) == (site,)


def test_a_module_that_is_nowhere_now_is_unknown(place: Place) -> None:
    """It was begun in another directory, which nothing names any more."""
    (place.root / "app/mod.py").write_text("import os\nos.chdir('/')\nimport telling\n")
    _, found = place.looks("-m", "mod")
    why = "its module mod is not where its command line says"
    assert found == Unknown(why, "an absolute path, or declare `observe` as a command")


def test_what_a_relative_pythonpath_named_before_the_process_moved_is_not_known(place: Place) -> None:
    (place.root / "app/tells.py").write_text("import os\nos.chdir('/')\nimport telling\n")
    _, found = place.looks(str(place.root / "app/tells.py"), environ={"PYTHONPATH": "../more"})
    assert isinstance(found, Search)
    assert [one.file for one in found.unread] == ["../more on PYTHONPATH"]


@pytest.mark.parametrize(
    "settings", ["", "include-system-site-packages = TRUE\n", "include-system-site-packages = no\n"]
)
def test_an_environment_shares_the_systems_packages_where_python_says_so(tmp_path: Path, settings: str) -> None:
    told, found = Place(tmp_path, settings).looks("tells.py")
    assert isinstance(found, Search)
    assert found.sites[0] == told[1]
    assert (len(found.sites) > 1) is (len(told) > 2)
