"""Poetry: locks again by its own program. Written for 1.8 and 2.5; needs 1.2 or newer."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import cast

import tomlkit

from outpace.ecosystems.pypi.poetry_constraint import specifier_of
from outpace.ecosystems.pypi.versions import parse
from outpace.engines import lock_words, poetry_words
from outpace.engines.lock_tool import Held, Source
from outpace.engines.poetry_pins import exact_pins_moved
from outpace.engines.python_program import Program
from outpace.engines.uv_copy import NO_BACKEND
from outpace.model.toml import document_or_empty, table
from outpace.remediation.ports import Step, Unsolvable

GROUP = "outpace-step"
OLDEST = "1.2"
KEEPS_BY_ITSELF = 2  # from this major version on `poetry lock` keeps what is locked
PLAIN = ("--no-plugins", "--no-ansi", "--no-interaction")


class Poetry:
    """Implements `lock_tool.LockTool`."""

    program = "poetry"

    def refused(self, program: Program) -> str | None:
        version, oldest = parse(program.version), parse(OLDEST)
        if version is None or oldest is None or version < oldest:
            return f"{program} is older than {OLDEST}, the first that can do without plugins"
        return None

    def words(self, program: Program) -> tuple[str, ...]:
        return (*PLAIN, *self._lock(program))

    def command(self, program: Program) -> str:
        return " ".join((self.program, *self._lock(program)))

    def _lock(self, program: Program) -> tuple[str, ...]:
        version = parse(program.version)
        keeping = () if version is not None and version.major >= KEEPS_BY_ITSELF else ("--no-update",)
        return ("lock", *keeping)

    def environment(self, place: Path) -> Mapping[str, str]:
        return {
            "POETRY_CACHE_DIR": str(place / "cache"),
            "POETRY_CONFIG_DIR": str(place / "configuration"),
            "POETRY_DATA_DIR": str(place / "data"),
            "POETRY_HOME": str(place / "data"),
            "POETRY_VIRTUALENVS_CREATE": "false",
            "POETRY_KEYRING_ENABLED": "false",
            "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring",
            "NO_COLOR": "1",
        }

    def hosts(self, program: Program) -> str:
        return _text(program.packages / "poetry" / "repositories" / "pypi_repository.py")

    def inert(self, project: bytes) -> bytes:
        """Only what builds: Poetry asks the backend of a path dependency that does not tell its needs otherwise."""
        whole = dict(document_or_empty(project))
        if "build-system" not in whole:
            return project
        whole["build-system"] = {"requires": [], "build-backend": NO_BACKEND}
        return tomlkit.dumps(whole).encode()

    def holding(self, project: bytes, lock: bytes, held: tuple[Held, ...]) -> bytes:  # noqa: ARG002 - the port's
        whole = dict(document_or_empty(project))
        tool = dict(table(whole.get("tool")))
        poetry = dict(table(tool.get("poetry")))
        groups = dict(table(poetry.get("group")))
        demands: dict[str, list[dict[str, str]]] = {}
        for each in held:
            told = {"version": f"=={each.version}", "markers": each.marker, "source": each.source}
            demands.setdefault(each.name, []).append({name: value for name, value in told.items() if value})
        wanted = {name: many[0] if len(many) == 1 else many for name, many in demands.items()}
        groups[GROUP] = {"dependencies": wanted}
        whole["tool"] = {**tool, "poetry": {**poetry, "group": groups}}
        return tomlkit.dumps(whole).encode()

    def moved(self, project: bytes, file: str, steps: tuple[Step, ...]) -> tuple[bytes, tuple[str, ...]]:
        return exact_pins_moved(project, file, steps)

    def sources(self, project: bytes) -> tuple[Source, ...]:
        told = table(table(document_or_empty(project).get("tool")).get("poetry")).get("source")
        rows = [table(row) for row in cast("list[object]", told)] if isinstance(told, list) else []
        return tuple(Source(str(row.get("name", "")), url) for row in rows if isinstance(url := row.get("url"), str))

    def python(self, project: bytes, lock: bytes) -> str:
        standard = table(document_or_empty(project).get("project")).get("requires-python")
        locked = table(document_or_empty(lock).get("metadata")).get("python-versions")
        told = locked if isinstance(locked, str) else standard
        return (specifier_of(told) or "") if isinstance(told, str) else ""

    def format(self, lock: bytes) -> str:
        return str(table(document_or_empty(lock).get("metadata")).get("lock-version", ""))

    def unsolvable(
        self, said: str, wanted: Mapping[str, str], locked: Mapping[str, str], project: bytes
    ) -> Unsolvable | None:
        whole = document_or_empty(project)
        poetry, standard = table(table(whole.get("tool")).get("poetry")), table(whole.get("project"))
        name = str(standard.get("name") or poetry.get("name") or poetry_words.NAMELESS)
        return poetry_words.unsolvable(said, wanted, locked, name, lock_words.asked_in(project))

    def reason(self, said: str) -> str:
        return poetry_words.reason(said)


def _text(file: Path) -> str:
    try:
        return file.read_text(errors="replace")
    except OSError:
        return ""
