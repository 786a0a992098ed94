"""Buildkite for a survey: steps, groups, plugins, and steps that wait for somebody."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from msgspec import structs

from outpace.model.yaml_text import Items, Node, Pairs, Scalar, rows_of
from outpace.pipelines import events
from outpace.pipelines.described import Action, Definition, Described, Script, Step, items_of, pairs_of, text_of
from outpace.pipelines.events import LookUp, Lost, Origin, text_at
from outpace.pipelines.jobs import Refused, document_of
from outpace.pipelines.surveyed import Gate

FILE = re.compile(r"(?:\.buildkite/.+|buildkite)\.ya?ml")
EMOJI = re.compile(r":[\w+-]+:\s*")
MATRIX = re.compile(r"\{\{\s*matrix(?:\.\w+)?\s*\}\}")
UPLOADS = re.compile(r"buildkite-agent\s+pipeline\s+upload(?P<rest>[^\n|;&]*)")
LABELS = ("label", "name", "key", "block", "input", "group")
DEEPEST = 3
MOST_ROWS = 24


def buildkite_definitions(paths: Sequence[str], look_up: LookUp) -> Iterator[Definition]:
    for path in [path for path in paths if FILE.fullmatch(path)][:100]:
        match document_of(path, text_at(look_up, path)):
            case Pairs() as whole:
                env = tuple((key, value) for key, value in pairs_of(whole.rows.get("env")) if "$" not in value)
                steps = whole.rows.get("steps")
                if steps is not None:
                    jobs = tuple(_after_blocks(_steps(steps, path, env, 0)))
                    yield Definition(system="Buildkite", file=path, jobs=jobs)
            case Refused(why=why, origin=origin):
                lost = (Lost(what="a definition", why=why, origin=origin),)
                yield Definition(system="Buildkite", file=path, lost=lost)
            case None:
                pass


def _after_blocks(jobs: Iterator[Described]) -> Iterator[Described]:
    """Everything after a step that waits for somebody waits with it."""
    passed: list[Gate] = []
    for each in jobs:
        passed += each.gates
        yield structs.replace(each, gates=tuple(passed))


def _steps(node: Node, path: str, env: events.Pairs, depth: int) -> Iterator[Described]:
    for number, step in enumerate(items_of(node), 1):
        rows = rows_of(step)
        origin = Origin(path, step.line)
        kind = next((kind for kind in ("block", "input", "trigger", "group", "wait", "waiter") if kind in rows), "")
        label = next((text_of(rows[key]) for key in LABELS if text_of(rows.get(key))), "")
        name = EMOJI.sub("", label).strip() or f"step {number}"
        if text_of(step) in ("block", "manual", "input") or kind in ("block", "input"):
            yield Described(name=name, origin=origin, gates=(Gate(name=name, sort="block step", origin=origin),))
        elif kind == "group" and depth < DEEPEST:
            yield from _steps(rows["steps"], path, env, depth + 1) if "steps" in rows else ()
        elif kind == "trigger":
            lost = Lost(what=f"the pipeline that {name} triggers", why="it lies elsewhere", origin=origin)
            yield Described(name=name, origin=origin, lost=(lost,))
        elif rows and kind not in ("wait", "waiter"):
            yield _job(name, rows, origin, env)


def _job(name: str, rows: dict[str, Node], origin: Origin, env: events.Pairs) -> Described:
    waved = text_of(rows.get("soft_fail")) == "true" or isinstance(rows.get("soft_fail"), Items)
    own = tuple(sorted({**dict(env), **{k: v for k, v in pairs_of(rows.get("env")) if "$" not in v}}.items()))
    steps: dict[Step, None] = {}
    lost: list[Lost] = []
    for key in ("command", "commands", "script"):
        for each in items_of(rows.get(key)):
            for value in _values(rows.get("matrix")):
                text = UPLOADS.sub("true", MATRIX.sub(value, text_of(each)))
                at = Origin(origin.file, each.line + ("\n" in text_of(each)))
                steps[Script(text=text, origin=at, env=own, waved=waved)] = None
            uploads = [found["rest"].strip() for found in UPLOADS.finditer(text_of(each))]
            if any(not file.startswith(".buildkite") for file in uploads):
                lost.append(Lost(what="a pipeline that is uploaded", why="it is made by the run", origin=origin))
    for plugin in items_of(rows.get("plugins")):
        steps |= dict.fromkeys(_plugin(plugin, origin, waved=waved))
    return Described(name=name, origin=origin, steps=tuple(steps), lost=tuple(lost))


def _plugin(node: Node, origin: Origin, *, waved: bool) -> Iterator[Step]:
    for named, given in rows_of(node).items() or ((text_of(node), node),):
        name = named.partition("#")[0].rpartition("/")[2].removesuffix("-buildkite-plugin")
        pushes = name == "docker-compose" and "push" in rows_of(given)
        yield Action(name=f"buildkite {name}", origin=origin, given=pairs_of(given), waved=waved)
        if pushes:
            yield Script(text="docker-compose push", origin=origin, waved=waved)


def _values(node: Node | None) -> list[str]:
    """Of a matrix; one value that nobody knows where it is none."""
    setup = rows_of(node).get("setup", node)
    rows = setup.nodes if isinstance(setup, Items) else [v for each in rows_of(setup).values() for v in items_of(each)]
    return [each.text for each in rows if isinstance(each, Scalar)][:MOST_ROWS] or ["${matrix}"]
