"""The append-only memory: natural keys, order, and what becomes of two writers, a full disk and a damaged file."""

from __future__ import annotations

import os
import sqlite3
import stat
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import Raw, structs

from outpace.model.errors import BadInput, DamagedData, EngineError
from outpace.model.fact import SHARED, Fact
from outpace.store.facts import Facts
from tests.store.made_facts import NOON, fact


def test_a_fact_comes_back_whole(tmp_path: Path) -> None:
    written = structs.replace(fact(7), body=Raw('{"é": ["\\u0000", 1.5, null]}'.encode()), source="sourcé")
    with Facts(tmp_path / "facts") as facts:
        facts.add([written])
        assert facts.of("shop") == (written,)


def test_writing_twice_is_writing_once(tmp_path: Path) -> None:
    with Facts(tmp_path / "facts") as facts:
        assert facts.add([fact(1), fact(2), fact(1)]) == 2
        assert facts.add([fact(2), fact(3)]) == 1
        assert facts.add([]) == 0
        assert facts.of("shop") == (fact(1), fact(2), fact(3))


def test_what_this_machine_finds_itself_takes_the_place_of_what_was_only_shared(tmp_path: Path) -> None:
    def shared(each: Fact) -> Fact:
        return structs.replace(each, source=f"{SHARED}origin: {each.source}", at=NOON - timedelta(hours=1))

    same, false = fact(1, kind="matched"), fact(2, kind="matched")
    others = structs.replace(shared(false), body=Raw(b'{"false": 1}'))
    found = fact(3, kind="probe_seen")
    with Facts(tmp_path / "facts") as facts:
        assert facts.add([shared(same), others, shared(found)]) == 3
        assert facts.add([same, false, found]) == 2  # the first sight of what is the same counts, whoever had it
        assert facts.of("shop") == (shared(same), false, found)
        assert facts.add([shared(same), others, shared(found)]) == 0
        assert facts.add([structs.replace(each, at=NOON + timedelta(days=1)) for each in (same, false, found)]) == 0
        assert facts.of("shop") == (shared(same), false, found)


@pytest.mark.parametrize(
    "other",
    [
        structs.replace(fact(1), kind="landed"),
        structs.replace(fact(1), version=2),
        structs.replace(fact(1), subject="depot"),
        fact(2),
    ],
)
def test_each_part_of_the_key_makes_another_fact(tmp_path: Path, other: Fact) -> None:
    with Facts(tmp_path / "facts") as facts:
        assert facts.add([fact(1), other]) == 2


def test_what_was_first_written_stays(tmp_path: Path) -> None:
    with Facts(tmp_path / "facts") as facts:
        facts.add([fact(1)])
        assert facts.add([structs.replace(fact(1), at=NOON - timedelta(days=9), source="somebody else")]) == 0
        assert facts.of("shop") == (fact(1),)


def test_facts_come_in_the_order_of_their_time_then_of_their_arrival(tmp_path: Path) -> None:
    late, early, twin = fact(1, minutes=5), fact(2, minutes=-5), fact(3, minutes=-5)
    with Facts(tmp_path / "facts") as facts:
        facts.add([late, early, twin])
        assert facts.of("shop") == (early, twin, late)


def test_times_of_other_zones_and_of_whole_seconds_keep_their_order(tmp_path: Path) -> None:
    from datetime import timezone

    east = structs.replace(fact(1), at=datetime(2024, 1, 30, 13, 59, 59, 999999, timezone(timedelta(hours=2))))
    with Facts(tmp_path / "facts") as facts:
        facts.add([fact(2), east])
        assert [found.digest for found in facts.of("shop")] == [east.digest, fact(2).digest]
        assert facts.of("shop")[0].at == east.at


