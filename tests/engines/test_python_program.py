"""Poetry and PDM are found by the interpreter that starts them, or it is said why they are not run."""

from __future__ import annotations

from pathlib import Path

import pytest

from outpace.engines.python_program import Program, found
from tests.fakes import lock_program

SHELL = "#!/bin/sh\n'''exec' \"{python}\" \"$0\" \"$@\"\n' '''\n"


@pytest.mark.parametrize("start", ["#!{python}\n", "#! {python} -E\n", SHELL])
def test_a_program_is_known_by_its_environment(tmp_path: Path, start: str) -> None:
    folder = lock_program.installed(tmp_path / "its own", "poetry", {})
    python = folder / "python"
    (folder / "poetry").write_text(start.format(python=python))
    program = found("poetry", {"PATH": str(folder)})
    assert isinstance(program, Program)
    assert (str(program), program.python) == ("poetry 2.5.1", python)
    assert tmp_path / "its own" in program.readable
    assert not {Path("/"), Path.home()} & set(program.readable)


def test_what_cannot_be_run_is_said(tmp_path: Path) -> None:
    script = tmp_path / "poetry"
    script.write_text("#!/usr/bin/env bash\nexec pyenv exec poetry\n")
    script.chmod(0o755)
    where = {"PATH": str(tmp_path)}
    assert found("poetry", where) == f"{script} is not started by a Python of its own, so it is not run here"
    assert found("pdm", where) == "pdm is not installed"
    (tmp_path / "bin").mkdir()
    python = tmp_path / "bin" / "python3"
    python.touch()
    script.write_text(f"#!{python}\n")
    assert found("poetry", where) == f"{script} is started by {python}, whose packages have no poetry"
