"""How a task is shown: a brief in Markdown that a person or an agent can work from, and its public JSON."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Literal

from msgspec import Struct

from outpace.formats.envelope import encoded
from outpace.formats.plain import printable, shortened
from outpace.proving.ladder.cases import (
    Activates,
    Benign,
    Connects,
    Creates,
    LeadsTo,
    Leaks,
    Oracle,
    Returns,
    Runs,
    TakesLong,
    Witness,
)
from outpace.proving.tasks import Kind, Task

SHOWN = 40
LONGEST = 2_000
_MARKUP = re.compile(r"\s*(?:[-#+*>|=~]|\d+[.)])|.*[`<&\[]")
"""What begins a heading, a list, a quote or a table, or holds code, a tag, an entity or a link."""
HELD_OUT = frozenset({"variants dead", "benign identical", "constants spliced"})


class CaseV1(Struct, frozen=True, kw_only=True):
    """`setup` are statements, `does` an expression; `effect` is what must not happen any more, empty for what must go
    on as it does."""

    setup: str
    does: str
    effect: str = ""


class FileV1(Struct, frozen=True, kw_only=True):
    path: str
    content: str


class RungV1(Struct, frozen=True, kw_only=True):
    """What a change is judged by; of what is held out no input is shown."""

    name: str
    explains: str
    held_out: bool


class TaskV1(Struct, frozen=True, kw_only=True):
    """Globs are over whole paths: `*` stays within a folder, `**` does not. `analyzer` found `rule` at
    `finding`, PATH or PATH:LINE of the base; where that is empty, in what may be edited."""

    id: str
    kind: Literal["code-fix", "upgrade", "test", "mend"]
    goal: str
    base: str
    editable: tuple[str, ...]
    created: tuple[str, ...]
    lines: int
    granted: tuple[str, ...]
    context: tuple[str, ...]
    subject: tuple[str, ...]
    advisories: tuple[str, ...]
    rule: str
    analyzer: str
    finding: str
    evidence: tuple[str, ...]
    room: tuple[FileV1, ...]
    witnesses: tuple[CaseV1, ...]
    benign: tuple[CaseV1, ...]
    judged_by: tuple[RungV1, ...]
    prove: str


class TaskRowV1(Struct, frozen=True, kw_only=True):
    id: str
    kind: Kind
    goal: str


class TasksV1(Struct, frozen=True, kw_only=True):
    """One of them, or all that were given."""

    task: TaskV1 | None = None
    tasks: tuple[TaskRowV1, ...] = ()


def answer(task: Task, ladder: Mapping[str, str]) -> bytes:
    return encoded("task", TasksV1(task=of(task, ladder)))


def listed(tasks: Iterable[Task]) -> bytes:
    return encoded(
        "task", TasksV1(tasks=tuple(TaskRowV1(id=each.id, kind=each.kind, goal=each.goal) for each in tasks))
    )


def of(task: Task, ladder: Mapping[str, str]) -> TaskV1:
    """What is held out of the task is not in it."""
    return TaskV1(
        id=task.id,
        kind=task.kind,
        goal=task.goal,
        base=task.base,
        editable=task.editable,
        created=task.created,
        lines=task.lines,
        granted=task.granted,
        context=task.context,
        subject=task.subject,
        advisories=task.advisories,
        rule=task.rule,
        analyzer=task.analyzer,
        finding=task.finding,
        evidence=task.evidence,
        room=tuple(FileV1(path=each.path, content=each.content) for each in task.room),
        witnesses=tuple(map(_witness, task.witnesses)),
        benign=tuple(map(_benign, task.benign)),
        judged_by=tuple(
            RungV1(name=name, explains=explains, held_out=name in HELD_OUT) for name, explains in ladder.items()
        ),
        prove=f"outpace prove --task {task.id}",
    )


def _witness(witness: Witness) -> CaseV1:
    return CaseV1(setup=witness.setup, does=witness.does, effect=effect(witness.exploited))


def _benign(benign: Benign) -> CaseV1:
    return CaseV1(setup=benign.setup, does=benign.does)


def effect(oracle: Oracle) -> str:  # noqa: PLR0911  one line an effect
    """A clause: what happens on base, and must not."""
    match oracle:
        case Leaks(text):
            return f"{text!r} is in what comes back"
        case Creates(path):
            return f"{path} is there afterwards, or is another file"
        case Runs(program):
            return f"the program {program} is started"
        case Connects():
            return "a connection comes to the listener whose port is {port}"
        case Returns(value):
            return f"{value} comes back"
        case LeadsTo(host):
            return f"what comes back leads a browser to {host}"
        case Activates():
            return "what comes back is HTML in which a browser runs something"
        case TakesLong(seconds):
            return f"it takes more than {seconds:g} s of CPU time"


def brief(task: Task, ladder: Mapping[str, str]) -> str:
    """Markdown; names and texts of the repository are capped, on one line each, and never markup of ours."""
    return "\n".join(_lines(task, ladder)) + "\n"


def _lines(task: Task, ladder: Mapping[str, str]) -> Iterator[str]:
    yield f"# {task.id}: {_text(task.goal)}"
    yield ""
    yield f"Base: {_span(task.base)}. Changes are made against this commit."
    yield ""
    yield "## What may be edited"
    yield ""
    yield from _items("", task.editable)
    yield from _items("new: ", task.created)
    yield f"- at most {task.lines} lines, added and removed; plain files of text; no other file, mode or link"
    yield from _items("granted: the code may gain what it could not do before: ", task.granted, code=False)
    if task.context:
        yield ""
        yield "Worth reading: " + ", ".join(map(_span, task.context[:SHOWN]))
    if task.evidence:
        yield ""
        yield "## What is wrong"
        yield ""
        yield from _items("", task.evidence, code=False)
    yield from _finding(task)
    yield from _cases(task)
    yield ""
    yield "## How it will be judged"
    yield ""
    yield "In this order, by a machine, in a sandbox; the first that fails refutes:"
    yield ""
    for number, (name, explains) in enumerate(ladder.items(), 1):
        yield f"{number}. **{name}**: {explains}"
    yield ""
    yield f"    outpace prove --task {task.id}          # the files as they lie here"
    yield f"    outpace prove --task {task.id} my.diff  # or a diff; `-` reads it from the standard input"
    yield ""
    rest = "" if task.kind == "mend" else " Tests are those of the base: editing one to pass changes nothing."
    yield f"Nothing is applied.{rest}"


def _finding(task: Task) -> Iterator[str]:
    if task.analyzer:
        where = _span(task.finding) if task.finding else "what may be edited"
        yield ""
        yield f"On the base, the analyzer {_span(task.analyzer)} finds {_span(task.rule)} in {where}. It is to be gone,"
        yield "with nothing found in its place: moved, worded in another way or silenced by a comment, it is not."


def _cases(task: Task) -> Iterator[str]:
    if task.room:
        yield ""
        yield "Each call below runs in a new folder that holds:"
        yield ""
        yield from _items("", (f"{each.path}: {each.content[:80]!r}" for each in task.room))
    if task.witnesses:
        yield ""
        yield "## What must not happen any more"
        yield ""
        for witness in task.witnesses:
            yield from _call(witness.setup, witness.does, f"on the base, {effect(witness.exploited)}")
    if task.benign:
        yield ""
        yield "## What must go on as it does"
        yield ""
        for benign in task.benign:
            yield from _call(benign.setup, benign.does, "")


def _call(setup: str, does: str, comment: str) -> Iterator[str]:
    for line in setup.splitlines():
        yield f"    {printable(line)}"
    yield f"    {printable(does)}" + (f"  # {printable(comment)}" if comment else "")
    yield ""


def _items(before: str, values: Iterable[str], *, code: bool = True) -> Iterator[str]:
    known = list(values)
    for each in known[:SHOWN]:
        yield f"- {before}{_span(each) if code else _text(each)}"
    if len(known) > SHOWN:
        yield f"- and {len(known) - SHOWN} more: `outpace task --format json` names them"


def _span(text: str) -> str:
    """Code, which a backtick in it does not end."""
    shown = printable(shortened(text, LONGEST)).replace("`", r"\x60").strip()
    return f"`{shown}`"


def _text(text: str) -> str:
    """As it is where Markdown makes nothing of it, else as code."""
    shown = printable(shortened(text, LONGEST))
    return _span(text) if _MARKUP.match(shown) else shown


def rows(tasks: Iterable[Task]) -> str:
    known = list(tasks)
    if not known:
        return "no task was given yet; outpace task --help says what one is made of"
    return "\n".join(f"{each.id}  {each.kind:<9} {printable(each.goal)}" for each in known)
