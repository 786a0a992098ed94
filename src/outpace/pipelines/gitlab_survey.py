"""GitLab CI for a survey: includes, child pipelines, references, manual jobs and environments."""

from __future__ import annotations

import fnmatch
import itertools
import posixpath
import re
from collections.abc import Iterator, Sequence

from outpace.model.yaml_text import Items, Node, Pairs, Scalar, rows_of
from outpace.pipelines.described import Action, Definition, Described, Script, items_of, name_words, text_of
from outpace.pipelines.events import LookUp, Lost, Origin, text_at
from outpace.pipelines.gitlab_ci import FILES, NO_JOBS, variables_of
from outpace.pipelines.jobs import Refused, document_of
from outpace.pipelines.surveyed import Gate

REFERENCE = re.compile(r"!reference\s*\[")
REFERRED = "!reference"  # becomes the first of the names that follow
VARIABLE = re.compile(r"\$\{?(?P<name>\w+)\}?")
ONLY_ELSEWHERE = re.compile(r"CI_COMMIT_TAG\b(?!\s*==\s*null)|schedule|\bweb\b|trigger|\bapi\b")
DEEPEST = 6
MOST_FILES = 40
MOST_ROWS = 24
DELIVERS = frozenset({"deploy", "release", "publish", "promote", "rollout", "production", "prod", "staging", "ship"})


def gitlab_definitions(paths: Sequence[str], look_up: LookUp) -> Iterator[Definition]:
    for path in FILES:
        if path in paths:
            yield _Pipeline(paths, look_up).definition(path)


class _Pipeline:
    """One file with all that it includes; rows of the file win over those of what it includes."""

    def __init__(self, paths: Sequence[str], look_up: LookUp) -> None:
        self._paths = paths
        self._look_up = look_up
        self._whole: dict[str, tuple[Node, str]] = {}
        self._seen: set[str] = set()
        self._lost: list[Lost] = []
        self._templates: list[Action] = []

    def definition(self, path: str, depth: int = 0) -> Definition:
        self._collect(path)
        jobs = tuple(self._jobs(depth))
        templates = tuple(Described(name=each.name, origin=each.origin, steps=(each,)) for each in self._templates)
        return Definition(system="GitLab CI", file=path, jobs=(*jobs, *templates), lost=tuple(self._lost))

    def _collect(self, path: str) -> None:
        text = text_at(self._look_up, path)
        if path in self._seen:
            return
        self._seen.add(path)
        if text is None or len(self._seen) > MOST_FILES:
            self._lose(f"the include {path}", "it does not lie in the tree", Origin(path))
            return
        match document_of(path, REFERENCE.sub(f'["{REFERRED}", ', text)):
            case Refused(why=why, origin=origin):
                self._lose("a definition", why, origin)
            case Pairs() as document:
                for name, node in document.rows.items():
                    self._whole.setdefault(name, (node, path))
                for each in items_of(document.rows.get("include")):
                    self._include(each, path)
            case None:
                pass

    def _include(self, node: Node, path: str) -> None:
        origin = Origin(path, node.line)
        local = node.text("local") if isinstance(node, Pairs) else text_of(node)
        if isinstance(node, Pairs) and node.text("template"):
            self._templates.append(Action(name=f"gitlab template {node.text('template')}", origin=origin))
        elif local and "://" not in local and "$" not in local:
            wanted = local.lstrip("/")
            matching = fnmatch.filter(self._paths, wanted) if "*" in wanted else [wanted]
            for each in matching:
                self._collect(posixpath.normpath(each))
        else:
            rows = node.rows if isinstance(node, Pairs) else {}
            kind = next((kind for kind in ("project", "remote", "component", "artifact") if kind in rows), "remote")
            self._lose(f"an include of GitLab ({kind})", "it lies elsewhere", origin)

    def _lose(self, what: str, why: str, origin: Origin) -> None:
        self._lost.append(Lost(what=what, why=why, origin=origin))

    def _jobs(self, depth: int) -> Iterator[Described]:
        tables = {name: node for name, (node, _) in self._whole.items() if isinstance(node, Pairs)}
        plain = {name: node for name, (node, _) in self._whole.items() if name in NO_JOBS}
        shared = {**plain, **rows_of(tables.get("default"))}
        for name, node in tables.items():
            if name.startswith(".") or (name in NO_JOBS and name != "pages"):
                continue
            rows = {**shared, **self._extended(node, tables, 0)}
            origin = Origin(self._whole[name][1], node.line)
            if "trigger" in rows:
                yield from self._triggered(name, rows["trigger"], origin, depth)
            elif "script" in rows or "run" in rows:
                yield self._job(name, rows, origin, variables_of(shared.get("variables")))

    def _extended(self, node: Pairs, tables: dict[str, Pairs], depth: int) -> dict[str, Node]:
        found: dict[str, Node] = {}
        for each in items_of(node.rows.get("extends")) if depth < DEEPEST else ():
            name = text_of(each)
            if name in tables:
                found |= self._extended(tables[name], tables, depth + 1)
            else:
                self._lose(f"what extends {name}", "it lies elsewhere", Origin(self._file_of(node), node.line))
        return {**found, **node.rows}

    def _file_of(self, node: Pairs) -> str:
        return next((path for each, path in self._whole.values() if each is node), FILES[0])

    def _triggered(self, name: str, trigger: Node, origin: Origin, depth: int) -> Iterator[Described]:
        for each in items_of(trigger.rows.get("include")) if isinstance(trigger, Pairs) else ():
            local = each.text("local") if isinstance(each, Pairs) else text_of(each)
            child = local.lstrip("/")
            if child in self._paths and depth < DEEPEST and child not in self._seen:
                inner = _Pipeline(self._paths, self._look_up)
                inner._seen |= self._seen
                definition = inner.definition(child, depth + 1)
                self._lost += definition.lost
                yield from definition.jobs
                return
        yield Described(
            name=name,
            origin=origin,
            lost=(Lost(what=f"the pipeline that {name} triggers", why="it lies elsewhere", origin=origin),),
        )

    def _job(self, name: str, rows: dict[str, Node], origin: Origin, shared: dict[str, str]) -> Described:
        env = {**shared, **variables_of(rows.get("variables"))}
        waved = text_of(rows.get("allow_failure")) == "true"
        steps: dict[Script, None] = {}
        for row in _matrix(rows.get("parallel")):
            told = {**env, **row}
            known = tuple(sorted((key, value) for key, value in told.items() if "$" not in value))
            for part in ("before_script", "script", "after_script"):
                lines = tuple(self._lines(rows.get(part), 0))
                if lines:
                    text = "\n".join(each.text for each in lines)
                    at = Origin(origin.file, lines[0].line)
                    steps[Script(text=text, origin=at, env=known, waved=waved or part == "after_script")] = None
        environment = rows.get("environment")
        where = environment.text("name") if isinstance(environment, Pairs) else text_of(environment)
        action = environment.text("action") if isinstance(environment, Pairs) else ""
        stage = text_of(rows.get("stage"))
        lost = () if "run" not in rows else (Lost(what=f"steps of {name}", why="they are not read", origin=origin),)
        return Described(
            name=name,
            origin=origin,
            steps=tuple(steps),
            gates=tuple(_gates(name, rows, where, stage, origin)),
            lost=lost,
            around=(stage, VARIABLE.sub("", where)),
            for_changes=_is_for_changes(rows),
            delivers="an environment of GitLab" if where and action in ("", "start") else "",
        )

    def _lines(self, node: Node | None, depth: int) -> Iterator[Scalar]:
        """Lists within lists are one list; `!reference [job, key]` was made such a list of names."""
        match node:
            case Scalar():
                yield node
            case Items(nodes=nodes):
                names = [text_of(each) for each in nodes]
                inner = nodes if names[:1] != [REFERRED] else items_of(self._referred(names[1:]))
                for each in inner if depth < DEEPEST else ():
                    yield from self._lines(each, depth + 1)
            case _:
                return

    def _referred(self, names: list[str]) -> Node | None:
        if not names or names[0] not in self._whole:
            self._lose(f"what {' '.join(names[:2])} refers to", "it lies elsewhere", Origin(FILES[0]))
            return None
        node: Node | None = self._whole[names[0]][0]
        for name in names[1:]:
            node = rows_of(node).get(name)
        return node


