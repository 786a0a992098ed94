"""Jobs of GitHub's workflows: matrices, steps, local actions, services; expressions as far as they tell."""

from __future__ import annotations

import itertools
import posixpath
import re
from collections.abc import Iterator, Mapping, Sequence

from msgspec import Struct, structs

from outpace.model.yaml_text import Items, Node, NotYaml, Pairs, Scalar, node_of
from outpace.pipelines.events import LookUp, Origin, text_at
from outpace.pipelines.jobs import Job, Refused, Step, document_of, minor, newest_first, python_of_image

WORKFLOW = re.compile(r"\.github/workflows/[^/]+\.ya?ml")
EXPRESSION = re.compile(r"\$\{\{\s*(?P<what>[^{}]*?)\s*\}\}")
COMPARED = re.compile(r"(?P<name>matrix\.[\w-]+)\s*(?P<sign>==|!=)\s*'(?P<value>[^']*)'")
CHANGES = ("push", "pull_request", "pull_request_target", "merge_group")
MOST_VARIANTS = 24
MOST_FILES = 60
PYTHON_AXIS = re.compile(r"py.*|python.*", re.IGNORECASE)
PREFERRED = ("ubuntu", "linux", "sqlite")
Values = Mapping[str, str]


class _Variant(Struct, frozen=True, kw_only=True):
    """One row of a matrix; `pythons` are all values of the axis that names Python's version."""

    values: dict[str, str]
    pythons: tuple[str, ...] = ()


def github_jobs(paths: Sequence[str], look_up: LookUp) -> Iterator[Job | Refused]:
    for path in [path for path in paths if WORKFLOW.fullmatch(path)][:MOST_FILES]:
        match document_of(path, text_at(look_up, path)):
            case Pairs() as whole:
                yield from _Workflow(path, whole, look_up).jobs()
            case Refused() as refused:
                yield refused
            case None:
                pass


class _Workflow:
    def __init__(self, path: str, whole: Pairs, look_up: LookUp) -> None:
        self._path = path
        self._whole = whole
        self._look_up = look_up

    def jobs(self) -> Iterator[Job]:
        jobs = self._whole.rows.get("jobs")
        for name, job in jobs.rows.items() if isinstance(jobs, Pairs) else ():
            if isinstance(job, Pairs):
                for variant in variants(job):
                    yield self._job(name, job, variant)

    def _is_for_changes(self) -> bool:
        on = self._whole.rows.get("on")
        names = texts(on) if not isinstance(on, Pairs) else tuple(on.rows)
        return any(name in CHANGES for name in names) or "workflow_call" in names

    def _job(self, name: str, job: Pairs, variant: _Variant) -> Job:
        known = {f"matrix.{key}": value for key, value in variant.values.items()}
        env = {**env_of(self._whole, known), **env_of(job, known)}
        known |= {f"env.{key}": value for key, value in env.items() if "${{" not in value}
        runs_on = _first(job.rows.get("runs-on"), known)
        read = _Steps(self._look_up, known, env)
        defaults = directory_of(self._whole, known) or directory_of(job, known)
        steps = tuple(read.of(job.rows.get("steps"), defaults))
        container = job.rows.get("container")
        image = container.text("image") if isinstance(container, Pairs) else _first(container, known)
        pythons = newest_first(variant.pythons) if read.follows_axis or not read.pythons else ()
        own = tuple(read.pythons) or ((python_of_image(image),) if python_of_image(image) else ())
        return Job(
            name=name,
            origin=Origin(self._path, job.line),
            steps=steps,
            pythons=tuple(dict.fromkeys((*own[-1:], *pythons))),
            services=_services(job.rows.get("services"), known),
            is_for_changes=self._is_for_changes(),
            is_linux=not runs_on.startswith(("windows", "macos")),
            needs=texts(job.rows.get("needs")),
            unread=tuple(read.unread),
        )


