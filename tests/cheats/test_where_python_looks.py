"""Old copies that Python finds before the one that is installed, each beside its honest twin, on real processes."""

from __future__ import annotations

import py_compile
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from outpace.delivery.verify import StillExposed, UnknownYet, Verified
from tests.cheats.stall import NEW, OLD, Stall

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="processes are read on Linux only")

WEB = """
import os, sys, time
import stall_kit
with open(f"{sys.argv[-1]}/half-{os.getpid()}", "w") as file:
    file.write(stall_kit.__version__)
os.rename(file.name, f"{sys.argv[-1]}/ready-{os.getpid()}")
time.sleep(60)
"""
SERVING = """
import os, shlex, sys

def main():
    words = [*sys.argv[1:], *shlex.split(os.environ.get("GUNICORN_CMD_ARGS", ""))]
    told = dict(zip(words, words[1:]))
    settings = {}
    name = told.get("-c", "gunicorn.conf.py")
    if os.path.exists(name):
        exec(open(name).read(), settings)
    look = told.get("--pythonpath", settings.get("pythonpath", ""))
    os.chdir(told.get("--chdir", "."))
    sys.path[:0] = [*filter(None, look.split(",")), os.getcwd()]
    import web
"""
LOOKS = """
import sys
sys.path[:0] = sys.argv[1].removeprefix("--app-dir=").split(",")
"""
SPAWNS = """
import multiprocessing

def work():
    import web

if __name__ == "__main__":
    import looks
    multiprocessing.get_context("spawn").Process(target=work).start()
"""


def aside(stall: Stall, name: str, *, bare: bool, version: str = OLD) -> Path:
    """A release in a directory of its own, with its metadata or without; the new one is installed."""
    stall.install(version)
    place = stall.root / "srv" / name
    place.mkdir(parents=True)
    for path in stall.site.glob("stall_kit*"):
        path.rename(place / path.name)
    if bare:
        shutil.rmtree(place / f"stall_kit-{version}.dist-info")
    stall.install(NEW)
    return place


def serving(stall: Stall) -> tuple[str, ...]:
    """As gunicorn is installed and started: a script, which looks where it is told and then where it sits."""
    (stall.site / "gunicorn").mkdir()
    (stall.site / "gunicorn/__init__.py").write_text(SERVING)
    script = stall.root / "venv/bin/gunicorn"
    script.write_text("import sys\nfrom gunicorn import main\nsys.exit(main())\n")
    (stall.root / "app/web.py").write_text(WEB)
    return (str(script), "web:app")


def started(stall: Stall, *program: str, cwd: str = "app", environ: dict[str, str] | None = None) -> str:
    """The version that it has loaded."""
    (stall.root / "app/web.py").write_text(WEB)
    pid = stall.start(program=program, cwd=cwd, environ=environ)
    marks = [stall.root / f"ready-{pid}", *stall.root.glob("ready-*")]
    return next(mark.read_text() for mark in marks if mark.exists())


Begin = Callable[[Stall, Path], str]


def by_configuration(stall: Stall, old: Path) -> str:
    (stall.root / "app/gunicorn.conf.py").write_text(f"pythonpath = {str(old)!r}\n")
    return started(stall, *serving(stall))


def by_computed_configuration(stall: Stall, old: Path) -> str:
    (stall.root / "app/settings").write_text(f"pythonpath = '/'.join([{str(old.parent)!r}, {old.name!r}])\n")
    return started(stall, *serving(stall), "-c", "settings")


def spawned(stall: Stall, old: Path) -> str:
    (stall.root / "app/serve.py").write_text(SPAWNS)
    (stall.site / "looks.py").write_text(LOOKS)
    version = started(stall, "serve.py", f"--app-dir={old},.")
    (worker,) = stall.workers()
    (stall.root / "stall.pid").write_text(str(worker))
    return version


def by_dotenv(stall: Stall, old: Path) -> str:
    """As `flask run` finds its application."""
    (stall.root / "app/.env").write_text(f"SECRET=x\nexport FLASK_APP='{old}/web.py:app'\n")
    (stall.site / "flask").mkdir()
    (stall.site / "flask/__init__.py").touch()
    told = f"import os, sys\nsys.path.insert(0, {str(old)!r})\nimport web\n"
    (stall.site / "flask/__main__.py").write_text(told)
    return started(stall, "-m", "flask", "run")


