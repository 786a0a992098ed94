"""Names, versions and paths full of what a terminal obeys or no encoding carries: every output stays text."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import unicodedata
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from outpace.app.match import View, match_inventory
from outpace.ecosystems.read import read
from outpace.formats import csv_table, cyclonedx, markdown, match, openvex, sarif
from tests.fakes.advisories import Advisories, record
from tests.hostile.damage import FORMATS

DATA = Path(__file__).parents[1] / "data"
NOW = datetime(2024, 6, 1, tzinfo=UTC)
SOURCE = Advisories([record("PYSEC-2099-1", "acme", {"introduced": "0"}, {"fixed": "1.1"})])
OBEYED = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
HOSTILE = {
    "color": "\x1b[31mX",
    "title": "\x1b]0;t\x07",
    "carriage return": "a\rb",
    "eight-bit control": "\x9b31m",
    "right to left": "\u202eabc",
    "line separator": "\u2028",
    "half of a pair": "\ud800",
    "NUL": "\0",
    "delete": "\x7f",
    "a command to a CI log": "\n::error::x",
}


def text(view: View) -> bytes:
    page = StringIO()
    Console(file=page, width=80, highlight=False, emoji=False, markup=False).print(match.text(view))
    return page.getvalue().encode()


WRITERS: Mapping[str, Callable[[View], bytes]] = {
    "text": text,
    "json": match.answer,
    "sarif": lambda view: sarif.document(view).document,
    "csv": csv_table.document,
    "markdown": markdown.document,
    "openvex": lambda view: openvex.document(view) or b"",
    "cyclonedx": cyclonedx.sbom,
    "cyclonedx-vex": cyclonedx.vex,
}


def obeyed(form: str, written: bytes) -> set[str]:
    ours = {"\n", "\r"} if form == "csv" else {"\n"}
    return {char for char in set(written.decode()) - ours if unicodedata.category(char) in OBEYED}


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("kind", HOSTILE)
def test_nothing_that_a_file_says_reaches_a_terminal_as_anything_but_text(name: str, kind: str) -> None:
    raw, escape = HOSTILE[kind], json.dumps(HOSTILE[kind])[1:-1]
    for place in ("other", "2.0", "acme", "1.0"):
        for spelled in (raw, escape):
            data = FORMATS[name].replace(place, place + spelled).encode("utf-8", "surrogatepass")
            view = match_inventory(read([name], {name: data}.get), SOURCE, now=NOW)
            found = {form: obeyed(form, write(view)) for form, write in WRITERS.items()}
            assert {form: chars for form, chars in found.items() if chars} == {}


@pytest.mark.parametrize("cookie", ["utf-7", "unicode_escape", "raw-unicode-escape"])
@pytest.mark.parametrize("name", ["requirements.txt", "setup.py"])
def test_an_encoding_that_spells_half_characters_gives_none(cookie: str, name: str) -> None:
    line = "acme===1+2AA-" if name.endswith("txt") else "setup(install_requires=['acme===1\\ud800'])"
    data = f"# coding: {cookie}\n{line}\n".encode()
    view = match_inventory(read([name], {name: data}.get), SOURCE, now=NOW)
    assert view.matched.inventory.unread or all(
        (each.version or "").isprintable() for each in view.matched.inventory.components
    )
    assert b"udc" not in match.answer(view)


@pytest.fixture(scope="module")
def state(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, str]:
    place = tmp_path_factory.mktemp("state")
    environment = {"XDG_STATE_HOME": str(place / "state"), "XDG_CACHE_HOME": str(place / "cache"), "HOME": str(place)}
    told = ["advisories", "update", "--from", str(DATA / "osv" / "all.zip"), "--kev-from", str(DATA / "kev.json")]
    run(place, environment, *told, "--quiet")
    return environment


def run(place: Path, state: Mapping[str, str], *words: str) -> tuple[int, bytes, bytes]:
    argv = [sys.executable, "-m", "outpace.cli", *words]
    done = subprocess.run(argv, cwd=place, env={**os.environ, **state}, capture_output=True, check=False)
    return done.returncode, done.stdout, done.stderr


@pytest.mark.skipif(sys.platform == "darwin", reason="its file systems refuse names that are no text")
def test_a_directory_whose_name_is_no_text_is_read_and_shown_as_text(tmp_path: Path, state: Mapping[str, str]) -> None:
    place = tmp_path / os.fsdecode(b"d\xff\x1b[31m")
    place.mkdir()
    (place / "requirements.txt").write_text("starlette==0.26.1\n")
    for form in ("text", "json", "sarif"):  # those that name the directory
        status, out, err = run(place, state, "match", "--offline", "--format", form)
        assert (form, status, err, obeyed(form, out)) == (form, 10, b"", set())
    status, _, err = run(tmp_path, state, "match", "--offline", str(place / "nothing.txt"))
    assert (status, obeyed("text", err)) == (2, set())
