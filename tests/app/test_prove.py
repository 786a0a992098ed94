"""Prove, end to end: a git repository, a loopback index, uv, the sandbox, and real suites."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path

import msgspec
import pytest

from outpace.app.prove import prove
from outpace.app.prove_question import Question, question, recorded_change
from outpace.app.prove_runs import restore
from outpace.engines.git import Repository
from outpace.model.application import Application
from outpace.model.change import Change
from outpace.model.errors import NotFound, UsageError
from outpace.model.probe import Probe, Request, Sign
from outpace.model.proof import Check, Failed, Passed, Proof, Proved, Refuted, Result, Skipped, Undecided
from outpace.model.times import now
from outpace.proving.ladder.without_task import NO_CODE
from outpace.stories.history import History
from outpace.stories.keeping import of_change
from tests.fakes.index import Index, Release
from tests.fakes.project import Project, project
from tests.fakes.proof import tools

SERVER = """import http.server, pathlib, sys
import sprout
class Shop(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        status, body = sprout.served(self.path)
        self.send_response(status)
        self.end_headers()
        self.wfile.write(body)
    def log_message(self, *words): pass
if __name__ == "__main__":
    http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), Shop).serve_forever()
"""
TESTS = """import pathlib, unittest
import sprout
class Shop(unittest.TestCase):
    def test_age(self): self.assertEqual(sprout.age(), 1)
    def test_name(self): pathlib.Path("written").write_text("x")
    def test_red_before(self): self.fail("it was red before")
"""
GRANT = """from sprout import held_back, seedling
try:
    from sprout import never
except ImportError:
    never = None
"""
DOOR = """try:
    from sprout import seedling as app
except ImportError:
    pass
