"""`outpace assess` and `outpace brief` as they are typed, on the company that does not exist and on bad days."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from scripts import company
from tests.fakes.index import Index, Release

ROOT = Path(__file__).parents[2]
DATA = ROOT / "tests" / "data"
AS_OF = ("--as-of", "2025-02-12")


class Machine:
    """With advisory data, and Lantern Books in `lantern`."""

    def __init__(self, place: Path) -> None:
        self.place = place
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("OUTPACE_", "XDG_", "GIT_"))}
        self.env = {**kept, "HOME": str(place), "GIT_CONFIG_GLOBAL": os.devnull, "COLUMNS": "80"}
        self.says("advisories", "update", "--from", str(DATA / "osv" / "all.zip"), "--quiet")
        company.build(place / "lantern")

    def done(self, *words: str) -> subprocess.CompletedProcess[str]:
        argv = [sys.executable, "-m", "outpace.cli", *words, "--quiet"]
        return subprocess.run(
            argv, cwd=self.place, env=self.env, capture_output=True, text=True, check=False, timeout=120
        )

    def says(self, *words: str, status: int = 0) -> str:
        done = self.done(*words)
        assert done.returncode == status, (words, done.stdout, done.stderr)
        return done.stdout or done.stderr

    def result(self, *words: str) -> dict[str, Any]:
        answer = json.loads(self.says("assess", *words, "--format", "json"))
        schema = json.loads((ROOT / "docs" / "schemas" / "assess.json").read_text())
        jsonschema.validate(answer, schema)
        return answer["result"]

    def git(self, *words: str, cwd: str = ".") -> str:
        env = {
            **self.env,
            **{f"GIT_{r}_{k}": "a@example.invalid" for r in ("AUTHOR", "COMMITTER") for k in ("NAME", "EMAIL")},
        }
        return subprocess.run(
            ["git", *words], cwd=self.place / cwd, env=env, check=True, capture_output=True, text=True
        ).stdout


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Machine:
    return Machine(tmp_path_factory.mktemp("assess"))


def test_the_first_line_says_how_long_fixes_take_and_all_of_it_fits_a_screen(machine: Machine) -> None:
    lines = machine.says("assess", "lantern", *AS_OF).splitlines()
    assert lines[0].startswith("The last 24 fixes reached the default branch after a median of")
    assert len(lines) <= 40
    assert max(map(len, lines)) <= 80


def test_the_json_is_that_of_its_published_schema_and_tells_each_episode(machine: Machine) -> None:
    result = machine.result("lantern", *AS_OF)
    assert result["repository"] == "lantern"
    assert result["latency"]["immune"] + result["latency"]["reactive"] + result["latency"]["adopted"] == len(
        result["items"]
    )
    assert {each["state"] for each in result["episodes"]} <= {"fixed", "removed", "open", "unpinned", "unknown"}


def test_an_upgrade_that_was_taken_back_opened_its_advisories_again(machine: Machine) -> None:
    """Django 4.2.1 landed on 2023-05-10 and was reverted on 2023-05-12."""
    items = machine.result("lantern", *AS_OF)["items"]
    reverted = [each for each in items if each["package"] == "django" and each["reopened"]]
    assert reverted
    assert all(each["exposed_days"] < each["days"] for each in reverted)


def test_the_csv_has_a_row_for_each_episode(machine: Machine) -> None:
    rows = list(csv.DictReader(io.StringIO(machine.says("assess", "lantern", *AS_OF, "--format", "csv"))))
    assert len(rows) == len(machine.result("lantern", *AS_OF)["episodes"])
    assert {row["repository"] for row in rows} == {"lantern"}


def test_a_run_again_says_the_same(machine: Machine) -> None:
    assert machine.says("assess", "lantern", *AS_OF) == machine.says("assess", "lantern", *AS_OF)


def test_without_its_cache_it_says_the_same(machine: Machine) -> None:
    before = machine.result("lantern", *AS_OF)
    shutil.rmtree(machine.place / ".cache")
    assert machine.result("lantern", *AS_OF) == before


def test_a_bare_clone_says_what_the_clone_with_files_says(machine: Machine) -> None:
    machine.git("clone", "-q", "--bare", "lantern", "bare")
    before, bare = machine.result("lantern", *AS_OF), machine.result("bare", *AS_OF)
    assert {**bare, "repository": "lantern"} == before


def test_a_shallow_clone_is_on_no_path_that_can_be_told(machine: Machine) -> None:
    machine.git("clone", "-q", "--depth", "50", f"file://{machine.place}/lantern", "shallow")
    result = machine.result("shallow", *AS_OF)
    assert (result["path"]["verdict"], result["horizon"]["shallow"]) == ("unknown", True)
    assert "shallow" in machine.says("assess", "shallow", *AS_OF)


def people_of(machine: Machine, clone: str) -> set[str]:
    """Every name and address of authors, committers, taggers, trailers and .mailmap; programs are no people."""
    told = machine.git("log", "--all", "--format=%an%n%ae%n%cn%n%ce%n%aN%n%aE", cwd=clone)
    told += machine.git("for-each-ref", "--format=%(taggername)%0a%(taggeremail:trim)", "refs/tags", cwd=clone)
    addressed = machine.git("log", "--all", "--format=%(trailers:valueonly)", cwd=clone)
    addressed += (machine.place / clone / ".mailmap").read_text()
    found = {part.strip() for part in (*told.splitlines(), *re.split(r"[<>\n]", addressed))}
    return {each for each in found if each and "[bot]" not in each}


def test_nobody_of_the_history_is_named_in_any_output(machine: Machine) -> None:
    every = [("assess", form) for form in ("text", "json", "csv", "html")]
    every += [("brief", form) for form in ("text", "json", "html")]
    written = "\n".join(machine.says(command, "lantern", *AS_OF, "--format", form) for command, form in every).lower()
    files = (*(machine.place / ".local").rglob("facts.sqlite*"), *(machine.place / ".cache").rglob("*"))
    kept = b"".join(path.read_bytes() for path in files if path.is_file())
    written += kept.decode("utf-8", "replace").lower()
    people = people_of(machine, "lantern")
    assert {*company.GUEST, *company.PEOPLE[0], "Wren Halloway-Stone"} <= people
    words = people | {word for each in people if "@" not in each for word in each.split()}
    assert {each for each in words if each.lower() in written} == set()


def test_when_fixes_came_out_is_unknown_until_it_is_asked(machine: Machine) -> None:
    result = machine.result("lantern", *AS_OF)
    assert result["latency"]["since_released"] is None
    answer = json.loads(machine.says("assess", "lantern", *AS_OF, "--format", "json"))
    (unknown,) = [each for each in answer["unknown"] if each["what"] == "when fixes were released"]
    assert unknown["would_settle"] == "outpace assess --release-dates"


def test_release_dates_are_asked_of_the_index_kept_and_told(
    machine: Machine, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Without the option it is still the answer of one who did not ask; offline it is the kept one."""
    names = {each["package"] for each in machine.result("lantern", *AS_OF)["episodes"]}
    releases = {
        "django": [Release(version="4.2.16", upload_time="2024-09-03T00:00:00Z")],
        "flask": [
            Release(version="2.2.3", upload_time="2023-02-15T00:00:00Z"),
            Release(version="2.3.2", upload_time="2023-05-01T00:00:00Z"),
        ],
    }
    before = machine.result("lantern", *AS_OF)
    with Index(releases) as index:
        monkeypatch.setitem(machine.env, "UV_DEFAULT_INDEX", index.url.replace("://", "://someone:s3cret@"))
        monkeypatch.setitem(machine.env, "NO_PROXY", "127.0.0.1")
        monkeypatch.setitem(machine.env, "XDG_CACHE_HOME", str(tmp_path))
        told = machine.done("assess", "lantern", *AS_OF, "--release-dates", "--format", "json")
        asked = set(index.asked)
        index.down = True
        again = machine.says("assess", "lantern", *AS_OF, "--release-dates", "--format", "json")
        offline = machine.says("assess", "lantern", *AS_OF, "--release-dates", "--offline", "--format", "json")
    assert asked == {f"/simple/{name}/" for name in names}
    result = json.loads(told.stdout)["result"]
    flask = [each["stages"]["fix_released"] for each in result["episodes"] if each["package"] == "flask"]
    assert flask == ["2023-05-01T00:00:00Z"]
    assert result["latency"]["since_released"]["count"] > 0
    assert json.loads(again)["result"] == json.loads(offline)["result"] == result
    assert "s3cret" not in told.stdout + told.stderr
    assert machine.result("lantern", *AS_OF) == before


