"""Which files of a program's installation an agent may read, and that no home is shown for it."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from outpace.engines.agent_program import Program, found
from outpace.model.errors import BadConfiguration, ToolMissing

SYSTEM = ("/usr/local/bin", "/usr/bin", "/bin")


def laid(home: Path, path: str, text: str = "\x7fELF") -> Path:
    place = home / path
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(text)
    place.chmod(0o755)
    return place


def linked(home: Path, path: str, to: Path) -> Path:
    place = home / path
    place.parent.mkdir(parents=True, exist_ok=True)
    place.symlink_to(to)
    return place


@pytest.fixture
def home(tmp_path: Path) -> Path:
    laid(tmp_path, ".ssh/id")
    return tmp_path.resolve()


def test_of_a_program_of_the_system_nothing_need_be_shown(home: Path) -> None:
    env = Path("/usr/bin/env")
    assert found("env", {"PATH": "/usr/bin"}, home) == Program(
        path=env, readable=(), folders=("/usr/bin", "/usr/local/bin", "/bin")
    )


def test_of_a_single_binary_the_file_alone_is_shown(home: Path) -> None:
    real = laid(home, ".local/share/agent/versions/1.0")
    link = linked(home, ".local/bin/agent", real)
    program = found("agent", {"PATH": str(link.parent)}, home)
    assert program == Program(path=link, readable=(link,), folders=(str(link.parent), *SYSTEM))


def test_of_a_package_of_node_its_packages_and_node_itself_are_shown(home: Path) -> None:
    prefix = home / ".nvm/versions/node/v22"
    node = laid(prefix, "bin/node")
    script = laid(prefix, "lib/node_modules/@maker/agent/cli.js", "#!/usr/bin/env node\n")
    link = linked(prefix, "bin/agent", script)
    program = found("agent", {"PATH": str(prefix / "bin")}, home)
    assert program == Program(
        path=link,
        readable=tuple(sorted((prefix, node, link, prefix / "lib/node_modules"))),
        folders=(str(prefix / "bin"), *SYSTEM),
    )


def test_of_a_package_of_python_its_environment_is_shown_and_not_the_folder_of_a_link_to_python(home: Path) -> None:
    installed = home / ".local/share/uv/python/cpython"
    laid(installed, "lib/python3.12/os.py")
    python = laid(installed, "bin/python3.12")
    linked(home, ".local/bin/python3.12", python)
    environment = home / ".local/share/uv/tools/agent"
    laid(environment, "pyvenv.cfg", f"home = {home / '.local/bin'}\n")
    linked(environment, "bin/python", home / ".local/bin/python3.12")
    script = laid(environment, "bin/agent", f"#!{environment}/bin/python\n")
    link = linked(home, ".local/bin/agent", script)
    program = found(str(link), {}, home)
    assert program.readable == tuple(sorted((link, environment, environment / "bin/python", installed)))


def test_a_program_right_in_a_home_does_not_show_the_home(home: Path) -> None:
    node = laid(home, "bin/node")
    (home / "lib/node_modules").mkdir(parents=True)
    script = laid(home, "bin/agent", "#! /usr/bin/env -S node --quiet\n")
    assert found("~/bin/agent", {"PATH": str(node.parent)}, home).readable == (script, node)


def test_a_relative_folder_of_path_is_passed_over(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    laid(home, "bin/agent")
    monkeypatch.chdir(home)
    with pytest.raises(ToolMissing, match="agent cannot be run: it is in no folder of PATH"):
        found("agent", {"PATH": "bin:."}, home)


def test_a_program_of_the_repository_is_refused(home: Path) -> None:
    with pytest.raises(BadConfiguration, match=r"begins with 'scripts/agent', which lies in the repository"):
        found("scripts/agent", {"PATH": str(Path(sys.executable).parent)}, home)