def by_the_python_that_is_run(stall: Stall, old: Path) -> str:
    """As an unpacked PEX is."""
    (stall.root / "app/__main__.py").write_text(f"import sys\nsys.path.insert(0, {str(old)!r})\nimport web\n")
    return started(stall, str(stall.root / "app"))


def begun_elsewhere(stall: Stall, old: Path) -> str:
    (old / "mod.py").write_text(f"import stall_kit, os\nos.chdir('/')\n{WEB}")
    return started(stall, "-m", "mod", cwd=str(old))


def two_things_at_once(stall: Stall, old: Path) -> str:
    line = f"import site, sys; site.addsitedir('{stall.root}'); sys.path.insert(0, '{old}')\n"
    (stall.site / "more.pth").write_text(line)
    return started(stall, "web.py")


HIDDEN, CODE = "is found first and hides it", "a line of code, which may change where Python looks"
CHEATS: dict[str, tuple[Begin, str]] = {
    "option": (lambda stall, old: started(stall, *serving(stall), "--pythonpath", str(old)), HIDDEN),
    "list": (lambda stall, old: started(stall, *serving(stall), "--pythonpath", f"/nowhere,../srv/{old.name}"), HIDDEN),
    "variable": (
        lambda stall, old: started(stall, *serving(stall), environ={"GUNICORN_CMD_ARGS": f"--pythonpath '{old}'"}),
        HIDDEN,
    ),
    "configuration": (by_configuration, CODE),
    "computed configuration": (by_computed_configuration, CODE),
    "dotenv": (by_dotenv, HIDDEN),
    "spawned": (spawned, HIDDEN),
    "run directory": (by_the_python_that_is_run, CODE),
    "begun elsewhere": (begun_elsewhere, "its module mod is not where its command line says"),
    "empty entry": (
        lambda stall, old: started(
            stall, f"{stall.root}/app/web.py", cwd=str(old), environ={"PYTHONPATH": ":", "PYTHONSAFEPATH": "1"}
        ),
        HIDDEN,
    ),
    "two things": (two_things_at_once, CODE),
}


@pytest.mark.parametrize(("begin", "why"), CHEATS.values(), ids=CHEATS)
def test_an_old_copy_where_a_program_is_told_to_look_first_is_not_verified(
    stall: Stall, begin: Begin, why: str
) -> None:
    assert begin(stall, aside(stall, "old", bare=True)) == OLD
    result = stall.verified()
    assert isinstance(result, UnknownYet), result
    assert why in result.why


def beside_the_script(stall: Stall, old: Path) -> str:
    return started(stall, f"{old}/web.py") if (old / "web.py").write_text(WEB) else ""


WITH_METADATA: dict[str, Begin] = {
    "told": CHEATS["option"][0],
    "beside the script": beside_the_script,
    "run directory": lambda stall, old: started(stall, str(old)) if (old / "__main__.py").write_text(WEB) else "",
    "moved away": lambda stall, old: (
        started(stall, f"srv/{old.name}/gone.py", cwd=".", environ={"PWD": str(stall.root)})
        if (old / "gone.py").write_text(f"import os\nos.chdir('/')\n{WEB}")
        else ""
    ),
}


@pytest.mark.parametrize("begin", WITH_METADATA.values(), ids=WITH_METADATA)
@pytest.mark.parametrize("also", [True, False], ids=["installed too", "alone"])
def test_an_old_release_that_lies_where_python_looks_first_is_exposed(stall: Stall, begin: Begin, also: bool) -> None:
    """As `pip install --target` lays it out: its metadata beside the program."""
    old = aside(stall, "old", bare=False)
    if not also:
        stall.uninstall()
    assert begin(stall, old) == OLD
    result = stall.verified()
    assert isinstance(result, StillExposed), result


