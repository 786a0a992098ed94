"""The story of one advisory on a real shop: everything printed is measured then and there."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from argparse import ArgumentParser
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from outpace.engines.envoy.program import envoy
from outpace.model.errors import ToolMissing
from outpace.testing.selection.decision import Policy, drawn
from scripts import company, demo_edge
from scripts.stage import ACTION_NEEDED, DATA, ROOT, Stage, attached, branches, deployed, edit, interruptible, opened

POSTAGE = ROOT / "examples" / "postage"
AGENT = ROOT / "examples" / "agents" / "scripted.py"
BRIEF = ROOT / "build" / "demo" / "brief.html"
FIRST = "PYSEC-2023-83"
SECOND = "PYSEC-2022-202"
INTERRUPTED = 130


def tell(stage: Stage) -> None:
    stage.say("A small company's shop, deployed from main by its own Makefile")
    deployed(stage, show=True)

    stage.say("What is exposed?")
    stage.run(
        "outpace", "advisories", "update", "--from", str(DATA / "osv" / "all.zip"), "--kev-from", str(DATA / "kev.json")
    )
    stage.run("outpace", "match", expect=(ACTION_NEEDED,))

    stage.say(f"Respond to {FIRST}: match, propose, prove, land; then it waits for a human")
    stage.run("outpace", "respond", FIRST, expect=(ACTION_NEEDED,))

    stage.say("This script plays the human who reviews and merges")
    branch = branches(stage)[0]
    stage.run("git", "--no-pager", "diff", "--stat", f"main...{branch}")
    stage.run("git", "merge", "-q", "--no-edit", "--no-ff", branch)

    stage.say("Run again: the shop's own target deploys main, and the running process is looked at")
    stage.run("outpace", "respond", FIRST)
    stage.run("outpace", "clock", FIRST)

    stage.say(f"{SECOND}: its upgrade breaks the shop's own suite, so it is not proposed as safe")
    stage.run("outpace", "respond", SECOND, expect=(ACTION_NEEDED,))
    proposed(stage)

    brief(stage)
    testing(stage)

    stage.say(f"That was the whole story, in {stage.seconds()} s on this machine")


def proposed(stage: Stage) -> None:
    """By a script that stands for an agent: what it answers is fixed, what is said of it is measured."""
    stage.say(
        "An agent may propose the code. This one is scripted, no model behind it: three answers, each judged alike"
    )
    agent = stage.place / "scripted.py"
    shutil.copy(AGENT, agent)
    with (stage.shop / "outpace.toml").open("a") as file:
        file.write(f'\n[proposers.agent]\ncommand = ["{agent}"]\n')
    stage.run("git", "commit", "-q", "-a", "-m", "Declare an agent", show=False)
    stage.run("outpace", "propose", SECOND, "--quiet")
    stage.run("git", "--no-pager", "show", "-U0", "--format=%h %s", branches(stage)[-1])

    stage.say("What is proved waits for a human as any change does; merged, it is deployed and looked at")
    stage.run("git", "merge", "-q", "--no-edit", "--no-ff", branches(stage)[-1])
    stage.run("outpace", "respond", SECOND)


REFACTORED = (
    ("src/postage/prices.py", "insurance(value", "premium(value"),
    ("src/postage/prices.py", "(net * (100 + VAT) + 50) // 100", "round(net * (1 + VAT / 100))"),
    ("src/postage/labels.py", "_short", "_cut"),
)
FIXED = ("src/postage/zones.py", "return code[:2] in ISLANDS", "return code.strip()[:2] in ISLANDS")


def testing(stage: Stage) -> None:
    """A project of its own, since its tests are several hundred."""
    place, python = stage.place / "postage", ("--python", sys.executable, "--quiet")
    shutil.copytree(POSTAGE, place)
    for words in (["init", "-q", "-b", "main"], ["add", "-A"], ["commit", "-q", "-m", "Postage as it is"]):
        stage.run("git", *words, show=False, cwd=place)
    leave_undrawn(stage, place)

    stage.say("Another project, with 313 tests, and one module that nobody tested: it gets a suite")
    stage.run("outpace", "test", "generate", "src/postage/codes.py", *python, cwd=place)

    stage.say("A refactoring turns three tests red: a new name, a private name in a test, and a real regression")
    stage.run("git", "switch", "-q", "-c", "tidy", show=False, cwd=place)
    for name, old, new in REFACTORED:
        edit(place / name, old, new)
    stage.run("git", "commit", "-q", "-a", "-m", "Tidy up", show=False, cwd=place)
    stage.run("git", "--no-pager", "diff", "-U0", "main", cwd=place)
    stage.run("outpace", "test", "mend", "main", *python, expect=(ACTION_NEEDED,), cwd=place)

    stage.say("Back on main, with each test recorded once, a fix of one line runs what it needs and says why")
    stage.run("git", "switch", "-q", "main", show=False, cwd=place)
    stage.run("outpace", "test", "select", "--record", *python, cwd=place)
    edit(place / FIXED[0], FIXED[1], FIXED[2])
    stage.run("outpace", "test", "run", "--select", *python, cwd=place)


def leave_undrawn(stage: Stage, place: Path) -> None:
    """One commit in twenty runs everything, drawn by its id, which holds the time: the story is of the nineteen."""
    for day in range(1, 100):
        head = subprocess.check_output(["git", "rev-parse", "HEAD"], cwd=place, text=True).strip()
        if not drawn(head, Policy().one_in):
            return
        date = f"@{day * 86_400} +0000"
        stage.run("git", "commit", "-q", "--amend", "--no-edit", "--date", date, show=False, cwd=place)


def brief(stage: Stage) -> None:
    """Of a company that does not exist: its people and dates are invented, its packages and advisories are real."""
    stage.say("Where do the hours go? Three years of a company that does not exist, with real packages and advisories")
    company.build(stage.place / "lantern")
    stage.run("outpace", "brief", str(stage.place / "lantern"), "--as-of", "2025-02-12")
    BRIEF.parent.mkdir(parents=True, exist_ok=True)
    page = ("--format", "html", "--output", str(BRIEF), "--quiet")
    stage.run("outpace", "brief", str(stage.place / "lantern"), "--as-of", "2025-02-12", *page)
    stage.say(f"The same on one page: {BRIEF.relative_to(ROOT)}")


def main() -> None:
    interruptible()
    chosen = ArgumentParser(description=__doc__)
    chosen.add_argument("--edge", action="store_true", help="only the second way: Outpace's own edge")
    only_edge = chosen.parse_args().edge
    missing = missing_for_the_edge()
    if only_edge and missing:
        sys.exit(missing)
    with opened() as root:
        if not only_edge:
            with attached(root) as stage:
                tell(stage)
        if missing:
            print(f"\n{missing}")
        else:
            demo_edge.play(root)


def missing_for_the_edge() -> str:
    """Why the second act is not played; empty: it is."""
    try:
        envoy(os.environ)
    except ToolMissing as error:
        return f"The second way, Outpace's own edge, is not shown: {error.message}\n  {error.hint}"
    return ""


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        print("\ninterrupted; what was started is ended", file=sys.stderr)
        sys.exit(INTERRUPTED)
