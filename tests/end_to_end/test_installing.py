"""Installed from the built wheel into a home where nothing is."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from outpace import __version__
from tests.needs import needs

ROOT = Path(__file__).parents[2]
DATA = ROOT / "tests" / "data"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("wheel")
    subprocess.run([needs("uv"), "build", "-q", "--wheel", "--out-dir", str(place), str(ROOT)], check=True)
    return next(place.glob("*.whl"))


class Home:
    """An empty home directory, in which only the system's programs, and uv, are found."""

    def __init__(self, place: Path) -> None:
        self.place = place
        ours = ("OUTPACE_", "XDG_", "UV_TOOL", "PIPX_", "VIRTUAL_ENV", "PYTHON")
        kept = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
        cache = os.environ.get("UV_CACHE_DIR", str(Path.home() / ".cache" / "uv"))
        self.environment = {
            **kept,
            "HOME": str(place),
            "PATH": f"{place / '.local' / 'bin'}:/usr/bin:/bin",
            "UV_CACHE_DIR": cache,
            "UV_PYTHON": sys.executable,
        }

    def runs(self, *argv: str, status: int = 0) -> str:
        done = subprocess.run(
            argv,
            cwd=self.place,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
            stdin=subprocess.DEVNULL,
        )
        assert done.returncode == status, f"{argv} ended with {done.returncode}: {done.stderr}"
        return done.stdout


def assert_it_matches(home: Home, outpace: list[str]) -> None:
    """The first minutes of a stranger: which version, what it says without data, data, a match, completion."""
    assert home.runs(*outpace, "--version") == f"outpace {__version__}\n"
    (home.place / "requirements.txt").write_text("starlette==0.26.1\n")
    home.runs(*outpace, "match", "--offline", status=3)
    home.runs(*outpace, "advisories", "update", "--from", str(DATA / "osv" / "all.zip"), "--offline")
    assert home.runs(*outpace, "match", status=10).startswith("Exposed: 1 vulnerability in 1 of 1 component.\n")
    assert "complete -F _outpace outpace" in home.runs(*outpace, "completion", "bash")


def test_uvx_runs_it_without_installing(wheel: Path, tmp_path: Path) -> None:
    assert_it_matches(Home(tmp_path), [needs("uvx"), "-q", "--from", str(wheel), "outpace"])


def test_uv_installs_it_as_a_tool(wheel: Path, tmp_path: Path) -> None:
    home = Home(tmp_path)
    home.runs(needs("uv"), "tool", "install", "-q", str(wheel))
    assert_it_matches(home, [str(tmp_path / ".local" / "bin" / "outpace")])


@pytest.mark.soak
def test_pipx_installs_it(wheel: Path, tmp_path: Path) -> None:
    home = Home(tmp_path)
    home.runs(str(Path(sys.executable).with_name("pipx")), "install", "--python", sys.executable, str(wheel))
    assert_it_matches(home, [str(tmp_path / ".local" / "bin" / "outpace")])
    home.runs(str(Path(sys.executable).with_name("pipx")), "uninstall", "outpace")
    assert not (tmp_path / ".local" / "bin" / "outpace").exists()
