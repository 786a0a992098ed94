"""What every implementation of proving's ports does: the real engine and the fake alike."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from outpace.engines.cache import Cache
from outpace.engines.confined_python import Limits
from outpace.engines.git import Repository
from outpace.engines.imports import ModuleImports
from outpace.engines.rehearsal import Rehearsal
from outpace.engines.suite import Suite
from outpace.model.application import Application
from outpace.model.probe import Request, Response
from outpace.model.test_run import Green, Red
from outpace.model.unknown import Unknown
from outpace.proving.ports import Exchange, Imports, Loaded, NotLoaded, Rehearsals, Results, Suites, Trees
from tests.fakes.here import HERE, confined, written
from tests.fakes.project import project
from tests.fakes.proving import MemoryResults, MemoryTrees, WrittenImports, WrittenRehearsals, WrittenSuites

COMMITS: tuple[tuple[Mapping[str, str], str], ...] = (
    ({"uv.lock": "1", "tests/test_a.py": "pass", "kept": "k"}, "Begin"),
    ({"uv.lock": "2", "new": "n", "kept": "k"}, "Fixes: CVE-1"),
)


def real_trees(tmp_path: Path) -> Trees:
    made = project(tmp_path, "")
    for number, (files, message) in enumerate(COMMITS):
        for left in [path for path in made.root.rglob("*") if path.is_file() and ".git" not in path.parts]:
            left.unlink()
        made.write(files)
        made.commit(message, branch="change" if number else "main")
    return Repository(made.root)


def fake_trees(tmp_path: Path) -> Trees:
    return MemoryTrees(COMMITS, {"main": 0, "change": 1})


@pytest.mark.parametrize("make", [real_trees, fake_trees])
def test_trees_tell_what_a_revision_holds_and_how_two_differ(make: Callable[[Path], Trees], tmp_path: Path) -> None:
    trees = make(tmp_path)
    base, change = trees.resolve("main"), trees.resolve("change")
    assert base is not None
    assert change is not None
    assert (trees.head(), trees.branch(), trees.resolve("nowhere")) == (change, "change", None)
    assert (trees.parents(change), trees.parents(base), trees.merge_base(change, base)) == ((base,), (), base)
    assert sorted(trees.changed(base, change)) == [("A", "new"), ("D", "tests/test_a.py"), ("M", "uv.lock")]
    assert trees.message(change).strip() == "Fixes: CVE-1"
    assert (trees.paths(change), trees.read(change, "new"), trees.read(change, "tests/test_a.py")) == (
        ("kept", "new", "uv.lock"),
        b"n",
        None,
    )
    assert trees.tree(base) != trees.tree(change)
    with trees.worktree(base) as files:
        (files / "kept").write_text("changed")
        assert (files / "tests" / "test_a.py").read_text() == "pass"
    with trees.worktree(base) as files:
        assert (files / "kept").read_text() == "k"


@pytest.mark.parametrize("make", [Cache, lambda _: MemoryResults()], ids=["real", "fake"])
def test_results_give_back_what_was_put_last(make: Callable[[Path], Results], tmp_path: Path) -> None:
    results = make(tmp_path)
    digest = "ab" * 32
    assert results.get(digest) is None
    results.put(digest, b"one")
    results.put(digest, b"two")
    assert results.get(digest) == b"two"


TESTS = "def test_good(): pass\ndef test_bad(): assert False\n"
SUITES: dict[str, tuple[Callable[[], Suites], Mapping[str, str], str]] = {
    "real": (lambda: Suite(confined(), Limits(seconds=60)), {"test_a.py": TESTS}, "test_a::"),
    "fake": (WrittenSuites, {"suite": "passed test_good\nfailed test_bad\n"}, ""),
}


@pytest.mark.parametrize(("make", "files", "prefix"), SUITES.values(), ids=SUITES.keys())
def test_suites_name_what_failed_and_run_it_alone(
    make: Callable[[], Suites], files: Mapping[str, str], prefix: str, tmp_path: Path
) -> None:
    tree = written(tmp_path, files)
    application = Application(name="shop", test=("pytest", "-q"))
    run = make().run(HERE, tree, application)
    assert isinstance(run, Red)
    assert ([failure.name for failure in run.failures], run.passed) == ([f"{prefix}test_bad"], (f"{prefix}test_good",))
    alone = make().run(HERE, tree, application, (run.failures[0].node,))
    assert isinstance(alone, Red)
    assert alone.passed == ()


EMPTY: dict[str, tuple[Callable[[], Suites], Mapping[str, str]]] = {
    "real": (lambda: Suite(confined(), Limits(seconds=60)), {"test_a.py": ""}),
    "fake": (WrittenSuites, {"suite": ""}),
}


@pytest.mark.parametrize(("make", "files"), EMPTY.values(), ids=EMPTY.keys())
def test_a_suite_in_which_nothing_ran_is_not_green(
    make: Callable[[], Suites], files: Mapping[str, str], tmp_path: Path
) -> None:
    run = make().run(HERE, written(tmp_path, files), Application(name="shop", test=("pytest", "-q")))
    assert not isinstance(run, Green)
    assert isinstance(run, Unknown)


IMPORTS: dict[str, tuple[Callable[[], Imports], Mapping[str, str]]] = {
    "real": (lambda: ModuleImports(confined()), {"good.py": "", "bad.py": "raise RuntimeError\n"}),
    "fake": (WrittenImports, {"broken": "bad"}),
}


@pytest.mark.parametrize(("make", "files"), IMPORTS.values(), ids=IMPORTS.keys())
def test_imports_answer_for_each_module_in_the_order_asked(
    make: Callable[[], Imports], files: Mapping[str, str], tmp_path: Path
) -> None:
    found = make().load(HERE, written(tmp_path, files), Application(name="shop"), ("bad", "good"))
    assert not isinstance(found, Unknown)
    assert [(type(one), one.module) for one in found] == [(NotLoaded, "bad"), (Loaded, "good")]


SERVER = """import http.server, sys
http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), http.server.SimpleHTTPRequestHandler).serve_forever()
"""
REHEARSALS: dict[str, tuple[Callable[[], Rehearsals], Mapping[str, str]]] = {
    "real": (lambda: Rehearsal(confined(), ready_seconds=20), {"server.py": SERVER, "fine": "fine"}),
    "fake": (WrittenRehearsals, {"served  fine": "fine"}),
}


@pytest.mark.parametrize(("make", "files"), REHEARSALS.values(), ids=REHEARSALS.keys())
def test_rehearsals_give_the_answers_to_both_requests(
    make: Callable[[], Rehearsals], files: Mapping[str, str], tmp_path: Path
) -> None:
    application = Application(name="shop", run=("python", "server.py", "{port}"))
    found = make().run(HERE, written(tmp_path, files), application, Request(path="/missing"), Request(path="/fine"))
    assert isinstance(found, Exchange)
    assert isinstance(found.exploit, Response)
    assert (found.before, found.exploit.status, found.after) == (
        Response(status=200, body=b"fine"),
        404,
        Response(status=200, body=b"fine"),
    )
