"""What the metadata of an installed environment says."""

from __future__ import annotations

from pathlib import Path

import pytest

from outpace.engines.installed import inventory_of
from outpace.model.errors import BadInput
from outpace.model.inventory import DirectUrl, Editable, Git, LocalPath, Origin, PublicIndex

SITE = "lib/python3.11/site-packages"
GIT = '{"url": "https://t0k@h.invalid/a", "vcs_info": {"vcs": "git", "commit_id": "abc"}}'


def install(site: Path, name: str, version: str, direct: str | None = None) -> None:
    folder = site / f"{name}-{version}.dist-info"
    folder.mkdir(parents=True)
    (folder / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n\nName: not-me\n")
    if direct is not None:
        (folder / "direct_url.json").write_text(direct)


@pytest.mark.parametrize("where", ["venv", f"venv/{SITE}"])
def test_an_environment_or_its_site_packages_is_read(tmp_path: Path, where: str) -> None:
    site = tmp_path / "venv" / SITE
    install(site, "Acme_Web", "1.0")
    (site / "old.egg-info").write_text("Name: old\nVersion: 2.0\n")
    (site / "module.py").write_text("")
    found = inventory_of(tmp_path / where)
    assert [(each.package.name, each.version) for each in found.components] == [("acme-web", "1.0"), ("old", "2.0")]
    assert found.unread == ()


@pytest.mark.parametrize(
    ("direct", "origin"),
    [
        (None, PublicIndex()),
        (GIT, Git("https://***@h.invalid/a", "abc")),
        ('{"url": "file:///srv/a%20b", "dir_info": {"editable": true}}', Editable("/srv/a b")),
        ('{"url": "file:///srv/a", "dir_info": {}}', LocalPath("/srv/a")),
        ('{"url": "file:///srv/a-1.0.tar.gz", "archive_info": {}}', LocalPath("/srv/a-1.0.tar.gz")),
        ('{"url": "https://u:p@h.invalid/a.whl", "archive_info": {}}', DirectUrl("https://***@h.invalid/a.whl")),
    ],
)  # fmt: skip
def test_the_origin_is_the_one_that_the_installer_recorded(tmp_path: Path, direct: str | None, origin: Origin) -> None:
    install(tmp_path, "acme", "1.0", direct)
    assert [each.origin for each in inventory_of(tmp_path).components] == [origin]


def test_broken_metadata_is_unread_and_the_rest_is_read(tmp_path: Path) -> None:
    install(tmp_path, "acme", "1.0")
    install(tmp_path, "broken", "1.0", "{")
    (tmp_path / "empty-1.0.dist-info").mkdir()
    (tmp_path / "nameless-1.0.dist-info").mkdir()
    (tmp_path / "nameless-1.0.dist-info" / "METADATA").write_text("Version: 1.0\n")
    found = inventory_of(tmp_path)
    assert [each.package.name for each in found.components] == ["acme"]
    assert [each.file.split("-")[0] for each in found.unread] == ["broken", "empty", "nameless"]


@pytest.mark.parametrize(("setting", "shares"), [("= true", True), ("=TRUE", True), ("= false", False), ("", True)])
def test_an_environment_that_shares_the_systems_packages_says_so(tmp_path: Path, setting: str, shares: bool) -> None:
    """As Python does where its configuration says nothing of them."""
    install(tmp_path / SITE, "acme", "1.0")
    line = f"include-system-site-packages {setting}\n" if setting else ""
    (tmp_path / "pyvenv.cfg").write_text(f"home = /usr/bin\n{line}")
    assert ["system" in each.why for each in inventory_of(tmp_path).unread] == [True] * shares


def test_a_directory_that_is_no_environment_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="no environment"):
        inventory_of(tmp_path)
    with pytest.raises(BadInput, match="no environment"):
        inventory_of(tmp_path / "absent")


def test_what_a_path_file_puts_on_the_path_is_installed_too_behind_the_rest(tmp_path: Path) -> None:
    site, beside = tmp_path / "venv" / SITE, tmp_path / "beside"
    install(site, "acme", "1.0")
    install(beside, "acme", "2.0")
    install(beside, "more", "3.0")
    (site / "beside.pth").write_text(f"{beside}\n{tmp_path / 'sources'}\nimport odd; odd.start()\n")
    (tmp_path / "sources").mkdir()
    found = inventory_of(tmp_path / "venv")
    assert [(each.package.name, each.version) for each in found.components] == [("acme", "1.0"), ("more", "3.0")]
    assert found.files == (str(site), str(beside))
    assert [(each.line, "a line of code" in each.why) for each in found.unread] == [(3, True)]