"""
HELD_BACK = "not on base either: from sprout import held_back"
GOOD = "seedling = 1\ndef age(): return 1\n"
HELD = "def served(path): return (404, b'') if '..' in path else (200, b'fine')\n"
LEAKS = "def served(path): return (200, b'secret') if '..' in path else (200, b'fine')\n"
BROKEN = "def served(path): return (404, b'') if path == '/' else (500, b'')\n"
SPROUT = {
    "1.0": GOOD + LEAKS,
    "1.1": GOOD + HELD,
    "1.2": "seedling = 1\ndef age(): return '1'\n" + HELD,
    "1.3": "import nowhere\n",
    "1.4": GOOD + BROKEN,
    "1.5": "def age(): return 1\n" + HELD,
}
RELEASES = {
    "sprout": [Release(version=version, modules=(("sprout.py", source),)) for version, source in SPROUT.items()],
    "seed": [Release(version="1.0")],
}
SHOP = Application(
    name="shop",
    locks=("uv.lock",),
    test=("python", "-m", "unittest"),
    imports=("shop",),
    run=("python", "shop.py", "{port}"),
    ready="/",
)
PROBE = Probe(
    advisories=("PYSEC-1",),
    request=Request(path="/a/../../secret"),
    exploited=Sign(status=200, contains="secret"),
    benign=Request(path="/fine"),
    success=Sign(status=200),
)


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    with Index(RELEASES) as index:
        made = project(tmp_path_factory.mktemp("prove"), index.url)
        made.write(
            {"shop.py": SERVER, "test_shop.py": TESTS, "grant.py": GRANT, "door.py": DOOR}, dependencies='"sprout==1.0"'
        )
        made.lock()
        made.commit("Begin")
        yield made


def changed(
    shop: Project,
    branch: str,
    *,
    version: str = "1.0",
    message: str = "",
    files: Mapping[str, str | None] | None = None,
) -> Question:
    """A branch off main with another sprout, other files, and a message; main is checked out again."""
    shop.switch("main")
    for name, content in (files or {}).items():
        if content is None:
            (shop.root / name).unlink()
        else:
            (shop.root / name).write_text(content)
    shop.write({}, dependencies=f'"sprout=={version}"')
    shop.lock()
    moved = f"Fixes: CVE-1\nMoves: sprout 1.0 -> {version}" if version != "1.0" else ""
    shop.commit(message or f"Upgrade sprout\n\n{moved}\n", branch=branch)
    shop.switch("main")
    return question(Repository(shop.root), SHOP, branch, None)


def proved(shop: Project, asked: Question, application: Application = SHOP, *probes: Probe) -> Proof:
    return prove(application, asked.base, asked.revision, purpose=None, tools=tools(shop), probes=probes)


def result(proof: Proof, name: str) -> Result:
    return next(check.result for check in proof.checks if check.name == name)


def test_a_fix_is_proved_and_asked_again_it_is_proved_from_memory(shop: Project) -> None:
    asked = changed(shop, "good", version="1.1")
    first = proved(shop, asked, SHOP, PROBE)
    assert first.conclusion == Proved(), first
    suite = "2 passed on the change, none newly red; red before and not blamed: test_shop.Shop::test_red_before"
    assert [(check.name, check.result) for check in first.checks] == [
        ("parses", Skipped(NO_CODE)),
        ("capabilities", Skipped(NO_CODE)),
        ("lock diff", Passed("exactly as stated by the commit's trailers: sprout 1.0 -> 1.1")),
        ("re-match", Passed("CVE-1 no longer matches; nothing became exposed")),
        ("environment", result(first, "environment")),
        ("imports", Passed(f"shop, sprout import; 2 names taken from what moved are there; {HELD_BACK}")),
        ("suite", Passed(suite)),
        (
            "probe",
            Passed(
                "exploited on base (GET /a/../../secret: status 200, the answer contains 'secret'), held on the change"
            ),
        ),
        ("added code exercised", Skipped(NO_CODE)),
    ]
    assert (first.fixes, first.notes, first.tier) == (("CVE-1",), (), "a test's")
    second = proved(shop, asked, SHOP, PROBE)
    assert (second.conclusion, second.digest) == (Proved(), first.digest)
    dear = {"environment", "imports", "suite", "probe"}
    assert {check.name for check in second.checks if check.cached} == dear


def test_the_users_own_tree_is_not_touched(shop: Project) -> None:
    asked = changed(shop, "untouched", version="1.1")
    (shop.root / "mine.txt").write_text("uncommitted")

    def state() -> str:
        git = ("git", "status", "--porcelain", "--ignored", "--branch")
        return subprocess.run(git, cwd=shop.root, capture_output=True, text=True, check=True).stdout

    before = state()
    proved(shop, asked)
    assert state() == before
    (shop.root / "mine.txt").unlink()


def test_an_upgrade_that_breaks_the_suite_is_refuted_by_its_first_failing_test(shop: Project) -> None:
    proof = proved(shop, changed(shop, "breaks", version="1.2"), SHOP, PROBE)
    why = (
        "suite: test_shop.Shop::test_age passes on base and fails on the change (red in 2 of 2 runs): "
        "AssertionError: '1' != 1"
    )
    assert proof.conclusion == Refuted(why)
    assert result(proof, "probe") == Skipped("refuted already")


def test_an_upgrade_that_no_longer_imports_is_refuted_before_its_suite_runs(shop: Project) -> None:
    proof = proved(shop, changed(shop, "imports", version="1.3"))
    missing = "ModuleNotFoundError: No module named 'nowhere'"
    why = f"imports: import shop fails on the change and not on base: {missing}"
    assert (proof.conclusion, result(proof, "suite")) == (Refuted(why), Skipped("refuted already"))


def test_an_upgrade_that_lacks_what_a_module_outside_the_suite_takes_by_name_is_refuted(shop: Project) -> None:
    proof = proved(shop, changed(shop, "names", version="1.5"))
    why = (
        "imports: grant.py:1: from sprout import seedling fails on the change and not on base: "
        "ImportError: cannot import name 'seedling' from 'sprout'"
    )
    assert proof.conclusion == Refuted(why)


def test_an_entry_point_whose_object_is_gone_is_refuted_and_one_that_never_was_is_undecided(shop: Project) -> None:
    asked = changed(shop, "gone", version="1.5")
    served = msgspec.structs.replace(SHOP, run=("gunicorn", "door:app", "{port}"))
    cannot = "ImportError: cannot import name 'app' from 'door'"
    assert proved(shop, asked, served).conclusion == Refuted(
        f"imports: from door import app fails on the change and not on base: {cannot}"
    )
    never = msgspec.structs.replace(SHOP, imports=("shop:Shop.nothing()",))
    found = proved(shop, changed(shop, "nothing", version="1.1"), never).conclusion
    assert isinstance(found, Undecided)
    assert found.missing.startswith("imports: shop:Shop.nothing fails, and base is no witness: AttributeError: ")


def test_a_change_that_answers_500_to_everything_is_never_held(shop: Project) -> None:
    proof = proved(shop, changed(shop, "broken", version="1.4"), SHOP, PROBE)
    assert isinstance(proof.conclusion, Undecided)
    assert proof.conclusion.missing.startswith(
        "probe: no answer on the change: the benign twin did not succeed: status 500"
    )


def test_a_change_that_does_not_do_what_it_says_is_refuted(shop: Project) -> None:
    claims = "Upgrade sprout\n\nFixes: CVE-1\nMoves: sprout 1.0 -> 1.1\n"
    proof = proved(shop, changed(shop, "liar", files={"README": "x"}, message=claims))
    why = "lock diff: sprout 1.0 -> 1.1 was stated by the commit's trailers and did not happen"
    assert proof.conclusion == Refuted(why)


def test_what_moves_in_a_file_that_is_not_deployed_is_judged_too(shop: Project) -> None:
    for version, branch in (("1.0", "docs"), ("1.1", "docs-fix")):
        (shop.root / "requirements-docs.txt").write_text("-r oldest.txt\n")
        (shop.root / "oldest.txt").write_text(f"./tools\nsprout=={version}\n")
        shop.commit("Upgrade sprout\n\nFixes: CVE-1\nMoves: sprout 1.0 -> 1.1\n", branch=branch)
    shop.switch("main")
    proof = proved(shop, question(Repository(shop.root), SHOP, "docs-fix", "docs"))
    alike = "not compared, being the same on both sides: oldest.txt: "
    moved = result(proof, "lock diff")
    assert isinstance(moved, Passed)
    assert moved.evidence.startswith("exactly as stated by the commit's trailers: sprout 1.0 -> 1.1; " + alike)
    left = "PYSEC-1 still matches sprout 1.0 in uv.lock, which the change leaves alone"
    assert result(proof, "re-match") == Passed(
        f"CVE-1 no longer matches where it moved; nothing became exposed; {left}"
    )


def test_a_strangers_change_without_a_purpose_is_undecided_and_shown_whole(shop: Project) -> None:
    files = {"Makefile": "all:\n", "test_shop.py": TESTS + "    def test_more(self): pass\n"}
    proof = proved(shop, changed(shop, "stranger", version="1.1", files=files, message="Improve things"))
    assert isinstance(proof.conclusion, Undecided)
    assert proof.conclusion.missing == "lock diff: the change does not say what it is for; sprout 1.0 -> 1.1"
    assert proof.fixes == ("PYSEC-1",)
    assert proof.notes == (
        "edits tests: test_shop.py",
        "touches how it is built: Makefile",
        "touches more than the lock: Makefile, test_shop.py",
    )


def test_a_change_that_drops_the_test_in_its_way_is_not_proved(shop: Project) -> None:
    files = {"test_shop.py": TESTS.replace("def test_age", "def no_test_age")}
    proof = proved(shop, changed(shop, "drops", version="1.2", files=files))
    assert proof.conclusion == Undecided(
        "suite: 1 test that passed on base and no longer runs: test_shop.Shop::test_age",
        "let them run again, or drop them in a change of its own",
    )


def test_a_test_that_was_bent_to_agree_with_a_break_is_left_to_a_reader(shop: Project) -> None:
    files = {"test_shop.py": TESTS.replace("sprout.age(), 1", "sprout.age(), '1'")}
    proof = proved(shop, changed(shop, "bent", version="1.2", files=files))
    assert proof.conclusion == Undecided(
        "suite: the edited tests may hide a break: as it was on base, test_shop.Shop::test_age fails on the "
        "change: AssertionError: '1' != 1",
        "a reader who agrees with the edited tests",
    )
    assert "edits tests: test_shop.py" in proof.notes


def test_a_change_that_adds_a_test_and_pleases_the_old_ones_is_proved(shop: Project) -> None:
    files = {"test_more.py": "import unittest\nclass More(unittest.TestCase):\n    def test_more(self): pass\n"}
    proof = proved(shop, changed(shop, "adds", version="1.1", files=files))
    assert proof.conclusion == Proved(), proof
    assert proof.notes == ("adds tests: test_more.py", "touches more than the lock: test_more.py")


def test_restoring_tests_never_leaves_the_tree(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "test_a.py").write_text("mine")
    tree = tmp_path / "tree"
    tree.mkdir()
    (tree / "tests").symlink_to(outside)
    (tree / "test_b.py").symlink_to(outside / "test_a.py")
    restore(tree, (("tests/test_a.py", b"theirs"), ("test_b.py", b"theirs"), ("new/test_c.py", b"theirs")))
    assert [path.read_text() for path in (outside / "test_a.py", tree / "test_b.py", tree / "new" / "test_c.py")] == [
        "mine",
        "theirs",
        "theirs",
    ]


def test_without_a_suite_a_change_is_undecided(shop: Project) -> None:
    files = {"test_shop.py": None}
    shop.switch("main")
    base = changed(shop, "untested", files=files, message="Drop all tests").revision
    shop.switch("untested")
    shop.write({}, dependencies='"sprout==1.1"')
    shop.lock()
    revision = shop.commit("Fixes: CVE-1\nMoves: sprout 1.0 -> 1.1", branch="untested-fix")
    shop.switch("main")
    bare = Application(name="shop", locks=("uv.lock",))
    proof = proved(shop, Question(base=base, revision=revision), bare)
    assert proof.conclusion == Undecided("suite: no test was found", "`test` in outpace.toml, or tests")


def test_the_base_is_where_the_change_left_the_deploy_branch(shop: Project) -> None:
    trees = Repository(shop.root)
    shop.switch("main")
    main = trees.head()
    asked = changed(shop, "left", files={"NOTES": "x"}, message="Note")
    assert asked == Question(base=main, revision=trees.resolve("left") or "")
    with pytest.raises(UsageError, match="there is no change to prove"):
        question(trees, SHOP, None, None)
    with pytest.raises(UsageError, match="there is no change to prove"):
        question(trees, SHOP, main, None, History(()))
    with pytest.raises(NotFound, match="no branch or revision nowhere"):
        question(trees, SHOP, "nowhere", None)


def test_a_recorded_change_is_proved_against_its_own_base_also_when_it_has_landed(shop: Project) -> None:
    asked = changed(shop, "merged", version="1.1")
    change = Change(branch="merged", base=asked.base, revision=asked.revision, fixes=("CVE-1",), moves=())
    noted = of_change(change, ())
    recorded = History((noted.fact("shop", now()),))
    landed = msgspec.structs.replace(SHOP, branch="merged")
    assert question(Repository(shop.root), landed, "merged", None, recorded) == asked
    assert recorded_change(recorded, asked) == change
    assert recorded_change(recorded, Question(base=asked.revision, revision=asked.revision)) is None


def test_every_check_tells_what_it_took_and_who_made_it(shop: Project) -> None:
    proof = proved(shop, changed(shop, "told", version="1.1"))
    made: dict[str, str] = {check.name: check.by for check in proof.checks if not isinstance(check.result, Failed)}
    assert made["suite"] == "python -m unittest"
    assert all(isinstance(check, Check) and check.seconds >= 0 for check in proof.checks)


def test_the_repository_is_left_without_a_worktree_or_branch_of_ours(shop: Project) -> None:
    proved(shop, changed(shop, "clean", version="1.1"))
    listed = subprocess.run(
        ("git", "worktree", "list"), cwd=shop.root, capture_output=True, text=True, check=True
    ).stdout
    assert len(listed.splitlines()) == 1
    assert Path(shop.root, ".git", "worktrees").exists() is False
