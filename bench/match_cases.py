"""Asks the real command of a match case, and says where its answer is wrong."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Generator, Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path

import msgspec
from msgspec import Struct
from packaging.markers import InvalidMarker, Marker
from packaging.version import InvalidVersion, Version

from bench.case_files import Case, Component, Expect, NotUnderstood, Verdict, lay_out, lay_out_advisories
from outpace.cli.main import main
from outpace.formats.match import ComponentV1, MatchV1, VulnerabilityV1


class Answered(Struct, frozen=True):
    """What the command gave in both forms; `said` is everything that was written anywhere."""

    code: int
    result: MatchV1 | None
    said: str


class _Envelope(Struct, frozen=True):
    result: MatchV1


def check(case: Case, place: Path, index: str) -> list[str]:
    """What is wrong with the answer; nothing if it is right. `place` is an empty directory."""
    lay_out(case, place / "tree", index)
    lay_out_advisories(case, place / "records")
    answered = ask(place)
    wanted = case.wanted
    wrong = [f"{each!r} is in the output" for each in wanted.never_in_output if each in answered.said]
    wrong += [f"{each!r} is not in the output" for each in wanted.must_mention if each not in answered.said]
    if answered.result is None:
        return [*wrong, f"no result, exit {answered.code}: {answered.said[-400:]}"]
    return wrong + list(_differences(wanted, answered.result, answered.code))


def ask(place: Path) -> Answered:
    """`advisories update`, `match` as text, `match` as JSON: each through the front door, with a state of its own."""
    said: list[str] = []
    update = ["advisories", "update", "--from", str(place / "records"), "--format", "json"]
    match = ["match", str(place / "tree"), "--offline"]
    with environment(XDG_STATE_HOME=str(place / "state"), XDG_CACHE_HOME=str(place / "cache")):
        run(update, said)
        run(match, said)
        code, document = run([*match, "--format", "json"], said)
    try:
        result = msgspec.json.decode(document, type=_Envelope).result
    except msgspec.DecodeError:
        result = None
    return Answered(code, result, "\n".join(said))


def run(argv: list[str], said: list[str]) -> tuple[int, bytes]:
    written = io.BytesIO()
    out, err = io.TextIOWrapper(written, "utf-8"), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        code = main(argv)
        sys.stdout.flush()
    document = written.getvalue()
    said += [document.decode("utf-8", "replace"), err.getvalue()]
    return code, document


@contextmanager
def environment(**values: str) -> Generator[None]:
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def _differences(wanted: Expect, result: MatchV1, code: int) -> Iterator[str]:
    yield from _components(wanted, result)
    yield from _verdicts(wanted, result)
    yield from _unread(wanted, result)
    yield from _findings(wanted, result)
    if result.answer == "clean" and (wanted.unread or any(each.verdict == "unknown" for each in wanted.verdicts or [])):
        yield "the answer is clean, though something is unknown or unread"
    if (code == 10) != (result.answer in ("exposed", "unreadable")):
        yield f"exit {code} with the answer {result.answer}"
    if wanted.unread and not result.components and code == 0:
        yield "exit 0, though nothing could be read"


def _components(wanted: Expect, result: MatchV1) -> Iterator[str]:
    left = list(result.components)
    for each in wanted.components:
        found = next((one for one in left if _is(each, one)), None)
        if found is None:
            near = [one for one in left if one.name == each.name]
            yield f"component {each.name} {each.version} in {each.file} is missing; of that name: {_told(near)}"
        else:
            left.remove(found)
    if wanted.components_complete and left and wanted.components_count is None:
        yield f"components that must not be read: {_told(left)}"
    if wanted.components_count is not None and len(result.components) != wanted.components_count:
        yield f"{len(result.components)} components, not {wanted.components_count}"


def _told(components: list[ComponentV1]) -> str:
    told = [f"{one.name} {one.version} in {one.file} ({one.source}; {one.marker}; {one.extras})" for one in components]
    return "; ".join(told[:5]) or "none"


def _is(wanted: Component, one: ComponentV1) -> bool:
    return (
        wanted.name == one.name
        and (not wanted.file or wanted.file == one.file)
        and one.version in _either(wanted.version, wanted.version_or)
        and (wanted.marker is None or same_marker(wanted.marker, one.marker))
        and (wanted.extras is None or sorted(wanted.extras) == sorted(one.extras))
        and (wanted.groups is None or sorted(wanted.groups) == sorted(one.groups))
        and (wanted.source is None or one.source in _either(wanted.source, wanted.source_or))
    )


def _either(value: str | None, others: str | list[str] | None) -> list[str | None]:
    return [value, *(others if isinstance(others, list) else [others] if others is not None else [])]


def same_marker(one: str, other: str) -> bool:
    try:
        return str(Marker(one)) == str(Marker(other))
    except InvalidMarker:
        return one == other


def same_version(one: str | None, other: str | None) -> bool:
    if one is None or other is None:
        return one is other
    try:
        return Version(one) == Version(other)
    except InvalidVersion:
        return one == other


def _names(vulnerability: VulnerabilityV1) -> set[str]:
    return {vulnerability.id, *vulnerability.aliases}


def _verdicts(wanted: Expect, result: MatchV1) -> Iterator[str]:
    if wanted.verdicts is None:
        return
    for each in wanted.verdicts:
        found = _verdict(each, result)
        if found not in (each.verdict, *each.or_):
            yield f"{each.name} {each.version} by {each.advisory} is {found}, not {each.verdict}"
    said = [("affected", one.component, one.vulnerability) for one in result.exposures]
    said += [("unknown", one.component, one.vulnerability) for one in result.doubts]
    for verdict, component, vulnerability in said:
        if not any(_speaks_of(each, component, vulnerability) for each in wanted.verdicts):
            yield f"{component.name} {component.version} in {component.file} is {verdict} by {vulnerability.id}"


def _speaks_of(each: Verdict, component: ComponentV1, vulnerability: VulnerabilityV1) -> bool:
    return (
        each.name == component.name
        and same_version(each.version, component.version)
        and each.advisory in _names(vulnerability)
        and each.file in (None, component.file)
    )


def _verdict(each: Verdict, result: MatchV1) -> str:
    if any(_speaks_of(each, one.component, one.vulnerability) for one in result.exposures):
        return "affected"
    if any(_speaks_of(each, one.component, one.vulnerability) for one in result.doubts):
        return "unknown"
    here = (one for one in result.components if each.name == one.name and same_version(each.version, one.version))
    return "not_affected" if any(each.file in (None, one.file) for one in here) else "absent"


def _unread(wanted: Expect, result: MatchV1) -> Iterator[str]:
    for each in wanted.unread:
        if not any(one.file == each.file and _tells(each, one.line, one.why) for one in result.unread):
            here = [f"{one.line}: {one.why}" for one in result.unread if one.file == each.file]
            yield f"{each.file} line {each.line} is not reported as unread with {each.mentions_any}; it has {here}"
    expected = {each.file for each in wanted.unread}
    for one in result.unread:
        if one.file not in expected:
            yield f"{one.file} line {one.line} is reported as unread: {one.why}"


def _tells(each: NotUnderstood, line: int | None, why: str) -> bool:
    there = each.line is None or line in (None, each.line)
    return there and any(word.lower() in f"{why} line {line}".lower() for word in each.mentions_any or [""])


def _findings(wanted: Expect, result: MatchV1) -> Iterator[str]:
    found = {(one.component.name, one.vulnerability.id) for one in result.exposures}
    if wanted.findings is not None and len(found) != wanted.findings:
        yield f"{len(found)} findings, not {wanted.findings}: {sorted(found)}"
    known = [_names(one.vulnerability) for one in (*result.exposures, *result.doubts)]
    for group in wanted.groups:
        if not any(set(group) <= names for names in known):
            yield f"{group} are not united"
    for advisory, versions in wanted.fixed_in.items():
        right = versions if isinstance(versions, list) else [versions]
        for one in result.exposures:
            if advisory in _names(one.vulnerability) and not {one.fixed.same_branch, one.fixed.nearest} & set(right):
                yield f"{advisory} is fixed in {one.fixed.same_branch}, nearest {one.fixed.nearest}, not {versions}"
