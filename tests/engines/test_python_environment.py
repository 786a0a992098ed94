"""Environments from a lock: built once, whole or not at all, and never used after a change."""

from __future__ import annotations

import io
import shutil
import subprocess
import tarfile
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from outpace.engines.confined_build import ConfinedBuild
from outpace.engines.python_environment import HALF, PythonEnvironments
from outpace.model.application import Application
from outpace.model.unknown import Unknown
from outpace.proving.ports import Built
from outpace.sandbox import strongest
from tests.fakes.here import written
from tests.fakes.index import Index, Release
from tests.fakes.project import Project, project

SHOP = Application(name="shop", test=("python", "-m", "unittest"))
RELEASES = {
    "sprout": [
        Release(version="1.0", modules=(("sprout/__init__.py", "AGE = 1\n"), ("sprout_cli.py", ""))),
        Release(version="2.0", requires_dist=("seed",)),
    ],
    "seed": [Release(version="1.0")],
    "raw": [Release(version="1.0", sdist=True)],
}


@pytest.fixture(scope="module")
def index() -> Iterator[Index]:
    with Index(RELEASES) as running:
        yield running


@pytest.fixture(scope="module")
def locked(tmp_path_factory: pytest.TempPathFactory, index: Index) -> Project:
    made = project(tmp_path_factory.mktemp("locked"), index.url)
    made.write({}, dependencies='"sprout==1.0"')
    made.lock()
    return made


@pytest.fixture
def shop(tmp_path: Path, locked: Project) -> Project:
    made = project(tmp_path, locked.index, locked.cache)
    shutil.copytree(locked.root, made.root, dirs_exist_ok=True)
    return made


def environments(shop: Project) -> PythonEnvironments:
    return PythonEnvironments(shop.root.parent / "environments", environ=shop.environ)


def built(shop: Project, application: Application = SHOP) -> Built:
    found = environments(shop).build(shop.root, application)
    assert isinstance(found, Built), found
    return found


def output(environment: Built, source: str) -> str:
    python = Path(environment.path) / "bin" / "python"
    return subprocess.run([python, "-c", source], capture_output=True, text=True, check=True).stdout.strip()


def test_an_environment_holds_what_is_locked_and_is_built_once(shop: Project) -> None:
    first, second = built(shop), built(shop)
    assert (first.cached, second.cached, first.digest) == (False, True, second.digest)
    assert output(second, "import sprout, importlib.metadata as m; print(sprout.AGE, m.version('sprout'))") == "1 1.0"


def test_the_modules_of_a_package_are_read_from_its_own_record(shop: Project) -> None:
    environment = built(shop)
    found = environments(shop)
    assert found.modules(environment, "sprout") == ("sprout", "sprout_cli")
    assert found.modules(environment, "seed") == Unknown("seed is not installed here")
    assert (found.version(environment, "sprout"), found.version(environment, "seed")) == ("1.0", None)


def test_another_lock_is_another_environment(shop: Project) -> None:
    first = built(shop)
    shop.write({}, dependencies='"sprout==2.0"')
    shop.lock()
    second = built(shop)
    assert first.digest != second.digest
    assert output(second, "import seed, sprout; print(sprout.__version__)") == "2.0"


def plant(environment: Path) -> None:
    next(environment.glob("lib/python*/site-packages")).joinpath("planted.pth").write_text("import os\n")


def edit(environment: Path) -> None:
    changed = next(environment.glob("lib/python*/site-packages/sprout/__init__.py"))
    changed.unlink()
    changed.write_text("AGE = 9\n")


def lose(environment: Path) -> None:
    next(environment.glob("lib/python*/site-packages/sprout/__init__.py")).unlink()


