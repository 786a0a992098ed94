"""What `outpace match` shows: the answer first, nothing a terminal obeys, no secret."""

from __future__ import annotations

import io
import json
from datetime import UTC, datetime

import pytest
from rich.console import Console

from outpace.app.match import View, match_inventory
from outpace.ecosystems.read import read
from outpace.formats.advice import action
from outpace.formats.markdown import document
from outpace.formats.match import answer, text
from outpace.formats.plain import printable
from tests.fakes.advisories import Advisories, record

NOW = datetime(2024, 6, 1, tzinfo=UTC)
SOURCE = Advisories(
    [
        record("PYSEC-2099-1", "acme", {"introduced": "0"}, {"fixed": "1.1"}, aliases=["CVE-2099-1"]),
        record("PYSEC-2099-2", "acme", {"introduced": "0"}, {"last_affected": "1.0"}, summary="\x1b[31m\u202e"),
    ]
)


def view(**files: str) -> View:
    content = {f"{name}/requirements.txt": body.encode() for name, body in files.items()}
    return match_inventory(read(list(content), content.get), SOURCE, now=NOW)


def shown(of: View, width: int = 80) -> str:
    page = io.StringIO()
    Console(file=page, width=width, highlight=False, emoji=False, markup=False).print(text(of))
    return page.getvalue()


def test_the_first_line_says_the_answer_and_the_second_how_far_it_reaches() -> None:
    lines = shown(view(a="acme==1.0\nother>=1\nacme>=1\nbad line\n")).splitlines()
    assert lines[0] == "Exposed: 2 vulnerabilities in 1 of 3 components."
    assert lines[1] == "Read a/requirements.txt. Advisories up to 2024-02-02, no KEV catalog."
    page = "\n".join(lines)
    assert "fixed in 1.1" in page
    assert "CVE-2099-1" in page
    assert "KEV unknown" in page
    assert "unknown (2)" in page
    assert "a/requirements.txt:4  line 4: not a requirement that pip reads: bad line" in " ".join(page.split("\n"))


@pytest.mark.parametrize(
    ("body", "first"),
    [
        ("acme==2.0\n", "Not exposed: 1 component, none affected as far as the advisories reach."),
        ("", "Not exposed: 0 components, none affected as far as the advisories reach."),
        ("acme>=1\n", "Unknown in part: 1 component, none known to be affected, and some cannot be judged."),
        ("bad line\n", "Unknown: a/requirements.txt could not be read."),
    ],
)
def test_every_answer_has_its_own_words(body: str, first: str) -> None:
    assert shown(view(a=body), width=100).splitlines()[0] == first


def test_nothing_hostile_reaches_the_terminal_in_any_form() -> None:
    hostile = view(**{"\x1b]0;x\x07\u202e\x9b31m": "acme==1.0\nacme===1.0\u202e\nb\x1b[31md\x9b line\n\u200bx==1\n"})
    document = answer(hostile)
    for output in (shown(hostile), document.decode()):
        assert not set(output) & set("\x1b\x07\x9b\u202e\u200b")
    assert "\x1b]0;x\x07" in json.loads(document)["result"]["files"][0]


def test_no_secret_of_a_requirements_file_gets_out() -> None:
    lines = (
        "--index-url https://u:hunter2@corp.invalid/simple",
        "--extra-index-url=https://hunter2@more.invalid/simple",
        "acme @ https://u:hunter2@h.invalid/acme-1.0-py3-none-any.whl",
        "acme @ git+https://hunter2@h.invalid/acme",
        "-e git+https://u:hunter2@h.invalid/acme#egg=acme",
        "-r https://u:hunter2@h.invalid/r.txt",
        "junk u:hunter2@h.invalid here",
        "https://h.invalid/acme-1.0.tar.gz?token=hunter2",
        "--unknown=https://u:hunter2@h.invalid",
        "acme==1.0; bogus == 'https://u:hunter2@h.invalid'",
    )
    found = view(a="\n".join(lines) + "\n")
    assert len(found.matched.inventory.components) >= 3
    for output in (shown(found), answer(found).decode()):
        assert "hunter2" not in output


def test_of_a_range_that_only_its_last_affected_version_ends_what_fix_takes_is_said_and_no_later_branch() -> None:
    events = ({"introduced": "0"}, {"last_affected": "5.4.0"}, {"introduced": "6.0"}, {"fixed": "6.1"})
    source = Advisories([record("PYSEC-2099-9", "acme", *events)])
    found = match_inventory(read(["requirements.txt"], {"requirements.txt": b"acme==5.0\n"}.get), source, now=NOW)
    [exposure] = found.matched.exposures
    assert "after 5.4.0 (assumed: the record names only the last affected version), or 6.1, another branch" in shown(
        found, 160
    )
    assert action(exposure) == (
        "Upgrade acme above 5.4.0, or to 6.1, which is on another branch. "
        "This is assumed: the record names only the last affected version."
    )
    assert "after `5.4.0` (assumed), or `6.1`, another branch" in document(found).decode()


