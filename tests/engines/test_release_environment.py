"""The packages of a release: copies that nothing shares with uv's cache, in a layer that releases share."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from outpace.engines.release_store import ENVIRONMENT, Stored
from outpace.model.edge import Build
from outpace.model.errors import BadConfiguration, DamagedData
from tests.fakes.index import Index, Release
from tests.fakes.project import Project, project
from tests.fakes.releases import Workshop, application, workshop
from tests.needs import needs

LOCKED = Build()
SPROUT = (
    ("sprout/__init__.py", "AGE = 1\n"),
    ("sprout/grown.py", "def old() -> int:\n    return 1\n"),
    ("sprout-1.0.dist-info/entry_points.txt", "[console_scripts]\nsprout = sprout.grown:old\n"),
)
RELEASES = {
    "sprout": [
        Release(version="1.0", modules=SPROUT),
        Release(version="2.0", modules=(("sprout/__init__.py", "AGE = 2\n"),)),
    ],
    "checker": [Release(version="1.0")],
}
SHOP = "import sprout, sys\nif __name__ == '__main__':\n    print(sprout.AGE, sys.argv[1:])\n"
FILES = {"shop/__init__.py": "", "shop/__main__.py": SHOP}


@pytest.fixture(scope="module")
def index() -> Iterator[Index]:
    with Index(RELEASES) as running:
        yield running


@pytest.fixture
def shop(tmp_path: Path, index: Index) -> Project:
    needs("uv")
    made = project(tmp_path, index.url)
    made.write(FILES, dependencies='"sprout==1.0"')
    made.lock()
    made.commit("begin")
    return made


def host(shop: Project, place: str = "host") -> Workshop:
    return workshop(shop.root, shop.root.parent / place, {**os.environ, **shop.environ})


def started(stored: Stored, *words: str) -> str:
    argv = stored.argv(("python", *words), 8123)
    return subprocess.run(
        argv, cwd=stored.cwd, env=stored.environ(), capture_output=True, text=True, check=True
    ).stdout.strip()


def test_a_release_runs_with_the_packages_of_its_lock(shop: Project) -> None:
    stored = host(shop).build(application(LOCKED))
    assert started(stored, "-m", "shop", "{port}") == "1 ['8123']"
    assert started(stored, "-c", "import sprout; print(sprout.__file__)").startswith(str(stored.path / ENVIRONMENT))
    assert stored.environ()["VIRTUAL_ENV"] == str(stored.path / ENVIRONMENT)


def test_a_script_of_a_package_works_where_the_release_lies_at_last(shop: Project) -> None:
    stored = host(shop).build(application(LOCKED))
    argv = stored.argv(("sprout",))
    assert argv == (str(stored.path / ENVIRONMENT / "bin" / "sprout"),)
    done = subprocess.run(argv, env=stored.environ(), capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (1, b"")  # what `old` returns


def test_developers_packages_stay_out(shop: Project) -> None:
    pyproject = shop.root / "pyproject.toml"
    pyproject.write_text(pyproject.read_text() + '[dependency-groups]\ndev = ["checker"]\n')
    shop.lock()
    shop.commit("check")
    stored = host(shop).build(application(LOCKED))
    assert [path for path in packages(stored) if path.startswith("checker")] == []
    assert [path for path in packages(stored) if path.startswith("sprout/")] != []


def packages(stored: Stored) -> list[str]:
    site = next((stored.path / ENVIRONMENT).glob("lib/python*/site-packages"))
    return sorted(path.relative_to(site).as_posix() for path in site.rglob("*") if path.is_file())


def test_releases_of_one_lock_share_their_packages_and_those_of_another_do_not(shop: Project) -> None:
    made = host(shop)
    first = made.build(application(LOCKED))
    shop.write({"shop/words.py": ""})
    shop.commit("words")
    second = made.build(application(LOCKED))
    shop.write({}, dependencies='"sprout==2.0"')
    shop.lock()
    shop.commit("grow")
    third = made.build(application(LOCKED))
    layers = [each.manifest.layers.dependencies for each in (first, second, third)]
    assert (layers[0] == layers[1], layers[0] == layers[2]) == (True, False)
    assert len({each.digest for each in (first, second, third)}) == 3
    assert sorted(path.name for path in made.store.layers.iterdir()) == sorted({*layers})
    assert (started(second, "-m", "shop"), started(third, "-m", "shop")) == ("1 []", "2 []")


def test_another_host_and_another_cache_give_the_same_release(shop: Project) -> None:
    first = host(shop).build(application(LOCKED))
    other = Project(root=shop.root, index=shop.index, cache=shop.root.parent / "another-cache")
    environ = {**os.environ, **other.environ, "UV_LINK_MODE": "copy", "UV_COMPILE_BYTECODE": "1"}
    second = workshop(shop.root, shop.root.parent / "elsewhere" / "host", environ).build(application(LOCKED))
    assert second.digest == first.digest


def test_a_build_does_not_learn_where_the_store_lies(shop: Project) -> None:
    shop.write({"make.py": "import os, sprout, sys\nprint(dict(os.environ), sys.prefix, sprout.__file__)\n"})
    shop.commit("make")
    words = ("sh", "-c", "python make.py > told.txt")
    stored = host(shop).build(application(Build(command=words)))
    told = (stored.application / "told.txt").read_text()
    assert "sprout/__init__.py" in told
    assert str(shop.root.parent) not in told
    assert host(shop, "other").build(application(Build(command=words))).digest == stored.digest


def test_a_write_into_a_release_does_not_come_to_uvs_cache_nor_to_the_next_environment(shop: Project) -> None:
    """uv's usual environments share their files with its cache: that one does is the trap, and is shown first."""
    stored = host(shop).build(application(LOCKED))
    in_release = next((stored.path / ENVIRONMENT).glob("lib/python*/site-packages/sprout/__init__.py"))
    usual = synced(shop, "usual")
    for place in (usual, in_release):
        place.chmod(0o644)
        with place.open("a") as file:
            file.write(f"# written into {place.name} of {'uv' if place == usual else 'a release'}\n")
    assert "# written into __init__.py of uv" in synced(shop, "fresh").read_text()
    assert "of a release" not in synced(shop, "another").read_text()
    assert in_release.stat().st_nlink == 1


