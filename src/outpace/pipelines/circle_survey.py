"""CircleCI for a survey: workflows, orbs, commands and executors of the file, approvals."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence

from msgspec import structs

from outpace.model.yaml_text import Items, Node, Pairs, Scalar, rows_of
from outpace.pipelines.circleci import FILES, defaults_of, filled
from outpace.pipelines.described import Action, Definition, Described, Script, Step, held, items_of, pairs_of, text_of
from outpace.pipelines.events import LookUp, Lost, Origin, text_at
from outpace.pipelines.jobs import Refused, document_of
from outpace.pipelines.surveyed import Gate

BUILT_IN = frozenset(
    {"checkout", "save_cache", "restore_cache", "store_artifacts", "store_test_results", "persist_to_workspace",
     "attach_workspace", "add_ssh_keys", "setup_remote_docker"}
)  # fmt: skip
DEEPEST = 5
MOST_ROWS = 24
Values = dict[str, str]


def circle_definitions(paths: Sequence[str], look_up: LookUp) -> Iterator[Definition]:
    for path in [path for path in FILES if path in paths]:
        match document_of(path, text_at(look_up, path)):
            case Pairs() as whole:
                yield _Configuration(path, whole).definition()
            case Refused(why=why, origin=origin):
                lost = Lost(what="a definition", why=why, origin=origin)
                yield Definition(system="CircleCI", file=path, lost=(lost,))
            case None:
                pass


class _Configuration:
    def __init__(self, path: str, whole: Pairs) -> None:
        self._path = path
        self._whole = whole
        self._orbs = {name: text_of(node).partition("@")[0] for name, node in rows_of(whole.rows.get("orbs")).items()}
        self._lost: list[Lost] = []

    def definition(self) -> Definition:
        jobs = tuple(self._all_jobs())
        if text_of(self._whole.rows.get("setup")) == "true":
            self._lose("the configuration that it continues with", "it is made by the run", self._whole.line)
        return Definition(system="CircleCI", file=self._path, jobs=jobs, lost=tuple(self._lost))

    def _all_jobs(self) -> Iterator[Described]:
        jobs = rows_of(self._whole.rows.get("jobs"))
        workflows = {k: v for k, v in rows_of(self._whole.rows.get("workflows")).items() if isinstance(v, Pairs)}
        if not workflows:
            for name, job in jobs.items():
                if isinstance(job, Pairs):
                    yield self._job(name, job, {}, ())
        for workflow, node in workflows.items():
            used: list[Described] = []
            needs: dict[str, tuple[str, ...]] = {}
            for each in items_of(node.rows.get("jobs")):
                name, given = next(iter(rows_of(each).items()), (text_of(each), Pairs({}, each.line)))
                described = list(self._used(name, given, workflow, jobs))
                required = tuple(text_of(need) for need in items_of(rows_of(given).get("requires")))
                needs |= dict.fromkeys((one.name for one in described), required)
                used += described
            yield from held(used, needs)

    def _used(self, name: str, given: Node, workflow: str, jobs: dict[str, Node]) -> Iterator[Described]:
        rows = rows_of(given)
        called = text_of(rows.get("name")) or name
        origin = Origin(self._path, given.line)
        job = jobs.get(name)
        kind = text_of(rows.get("type")) or (job.text("type") if isinstance(job, Pairs) else "")
        if kind == "approval":
            yield Described(name=called, origin=origin, gates=(Gate(name=called, sort="approval", origin=origin),))
        elif isinstance(job, Pairs):
            for values in _rows(rows):
                described = self._job(called, job, values, (workflow,))
                yield structs.replace(described, for_changes=_is_for_changes(rows))
        else:
            orb, _, what = name.partition("/")
            steps = (Action(name=f"orb {self._orbs.get(orb, orb)}/{what}", origin=origin, given=pairs_of(given)),)
            yield Described(name=called, origin=origin, steps=steps, around=(workflow,))

    def _job(self, called: str, job: Pairs, given: Values, around: tuple[str, ...]) -> Described:
        values = {**defaults_of(job), **given}
        env = dict(pairs_of(job.rows.get("environment")))
        told = job.text("working_directory")
        directory = "" if told.startswith(("~", "/")) else told
        return Described(
            name=filled(called, values),
            origin=Origin(self._path, job.line),
            steps=tuple(self._steps(job.rows.get("steps"), values, env, directory, 0)),
            around=around,
        )

    def _lose(self, what: str, why: str, line: int) -> None:
        self._lost.append(Lost(what=what, why=why, origin=Origin(self._path, line)))

    def _steps(self, node: Node | None, values: Values, env: Values, directory: str, depth: int) -> Iterator[Step]:
        for step in node.nodes if isinstance(node, Items) else ():
            if isinstance(step, Scalar):
                yield from self._command(step.text, step, values, env, directory, depth)
            elif isinstance(step, Pairs) and step.rows:
                name, given = next(iter(step.rows.items()))
                if name == "run":
                    yield from self._run(given, values, env, directory)
                elif name in ("when", "unless") and isinstance(given, Pairs):
                    yield from self._steps(given.rows.get("steps"), values, env, directory, depth)
                else:
                    yield from self._command(name, given, values, env, directory, depth)

    def _command(
        self, name: str, given: Node, values: Values, env: Values, directory: str, depth: int
    ) -> Iterator[Step]:
        """One of the file, one of an orb, or one of CircleCI's own."""
        command = rows_of(self._whole.rows.get("commands")).get(name)
        if isinstance(command, Pairs) and depth < DEEPEST:
            told = {key: filled(value, values) for key, value in pairs_of(given)}
            inner = {**defaults_of(command), **told}
            yield from self._steps(command.rows.get("steps"), inner, env, directory, depth + 1)
        elif name in BUILT_IN:
            return
        elif "/" in name:
            orb, _, what = name.partition("/")
            rows = tuple((key, filled(value, values)) for key, value in pairs_of(given))
            named = f"orb {self._orbs.get(orb, orb)}/{what}"
            yield Action(name=named, origin=Origin(self._path, given.line), given=rows)
            yield from self._steps(rows_of(given).get("steps"), values, env, directory, depth + 1)
        else:
            self._lose(f"the step {name}", "its command could not be read", given.line)

    def _run(self, given: Node, values: Values, env: Values, directory: str) -> Iterator[Step]:
        command = given.rows.get("command") if isinstance(given, Pairs) else given
        if not isinstance(command, Scalar):
            return
        own = {**env, **dict(pairs_of(rows_of(given).get("environment")))}
        where = filled(text_of(rows_of(given).get("working_directory")), values)
        inside = where if where and not where.startswith(("~", "/", "..")) else directory
        known = tuple(sorted((k, v) for k, v in own.items() if "<<" not in v and "$" not in v))
        yield Script(
            text=filled(command.text, values),
            origin=Origin(self._path, command.line + ("\n" in command.text)),
            env=known,
            directory=inside.removeprefix("./"),
        )


def _rows(given: dict[str, Node]) -> list[Values]:
    """What a workflow gives to a job: its own parameters, and each row of its matrix."""
    own = {key: value.text for key, value in given.items() if isinstance(value, Scalar)}
    parameters = rows_of(rows_of(given.get("matrix")).get("parameters"))
    axes = [[(key, text_of(value)) for value in items_of(node)] for key, node in parameters.items()]
    rows = [dict(row) for row in itertools.islice(itertools.product(*axes), MOST_ROWS)]
    return [{**own, **row} for row in rows] or [own]


def _is_for_changes(given: dict[str, Node]) -> bool:
    """Not where it is for tags alone."""
    filters = rows_of(given.get("filters"))
    ignored = rows_of(filters.get("branches")).get("ignore")
    return not ("tags" in filters and any(text_of(each) == "/.*/" for each in items_of(ignored)))
