"""An agent's command: what it leaves is a proposal, and whatever it tries, nothing else of this machine changes."""

from __future__ import annotations

import hashlib
import json
import os
import re
import subprocess
import sys
import tempfile
import time
import tomllib
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from outpace.engines.agent_command import Agent, Limits
from outpace.engines.own_python import described
from outpace.engines.proposed import between, put_onto
from outpace.model.errors import Unconfined
from outpace.model.proposers import AgentCommand
from outpace.proving.ports import Built
from outpace.proving.proposing.ports import Asked, NoProposal, Proposal, Proposer
from outpace.sandbox import Box, FileSystem, Full, NoSandbox, Tier, confine
from tests.fakes.loopback import loopback
from tests.needs import missing, needs

AGENTS = Path(__file__).parents[1] / "fakes" / "agents"
TIERS: dict[str, Tier] = {"full": Full(), "file-system": FileSystem()}
WRONG = "def add(a, b):\n    return a - b\n"
RIGHT = "def add(a, b):\n    return a + b\n"
CANARY = "canary-5e1f0c"
KEY = "zT4vQ9mXw2LkR7nB3cHd8yPs"
DIFF = """\
diff --git a/calc.py b/calc.py
--- a/calc.py
+++ b/calc.py
@@ -1,2 +1,2 @@
 def add(a, b):
-    return a - b
+    return a + b
"""
GONE = 5.0  # seconds in which the kernel ends what was killed, on a busy machine
SMALL = Limits(processes=40, disk=16 << 20)


@pytest.fixture(params=TIERS)
def tier(request: pytest.FixtureRequest) -> Tier:
    found = TIERS[request.param]
    try:
        confine(["true"], box=Box(), cwd=Path("/usr"), tier=found)
    except Unconfined as error:
        missing(error.message)
    return found


class World:
    """A user with a home, a tree that an agent is to change, and a witness: what both hold before and after."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.home, self.tree = root / "home", root / "base"
        self.token = f"agent-{os.urandom(8).hex()}"
        for path, text in {
            "home/.ssh/id_ed25519": f"key {CANARY}",
            "home/.aws/credentials": f"aws {CANARY}",
            "home/.agent/login.json": f'{{"token": "{KEY}", "word": "{CANARY}"}}',
            "home/witness": "nobody touched this",
            "base/calc.py": WRONG,
            "base/.gitignore": "build/\n*.log\n",
            "base/docs/read me.txt": "no newline at the end",
        }.items():
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_text(text)
        (self.tree / "inside").symlink_to("docs/read me.txt")
        (self.tree / "out").symlink_to("../home/witness")
        self.before = self.seen()
        self.reports: list[str] = []

    def seen(self) -> dict[str, str]:
        return {
            str(path): str(path.readlink()) if path.is_symlink() else hashlib.sha256(path.read_bytes()).hexdigest()
            for root in (self.home, self.tree)
            for path in sorted(root.rglob("*"))
            if path.is_symlink() or path.is_file()
        }

    def agent(
        self,
        command: tuple[str, ...],
        tier: Tier,
        *,
        limits: Limits = SMALL,
        project: Built | None = None,
        **config: object,
    ) -> Agent:
        return Agent(
            msgspec.convert({"command": command, **config}, AgentCommand),
            environ={"PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin", "OTHER_KEY": CANARY, "AGENT_KEY": KEY},
            home=self.home,
            tier=tier,
            report=self.reports.append,
            limits=limits,
            project=project,
        )

    def ask(
        self, name: str, *words: str, tier: Tier, seconds: float = 20, limits: Limits = SMALL, **config: object
    ) -> Proposal | NoProposal:
        """Of a scripted agent; whatever it did, no process of it is left and what it was not given is as it was."""
        command = (str(AGENTS / f"{name}.py"), *words)
        given = (*command, self.token) if name == "leaves_daemon" else command
        agent = self.agent(given, tier, limits=limits, project=None, **config)
        answer = agent.propose(self.asked(), seconds=seconds)
        assert self.seen() == self.before
        until = time.monotonic() + GONE
        while (left := _running(str(AGENTS / f"{name}.py"))) and time.monotonic() < until:
            time.sleep(0.05)
        assert left == []
        assert list(Path(tempfile.gettempdir()).glob("outpace-scratch-agent-*")) == []
        return answer

    def asked(self, *refuted: str) -> Asked:
        return Asked(
            task="task-1",
            brief="# Mend `add`\n\nIt subtracts.",
            brief_json=b'{"goal":"mend ```add```"}',
            tree=self.tree,
            editable=("calc.py",),
            refuted=refuted,
        )


def _running(word: str) -> list[str]:
    found: list[str] = []
    for place in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            if word.encode() in place.read_bytes() and int(place.parent.name) != os.getpid():
                found.append(place.parent.name)
        except OSError:
            continue
    return found


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """Not in pytest's own folder: other tests beside this one have scratch directories too."""
    with tempfile.TemporaryDirectory(prefix="outpace-test-agent-") as place:
        (Path(place) / "tmp").mkdir()
        monkeypatch.setattr(tempfile, "tempdir", f"{place}/tmp")
        yield World(Path(place).resolve())