class _Steps:
    """`pythons` are what steps set up, in order."""

    def __init__(self, look_up: LookUp, known: Values, env: Values) -> None:
        self._look_up = look_up
        self._known = known
        self._env = env
        self.pythons: list[str] = []
        self.follows_axis = False
        self.unread: list[tuple[str, int]] = []

    def of(self, steps: Node | None, directory: str, depth: int = 0, known: Values | None = None) -> Iterator[Step]:
        values = self._known if known is None else known
        for step in steps.nodes if isinstance(steps, Items) else ():
            if isinstance(step, Pairs) and may_run(step.text("if"), values):
                yield from self._one(step, directory, depth, values)

    def _one(self, step: Pairs, directory: str, depth: int, known: Values) -> Iterator[Step]:
        uses, run = step.text("uses"), step.rows.get("run")
        if isinstance(run, Scalar):
            env = {**self._env, **env_of(step, known)}
            told = {name: value for name, value in env.items() if "${{" not in value}
            values = {**known, **{f"env.{key}": value for key, value in told.items()}}
            where = filled(step.text("working-directory"), values) or directory
            yield Step(
                script=filled(run.text, values),
                line=run.line + ("\n" in run.text),
                env=tuple(sorted(told.items())),
                unset=tuple(sorted(env.keys() - told.keys())),
                directory=inside(where),
            )
        elif uses.startswith("./") and depth < 3:
            yield from self._local(step, uses, directory, depth, known)
        elif uses:
            self._setup(step, uses, known)

    def _setup(self, step: Pairs, uses: str, known: Values) -> None:
        given = step.rows.get("with")
        rows = given if isinstance(given, Pairs) else Pairs({}, step.line)
        if "miniconda" in uses or "micromamba" in uses:
            self.unread.append(("a conda environment, which cannot be built here", step.line))
        if not ("python" in uses or "setup-uv" in uses):
            return
        written = rows.text("python-version")
        for version in filled(written, known).split():
            if minor(version):
                self.pythons.append(minor(version))
                self.follows_axis = "matrix." in written
        file = rows.text("python-version-file")
        told = text_at(self._look_up, file) if file else None
        if told is not None and minor((told.split() or [""])[0]):
            self.pythons.append(minor(told.split()[0]))
            self.follows_axis = False

    def _local(self, step: Pairs, uses: str, directory: str, depth: int, known: Values) -> Iterator[Step]:
        """An action of the repository itself, with what it is given or its own defaults."""
        for name in ("action.yml", "action.yaml"):
            text = text_at(self._look_up, posixpath.normpath(posixpath.join(uses, name)))
            if text is None:
                continue
            try:
                action = node_of(text, aliases=True)
            except NotYaml as error:
                self.unread.append((f"{uses}: {error.why}", step.line))
                return
            if isinstance(action, Pairs):
                runs = action.rows.get("runs")
                inputs = {**_defaults(action), **_given(step, known)}
                values = {**known, **{f"inputs.{key}": value for key, value in inputs.items()}}
                steps = runs.rows.get("steps") if isinstance(runs, Pairs) else None
                for inner in self.of(steps, directory, depth + 1, values):
                    yield structs.replace(inner, line=step.line)
            return


def _defaults(action: Pairs) -> dict[str, str]:
    inputs = action.rows.get("inputs")
    rows = inputs.rows if isinstance(inputs, Pairs) else {}
    return {key: row.text("default") for key, row in rows.items() if isinstance(row, Pairs) and "default" in row.rows}


def _given(step: Pairs, known: Values) -> dict[str, str]:
    given = step.rows.get("with")
    rows = given.rows if isinstance(given, Pairs) else {}
    return {key: filled(row.text, known) for key, row in rows.items() if isinstance(row, Scalar)}


def variants(job: Pairs) -> list[_Variant]:
    """Rows of the matrix; Python's axis is kept whole, and the system is Linux where that is offered."""
    strategy = job.rows.get("strategy")
    matrix = strategy.rows.get("matrix") if isinstance(strategy, Pairs) else None
    if not isinstance(matrix, Pairs):
        return [_Variant(values={})]
    axes = {key: texts(node) for key, node in matrix.rows.items() if key not in ("include", "exclude") and texts(node)}
    include = included_rows(matrix.rows.get("include"))
    if not axes:
        return [_Variant(values=row, pythons=_python_in(row)) for row in include[:MOST_VARIANTS]] or [
            _Variant(values={})
        ]
    pythons = tuple(v for key, values in axes.items() if PYTHON_AXIS.fullmatch(key) for v in values)
    chosen = [[(key, value) for value in _offered(key, values)] for key, values in axes.items()]
    combined = [dict(row) for row in itertools.islice(itertools.product(*chosen), MOST_VARIANTS)]
    return [_Variant(values=_with_included(row, include, axes), pythons=pythons) for row in combined]


