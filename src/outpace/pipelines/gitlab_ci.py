"""Jobs of GitLab CI: `extends`, `default`, `include` of files of the repository, images, services, variables."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from outpace.model.yaml_text import Items, Node, Pairs, Scalar, rows_of
from outpace.pipelines.events import LookUp, Origin, text_at
from outpace.pipelines.github_actions import texts
from outpace.pipelines.jobs import Job, Refused, Step, document_of, newest_first, python_of_image

FILES = (".gitlab-ci.yml", ".gitlab-ci.yaml")
NO_JOBS = frozenset(
    {"stages", "variables", "default", "include", "workflow", "image", "services", "before_script", "after_script",
     "cache", "spec", "pages"}
)  # fmt: skip
VARIABLE = re.compile(r"\$(?:\{(?P<braced>\w+)\}|(?P<bare>\w+))")
DEEPEST = 6
MOST_FILES = 20


def gitlab_jobs(paths: Sequence[str], look_up: LookUp) -> Iterator[Job | Refused]:
    for path in FILES:
        if path not in paths:
            continue
        whole: dict[str, tuple[Node, str]] = {}
        yield from _collected(path, look_up, whole, set())
        yield from _jobs(whole)


def _collected(path: str, look_up: LookUp, whole: dict[str, tuple[Node, str]], seen: set[str]) -> Iterator[Refused]:
    """Rows of the file win over those of what it includes."""
    text = text_at(look_up, path)
    if text is None or path in seen or len(seen) > MOST_FILES:
        return
    seen.add(path)
    document = document_of(path, text)
    if isinstance(document, Refused):
        yield document
    if not isinstance(document, Pairs):
        return
    for name, node in document.rows.items():
        whole.setdefault(name, (node, path))
    for included in _included(document.rows.get("include")):
        yield from _collected(included, look_up, whole, seen)


def _included(node: Node | None) -> Iterator[str]:
    """Files of the repository alone."""
    for each in node.nodes if isinstance(node, Items) else (node,):
        name = each.text("local") if isinstance(each, Pairs) else each.text if isinstance(each, Scalar) else ""
        if name and "://" not in name and "$" not in name and "*" not in name:
            yield name.lstrip("/")


def _jobs(whole: dict[str, tuple[Node, str]]) -> Iterator[Job]:
    tables = {name: node for name, (node, _) in whole.items() if isinstance(node, Pairs)}
    shared = {**{n: node for n, (node, _) in whole.items() if n in NO_JOBS}, **rows_of(tables.get("default"))}
    for name, node in tables.items():
        if name in NO_JOBS or name.startswith("."):
            continue
        rows = {**shared, **_extended(node, tables, 0)}
        if "script" in rows:
            yield _job(name, rows, Origin(whole[name][1], node.line), variables_of(shared.get("variables")))


def _extended(node: Pairs, tables: dict[str, Pairs], depth: int) -> dict[str, Node]:
    found: dict[str, Node] = {}
    for name in texts(node.rows.get("extends")) if depth < DEEPEST else ():
        if name in tables:
            found |= _extended(tables[name], tables, depth + 1)
    return {**found, **node.rows}


def _job(name: str, rows: dict[str, Node], origin: Origin, shared: dict[str, str]) -> Job:
    env = {**shared, **variables_of(rows.get("variables"))}
    row, pythons = _matrix(rows.get("parallel"))
    env |= row
    image = rows.get("image")
    told = _filled(image.text("name") if isinstance(image, Pairs) else (texts(image) or ("",))[0], env)
    lines = [*_lines(rows.get("before_script")), *_lines(rows.get("script"))]
    known = tuple(sorted((key, value) for key, value in env.items() if "$" not in value))
    own = python_of_image(told)
    return Job(
        name=name,
        origin=origin,
        steps=_one_shell(lines, known, tuple(sorted(key for key, value in env.items() if "$" in value))),
        pythons=tuple(dict.fromkeys((*((own,) if own else ()), *newest_first(pythons)))),
        services=tuple(_service(each) for each in _items(rows.get("services"))),
    )


def _one_shell(lines: list[Scalar], env: tuple[tuple[str, str], ...], unset: tuple[str, ...]) -> tuple[Step, ...]:
    """All lines are told to one shell, so that a `cd` lasts; each stays on its line as far as the file is in order."""
    if not lines:
        return ()
    first = lines[0].line
    script = ""
    for each in lines:
        script += "\n" * min(max(each.line - first - script.count("\n"), bool(script)), 10_000) + each.text.rstrip("\n")
    return (Step(script=script, line=first, env=env, unset=unset),)


def variables_of(node: Node | None) -> dict[str, str]:
    found: dict[str, str] = {}
    for key, value in rows_of(node).items():
        text = value.text if isinstance(value, Scalar) else value.text("value") if isinstance(value, Pairs) else ""
        found[key] = text
    return found


def _matrix(node: Node | None) -> tuple[dict[str, str], tuple[str, ...]]:
    """The first row that it begins with, and every Python that it names."""
    matrix = node.rows.get("matrix") if isinstance(node, Pairs) else None
    row: dict[str, str] = {}
    pythons: list[str] = []
    for each in _items(matrix):
        for key, value in rows_of(each).items():
            named = texts(value)
            is_python = "py" in key.lower()
            newest = newest_first(named) if is_python else ()
            pythons += named if is_python else ()
            if named:
                row.setdefault(key, next((v for v in named if newest and v.startswith(newest[0])), named[0]))
    return row, tuple(pythons)


def _filled(text: str, env: dict[str, str]) -> str:
    return VARIABLE.sub(lambda found: env.get(found["braced"] or found["bare"], found[0]), text)


def _lines(node: Node | None) -> Iterator[Scalar]:
    """Lists within lists are one list for GitLab."""
    match node:
        case Scalar():
            yield node
        case Items(nodes=nodes):
            for each in nodes:
                yield from _lines(each)
        case _:
            return


def _items(node: Node | None) -> tuple[Node, ...]:
    return node.nodes if isinstance(node, Items) else ()


def _service(node: Node) -> str:
    name = node.text("name") if isinstance(node, Pairs) else node.text if isinstance(node, Scalar) else ""
    return name.rpartition("/")[2].partition(":")[0] or "a service"
