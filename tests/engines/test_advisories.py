"""The advisory data as it is brought, kept and asked, against a real server and real files."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
import threading
import time
import zipfile
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outpace.app.advisories import ensure, status, update
from outpace.engines.advisories import AdvisoryStore
from outpace.engines.advisories.aliases import Aliases
from outpace.engines.advisories.archive import Limits, pack
from outpace.engines.advisories.feed import AdvisoryFeed
from outpace.engines.http import Bounds
from outpace.matching.ports import AdvisorySource
from outpace.model.advisory import Exploitation
from outpace.model.errors import BadInput, DamagedData, DiskFull, EngineError, NoAdvisories, Unreachable, UsageError
from outpace.model.package import Package
from outpace.model.refresh import AlreadyCurrent, Brought, NotAsked, NotBrought, Refresh
from tests.fakes.loopback import Loopback, Reply, loopback

DATA = Path(__file__).parents[1] / "data"
ARCHIVE = DATA / "osv" / "all.zip"
KEV = DATA / "kev.json"
AIOHTTP = Package("PyPI", "aiohttp")
ACME = Package("PyPI", "acme-shop")
RECORDS = 189

Written = Mapping[str, object]


def quiet(_event: str) -> None:
    pass


def record(name: str, package: str = "acme-shop", **more: object) -> Written:
    affected = [{"package": {"ecosystem": "PyPI", "name": package}, "versions": ["1.0"]}]
    return {"id": name, "modified": "2099-01-01T00:00:00Z", "affected": affected, **more}


def written(path: Path, *records: Written | str) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for number, each in enumerate(records):
            archive.writestr(f"{number}.json", each if isinstance(each, str) else json.dumps(each))
    return path


class Here:
    """One directory, its store and its feed, and a server for both files."""

    def __init__(self, directory: Path, server: Loopback) -> None:
        self.server = server
        self.store = AdvisoryStore(directory)
        self.feed = AdvisoryFeed(
            directory,
            osv_url=f"{server.url}/PyPI/all.zip",
            kev_url=f"{server.url}/kev.json",
            limits=Limits(archive=10_000_000, record=1_000_000),
            bounds=Bounds(size=10_000_000, seconds=5, silence=1, tries=2, pause=0.01),
        )
        self.serve(Reply(body=ARCHIVE.read_bytes(), headers={"ETag": '"one"'}), Reply(body=KEV.read_bytes()))

    def serve(self, osv: Reply, kev: Reply) -> None:
        self.server.serve("/PyPI/all.zip", osv)
        self.server.serve("/kev.json", kev)

    def fetch(self) -> Refresh:
        refresh = self.feed.fetch(quiet)
        self.store.forget()
        return refresh

    def read(self, advisories: Path | None = None, kev: Path | None = None) -> Refresh:
        refresh = self.feed.read(advisories=advisories, kev=kev, report=quiet)
        self.store.forget()
        return refresh

    def ids(self, package: Package) -> list[str]:
        return [advisory.id for advisory in self.store.about(package)]

    def files(self) -> list[str]:
        return sorted(path.name for path in self.store.path.iterdir())


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Here]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with loopback() as server:
        yield Here(tmp_path / "advisories", server)


def test_without_data_every_question_says_how_to_bring_it(here: Here) -> None:
    for ask in (here.store.coverage, lambda: here.store.about(AIOHTTP)):
        with pytest.raises(NoAdvisories, match="there is no advisory data") as told:
            ask()
        assert "--from" in told.value.hint


def test_what_is_fetched_is_found_by_package(here: Here) -> None:
    assert here.fetch() == Refresh(
        advisories=Brought(source=f"{here.server.url}/PyPI/all.zip", records=RECORDS),
        kev=Brought(source=f"{here.server.url}/kev.json", records=26),
    )
    assert "PYSEC-2024-24" in here.ids(AIOHTTP)
    assert here.ids(AIOHTTP) == sorted(here.ids(AIOHTTP))
    assert all(any(a.package == AIOHTTP for a in advisory.affected) for advisory in here.store.about(AIOHTTP))
    assert here.store.about(Package("PyPI", "no-such-package")) == ()
    assert here.store.about(Package("npm", "aiohttp")) == ()
    assert here.files() == ["index.sqlite", "kev.json", "lock", "osv.json", "osv.zip"]


def test_coverage_says_source_count_and_cutoffs(here: Here) -> None:
    here.fetch()
    coverage = here.store.coverage()
    assert (coverage.source, coverage.ecosystem, coverage.records) == (
        f"{here.server.url}/PyPI/all.zip",
        "PyPI",
        RECORDS,
    )
    with zipfile.ZipFile(ARCHIVE) as archive:
        newest = max(json.loads(archive.read(name))["modified"] for name in archive.namelist())
    assert coverage.cutoff == datetime.fromisoformat(newest)
    assert coverage.kev_cutoff == date(2025, 8, 25)


def test_the_store_is_what_matching_asks(here: Here) -> None:
    source: AdvisorySource = here.store
    here.fetch()
    assert source.about(AIOHTTP) == here.store.about(AIOHTTP)
    assert source.about(Package("PyPI", "a\udc80b")) == ()
    assert source.exploited(["CVE-\udc80"]) is None


def test_what_is_current_is_not_brought_again_and_the_look_counts(here: Here) -> None:
    here.fetch()
    before = here.store.coverage()
    here.serve(Reply(status=304), Reply(body=KEV.read_bytes()))
    again = here.fetch().advisories
    assert isinstance(again, AlreadyCurrent)
    assert here.server.received[2].headers["if-none-match"] == '"one"'
    assert before.fetched < again.checked == here.store.coverage().fetched
    assert "PYSEC-2024-24" in here.ids(AIOHTTP)


def test_the_same_records_packed_at_another_hour_are_the_same_bytes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else an update from the same file would bring it again, and call it news."""
    source = tmp_path / "records.json"
    source.write_text(json.dumps(record("A")))
    pack(source, tmp_path / "one.zip", Limits())
    monkeypatch.setattr(time, "time", lambda: 2_000_000_000.0)
    pack(source, tmp_path / "two.zip", Limits())
    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "two.zip").read_bytes()