def test_the_json_tells_components_exposures_unknown_and_unread() -> None:
    document = json.loads(answer(view(a="acme==1.0\nacme[x]>=1 ; python_version < '3'\nbad line\n")))
    result = document["result"]
    assert (document["command"], result["answer"], document["advisories"]["source"]) == ("match", "exposed", "memory")
    assert [(each["name"], each["version"], each["source"]) for each in result["components"]] == [
        ("acme", "1.0", "registry"),
        ("acme", None, "registry"),
    ]
    fixed = {each["vulnerability"]["id"]: each["fixed"] for each in result["exposures"]}
    assert fixed == {
        "PYSEC-2099-1": {"same_branch": "1.1", "nearest": "1.1", "assumed": False},
        "PYSEC-2099-2": {"same_branch": None, "nearest": None, "assumed": True},
    }
    assert [each["line"] for each in result["unread"]] == [3]
    assert len(document["unknown"]) == 3


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("plain ünïcode 漢", "plain ünïcode 漢"),
        ("a\x1bb", "a\\x1bb"),
        ("\u202e", "\\u202e"),
        ("\U000e0001", "\\U000e0001"),
    ],
)
def test_printable_escapes_what_a_terminal_obeys(given: str, expected: str) -> None:
    assert printable(given) == expected


def test_findings_of_several_files_stand_under_their_file_and_alike_files_share_a_heading() -> None:
    pins = {f"s{number:02}": "acme==1.0\n" for number in range(40)}
    page = shown(view(**pins, z="# first\nacme==0.9\n", clean="acme==2.0\n"), width=100)
    assert "exposed (82)\n40 files: s00/requirements.txt, s01/requirements.txt" in page
    assert "and 36 more\n  acme 1.0\n" in page
    assert "z/requirements.txt\n  acme 0.9  line 2\n" in page
    assert page.count("acme 1.0") == 1
    assert len(page.splitlines()) < 25


def test_one_file_alone_has_no_heading() -> None:
    page = shown(view(a="acme==1.0\n", clean="acme==2.0\n"), width=100)
    assert "exposed (2)\nacme 1.0  a/requirements.txt:1\n" in page


def test_ways_to_settle_that_differ_only_in_the_fix_are_one_line() -> None:
    records = [
        record(f"PYSEC-2099-{n}", "acme", {"introduced": "0"}, {"fixed": fix}) for n, fix in enumerate(("9.1", "10.0"))
    ]
    found = read(["requirements.txt"], {"requirements.txt": b"acme>=1\n"}.get)
    page = " ".join(shown(match_inventory(found, Advisories(records), now=NOW), width=120).split())
    assert "PYSEC-2099-0, PYSEC-2099-1: no version is pinned" in page
    assert "pin it with == (fixed in 9.1, 10.0), or read a lock file" in page


def test_what_no_advisory_covers_is_shown_and_never_reads_as_clean() -> None:
    project = b'[project]\nname = "x"\ndependencies = ["other>=1"]\n'
    found = match_inventory(read(["pyproject.toml"], {"pyproject.toml": project}.get), SOURCE, now=NOW)
    page = shown(found, width=100)
    assert page.startswith("Unknown in part: 1 component")
    assert "not covered (1)\n  pyproject.toml  it asks for 1 package, and no lock" in page
    document = json.loads(answer(found))
    assert [each["file"] for each in document["result"]["uncovered"]] == ["pyproject.toml"]
    assert [each["what"] for each in document["unknown"]] == ["pyproject.toml"]


def test_what_contradicts_itself_in_a_record_is_said_in_text_and_in_json() -> None:
    odd = record("PYSEC-2099-1", "acme", {"introduced": "0"}, {"fixed": "2"}, versions=["1.0", "1.2", "2"])
    found = read(["requirements.txt"], {"requirements.txt": b"acme==1.1\n"}.get)
    view = match_inventory(found, Advisories([odd]), now=NOW)
    told = (
        "the record's range holds 1.1, and its list of affected versions leaves it out",
        "the record names 2 as fixed and also lists it as affected",
    )
    assert tuple(json.loads(answer(view))["result"]["exposures"][0]["caveats"]) == told
    page = " ".join(shown(view, width=100).split())
    assert [each in page for each in told] == [True, True]