def _python_in(row: Values) -> tuple[str, ...]:
    return tuple(value for key, value in row.items() if PYTHON_AXIS.fullmatch(key))


def _offered(key: str, values: tuple[str, ...]) -> tuple[str, ...]:
    if PYTHON_AXIS.fullmatch(key):
        newest = newest_first(values)
        return tuple(value for value in values if newest and minor(value) == newest[0])[:1] or values[:1]
    for preferred in PREFERRED:
        found = tuple(value for value in values if preferred in value.lower())
        if found:
            return found[:1]
    return values


def _with_included(
    row: dict[str, str], include: list[dict[str, str]], axes: Mapping[str, tuple[str, ...]]
) -> dict[str, str]:
    """GitHub adds a row of `include` to each combination that it does not contradict."""
    whole = dict(row)
    for extra in include:
        if all(row.get(key) == value for key, value in extra.items() if key in axes):
            whole |= {key: value for key, value in extra.items() if key not in axes}
    return whole


def included_rows(node: Node | None) -> list[dict[str, str]]:
    tables = node.nodes if isinstance(node, Items) else ()
    return [
        {key: value.text for key, value in each.rows.items() if isinstance(value, Scalar)}
        for each in tables
        if isinstance(each, Pairs)
    ]


def texts(node: Node | None) -> tuple[str, ...]:
    match node:
        case Scalar(text=text):
            return (text,) if text else ()
        case Items(nodes=nodes):
            return tuple(each.text for each in nodes if isinstance(each, Scalar))
        case _:
            return ()


def _first(node: Node | None, known: Values) -> str:
    return filled((texts(node) or ("",))[0], known)


def env_of(holder: Pairs, known: Values) -> dict[str, str]:
    """What stays an expression is not known."""
    env = holder.rows.get("env")
    rows = env.rows if isinstance(env, Pairs) else {}
    return {key: filled(value.text, known) for key, value in rows.items() if isinstance(value, Scalar)}


def filled(text: str, known: Values) -> str:
    """Expressions whose value is known are replaced; the others stay, and are open."""
    return EXPRESSION.sub(lambda found: known.get(found["what"], found[0]), text)


def may_run(condition: str, known: Values) -> bool:
    bare = condition.strip().removeprefix("${{").removesuffix("}}").strip().strip("()").strip()
    found = COMPARED.fullmatch(bare)
    if found is None or found["name"] not in known:
        return True
    return (known[found["name"]] == found["value"]) == (found["sign"] == "==")


def directory_of(holder: Pairs, known: Values) -> str:
    defaults = holder.rows.get("defaults")
    run = defaults.rows.get("run") if isinstance(defaults, Pairs) else None
    return filled(run.text("working-directory"), known) if isinstance(run, Pairs) else ""


def inside(directory: str) -> str:
    """Relative to the root; what leads out of it or is not known is the root."""
    workspace = re.sub(r"^\$(?:\{\{\s*github\.workspace\s*\}\}|GITHUB_WORKSPACE)/?", "", directory)
    path = posixpath.normpath(workspace) if workspace else "."
    return "" if path == "." or path.startswith(("..", "/", "$")) else path


def _services(node: Node | None, known: Values) -> tuple[str, ...]:
    """Their images' names; one whose image is empty for this row of the matrix does not run."""
    rows = node.rows if isinstance(node, Pairs) else {}
    found: list[str] = []
    for name, service in rows.items():
        image = filled(service.text("image"), known) if isinstance(service, Pairs) else ""
        plain = "" if "${{" in image else posixpath.basename(image.partition("@")[0].partition(":")[0])
        found.append(plain or name)
    return tuple(dict.fromkeys(found))
