"""`outpace advisories` as it is typed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from outpace.cli.main import main
from tests.fakes.loopback import Loopback, Reply, loopback

DATA = Path(__file__).parents[1] / "data"
ARCHIVE = DATA / "osv" / "all.zip"
KEV = DATA / "kev.json"


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Loopback]:
    with loopback() as running:
        monkeypatch.setenv("NO_PROXY", "127.0.0.1")
        monkeypatch.setenv("OUTPACE_STATE", str(tmp_path / "state"))
        monkeypatch.setenv("OUTPACE_OSV_URL", running.serve("/all.zip", Reply(body=ARCHIVE.read_bytes())))
        monkeypatch.setenv("OUTPACE_KEV_URL", running.serve("/kev.json", Reply(body=KEV.read_bytes())))
        yield running


@pytest.mark.usefixtures("server")
def test_without_data_the_status_exits_3_and_says_how_to_bring_it(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["advisories", "status"]) == 3
    told = capsys.readouterr()
    assert told.out == ""
    assert "there is no advisory data" in told.err
    assert "--from FILE" in told.err


def test_an_update_then_the_status_say_what_is_here(server: Loopback, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["advisories", "update"]) == 0
    out = capsys.readouterr().out
    assert out.startswith("advisories: brought 189 records\nKEV catalog: brought 26 records\n")
    assert main(["advisories", "status", "--format", "json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert (document["outpace"], document["command"]) == (1, "advisories status")
    assert document["result"]["source"] == f"{server.url}/all.zip"
    assert document["result"]["kev"]["entries"] == 26
    assert document["unknown"] == []
    assert "days old" in document["warnings"][0]


def test_a_file_is_read_without_the_network_and_the_missing_catalog_is_unknown(
    server: Loopback, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["advisories", "update", "--from", str(ARCHIVE), "--format", "json", "--quiet"]) == 0
    told = capsys.readouterr()
    document = json.loads(told.out)
    assert document["result"]["advisories"]["became"] == "brought"
    assert document["result"]["kev"]["became"] == "not asked"
    assert document["result"]["status"]["kev"] is None
    assert [item["what"] for item in document["unknown"]] == ["known exploitation"]
    assert (server.received, told.err) == ([], "")


def test_a_catalog_that_cannot_be_had_makes_the_update_exit_3_and_keeps_the_records(
    server: Loopback, capsys: pytest.CaptureFixture[str]
) -> None:
    server.serve("/kev.json", Reply(status=404))
    assert main(["advisories", "update"]) == 3
    out = capsys.readouterr().out
    assert "KEV catalog: not brought" in out
    assert "answered 404" in out
    assert main(["advisories", "status"]) == 0


def test_a_damaged_archive_is_told_in_one_line_with_what_to_do_next(
    server: Loopback, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["advisories", "update", "--quiet"]) == 0
    server.serve("/all.zip", Reply(body=ARCHIVE.read_bytes()[:-100]))
    capsys.readouterr()
    assert main(["advisories", "update", "--quiet"]) == 3
    assert "the advisory archive is damaged" in capsys.readouterr().err
    assert main(["advisories", "status"]) == 0


def test_the_text_fits_eighty_columns(
    server: Loopback, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    main(["advisories", "update"])
    capsys.readouterr()
    assert main(["advisories", "status"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("189 PyPI advisories, up to 2025-")
    assert max(map(len, lines)) <= 80


@pytest.mark.usefixtures("server")
def test_offline_without_a_file_is_a_question_of_usage(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["advisories", "update", "--offline"]) == 2
    assert "--from FILE" in capsys.readouterr().err


@pytest.mark.usefixtures("server")
def test_a_file_that_is_not_there_is_a_question_of_usage(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["advisories", "update", "--from", "nowhere.zip"]) == 2
    assert main(["advisories", "update", "--kev-from", "nowhere.json"]) == 2
    assert "nowhere.json" in capsys.readouterr().err


@pytest.mark.usefixtures("server")
def test_another_ecosystem_is_brought_beside_and_both_are_shown(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    affected = [{"package": {"ecosystem": "npm", "name": "acme"}, "versions": ["1.0.0"]}]
    record = tmp_path / "npm.json"
    record.write_text(json.dumps({"id": "GHSA-1", "modified": "2024-01-01T00:00:00Z", "affected": affected}))
    assert main(["advisories", "update", "--quiet"]) == 0
    capsys.readouterr()
    assert main(["advisories", "update", "--ecosystem", "npm", "--from", str(record), "--quiet"]) == 0
    assert capsys.readouterr().out.startswith("advisories of npm: brought 1 record\n\n")
    assert main(["advisories", "status"]) == 0
    first, second, *_ = capsys.readouterr().out.splitlines()
    assert (first[:21], second[:34]) == ("189 PyPI advisories, ", "1 npm advisory, up to 2024-01-01 (")
    assert main(["advisories", "update", "--from", str(record), "--format", "json", "--quiet"]) == 0
    result = json.loads(capsys.readouterr().out)["result"]
    assert [(each["ecosystem"], each["became"]) for each in result["others"]] == [("npm", "already current")]
    assert (result["advisories"]["became"], result["advisories"]["ecosystem"]) == ("not asked", "PyPI")
    assert [(each["ecosystem"], each["records"]) for each in result["status"]["others"]] == [("npm", 1)]


@pytest.mark.usefixtures("server")
def test_of_a_mirror_with_an_address_of_its_own_another_ecosystem_is_not_guessed(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["advisories", "update", "--ecosystem", "npm"]) == 2
    assert "does not tell where the advisories of npm are" in capsys.readouterr().err
