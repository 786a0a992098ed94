"""Whatever an inventory and an advisory say, each format stays what its standard says it is."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable
from datetime import UTC, date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from outpace.app.match import View, answer_of
from outpace.formats import csv_table, cyclonedx, markdown, openvex, sarif
from outpace.formats.advice import PAGES
from outpace.model.advisory import Coverage, Exploitation, Fix, Scored, Severity, VectorOnly, Vulnerability
from outpace.model.exposure import Doubt, Exposure, Matched
from outpace.model.inventory import (
    Component,
    DirectUrl,
    Editable,
    Git,
    Inventory,
    LocalPath,
    Origin,
    OtherIndex,
    PublicIndex,
    Uncovered,
    Unread,
    Workspace,
)
from outpace.model.package import PYPI, Package
from outpace.model.unknown import Unknown
from tests.formats import published

NASTY = (
    "",
    " ",
    "=1+1",
    "@somebody",
    "-2+3",
    "\t=cmd",
    "a|b",
    "`x`",
    "``` \n# top",
    "<script>alert(1)</script>",
    "</details>",
    "[a](https://example.invalid)",
    "![](https://example.invalid/x.png)",
    "www.example.invalid",
    "https://example.invalid/x",
    "a@example.invalid",
    "#1 GH-2 owner/name#3",
    "\\|",
    "\\",
    "\u202e",
    "\x1b[31m",
    "\ud800",
    "a\r\nb",
    "../../etc/passwd",
    "//host/x",
    "C:\\x",
    "a" * 400,
    "\uff1d1",
)
# Surrogates come in with JSON that escapes half of a pair.
WORDS = st.sampled_from(NASTY) | st.text(max_size=12) | st.text(st.characters(categories=("Cs", "Cc", "P")), max_size=4)
TIMES = st.datetimes(timezones=st.just(UTC))
ORIGINS: st.SearchStrategy[Origin] = st.one_of(
    st.builds(PublicIndex),
    st.builds(OtherIndex, WORDS),
    st.builds(Workspace, WORDS),
    st.builds(Editable, WORDS),
    st.builds(LocalPath, WORDS),
    st.builds(DirectUrl, WORDS),
    st.builds(Git, WORDS, WORDS),
)
PACKAGES = st.builds(Package, st.just(PYPI), WORDS)
MANY = st.lists(WORDS, max_size=2).map(tuple)
COMPONENTS = st.builds(
    Component,
    package=PACKAGES,
    version=st.none() | WORDS,
    origin=ORIGINS,
    file=WORDS,
    line=st.none() | st.integers(0, 10**6),
    specifier=WORDS,
    marker=WORDS,
    extras=MANY,
    groups=MANY,
    parents=MANY,
    direct=st.none() | st.booleans(),
)
SEVERITIES: st.SearchStrategy[Severity] = st.one_of(
    st.builds(
        Scored,
        st.floats(0, 10),
        st.sampled_from(("none", "low", "medium", "high", "critical")),
        st.sampled_from(("CVSS:3.1/AV:N", "CVSS:3.0/AV:N", "CVSS:4.0/AV:N", "AV:N")) | WORDS,
    ),
    st.builds(VectorOnly, WORDS),
    st.builds(Unknown, WORDS),
)
VULNERABILITIES = st.builds(
    Vulnerability,
    id=st.sampled_from(("PYSEC-2099-1", "GHSA-aaaa-bbbb-cccc")) | WORDS,
    package=PACKAGES,
    aliases=MANY,
    summary=WORDS,
    severity=SEVERITIES,
    published=st.none() | TIMES,
    exploited=st.none() | st.builds(Exploitation, cve=WORDS, added=st.dates()),
)
VERSIONS = st.none() | WORDS | st.sampled_from(("1.0", "2.0"))
FIXES = st.builds(Fix, same_branch=VERSIONS, nearest=VERSIONS, assumed=st.booleans())
COVERAGES = st.none() | st.builds(
    Coverage,
    source=WORDS,
    ecosystem=st.just(PYPI),
    records=st.just(1),
    cutoff=st.none() | TIMES,
    fetched=TIMES,
    kev_cutoff=st.none() | st.dates(date(1, 1, 1)),
)


@st.composite
def views(draw: st.DrawFn) -> View:
    components = tuple(draw(st.lists(COMPONENTS, max_size=4)))
    some = st.sampled_from(components) if components else st.nothing()
    exposures = st.builds(Exposure, component=some, vulnerability=VULNERABILITIES, fixed=FIXES, caveats=MANY)
    doubts = st.builds(Doubt, component=some, vulnerability=VULNERABILITIES, unknown=st.builds(Unknown, WORDS, WORDS))
    matched = Matched(
        inventory=Inventory(
            source=draw(st.just("files") | WORDS),
            components=components,
            unread=tuple(draw(st.lists(st.builds(Unread, file=WORDS, why=WORDS, line=st.none() | st.integers(0, 9))))),
            files=draw(MANY),
            uncovered=tuple(draw(st.lists(st.builds(Uncovered, file=WORDS, why=WORDS), max_size=2))),
        ),
        exposures=tuple(draw(st.lists(exposures, max_size=4))) if components else (),
        doubts=tuple(draw(st.lists(doubts, max_size=3))) if components else (),
        coverage=draw(COVERAGES),
    )
    return View(matched=matched, answer=answer_of(matched), at=draw(TIMES), root=draw(WORDS), above=draw(WORDS))


ANY = settings(max_examples=40, deadline=None)


@ANY
@given(views(), WORDS, st.binary(max_size=40))
def test_any_view_is_valid_sarif_that_github_takes(view: View, folder: str, content: bytes) -> None:
    written = sarif.document(view, folder=folder, look_up=lambda _: content, unaffected=lambda _: True)
    assert published.errors(published.sarif(), written.document) == []
    assert_github_takes(json.loads(written.document), len(view.matched.exposures))


def assert_github_takes(document: dict[str, Any], number: int) -> None:
    """What GitHub demands beyond the schema."""
    [run] = document["runs"]
    names = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    assert len(names) == len(set(names))
    assert len(run["results"]) == number
    for result in run["results"]:
        assert names[result["ruleIndex"]] == result["ruleId"]
        [location] = result["locations"]
        physical = location["physicalLocation"]
        uri = physical["artifactLocation"]["uri"]
        assert not uri.startswith("/")
        assert ":" not in uri
        assert ".." not in uri.split("/")
        assert physical["region"]["startLine"] >= 1
        assert all(fix["artifactChanges"] for fix in result.get("fixes", ()))
    for rule in run["tool"]["driver"]["rules"]:
        assert re.fullmatch(r"10\.0|\d\.\d", rule["properties"].get("security-severity", "0.0"))
        assert len(rule["fullDescription"]["text"]) <= 1024
        assert len(rule["shortDescription"]["text"]) <= 1024


@ANY
@given(views())
def test_any_view_is_a_valid_bill_of_materials_whose_references_resolve(view: View) -> None:
    document = cyclonedx.sbom(view)
    assert published.errors(published.cyclonedx(), document) == []
    assert_references_resolve(document)


@ANY
@given(views())
def test_any_view_is_a_valid_cyclonedx_vex_whose_references_resolve(view: View) -> None:
    document = cyclonedx.vex(view)
    assert published.errors(published.cyclonedx(), document) == []
    assert_references_resolve(document)


def assert_references_resolve(document: bytes) -> None:
    bom = json.loads(document)
    refs = [bom["metadata"]["component"]["bom-ref"], *(each["bom-ref"] for each in bom["components"])]
    refs += [each["bom-ref"] for each in bom.get("vulnerabilities", ())]
    assert len(refs) == len(set(refs))
    used = [each["ref"] for found in bom.get("vulnerabilities", ()) for each in found["affects"]]
    used += [ref for each in bom.get("dependencies", ()) for ref in (each["ref"], *each["dependsOn"])]
    assert set(used) <= set(refs)


@ANY
@given(views())
def test_any_view_is_valid_openvex_or_has_nothing_to_state(view: View) -> None:
    document = openvex.document(view)
    if view.matched.exposures or view.matched.doubts:
        assert document is not None
        assert published.errors(published.openvex(), document) == []
    else:
        assert document is None


@ANY
@given(views())
def test_any_view_is_a_csv_in_which_no_cell_is_a_formula(view: View) -> None:
    rows = list(csv.reader(io.StringIO(csv_table.document(view).decode(), newline="")))
    inventory = view.matched.inventory
    found = (view.matched.exposures, view.matched.doubts, inventory.unread, inventory.uncovered)
    assert len(rows) == 1 + sum(map(len, found))
    assert {len(row) for row in rows} == {len(rows[0])}
    assert [cell for row in rows for cell in row if re.match(r"\s*[=+\-@\uff1d]|[\t\r\n]", cell)] == []


@ANY
@given(views())
def test_any_view_is_a_comment_that_says_nothing_but_ours_outside_of_code(view: View) -> None:
    page = markdown.document(view).decode()
    inventory = view.matched.inventory
    tokens = MarkdownIt("commonmark").enable("table").parse(page)
    kinds = [token.type for token in tokens]
    assert kinds.count("tr_open") == (1 + len(view.matched.exposures) if view.matched.exposures else 0)
    assert kinds.count("td_open") == 6 * len(view.matched.exposures)
    noted = (view.matched.doubts, inventory.unread, inventory.uncovered)
    assert kinds.count("list_item_open") == sum(map(len, noted))
    html = [line for token in tokens if token.type == "html_block" for line in token.content.split("\n") if line]
    assert [line for line in html if not re.fullmatch(r"</?details>|<summary>[A-Z a-z]+ \(\d+\)</summary>", line)] == []
    rows = [line for line in page.split("\n") if line.startswith("|")]
    assert [row for row in rows if row.count("|") != 7] == []
    inline = [child for token in tokens if token.type == "inline" for child in token.children or ()]
    assert {child.type for child in inline} <= {
        "text",
        "code_inline",
        "link_open",
        "link_close",
        "strong_open",
        "strong_close",
    }
    assert [
        child for child in inline if child.type == "link_open" and not str(child.attrs["href"]).startswith(PAGES)
    ] == []
    said = [child.content for child in inline if child.type == "text"]
    assert [text for text in said if re.search(r"[@#<>\[\]`*_~|\\&]|www\.|://", text)] == []


@pytest.mark.parametrize("write", [cyclonedx.sbom, cyclonedx.vex, openvex.document, csv_table.document])
@settings(max_examples=20, deadline=None)
@given(view=views())
def test_the_same_view_gives_the_same_bytes(write: Callable[[View], bytes | None], view: View) -> None:
    assert write(view) == write(view)