def why(answer: Proposal | NoProposal) -> str:
    assert isinstance(answer, NoProposal), answer
    return answer.why


def diff(answer: Proposal | NoProposal) -> str:
    assert isinstance(answer, Proposal), answer
    return answer.diff.decode()


def test_it_may_run_the_project_s_tests_with_the_project_s_own_python(world: World, tier: Tier) -> None:
    (world.tree / "test_calc.py").write_text("from calc import add\n\ndef test_add():\n    assert add(1, 2) == 3\n")
    project = described(Path(sys.executable), (".",))
    agent = world.agent((str(AGENTS / "runs_tests.py"),), tier, limits=SMALL, project=project)
    answer = agent.propose(world.asked(), seconds=60)
    assert isinstance(answer, Proposal), answer
    assert b"+# 1 passed in" in answer.diff


def test_what_an_agent_edits_is_a_proposal(world: World, tier: Tier) -> None:
    proposer: Proposer = world.agent((str(AGENTS / "good.py"), "calc.py", "a - b", "a + b"), tier)
    answer = proposer.propose(world.asked(), seconds=20, tokens=None, cost_usd=None)
    assert isinstance(answer, Proposal)
    assert (answer.diff.decode(), answer.said, answer.origin) == (DIFF, "replaced 1 in calc.py", "live")
    assert answer.by.startswith("good.py, command ")
    assert (answer.spent.tokens_in, answer.spent.cost_usd, len(answer.request)) == (None, None, 64)
    put_onto(world.tree, answer.diff)
    assert (world.tree / "calc.py").read_text() == RIGHT


def test_the_task_comes_on_standard_input_in_a_file_and_where_the_command_names_it(world: World, tier: Tier) -> None:
    agent = world.agent((str(AGENTS / "reads_task.py"), "{task}"), tier)
    answer = agent.propose(world.asked("tried before:\x1b[1m add(1, 1) was 0"), seconds=20)
    put_onto(world.tree, diff(answer).encode())
    texts = {name: (world.tree / f"{name}.txt").read_text() for name in ("stdin", "file", "argument")}
    data = json.loads((world.tree / "task.json").read_text())
    assert texts["stdin"].startswith(
        "# Mend `add`\n\nIt subtracts.\n\n## Earlier attempts, and why they were refuted\n"
    )
    assert "\n- tried before:\\x1b[1m add(1, 1) was 0\n" in texts["stdin"]
    assert texts["stdin"].rstrip().endswith("````")
    assert {texts["file"], texts["argument"]} == {texts["stdin"]}
    assert data == {
        "task": "task-1",
        "brief": {"goal": "mend ```add```"},
        "editable": ["calc.py"],
        "created": [],
        "context": [],
        "refuted": ["tried before:\x1b[1m add(1, 1) was 0"],
    }


def test_one_that_hangs_is_ended_within_its_time_and_its_edit_does_not_count(world: World, tier: Tier) -> None:
    began = time.monotonic()
    assert why(world.ask("hang", tier=tier, seconds=1.5)).startswith("it did not end in the time that it had")
    assert time.monotonic() - began < 8