def test_the_same_bytes_under_a_new_tag_are_current(here: Here) -> None:
    here.fetch()
    here.serve(Reply(body=ARCHIVE.read_bytes(), headers={"ETag": '"two"'}), Reply(status=404))
    assert isinstance(here.fetch().advisories, AlreadyCurrent)
    here.fetch()
    assert here.server.received[4].headers["if-none-match"] == '"two"'


def damaged() -> bytes:
    content = bytearray(ARCHIVE.read_bytes())
    content[len(content) // 2] ^= 0xFF
    return bytes(content)


WORSE = {
    "cut connection": (Reply(body=ARCHIVE.read_bytes(), cut=50_000), Unreachable),
    "wrong length": (Reply(body=ARCHIVE.read_bytes(), announce=500_000), Unreachable),
    "no length, and cut": (Reply(body=ARCHIVE.read_bytes(), announce=-1, cut=50_000), DamagedData),
    "not found": (Reply(status=404), Unreachable),
    "server error": (Reply(status=500), Unreachable),
    "redirect loop": (Reply(status=302, headers={"Location": "/PyPI/all.zip"}), Unreachable),
    "silent": (Reply(silence=3), Unreachable),
    "a sign-in page": (Reply(body=b"<html>sign in</html>"), DamagedData),
    "nothing": (Reply(body=b""), DamagedData),
    "a flipped byte": (Reply(body=damaged()), DamagedData),
    "too large": (Reply(body=bytes(10_000_001)), DamagedData),
}


@pytest.mark.parametrize("name", WORSE)
def test_after_a_failed_update_the_old_data_answers(name: str, here: Here) -> None:
    here.fetch()
    before = here.ids(AIOHTTP), here.store.coverage(), here.files()
    reply, error = WORSE[name]
    here.serve(reply, Reply(status=404))
    with pytest.raises(error):
        here.fetch()
    assert (here.ids(AIOHTTP), here.store.coverage(), here.files()) == before


def test_a_catalog_that_cannot_be_had_is_told_and_the_old_one_stays(here: Here) -> None:
    here.fetch()
    here.serve(Reply(body=ARCHIVE.read_bytes()), Reply(body=b"<html>"))
    kev = here.fetch().kev
    assert isinstance(kev, NotBrought)
    assert "cannot be read" in kev.why
    assert here.store.coverage().kev_cutoff == date(2025, 8, 25)


def test_without_a_catalog_exploitation_is_unknown_and_the_status_says_so(here: Here) -> None:
    here.read(ARCHIVE)
    assert here.store.exploited(("CVE-2020-11651",)) is None
    assert here.store.coverage().kev_cutoff is None
    assert any("no KEV catalog" in line for line in status(here.store).caveats)


def test_an_exploited_vulnerability_is_found_under_any_alias(here: Here) -> None:
    archive = written(
        here.store.path.parent / "a.zip",
        record("PYSEC-2099-1", aliases=["GHSA-a"]),
        record("GHSA-a", aliases=["CVE-2020-11651"], package="elsewhere"),
        record("PYSEC-2099-2", aliases=["CVE-2099-2"]),
    )
    here.read(archive, KEV)
    known = Exploitation(cve="CVE-2020-11651", added=date(2021, 11, 3), due=date(2022, 5, 3), ransomware=False)
    assert here.store.exploited(("PYSEC-2099-1",)) == known
    assert here.store.exploited(("GHSA-unheard-of", "CVE-2020-11651")) == known
    assert here.store.exploited(("PYSEC-2099-2",)) is None
    assert here.store.aliases(("PYSEC-2099-1",)) == {"PYSEC-2099-1", "GHSA-a", "CVE-2020-11651"}


def test_a_record_that_was_taken_back_unites_nothing(here: Here) -> None:
    gone = record("PYSEC-2099-1", aliases=["CVE-2020-11651"], withdrawn="2099-01-01T00:00:00Z")
    here.read(written(here.store.path.parent / "a.zip", gone), KEV)
    assert here.ids(ACME) == ["PYSEC-2099-1"]
    assert here.store.exploited(("PYSEC-2099-1",)) is None


def test_bad_records_are_counted_and_named_and_the_rest_is_used(here: Here) -> None:
    archive = written(
        here.store.path.parent / "a.zip",
        record("PYSEC-2099-1"),
        "{",
        record("PYSEC-2099-2", details="x" * 1_000_000),
        record("PYSEC-2099-3"),
        record("\u202ePYSEC\x1b[2J", package="../../Etc/passwd'; DROP TABLE record; --"),
        '{"id": "PYSEC-2099-4", "affected": ' + "[" * 100_000,
    )
    brought = here.read(archive).advisories
    assert isinstance(brought, Brought)
    assert (brought.records, brought.bad) == (3, 3)
    assert [each.file for each in brought.unread] == ["1.json", "2.json", "5.json"]
    assert here.ids(ACME) == ["PYSEC-2099-1", "PYSEC-2099-3"]


UNTRUSTED = {
    "mostly bad": ((record("A"), "{", "[]"), "2 of 3 advisory records cannot be read"),
    "of another ecosystem": (
        ({"id": "A", "affected": [{"package": {"ecosystem": "Maven", "name": "left:pad"}}]},),
        "names a package of PyPI",
    ),
}


@pytest.mark.parametrize("name", UNTRUSTED)
def test_an_archive_that_cannot_be_meant_is_refused(name: str, here: Here) -> None:
    records, why = UNTRUSTED[name]
    with pytest.raises(DamagedData, match=why):
        here.read(written(here.store.path.parent / "a.zip", *records))
    assert here.files() == ["lock"]


def test_of_two_records_with_one_id_the_newer_counts_in_any_order(here: Here) -> None:
    old = record("A", modified="2024-01-01T00:00:00Z", summary="old")
    new = record("A", modified="2024-01-02T00:00:00Z", summary="new")
    for records in ((old, new), (new, old)):
        here.read(written(here.store.path.parent / "a.zip", *records))
        assert [advisory.summary for advisory in here.store.about(ACME)] == ["new"]


def test_a_date_in_the_future_does_not_make_the_data_look_fresh(here: Here) -> None:
    records = record("A"), record("B", modified="2024-01-02T00:00:00Z")
    here.read(written(here.store.path.parent / "a.zip", *records))
    assert here.store.coverage().cutoff == datetime(2024, 1, 2, tzinfo=UTC)


def test_older_and_fewer_records_than_before_are_used_and_said(here: Here) -> None:
    here.fetch()
    few = written(here.store.path.parent / "a.zip", record("A", modified="2020-01-01T00:00:00Z"))
    brought = here.read(few).advisories
    assert isinstance(brought, Brought)
    assert len(brought.caveats) == 2
    assert "older than what was here" in brought.caveats[0]


def test_only_what_is_named_is_read(here: Here) -> None:
    assert here.read(ARCHIVE).kev == NotAsked()
    assert here.read(kev=KEV).advisories == NotAsked()
    assert here.server.received == []


def spoil(here: Here) -> None:
    content = bytearray((here.store.path / "index.sqlite").read_bytes())
    content[4096:] = bytes(len(content) - 4096)
    (here.store.path / "index.sqlite").write_bytes(content)
    here.store.forget()


def other_version(here: Here) -> None:
    with sqlite3.connect(here.store.path / "index.sqlite") as index:
        index.execute("UPDATE about SET format = '0-before'")
    index.close()
    here.store.forget()


def no_database(here: Here) -> None:
    (here.store.path / "index.sqlite").write_bytes(b"hello" * 1000)
    here.store.forget()


def gone(here: Here) -> None:
    (here.store.path / "index.sqlite").unlink()
    here.store.forget()


BROKEN = {"damaged": spoil, "of another version": other_version, "no database": no_database}
LOST = {"of another version": other_version, "no database": no_database, "gone": gone}


@pytest.mark.parametrize("name", BROKEN)
def test_an_index_that_cannot_be_trusted_is_never_misread(name: str, here: Here) -> None:
    here.fetch()
    BROKEN[name](here)
    with pytest.raises(DamagedData, match="index") as told:
        here.store.about(AIOHTTP)
    assert told.value.hint == "run `outpace advisories update`"


@pytest.mark.parametrize("name", BROKEN)
def test_an_index_that_cannot_be_trusted_is_fetched_anew_by_an_update(name: str, here: Here) -> None:
    here.fetch()
    BROKEN[name](here)
    assert isinstance(here.fetch().advisories, Brought)
    assert "if-none-match" not in here.server.received[2].headers
    assert "PYSEC-2024-24" in here.ids(AIOHTTP)


@pytest.mark.parametrize("name", LOST)
def test_a_lost_index_is_made_anew_from_the_kept_archive(name: str, here: Here) -> None:
    here.fetch()
    before = here.store.coverage()
    LOST[name](here)
    assert ensure(here.store, lambda: here.feed, offline=True, report=quiet) == before
    assert len(here.server.received) == 2


def test_with_index_and_archive_damaged_it_is_fetched_and_offline_refused(here: Here) -> None:
    here.fetch()
    no_database(here)
    (here.store.path / "osv.zip").write_bytes(b"PK")
    with pytest.raises(NoAdvisories, match="offline"):
        ensure(here.store, lambda: here.feed, offline=True, report=quiet)
    assert ensure(here.store, lambda: here.feed, offline=False, report=quiet).records == RECORDS


def test_the_first_use_brings_the_data_once_and_says_so(here: Here) -> None:
    told: list[str] = []
    assert ensure(here.store, lambda: here.feed, offline=False, report=told.append).records == RECORDS
    assert told[0].startswith("there is no advisory data")
    assert told[0].endswith("; bringing it once")
    told.clear()
    ensure(here.store, lambda: here.feed, offline=False, report=told.append)
    assert (told, len(here.server.received)) == ([], 2)


def test_the_first_use_without_a_catalog_says_what_stays_unknown(here: Here) -> None:
    here.serve(Reply(body=ARCHIVE.read_bytes()), Reply(status=404))
    told: list[str] = []
    assert ensure(here.store, lambda: here.feed, offline=False, report=told.append).kev_cutoff is None
    assert "stays unknown" in told[-1]


def test_offline_without_data_nothing_is_asked_and_the_hint_names_a_file(here: Here) -> None:
    with pytest.raises(NoAdvisories) as told:
        ensure(here.store, lambda: here.feed, offline=True, report=quiet)
    assert "--from FILE" in told.value.hint
    with pytest.raises(UsageError):
        update(here.store, here.feed, advisories=None, kev=None, offline=True, report=quiet)
    assert here.server.received == []


def test_the_status_knows_its_age(here: Here) -> None:
    here.fetch()
    cutoff = here.store.coverage().cutoff
    assert cutoff is not None
    fresh = status(here.store, at=cutoff + timedelta(days=7))
    old = status(here.store, at=cutoff + timedelta(days=8))
    assert (fresh.age, old.age) == (timedelta(days=7), timedelta(days=8))
    assert [line for line in fresh.caveats if "advisory data" in line] == []
    assert [line for line in old.caveats if "8 days old" in line] != []


def test_two_updates_at_once_take_turns_and_readers_never_wait(here: Here) -> None:
    here.fetch()
    failures: list[BaseException] = []
    few = written(here.store.path.parent / "few.zip", record("A", package="aiohttp"))

    def bring(path: Path) -> None:
        try:
            for _ in range(3):
                AdvisoryFeed(here.store.path).read(advisories=path, kev=KEV, report=quiet)
        except EngineError as error:
            failures.append(error)

    threads = [threading.Thread(target=bring, args=(path,)) for path in (ARCHIVE, few)]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        assert len(AdvisoryStore(here.store.path).about(AIOHTTP)) > 0
    for thread in threads:
        thread.join()
    assert failures == []
    assert here.files() == ["index.sqlite", "kev.json", "lock", "osv.json", "osv.zip"]


def test_what_a_killed_update_left_is_gone_after_the_next(here: Here) -> None:
    here.store.path.mkdir()
    (here.store.path / "incoming-abc").write_bytes(b"half")
    here.fetch()
    assert here.files() == ["index.sqlite", "kev.json", "lock", "osv.json", "osv.zip"]


UPDATING = """
import sys
from pathlib import Path
from outpace.engines.advisories.feed import AdvisoryFeed
feed = AdvisoryFeed(Path(sys.argv[1]))
print("ready", flush=True)
while True:
    for source in sys.argv[2:]:
        feed.read(advisories=Path(source), kev=None, report=lambda event: None)
"""


def test_an_update_killed_anywhere_leaves_data_that_answers(here: Here) -> None:
    here.fetch()
    few = written(here.store.path.parent / "few.zip", record("A", package="aiohttp"))
    command = [sys.executable, "-c", UPDATING, str(here.store.path), str(few), str(ARCHIVE)]
    for wait in (0.01, 0.07, 0.12, 0.19):
        with subprocess.Popen(command, stdout=subprocess.PIPE) as updating:
            assert updating.stdout is not None
            assert updating.stdout.readline() == b"ready\n"
            time.sleep(wait)
            updating.kill()
        assert len(AdvisoryStore(here.store.path).about(AIOHTTP)) > 0
    assert isinstance(here.fetch().advisories, Brought | AlreadyCurrent)
    assert "PYSEC-2024-24" in here.ids(AIOHTTP)
    assert here.files() == ["index.sqlite", "kev.json", "lock", "osv.json", "osv.zip"]


def test_between_two_renames_of_a_killed_update_the_data_answers_and_is_not_called_current(here: Here) -> None:
    here.fetch()
    written(here.store.path / "osv.zip", record("A"))
    assert "PYSEC-2024-24" in here.ids(AIOHTTP)
    assert isinstance(here.fetch().advisories, Brought)


def test_of_a_directory_that_cannot_be_made_nobody_is_told_to_make_room(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    feed = AdvisoryFeed(tmp_path / "file" / "advisories")
    with pytest.raises(BadInput, match="cannot write to") as told:
        feed.read(advisories=ARCHIVE, kev=None, report=quiet)
    assert told.value.hint == "make it yours, or name another folder in OUTPACE_STATE"


@pytest.mark.parametrize("place", ["x" * 300, "here"], ids=["a name that is too long", "a folder for a file"])
def test_what_the_system_does_not_let_us_read_is_no_bug_of_ours(here: Here, place: str) -> None:
    here.fetch()
    kev = here.store.path / "kev.json"
    kev.unlink(missing_ok=True)
    kev.mkdir()
    path = here.store.path if place == "here" else here.store.path / place
    with pytest.raises(BadInput, match=f"cannot read the advisory data in {path}: ") as told:
        AdvisoryStore(path).coverage()
    assert told.value.hint == "make it yours, or name another folder in OUTPACE_STATE"


def test_a_full_disk_keeps_the_old_data(here: Here) -> None:
    import resource

    here.fetch()
    before = here.ids(AIOHTTP), here.files()
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    few = written(here.store.path.parent / "few.zip", record("A", details="x" * 100_000))
    resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, hard))
    try:
        with pytest.raises(DiskFull):
            here.feed.read(advisories=few, kev=None, report=quiet)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    here.store.forget()
    assert (here.ids(AIOHTTP), here.files()) == before


@given(st.lists(st.tuples(st.sampled_from("abcdefgh"), st.lists(st.sampled_from("abcdefgh"), max_size=3))), st.data())
def test_alias_groups_do_not_depend_on_the_order_of_records(
    lists: list[tuple[str, list[str]]], data: st.DataObject
) -> None:
    shuffled = data.draw(st.permutations(lists))
    first, second = Aliases(), Aliases()
    for name, others in lists:
        first.unite(name, others)
    for name, others in shuffled:
        second.unite(name, others)
    assert first.members() == second.members()
    for name, others in lists:
        assert all(first.members()[name] == first.members()[other] for other in others)