@pytest.mark.parametrize("harm", [plant, edit, lose])
def test_an_environment_that_was_changed_is_built_anew(harm: object, shop: Project) -> None:
    before = built(shop)
    assert callable(harm)
    harm(Path(before.path))
    after = built(shop)
    assert (after.cached, after.digest) == (False, before.digest)
    assert output(after, "import sprout; print(sprout.AGE)") == "1"
    assert not list(Path(after.path).glob("lib/python*/site-packages/planted.pth"))


def test_the_projects_own_metadata_and_scripts_are_there_without_a_build(shop: Project) -> None:
    package = """
[build-system]
requires = ["nothing-that-exists"]
[project.scripts]
shop-serve = "shop.app:main"
python = "shop.app:evil"
[project.entry-points."shop.plugins"]
one = "shop.one:Plugin"
"""
    pyproject = shop.root / "pyproject.toml"
    pyproject.write_text(pyproject.read_text().replace("package = false", "") + package)
    shop.write({"src/shop/__init__.py": "", "src/shop/app.py": "def main(): print('serving')\n"})
    shop.lock()
    environment = built(shop)
    assert environment.roots == ("src", ".")
    points = "[p.value for p in m.entry_points(group='shop.plugins')]"
    assert (
        output(environment, f"import importlib.metadata as m; print(m.version('shop'), {points})")
        == "1.0 ['shop.one:Plugin']"
    )
    script = (
        Path(environment.path) / "bin" / "shop-serve",
        {"PYTHONPATH": str(shop.root / "src"), "PATH": "/usr/bin:/bin"},
    )
    assert subprocess.run([script[0]], env=script[1], capture_output=True, check=True).stdout == b"serving\n"


def test_a_python_that_the_user_tells_uv_does_not_replace_the_one_that_was_chosen(shop: Project) -> None:
    environ = {**shop.environ, "UV_PYTHON": "3.99"}
    found = PythonEnvironments(shop.root.parent / "environments", environ=environ).build(shop.root, SHOP)
    assert isinstance(found, Built), found


def test_what_a_killed_build_left_is_swept_and_never_used(shop: Project) -> None:
    left = shop.root.parent / "environments" / f"{HALF}999999999-0"
    left.mkdir(parents=True)
    built(shop)
    assert not left.exists()


def test_two_builders_at_once_get_one_whole_environment(shop: Project) -> None:
    found: list[Built] = []
    builders = [threading.Thread(target=lambda: found.append(built(shop))) for _ in range(2)]
    for builder in builders:
        builder.start()
    for builder in builders:
        builder.join()
    assert len({environment.path for environment in found}) == 1
    assert built(shop).cached


def test_requirements_with_hashes_are_installed_exactly(shop: Project, index: Index) -> None:
    text = shop.export()
    written(shop.root, {"requirements.txt": f"--index-url {index.url}\n{text}"})
    application = Application(name="shop", locks=("requirements.txt",), test=SHOP.test)
    assert output(built(shop, application), "import sprout; print(sprout.AGE)") == "1"


def test_requirements_that_do_not_pin_everything_say_so(shop: Project, index: Index) -> None:
    written(shop.root, {"requirements.txt": f"--index-url {index.url}\nsprout==2.0\n"})
    environment = built(shop, Application(name="shop", locks=("requirements.txt",), test=SHOP.test))
    assert environment.caveats == ("requirements.txt does not pin everything: the rest is what the index gives today",)
    assert output(environment, "import seed, sprout; print(sprout.__version__)") == "2.0"


BACKEND = """
import os, pathlib, socket, zipfile
def build_wheel(directory, config_settings=None, metadata_directory=None):
    seen = []
    def call_home():
        socket.create_connection(("192.0.2.1", 80), 2)
    for what in (lambda: pathlib.Path(SECRET).read_text(), lambda: os.environ["SHOP_TOKEN"], call_home):
        try:
            what()
            seen.append("reached")
        except (OSError, KeyError):
            seen.append("refused")
    with zipfile.ZipFile(os.path.join(directory, "raw-1.0-py3-none-any.whl"), "w") as wheel:
        wheel.writestr("raw.py", "SEEN = " + repr(seen))
        wheel.writestr("raw-1.0.dist-info/METADATA", "Metadata-Version: 2.1\\nName: raw\\nVersion: 1.0\\n")
        wheel.writestr("raw-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
        wheel.writestr("raw-1.0.dist-info/RECORD", "")
    return "raw-1.0-py3-none-any.whl"
"""
RAW = """[project]
name = "raw"
version = "1.0"
[build-system]
requires = []
build-backend = "backend"
backend-path = ["."]
"""


