"""`outpace migrations` in a repository: what is new, its class, the road, and the exit status."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import jsonschema
import pytest

from outpace.cli.main import main

ROOT = Path(__file__).resolve().parent.parent.parent
FIRST = "CREATE TABLE users (id bigserial PRIMARY KEY, bio text);\n"


class Shop:
    """A repository of files of SQL, on a branch beside main."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.git("init", "--quiet", "--initial-branch", "main")
        self.commit({"db/migrations/001_first.sql": FIRST})
        self.git("switch", "--quiet", "--create", "topic")

    def git(self, *words: str) -> str:
        who = ("-c", "user.name=t", "-c", "user.email=t@example.com")
        done = subprocess.run(["git", *who, *words], cwd=self.root, check=True, capture_output=True, text=True)
        return done.stdout.strip()

    def commit(self, files: dict[str, str]) -> None:
        for name, text in files.items():
            path = self.root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        self.git("add", "--all")
        self.git("commit", "--quiet", "--message", "change")


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shop:
    for name in ("XDG_STATE_HOME", "XDG_CACHE_HOME"):
        monkeypatch.setenv(name, str(tmp_path / name))
    root = tmp_path / "shop"
    root.mkdir()
    monkeypatch.chdir(root)
    return Shop(root)


def test_nothing_new_and_what_expands_end_with_0(shop: Shop, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["migrations"]) == 0
    assert capsys.readouterr().out.startswith("no new migration")
    shop.commit({"db/migrations/002_phone.sql": "ALTER TABLE users ADD COLUMN phone text;\n"})
    assert main(["migrations"]) == 0
    told = capsys.readouterr().out
    assert "1 new migration: 1 expand" in told
    assert "expand: adds the nullable column users.phone (002_phone.sql:1)" in told


def test_a_contract_ends_with_10_and_says_the_way_there(shop: Shop, capsys: pytest.CaptureFixture[str]) -> None:
    shop.commit({"db/migrations/002_bio.sql": "ALTER TABLE users DROP COLUMN bio;\n"})
    assert main(["migrations", "main..HEAD"]) == 10
    told = " ".join(capsys.readouterr().out.split())
    assert "contract: drops the column users.bio" in told
    assert "instead: let a release go out that no longer reads or writes it" in told
    assert "taken back: only a backup has what stands in users.bio" in told
    assert "a rollout of these is refused without --accept-irreversible" in told


def test_the_json_is_that_of_its_schema(shop: Shop, capsys: pytest.CaptureFixture[str]) -> None:
    shop.commit({"db/migrations/002_all.sql": "ALTER TABLE users DROP bio; DO $$ x $$; CREATE INDEX i ON users (id);"})
    assert main(["migrations", "--format", "json"]) == 10
    told = json.loads(capsys.readouterr().out)
    jsonschema.validate(told, json.loads((ROOT / "docs/schemas/migrations.json").read_text()))
    steps = told["result"]["steps"]
    assert [(one["kind"], one["taken_back"], one["lock"]["long"]) for one in steps] == [
        ("contract", "loses data", False),
        ("unknown", "not known", False),
        ("expand", "whole", True),
    ]
    assert not told["result"]["plan"]["goes"]
    assert [one["what"] for one in told["unknown"]] == ["db/migrations/002_all.sql:1: runs `do $$ x $$`"]


def test_a_migration_that_was_applied_and_is_edited_ends_with_10(
    shop: Shop, capsys: pytest.CaptureFixture[str]
) -> None:
    shop.commit({"db/migrations/001_first.sql": FIRST.replace("text", "varchar(9)")})
    assert main(["migrations"]) == 10
    assert "db/migrations/001_first.sql: unknown: it was applied" in " ".join(capsys.readouterr().out.split())


def test_what_a_migration_says_to_a_terminal_stays_text(shop: Shop, capsys: pytest.CaptureFixture[str]) -> None:
    shop.commit({"db/migrations/002_odd.sql": 'ALTER TABLE users ADD COLUMN "\x1b[31mred" text;\n'})
    assert main(["migrations"]) == 0
    assert "\x1b" not in capsys.readouterr().out


@pytest.mark.parametrize("span", ["nowhere..HEAD", "--", "main...HEAD", "-x..HEAD"])
def test_a_revision_that_is_none_is_a_usage_error(shop: Shop, span: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert shop.root.is_dir()
    try:
        status = main(["migrations", span])
    except SystemExit as ended:
        status = int(str(ended.code))
    assert status == (0 if span == "--" else 2)
    assert "Traceback" not in capsys.readouterr().err


def test_packages_that_moved_are_named_where_they_may_bring_migrations(
    shop: Shop, capsys: pytest.CaptureFixture[str]
) -> None:
    shop.git("switch", "--quiet", "main")
    shop.commit({"requirements.txt": "django==4.2\ndjango-allauth==0.50.0\n"})
    shop.git("switch", "--quiet", "--create", "upgrade")
    shop.commit({"requirements.txt": "django==4.2\ndjango-allauth==65.0\npillow==11.0\n"})
    assert main(["migrations", "main..HEAD"]) == 0
    told = " ".join(capsys.readouterr().out.split())
    assert (
        "are read at the gate of a rollout, not here; these moved: django-allauth 0.50.0 to 65.0, pillow 11.0" in told
    )
    shop.git("switch", "--quiet", "--create", "plain")
    shop.commit({"requirements.txt": "flask==3.0\n"})
    assert main(["migrations", "upgrade..HEAD"]) == 0
    assert "these moved" not in capsys.readouterr().out