def test_only_the_kinds_that_are_asked_for_are_given(tmp_path: Path) -> None:
    with Facts(tmp_path / "facts") as facts:
        facts.add([fact(1), fact(2, kind="landed"), fact(3, kind="closed"), fact(4, subject="depot")])
        assert facts.of("shop", "landed", "closed") == (fact(2, kind="landed"), fact(3, kind="closed"))
        assert facts.of("shop", "unheard of") == ()
        assert facts.subjects() == ("depot", "shop")


def test_an_export_goes_on_where_the_last_one_ended(tmp_path: Path) -> None:
    with Facts(tmp_path / "facts") as facts:
        assert facts.last_number() == 0
        facts.add([fact(1, minutes=9)])
        seen = facts.last_number()
        facts.add([fact(2), fact(3)])
        assert facts.since(seen) == (fact(2), fact(3))
        assert facts.since(facts.last_number()) == ()


def test_a_time_without_a_zone_is_refused_and_nothing_is_written(tmp_path: Path) -> None:
    with Facts(tmp_path / "facts") as facts:
        with pytest.raises(ValueError, match="needs a zone"):
            facts.add([fact(1), structs.replace(fact(2), at=datetime(2024, 1, 30))])  # noqa: DTZ001  the point
        assert facts.of("shop") == ()


def test_facts_outlive_the_connection(tmp_path: Path) -> None:
    with Facts(tmp_path / "facts") as facts:
        facts.add([fact(1)])
    with Facts(tmp_path / "facts") as facts:
        assert facts.of("shop") == (fact(1),)


def test_only_the_owner_can_read_what_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "state" / "facts"
    old = os.umask(0)
    try:
        with Facts(path) as facts:
            facts.add([fact(1)])
            modes = {found.name: stat.S_IMODE(found.stat().st_mode) for found in path.parent.iterdir()}
    finally:
        os.umask(old)
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert modes == {"facts": 0o600, "facts-wal": 0o600, "facts-shm": 0o600}


def test_a_newer_schema_is_refused_with_the_way_out(tmp_path: Path) -> None:
    path = tmp_path / "facts"
    Facts(path).close()
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA user_version = 99")
    connection.close()
    with pytest.raises(EngineError, match="schema 99, this one knows 2") as refusal:
        Facts(path)
    assert "upgrade Outpace" in refusal.value.hint


@pytest.mark.parametrize("rubbish", [b"not a database at all" * 200, b"SQLite format 3\0" + b"\xff" * 4096])
def test_a_damaged_file_is_named_with_its_mend_and_kept(tmp_path: Path, rubbish: bytes) -> None:
    path = tmp_path / "facts"
    path.write_bytes(rubbish)
    with pytest.raises(DamagedData, match=str(path)) as damage:
        Facts(path)
    assert f"mv {path} {path}.damaged" in damage.value.hint
    assert path.read_bytes() == rubbish


def test_damage_that_shows_only_while_reading_is_named_too(tmp_path: Path) -> None:
    path = tmp_path / "facts"
    with Facts(path) as facts:
        facts.add(fact(number) for number in range(500))
    content = bytearray(path.read_bytes())
    content[4096:] = os.urandom(len(content) - 4096)
    path.write_bytes(content)
    with pytest.raises(DamagedData, match=str(path)), Facts(path) as facts:
        facts.of("shop")


def test_a_state_folder_that_is_a_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("")
    with pytest.raises(BadInput, match="cannot write in the state folder") as refusal:
        Facts(tmp_path / "state" / "facts")
    assert "OUTPACE_STATE" in refusal.value.hint


TRY_TO_FILL = """
import resource, sys
from pathlib import Path
from tests.store.made_facts import fact
from outpace.model.errors import DiskFull
from outpace.store.facts import Facts

path = Path(sys.argv[1])
with Facts(path) as facts:
    facts.add([fact(0)])
    resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, resource.RLIM_INFINITY))
    try:
        facts.add(fact(number) for number in range(1, 5000))
    except DiskFull as full:
        resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        print(full.message, "|", full.hint, "|", len(facts.of("shop")), "|", facts.add([fact(1)]))
"""


def python(code: str, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", code, *arguments], stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2]
    )


