"""Migrations in an environment's packages: read, never run, and held against what runs before a rollout begins."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from outpace.bootstrap import Workplace
from outpace.bootstrap.gating import gate
from outpace.delivery.edge.standing import Good, Standing
from outpace.engines import package_migrations as reading
from outpace.engines.package_migrations import package_migrations
from outpace.model.errors import DamagedData, Refused
from outpace.model.times import now
from tests.fakes.index import Index, Release
from tests.fakes.project import project
from tests.needs import needs

SITE = "lib/python3.11/site-packages"
MIGRATION = (
    "from django.db import migrations, models\n\n\nclass Migration(migrations.Migration):\n    operations = [{}]\n"
)
EMPTY = MIGRATION.format("")
USER = 'migrations.CreateModel("User", [("id", models.AutoField(primary_key=True)), ("bio", models.TextField())])'
FIRST = ("accounts/migrations/0001_initial.py", MIGRATION.format(USER))
SECOND = ("accounts/migrations/0002_bio.py", MIGRATION.format('migrations.RemoveField("user", "bio")'))
RELEASES = {
    "django": [Release(version="4.2", modules=(("django/__init__.py", ""),))],
    "accounts": [
        Release(version="1.0", modules=(("accounts/__init__.py", ""), FIRST)),
        Release(version="1.1", modules=(("accounts/__init__.py", "NEWER = 1\n"), FIRST)),
        Release(version="2.0", modules=(("accounts/__init__.py", ""), FIRST, SECOND)),
    ],
}
SHOP = """
[[applications]]
name = "shop"
run = ["python", "-m", "shop", "{port}"]
ready = "/healthz"
delivery = "edge"
[applications.edge]
listen = ["127.0.0.1:8000"]
"""


def environment(root: Path, files: dict[str, str]) -> Path:
    for name, text in {"django/__init__.py": "", **files}.items():
        path = root / SITE / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return root


def test_what_django_would_look_at_is_read_and_nothing_else(tmp_path: Path) -> None:
    names = ("a/migrations/0001_x.py", "b/c/migrations/0001_y.py")
    others = (
        "a/migrations/__init__.py",
        "a/migrations/_hidden.py",
        "a/migrations/0001.sql",
        "a/migrations/deep/0001_z.py",
        "a/models.py",
        "a/tests/app/migrations/0001_w.py",
        "django/db/migrations/graph.py",
    )
    place = environment(tmp_path, dict.fromkeys((*names, *others), EMPTY) | {"a/migrations/words.py": "WORDS = 1\n"})
    (place / SITE / "a/migrations/0002_link.py").symlink_to(place / SITE / names[0])
    (place / SITE / "d").symlink_to(place / SITE / "a")
    assert package_migrations(place) == {f"site-packages/{name}": EMPTY for name in names}


def test_without_django_and_without_an_environment_nothing_is_read(tmp_path: Path) -> None:
    place = environment(tmp_path, {"a/migrations/0001_x.py": EMPTY})
    (place / SITE / "django/__init__.py").unlink()
    (place / SITE / "django").rmdir()
    assert package_migrations(place) == package_migrations(None) == {}


def test_what_is_too_large_reads_as_nothing_and_too_many_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = environment(tmp_path, {"a/migrations/0001_x.py": EMPTY + "#" * reading.LARGEST})
    assert package_migrations(place) == {"site-packages/a/migrations/0001_x.py": reading.UNREAD}
    monkeypatch.setattr(reading, "MOST_FILES", 0)
    with pytest.raises(DamagedData, match="can be looked at"):
        package_migrations(place)


@pytest.fixture(scope="module")
def index() -> Iterator[Index]:
    with Index(RELEASES) as running:
        yield running


def test_a_package_that_brings_a_migration_which_breaks_what_runs_is_refused_at_the_gate(
    tmp_path: Path, index: Index
) -> None:
    needs("uv")
    shop = project(tmp_path, index.url)
    shop.write({"outpace.toml": SHOP, "shop/__init__.py": ""})
    states = {name: str(tmp_path / name) for name in ("XDG_STATE_HOME", "XDG_CACHE_HOME")}
    commits: list[str] = []
    for version in ("1.0", "1.1", "2.0"):
        shop.write({}, dependencies=f'"django==4.2", "accounts=={version}"')
        shop.lock()
        commits.append(shop.commit(version))
    environ = {**os.environ, **shop.environ, **states}
    place = Workplace(shop.root, name=None, report=lambda _: None, environ=environ).edge
    first, same, breaks = (place.candidate(place.release(commit)) for commit in commits)
    good = Good(release=first.release, since=now())
    standing = Standing(watchdog=0, envoy=0, traffic=None, good=good, rollout=None)
    gate(place, same, standing)
    with pytest.raises(Refused, match=r"accounts\.0002_bio: drops the column accounts_user\.bio"):
        gate(place, breaks, standing)
