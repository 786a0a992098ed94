"""What `fix` needs of the programs that write other locks: asked of the fakes here, of the real ones in `make soak`."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from tests.fakes import lock_program
from tests.fakes.fixing import Shop, below, moves, shop, told
from tests.fakes.index import Release
from tests.needs import needs

RELEASES = {
    "acme-web": [
        Release(version="1.0", requires_dist=("acme-lib<2",)),
        Release(version="2.0", requires_dist=("acme-lib>=2",)),
        Release(version="3.0", requires_dist=("acme-lib>=2",)),
    ],
    "acme-lib": [Release(version=each) for each in ("1.0", "1.1", "1.2", "2.1", "2.2")],
    "acme-held": [Release(version="1.0"), Release(version="2.0")],
    "acme-exact": [Release(version="1.0"), Release(version="1.1")],
}
POETRY = """[tool.poetry]
name = "shop"
version = "0.1.0"
description = ""
authors = []
package-mode = false

[tool.poetry.dependencies]
python = ">=3.9"
acme-web = "WEB"
acme-held = ">=1.0,<2.0"
acme-exact = "1.0"  # known good

[[tool.poetry.source]]
name = "acme"
url = "INDEX"
priority = "primary"
"""
PDM = """[project]
name = "shop"
version = "0.1.0"
requires-python = ">=3.9"
dependencies = ["acme-webWEB", "acme-held>=1.0,<2.0", "acme-exact==1.0"]

[tool.pdm]
distribution = false

[tool.pdm.scripts]
pre_lock = "touch HOOKED"

