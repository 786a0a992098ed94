"""Imports modules of an environment and a tree, each in a process of its own in the sandbox."""

from __future__ import annotations

from pathlib import Path

import msgspec

from outpace import sandbox
from outpace.engines.confined_python import INSIDE, ConfinedPython, Limits, ended_early, last_words
from outpace.model.application import Application
from outpace.model.unknown import Unknown
from outpace.proving.ports import Built, Import, Loaded, NotLoaded

SECONDS_EACH = 60.0
LIMITS = Limits(seconds=600)


class ModuleImports:
    """Implements `proving.ports.Imports`."""

    def __init__(self, python: ConfinedPython, limits: Limits = LIMITS) -> None:
        self._python = python
        self._limits = limits

    def load(
        self, built: Built, tree: Path, application: Application, modules: tuple[str, ...]
    ) -> tuple[Import, ...] | Unknown:
        confined = self._python.run(
            built,
            ("python", str(INSIDE / "load_modules.py")),
            tree=tree,
            cwd=tree / application.path,
            limits=self._limits,
            network=sandbox.NoNetwork(),
            stdin=msgspec.json.encode({"modules": modules, "seconds": SECONDS_EACH}),
        )
        stopped = ended_early(confined, self._limits)
        if stopped is not None:
            return stopped
        try:
            told = msgspec.json.decode(confined.done.stdout, type=tuple[str, ...])
        except msgspec.DecodeError:
            return Unknown(f"the imports ended with status {confined.done.returncode}: {last_words(confined.done)}")
        if len(told) != len(modules):
            return Unknown(f"{len(modules)} modules were asked for and {len(told)} answered")
        return tuple(
            NotLoaded(module=module, why=sandbox.mask(why)) if why else Loaded(module=module)
            for module, why in zip(modules, told, strict=True)
        )
