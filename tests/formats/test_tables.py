"""CSV for a spreadsheet, Markdown for a pull request."""

from __future__ import annotations

import csv
import io

import pytest
from msgspec import structs

from outpace.app.match import View
from outpace.formats import csv_table, markdown
from outpace.formats.gfm import code, linked, prose
from tests.formats.matched import view


def rows(of: View) -> list[dict[str, str]]:
    text = csv_table.document(of).decode()
    assert text.count("\r\n") == text.count("\n")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_each_exposure_and_each_unknown_is_a_row() -> None:
    found = rows(view(a="acme==1.0\nlast>=1.0\nbad line\n"))
    assert [(row["state"], row["package"], row["line"], row["vulnerability"]) for row in found] == [
        ("exposed", "acme", "1", "PYSEC-2099-1"),
        ("exposed", "acme", "1", "PYSEC-2099-2"),
        ("unknown", "last", "2", "PYSEC-2099-3"),
        ("not understood", "", "3", ""),
    ]
    assert (found[0]["score"], found[0]["in_kev"], found[0]["fixed_same_branch"]) == (
        "9.8",
        "yes, since 2099-03-01",
        "1.1",
    )
    assert found[2]["specifier"] == ">=1.0"
    assert found[2]["would_settle"]


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "\t=1", "\r=1", "  =1", "\uff1d1"])
def test_a_cell_that_a_spreadsheet_would_compute_is_text(text: str) -> None:
    assert csv_table.safe_cell(text).startswith("'")


@pytest.mark.parametrize("text", ["acme", "1.0", ">=1.0", "a=b", 'a "quoted", cell'])
def test_other_cells_are_as_they_are(text: str) -> None:
    assert csv_table.safe_cell(text) == text


def test_a_comment_begins_with_the_answer_and_folds_what_is_unknown() -> None:
    page = markdown.document(view(a="acme==1.0\nlast>=1.0\nbad line\n")).decode()
    page_of = "https://osv.dev/vulnerability/"
    acme = f"`acme 1.0` | `a/requirements.txt:1` | [`PYSEC-2099-1`]({page_of}PYSEC-2099-1), `CVE-2099-1`"
    assert page.splitlines()[:7] == [
        "**Exposed: 2 vulnerabilities in 1 of 2 components.**",
        "",
        "Read `a/requirements.txt`. Advisories up to 2024-02-02, KEV up to 2024-06-01.",
        "",
        "| Package | Where | Vulnerability | Severity | Exploited (KEV) | Fixed in |",
        "|---|---|---|---|---|---|",
        f"| {acme} | 9.8 critical | yes, since 2099-03-01 | `1.1` |",
    ]
    assert page.count("<details>") == page.count("</details>") == 2
    assert "<summary>Unknown (1)</summary>\n\n- `last >=1.0` in `a/requirements.txt:2`, " in page


@pytest.mark.parametrize(
    ("body", "first"),
    [
        ("acme==9.0\n", "**Not exposed: 1 component, none affected as far as the advisories reach.**"),
        ("acme>=1\n", "**Unknown in part: 1 component, none known to be affected, and some cannot be judged.**"),
        ("bad line\n", "**Unknown: `a/requirements.txt` could not be read.**"),
    ],
)
def test_every_answer_has_its_own_first_line(body: str, first: str) -> None:
    assert markdown.document(view(a=body)).decode().splitlines()[0] == first


def test_a_comment_fits_where_github_takes_it_and_says_how_much_is_left_out() -> None:
    seen = view(a="acme==1.0\nlast>=1.0\n")
    matched = structs.replace(
        seen.matched, exposures=seen.matched.exposures * 2_000, doubts=seen.matched.doubts * 2_000
    )
    page = markdown.document(structs.replace(seen, matched=matched)).decode()
    assert 50_000 < len(page) < 65_536
    shown = page.count("\n| `acme 1.0`")
    assert f"\n{4_000 - shown:,} more are left out for want of room" in page
    assert page.count("\n- `last >=1.0`") > 100
    assert page.count("<details>") == page.count("</details>") == 1


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("a|b", r"`a\x7cb`"),
        ("`@somebody`", r"`\x60@somebody\x60`"),
        ("<img src=x>", "`<img src=x>`"),
        ("a\nb", r"`a\x0ab`"),
        ("  ", ""),
    ],
)
def test_code_ends_no_span_and_no_cell(text: str, written: str) -> None:
    assert code(text) == written


@pytest.mark.parametrize(
    "text",
    ["no version is pinned", "pin it with == (fixed in 9.1, 10.0), or read a lock file", "unknown: it's so"],
)
def test_plain_words_stay_plain(text: str) -> None:
    assert prose(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "@somebody",
        "see #1",
        "GH-1",
        "www.example.invalid",
        "https://x",
        "*a*",
        "_a_",
        "<b>",
        "a | b",
        "deadbeef1",
        "[x](y)",
        "&amp;",
        "a~b",
    ],
)
def test_whatever_could_be_more_than_words_is_code(text: str) -> None:
    assert prose(text).startswith("`")


@pytest.mark.parametrize("name", ["x](https://example.invalid)", "../..", "CVE 1", "a", "", "CVE-1?x=1", "x" * 200])
def test_what_is_no_id_has_no_link(name: str) -> None:
    assert "](" not in linked(name).replace("`x](https://example.invalid)`", "")