def source_archive(path: Path, secret: Path) -> None:
    files = {
        "pyproject.toml": RAW,
        "backend.py": BACKEND.replace("SECRET", repr(str(secret))),
        "PKG-INFO": "Metadata-Version: 2.2\nName: raw\nVersion: 1.0\n",
    }
    with tarfile.open(path, "w:gz") as archive:
        for name, content in files.items():
            member = tarfile.TarInfo(f"raw-1.0/{name}")
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content.encode()))


@pytest.fixture
def unbuilt(shop: Project, tmp_path: Path) -> Project:
    (tmp_path / "secret.txt").write_text("hush")
    (shop.root / "vendor").mkdir()
    source_archive(shop.root / "vendor" / "raw-1.0.tar.gz", tmp_path / "secret.txt")
    shop.write({}, dependencies='"raw"')
    pyproject = shop.root / "pyproject.toml"
    pyproject.write_text(pyproject.read_text() + '[tool.uv.sources]\nraw = { path = "vendor/raw-1.0.tar.gz" }\n')
    shop.lock()
    return shop


def test_a_source_archive_is_built_in_the_sandbox_alone(unbuilt: Project, tmp_path: Path) -> None:
    environ = unbuilt.environ | {"SHOP_TOKEN": "hush"}
    builds = ConfinedBuild(tier=strongest(), environ=environ)
    made = PythonEnvironments(tmp_path / "environments", environ=environ, builds=builds)
    found = made.build(unbuilt.root, SHOP)
    assert isinstance(found, Built), found
    assert output(found, "import raw; print(raw.SEEN)") == "['refused', 'refused', 'refused']"


def test_a_build_reaches_the_users_own_index_where_no_file_names_one(
    unbuilt: Project, index: Index, tmp_path: Path
) -> None:
    written(unbuilt.root, {"requirements.txt": "./vendor/raw-1.0.tar.gz\nsprout==1.0\n"})
    address = index.url.removeprefix("http://")
    environ = unbuilt.environ | {"UV_DEFAULT_INDEX": f"http://ada:hush@{address}", "UV_CACHE_DIR": str(tmp_path / "uv")}
    builds = ConfinedBuild(tier=strongest(), environ=environ)
    made = PythonEnvironments(tmp_path / "environments", environ=environ, builds=builds)
    found = made.build(unbuilt.root, Application(name="shop", locks=("requirements.txt",), test=SHOP.test))
    assert isinstance(found, Built), found
    assert output(found, "import raw, sprout; print(sprout.AGE)") == "1"


def test_without_a_sandbox_nothing_is_built(unbuilt: Project) -> None:
    found = environments(unbuilt).build(unbuilt.root, SHOP)
    assert isinstance(found, Unknown)
    assert "raw" in found.why


RUNS_WHEN_BUILT = "import pathlib\npathlib.Path({marker!r}).write_text('')\n"
EDITABLE_FORMS = ("-e .", "--editable=./inner", "-e inner", "./inner", "inner @ file:inner")


@pytest.mark.parametrize("line", EDITABLE_FORMS)
def test_no_build_backend_of_a_tree_runs_outside_of_the_sandbox(line: str, shop: Project, index: Index) -> None:
    """uv itself builds editable projects even where builds are forbidden."""
    marker = shop.root.parent / "ran"
    backend = RUNS_WHEN_BUILT.format(marker=str(marker))
    for directory in (".", "inner"):
        written(shop.root, {f"{directory}/backend.py": backend, f"{directory}/pyproject.toml": RAW})
    written(shop.root, {"requirements.txt": f"--index-url {index.url}\n{line}\n"})
    environments(shop).build(shop.root, Application(name="shop", locks=("requirements.txt",), test=SHOP.test))
    assert not marker.exists()


