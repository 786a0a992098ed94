"""GitHub's workflows for a survey: every row of a matrix, local actions, called workflows, environments."""

from __future__ import annotations

import itertools
import posixpath
import re
from collections.abc import Iterator, Mapping, Sequence

from msgspec import structs

from outpace.model.yaml_text import Items, Node, Pairs, Scalar, rows_of
from outpace.pipelines import events
from outpace.pipelines.described import Action, Definition, Described, Script, Step, items_of, pairs_of, text_of
from outpace.pipelines.events import LookUp, Lost, Origin, text_at
from outpace.pipelines.github_actions import (
    CHANGES,
    WORKFLOW,
    directory_of,
    env_of,
    filled,
    included_rows,
    inside,
    may_run,
    texts,
)
from outpace.pipelines.jobs import Refused, document_of
from outpace.pipelines.surveyed import Gate

MOST_FILES = 100
MOST_ROWS = 24
MOST_CALLED = 60
DEEPEST = 4
MATRIX = re.compile(r"\bmatrix\.(?P<axis>[\w-]+)(?:\.(?P<part>[\w-]+))?")
ACTION = re.compile(r"(?:\.github/actions/(?:.+/)?)?action\.ya?ml")
DIGEST = re.compile(r"[0-9a-f]{40}")
IMAGE_DIGEST = re.compile(r"docker://.*@sha256:[0-9a-f]{64}")
Values = Mapping[str, str]


def github_definitions(paths: Sequence[str], look_up: LookUp) -> Iterator[Definition]:
    files = [path for path in paths if WORKFLOW.fullmatch(path)][:MOST_FILES]
    documents = {path: document_of(path, text_at(look_up, path)) for path in files}
    called = {_called(job) for whole in documents.values() for job in _jobs(whole).values()} - {""}
    for path, whole in documents.items():
        match whole:
            case Refused(why=why, origin=origin):
                lost = Lost(what="a workflow", why=why, origin=origin)
                yield Definition(system="GitHub Actions", file=path, lost=(lost,))
            case Pairs() if path in called and _begun_by(whole) <= {"workflow_call"}:
                pass
            case Pairs():
                reading = _Workflows(look_up)
                jobs = tuple(reading.jobs(path, whole, {}, begun=_begun_by(whole), depth=0))
                yield Definition(system="GitHub Actions", file=path, jobs=jobs)
            case None:
                lost = Lost(what="a workflow", why="it holds nothing that could be read", origin=Origin(path))
                yield Definition(system="GitHub Actions", file=path, lost=(lost,))


def _jobs(whole: Pairs | Refused | None) -> dict[str, Node]:
    return rows_of(whole.rows.get("jobs")) if isinstance(whole, Pairs) else {}


def _called(job: Node) -> str:
    """The workflow of the repository that a job calls."""
    uses = job.text("uses") if isinstance(job, Pairs) else ""
    return posixpath.normpath(uses) if uses.startswith("./") else ""


def _begun_by(whole: Pairs) -> set[str]:
    on = whole.rows.get("on")
    return set(on.rows) if isinstance(on, Pairs) else set(texts(on))


