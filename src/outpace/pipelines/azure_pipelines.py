"""Azure Pipelines for a survey: stages, deployments, templates of the tree, tasks, validations by hand."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Sequence

from msgspec import structs

from outpace.model.yaml_text import Items, Node, Pairs, rows_of
from outpace.pipelines import events
from outpace.pipelines.described import Action, Definition, Described, Script, Step, items_of, pairs_of, text_of
from outpace.pipelines.events import LookUp, Lost, Origin, text_at
from outpace.pipelines.jobs import Refused, document_of
from outpace.pipelines.surveyed import Gate

FILE = re.compile(
    r"(?:\.azure-pipelines/|\.azuredevops/|azure-pipelines/|\.pipelines/)?[\w.-]*azure[-_]?pipelines?[\w.-]*\.ya?ml"
    r"|(?:\.azure-pipelines|\.azuredevops|\.pipelines|\.azure)/[\w.-]+\.ya?ml"
)
PARAMETER = re.compile(r"\$\{\{\s*(?:parameters|variables)\.(?P<name>[\w.-]+)\s*\}\}")
EXPRESSION = re.compile(r"\$\{\{[^{}]*\}\}")
MACRO = re.compile(r"\$\((?P<name>[A-Za-z_][\w.-]*)\)")
SCRIPTS = ("Bash", "CmdLine", "PowerShell", "ShellScript", "AzureCLI", "AzurePowerShell", "BatchScript")
SHELLS = ("script", "bash", "pwsh", "powershell")
BY_HAND = re.compile(r"task Manual(?:Validation|Intervention)@\d+", re.IGNORECASE)
BEGINS = frozenset({"trigger", "pr", "schedules", "pool", "resources", "extends"})
RUNS = frozenset({"steps", "jobs", "stages", "extends"})
DEEPEST = 6
MOST_TEMPLATES = 80
Values = dict[str, str]
Names = tuple[str, ...]


def azure_definitions(paths: Sequence[str], look_up: LookUp) -> Iterator[Definition]:
    for path in [path for path in paths if FILE.fullmatch(path)][:60]:
        match document_of(path, text_at(look_up, path)):
            case Pairs() as whole if RUNS & whole.rows.keys() and not _is_template(whole):
                reading = _Pipeline(path, look_up)
                jobs = tuple(reading.jobs(whole))
                yield Definition(system="Azure Pipelines", file=path, jobs=jobs, lost=tuple(reading.lost))
            case Refused(why=why, origin=origin):
                lost = (Lost(what="a definition", why=why, origin=origin),)
                yield Definition(system="Azure Pipelines", file=path, lost=lost)
            case _:
                pass


def _is_template(whole: Pairs) -> bool:
    """Whether it is read where it is used: it has parameters and nothing begins it."""
    return "parameters" in whole.rows and not BEGINS & whole.rows.keys()


class _Pipeline:
    def __init__(self, path: str, look_up: LookUp) -> None:
        self._path = path
        self._look_up = look_up
        self._left = MOST_TEMPLATES
        self.lost: list[Lost] = []

    def jobs(self, whole: Pairs) -> Iterator[Described]:
        values = {**_defaults(whole), **_variables(whole.rows.get("variables"))}
        by_hand = text_of(whole.rows.get("trigger")) == "none" and text_of(whole.rows.get("pr")) in ("none", "")
        for each in self._of(whole.rows, self._path, values, (), 0):
            yield structs.replace(each, for_changes=not by_hand)

    def _of(
        self, rows: dict[str, Node], path: str, values: Values, around: tuple[str, ...], depth: int
    ) -> Iterator[Described]:
        if "extends" in rows:
            yield from self._templated(rows_of(rows["extends"]), path, values, around, depth)
        for stage in _flat(rows.get("stages"), 0):
            yield from self._stage(stage, path, values, around, depth)
        for job in _flat(rows.get("jobs"), 0):
            yield from self._job(job, path, values, around, depth)
        if "steps" in rows:
            first = next(iter(_flat(rows["steps"], 0)), None)
            line = 0 if first is None else first.line
            yield self._described("job", rows, path, line, values, around, depth)

    def _stage(
        self, stage: Node, path: str, values: Values, around: tuple[str, ...], depth: int
    ) -> Iterator[Described]:
        rows = rows_of(stage)
        if "template" in rows:
            yield from self._templated(rows, path, values, around, depth)
        name = text_of(rows.get("stage"))
        inside = {**values, **_variables(rows.get("variables"))}
        for job in _flat(rows.get("jobs"), 0):
            yield from self._job(job, path, inside, (*around, name), depth)
        if "steps" in rows:
            yield self._described(name or "job", rows, path, stage.line, inside, around, depth)

    def _job(self, job: Node, path: str, values: Values, around: tuple[str, ...], depth: int) -> Iterator[Described]:
        rows = rows_of(job)
        if "template" in rows:
            yield from self._templated(rows, path, values, around, depth)
            return
        name = text_of(rows.get("job")) or text_of(rows.get("deployment")) or "job"
        inside = {**values, **_variables(rows.get("variables"))}
        yield self._described(name, rows, path, job.line, inside, around, depth)

    def _described(
        self,
        name: str,
        rows: dict[str, Node],
        path: str,
        line: int,
        values: Values,
        around: tuple[str, ...],
        depth: int,
    ) -> Described:
        steps: dict[Step, None] = {}
        waved = text_of(rows.get("continueOnError")) == "true"
        strategy = rows_of(rows.get("strategy"))
        for row in list(rows_of(strategy.get("matrix")).values())[:24] or [None]:
            inside = {**values, **dict(pairs_of(row))}
            for node in (rows.get("steps"), *_phases(strategy)):
                steps |= dict.fromkeys(self._steps(node, path, inside, waved=waved, depth=depth))
        environment = rows.get("environment")
        where = environment.text("name") if isinstance(environment, Pairs) else text_of(environment)
        where = EXPRESSION.sub("", _filled(where.partition(".")[0], values))
        origin = Origin(path, line)
        gates: list[Gate] = []
        if environment is not None:
            gates.append(Gate(name=where or name, sort="environment", origin=origin, manual=None))
        by_hand = [each for each in steps if isinstance(each, Action) and BY_HAND.fullmatch(each.name)]
        gates += [Gate(name=name, sort="approval", origin=each.origin) for each in by_hand]
        return Described(
            name=name,
            origin=origin,
            steps=tuple(_unversioned(each) for each in steps if each not in by_hand),
            gates=tuple(gates),
            around=(*around, where),
            delivers="a deployment of Azure" if "deployment" in rows else "",
        )

    def _templated(
        self, rows: dict[str, Node], path: str, values: Values, around: tuple[str, ...], depth: int
    ) -> Iterator[Described]:
        found = self._template(rows, path, values, depth)
        if found is not None:
            inner, where, given = found
            yield from self._of(inner.rows, where, given, around, depth + 1)

    def _template(
        self, rows: dict[str, Node], path: str, values: Values, depth: int
    ) -> tuple[Pairs, str, Values] | None:
        named = text_of(rows.get("template"))
        folder = "" if named.startswith("/") else posixpath.dirname(path)
        where = posixpath.normpath(posixpath.join(folder, named.lstrip("/")))
        self._left -= 1
        whole = None if "@" in named or where.startswith("..") else document_of(where, text_at(self._look_up, where))
        if isinstance(whole, Pairs) and depth < DEEPEST and self._left > 0:
            given = {key: _filled(value, values) for key, value in pairs_of(rows.get("parameters"))}
            return whole, where, {**values, **_defaults(whole), **given}
        why = "it lies in another repository" if "@" in named else "it could not be read"
        line = next((node.line for node in rows.values()), 0)
        self.lost.append(Lost(what=f"the template {named.partition('@')[0]}", why=why, origin=Origin(path, line)))
        return None

    def _steps(self, node: Node | None, path: str, values: Values, *, waved: bool, depth: int) -> Iterator[Step]:
        for step in _flat(node, 0):
            rows = rows_of(step)
            failing = waved or text_of(rows.get("continueOnError")) == "true"
            if "template" in rows:
                found = self._template(rows, path, values, depth)
                if found is not None:
                    inner, where, given = found
                    yield from self._steps(inner.rows.get("steps"), where, given, waved=failing, depth=depth + 1)
                continue
            shell = next((key for key in SHELLS if key in rows), "")
            told = ((key, _filled(value, values)) for key, value in pairs_of(rows.get("env")))
            env = tuple(sorted((key, value) for key, value in told if "$" not in value))
            if shell:
                yield self._script(rows[shell], path, values, env, text_of(rows.get("workingDirectory")), waved=failing)
            elif "task" in rows:
                yield from self._task(step, rows, path, values, env, waved=failing)

    def _script(self, node: Node, path: str, values: Values, env: events.Pairs, where: str, *, waved: bool) -> Script:
        text = text_of(node)
        origin = Origin(path, node.line + ("\n" in text))
        directory = _filled(where, values)
        inside = "" if "$" in directory or directory.startswith(("/", "..")) else directory
        return Script(
            text=_macros(_filled(text, values), values), origin=origin, env=env, directory=inside, waved=waved
        )

    def _task(
        self, step: Node, rows: dict[str, Node], path: str, values: Values, env: events.Pairs, *, waved: bool
    ) -> Iterator[Step]:
        """Tasks that run what they are told are read as that."""
        name = text_of(rows["task"])
        given = {key.lower(): _macros(_filled(value, values), values) for key, value in pairs_of(rows.get("inputs"))}
        origin = Origin(path, step.line)
        base = name.partition("@")[0]
        told = _told(base, given)
        if told:
            yield Script(text=told, origin=origin, env=env, waved=waved)
        elif base not in SCRIPTS:
            yield Action(name=f"task {name}", origin=origin, given=tuple(given.items()), waved=waved)


def _told(task: str, given: Values) -> str:
    """The command of a task that runs one; empty where it is another kind of task."""
    command = given.get("command", "")
    if task in SCRIPTS:
        file = given.get("filepath") or given.get("scriptpath", "")
        inline = given.get("script") or given.get("inlinescript", "")
        return inline if inline or not file else f"./{file.removeprefix('./')}"
    custom = given.get("customcommand", "install") if command == "custom" else command or "install"
    told = {
        "Npm": f"npm {custom}",
        "Maven": f"mvn {given.get('goals', 'package')} {given.get('options', '')}",
        "Gradle": f"gradle {given.get('tasks', 'build')} {given.get('options', '')}",
        "DotNetCoreCLI": f"dotnet {command or 'build'}",
        "NuGetCommand": f"nuget {command or 'restore'}",
        "Docker": "docker build .\ndocker push" if command in ("", "buildAndPush") else f"docker {command}",
        "DockerCompose": f"docker-compose {given.get('dockercomposecommand') or given.get('action', 'up')}",
        "PythonScript": f"python {given.get('scriptpath') or '-c ' + repr(given.get('script', ''))}",
    }
    return told.get(task, "")


def _unversioned(step: Step) -> Step:
    return structs.replace(step, name=step.name.partition("@")[0]) if isinstance(step, Action) else step


def _flat(node: Node | None, depth: int) -> Iterator[Node]:
    """Items, and those under `${{ if }}` and `${{ each }}`, whichever holds."""
    for each in node.nodes if isinstance(node, Items) else ():
        rows = rows_of(each)
        conditional = [value for key, value in rows.items() if key.startswith("${{")]
        if conditional and depth < DEEPEST:
            for value in conditional:
                yield from _flat(value, depth + 1)
        else:
            yield each


def _phases(strategy: dict[str, Node]) -> Iterator[Node]:
    for kind in ("runOnce", "rolling", "canary"):
        for phase, node in rows_of(strategy.get(kind)).items():
            if phase == "on":
                yield from (rows["steps"] for rows in map(rows_of, rows_of(node).values()) if "steps" in rows)
            elif "steps" in rows_of(node):
                yield rows_of(node)["steps"]


def _defaults(whole: Pairs) -> Values:
    parameters = whole.rows.get("parameters")
    if isinstance(parameters, Pairs):
        return dict(pairs_of(parameters))
    listed = [each for each in items_of(parameters) if isinstance(each, Pairs)]
    return {each.text("name"): each.text("default") for each in listed if "default" in each.rows}


def _variables(node: Node | None) -> Values:
    if isinstance(node, Pairs):
        return dict(pairs_of(node))
    listed = [each for each in items_of(node) if isinstance(each, Pairs)]
    return {each.text("name"): each.text("value") for each in listed if each.text("name")}


def _filled(text: str, values: Values) -> str:
    return PARAMETER.sub(lambda found: values.get(found["name"], found[0]), text)


def _macros(text: str, values: Values) -> str:
    """`$(name)` is a variable of the pipeline's; one that nobody sets may be a command of the shell's."""

    def value(found: re.Match[str]) -> str:
        known = values.get(found["name"])
        return known if known is not None else "${" + re.sub(r"\W", "_", found["name"]) + "}"

    return MACRO.sub(value, text)