@pytest.mark.parametrize(("version", "expected"), [(OLD, StillExposed), (NEW, Verified)], ids=["old", "new"])
def test_a_release_that_a_path_file_of_an_added_directory_names_is_what_runs(
    stall: Stall, version: str, expected: type[object]
) -> None:
    """As below an overlay of `uv run --with`."""
    place = aside(stall, "vendored", bare=False, version=version)
    stall.uninstall()
    (stall.root / "lower").mkdir()
    (stall.root / "lower/more.pth").write_text(f"{place}\n")
    added = f'import site; site.addsitedir(__import__("os").fsdecode(b"{stall.root}/lower"))\n'
    (stall.site / "_uv_ephemeral_overlay.pth").write_text(added)
    assert started(stall, "web.py") == version
    result = stall.verified()
    assert isinstance(result, expected), result


@pytest.mark.parametrize("begin", [beside_the_script, WITH_METADATA["run directory"]], ids=["script", "directory"])
def test_a_release_beside_the_script_is_verified_whatever_is_installed(stall: Stall, begin: Begin) -> None:
    place = aside(stall, "target", bare=False, version=NEW)
    stall.install(OLD)
    assert begin(stall, place) == NEW
    assert isinstance(stall.verified(), Verified)


def test_a_release_that_lies_where_nothing_may_look_is_not_what_runs(stall: Stall) -> None:
    """A directory of data that a program is told of says nothing against what is installed beside it."""
    place = aside(stall, "data", bare=False, version=NEW)
    stall.install(OLD)
    assert started(stall, "web.py", "--data", str(place)) == OLD
    result = stall.verified()
    assert isinstance(result, UnknownYet), result
    assert HIDDEN in result.why


def scripted(stall: Stall) -> str:
    return started(stall, *serving(stall), "-b", "127.0.0.1:0", "--pid", "/run/no-such.pid", "--access-logfile", "-")


def configured(stall: Stall) -> str:
    (stall.root / "app/gunicorn.conf.py").write_text("bind = '127.0.0.1:0'\nworkers = 1\n")
    return started(stall, *serving(stall), environ={"GUNICORN_CMD_ARGS": "--chdir ../app", "PWD": str(stall.root)})


def in_a_package(stall: Stall) -> str:
    """As Django projects keep their workers' module, which is called as the package that it imports."""
    (stall.root / "app/shop").mkdir()
    for name in ("__init__", "stall_kit"):
        (stall.root / f"app/shop/{name}.py").touch()
    (stall.site / "worker.py").write_text(f"import os, sys\nsys.path.insert(0, os.getcwd())\n{WEB}")
    return started(stall, "-m", "worker", "-A", "shop", "worker")


def with_its_own_project(stall: Stall) -> str:
    """Editable, as setuptools leaves it: metadata in the tree too."""
    (stall.root / "app/src/shop").mkdir(parents=True)
    (stall.root / "app/src/shop/__init__.py").write_text(WEB)
    for place in (stall.root / "app/shop.egg-info", stall.site / "shop-1.dist-info"):
        place.mkdir()
        (place / "METADATA").write_text("Metadata-Version: 2.1\nName: shop\nVersion: 1\n")
    (stall.root / "app/shop.egg-info/METADATA").rename(stall.root / "app/shop.egg-info/PKG-INFO")
    origin = f'{{"url": "file://{stall.root}/app", "dir_info": {{"editable": true}}}}'
    (stall.site / "shop-1.dist-info/direct_url.json").write_text(origin)
    (stall.site / "shop.pth").write_text(f"{stall.root}/app/src\n")
    return started(stall, "-m", "shop")


def by_an_editable_finder(stall: Stall) -> str:
    (stall.root / "app/src/shop").mkdir(parents=True)
    (stall.root / "app/src/shop/__main__.py").write_text(WEB)
    finder = f"MAPPING = {{'shop': '{stall.root}/app/src/shop'}}\nimport sys\nsys.path.append('{stall.root}/app/src')\n"
    (stall.site / "__editable___shop_1_finder.py").write_text(finder)
    (stall.site / "__editable__.shop-1.pth").write_text("import __editable___shop_1_finder\n")
    return started(stall, "-m", "shop", cwd="venv")


def by_spawning(stall: Stall) -> str:
    (stall.root / "app/serve.py").write_text(SPAWNS)
    (stall.site / "looks.py").write_text(LOOKS)
    return started(stall, "serve.py", "--app-dir=.")


