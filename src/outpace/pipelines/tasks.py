"""Tasks that pyproject.toml names: PDM's and Rye's scripts, Poe's and taskipy's tasks, Hatch's environments."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Mapping
from typing import cast

from msgspec import Struct

from outpace.model.toml import document_or_empty, table
from outpace.pipelines.events import LookUp, Origin, Pairs, text_at

PROJECT = "pyproject.toml"
KINDS = {
    "poe": ("poe", "tasks"), "task": ("taskipy", "tasks"), "pdm": ("pdm", "scripts"), "rye": ("rye", "scripts"),
}  # fmt: skip
DEEPEST = 8
HATCH_ARGUMENTS = re.compile(r"\{args(?::([^{}]*))?\}")


class Line(Struct, frozen=True, kw_only=True):
    """One command of a task, as text for a shell."""

    text: str
    origin: Origin
    env: Pairs = ()


def task_lines(look_up: LookUp, kind: str, name: str, rest: tuple[str, ...]) -> tuple[Line, ...]:
    """Empty where the project names no such task."""
    text = text_at(look_up, PROJECT)
    tasks = table(document_or_empty((text or "").encode()).get("tool"))
    for key in KINDS.get(kind, ("",)):
        tasks = table(tasks.get(key))
    return () if text is None else tuple(_named(text, tasks, name, rest, 0))


def _named(text: str, tasks: Mapping[str, object], name: str, rest: tuple[str, ...], depth: int) -> Iterator[Line]:
    if name not in tasks or depth > DEEPEST:
        return
    env = table(table(tasks[name]).get("env"))
    origin = Origin(PROJECT, line_of_key(text, name))
    for told in _told(tasks[name], rest):
        first = (told.split() or [""])[0]
        if first in tasks and first != name:
            yield from _named(text, tasks, first, (), depth + 1)
        else:
            own = tuple(sorted((key, value) for key, value in env.items() if isinstance(value, str)))
            yield Line(text=told, origin=origin, env=own)


def _told(told: object, rest: tuple[str, ...]) -> Iterator[str]:
    """A task as text, as a list of tasks, or as a table that names one of these."""
    match told:
        case str():
            yield " ".join((told.replace("{args}", ""), *map(shlex.quote, rest)))
        case list():
            for each in cast("list[object]", told):
                yield from _told(each, ())
        case dict():
            rows = table(cast("object", told))
            words = rows.get("cmd")
            if isinstance(words, list):
                yield from _told(shlex.join(str(word) for word in cast("list[object]", words)), rest)
            else:
                for key in ("cmd", "shell", "sequence", "composite", "chain", "ref"):
                    yield from _told(rows.get(key), rest)
        case _:
            return


class HatchEnvironment(Struct, frozen=True, kw_only=True):
    origin: Origin
    installs: tuple[str, ...]
    scripts: Mapping[str, object]

    def lines(self, script: str, depth: int = 0) -> Iterator[str]:
        """Empty where no script is called so; then the words are a command."""
        if script not in self.scripts or depth > DEEPEST:
            return
        told = self.scripts[script]
        for each in listed(told) or [told]:
            text = HATCH_ARGUMENTS.sub(lambda found: found[1] or "", str(each)).lstrip("- ")
            first = (text.split() or [""])[0]
            if first in self.scripts and first != script:
                yield from self.lines(first, depth + 1)
            else:
                yield text


def hatch_environment(look_up: LookUp, name: str, script: str) -> HatchEnvironment:
    """Own rows over those of `default`, as Hatch inherits them."""
    separate = text_at(look_up, "hatch.toml")
    text = text_at(look_up, PROJECT) or "" if separate is None else separate
    whole = document_or_empty(text.encode())
    hatch = table(table(whole.get("tool")).get("hatch")) if separate is None else whole
    envs = table(hatch.get("envs"))
    own = {**table(envs.get("default")), **table(envs.get(name))}
    extras = ",".join(str(feature) for feature in listed(own.get("features")))
    named = [str(each) for key in ("dependencies", "extra-dependencies") for each in listed(own.get(key))]
    return HatchEnvironment(
        origin=Origin(PROJECT if separate is None else "hatch.toml", line_of_key(text, script)),
        installs=(f"-e .[{extras}]" if extras else "-e .", *named),
        scripts=table(own.get("scripts")),
    )


def line_of_key(text: str, name: str) -> int:
    pattern = re.compile(rf"\s*[\"']?{re.escape(name)}[\"']?\s*=|\[[^\]]*\b{re.escape(name)}[\"']?\]")
    return next((at for at, row in enumerate(text.splitlines(), 1) if name and pattern.match(row)), 0)


def listed(value: object) -> list[object]:
    return cast("list[object]", value) if isinstance(value, list) else []
