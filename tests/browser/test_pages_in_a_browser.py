"""The pages in a real browser: accessible, quiet, asking for nothing, fit for a phone, and the brief on one sheet."""

from __future__ import annotations

import re
from collections.abc import Generator, Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, sync_playwright

from outpace.formats.report import assess_page, brief_page, fleet_page, mutants_page
from tests.fakes import assessments, trials
from tests.needs import needs

ARGUMENTS = ["--no-sandbox", "--font-render-hinting=none"]  # tests may run as root
WIDTHS = (1_280, 390)
NARROWEST = 320
CHECK = "() => axe.run(document, {resultTypes: ['violations'], preload: false})"
SHEET = re.compile(rb"/Type\s*/Page\b[^s]")


@pytest.fixture(scope="module")
def tab(tmp_path_factory: pytest.TempPathFactory) -> Generator[Tab]:
    """One browser, one tab: a start costs more than most that is looked at."""
    program = needs("chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=ARGUMENTS)
        context = browser.new_context(reduced_motion="reduce", timezone_id="UTC", locale="en-US")
        yield Tab(context.new_page(), tmp_path_factory.mktemp("pages") / "page.html")
        browser.close()


@pytest.fixture(scope="module")
def axe() -> str:
    return files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")


def pages() -> dict[str, str]:
    """Each sort of page with everything that may stand on it, and few rows: the checker's time grows with them."""
    return {
        "report": assess_page.page(assessments.few(assessments.watered_down(), 3)),
        "report of nothing": assess_page.page(assessments.unknown()),
        "brief": brief_page.page(assessments.watered_down(), live=assessments.live()),
        "fleet": fleet_page.page(assessments.fleet()[1:4], [("/srv/gone", "not a repository")]),
        "mutants": mutants_page.page(trials.TRIAL, "shop"),
    }


def crowded() -> dict[str, str]:
    hostile, long = assessments.hostile(), assessments.long_winded()
    return {
        "hostile report": assess_page.page(hostile),
        "long report": assess_page.page(long),
        "hostile brief": brief_page.page(hostile, live=assessments.live()),
        "long brief": brief_page.page(long, live=assessments.live()),
        "hostile fleet": fleet_page.page((hostile, long), [(assessments.HOSTILE, assessments.LONG)]),
        "hostile mutants": mutants_page.page(trials.named(assessments.HOSTILE), assessments.HOSTILE),
        "long mutants": mutants_page.page(trials.named(assessments.LONG), assessments.LONG),
    }


class Tab:
    """Shows one page after another, and tells what each said or asked for."""

    def __init__(self, page: Page, place: Path) -> None:
        self.page = page
        self._place = place
        self._heard: list[str] = []
        page.on("console", lambda message: self._heard.append(f"console: {message.text}"))
        page.on("pageerror", lambda error: self._heard.append(f"error: {error}"))
        page.on("request", lambda request: self._asked(request.url))

    def show(self, text: str, *, width: int = 1_280) -> None:
        self._heard.clear()
        self._place.write_text(text, encoding="utf-8")
        self.page.set_viewport_size({"width": width, "height": 900})
        self.page.goto(self._place.as_uri())

    def heard(self) -> list[str]:
        """Since the page was shown."""
        return list(self._heard)

    def _asked(self, address: str) -> None:
        if address != self._place.as_uri():
            self._heard.append(f"asked for {address}")

    def violations(self, axe: str) -> Iterator[str]:
        """In light and dark, wide and narrow. The checker comes past the page's own policy, which stays on."""
        session = self.page.context.new_cdp_session(self.page)
        session.send("Runtime.evaluate", {"expression": axe, "silent": True})
        self.page.evaluate("() => document.querySelectorAll('details').forEach(each => each.open = true)")
        for width in WIDTHS:
            self.page.set_viewport_size({"width": width, "height": 900})
            for scheme in ("light", "dark"):
                self.page.emulate_media(color_scheme=scheme)
                found: list[dict[str, Any]] = self.page.evaluate(CHECK)["violations"]
                yield from (f"{scheme} {width}: {each['id']} x {len(each['nodes'])}" for each in found)

    def sideways(self) -> Iterator[str]:
        self.page.set_viewport_size({"width": NARROWEST, "height": 900})
        over = self.page.evaluate("() => document.documentElement.scrollWidth - innerWidth")
        if over:
            yield f"scrolls by {over} px"


def test_each_page_is_accessible_in_light_and_dark_wide_and_narrow_and_quiet(tab: Tab, axe: str) -> None:
    found: dict[str, list[str]] = {}
    for name, text in pages().items():
        tab.show(text)
        found[name] = [*tab.violations(axe), *tab.sideways(), *tab.heard()]
    assert found == {name: [] for name in found}


def test_the_checks_find_what_is_broken(tab: Tab, axe: str) -> None:
    text = assess_page.page(assessments.unknown()).replace(' lang="en"', "")
    foreign = '<img src="https://example.invalid/x.png"><script>1</script><svg role="img" width="400"></svg>'
    tab.show(text.replace("<main ", f"{foreign}<main "))
    violations, sideways, heard = " ".join(tab.violations(axe)), list(tab.sideways()), " ".join(tab.heard())
    assert [rule for rule in ("html-has-lang", "image-alt", "svg-img-alt") if rule not in violations] == []
    assert sideways == ["scrolls by 80 px"]
    assert "Content Security Policy" in heard


def test_what_is_hostile_or_long_scrolls_no_page_sideways_and_is_quiet(tab: Tab) -> None:
    found: dict[str, list[str]] = {}
    for name, text in crowded().items():
        tab.show(text, width=NARROWEST)
        found[name] = [*tab.sideways(), *tab.heard()]
    assert found == {name: [] for name in found}


def test_the_brief_prints_on_one_sheet_of_either_paper_however_much_it_has_to_say(tab: Tab) -> None:
    live, usual, long = assessments.live(is_over=True), assessments.watered_down(), assessments.long_winded()
    briefs = {
        "usual": (brief_page.page(usual), ("A4", "Letter")),
        "usual, with a live advisory": (brief_page.page(usual, live=live), ("A4", "Letter")),
        "of nothing": (brief_page.page(assessments.unknown()), ("Letter",)),
        "long": (brief_page.page(long, position="continuity"), ("Letter",)),
        "long, with a live advisory": (brief_page.page(long, live=live), ("A4", "Letter")),
        "hostile": (brief_page.page(assessments.hostile(), live=live, position="new-mandate"), ("Letter",)),
    }
    sheets: dict[tuple[str, str], int] = {}
    for name, (text, papers) in briefs.items():
        tab.show(text)
        for paper in papers:
            sheets[name, paper] = len(SHEET.findall(tab.page.pdf(format=paper, print_background=True)))
    assert sheets == dict.fromkeys(sheets, 1)


def test_a_number_opens_its_list_without_script_and_a_phone_shows_it(tab: Tab) -> None:
    for width in WIDTHS:
        tab.show(pages()["report"], width=width)
        rows = tab.page.locator("#l-episodes tr[id]")
        assert not rows.first.is_visible()
        tab.page.locator("a.count[href='#l-episodes']").first.click()
        assert [row.is_visible() for row in rows.all()] == [True] * 3
        assert tab.heard() == []


def test_lists_that_are_open_are_not_printed_with_a_brief_and_closed_ones_with_no_page(tab: Tab) -> None:
    tab.show(brief_page.page(assessments.watered_down()))
    tab.page.locator("a.count").first.click()
    assert len(SHEET.findall(tab.page.pdf(format="Letter", print_background=True))) == 1
    tab.show(pages()["report"])
    tab.page.emulate_media(media="print")
    heading = tab.page.get_by_role("heading", name="What the numbers count")
    closed = heading.is_visible()
    tab.page.locator("#lists details").first.evaluate("each => { each.open = true }")
    shown = (closed, heading.is_visible())
    tab.page.emulate_media(media="screen")
    assert shown == (False, True)


def test_a_word_shows_its_definition_without_script(tab: Tab) -> None:
    tab.show(pages()["report"])
    definition = tab.page.locator("#w-episode")
    hidden = definition.is_visible()
    tab.page.locator("button[popovertarget=w-episode]").first.click()
    seen, said = definition.is_visible(), definition.inner_text()
    tab.page.keyboard.press("Escape")
    assert (hidden, seen, definition.is_visible()) == (False, True, False)
    assert said.startswith("episode: one wait")
