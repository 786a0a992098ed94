"""A program that finds weaknesses in code: one table `[analyzers.NAME]` of outpace.toml."""

from __future__ import annotations

from msgspec import Struct

LONGEST = 3600.0
SETTINGS = (".yml", ".yaml", ".toml", ".json", ".ini", ".cfg")


class Analyzer(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """It runs in the repository's root and writes SARIF 2.1.0."""

    command: tuple[str, ...]
    report: str = ""  # the file that it writes, from the root; empty: its standard output
    seconds: float = 120.0  # for one run over the whole tree

    def __post_init__(self) -> None:
        if not self.command or not self.command[0]:
            raise ValueError("`command` of an analyzer names no program")
        program = self.command[0]
        if "/" in program and not program.startswith(("/", "~/")):
            raise ValueError(
                f"`command` of an analyzer begins with {program!r}, which lies in the repository: "
                "what is judged would bring its own judge"
            )
        parts = self.report.split("/")
        if self.report and (self.report.startswith("/") or not {"", ".", ".."}.isdisjoint(parts)):
            raise ValueError(f"`report` of an analyzer is {self.report!r}, which is no path in the repository")
        if not 0 < self.seconds <= LONGEST:
            raise ValueError(f"`seconds` of an analyzer is {self.seconds:g}, and should be from 1 to {LONGEST:g}")

    @property
    def parts(self) -> tuple[str, ...]:
        """Files that its command names and that decide what it finds: a script of Python, rules, settings."""
        first, *rest = self.command
        named = [word.rpartition("=")[2].removeprefix("./") for word in rest]
        is_script = first.rpartition("/")[2].startswith("python") and named and named[0].endswith(".py")
        return (*(named[:1] if is_script else ()), *(each for each in named if each.endswith(SETTINGS)))
