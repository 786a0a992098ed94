"""`outpace split` as it is typed: what it proposes, refuses, and never touches."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from outpace.cli.main import main

PEOPLE = {"ann": "ann@example.org", "bea": "bea@example.org"}
CART = "def total(prices):\n    return sum(prices)\n"
CUT = "".join(f"    prices = prices[{number}:]\n" for number in range(12))
NEW = f"\n\ndef rebate(prices):\n{CUT}    return total(prices)\n"
DOOR = "from cart import total\n\n\ndef pay(prices):\n    return total(prices)\n"


class Said(NamedTuple):
    status: int
    out: str
    err: str


class Shop:
    """A repository without a lock, and commands typed in it."""

    def __init__(self, root: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.root = root
        self._capsys = capsys
        self.git("init", "-q", "-b", "main")
        self.commit({"cart.py": CART, "door.py": DOOR, "README.md": "shop\n"})

    def says(self, *words: str) -> Said:
        status = main(["split", *words])
        told = self._capsys.readouterr()
        return Said(status, told.out, " ".join(told.err.split()))

    def git(self, *words: str, by: str = "ann") -> str:
        who = {f"GIT_{role}_EMAIL": PEOPLE[by] for role in ("AUTHOR", "COMMITTER")}
        names = {f"GIT_{role}_NAME": by for role in ("AUTHOR", "COMMITTER")}
        env = {**os.environ, **who, **names}
        done = subprocess.run(["git", *words], cwd=self.root, capture_output=True, text=True, check=True, env=env)
        return done.stdout.strip()

    def commit(self, files: dict[str, str], by: str = "ann") -> None:
        for name, content in files.items():
            (self.root / name).parent.mkdir(parents=True, exist_ok=True)
            (self.root / name).write_text(content)
        self.git("add", "--all")
        self.git("commit", "-qm", "Change the shop", by=by)

    def branch(self, name: str, files: dict[str, str]) -> None:
        self.git("switch", "-qc", name, "main")
        self.commit(files)
        self.git("switch", "-q", "main")


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Shop:
    root = tmp_path / "shop"
    root.mkdir()
    monkeypatch.chdir(root)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    made = Shop(root, capsys)
    made.branch("feature", {"cart.py": CART + NEW, "door.py": DOOR.replace("total", "rebate"), "README.md": "a shop\n"})
    return made


def test_a_dry_run_proposes_steps_proves_none_and_touches_nothing(shop: Shop) -> None:
    before = (shop.git("for-each-ref"), shop.git("status", "--porcelain"))
    said = shop.says("feature", "--dry-run", "--format", "json", "--quiet")
    result = json.loads(said.out)["result"]
    told = [(step["kind"], step["title"], step["risk"], step["proof"]["state"]) for step in result["steps"]]
    assert (said.status, said.err, told) == (
        10,
        "",
        [
            ("expand", "Add rebate in cart.py", "low", "not proved"),
            ("change", "Change pay in door.py", "medium", "not proved"),
            ("documentation", "Document it in README.md", "none", "not proved"),
        ],
    )
    assert (shop.git("for-each-ref"), shop.git("status", "--porcelain")) == before
    last = result["steps"][-1]["revision"]
    assert shop.git("rev-parse", f"{last}^{{tree}}") == shop.git("rev-parse", "feature^{tree}")


def test_the_text_is_a_tree_of_steps_with_sizes_risks_and_reasons(shop: Shop) -> None:
    steps = json.loads(shop.says("feature", "--dry-run", "--format", "json", "--quiet").out)["result"]["steps"]
    said = shop.says("feature", "--dry-run", "--quiet")
    assert said.out.splitlines()[:6] == [
        "22 lines of feature are 3 steps, the largest of 16 lines; not proved",
        "",
        "1. Add rebate in cart.py",
        "   1 file, 16 lines, risk low; expand: rebate comes before what uses it",
        f"   {steps[0]['revision'][:12]} not proved",
        "    cart.py  16",
    ]


def test_a_step_says_in_its_message_why_it_comes_there_and_is_by_the_branchs_author(shop: Shop) -> None:
    steps = json.loads(shop.says("feature", "--dry-run", "--format", "json", "--quiet").out)["result"]["steps"]
    first = steps[0]["revision"]
    assert shop.git("show", "-s", "--format=%an%n%B", first) == (
        "ann\nAdd rebate in cart.py\n\nIt comes here because rebate comes before what uses it.\n\n"
        f"Split-From: {shop.git('rev-parse', 'feature')}\nSplit-Step: 1"
    )


def test_steps_of_several_peoples_branch_are_outpaces_own(shop: Shop) -> None:
    shop.git("switch", "-q", "feature")
    shop.commit({"cart.py": CART + NEW + "\n\nlast = 1\n"}, by="bea")
    shop.git("switch", "-q", "main")
    steps = json.loads(shop.says("feature", "--dry-run", "--format", "json", "--quiet").out)["result"]["steps"]
    assert {shop.git("show", "-s", "--format=%an", step["revision"]) for step in steps} == {"Outpace"}


def test_a_branch_that_is_one_cycle_says_that_no_part_stands_alone_and_why(shop: Shop) -> None:
    calls = "".join(f"    prices = total({number}, prices)\n" for number in range(40))
    shop.branch("before", {"cart.py": CART, "door.py": DOOR + calls.replace(", prices)", ")")})
    shop.git("merge", "-q", "before")
    shop.branch("cycle", {"cart.py": CART.replace("(prices)", "(share, prices)", 1), "door.py": DOOR + calls})
    said = shop.says("cycle", "--dry-run", "--quiet")
    words = " ".join(said.out.split())
    assert "lines of cycle are one step: no part stands alone; not proved" in words
    assert "Cannot be apart cart.py: total, door.py: pay: total is called in another way" in words


def behind(shop: Shop) -> None:
    shop.commit({"other.py": "a = 1\n"})


def merged(shop: Shop) -> None:
    shop.branch("beside", {"beside.py": "a = 1\n"})
    shop.git("switch", "-q", "feature")
    shop.git("merge", "-q", "--no-edit", "beside")
    shop.git("switch", "-q", "main")


def dirty(shop: Shop) -> None:
    (shop.root / "cart.py").write_text("changed\n")


@pytest.mark.parametrize(
    ("happens", "told"),
    [
        (behind, "main has 1 commit more: the steps begin where the branch left it"),
        (merged, "it holds 1 merge commit ("),
        (dirty, "uncommitted changes are no part of it: cart.py"),
    ],
)
def test_what_a_reader_may_wonder_at_is_said(shop: Shop, happens: Callable[[Shop], None], told: str) -> None:
    happens(shop)
    said = json.loads(shop.says("feature", "--dry-run", "--format", "json", "--quiet").out)
    assert [note for note in said["warnings"] if note.startswith(told)] == said["warnings"]
    last = said["result"]["steps"][-1]["revision"]
    assert shop.git("rev-parse", f"{last}^{{tree}}") == shop.git("rev-parse", "feature^{tree}")


def test_branches_that_cannot_be_split_are_refused_in_words(shop: Shop) -> None:
    shop.git("branch", "empty", "main")
    shop.branch("back", {"cart.py": "gone = 1\n"})
    shop.git("switch", "-q", "back")
    shop.commit({"cart.py": CART})
    shop.git("switch", "-q", "--orphan", "stranger")
    shop.commit({"cart.py": CART})
    shop.git("switch", "-q", "main")
    words = {
        ("nowhere",): "there is no branch or revision nowhere",
        ("feature", "--onto", "nowhere"): "there is no branch or revision nowhere",
        ("empty",): "main holds all of empty: there is nothing to split",
        ("back",): "back ends with the files that it began with: there is nothing to split",
        ("stranger",): "stranger shares no history with main",
        ("feature", "--dry-run", "--land"): "--dry-run and --land exclude one another",
        ("feature", "--max-steps", "0"): "--max-steps 0 leaves no step",
        ("feature", "--grant", "flies"): '"flies" is no power that code could gain',
        ("feature", "--branch-prefix", ""): "without a prefix, the steps would have the name of the branch",
    }
    said = {typed: shop.says(*typed) for typed in words}
    assert {typed: each.status for typed, each in said.items()} == dict.fromkeys(words, 2)
    assert [typed for typed, told in words.items() if told not in said[typed].err] == []


def test_steps_without_components_are_proved_without_advisory_data(shop: Shop) -> None:
    said = shop.says("feature", "--offline", "--unsafe-no-sandbox")
    assert (said.status, "proving step 1" in said.err, "advisory data" in said.err) == (10, True, False)


DJANGO = "from django.db import migrations, models\n\n\nclass Migration(migrations.Migration):\n"
MODEL = """    operations = [migrations.CreateModel("User", fields=[
        ("id", models.BigAutoField(primary_key=True)), ("name", models.CharField(max_length=20)),
    ])]