class _Workflows:
    """Reads one workflow with those that it calls."""

    def __init__(self, look_up: LookUp) -> None:
        self._look_up = look_up
        self._left = MOST_CALLED

    def jobs(self, path: str, whole: Pairs, given: Values, *, begun: set[str], depth: int) -> Iterator[Described]:
        inputs = rows_of(rows_of(rows_of(whole.rows.get("on")).get("workflow_call")).get("inputs"))
        defaults = {f"inputs.{name}": row.text("default") for name, row in inputs.items() if isinstance(row, Pairs)}
        known = {**{name: value for name, value in defaults.items() if value}, **given}
        for name, job in _jobs(whole).items():
            if not isinstance(job, Pairs) or _is_off(job):
                continue
            if job.text("uses"):
                yield from self._call(path, name, job, known, begun=begun, depth=depth)
            else:
                yield self._job(path, whole, name, job, known, begun)

    def _call(
        self, path: str, name: str, job: Pairs, known: Values, *, begun: set[str], depth: int
    ) -> Iterator[Described]:
        uses, origin = job.text("uses"), Origin(path, job.line)
        target = _called(job)
        whole = document_of(target, text_at(self._look_up, target)) if target else None
        self._left -= 1
        if isinstance(whole, Pairs) and depth < DEEPEST and self._left > 0:
            for row, _ in _rows(job):
                values = {**known, **row}
                given = {f"inputs.{key}": filled(text, values) for key, text in pairs_of(job.rows.get("with"))}
                for inner in self.jobs(target, whole, given, begun=begun, depth=depth + 1):
                    yield structs.replace(inner, around=(*inner.around, name))
            return
        why = "it could not be read" if target else "it lies in another repository"
        lost = Lost(what=f"the workflow {uses.partition('@')[0]}", why=why, origin=origin)
        yield Described(name=name, origin=origin, lost=(lost,), for_changes=_is_for_changes(begun))

    def _job(self, path: str, whole: Pairs, name: str, job: Pairs, known: Values, begun: set[str]) -> Described:
        origin = Origin(path, job.line)
        steps: dict[Step, None] = {}
        lost: list[Lost] = []
        for row, complete in _rows(job):
            values = {**known, **row}
            reading = _Steps(self._look_up, path)
            env = {**env_of(whole, values), **env_of(job, values)}
            told = {key: value for key, value in env.items() if "${{" not in value}
            values |= {f"env.{key}": value for key, value in told.items()}
            directory = directory_of(job, values) or directory_of(whole, values)
            steps.update(dict.fromkeys(reading.of(job.rows.get("steps"), directory, values, told, 0)))
            lost += reading.lost
            if not complete:
                lost.append(Lost(what="rows of its matrix", why="there are more than are read", origin=origin))
        waved = job.text("continue-on-error") == "true"
        environment = job.rows.get("environment")
        named = environment.text("name") if isinstance(environment, Pairs) else text_of(environment)
        named = filled(named, known)
        return Described(
            name=name,
            origin=origin,
            steps=tuple(structs.replace(each, waved=True) if waved else each for each in steps),
            gates=_gates(named, name, environment, path),
            lost=tuple(lost),
            around=() if "${{" in named else (named,),
            for_changes=_is_for_changes(begun),
            by_hand=begun <= {"workflow_dispatch", "workflow_call"} and "workflow_dispatch" in begun,
        )


def _is_for_changes(begun: set[str]) -> bool:
    return bool(begun & set(CHANGES))


def _is_off(holder: Pairs) -> bool:
    return holder.text("if").strip().removeprefix("${{").removesuffix("}}").strip() == "false"


def _gates(named: str, job: str, node: Node | None, path: str) -> tuple[Gate, ...]:
    """Its rules are settings of the server; that of GitHub's own pages guards no release."""
    if node is None or named in ("", "github-pages"):
        return ()
    name = job if "${{" in named else named
    return (Gate(name=name, sort="environment", origin=Origin(path, node.line), manual=None),)


def _rows(job: Pairs) -> Iterator[tuple[dict[str, str], bool]]:
    """Values that the matrix gives to what the job uses of it, and whether these are all."""
    matrix = rows_of(rows_of(job.rows.get("strategy")).get("matrix"))
    used = {(found["axis"], found["part"] or "") for found in MATRIX.finditer("\n".join(_texts(job)))}
    axes: list[list[dict[str, str]]] = []
    for axis in dict.fromkeys(axis for axis, _ in sorted(used)):
        values = [_value(axis, each) for each in items_of(matrix.get(axis))]
        if values:
            axes.append(values)
    included = [{f"matrix.{key}": value for key, value in row.items()} for row in included_rows(matrix.get("include"))]
    combined = [
        dict(itertools.chain.from_iterable(row.items() for row in rows))
        for rows in itertools.islice(itertools.product(*axes), MOST_ROWS + 1)
    ]
    rows = [row for row in (*combined, *included) if row] or [{}]
    for row in rows[:MOST_ROWS]:
        yield row, len(rows) <= MOST_ROWS


def _value(axis: str, node: Node) -> dict[str, str]:
    if isinstance(node, Pairs):
        return {f"matrix.{axis}.{key}": text_of(value) for key, value in node.rows.items() if isinstance(value, Scalar)}
    return {f"matrix.{axis}": text_of(node)}


def _texts(node: Node | None, depth: int = 0) -> Iterator[str]:
    match node:
        case Scalar(text=text):
            yield text
        case Items(nodes=nodes) if depth < 8:
            for each in nodes:
                yield from _texts(each, depth + 1)
        case Pairs(rows=rows) if depth < 8:
            for each in rows.values():
                yield from _texts(each, depth + 1)
        case _:
            return


