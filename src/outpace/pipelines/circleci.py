"""Jobs of CircleCI: docker images, executors, commands of the file itself; parameters by their defaults."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from outpace.model.yaml_text import Items, Node, Pairs, Scalar, rows_of
from outpace.pipelines.events import LookUp, Origin, text_at
from outpace.pipelines.jobs import Job, Refused, Step, document_of, python_of_image

FILES = (".circleci/config.yml", ".circleci/config.yaml")
NO_WORD = re.compile(r"\W")
EXPRESSION = re.compile(r"<<\s*(?:parameters\.)?(?P<name>[\w.-]+)\s*>>")
DEEPEST = 4
Values = dict[str, str]


def circle_jobs(paths: Sequence[str], look_up: LookUp) -> Iterator[Job | Refused]:
    for path in [path for path in FILES if path in paths]:
        match document_of(path, text_at(look_up, path)):
            case Pairs() as whole:
                yield from _Configuration(path, whole).jobs()
            case Refused() as refused:
                yield refused
            case None:
                pass


class _Configuration:
    def __init__(self, path: str, whole: Pairs) -> None:
        self._path = path
        self._whole = whole

    def jobs(self) -> Iterator[Job]:
        for name, job in rows_of(self._whole.rows.get("jobs")).items():
            if isinstance(job, Pairs):
                yield self._job(name, job)

    def _job(self, name: str, job: Pairs) -> Job:
        values = defaults_of(job)
        images = [filled(image, values) for image in self._images(job)]
        python = python_of_image(images[0]) if images else ""
        env = _environment(job.rows.get("environment"))
        told = job.text("working_directory")
        directory = "" if told.startswith(("~", "/")) else told
        steps = tuple(
            self._steps(job.rows.get("steps"), values, env, "" if directory.startswith(("~", "/")) else directory)
        )
        return Job(
            name=name,
            origin=Origin(self._path, job.line),
            steps=steps,
            pythons=(python,) if python else (),
            services=tuple(image.rpartition("/")[2].partition(":")[0] for image in images[1:]),
            is_linux="macos" not in job.rows,
        )

    def _images(self, job: Pairs) -> list[str]:
        """The first is where the steps run; those after it are services."""
        docker = job.rows.get("docker")
        if docker is None:
            executor = job.rows.get("executor")
            name = executor.text("name") if isinstance(executor, Pairs) else _text(executor)
            named = rows_of(self._whole.rows.get("executors")).get(name)
            docker = named.rows.get("docker") if isinstance(named, Pairs) else None
        items = docker.nodes if isinstance(docker, Items) else ()
        return [each.text("image") for each in items if isinstance(each, Pairs)]

    def _steps(self, node: Node | None, values: Values, env: Values, directory: str, depth: int = 0) -> Iterator[Step]:
        for step in node.nodes if isinstance(node, Items) and depth < DEEPEST else ():
            if isinstance(step, Scalar):
                yield from self._command(step.text, None, env, directory, depth)
            elif isinstance(step, Pairs) and step.rows:
                name, given = next(iter(step.rows.items()))
                if name == "run":
                    yield from _run(given, values, env, directory)
                elif name in ("when", "unless") and isinstance(given, Pairs):
                    yield from self._steps(given.rows.get("steps"), values, env, directory, depth + 1)
                else:
                    yield from self._command(name, given, env, directory, depth)

    def _command(self, name: str, given: Node | None, env: Values, directory: str, depth: int) -> Iterator[Step]:
        command = rows_of(self._whole.rows.get("commands")).get(name)
        if isinstance(command, Pairs):
            told = {key: value.text for key, value in rows_of(given).items() if isinstance(value, Scalar)}
            yield from self._steps(
                command.rows.get("steps"), {**defaults_of(command), **told}, env, directory, depth + 1
            )


def _run(given: Node, values: Values, env: Values, directory: str) -> Iterator[Step]:
    command = given.rows.get("command") if isinstance(given, Pairs) else given
    if not isinstance(command, Scalar):
        return
    own = {**env, **(_environment(given.rows.get("environment")) if isinstance(given, Pairs) else {})}
    where = filled(given.text("working_directory"), values) if isinstance(given, Pairs) else ""
    inside = where if where and not where.startswith(("~", "/", "..")) else directory
    yield Step(
        script=filled(command.text, values),
        line=command.line + ("\n" in command.text),
        env=tuple(sorted((k, v) for k, v in own.items() if "<<" not in v and "$" not in v)),
        unset=tuple(sorted(k for k, v in own.items() if "<<" in v or "$" in v)),
        directory=inside.removeprefix("./"),
    )


def _text(node: Node | None) -> str:
    return node.text if isinstance(node, Scalar) else ""


def defaults_of(holder: Pairs) -> Values:
    rows = rows_of(holder.rows.get("parameters"))
    return {name: row.text("default") for name, row in rows.items() if isinstance(row, Pairs) and "default" in row.rows}


def filled(text: str, values: Values) -> str:
    """What is not known becomes a variable that nobody has set."""
    return EXPRESSION.sub(lambda found: values.get(found["name"], "${" + NO_WORD.sub("_", found["name"]) + "}"), text)


def _environment(node: Node | None) -> Values:
    return {key: value.text for key, value in rows_of(node).items() if isinstance(value, Scalar)}