def test_no_change_is_no_proposal_and_says_the_status_and_the_last_words(world: World, tier: Tier) -> None:
    answer = world.ask("nothing", tier=tier)
    assert why(answer) == (
        "it ended with status 0 and changed nothing: "
        "I could not \\x1b[31mdo\\x1b[0m it / password=*** and a left\\u202eright"
    )
    assert answer.said == ("thinking\nI could not \\x1b[31mdo\\x1b[0m it\npassword=*** and a left\\u202eright")


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("fails", "it ended with status 1: the model is overloaded"),
        ("dies", "it was killed by signal 9, and said nothing"),
    ],
)
def test_a_right_edit_of_one_that_did_not_end_well_is_no_proposal(
    world: World, tier: Tier, name: str, told: str
) -> None:
    assert why(world.ask(name, tier=tier)) == told


def test_nothing_outside_of_its_copy_can_be_written(world: World, tier: Tier) -> None:
    """In the full tier /tmp, in which its copy lies, is a file system of its own: what it writes there is nowhere."""
    outside = (world.home / "witness", world.home / "new", world.tree / "calc.py", Path("/usr/planted"), AGENTS / "new")
    paths = (*map(str, outside), "../task/task.md", "../../../planted")
    answer = world.ask("writes_outside", *paths, tier=tier)
    assert diff(answer) == DIFF
    assert answer.said in {"[]", "['../../../planted']"}
    assert not (world.root / "planted").exists()


def test_its_home_is_a_copy_of_what_was_named(world: World, tier: Tier) -> None:
    answer = world.ask("leaks_login", ".agent/login.json", tier=tier, home=["~/.agent", "~/.not-there"])
    assert why(answer) == "it wrote what it was given to log in with into calc.py"
    assert answer.said == f'{{"token": "***", "word": "{CANARY}"}}'
    assert world.reports == ["of what [proposers.agent] names for the agent there is no ~/.not-there (a file)"]


def test_a_variable_that_it_was_given_is_neither_kept_nor_proposed(world: World, tier: Tier) -> None:
    answer = world.ask("leaks_login", "AGENT_KEY", tier=tier, env=["AGENT_KEY", "ABSENT"])
    assert why(answer) == "it wrote what it was given to log in with into calc.py"
    assert answer.said == "***"
    assert world.reports == ["of what [proposers.agent] names for the agent there is no ABSENT (a variable)"]


def test_a_link_that_leads_out_is_proposed_as_a_link_and_not_followed(world: World, tier: Tier) -> None:
    answer = world.ask("links_out", str(world.home / "witness"), str(world.home), tier=tier)
    assert answer.said == "not written"
    assert [line for line in diff(answer).splitlines() if line.startswith(("diff", "new file", "+"))] == [
        line
        for name, target in (("folder", world.home), ("leak", world.home / "witness"))
        for line in (f"diff --git a/{name} b/{name}", "new file mode 120000", f"+++ b/{name}", f"+{target}")
    ]


def test_git_settings_that_it_leaves_are_never_obeyed(world: World, tier: Tier) -> None:
    marker = world.root / "obeyed"
    answer = world.ask("git_traps", str(marker), tier=tier)
    assert (diff(answer).count("diff --git"), marker.exists()) == (2, False)


def test_git_settings_that_it_leaves_would_be_obeyed_by_git(world: World) -> None:
    """What the test above rests on."""
    marker, place = world.root / "obeyed", world.root / "place"
    place.mkdir()
    (place / "calc.py").write_text(WRONG)
    for argv in (["init", "-q"], ["add", "-A"]):
        subprocess.run([needs("git"), *argv], cwd=place, check=True)
    subprocess.run([sys.executable, AGENTS / "git_traps.py", marker], cwd=place, check=True)
    subprocess.run(["git", "diff"], cwd=place, check=False, capture_output=True)
    assert marker.exists()


def test_a_fork_bomb_ends_with_its_time(world: World, tier: Tier) -> None:
    began = time.monotonic()
    assert why(world.ask("fork_bomb", tier=tier, seconds=3)).startswith(("it did not end", "it started more than 40"))
    assert time.monotonic() - began < 15


def test_one_that_fills_the_disk_is_stopped(world: World, tier: Tier) -> None:
    assert why(world.ask("floods_disk", tier=tier)).startswith("it wrote more than 16 MiB")


def test_tens_of_thousands_of_files_are_no_proposal(world: World, tier: Tier) -> None:
    roomy = Limits(disk=1 << 30)
    assert why(world.ask("floods_files", "21000", tier=tier, seconds=200, limits=roomy)) == (
        "it left more than 20,010 files"
    )
    assert why(world.ask("floods_files", "201", tier=tier)) == "it left 201 new files, and 200 are allowed"