class _Steps:
    def __init__(self, look_up: LookUp, path: str) -> None:
        self._look_up = look_up
        self._path = path
        self.lost: list[Lost] = []

    def of(self, steps: Node | None, directory: str, known: Values, env: Values, depth: int) -> Iterator[Step]:
        for step in steps.nodes if isinstance(steps, Items) else ():
            if isinstance(step, Pairs) and not _is_off(step) and may_run(step.text("if"), known):
                yield from self._one(step, directory, known, env, depth)

    def _one(self, step: Pairs, directory: str, known: Values, env: Values, depth: int) -> Iterator[Step]:
        uses, run = step.text("uses"), step.rows.get("run")
        waved = step.text("continue-on-error") == "true"
        if isinstance(run, Scalar):
            own = {**env, **{k: v for k, v in env_of(step, known).items() if "${{" not in v}}
            values = {**known, **{f"env.{key}": value for key, value in own.items()}}
            where = inside(filled(step.text("working-directory"), values) or directory)
            origin = Origin(self._path, run.line + ("\n" in run.text))
            if step.text("shell").startswith(("python", "node", "perl")):
                yield Script(text=f"{step.text('shell').split()[0]} -c {_quoted(run.text)}", origin=origin, waved=waved)
                return
            text = filled(run.text, values)
            yield Script(text=text, origin=origin, env=_sorted(own), directory=where, waved=waved)
        elif uses.startswith("./"):
            yield from self._local(step, uses, directory, known, env, depth)
        elif uses:
            given = tuple((key, filled(value, known)) for key, value in pairs_of(step.rows.get("with")))
            name = uses.partition("@")[0]
            yield Action(name=name, origin=Origin(self._path, step.line), given=given, waved=waved)

    def _local(self, step: Pairs, uses: str, directory: str, known: Values, env: Values, depth: int) -> Iterator[Step]:
        """An action of the repository itself, with what it is given or its own defaults."""
        origin = Origin(self._path, step.line)
        for name in ("action.yml", "action.yaml"):
            path = posixpath.normpath(posixpath.join(uses, name))
            action = None if path.startswith("..") else document_of(path, text_at(self._look_up, path))
            runs = rows_of(action.rows.get("runs")) if isinstance(action, Pairs) else {}
            if isinstance(action, Pairs) and "steps" in runs and depth < DEEPEST:
                rows = rows_of(action.rows.get("inputs"))
                defaults = {key: row.text("default") for key, row in rows.items() if isinstance(row, Pairs)}
                given = {key: filled(value, known) for key, value in pairs_of(step.rows.get("with"))}
                inputs = {f"inputs.{key}": value for key, value in {**defaults, **given}.items()}
                inner = _Steps(self._look_up, path)
                yield from inner.of(runs["steps"], directory, {**known, **inputs}, env, depth + 1)
                self.lost += inner.lost
                return
        self.lost.append(Lost(what=f"the action {uses}", why="its steps could not be read", origin=origin))


def _quoted(text: str) -> str:
    return "'" + text.replace("'", '"') + "'"


def _sorted(env: Values) -> events.Pairs:
    return tuple(sorted(env.items()))


def pinned(paths: Sequence[str], look_up: LookUp) -> tuple[int, int]:
    """Of all `uses` that name a thing outside of the repository: those by digest, and all."""
    files = [path for path in paths if WORKFLOW.fullmatch(path) or ACTION.fullmatch(path)]
    used = [each for path in files[: 2 * MOST_FILES] for each in _uses(document_of(path, text_at(look_up, path)), 0)]
    foreign = [each for each in used if not each.startswith("./") and each]
    by_digest = [each for each in foreign if DIGEST.fullmatch(each.rpartition("@")[2]) or IMAGE_DIGEST.fullmatch(each)]
    return len(by_digest), len(foreign)


def _uses(node: Node | Refused | None, depth: int) -> Iterator[str]:
    match node:
        case Items(nodes=nodes) if depth < 8:
            for each in nodes:
                yield from _uses(each, depth + 1)
        case Pairs(rows=rows) if depth < 8:
            for key, value in rows.items():
                if key == "uses" and isinstance(value, Scalar):
                    yield value.text
                else:
                    yield from _uses(value, depth + 1)
        case _:
            return
