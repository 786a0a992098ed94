"""The site of the documentation: it builds, each of its links leads somewhere, and it says what `--help` says."""

from __future__ import annotations

from pathlib import Path

import pytest

from outpace.cli.grammar import whole
from scripts import site


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[str]]:
    place = tmp_path_factory.mktemp("site")
    return place / "html", site.build(place)


def test_every_link_of_the_built_site_leads_somewhere(built: tuple[Path, list[str]]) -> None:
    assert built[1] == []


def test_every_page_that_is_laid_out_is_in_the_menu_or_linked(built: tuple[Path, list[str]]) -> None:
    html, _ = built
    pages = {path: site.Page(path) for path in html.rglob("*.html") if path.name != "404.html"}
    linked = {(path.parent / link.partition("#")[0]).resolve() for path, page in pages.items() for link in page.links}
    assert {path.name for path in pages if path.resolve() not in linked} == set()


def test_nothing_on_the_site_is_fetched_from_elsewhere(built: tuple[Path, list[str]]) -> None:
    html, _ = built
    fetched = {word for path in html.rglob("*.html") for word in site.Page(path).fetched if "://" in word}
    assert fetched == set()


def test_a_link_that_leads_nowhere_is_found(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text('<h1 id="here"></h1><a href="b.html#there">b</a><a href="#here"><a href="#gone">')
    (tmp_path / "b.html").write_text('<a href="a.html#here"></a><img src="missing.png"><a href="https://a.invalid/">')
    assert list(site.broken(tmp_path)) == ["a.html: b.html#there", "a.html: #gone", "b.html: missing.png"]


def test_the_page_of_the_commands_holds_every_command_and_option() -> None:
    page = site.commands(whole())
    for command in whole().commands:
        section = page.split(f"\n## {command.name}\n")[1].split("\n## ")[0]
        names = [name for option in command.options if "--help" not in option.names for name in option.names]
        assert [name for name in names if f"`{name}`" not in section] == [], command.name


def test_a_page_names_a_file_of_the_repository_without_a_link_that_leads_nowhere() -> None:
    """`peer-reports.md` links to a test, for whoever reads it in the repository."""
    page = site.pages()["peer-reports.md"]
    assert "](../tests/" not in page
    assert "A test runs `outpace match`" in page
