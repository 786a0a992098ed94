"""Advisory data of several ecosystems: told apart by what is inside, kept apart, and asked as one."""

from __future__ import annotations

import sqlite3
import zipfile
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from outpace.app.advisories import ensure, ensure_any, status, update
from outpace.cli.advisories import ECOSYSTEMS as OFFERED
from outpace.ecosystems.orders import NO_ORDER, order_of
from outpace.engines.advisories import AdvisoryStore
from outpace.engines.advisories.archive import Limits
from outpace.engines.advisories.feed import AdvisoryFeed, url_of
from outpace.engines.http import Bounds
from outpace.model.errors import DamagedData, NoAdvisories, Unreachable, UsageError
from outpace.model.package import ECOSYSTEMS, Package
from outpace.model.refresh import AlreadyCurrent, Brought, NotAsked, NotBrought, OfEcosystem, Part, Refresh
from tests.engines.test_advisories import KEV, Written, quiet, written
from tests.fakes.loopback import Loopback, Reply, loopback


def about(name: str, *packages: tuple[str, str], **more: object) -> Written:
    affected = [{"package": {"ecosystem": each, "name": package}, "versions": ["1.0"]} for each, package in packages]
    return {"id": name, "modified": "2024-01-01T00:00:00Z", "affected": affected, **more}


PYTHON = about("PYSEC-1", ("PyPI", "Acme_Web"), aliases=["CVE-1"])
BOTH = about("GHSA-both", ("PyPI", "acme-web"), ("npm", "acme"), aliases=["CVE-1"])
NODE = about("GHSA-node", ("npm", "acme"), aliases=["CVE-1"], modified="2024-03-01T00:00:00Z")
RUST = about("RUSTSEC-1", ("crates.io", "acme_core"))
JAVA = about("GHSA-java", ("Maven", "acme:acme"))


class Here:
    def __init__(self, root: Path, server: Loopback) -> None:
        self.root, self.server = root, server
        self.store = AdvisoryStore(root / "advisories")
        self.feed = AdvisoryFeed(
            root / "advisories",
            osv_url=f"{server.url}/PyPI/all.zip",
            kev_url=f"{server.url}/kev.json",
            limits=Limits(record=100_000),
            bounds=Bounds(size=10_000_000, seconds=5, silence=1, tries=1),
        )
        server.serve("/kev.json", Reply(body=KEV.read_bytes()))

    def archive(self, *records: Written | str) -> Path:
        return written(self.root / "all.zip", *records)

    def read(self, *records: Written | str, ecosystems: tuple[str, ...] = ()) -> Refresh:
        archive = self.archive(*records)
        refresh = self.feed.read(advisories=archive, kev=None, report=quiet, ecosystems=ecosystems)
        self.store.forget()
        return refresh

    def serve(self, ecosystem: str, *records: Written) -> None:
        self.server.serve(f"/{ecosystem}/all.zip", Reply(body=self.archive(*records).read_bytes()))

    def fetch(self, *ecosystems: str) -> Refresh:
        refresh = self.feed.fetch(quiet, ecosystems)
        self.store.forget()
        return refresh

    def ids(self, ecosystem: str, name: str) -> list[str]:
        return [each.id for each in self.store.about(Package(ecosystem, name))]

    def covered(self) -> list[str]:
        return [each.ecosystem for each in self.store.coverages()]

    def files(self) -> list[str]:
        path = self.store.path
        return sorted(str(each.relative_to(path)) for each in path.rglob("*") if each.is_file())


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Here]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with loopback() as server:
        yield Here(tmp_path, server)


def test_every_ecosystem_that_is_kept_and_offered_has_an_order() -> None:
    assert OFFERED == ECOSYSTEMS
    assert [each for each in ECOSYSTEMS if order_of(each) is NO_ORDER] == []


def test_the_data_of_pypi_lies_where_it_always_did_and_the_others_in_folders_of_their_own(here: Here) -> None:
    here.read(PYTHON)
    assert here.files() == ["index.sqlite", "lock", "osv.json", "osv.zip"]
    here.read(RUST)
    assert here.files() == [
        "ecosystems/crates.io/index.sqlite",
        "ecosystems/crates.io/osv.json",
        "ecosystems/crates.io/osv.zip",
        "index.sqlite",
        "lock",
        "osv.json",
        "osv.zip",
    ]
    assert (here.ids("PyPI", "acme-web"), here.ids("crates.io", "acme_core")) == (["PYSEC-1"], ["RUSTSEC-1"])