def synced(shop: Project, name: str) -> Path:
    environ = {**shop.environ, "UV_PROJECT_ENVIRONMENT": str(shop.root.parent / name), "UV_LINK_MODE": "hardlink"}
    subprocess.run(["uv", "sync", "--frozen", "--quiet"], cwd=shop.root, env=environ, check=True)
    return next((shop.root.parent / name).glob("lib/python*/site-packages/sprout/__init__.py"))


def test_what_was_written_into_uvs_cache_does_not_come_into_a_release(shop: Project) -> None:
    poisoned = synced(shop, "usual")
    with poisoned.open("a") as file:
        file.write("print('not what was published')\n")
    made = host(shop)
    with pytest.raises(DamagedData) as refused:
        made.build(application(LOCKED))
    assert "sprout/__init__.py is not what sprout was published with" in refused.value.message
    assert refused.value.hint.startswith("uv cache clean sprout")
    assert (made.store.all(), list(made.store.layers.iterdir())) == ((), [])


def test_bytecode_is_there_and_python_adds_none(shop: Project) -> None:
    stored = host(shop).build(application(LOCKED))
    before = packages(stored)
    assert [path for path in before if path.startswith("sprout/__pycache__/__init__.")] != []
    told = "import sprout; print(sprout.__spec__.cached, open(sprout.__spec__.cached, 'rb').read()[4])"
    assert started(stored, "-c", told).endswith(".pyc 1")  # by the hash of its source, which is not looked at
    assert (packages(stored), host(shop).store.verify(stored.digest)) == (before, "")


def test_own_modules_outside_of_the_tree_are_named(shop: Project) -> None:
    root = (shop.root / "pyproject.toml").read_text()
    library = MEMBER.replace("shop-app", "lib").replace('"lib"]', "]").replace(OF_WORKSPACE, "")
    shop.write({"apps/shop/shop.py": "import lib", "apps/shop/pyproject.toml": MEMBER})
    shop.write({"libs/lib/lib.py": "", "libs/lib/pyproject.toml": library})
    workspace = '[tool.uv.workspace]\nmembers = ["apps/shop", "libs/lib"]\n'
    (shop.root / "pyproject.toml").write_text(root + workspace)
    shop.lock()
    shop.commit("workspace")
    with pytest.raises(BadConfiguration, match="outside of `tree`"):
        host(shop).build(application(LOCKED, path="apps/shop", locks=("uv.lock",)))
    stored = host(shop).build(application(Build(tree="../.."), path="apps/shop", locks=("uv.lock",)))
    assert started(stored, "-c", "import shop, lib; print(lib.__file__)") == str(stored.application / "libs/lib/lib.py")


OF_WORKSPACE = "[tool.uv.sources]\nlib = {workspace = true}\n"
MEMBER = f"""[project]
name = "shop-app"
version = "1.0"
requires-python = ">=3.11"
dependencies = ["lib"]
{OF_WORKSPACE}[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"
"""
