"""What an edit lets the pipeline do: rights, secrets, who starts it, and failures or tests that it passes over."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from outpace.model.yaml_text import Items, Node, NotYaml, Pairs, Scalar, node_of
from outpace.pipelines.events import text_at
from outpace.pipelines.suites import suites_of_ci
from outpace.proving.ladder.capabilities import Use
from outpace.proving.notes import PIPELINE

RIGHTS = "gives the pipeline more rights"
SECRETS = "hands the pipeline a secret"
STRANGERS = "lets strangers start the pipeline with its rights"
PASSES = "lets the pipeline pass over failures"
FEWER = "lets the pipeline run fewer tests"
UNREAD = "brings a pipeline that cannot be read"
POWERS = frozenset({RIGHTS, SECRETS, STRANGERS, PASSES, FEWER, UNREAD})

BOUND = ""
"""No power but a bound on them: `permissions` that are said. One that goes is a right more."""
SECRET = re.compile(r"\bsecrets\s*(?:\.\s*|\[\s*['\"])([\w-]+)")
STARTED = frozenset({"pull_request_target", "workflow_run", "issue_comment"})
WAVED = re.compile(r"\|\|\s*(?:true|:|exit\s+0)(?![\w.])|\bset\s+\+e\b")
LEFT_OUT = re.compile(r"(?:^|\s)(--ignore(?:-glob)?|--deselect|-k|-m)(?=[\s=])")
FALSE = re.compile(r"(?:\$\{\{)?\s*false\s*(?:\}\})?")
YAML = re.compile(r"\.ya?ml$")
Read = Callable[[str], bytes | None]


def gains(paths: Sequence[str], base: Read, change: Read) -> tuple[tuple[str, Use], ...]:
    """(path, use): what the changed files of a pipeline let it do and did not, or more often than they did."""
    found: list[tuple[str, Use]] = []
    for path in (path for path in paths if PIPELINE.search(path) and YAML.search(path)):
        before, after = (_sorted(read, path) for read in (base, change))
        found += [
            (path, Use(power=power, what=what, line=lines[-1]))
            for (power, what), lines in after.items()
            if power and len(lines) > len(before.get((power, what), ()))
        ]
        found += [
            (path, Use(power=RIGHTS, what=f"{what} is gone", line=lines[0]))
            for (power, what), lines in before.items()
            if not power and after and (UNREAD, "") not in after and len(lines) > len(after.get((power, what), ()))
        ]
    return tuple(found)


def suites_gone(sides: tuple[Sequence[str], Sequence[str]], base: Read, change: Read) -> tuple[tuple[str, Use], ...]:
    """Folders in which the pipeline ran tests and no longer does; `sides` are all paths of base and of the change."""
    before, after = (
        {suite.directory: suite.origin for suite in reversed(suites_of_ci(paths, read).suites)}
        for paths, read in zip(sides, (base, change), strict=True)
    )
    return tuple(
        (origin.file, Use(power=FEWER, what=f"none in {folder or 'the root'}", line=origin.line or 1))
        for folder, origin in sorted(before.items())
        if folder not in after
    )


def _sorted(read: Read, path: str) -> dict[tuple[str, str], list[int]]:
    """The lines of each power and what takes it. A file that is not there takes none."""
    found: dict[tuple[str, str], list[int]] = {}
    if read(path) is None:
        return found
    found[BOUND, ""] = []  # it is there
    text = text_at(read, path)
    for use in (Use(power=UNREAD, what="", line=1),) if text is None else _uses_in(text):
        found.setdefault((use.power, use.what), []).append(use.line)
    return found


def _uses_in(text: str) -> tuple[Use, ...]:
    try:
        return tuple(_uses(node_of(text, aliases=True), ""))
    except NotYaml as error:
        return (Use(power=UNREAD, what="", line=error.line or 1),)


def _uses(node: Node, key: str) -> Iterator[Use]:
    """`key` is the nearest one above it."""
    match node:
        case Scalar(text=text, line=line):
            yield from _of_text(key, text, line)
        case Items(nodes=nodes):
            for each in nodes:
                yield from _uses(each, key)
        case Pairs(rows=rows, line=line):
            if key == "on":
                yield from (Use(power=STRANGERS, what=name, line=line) for name in rows if name in STARTED)
            for name, each in rows.items():
                if name == "permissions":
                    yield Use(power=BOUND, what=name, line=each.line)
                    yield from _rights(each)
                yield from _uses(each, name)


def _rights(node: Node) -> Iterator[Use]:
    match node:
        case Scalar(text="write-all", line=line):
            yield Use(power=RIGHTS, what="write-all", line=line)
        case Pairs(rows=rows):
            for name, each in rows.items():
                if isinstance(each, Scalar) and each.text == "write":
                    yield Use(power=RIGHTS, what=f"{name}: write", line=each.line)
        case _:
            pass


def _of_text(key: str, text: str, line: int) -> Iterator[Use]:
    if key == "on" and text in STARTED:
        yield Use(power=STRANGERS, what=text, line=line)
    if key == "secrets" and text == "inherit":
        yield Use(power=SECRETS, what="all of them", line=line)
    if (key in ("continue-on-error", "allow_failure") and not FALSE.fullmatch(text)) or (
        key == "if" and FALSE.fullmatch(text)
    ):
        yield Use(power=PASSES, what=f"{key}: {text}", line=line)
    for name in SECRET.findall(text):
        yield Use(power=SECRETS, what=name, line=line)
    for waved in WAVED.findall(text):
        yield Use(power=PASSES, what=" ".join(waved.split()), line=line)
    if "pytest" in text:
        for option in LEFT_OUT.findall(text):
            yield Use(power=FEWER, what=f"pytest {option}", line=line)