def test_an_editable_project_is_put_on_the_path_and_its_dependencies_are_installed(shop: Project, index: Index) -> None:
    declared = (
        '[project]\nname = "shop"\nversion = "3"\ndependencies = ["sprout==1.0"]\n[build-system]\nrequires = []\n'
    )
    written(shop.root, {"requirements.txt": f"--index-url {index.url}\n-e .\n", "pyproject.toml": declared})
    environment = built(shop, Application(name="shop", locks=("requirements.txt",), test=SHOP.test))
    assert environment.roots == (".",)
    source = "import sprout, importlib.metadata as m; print(sprout.AGE, m.version('shop'))"
    assert output(environment, source) == "1 3"


def test_pytest_comes_beside_a_lock_that_lacks_it_and_gives_way_to_it(shop: Project, tmp_path: Path) -> None:
    runner = "def console_main():\n    import sprout\n    print('ran with', sprout.__version__)\n"
    releases = {
        **RELEASES,
        "pytest": [Release(version="9", requires_dist=("sprout",), modules=(("pytest.py", runner),))],
    }
    with Index(releases) as index:
        environ = shop.environ | {"UV_DEFAULT_INDEX": index.url}
        made = PythonEnvironments(tmp_path / "environments", environ=environ)
        written(shop.root, {"requirements.txt": f"--index-url {index.url}\nsprout==2.0\n"})
        application = Application(name="shop", locks=("requirements.txt",), test=("pytest",))
        found = made.build(shop.root, application)
    assert isinstance(found, Built), found
    script = Path(found.path) / "bin" / "pytest"
    assert subprocess.run([script], capture_output=True, text=True, check=True).stdout == "ran with 2.0\n"


UNBUILDABLE = {
    "no lock at all": ({"pyproject.toml": ""}, "no lock was found"),
    "a lock that is no TOML": ({"uv.lock": "<<<<<<<"}, "uv.lock cannot be read"),
    "an include that leaves the repository": (
        {"requirements.txt": "-r ../../secret.txt\n"},
        "../../secret.txt cannot be read",
    ),
}


@pytest.mark.parametrize(("files", "why"), UNBUILDABLE.values(), ids=UNBUILDABLE.keys())
def test_what_cannot_be_built_is_unknown_with_a_reason(files: dict[str, str], why: str, shop: Project) -> None:
    (shop.root / "uv.lock").unlink()
    found = environments(shop).build(written(shop.root, files), SHOP)
    assert isinstance(found, Unknown)
    assert found.why.startswith(why), found.why


def test_a_wheel_that_is_not_what_was_locked_is_refused(shop: Project) -> None:
    lock = shop.root / "uv.lock"
    lock.write_text(lock.read_text().replace("sha256:", "sha256:0000", 1))
    found = environments(shop).build(shop.root, SHOP)
    assert isinstance(found, Unknown)
    assert "hash" in found.why.lower(), found.why


def test_an_unreachable_index_is_unknown_and_leaves_nothing(tmp_path: Path) -> None:
    with Index(RELEASES) as index:
        made = project(tmp_path, index.url)
        made.write({}, dependencies='"sprout==1.0"')
        made.lock()
        index.down = True
        found = PythonEnvironments(
            tmp_path / "environments",
            environ=made.environ | {"UV_CACHE_DIR": str(tmp_path / "empty"), "UV_HTTP_RETRIES": "0"},
        ).build(made.root, SHOP)
    assert isinstance(found, Unknown)
    assert [path for path in (tmp_path / "environments").iterdir() if path.is_dir()] == []