@pytest.mark.parametrize(
    ("kind", "told"),
    [
        ("fifo", "it left pipe, which is neither a file nor a link"),
        ("binary", "data.bin is binary"),
        ("sparse", "the files that it changed have 100 MiB, and 8 are allowed"),
    ],
)
def test_what_no_diff_can_say_is_no_proposal(world: World, tier: Tier, kind: str, told: str) -> None:
    roomy = Limits(disk=1 << 30)
    assert why(world.ask("leaves_odd_files", kind, tier=tier, limits=roomy)) == told


def test_closed_folders_and_folders_without_end_are_seen_and_removed(world: World, tier: Tier) -> None:
    assert (
        why(world.ask("nests_folders", "1500", tier=tier)) == "it left folders in folders, deeper than is looked into"
    )
    assert "diff --git a/closed/inner/file b/closed/inner/file\n" in diff(world.ask("nests_folders", "0", tier=tier))


def test_what_it_says_is_kept_to_a_limit(world: World, tier: Tier) -> None:
    answer = world.ask("floods_output", tier=tier)
    assert (diff(answer), len(answer.said) < 10_000) == (DIFF, True)
    assert answer.said.endswith("x\n(it said more than 1 MiB; the rest was not kept)")


def test_credentials_of_others_are_not_seen(world: World, tier: Tier) -> None:
    beside = subprocess.Popen(["sleep", "60"], env={"PATH": os.defpath, "CANARY": CANARY})
    try:
        paths = (world.home / ".ssh/id_ed25519", world.home / ".aws/credentials", world.tree / "out", "out")
        words = (CANARY[:6] + CANARY[6:], *map(str, paths))
        answer = world.ask("searches_credentials", *words, tier=tier, home=[".agent/login.json"], env=["AGENT_KEY"])
    finally:
        beside.kill()
        beside.wait()
    assert answer.said == "['~/.agent/login.json']"


def test_it_reaches_the_named_host_by_the_proxy_and_no_other(world: World, tier: Tier) -> None:
    with loopback() as model, loopback() as other:
        host, elsewhere = (server.url.removeprefix("http://").rstrip("/") for server in (model, other))
        answers = [world.ask("calls_elsewhere", host, elsewhere, tier=tier, egress=egress) for egress in ([host], [])]
    assert [answer.said for answer in answers] == [f"['{host} by_proxy']", "[]"]


def test_a_process_that_it_leaves_behind_is_ended(world: World, tier: Tier) -> None:
    answer = world.ask("leaves_daemon", tier=tier)
    assert _running(world.token) == []
    assert diff(answer).startswith(DIFF)


def test_its_commits_caches_and_ignored_files_are_no_part_of_the_change(world: World, tier: Tier) -> None:
    needs("git")
    answer = world.ask("works_as_usual", tier=tier, home=["~/.agent"])
    assert [line for line in diff(answer).splitlines() if line.startswith("diff")] == [
        "diff --git a/.gitignore b/.gitignore",
        "diff --git a/calc.py b/calc.py",
    ]
    assert answer.said == "4 new files that the repository ignores left out\nagent add\nagent base"


def test_links_of_the_tree_that_lead_out_are_not_in_the_copy(world: World, tier: Tier) -> None:
    answer = world.ask("good", "inside", "no newline", "a newline", tier=tier)
    assert "a/docs/read me.txt" in diff(answer)
    assert why(world.ask("good", "out", "nobody", "somebody", tier=tier)).startswith("it ended with status 1")


def test_one_that_is_installed_in_the_home_runs_and_sees_nothing_beside_itself(world: World, tier: Tier) -> None:
    share, folder = world.root / "home/.local/share", world.root / "home/.local/bin"
    for path, text in (
        ("agent/1.0/run", f"#!/bin/sh\ncat {share}/other/key; echo 'x = 1' > calc.py\n"),
        ("other/key", CANARY),
    ):
        (share / path).parent.mkdir(parents=True)
        (share / path).write_text(text)
    (share / "agent/1.0/run").chmod(0o755)
    folder.mkdir(parents=True)
    (folder / "agent").symlink_to(share / "agent/1.0/run")
    answer = world.agent(("~/.local/bin/agent",), tier).propose(world.asked(), seconds=10)
    assert "+x = 1\n" in diff(answer)
    assert CANARY not in answer.said


