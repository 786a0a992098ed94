"""Facts that travel through a git remote, and what a stranger may have put there."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Raw, structs

from outpace.engines.shared_facts import LARGEST_FACT, REF, fetch, name_of, push, read, written
from outpace.model.errors import EngineError, NotFound, ToolFailed
from outpace.model.fact import Fact, is_shared
from outpace.model.times import now

NOON = datetime(2024, 1, 30, 12, tzinfo=UTC)


def fact(number: int = 0, *, source: str = "ci", at: datetime = NOON, body: bytes = b'{"a":[1]}') -> Fact:
    return Fact(kind="known", subject="shop@1", digest=f"{number:064x}", at=at, source=source, body=Raw(body))


def git(folder: Path, *words: str, stdin: bytes = b"") -> str:
    identity = ["-c", "user.name=N", "-c", "user.email=n@example.org"]
    done = subprocess.run(["git", *identity, *words], cwd=folder, input=stdin, capture_output=True, check=True)
    return done.stdout.decode().strip()


def clone(remote: Path, folder: Path) -> Path:
    git(remote.parent, "clone", "--quiet", str(remote), str(folder))
    return folder


@pytest.fixture
def remote(tmp_path: Path) -> Path:
    work, bare = tmp_path / "work", tmp_path / "remote.git"
    work.mkdir()
    git(work, "init", "--quiet", "-b", "main")
    git(work, "commit", "--quiet", "--allow-empty", "-m", "begin")
    git(tmp_path, "clone", "--quiet", "--bare", str(work), str(bare))
    return bare


def sent(repository: Path, *facts: Fact) -> int:
    return push(repository, "origin", facts, environ=os.environ)


def got(repository: Path) -> tuple[Fact, ...]:
    return fetch(repository, "origin", environ=os.environ)


def marked(*facts: Fact) -> tuple[Fact, ...]:
    return tuple(structs.replace(each, source=f"shared through origin: {each.source}") for each in facts)


def test_what_one_clone_shares_another_reads(remote: Path, tmp_path: Path) -> None:
    one, other = clone(remote, tmp_path / "one"), clone(remote, tmp_path / "other")
    assert got(other) == ()
    later = fact(1, at=NOON + timedelta(hours=1))
    assert sent(one, later, fact(2)) == 2
    assert got(other) == marked(fact(2), later)
    assert all(map(is_shared, got(other)))


def test_sharing_twice_makes_no_second_commit(remote: Path, tmp_path: Path) -> None:
    one = clone(remote, tmp_path / "one")
    sent(one, fact(1))
    first = git(remote, "rev-parse", REF)
    assert sent(one, fact(1)) == 0
    assert git(remote, "rev-parse", REF) == first
    assert sent(one, fact(1), fact(2)) == 1
    assert git(remote, "rev-parse", f"{REF}^") == first


def test_nothing_but_the_facts_own_ref_changes_in_either_repository(remote: Path, tmp_path: Path) -> None:
    one = clone(remote, tmp_path / "one")
    (one / "draft").write_text("mine")
    hook = one / ".git" / "hooks" / "pre-push"
    hook.write_text("#!/bin/sh\ntouch ../hooked .git/hooked hooked\nexit 1\n")
    hook.chmod(0o755)
    before = git(one, "for-each-ref"), git(one, "status", "--porcelain=v2"), git(one, "config", "--local", "--list")
    heads = git(remote, "for-each-ref", "refs/heads")
    sent(one, fact(1))
    got(one)
    git(one, "update-ref", "-d", REF)
    assert before == (
        git(one, "for-each-ref"),
        git(one, "status", "--porcelain=v2"),
        git(one, "config", "--local", "--list"),
    )
    assert heads == git(remote, "for-each-ref", "refs/heads")
    assert not (one / ".git" / "FETCH_HEAD").exists()
    assert not (one / ".git" / "index.lock").exists()


PUSH = """
import os, sys
from pathlib import Path
from datetime import UTC, datetime
from msgspec import Raw
from outpace.model.fact import Fact
from outpace.engines.shared_facts import push
for number in range(int(sys.argv[2]), int(sys.argv[2]) + 4):
    fact = Fact(kind="known", subject="shop@1", digest=f"{number:064x}", at=datetime(2024, 1, 30, 12, tzinfo=UTC),
                source="ci", body=Raw(b'{"a":[1]}'))
    push(Path(sys.argv[1]), "origin", [fact], environ=os.environ)
