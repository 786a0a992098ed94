"""SARIF of foreign analyzers: what is taken of it, and what is refused with a reason."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from outpace.engines import sarif
from outpace.model.errors import BadInput
from outpace.proving.ladder.finding import Finding, Findings

RECORDED = Path(__file__).parents[1] / "data" / "sarif" / "bandit-1.9.4.sarif"
DRIVER: dict[str, Any] = {
    "name": "scan",
    "version": "1",
    "rules": [{"id": "R1"}, {"id": "R2", "defaultConfiguration": {"level": "note"}}],
}


def document(*results: Any, **run: Any) -> bytes:
    return json.dumps({"version": "2.1.0", "runs": [{"tool": {"driver": DRIVER}, "results": results, **run}]}).encode()


def at(uri: str, line: int = 3, **more: Any) -> dict[str, Any]:
    return {"physicalLocation": {"artifactLocation": {"uri": uri, **more}, "region": {"startLine": line}}}


SEVERAL_LINES = {"physicalLocation": {"artifactLocation": {"uri": "a.py"}, "region": {"startLine": 2, "endLine": 4}}}


def result(uri: str = "a.py", **more: Any) -> dict[str, Any]:
    return {"ruleId": "R1", "message": {"text": "no"}, "locations": [at(uri)], **more}


def read(content: bytes, root: Path = Path("/tree")) -> tuple[Finding, ...]:
    return sarif.read(content, root).found


def test_what_bandit_really_writes_is_read() -> None:
    """Recorded; its second file could not be parsed, and the message does not say which it is."""
    assert sarif.read(RECORDED.read_bytes(), Path("/tree")) == Findings(
        tool="Bandit 1.9.4",
        found=(
            Finding(
                rule="B404",
                path="a.py",
                line=1,
                last=1,
                level="note",
                message="Consider possible security implications associated with the subprocess module.",
            ),
            Finding(
                rule="B602",
                path="a.py",
                line=5,
                last=5,
                level="error",
                message="subprocess call with shell=True identified, security issue.",
            ),
        ),
        failures=("b.py: syntax error while parsing AST from file",),
    )


BASES: dict[str, Any] = {
    "ROOT": {"uri": "file:///tree/"},
    "SRC": {"uri": "src/", "uriBaseId": "ROOT"},
    "ONE": {"uri": "x/", "uriBaseId": "OTHER"},
    "OTHER": {"uri": "y/", "uriBaseId": "ONE"},
    "UNSAID": {"description": {"text": "where it was run"}},
}
PATHS = {
    "relative": ({"uri": "src/a.py"}, "src/a.py"),
    "with a dot": ({"uri": "./src/./a.py"}, "src/a.py"),
    "escaped": ({"uri": "src/a%20b%C3%A9.py"}, "src/a bé.py"),
    "absolute": ({"uri": "file:///tree/src/a.py"}, "src/a.py"),
    "absolute of this host": ({"uri": "file://localhost/tree/a.py"}, "a.py"),
    "absolute without a scheme": ({"uri": "/tree/src/a.py"}, "src/a.py"),
    "below a base": ({"uri": "a.py", "uriBaseId": "SRC"}, "src/a.py"),
    "below a base of which nothing is said": ({"uri": "a.py", "uriBaseId": "UNSAID"}, "a.py"),
    "below a base that is not listed": ({"uri": "a.py", "uriBaseId": "%SRCROOT%"}, "a.py"),
    "listed": ({"index": 1}, "src/b.py"),
    "no file": ({}, ""),
}
LISTED = [{"location": {"uri": "a.py"}}, {"location": {"uri": "b.py", "uriBaseId": "SRC"}}]


@pytest.mark.parametrize(("location", "path"), PATHS.values(), ids=PATHS.keys())
def test_a_path_is_told_from_the_root_of_the_tree(location: dict[str, Any], path: str) -> None:
    where = {"physicalLocation": {"artifactLocation": location}}
    content = document(result(locations=[where]), originalUriBaseIds=BASES, artifacts=LISTED)
    assert [each.path for each in read(content)] == [path]


ESCAPES: tuple[dict[str, Any], ...] = (
    {"uri": "../a.py"},
    {"uri": "src/../../a.py"},
    {"uri": "%2e%2e/a.py"},
    {"uri": "file:///etc/passwd"},
    {"uri": "/etc/passwd"},
    {"uri": "file:///tree/../etc/passwd"},
    {"uri": "file:///treetop/a.py"},
    {"uri": "file://elsewhere.example/tree/a.py"},
    {"uri": "https://elsewhere.example/a.py"},
    {"uri": "file://[/tree/a.py"},
    {"uri": "a%00.py"},
    {"uri": "a.py", "uriBaseId": "ONE"},
    {"uri": "a" * 5000},
    {"index": 2},
)


@pytest.mark.parametrize("location", ESCAPES, ids=str)
def test_a_result_outside_of_the_tree_is_refused_whole(location: dict[str, Any]) -> None:
    where = {"physicalLocation": {"artifactLocation": location}}
    content = document(result(), result(locations=[where]), originalUriBaseIds=BASES, artifacts=LISTED)
    with pytest.raises(BadInput) as raised:
        read(content)
    assert raised.value.hint


def test_a_link_to_the_tree_is_the_tree(tmp_path: Path) -> None:
    (tmp_path / "tree").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "tree")
    content = document(result(f"file://{tmp_path}/tree/a.py"), result(f"file://{tmp_path}/link/a.py"))
    assert [each.path for each in read(content, tmp_path / "link")] == ["a.py", "a.py"]


EXTENSIONS = {"driver": DRIVER, "extensions": [{"name": "pack", "rules": [{"id": "P1"}]}]}
RULES = {
    "by its id": ({"ruleId": "R2"}, "R2"),
    "by a part of it": ({"ruleId": "R2/1", "ruleIndex": 1}, "R2/1"),
    "by its place": ({"ruleIndex": 1}, "R2"),
    "by a reference": ({"rule": {"id": "R2"}}, "R2"),
    "by the place of a reference": ({"rule": {"index": 1}}, "R2"),
    "of an extension": ({"rule": {"index": 0, "toolComponent": {"index": 0}}}, "P1"),
    "none": ({}, ""),
}


@pytest.mark.parametrize(("named", "rule"), RULES.values(), ids=RULES.keys())
def test_a_rule_is_named_in_each_of_the_ways_of_the_standard(named: dict[str, Any], rule: str) -> None:
    told = {key: value for key, value in result().items() if key != "ruleId"}
    assert [each.rule for each in read(document({**told, **named}, tool=EXTENSIONS))] == [rule]


@pytest.mark.parametrize("named", [{"ruleIndex": 7}, {"rule": {"toolComponent": {"index": 5}, "index": 0}}])
def test_a_rule_that_is_not_listed_is_refused(named: dict[str, Any]) -> None:
    told = {key: value for key, value in result().items() if key != "ruleId"}
    with pytest.raises(BadInput, match="and there are"):
        read(document({**told, **named}))


def test_levels_lines_and_fingerprints_are_taken_as_far_as_they_can_be_believed() -> None:
    found = read(
        document(
            result(ruleId="R2", ruleIndex=1),
            result(level="error", partialFingerprints={"line/v1": "12ab:1"}, fingerprints={"own": "x"}),
            result(level="fatal", locations=[at("a.py", 0)]),
            result(locations=[at("a.py", 10**30)], message={"markdown": "two\nlines\x1b[2J"}),
            result(locations=[SEVERAL_LINES]),
        )
    )
    assert found == (
        Finding(rule="R2", path="a.py", line=3, last=3, level="note", message="no"),
        Finding(
            rule="R1",
            path="a.py",
            line=3,
            last=3,
            level="error",
            message="no",
            fingerprints=frozenset({("line/v1", "12ab:1"), ("own", "x")}),
        ),
        Finding(rule="R1", path="a.py", message="no"),
        Finding(rule="R1", path="a.py", message="two lines\\x1b[2J"),
        Finding(rule="R1", path="a.py", line=2, last=4, message="no"),
    )


def test_what_is_no_failure_is_left_out_and_what_is_suppressed_is_marked() -> None:
    content = document(
        result("passed.py", kind="pass"),
        result("gone.py", baselineState="absent"),
        result("not.py", kind="notApplicable"),
        result("plain.py", suppressions=[]),
        result("silent.py", suppressions=[{"kind": "inSource"}]),
        result("asked.py", suppressions=[{"kind": "external", "status": "underReview"}]),
        result("unsure.py", kind="review"),
    )
    assert [(each.path, each.suppressed) for each in read(content)] == [
        ("plain.py", False),
        ("silent.py", True),
        ("asked.py", False),
        ("unsure.py", False),
    ]


def failing(*, successful: bool = False, **notification: Any) -> list[dict[str, Any]]:
    told = {"message": {"text": "out of memory"}, **notification}
    return [{"executionSuccessful": successful, "toolExecutionNotifications": [told]}]


def test_what_an_analyzer_could_not_do_is_told_and_a_warning_is_not() -> None:
    broken = failing(successful=True, level="error", locations=[at("b.py")])
    assert sarif.read(document(invocations=broken), Path("/tree")).failures == ("b.py: out of memory",)
    assert sarif.read(document(invocations=failing(successful=True)), Path("/tree")).failures == ()


NESTED = 5000
HOSTILE = {
    "nothing": (b"", "it is no SARIF"),
    "no JSON": (b"Usage: scan [OPTIONS]", "it is no SARIF"),
    "another shape": (b"[]", "it is no SARIF"),
    "cut off": (document(result())[:-20], "it is no SARIF"),
    "another encoding": (document().decode().encode("utf-16"), "it is no SARIF"),
    "a text as a line": (document(result(locations=[at("a.py", "3")])), "it is no SARIF"),  # type: ignore[arg-type]
    "half a surrogate pair": (document(result("\ud800.py")), "it is no SARIF"),
    "too deep": (b'{"version": "2.1.0", "x": ' + b"[" * NESTED + b"]" * NESTED + b', "runs": []}', "it is no SARIF"),
    "a number without end": (b'{"version": "2.1.0", "runs": ' + b"9" * 10_000 + b"}", "it is no SARIF"),
    "another version": (b'{"version": "1.0.0", "runs": []}', "it is SARIF 1.0.0, and not 2.1.0"),
    "no run": (b'{"version": "2.1.0", "runs": []}', "it tells of no run"),
    "a run that did not end": (
        b'{"version": "2.1.0", "runs": [{"tool": {"driver": {"name": "x"}}}]}',
        "its results are not in it",
    ),
    "results elsewhere": (
        document(externalPropertyFileReferences={"results": [{"location": {"uri": "more.sarif"}}]}),
        "its results are not in it",
    ),
    "a failure": (document(invocations=failing(level="error")), "the analyzer says that it failed: out of memory"),
    "too many runs": (
        json.dumps({"version": "2.1.0", "runs": [{"tool": {"driver": {}}, "results": []}] * 65}).encode(),
        "it tells of more than 64 runs or 20000 results",
    ),
    "too many results": (document(*[{}] * 20_001), "it tells of more than 64 runs or 20000 results"),
    "too large": (b" " * (sarif.LARGEST + 1), "it has more than 32 MiB"),
}


@pytest.mark.parametrize(("content", "message"), HOSTILE.values(), ids=HOSTILE.keys())
def test_what_cannot_be_believed_is_refused_and_says_why(content: bytes, message: str) -> None:
    with pytest.raises(BadInput) as raised:
        read(content)
    assert raised.value.message.startswith(message)
    assert raised.value.hint


def test_a_byte_order_mark_before_it_is_passed_over() -> None:
    assert read(b"\xef\xbb\xbf" + document(result())) == read(document(result()))