[[tool.pdm.source]]
name = "pypi"
url = "INDEX"
"""

Installs = Callable[[Path], Path]


def fake(name: str) -> Installs:
    return lambda place: lock_program.installed(place, name, RELEASES)


def real(name: str, *requirements: str) -> Installs:
    def install(place: Path) -> Path:
        uv = needs("uv")
        subprocess.run([uv, "venv", "--quiet", place], check=True)
        subprocess.run([uv, "pip", "install", "--quiet", "--python", place, *requirements], check=True)
        return place / "bin"

    return install


PROGRAMS = [
    pytest.param("poetry", fake("poetry"), id="poetry, fake"),
    pytest.param("pdm", fake("pdm"), id="pdm, fake"),
    pytest.param("poetry", real("poetry", "poetry>=2,<3"), id="poetry 2", marks=pytest.mark.soak),
    pytest.param("poetry", real("poetry", "poetry>=1.8,<2"), id="poetry 1.8", marks=pytest.mark.soak),
    pytest.param("pdm", real("pdm", "pdm>=2.22,<3", "hishel<2"), id="pdm 2", marks=pytest.mark.soak),
]

# Beyond the words, which have their own tests, nothing differs between the two fakes: one will do.
FEWER = [each for each in PROGRAMS if each.id != "pdm, fake"]


def project(name: str, index: str, web: str) -> str:
    if name == "poetry":
        return POETRY.replace("INDEX", index).replace("WEB", web or "*")
    return PDM.replace("INDEX", index).replace("WEB", web)


def lock(shop: Shop, name: str, environ: Mapping[str, str]) -> None:
    """As its user does, from exactly these versions."""
    exact = {"acme-lib": "==1.0", "acme-web": "==1.0"}
    whole = (shop.place / "pyproject.toml").read_text()
    if name == "poetry":
        more = "\n[tool.poetry.group.first.dependencies]\n" + "".join(f'{n} = "{v}"\n' for n, v in exact.items())
        first = whole + more
    else:
        first = whole.replace("dependencies = [", "dependencies = [" + "".join(f'"{n}{v}", ' for n, v in exact.items()))
    for content in (first, whole):
        (shop.place / "pyproject.toml").write_text(content)
        is_old = name == "poetry" and "1.8" in subprocess.run(
            [name, "--version"], env=environ, check=False, capture_output=True, text=True
        ).stdout.split("version")[-1]  # fmt: skip
        words = {"poetry": ["lock", *(["--no-update"] if is_old else [])], "pdm": ["lock", "--update-reuse"]}[name]
        python = Path(environ["PATH"].partition(":")[0]) / "python"
        subprocess.run([python, "-m", name, *words], cwd=shop.place, env=environ, check=True, capture_output=True)


def stocked(shop: Shop, name: str, folder: Path, *, web: str = "") -> None:
    shop.environ["PATH"] = f"{folder}:{shop.environ['PATH']}"
    home = shop.place.parent / "home"
    own = {
        "HOME": str(home),
        "POETRY_VIRTUALENVS_CREATE": "false",
        "PDM_IGNORE_SAVED_PYTHON": "1",
        "PDM_CHECK_UPDATE": "0",
        "VIRTUAL_ENV": str(folder.parent),
    }
    (shop.place / "pyproject.toml").write_text(project(name, f"{shop.index.url}/", web))
    (shop.place / ".gitignore").write_text(".pdm-python\nHOOKED\n")
    lock(shop, name, {**os.environ, **own, "PATH": shop.environ["PATH"]})
    (shop.place / "HOOKED").unlink(missing_ok=True)
    shop.git("add", "-A")
    shop.git("commit", "-q", "-m", "Begin")


def fits(shop: Shop, name: str, branch: str) -> bool:
    """Asked of the program: the lock on the branch belongs to the project there."""
    shop.git("checkout", "-q", branch)
    python = Path(shop.environ["PATH"].partition(":")[0]) / "python"
    words = {"poetry": ["check", "--lock"], "pdm": ["lock", "--check"]}[name]
    environ = {**os.environ, "HOME": str(shop.place.parent / "home"), "PDM_CHECK_UPDATE": "0"}
    return subprocess.run([python, "-m", name, *words], cwd=shop.place, env=environ, check=False).returncode == 0


@pytest.mark.parametrize(("name", "install"), PROGRAMS)
def test_each_pin_goes_to_its_smallest_safe_step_or_is_told_what_holds_it(
    tmp_path: Path, name: str, install: Installs
) -> None:
    known = [below("A-1", "acme-lib", "1.1"), below("A-2", "acme-held", "2.0"), below("A-3", "acme-exact", "1.1")]
    with shop(tmp_path, RELEASES, known) as here:
        stocked(here, name, install(tmp_path / "program"))
        before = (here.place / f"{name}.lock").read_text()
        view = here.fix()
        assert told(view) == {
            "acme-exact 1.0": ("fixed", "1.1"),
            "acme-held 1.0": ("blocked", "the project itself (needs acme-held>=1.0,<2.0)"),
            "acme-lib 1.0": ("fixed", "1.1"),
        }
        assert moves(view) == ((("acme-exact", "1.0", "1.1"), ("acme-lib", "1.0", "1.1")),)
        branch = view.landed[0].change.branch
        pinned = (here.place / "pyproject.toml").read_text()
        old, new = ('acme-exact = "1.0"', 'acme-exact = "1.1"') if name == "poetry" else ("exact==1.0", "exact==1.1")
        assert here.shown(branch, "pyproject.toml") == pinned.replace(old, new)
        changed = {line for line in here.shown(branch, f"{name}.lock").splitlines() if line not in before.splitlines()}
        assert {line.split(" = ")[0].strip() for line in changed} <= {
            "version", "content-hash", "content_hash", '{file', "]",
        }  # fmt: skip
        assert (here.place / f"{name}.lock").read_text() == before
        assert not (here.place / "HOOKED").exists()
        assert fits(here, name, branch)


@pytest.mark.parametrize(("name", "install"), FEWER)
def test_who_must_move_along_goes_no_further_than_it_must(tmp_path: Path, name: str, install: Installs) -> None:
    with shop(tmp_path, RELEASES, [below("A-1", "acme-lib", "2.0")]) as here:
        stocked(here, name, install(tmp_path / "program"))
        view = here.fix()
        assert told(view) == {"acme-lib 1.0": ("fixed", "2.1")}
        assert moves(view) == ((("acme-lib", "1.0", "2.1"), ("acme-web", "1.0", "2.0")),)


@pytest.mark.parametrize("web", ["<2", "==1.0"])
@pytest.mark.parametrize(("name", "install"), PROGRAMS)
def test_a_parent_that_the_project_holds_is_named_with_both_demands(
    tmp_path: Path, name: str, install: Installs, web: str
) -> None:
    with shop(tmp_path, RELEASES, [below("A-1", "acme-lib", "2.0")]) as here:
        stocked(here, name, install(tmp_path / "program"), web=web)
        held = f"acme-web 1.0 (needs acme-lib<2), for which the project itself asks: acme-web{web}"
        assert told(here.fix()) == {"acme-lib 1.0": ("blocked", held)}
