"""SARIF 2.1.0 as foreign analyzers write it: hostile until read."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from urllib.parse import unquote, urlsplit

import msgspec
from msgspec import Struct

from outpace.ecosystems.spelling import printable
from outpace.model.errors import BadInput
from outpace.proving.ladder.finding import Finding, Findings, Level
from outpace.sandbox import mask

LARGEST = 32 << 20
RUNS_AT_MOST = 64
RESULTS_AT_MOST = 20_000
FAILURES_AT_MOST = 100
LONGEST_PATH = 4096
LONGEST = 300
DEEPEST_BASE = 8
HIGHEST_LINE = 10_000_000
HINT = "an analyzer that writes SARIF 2.1.0"
LEVELS: Mapping[str, Level] = {"none": "none", "note": "note", "warning": "warning", "error": "error"}
NO_FAILURES = frozenset({"pass", "notApplicable", "informational"})
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")


# What foreign documents hold of interest; what is not named here is passed over.


class _Message(Struct, frozen=True, kw_only=True, rename="camel"):
    text: str = ""
    markdown: str = ""
    id: str = ""


class _Artifact(Struct, frozen=True, kw_only=True, rename="camel"):
    uri: str = ""
    uri_base_id: str = ""
    index: int = -1


class _Listed(Struct, frozen=True, kw_only=True, rename="camel"):
    location: _Artifact = _Artifact()


class _Region(Struct, frozen=True, kw_only=True, rename="camel"):
    start_line: int = 0
    end_line: int = 0


class _Physical(Struct, frozen=True, kw_only=True, rename="camel"):
    artifact_location: _Artifact = _Artifact()
    region: _Region = _Region()


class _Location(Struct, frozen=True, kw_only=True, rename="camel"):
    physical_location: _Physical = _Physical()


class _Suppression(Struct, frozen=True, kw_only=True, rename="camel"):
    status: str = "accepted"


class _OfTool(Struct, frozen=True, kw_only=True, rename="camel"):
    index: int = -1


class _RuleReference(Struct, frozen=True, kw_only=True, rename="camel"):
    id: str = ""
    index: int = -1
    tool_component: _OfTool = _OfTool()


class _Result(Struct, frozen=True, kw_only=True, rename="camel"):
    rule_id: str = ""
    rule_index: int = -1
    rule: _RuleReference = _RuleReference()
    level: str = ""
    kind: str = "fail"
    message: _Message = _Message()
    locations: tuple[_Location, ...] = ()
    fingerprints: dict[str, str] = {}
    partial_fingerprints: dict[str, str] = {}
    suppressions: tuple[_Suppression, ...] = ()
    baseline_state: str = ""


class _Default(Struct, frozen=True, kw_only=True, rename="camel"):
    level: str = "warning"


class _Rule(Struct, frozen=True, kw_only=True, rename="camel"):
    id: str
    default_configuration: _Default = _Default()


class _Component(Struct, frozen=True, kw_only=True, rename="camel"):
    name: str = ""
    version: str = ""
    semantic_version: str = ""
    rules: tuple[_Rule, ...] = ()


class _Tool(Struct, frozen=True, kw_only=True, rename="camel"):
    driver: _Component
    extensions: tuple[_Component, ...] = ()


class _Notification(Struct, frozen=True, kw_only=True, rename="camel"):
    level: str = "warning"
    message: _Message = _Message()
    locations: tuple[_Location, ...] = ()


class _Invocation(Struct, frozen=True, kw_only=True, rename="camel"):
    execution_successful: bool = True
    tool_execution_notifications: tuple[_Notification, ...] = ()
    tool_configuration_notifications: tuple[_Notification, ...] = ()


class _Elsewhere(Struct, frozen=True, kw_only=True, rename="camel"):
    results: tuple[msgspec.Raw, ...] = ()


class _Run(Struct, frozen=True, kw_only=True, rename="camel"):
    tool: _Tool
    results: tuple[_Result, ...] | None = None
    artifacts: tuple[_Listed, ...] = ()
    original_uri_base_ids: dict[str, _Artifact] = {}
    invocations: tuple[_Invocation, ...] = ()
    external_property_file_references: _Elsewhere = _Elsewhere()


class _Log(Struct, frozen=True, kw_only=True, rename="camel"):
    version: str
    runs: tuple[_Run, ...]


def read(content: bytes, root: Path) -> Findings:
    """Paths become relative to `root`, the tree that was looked at. Raises BadInput."""
    if len(content) > LARGEST:
        raise BadInput(f"it has more than {LARGEST >> 20} MiB", hint="an analyzer with fewer rules")
    try:
        log = msgspec.json.decode(content.removeprefix(b"\xef\xbb\xbf"), type=_Log)
    except (msgspec.DecodeError, ValueError, RecursionError) as error:
        raise BadInput(f"it is no SARIF: {_words(str(error))}", hint=HINT) from error
    if not log.version.startswith("2.1."):
        raise BadInput(f"it is SARIF {_words(log.version)}, and not 2.1.0", hint=HINT)
    if not log.runs:
        raise BadInput("it tells of no run", hint=HINT)
    if len(log.runs) > RUNS_AT_MOST or sum(len(run.results or ()) for run in log.runs) > RESULTS_AT_MOST:
        raise BadInput(
            f"it tells of more than {RUNS_AT_MOST} runs or {RESULTS_AT_MOST} results",
            hint="fewer rules, or fewer files",
        )
    runs = [_Reading(run, root) for run in log.runs]
    return Findings(
        tool=" and ".join(dict.fromkeys(each.tool for each in runs)),
        found=tuple(finding for each in runs for finding in each.findings()),
        failures=tuple(failure for each in runs for failure in each.failures())[:FAILURES_AT_MOST],
    )


class _Reading:
    """One run."""

    def __init__(self, run: _Run, root: Path) -> None:
        self._run = run
        self._roots = tuple(dict.fromkeys((str(root), str(root.resolve()))))
        if run.results is None or run.external_property_file_references.results:
            raise BadInput("its results are not in it: a run without `results` did not come to its end", hint=HINT)
        if not all(each.execution_successful for each in run.invocations):
            said = next(self.failures(), "it does not say why")
            raise BadInput(f"the analyzer says that it failed: {said}", hint="what its own output says")

    @property
    def tool(self) -> str:
        driver = self._run.tool.driver
        return _words(f"{driver.name or 'the analyzer'} {driver.semantic_version or driver.version}".strip())[:80]

    def failures(self) -> Iterator[str]:
        for each in self._run.invocations:
            for told in (*each.tool_execution_notifications, *each.tool_configuration_notifications):
                if told.level == "error":
                    place = told.locations[0].physical_location if told.locations else _Physical()
                    path = self._path(place.artifact_location)
                    words = self._message(told.message) or "an error without words"
                    yield f"{_words(path)}: {words}" if path else words

    def findings(self) -> Iterator[Finding]:
        for each in self._run.results or ():
            if each.kind not in NO_FAILURES and each.baseline_state != "absent":
                yield self._finding(each)

    def _finding(self, each: _Result) -> Finding:
        rule = self._rule(each)
        place = each.locations[0].physical_location if each.locations else _Physical()
        line = place.region.start_line if 0 < place.region.start_line <= HIGHEST_LINE else 0
        default = rule.default_configuration.level if rule is not None else "warning"
        kept = {**each.fingerprints, **each.partial_fingerprints}
        return Finding(
            rule=_words(each.rule_id or each.rule.id or (rule.id if rule is not None else "")),
            path=self._path(place.artifact_location),
            line=line,
            last=max(line, min(place.region.end_line, HIGHEST_LINE)) if line else 0,
            level=LEVELS.get(each.level or default, "warning"),
            message=self._message(each.message),
            fingerprints=frozenset((name[:LONGEST], value[:LONGEST]) for name, value in sorted(kept.items())[:16]),
            suppressed=_is_suppressed(each.suppressions),
        )

    def _rule(self, each: _Result) -> _Rule | None:
        """By its place in the tool's list, or an extension's. Raises BadInput."""
        tool, of = self._run.tool, each.rule.tool_component.index
        if of >= len(tool.extensions):
            raise BadInput(f"a result is of extension {of}, and there are {len(tool.extensions)}", hint=HINT)
        rules = tool.driver.rules if of < 0 else tool.extensions[of].rules
        at = each.rule_index if each.rule_index >= 0 else each.rule.index
        if at >= len(rules):
            raise BadInput(f"a result is of rule {at}, and there are {len(rules)}", hint=HINT)
        return rules[at] if at >= 0 else None

    def _path(self, location: _Artifact) -> str:
        """Below the root; empty where it is of no file. Raises BadInput."""
        if not location.uri and location.index >= 0:
            if location.index >= len(self._run.artifacts):
                raise BadInput(f"a result is in file {location.index}, which is not listed", hint=HINT)
            location = self._run.artifacts[location.index].location
        if not location.uri:
            return ""
        found = posixpath.normpath(self._joined(location, DEEPEST_BASE))
        if found.startswith("/"):
            inside = [each for each in self._roots if found.startswith(f"{each}/")]
            if not inside:
                raise BadInput(f"a result is in {_words(location.uri)}, outside of what was looked at", hint=HINT)
            found = found[len(inside[0]) + 1 :]
        if found == ".." or found.startswith("../") or "\0" in found or len(found) > LONGEST_PATH:
            raise BadInput(f"a result is in {_words(location.uri)}, which is no path in the tree", hint=HINT)
        return "" if found == "." else found

    def _joined(self, location: _Artifact, left: int) -> str:
        """A path from `/`, or from the root: what a base is that nothing is said of."""
        own = _plain(location.uri)
        base = self._run.original_uri_base_ids.get(location.uri_base_id) if location.uri_base_id else None
        if own.startswith("/") or base is None or not (base.uri or base.uri_base_id):
            return own
        if not left:
            raise BadInput("the bases of its paths go round in a circle", hint=HINT)
        return posixpath.join(self._joined(base, left - 1), own)

    def _message(self, message: _Message) -> str:
        return _words(message.text or message.markdown or message.id)


def _plain(uri: str) -> str:
    """Without its scheme, and unescaped. Raises BadInput where it is of no file here."""
    if not _SCHEME.match(uri):
        return unquote(uri, errors="surrogateescape")
    try:
        parts = urlsplit(uri)
    except ValueError as error:
        raise BadInput(f"{_words(uri)} is no address", hint=HINT) from error
    if parts.scheme.lower() != "file" or parts.netloc not in ("", "localhost"):
        raise BadInput(f"{_words(uri)} is no file of this machine", hint=HINT)
    return unquote(parts.path, errors="surrogateescape")


def _is_suppressed(suppressions: tuple[_Suppression, ...]) -> bool:
    """One that is under review or rejected suppresses nothing."""
    return bool(suppressions) and all(each.status == "accepted" for each in suppressions)


def _words(text: str) -> str:
    """On one line, and such that a terminal obeys none of it."""
    return printable(mask(" ".join(text[: 4 * LONGEST].split()))[:LONGEST])
