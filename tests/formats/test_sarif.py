"""SARIF for code scanning: what GitHub shows, and what it would reject a whole file for."""

from __future__ import annotations

import json
from typing import Any

import pytest
from msgspec import structs

from outpace.app.match import View
from outpace.formats import sarif
from outpace.formats.advice import MATCHED_ONLY
from tests.formats import published
from tests.formats.matched import unaffected, view


def run(of: View, folder: str = "", files: dict[str, str] | None = None) -> Any:
    content = {name: text.encode() for name, text in (files or {}).items()}
    document = sarif.document(of, folder=folder, look_up=content.get, unaffected=unaffected).document
    assert published.errors(published.sarif(), document) == []
    [found] = json.loads(document)["runs"]
    return found


def test_a_rule_tells_severity_and_help_and_a_result_the_line_of_the_pin() -> None:
    found = run(view(a="# first\nacme==1.0\n"), folder="services/")
    rules = found["tool"]["driver"]["rules"]
    assert [(rule["id"], rule["properties"].get("security-severity")) for rule in rules] == [
        ("PYSEC-2099-1", "9.8"),
        ("PYSEC-2099-2", "2.2"),
    ]
    assert [rule["defaultConfiguration"]["level"] for rule in rules] == ["error", "note"]
    assert rules[0]["shortDescription"]["text"] == "acme: Orders of others can be read"
    assert rules[0]["helpUri"] == "https://osv.dev/vulnerability/PYSEC-2099-1"
    assert rules[0]["help"]["markdown"].splitlines() == [
        "[`PYSEC-2099-1`](https://osv.dev/vulnerability/PYSEC-2099-1)",
        "",
        "Orders of others can be read",
        "",
        "- Package: acme",
        "- Also known as: CVE-2099-1",
        "- Severity: 9.8 critical",
        "- Known to be exploited (KEV): yes, since 2099-03-01",
        "- Published: 2024-02-01",
        "",
        MATCHED_ONLY,
    ]
    result = found["results"][0]
    assert result["message"]["text"] == "acme 1.0 is affected by PYSEC-2099-1. Upgrade acme to 1.1."
    assert result["locations"] == [
        {
            "physicalLocation": {
                "artifactLocation": {"uri": "services/a/requirements.txt", "uriBaseId": "%SRCROOT%"},
                "region": {"startLine": 2},
            }
        }
    ]
    assert found["automationDetails"] == {"id": "outpace-match/services/"}


def test_no_score_gives_no_security_severity_and_a_warning() -> None:
    found = run(view(a="last==1.0\n"))
    [rule] = found["tool"]["driver"]["rules"]
    assert "security-severity" not in rule["properties"]
    assert found["results"][0]["level"] == "warning"


def prints(of: View) -> list[str]:
    return [result["partialFingerprints"]["primaryLocationLineHash"] for result in run(of)["results"]]


def test_a_fingerprint_stays_when_lines_and_versions_move_and_tells_files_and_repetitions_apart() -> None:
    before = prints(view(a="acme==1.0\n"))
    assert prints(view(a="# new\nother==1\nacme==0.9\n")) == before
    assert set(prints(view(b="acme==1.0\n"))).isdisjoint(before)
    twice = prints(view(a="acme==1.0 ; python_version < '3.9'\nacme==0.9 ; python_version >= '3.9'\n"))
    assert len(set(twice)) == 4
    assert set(before) < set(twice)


def test_what_is_unknown_unread_or_uncovered_is_a_notification_and_no_result() -> None:
    found = run(view(**{"a": "acme>=1\nbad line\n", "b/pyproject.toml": '[project]\nname = "x"\ndependencies = ["y"]'}))
    [invocation] = found["invocations"]
    kinds = [each["descriptor"]["id"] for each in invocation["toolExecutionNotifications"]]
    assert kinds == ["unknown", "unknown", "not-understood", "not-covered"]
    assert found["results"] == []
    assert {each["id"] for each in found["tool"]["driver"]["notifications"]} > set(kinds)


def test_a_file_of_which_nothing_could_be_read_makes_a_run_that_did_not_succeed() -> None:
    cases = ({"a": "bad line\n"}, {"a": "bad line\n", "b": "acme==1.0\n"}, {"a": "acme==9.0\nbad line\n"})
    found = [run(view(**files))["invocations"][0]["executionSuccessful"] for files in cases]
    assert found == [False, False, True]