def brought(refresh: Refresh) -> dict[str, Part]:
    parts = {"PyPI": refresh.advisories, **{each.ecosystem: each.part for each in refresh.others}}
    return {each: part for each, part in parts.items() if part != NotAsked()}


INSIDE = {
    "PyPI's own": ((PYTHON, BOTH), ["PyPI"]),
    "npm's own": ((NODE, BOTH), ["npm"]),
    "RustSec's own": ((RUST,), ["crates.io"]),
    "two merged": ((PYTHON, BOTH, NODE), ["PyPI", "npm"]),
    "everything merged": ((PYTHON, BOTH, NODE, RUST, JAVA), ["PyPI", "npm", "crates.io"]),
    "one record about two": ((BOTH,), ["PyPI", "npm"]),
    "with what nobody orders here": ((RUST, JAVA), ["crates.io"]),
}


@pytest.mark.parametrize("name", INSIDE)
def test_an_archive_is_the_export_of_what_its_records_are_about_alone(name: str, here: Here) -> None:
    records, ecosystems = INSIDE[name]
    assert list(brought(here.read(*records))) == ecosystems == here.covered()
    assert [each for each in ECOSYSTEMS if here.store.covers(each)] == ecosystems


def test_of_a_merged_archive_each_ecosystem_gets_what_names_it(here: Here) -> None:
    source = str(here.archive(PYTHON, BOTH, NODE, JAVA))
    parts = brought(here.read(PYTHON, BOTH, NODE, JAVA))
    assert parts == {"PyPI": Brought(source=source, records=2), "npm": Brought(source=source, records=2)}
    with zipfile.ZipFile(here.store.path / "ecosystems" / "npm" / "osv.zip") as own:
        assert len(own.namelist()) == 2
    assert (here.ids("PyPI", "acme-web"), here.ids("npm", "acme")) == (
        ["GHSA-both", "PYSEC-1"],
        ["GHSA-both", "GHSA-node"],
    )


def test_a_record_that_cannot_be_read_is_missing_from_every_ecosystem_of_the_archive(here: Here) -> None:
    big = about("GHSA-big", ("npm", "acme"), details="x" * 200_000)
    parts = brought(here.read(PYTHON, BOTH, NODE, about("GHSA-other", ("npm", "b")), "{", big))
    found = {each: part.bad for each, part in parts.items() if isinstance(part, Brought)}
    assert found == {"PyPI": 2, "npm": 2}


def test_only_the_ecosystem_that_is_asked_for_is_taken_from_a_merged_archive(here: Here) -> None:
    refresh = here.read(PYTHON, NODE, RUST, ecosystems=("crates.io",))
    assert (refresh.advisories, here.covered()) == (NotAsked(), ["crates.io"])


def test_the_few_records_about_another_ecosystem_are_no_export_of_it(here: Here) -> None:
    with pytest.raises(DamagedData, match="is no export of npm, but of PyPI"):
        here.read(PYTHON, BOTH, ecosystems=("npm",))
    here.read(PYTHON, BOTH)
    assert not here.store.covers("npm")
    assert here.ids("npm", "acme") == ["GHSA-both"]


def test_what_names_no_ecosystem_that_can_be_ordered_is_refused(here: Here) -> None:
    with pytest.raises(DamagedData, match=r"none of the 1 records in .* names a package of PyPI, npm, crates\.io"):
        here.read(JAVA)
    assert here.files() == ["lock"]


def test_each_ecosystem_is_fetched_from_the_folder_of_its_name(here: Here) -> None:
    here.serve("npm", NODE)
    here.serve("crates.io", RUST)
    refresh = here.fetch("npm", "crates.io")
    assert refresh.advisories == NotAsked()
    assert refresh.others == (
        OfEcosystem(ecosystem="npm", part=Brought(source=f"{here.server.url}/npm/all.zip", records=1)),
        OfEcosystem(ecosystem="crates.io", part=Brought(source=f"{here.server.url}/crates.io/all.zip", records=1)),
    )
    assert here.store.coverages()[0].kev_cutoff == date(2025, 8, 25)
    again = brought(here.fetch("npm"))["npm"]
    assert isinstance(again, AlreadyCurrent)


