"""Hostile modules beside a harmless one, as a user meets them: contained, and the harmless one has its result."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from bench.hostile import COMMANDS, MODULES, Place, harmed, listening, processes, project_of, rows
from outpace import sandbox
from outpace.app.test_run import How, Tests, run_tests
from outpace.cli.main import main
from outpace.engines.confined_python import ConfinedPython
from outpace.engines.inside_python import InsidePython
from outpace.engines.own_python import described

FEW = {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
HARMLESS = [f"tests/test_the_harmless.py::test_it[{case}]" for case in ("3-6", "100-200", "101-0")]
SAID = {
    "connect": "OSError: [Errno 101] Network is unreachable",
    "delete": "FileNotFoundError: [Errno 2] No such file or directory",
    "eight_gigabytes": "MemoryError",
    "exit_at_once": "its process ended: exit status 0",
    "kill_parent": "PermissionError: [Errno 1] Operation not permitted",
    "symbolic_link": "FileNotFoundError: [Errno 2] No such file or directory",
    "write": "FileNotFoundError: [Errno 2] No such file or directory",
}
NAMES = sorted(path.stem for path in MODULES.glob("*.py") if path.stem != "harmless")


def sources(*names: str) -> list[Path]:
    return [MODULES / f"{name}.py" for name in names]


def test_eight_hostile_modules_are_red_or_come_to_nothing_and_the_harmless_one_is_green(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, value in {**FEW, "XDG_CACHE_HOME": tmp_path / "cache", "XDG_STATE_HOME": tmp_path / "state"}.items():
        monkeypatch.setenv(name, str(value))
    with listening() as listener:
        before = set(processes())
        place = project_of(sources(*SAID, "thread_at_exit"), tmp_path / "here", listener.getsockname(), 10)
        monkeypatch.chdir(place.project)
        assert main(["test", "run", "--format", "json", "--python", sys.executable]) == 10
        assert harmed(place, listener, before) == ""
    answer = json.loads(capsys.readouterr().out)
    assert answer["unknown"] == []
    told = answer["result"]
    said = {each["test"].partition("::")[0]: each["message"] for each in told["failed"]}
    assert told["result"] == "red"
    assert [name for name, words in SAID.items() if not said[f"tests/test_{name}.py"].startswith(words)] == [], said
    assert told["passed"] == [*HARMLESS, "tests/test_thread_at_exit.py::test_harm"]


def test_what_has_no_end_is_red_and_the_tests_behind_it_run(tmp_path: Path) -> None:
    place = project_of(sources("endless_regex", "huge_output"), tmp_path, ("127.0.0.1", 1), 1)
    result = run_tests(suite_of(place), How(longest=1.5, seconds=60))
    assert [(each.id.partition("::")[0], each.kind) for each in result.red] == [
        ("tests/test_endless_regex.py", "timeout"),
        ("tests/test_huge_output.py", "timeout"),
    ]
    assert [each.id for each in result.tests if each.outcome == "passed"] == HARMLESS
    assert result.left == ()


def suite_of(place: Place) -> Tests:
    python = ConfinedPython(tier=sandbox.strongest(), unsafe_allow_none=True)
    project = place.project
    inside = InsidePython(python, built=described(Path(sys.executable), (".",)), tree=project, cwd=project, env=FEW)
    return Tests(inside=inside, root=str(project), words=("-p", "no:cacheprovider"))


@pytest.mark.soak
@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("name", NAMES)
def test_each_hostile_module_is_contained_by_each_command(name: str, command: str) -> None:
    assert [row.wrong for row in rows(sources(name), 5.0, [command])] == [""]
