"""PDM: locks again by its own program. Written for 2.22 and 2.29."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import cast

import tomlkit

from outpace.engines import lock_words, pdm_words
from outpace.engines.lock_tool import Held, Source
from outpace.engines.python_program import Program
from outpace.engines.uv_copy import NO_BACKEND
from outpace.engines.uv_pins import exact_pins_moved
from outpace.model.toml import document_or_empty, table
from outpace.remediation.ports import Step, Unsolvable

DEFAULT = "default"
# What PDM runs, installs or takes for its own arguments. None of it is in the lock, nor in the hash that binds it.
ACTIVE = ("scripts", "plugins", "options", "build")


class Pdm:
    """Implements `lock_tool.LockTool`."""

    program = "pdm"

    def refused(self, program: Program) -> str | None:  # noqa: ARG002 - the port's; every version is tried
        return None

    def words(self, program: Program) -> tuple[str, ...]:  # noqa: ARG002 - the port's; all versions have them
        return ("lock", "--update-reuse", "--skip", ":all")

    def command(self, program: Program) -> str:  # noqa: ARG002 - the port's; all versions have it
        return "pdm lock --update-reuse"

    def environment(self, place: Path) -> Mapping[str, str]:
        return {
            "PDM_CACHE_DIR": str(place / "cache"),
            "PDM_CONFIG_FILE": str(place / "configuration.toml"),
            "PDM_LOG_DIR": str(place / "log"),
            "PDM_CHECK_UPDATE": "0",
            "PDM_IGNORE_SAVED_PYTHON": "1",
            "NO_COLOR": "1",
        }

    def hosts(self, program: Program) -> str:
        try:
            return (program.packages / "pdm" / "project" / "config.py").read_text(errors="replace")
        except OSError:
            return ""

    def inert(self, project: bytes) -> bytes:
        whole = dict(document_or_empty(project))
        tool = dict(table(whole.get("tool")))
        if "pdm" in tool:
            tool["pdm"] = {name: value for name, value in table(tool["pdm"]).items() if name not in ACTIVE}
        if "build-system" in whole:
            whole["build-system"] = {"requires": [], "build-backend": NO_BACKEND}
        return tomlkit.dumps({**whole, "tool": tool}).encode()

    def holding(self, project: bytes, lock: bytes, held: tuple[Held, ...]) -> bytes:
        """In a group that is locked, so that the lock keeps its groups."""
        whole = dict(document_or_empty(project))
        demands = [f"{each.name}=={each.version}{f' ; {each.marker}' if each.marker else ''}" for each in held]
        groups = table(document_or_empty(lock).get("metadata")).get("groups")
        locked = [str(name) for name in cast("list[object]", groups)] if isinstance(groups, list) else [DEFAULT]
        standard = dict(table(whole.get("project")))
        if DEFAULT in locked or not locked:
            standard["dependencies"] = [*_strings(standard.get("dependencies")), *demands]
            return tomlkit.dumps({**whole, "project": standard}).encode()
        tool = dict(table(whole.get("tool")))
        pdm = dict(table(tool.get("pdm")))
        groups_of = {"dependency-groups": whole, "optional-dependencies": standard, "dev-dependencies": pdm}
        place, owner = next(
            ((name, owner) for name, owner in groups_of.items() if locked[0] in table(owner.get(name))),
            ("dev-dependencies", pdm),
        )
        many = dict(table(owner.get(place)))
        owner[place] = {**many, locked[0]: [*cast("list[object]", many.get(locked[0], [])), *demands]}
        return tomlkit.dumps({**whole, "project": standard, "tool": {**tool, "pdm": pdm}}).encode()

    def moved(self, project: bytes, file: str, steps: tuple[Step, ...]) -> tuple[bytes, tuple[str, ...]]:
        edits, notes = exact_pins_moved({file: project}, steps)
        return edits.get(file, project), notes

    def sources(self, project: bytes) -> tuple[Source, ...]:
        told = table(table(document_or_empty(project).get("tool")).get("pdm")).get("source")
        rows = [table(row) for row in cast("list[object]", told)] if isinstance(told, list) else []
        return tuple(Source(str(row.get("name", "")), url) for row in rows if isinstance(url := row.get("url"), str))

    def python(self, project: bytes, lock: bytes) -> str:  # noqa: ARG002 - the port's; the project tells it
        told = table(document_or_empty(project).get("project")).get("requires-python")
        return told if isinstance(told, str) else ""

    def format(self, lock: bytes) -> str:
        return str(table(document_or_empty(lock).get("metadata")).get("lock_version", ""))

    def unsolvable(
        self,
        said: str,
        wanted: Mapping[str, str],
        locked: Mapping[str, str],
        project: bytes,
    ) -> Unsolvable | None:
        return pdm_words.unsolvable(said, wanted, locked, lock_words.asked_in(project))

    def reason(self, said: str) -> str:
        return pdm_words.reason(said)


def _strings(value: object) -> list[str]:
    return [str(each) for each in cast("list[object]", value)] if isinstance(value, list) else []