"""
ALTER = """    dependencies = [("people", "0001_first")]
    operations = [migrations.AlterField("user", "name", models.CharField(max_length={}))]
"""
NEXT = "people/migrations/0002_next.py"


@pytest.mark.parametrize(
    ("length", "told"),
    [(30, ("change", "medium", [])), (10, ("contract", "high", [NEXT]))],
)
def test_what_a_migration_does_to_a_field_is_told_against_the_base(
    shop: Shop, length: int, told: tuple[str, str, list[str]]
) -> None:
    shop.commit({"people/migrations/0001_first.py": DJANGO + MODEL})
    shop.branch("longer", {NEXT: DJANGO + ALTER.format(length)})
    said = json.loads(shop.says("longer", "--dry-run", "--format", "json", "--quiet").out)
    (step,) = said["result"]["steps"]
    assert (step["kind"], step["risk"], step["breaks"]) == told
    assert said["unknown"] == []


def test_a_migration_of_which_nothing_is_known_is_said_with_what_would_tell(shop: Shop) -> None:
    shop.branch("runs", {NEXT: DJANGO + "    operations = [migrations.RunPython(forwards)]\n"})
    said = shop.says("runs", "--dry-run", "--quiet")
    revision = json.loads(shop.says("runs", "--dry-run", "--format", "json", "--quiet").out)["result"]["steps"][0]
    asks = f"{revision['revision'][:12]}^..{revision['revision'][:12]}"
    words = f"! whether the release before goes on beside {NEXT} is not known: outpace migrations {asks} says why"
    assert words in " ".join(said.out.split())
    assert main(["migrations", asks]) == 10


def test_files_that_look_like_migrations_and_are_none_are_read_past(shop: Shop) -> None:
    large = "people/migrations/0001_first.py"
    shop.commit({large: "x" * (5 << 20), "people/migrations/0002_bytes.py": "\0\0"})
    (shop.root / "people/migrations/0003_away.py").symlink_to("/etc/passwd")
    shop.commit({})
    shop.branch("more", {"people/migrations/0004_next.py": DJANGO + ALTER.format(30)})
    (step,) = json.loads(shop.says("more", "--dry-run", "--format", "json", "--quiet").out)["result"]["steps"]
    assert (step["risk"], step["breaks"]) == ("high", [])