def by_dotenv_here(stall: Stall) -> str:
    (stall.root / "app/.flaskenv").write_text("FLASK_APP=web:app\n")
    (stall.site / "flask.py").write_text("import os, sys\nsys.path.insert(0, os.getcwd())\nimport web\n")
    return started(stall, "-m", "flask", "run")


def beside_its_own_modules(stall: Stall) -> str:
    """A relative PYTHONPATH and directories without a package beside it."""
    (stall.root / "app/src/stall_kit").mkdir(parents=True)
    (stall.root / "app/templates").mkdir()
    return started(stall, "web.py", "--templates", "templates", environ={"PYTHONPATH": "src"})


HONEST: dict[str, Callable[[Stall], str]] = {
    "script": lambda stall: started(stall, "web.py"),
    "module": lambda stall: started(stall, "-m", "web"),
    "console script": scripted,
    "configuration": configured,
    "a package of its own": in_a_package,
    "its own project": with_its_own_project,
    "editable finder": by_an_editable_finder,
    "spawned": by_spawning,
    "dotenv": by_dotenv_here,
    "PYTHONPATH": beside_its_own_modules,
    "library module": lambda stall: started(stall, "-m", "runpy", "web"),
}


@pytest.mark.parametrize("begin", HONEST.values(), ids=HONEST)
def test_everyday_programs_are_verified(stall: Stall, begin: Callable[[Stall], str]) -> None:
    stall.install(NEW)
    assert begin(stall) == NEW
    result = stall.verified()
    assert isinstance(result, Verified), result


def behind(stall: Stall, name: str) -> Path:
    """The old code alone where packages are installed, and the new release in a directory that comes behind it."""
    place = aside(stall, name, bare=False, version=NEW)
    stall.uninstall()
    (stall.site / "behind.pth").write_text(f"{place}\n")
    return place


def test_old_code_without_metadata_before_the_new_release_is_not_verified(stall: Stall) -> None:
    behind(stall, "behind")
    assert started(stall, "web.py") == NEW
    assert isinstance(stall.verified(), Verified)
    stall.stop()
    stall.write_code(OLD)
    assert started(stall, "web.py") == OLD
    result = stall.verified()
    assert isinstance(result, UnknownYet), result
    assert f"{stall.site}/stall_kit/__init__.py {HIDDEN}" in result.why


def compiled(package: Path) -> None:
    """Bytecode alone, as `compileall -b` makes it where the sources are deleted then."""
    (source,) = package.glob("*.py")
    py_compile.compile(str(source), cfile=str(source.with_suffix(".pyc")))
    source.unlink()


@pytest.mark.parametrize("old", [False, True], ids=["new", "old"])
def test_an_old_copy_in_bytecode_alone_is_not_overlooked(stall: Stall, old: bool) -> None:
    place = aside(stall, "srv", bare=True)
    if old:
        (place / "stall_kit").rename(stall.root / "app/stall_kit")
        compiled(stall.root / "app/stall_kit")
    else:
        (stall.root / "app/stall_kit").mkdir()
        (stall.root / "app/stall_kit/__pycache__").mkdir()
    assert started(stall, "web.py") == (OLD if old else NEW)
    result = stall.verified()
    assert isinstance(result, UnknownYet if old else Verified), result


@pytest.mark.parametrize(
    ("name", "taken"),
    [
        ("stall_kit/answers/__init__.py", True),
        ("stall_kit/answers.cpython-311-x86_64-linux-gnu.so", True),
        ("stall_kit/__init__.abi3.so", True),
        ("stall_kit.py", False),
        ("stall_kit/answers.pyc", False),
        ("stall_kit/answers/more.py", False),
        ("stall_kit/more.py", False),
    ],
)
def test_what_python_takes_in_the_place_of_a_listed_module_is_not_verified(
    stall: Stall, name: str, taken: bool
) -> None:
    stall.install(NEW, modules=("answers",))
    (stall.site / name).parent.mkdir(exist_ok=True)
    (stall.site / name).write_text("")
    stall.start(program=("-c", WEB.replace("stall_kit.__version__", "''").replace("import stall_kit", "")))
    result = stall.verified()
    assert isinstance(result, UnknownYet if taken else Verified), result
    assert not taken or f"{stall.site}/{name} is taken in the place of" in str(result)