def _matrix(node: Node | None) -> list[dict[str, str]]:
    found: list[dict[str, str]] = []
    for each in items_of(rows_of(node).get("matrix")):
        axes = [[(key, text_of(v)) for v in items_of(value)] for key, value in rows_of(each).items()]
        found += [dict(row) for row in itertools.islice(itertools.product(*axes), MOST_ROWS)]
    return found[:MOST_ROWS] or [{}]


def _is_for_changes(rows: dict[str, Node]) -> bool:
    """Not where every rule speaks of tags, schedules or other occasions."""
    only = [text_of(each) for each in items_of(rows.get("only"))]
    if only and all(each in ("tags", "schedules", "web", "triggers", "api") for each in only):
        return False
    rules = [each for each in items_of(rows.get("rules")) if isinstance(each, Pairs) and each.text("when") != "never"]
    conditions = [each.text("if") for each in rules]
    return not conditions or not all(ONLY_ELSEWHERE.search(each) for each in conditions)


def _gates(name: str, rows: dict[str, Node], where: str, stage: str, origin: Origin) -> Iterator[Gate]:
    """A manual job is a gate where the pipeline waits for it, or where it delivers; otherwise it is only offered."""
    rules = [each for each in items_of(rows.get("rules")) if isinstance(each, Pairs)]
    by_rule = [each for each in rules if each.text("when") == "manual"]
    is_manual = text_of(rows.get("when")) == "manual"
    told = text_of(rows.get("allow_failure"))
    waits = (is_manual and told == "false") or any((each.text("allow_failure") or told) != "true" for each in by_rule)
    delivers = bool(where) or bool(name_words(name, stage) & DELIVERS)
    if (is_manual or by_rule) and (waits or delivers):
        yield Gate(name=name, sort="manual job", origin=origin)
    elif where and "$" not in where and "review" not in where:
        yield Gate(name=where, sort="environment", origin=origin, manual=None)