def test_a_full_disk_keeps_all_of_a_batch_or_none(tmp_path: Path) -> None:
    path = tmp_path / "facts"
    output, _ = python(TRY_TO_FILL, str(path)).communicate(timeout=60)
    message, hint, kept, added = output.strip().split(" | ")
    assert str(path) in message
    assert "free some space" in hint
    assert (kept, added) == ("1", "1")
    with Facts(path) as facts:
        assert facts.of("shop") == (fact(0), fact(1))


@pytest.mark.skipif(
    os.geteuid() != 0, reason="only root can mount a small disk; the limit on file sizes is tried above"
)
def test_a_disk_of_a_few_pages_is_reported_as_full_when_the_file_is_made(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from outpace.store.facts import Facts\n"
        "from outpace.model.errors import DiskFull\n"
        "try: Facts(Path(sys.argv[1]) / 'facts')\n"
        "except DiskFull as full: print(full.message)"
    )
    script = f'mount -t tmpfs -o size=8k tmpfs {tmp_path} && exec {sys.executable} -c "$0" {tmp_path}'
    command = ["unshare", "-m", "sh", "-c", script, code]
    done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=60)
    if "mount" in done.stderr:
        pytest.skip(f"this machine does not let root mount: {done.stderr}")
    assert "the disk or the quota is full" in done.stdout, done.stderr


WRITE = """
import sys
from pathlib import Path
from tests.store.made_facts import fact
from outpace.store.facts import Facts

first = int(sys.argv[2])
with Facts(Path(sys.argv[1])) as facts:
    print(sum(facts.add([fact(number), fact(number + 1)]) for number in range(first, first + 25)))
"""


def test_several_processes_write_the_same_and_other_facts_at_once(tmp_path: Path) -> None:
    path = tmp_path / "new" / "facts"
    writers = [python(WRITE, str(path), str(first)) for first in (0, 0, 12, 25)]
    news = [int(writer.communicate(timeout=60)[0]) for writer in writers]
    assert [writer.returncode for writer in writers] == [0, 0, 0, 0]
    with Facts(path) as facts:
        kept = facts.of("shop")
    assert sorted(kept, key=lambda each: each.digest) == [fact(number) for number in range(51)]
    assert sum(news) == 51


def test_a_killed_writer_leaves_whole_batches_only(tmp_path: Path) -> None:
    code = WRITE.replace("range(first, first + 25)", "range(first, 10**6, 2)").replace(
        "print(", "print('on', flush=True);("
    )
    writer = python(code, str(tmp_path / "facts"), "0")
    assert writer.stdout is not None
    writer.stdout.readline()
    with Facts(tmp_path / "facts") as facts:
        while facts.last_number() < 20:
            pass
        writer.kill()
        writer.communicate()
        assert len(facts.of("shop")) % 2 == 0


keys = st.tuples(st.sampled_from(["known", "landed"]), st.integers(0, 5), st.integers(0, 3))


@settings(deadline=None, max_examples=25)
@given(batches=st.lists(st.lists(keys, max_size=4), max_size=5), data=st.data())
def test_neither_order_nor_repetition_changes_what_is_known(
    batches: list[list[tuple[str, int, int]]], data: st.DataObject
) -> None:
    made = [[fact(number, kind=kind, minutes=number % 3, subject=f"s{s}") for kind, number, s in b] for b in batches]
    again = data.draw(st.permutations(made + made[:2]))
    with TemporaryDirectory() as folder, Facts(Path(folder) / "a") as one, Facts(Path(folder) / "b") as other:
        assert sum(map(one.add, made)) == sum(map(other.add, again))
        assert one.subjects() == other.subjects()
        for subject in one.subjects():
            assert sorted(one.of(subject), key=total) == sorted(other.of(subject), key=total)
            assert [each.at for each in one.of(subject)] == [each.at for each in other.of(subject)]


def total(each: Fact) -> tuple[str, str]:
    return each.kind, each.digest