def test_where_one_of_several_cannot_be_had_the_others_are_brought_and_it_is_told(here: Here) -> None:
    here.serve("npm", NODE)
    here.serve("PyPI", PYTHON)
    made = update(
        here.store,
        here.feed,
        advisories=None,
        kev=None,
        offline=False,
        report=quiet,
        ecosystems=("PyPI", "npm", "Go"),
    )
    parts = brought(made.refresh)
    assert [type(parts[each]) for each in ("PyPI", "npm", "Go")] == [Brought, Brought, NotBrought]
    assert (made.complete, here.covered()) == (False, ["PyPI", "npm"])
    with pytest.raises(Unreachable):
        here.fetch("Go")


def test_a_mirror_that_does_not_name_its_folder_after_pypi_tells_nothing_of_others() -> None:
    assert url_of("https://x.invalid/osv/PyPI/all.zip", "npm") == "https://x.invalid/osv/npm/all.zip"
    assert url_of("https://x.invalid/python.zip", "PyPI") == "https://x.invalid/python.zip"
    with pytest.raises(UsageError, match="does not tell where the advisories of npm are"):
        url_of("https://x.invalid/python.zip", "npm")


def test_ids_are_united_and_found_across_ecosystems(here: Here) -> None:
    here.read(PYTHON)
    here.read(NODE)
    assert here.store.aliases(["GHSA-node"]) == {"GHSA-node", "CVE-1", "PYSEC-1"}
    assert [each.id for each in here.store.named(["PYSEC-1", "GHSA-none", "GHSA-node"])] == ["PYSEC-1", "GHSA-node"]


def test_exploitation_is_found_through_an_ecosystem_of_any_kind(here: Here) -> None:
    archive = here.archive(about("RUSTSEC-2", ("crates.io", "acme"), aliases=["CVE-2020-11651"]))
    here.feed.read(advisories=archive, kev=KEV, report=quiet)
    found = here.store.exploited(["RUSTSEC-2"])
    assert found is not None
    assert found.added == date(2021, 11, 3)


def test_the_status_tells_of_every_ecosystem_and_warns_of_each_that_is_old(here: Here) -> None:
    here.read(PYTHON, NODE)
    told = status(here.store, at=datetime(2024, 3, 20, tzinfo=UTC))
    assert (told.coverage.ecosystem, [each.coverage.ecosystem for each in told.others]) == ("PyPI", ["npm"])
    assert told.caveats[:2] == (
        "the advisory data is 79 days old; `outpace advisories update` brings what is newer",
        "the advisory data of npm is 19 days old; `outpace advisories update --ecosystem npm` brings what is newer",
    )


def outdated(path: Path) -> None:
    with sqlite3.connect(path) as index:
        index.execute("UPDATE about SET format = '0-before'")
    index.close()


def test_what_an_older_outpace_compiled_is_compiled_again_for_every_ecosystem(here: Here) -> None:
    here.read(PYTHON, NODE)
    outdated(here.store.path / "ecosystems" / "npm" / "index.sqlite")
    here.store.forget()
    with pytest.raises(DamagedData, match="another version") as told:
        here.ids("npm", "acme")
    assert told.value.hint == "run `outpace advisories update --ecosystem npm`"
    ensure(here.store, lambda: here.feed, offline=True, report=quiet)
    assert here.ids("npm", "acme") == ["GHSA-node"]


def test_an_assessment_is_content_with_the_data_of_any_ecosystem_and_else_brings_that_of_pypi(here: Here) -> None:
    here.serve("PyPI", PYTHON)
    assert [each.ecosystem for each in ensure_any(here.store, lambda: here.feed, offline=False, report=quiet)] == [
        "PyPI"
    ]
    here.store.path.rename(here.root / "before")
    here.store.forget()
    here.read(RUST)
    before = len(here.server.received)
    found = ensure_any(here.store, lambda: here.feed, offline=True, report=quiet)
    assert ([each.ecosystem for each in found], len(here.server.received)) == (["crates.io"], before)


def test_where_there_is_no_data_at_all_an_assessment_offline_says_how_to_bring_it(here: Here) -> None:
    with pytest.raises(NoAdvisories) as told:
        ensure_any(here.store, lambda: here.feed, offline=True, report=quiet)
    assert "--from FILE" in told.value.hint


def test_an_update_that_was_killed_leaves_nothing_beside_another_ecosystem(here: Here) -> None:
    here.read(NODE)
    left = here.store.path / "ecosystems" / "npm" / "incoming-abc"
    left.write_bytes(b"half")
    here.read(RUST)
    assert not left.exists()
