"""Each command keeps its part of one story, whichever is run alone or first; and the clock says what is so."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from typing import NamedTuple

import pytest

from outpace.cli.main import main
from tests.fakes.tiny_shop import ADVISORY, ALIAS, BRANCH, Kept, TinyShop, opened

BY_HAND, UNSAID = "by-hand", "unsaid"
PUBLISHED = ("fix_released", "advisory_published", "known", "matched")
NOT_SHOWN = 2


class Said(NamedTuple):
    """What the clock says: milestones in their order, what it waits for and why, and what it does not know."""

    reached: tuple[str, ...]
    awaits: str | None
    because: str | None = None
    unknown: tuple[tuple[str, str, str], ...] = ()


NOT_RELEASED = (f"{ADVISORY}: fix_released", "no upload time is on record here", "an index that tells upload times")
NOT_OURS = (f"{ADVISORY}: proposed", "no change of Outpace's own is on record here", "")
FIXED = Said((*PUBLISHED, "proposed"), "proved", f"{BRANCH} is not proved")
PROVED = Said((*PUBLISHED, "proposed", "proved"), "landed")
PROVED_BY_HAND = Said((*PUBLISHED[1:], "proved"), "landed", None, (NOT_RELEASED, NOT_OURS))
FIXED_TOO = Said((*PUBLISHED, "proved", "proposed"), "landed")

# Each a line of commands, with what the clock says after it; None: it knows of nothing.
STORIES: dict[str, tuple[tuple[str, Said | None], ...]] = {
    "one after another": (
        ("match", None),
        ("fix --dry-run", None),
        ("fix", FIXED),
        ("fix", FIXED),
        (f"prove {BRANCH}", PROVED),
        ("respond", PROVED),
        ("respond", PROVED),
    ),
    "respond first": (("respond", PROVED), ("fix", PROVED), (f"prove {BRANCH}", PROVED)),
    "respond goes on from a fix": ((f"fix {ALIAS}", FIXED), ("respond", PROVED)),
    "a change by hand": ((f"prove {UNSAID}", None), (f"prove {BY_HAND}", PROVED_BY_HAND), ("fix", FIXED_TOO)),
}


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory, kept: Kept) -> Iterator[TinyShop]:
    """Beside main stand two changes by hand: one says what it is for, the other does not."""
    with opened(tmp_path_factory.mktemp("facts") / "stage", index=kept.index, kept=kept) as shop:
        for branch, message in (
            (BY_HAND, f"Upgrade acme-web\n\nMoves: acme-web 1.0.0 -> 1.0.1\nFixes: {ALIAS}"),
            (UNSAID, "Improve things"),
        ):
            shop.git("switch", "-q", "-c", branch, "main")
            shop.call("uv", "lock", "-q", "--upgrade-package", "acme-web==1.0.1")
            shop.git("commit", "-q", "-a", "-m", message)
            shop.git("switch", "-q", "main")
        yield shop


@pytest.fixture
def shop(stage: TinyShop, monkeypatch: pytest.MonkeyPatch) -> Iterator[TinyShop]:
    """Nobody ran anything yet."""
    for name in os.environ:
        if name.startswith(("UV_", "GIT_", "XDG_", "OUTPACE_")):
            monkeypatch.delenv(name)
    for name, value in stage.environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(stage.repository)
    yield stage
    shutil.rmtree(stage.state / "facts.sqlite", ignore_errors=True)
    for file in stage.state.glob("facts.sqlite*"):
        file.unlink()
    for branch in stage.branches():
        if branch.startswith("outpace/"):
            stage.git("branch", "-q", "-D", branch)


def run(line: str) -> int:
    return main([*line.split(), "--quiet"])


def said(capsys: pytest.CaptureFixture[str]) -> Said | None:
    capsys.readouterr()
    if run(f"clock {ADVISORY} --format json") == NOT_SHOWN:
        return None
    document = json.loads(capsys.readouterr().out)
    [exposure] = document["result"]["exposures"]
    waiting = exposure["waiting"]
    return Said(
        tuple(stage["milestone"] for stage in exposure["stages"]),
        waiting and waiting["awaiting"],
        waiting and waiting["because"],
        tuple((each["what"], each["why"], each["would_settle"]) for each in document["unknown"]),
    )


def keys(shop: TinyShop) -> set[tuple[str, str]]:
    return {(fact.kind, fact.digest) for fact in shop.facts()}


@pytest.mark.parametrize("story", STORIES)
def test_the_clock_says_what_is_so_after_each_command(
    shop: TinyShop, story: str, capsys: pytest.CaptureFixture[str]
) -> None:
    for line, expected in STORIES[story]:
        run(line)
        assert (line, said(capsys)) == (line, expected)
    assert [kind for kind in ("known", "proposed", "proved") if shop.kinds().count(kind) > 1] == []


def test_fix_and_prove_keep_the_very_facts_that_respond_would_and_nothing_twice(shop: TinyShop) -> None:
    run("fix")
    run(f"prove {BRANCH}")
    facts = shop.facts()
    assert sorted(fact.kind for fact in facts) == ["known", "matched", "probe_seen", "proposed", "proved"]
    run("fix")
    run(f"prove {BRANCH}")
    assert shop.facts() == facts
    alone = {(kind, digest) for kind, digest in keys(shop) if kind != "proved"}  # its key holds its time
    (shop.state / "facts.sqlite").unlink()
    shop.git("branch", "-q", "-D", BRANCH)
    run("respond")
    assert alone <= keys(shop)


@pytest.mark.parametrize("line", ["fix", f"prove {BY_HAND}"])
def test_where_no_fact_can_be_kept_the_answer_stands_and_the_place_is_named(
    shop: TinyShop, line: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (shop.state / "facts.sqlite").mkdir()
    assert run(line) == 0
    ended = capsys.readouterr()
    assert "acme-web" in ended.out
    assert "warning: outpace clock and respond will not know of this: " in ended.err
    assert str(shop.state) in ended.err