def test_without_a_sandbox_no_agent_runs(world: World) -> None:
    answer = world.ask("good", "calc.py", "a - b", "a + b", tier=NoSandbox(("this machine has none",)))
    assert isinstance(answer, NoProposal)
    assert (answer.why, answer.final, answer.absent) == (
        (
            "an agent runs in a sandbox alone, and there is none: this machine has none; run it on Linux 5.13 or newer "
            "with Landlock, or set `unsafe_unsandboxed = true` in [proposers.agent] where nothing can be lost"
        ),
        True,
        "no sandbox",
    )


def test_one_that_is_not_installed_was_not_there_to_be_asked(world: World, tier: Tier) -> None:
    answer = world.agent(("no-such-agent",), tier).propose(world.asked(), seconds=10)
    assert isinstance(answer, NoProposal)
    assert answer.why.startswith("no-such-agent cannot be run: it is in no folder of PATH")
    assert (answer.final, answer.absent) == (True, "not installed")


def test_without_a_sandbox_one_that_is_allowed_to_runs_and_that_is_said_loudly(world: World) -> None:
    words = ("calc.py", "a - b", "a + b")
    answer = world.ask("good", *words, tier=NoSandbox(), unsafe_unsandboxed=True)
    assert diff(answer) == DIFF
    assert world.reports == [
        "UNSAFE: the agent runs without a sandbox and may do whatever you may (unsafe_unsandboxed)"
    ]


@pytest.mark.parametrize(
    ("config", "told"),
    [
        ({"command": ("no-such-agent",)}, "no-such-agent cannot be run: it is in no folder of PATH"),
        (
            {"command": ("./agent",)},
            "`command` of [proposers.agent] begins with './agent', which lies in the repository",
        ),
        (
            {"command": ("true",), "egress": ["*.example.com"]},
            "'*.example.com' in `egress` of [proposers.agent] is no host",
        ),
        ({"command": ("true",), "egress": ["https://a.example"]}, "'https://a.example' in `egress`"),
        ({"command": ("true",), "home": ["~"]}, "'~' in `home` of [proposers.agent] is no file or folder below"),
        ({"command": ("true",), "home": ["~/../other"]}, "'~/../other' in `home` of [proposers.agent] is no file"),
        ({"command": ("true",), "home": ["/etc/shadow"]}, "'/etc/shadow' in `home` of [proposers.agent] is no file"),
    ],
)
def test_settings_that_cannot_be_are_a_last_answer(world: World, config: dict[str, object], told: str) -> None:
    agent = Agent(
        msgspec.convert(config, AgentCommand), environ={"PATH": "/usr/bin:/bin"}, home=world.home, tier=Full()
    )
    answer = agent.propose(world.asked(), seconds=5)
    assert (why(answer).startswith(told), msgspec.structs.asdict(answer)["final"]) == (True, True), answer


def test_the_scripted_agents_say_that_they_are_scripted() -> None:
    firsts = [path.read_text().splitlines()[1] for path in sorted(AGENTS.glob("*.py"))]
    assert firsts
    assert [line for line in firsts if not line.startswith('"""A scripted agent, no model behind it: ')] == []


def test_every_setting_that_the_documentation_gives_for_an_agent_is_one(world: World) -> None:
    page = (Path(__file__).parents[2] / "docs" / "agents.md").read_text()
    blocks = [tomllib.loads(each) for each in re.findall(r"```toml\n(.*?)```", page, re.DOTALL)]
    agents = [msgspec.convert(block["proposers"]["agent"], AgentCommand) for block in blocks]
    assert {each.command[0] for each in agents} == {"aider", "claude", "codex", "gemini", "openhands", "opencode"}
    answers = [
        Agent(each, environ={"PATH": "/none"}, home=world.home).propose(world.asked(), seconds=5) for each in agents
    ]
    assert {why(answer).partition(";")[0].partition(" ")[2] for answer in answers} == {
        "cannot be run: it is in no folder of PATH"
    }


def test_a_copy_is_what_it_was_copied_from(world: World) -> None:
    """So that what differs afterwards is the agent's; but for the link that leads out."""
    from outpace.engines.agent_tree import copied

    assert copied(world.tree, world.root / "copy") == frozenset({"out"})
    assert [file.path for file in between(world.tree, world.root / "copy").files] == ["out"]