def test_where_no_file_is_known_there_is_a_location_all_the_same() -> None:
    seen = view(a="acme==1.0\n")
    bare = [
        structs.replace(each, component=structs.replace(each.component, file="", line=None))
        for each in seen.matched.exposures
    ]
    inventory = structs.replace(seen.matched.inventory, source="process 12")
    found = run(
        structs.replace(seen, matched=structs.replace(seen.matched, exposures=tuple(bare), inventory=inventory))
    )
    physical = found["results"][0]["locations"][0]["physicalLocation"]
    assert physical == {
        "artifactLocation": {"uri": "process%2012", "uriBaseId": "%SRCROOT%"},
        "region": {"startLine": 1},
    }
    assert found["automationDetails"]["id"] == "outpace-match/process/"


def fixed(text: str, **more: str) -> list[str]:
    """requirements.txt after each distinct fix that is offered."""
    files = {"requirements.txt": text, **more}
    found = run(view(**files), files=files)
    offered = {json.dumps(result.get("fixes"), sort_keys=True) for result in found["results"]}
    return sorted(applied(text, json.loads(fix)) for fix in offered if fix != "null")


def applied(text: str, fixes: Any) -> str:
    [fix] = fixes
    [change] = fix["artifactChanges"]
    [replacement] = change["replacements"]
    region = replacement["deletedRegion"]
    lines = text.splitlines(keepends=True)
    line = lines[region["startLine"] - 1]
    new = line[: region["startColumn"] - 1] + replacement["insertedContent"]["text"] + line[region["endColumn"] - 1 :]
    return "".join([*lines[: region["startLine"] - 1], new, *lines[region["startLine"] :]])


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("acme==1.0\n", "acme==1.2\n"),
        (
            "# é\n  Acme [x] == 1.0 ; python_version > '3'  # why\n",
            "# é\n  Acme [x] == 1.2 ; python_version > '3'  # why\n",
        ),
        ("other==1\r\nacme==1.0\r\n", "other==1\r\nacme==1.2\r\n"),
    ],
)
def test_a_fix_is_the_one_version_that_nothing_known_affects(before: str, after: str) -> None:
    assert fixed(before) == [after]


@pytest.mark.parametrize(
    ("why", "text", "more"),
    [
        ("hashes would have to change too", "acme==1.0 --hash=sha256:" + "0" * 64 + "\n", {}),
        ("a tool writes the file", "# This file is autogenerated by pip-compile\nacme==1.0\n", {}),
        ("it is pinned twice", "acme==1.0 ; os_name == 'nt'\nacme==0.9 ; os_name != 'nt'\n", {}),
        ("a constraint beside it pins it too", "acme==1.0\n", {"constraints.txt": "acme==1.0\n"}),
        ("no fixed version is named", "last==1.0\n", {}),
        ("another advisory affects the version that fixes it", "again==1.0\n", {}),
        ("no version is pinned", "acme<1.0\n", {}),
    ],
)
def test_no_fix_is_offered_where_one_line_is_not_the_whole_fix(why: str, text: str, more: dict[str, str]) -> None:
    assert fixed(text, **more) == [], why


def test_what_github_would_reject_is_left_out_least_severe_first_and_said() -> None:
    seen = view(a="last==1.0\nacme==1.0\n")
    exposures = seen.matched.exposures
    many = tuple(exposures[number % len(exposures)] for number in range(sarif.MOST_RESULTS + 3))
    written = sarif.document(structs.replace(seen, matched=structs.replace(seen.matched, exposures=many)))
    [found] = json.loads(written.document)["runs"]
    assert (written.left_out, len(found["results"])) == (3, sarif.MOST_RESULTS)
    told = [each["message"]["text"] for each in found["invocations"][0]["toolExecutionNotifications"]]
    assert told == ["3 results, the least severe, are left out: the file may hold no more."]
    assert sum(result["ruleId"] == "PYSEC-2099-1" for result in found["results"]) == sum(
        each.vulnerability.id == "PYSEC-2099-1" for each in many
    )


def test_a_title_of_an_advisory_is_no_link_in_a_message() -> None:
    assert "](" not in sarif._unlinked("see [here](https://example.invalid)")


@pytest.mark.parametrize(
    ("path", "uri"),
    [
        ("../../etc/passwd", "etc/passwd"),
        ("/etc/passwd", "etc/passwd"),
        ("//host/x", "host/x"),
        ("file:///x", "file%3A/x"),
        ("a b/r?q#f.txt", "a%20b/r%3Fq%23f.txt"),
        ("", "."),
    ],
)
def test_a_place_is_a_path_below_the_root_whatever_it_is_called(path: str, uri: str) -> None:
    assert sarif._uri(path) == uri