"""


def test_what_two_share_at_once_arrives_whole(remote: Path, tmp_path: Path) -> None:
    clones = [clone(remote, tmp_path / name) for name in ("one", "two")]
    root = Path(__file__).parents[2]
    pushers = [
        subprocess.Popen([sys.executable, "-c", PUSH, str(place), str(first)], cwd=root)
        for place, first in zip(clones, (0, 3), strict=True)
    ]
    assert [pusher.wait(120) for pusher in pushers] == [0, 0]
    assert got(clones[0]) == marked(*sorted(map(fact, range(7)), key=name_of))


def test_of_two_facts_with_one_key_the_earlier_stays_whoever_is_first(remote: Path, tmp_path: Path) -> None:
    early, late = fact(1, source="laptop"), fact(1, source="ci", at=NOON + timedelta(minutes=1))
    one = clone(remote, tmp_path / "one")
    assert (sent(one, late), sent(one, early), sent(one, late)) == (1, 1, 0)
    assert got(one) == marked(early)


def test_what_came_from_elsewhere_is_not_passed_on(remote: Path, tmp_path: Path) -> None:
    one = clone(remote, tmp_path / "one")
    assert sent(one, *marked(fact(1))) == 0
    assert got(one) == ()


def test_a_stranger_cannot_pass_a_fact_off_as_ours_or_as_anothers(remote: Path, tmp_path: Path) -> None:
    one = clone(remote, tmp_path / "one")
    forged = fact(1, source="shared through elsewhere: shared through shared through x")
    plant(one, {name_of(forged): written(forged)})
    assert [each.source for each in got(one)] == ["shared through origin: elsewhere: shared through shared through x"]


def plant(repository: Path, files: dict[str, bytes], mode: str = "100644") -> None:
    """A commit as anybody with push rights could make it."""
    index = repository / ".git" / "planted"
    lines: list[str] = []
    for name, content in files.items():
        blob = git(repository, "hash-object", "-w", "--stdin", "--no-filters", stdin=content)
        lines.append(f"{mode} {blob}\t{name}")
    environment = {**os.environ, "GIT_INDEX_FILE": str(index)}
    subprocess.run(
        ["git", "update-index", "--index-info"],
        cwd=repository,
        input="\n".join(lines),
        text=True,
        env=environment,
        check=True,
    )
    written_tree = subprocess.run(
        ["git", "write-tree"], cwd=repository, capture_output=True, text=True, env=environment, check=True
    )
    commit = git(repository, "commit-tree", written_tree.stdout.strip(), "-m", "planted")
    git(repository, "push", "--quiet", "--force", "origin", f"{commit}:{REF}")


GOOD = fact(1)
ANOTHER = fact(2)
HOSTILE: dict[str, tuple[str, bytes]] = {
    "another name than its key": (name_of(ANOTHER), written(GOOD)),
    "not JSON": (name_of(GOOD), b"{"),
    "an unknown field": (name_of(GOOD), written(GOOD).replace(b'{"kind"', b'{"x":1,"kind"')),
    "a body that is not JSON": (name_of(GOOD), written(GOOD).replace(b"[1]", b"[\xff]")),
    "a body nested without end": (name_of(GOOD), written(fact(1, body=b"[" * 100_000 + b"]" * 100_000))),
    "a time of the future": (name_of(GOOD), written(fact(1, at=now() + timedelta(days=1)))),
    "a time that is none in UTC": (
        name_of(GOOD),
        written(GOOD).replace(b"2024-01-30T12:00:00Z", b"0001-01-01T00:00:00+23:59"),
    ),
    "no time": (name_of(GOOD), written(GOOD).replace(b"2024-01-30T12:00:00Z", b"yesterday")),
    "terminal codes in the source": (name_of(GOOD), written(fact(1, source="\x1b[2J"))),
    "a source without end": (name_of(GOOD), written(fact(1, source="x" * 501))),
    "a path beside the shards": ("elsewhere.json", written(GOOD)),
    "a file that is too large": (name_of(GOOD), written(fact(1, body=b'"' + b"x" * LARGEST_FACT + b'"'))),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_what_is_not_a_fact_of_ours_is_left_out_and_nothing_else(name: str, remote: Path, tmp_path: Path) -> None:
    one = clone(remote, tmp_path / "one")
    path, content = HOSTILE[name]
    fine = fact(3)
    plant(one, {path: content, name_of(fine): written(fine)})
    assert got(one) == marked(fine)
    assert sent(one, GOOD) == 1
    assert got(one) == marked(*sorted((fine, GOOD), key=name_of))


def test_a_link_in_the_tree_is_not_followed(remote: Path, tmp_path: Path) -> None:
    one = clone(remote, tmp_path / "one")
    plant(one, {name_of(GOOD): b"/etc/passwd"}, mode="120000")
    assert got(one) == ()


def test_how_many_were_left_out_is_reported(remote: Path, tmp_path: Path) -> None:
    one = clone(remote, tmp_path / "one")
    plant(one, {name_of(GOOD): b"{}", name_of(ANOTHER): written(ANOTHER)})
    said: list[str] = []
    fetch(one, "origin", environ=os.environ, report=said.append)
    assert said == ["left out 1 of 2 shared facts: they are not what Outpace writes"]


def test_a_fact_that_others_would_refuse_stops_no_other(remote: Path, tmp_path: Path) -> None:
    one = clone(remote, tmp_path / "one")
    said: list[str] = []
    wild = fact(1, source="two\nlines")
    assert push(one, "origin", [wild, fact(2)], environ=os.environ, report=said.append) == 1
    assert got(one) == marked(fact(2))
    assert said == ["a fact of kind known is not shared: it is too large, of the future or not printable"]


@pytest.mark.parametrize("name", ["upstream", "--upload-pack=touch x", ""])
def test_a_remote_that_is_not_configured_is_refused(name: str, remote: Path, tmp_path: Path) -> None:
    one = clone(remote, tmp_path / "one")
    with pytest.raises(NotFound, match="there is no remote"):
        fetch(one, name, environ=os.environ)


def test_a_remote_that_refuses_is_an_error_and_not_a_race(remote: Path, tmp_path: Path) -> None:
    one = clone(remote, tmp_path / "one")
    hook = remote / "hooks" / "update"
    hook.write_text("#!/bin/sh\necho no facts here >&2\nexit 1\n")
    hook.chmod(0o755)
    with pytest.raises(ToolFailed, match="no facts here"):
        sent(one, fact(1))


def test_a_remote_that_is_gone_is_said_so_without_its_secrets(remote: Path, tmp_path: Path) -> None:
    one = clone(remote, tmp_path / "one")
    git(one, "remote", "set-url", "origin", "http://user:hunter2@127.0.0.1:9/shop.git")
    with pytest.raises(EngineError) as failure:
        got(one)
    assert "hunter2" not in failure.value.message


@given(
    kind=st.from_regex(r"[a-z][a-z0-9_]{0,20}", fullmatch=True),
    version=st.integers(1, 99),
    source=st.text(st.characters(exclude_categories=["C", "Z"]), max_size=40),
    at=st.datetimes(max_value=NOON.replace(tzinfo=None), timezones=st.just(UTC)),
)
def test_every_fact_comes_back_as_it_was_written(kind: str, version: int, source: str, at: datetime) -> None:
    whole = structs.replace(fact(1), kind=kind, version=version, source=source, at=at)
    assert read(name_of(whole), written(whole)) == whole


@given(st.binary(max_size=60) | st.text(max_size=60).map(str.encode))
def test_no_rubbish_raises(content: bytes) -> None:
    assert read(name_of(GOOD), content) is None