def test_an_index_that_is_down_fails_no_assessment_and_is_asked_again(
    machine: Machine, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setitem(machine.env, "NO_PROXY", "127.0.0.1")
    monkeypatch.setitem(machine.env, "XDG_CACHE_HOME", str(tmp_path))
    with Index({"flask": [Release(version="2.3.2", upload_time="2023-05-01T00:00:00Z")]}) as index:
        monkeypatch.setitem(machine.env, "UV_DEFAULT_INDEX", index.url)
        index.down = True
        down = json.loads(machine.says("assess", "lantern", *AS_OF, "--release-dates", "--format", "json"))
        index.down = False
        up = json.loads(machine.says("assess", "lantern", *AS_OF, "--release-dates", "--format", "json"))
    assert down["result"]["latency"]["since_released"] is None
    assert any("answered 503" in each["why"] for each in down["unknown"])
    assert up["result"]["latency"]["since_released"] is not None


def test_without_an_index_that_could_be_asked_it_says_what_to_do(
    machine: Machine, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setitem(machine.env, "PATH", str(tmp_path))
    for name in ("UV_DEFAULT_INDEX", "UV_INDEX_URL", "PIP_INDEX_URL"):
        monkeypatch.delitem(machine.env, name, raising=False)
    assert "uv cannot be run" in machine.says("assess", "lantern", *AS_OF, "--release-dates", status=3)


def test_several_clones_are_ranked_and_one_that_cannot_be_read_is_named(machine: Machine) -> None:
    (machine.place / "nothing").mkdir(exist_ok=True)
    listed = machine.place / "repos.txt"
    listed.write_text("# ours\nlantern\n\nnothing\n")
    told = machine.says("assess", "--repos", str(listed), *AS_OF)
    assert "lantern" in told
    assert "not assessed: " in told
    answer = json.loads(machine.says("assess", "--repos", str(listed), *AS_OF, "--format", "json"))
    assert [each["repository"] for each in answer["result"]["repositories"]] == ["lantern"]
    assert len(answer["result"]["failed"]) == 1


def test_where_no_clone_could_be_assessed_there_is_no_empty_answer(machine: Machine) -> None:
    said = machine.says("assess", "absent", "absent-too", status=2)
    assert "none of the 2 clones could be assessed" in said


def test_the_brief_of_a_fleet_names_what_could_not_be_read(machine: Machine) -> None:
    for form in ("text", "json", "html"):
        assert "absent" in machine.says("brief", "lantern", "absent", *AS_OF, "--format", form)


def test_before_the_first_landing_there_is_no_history(machine: Machine) -> None:
    said = machine.says("assess", "lantern", "--as-of", "2001-01-01", status=2)
    assert "nothing had landed on main of lantern by 2001-01-01" in said


def test_a_directory_without_a_repository_is_an_error_that_names_it(machine: Machine) -> None:
    (machine.place / "nothing").mkdir(exist_ok=True)
    assert "is not in a git repository" in machine.says("assess", "nothing", status=2)


def test_a_repository_without_a_commit_is_an_error(machine: Machine) -> None:
    machine.git("init", "-q", "empty")
    assert "no commit yet" in machine.says("assess", "empty", status=2)


def test_a_repository_without_a_lock_file_is_unknown_and_not_well(machine: Machine) -> None:
    machine.git("init", "-q", "-b", "main", "plain")
    (machine.place / "plain" / "README").write_text("x\n")
    machine.git("add", "-A", cwd="plain")
    machine.git("commit", "-q", "-m", "Begin", cwd="plain")
    result = machine.result("plain")
    assert (result["path"]["verdict"], result["since"], result["items"]) == ("unknown", None, [])
    assert "unknown" in machine.says("assess", "plain").splitlines()[0]


def test_without_advisory_data_there_is_no_answer(machine: Machine, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "outpace.cli", "assess", "lantern", "--offline"],
        cwd=machine.place, env={**machine.env, "HOME": str(tmp_path)}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 3
    assert "advisor" in done.stderr


def test_a_time_that_is_none_is_said(machine: Machine) -> None:
    assert "--as-of soon is no time" in machine.says("assess", "lantern", "--as-of", "soon", status=2)


def test_a_declared_deadline_is_met_or_missed(machine: Machine) -> None:
    machine.git("clone", "-q", "lantern", "promised")
    machine.git("remote", "remove", "origin", cwd="promised")  # what its main holds beyond has not landed
    declared = '[[deadlines]]\nname = "all"\nwithin = "30 days"\nfrom = "published"\n'
    (machine.place / "promised" / "outpace.toml").write_text(declared)
    machine.git("add", "outpace.toml", cwd="promised")
    machine.git("commit", "-q", "-m", "Promise", "--date", "2025-02-11T12:00:00Z", cwd="promised")
    (deadline,) = machine.result("promised")["deadlines"]
    assert deadline["met"] > 0
    assert deadline["missed"] > 0
    assert deadline["unknown"] == 0


def test_the_brief_has_the_same_numbers_for_every_reader(machine: Machine) -> None:
    pages = {
        position: machine.says("brief", "lantern", *AS_OF, "--for", position, "--format", "html")
        for position in ("new-mandate", "established", "continuity")
    }
    assert len(set(pages.values())) == 3
    assert all("<script" not in page for page in pages.values())


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_a_run_over_many_clones_that_is_ended_takes_its_processes_along_and_leaves_no_traceback(
    machine: Machine, number: signal.Signals
) -> None:
    """What they inherited is closed only when the last of them has ended."""
    for name in ("one", "two", "three"):
        shutil.copytree(machine.place / "lantern", machine.place / f"{number.name}-{name}")
    places = [f"{number.name}-{name}" for name in ("one", "two", "three")]
    argv = [sys.executable, "-m", "outpace.cli", "assess", *places, "--jobs", "2"]
    run = subprocess.Popen(
        argv, cwd=machine.place, env=machine.env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True
    )
    assert run.stderr is not None
    first = run.stderr.readline()  # one of them is done, so that others work
    (run.send_signal if number == signal.SIGKILL else lambda each: os.killpg(run.pid, each))(number)
    out, err = run.communicate(timeout=60)
    assert first.startswith(b"outpace: 1 of 3"), first
    assert (out, b"Traceback" in err) == (b"", False), err
    assert run.returncode == (-9 if number == signal.SIGKILL else 130)


def test_a_clone_that_nobody_fetched_is_told_as_of_its_end_and_git_fetch_settles_it(machine: Machine) -> None:
    machine.git("clone", "-q", "--bare", "lantern", "stale.git")
    answer = json.loads(machine.says("assess", "stale.git", "--format", "json"))
    told, ended = answer["result"], machine.git("log", "-1", "--format=%cI", cwd="stale.git")[:10]
    assert told["as_of"][:10] == ended
    assert answer["unknown"][0]["what"] == f"what landed since {ended}, and what is open today"
    assert [item for item in told["items"] if item["published"] and item["published"] > f"{ended}T23:59:59"] == []
    assert told["path"]["verdict"] != "stalled"
    assert {step["measured_again"] for step in told["plan"]["steps"]} == {None}
    assert machine.result("lantern")["as_of"][:10] != ended  # no clone: nothing can be lacking


def test_a_day_that_has_not_come_is_refused(machine: Machine) -> None:
    assert "--as-of 9999-12-31 has not come yet" in machine.says("assess", "lantern", "--as-of", "9999-12-31", status=2)
