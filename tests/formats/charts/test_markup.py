"""What is not markup stays text, and what would be obeyed is shown instead."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outpace.formats.charts.markup import Markup, e, foreign, join, plain, visible


@pytest.mark.parametrize(
    ("built", "markup"),
    [
        (e("p", "a < b & c"), "<p>a &lt; b &amp; c</p>"),
        (e("p", e("b", "x"), None, " and ", 1_204), "<p><b>x</b> and 1,204</p>"),
        (e("rect", cls="fill", x=1.04, rx=-0.01, stroke_width=None), '<rect class="fill" x="1" rx="0"></rect>'),
        (e("a", "x", href='"><script>'), '<a href="&quot;&gt;&lt;script&gt;">x</a>'),
        (e("div", popover=""), "<div popover></div>"),
        (e("meta", charset="utf-8"), '<meta charset="utf-8">'),
        (join(["a", ["b", Markup("<i>c</i>")]]), "ab<i>c</i>"),
        (foreign("safe\u202egnp.exe"), "<bdi>safe⟨202E⟩gnp.exe</bdi>"),
    ],
)
def test_an_element_is_built_as_it_reads(built: Markup, markup: str) -> None:
    assert built == markup


@pytest.mark.parametrize(
    ("text", "limit", "shown"),
    [
        ("short", 10, "short"),
        ("two\n lines\tof it", 30, "two lines of it"),
        ("a sentence that is cut between words", 30, "a sentence that is cut…"),
        ("x" * 20, 10, "x" * 9 + "…"),
        ("bell\x07", 20, "bell⟨0007⟩"),
    ],
)
def test_a_line_is_one_visible_line_of_its_length(text: str, limit: int, shown: str) -> None:
    assert plain(text, limit) == shown


@given(st.text(max_size=80))
def test_any_text_comes_back_as_the_text_that_is_shown(text: str) -> None:
    class Reader(HTMLParser):
        read = ""

        def handle_data(self, data: str) -> None:
            self.read += data

        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            self.read += f"({tag} {dict(attrs).get('title')})" if tag != "p" else ""

    reader = Reader()
    reader.feed(e("p", text, e("i", title=f"x{text}")))
    reader.close()
    assert reader.read == f"{visible(text)}(i x{visible(text)})"
