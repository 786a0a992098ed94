"""What a target of a Makefile or a recipe of a justfile runs; read as text, with simple variables filled in."""

from __future__ import annotations

import re
from collections.abc import Mapping

from msgspec import Struct

MAKEFILES = ("GNUmakefile", "makefile", "Makefile")
JUSTFILES = ("justfile", "Justfile", ".justfile")
MOST_LINES = 5_000
LONGEST_LINE = 4_000
DEEPEST = 8
TARGET = re.compile(r"(?P<names>[^\s:=#][^:=#]*?)\s*::?(?!=)(?P<needs>[^=;#]*)(?:;(?P<first>.*))?(?:#.*)?")
VARIABLE = re.compile(r"(?:export\s+)?(?P<name>[A-Za-z_]\w*)\s*(?:[:?+]|::)?=\s*(?P<value>[^#]*)")
SHELL = re.compile(r"\$\(shell\s+(?P<command>[^()]*)\)")
FUNCTION = re.compile(
    r"\$\((?:wildcard|addprefix|addsuffix|patsubst|subst|filter|filter-out|sort|firstword|lastword|word|words|notdir|dir"
    r"|basename|abspath|realpath|strip|or|and|if|info|warning|error|value|origin|foreach|join)\s[^()]*\)"
)
REFERENCE = re.compile(r"\$(?:\((?P<round>[A-Za-z_]\w*)\)|\{(?P<curly>[A-Za-z_]\w*)\})")
JUST = re.compile(r"@?(?P<name>[A-Za-z_][\w-]*)(?P<parameters>(?:\s+[^:]*)?):(?!=)\s*(?P<needs>[^#]*)")
JUST_VARIABLE = re.compile(r"(?P<export>export\s+)?(?P<name>[A-Za-z_]\w*)\s*:=\s*[\"'](?P<value>[^\"']*)[\"']\s*")
JUST_REFERENCE = re.compile(r"\{\{\s*(?P<name>[^{}]*?)\s*\}\}")


class Target(Struct, frozen=True, kw_only=True):
    """`script` keeps the lines of the file, so that line N of it is line `line + N - 1` of the file."""

    name: str
    needs: tuple[str, ...]
    script: str
    line: int


class Rules(Struct, frozen=True, kw_only=True):
    targets: dict[str, Target]
    exported: dict[str, str] = {}

    def named(self, name: str) -> Target | None:
        """By its own rule, or by one whose pattern it fits."""
        if name in self.targets:
            return self.targets[name]
        for pattern, target in self.targets.items():
            before, percent, after = pattern.partition("%")
            fits = percent and name.startswith(before) and name.endswith(after) and len(name) > len(before + after)
            if fits and target.script.strip():
                stem = name[len(before) : len(name) - len(after)]
                needs = tuple(need.replace("%", stem) for need in target.needs)
                return Target(name=name, needs=needs, script=target.script.replace("$*", stem), line=target.line)
        return None


def make_rules(text: str, given: Mapping[str, str] | None = None) -> Rules:
    """`given` are the variables of the command line, which win."""
    values: dict[str, str] = {}
    exported: dict[str, str] = {}
    targets: dict[str, Target] = {}
    lines = _lines(text)
    at = 0
    while at < len(lines):
        line, at = lines[at], at + 1
        variable, target = VARIABLE.fullmatch(line), TARGET.fullmatch(line)
        if variable is not None:
            values[variable["name"]] = (given or {}).get(variable["name"], variable["value"].strip())
            if line.startswith("export"):
                exported[variable["name"]] = values[variable["name"]]
        elif target is not None and not line.startswith(("\t", " ", ".")):
            begun, at = at, _end_of_recipe(lines, at, "\t")
            script = "\n".join(line.removeprefix("\t") for line in lines[begun:at])
            for name in target["names"].split():
                targets.setdefault(
                    name,
                    Target(name=name, needs=tuple(target["needs"].split()), script=script, line=begun + 1),
                )
    known = {**values, **(given or {})}
    return Rules(
        targets={name: _filled(target, known) for name, target in targets.items()},
        exported={name: _expanded(value, known) for name, value in exported.items()},
    )


def _lines(text: str) -> list[str]:
    return [line[:LONGEST_LINE] for line in text.splitlines()[:MOST_LINES]]


def _end_of_recipe(lines: list[str], at: int, indent: str | tuple[str, ...]) -> int:
    """Behind the indented and the empty lines from `at` on."""
    while at < len(lines) and (lines[at].startswith(indent) or not lines[at].strip()):
        at += 1
    return at


def _filled(target: Target, values: Mapping[str, str]) -> Target:
    """In a recipe `$$` is a dollar of the shell's, and what Make computes stays open."""
    lines: list[str] = []
    for line in target.script.split("\n"):
        bare = line.lstrip("@-+") if line.lstrip().startswith(("@", "-", "+")) else line
        told = FUNCTION.sub("${_}", SHELL.sub(r"$(\g<command>)", _expanded(bare, values)))
        lines.append(told.replace("$$", "$"))
    return Target(name=target.name, needs=target.needs, script="\n".join(lines), line=target.line)


def _expanded(text: str, values: Mapping[str, str]) -> str:
    """An unset variable is empty for Make."""

    def value(found: re.Match[str]) -> str:
        name = found["round"] or found["curly"]
        if name == "MAKE":
            return "make"
        return values.get(name, "")

    for _ in range(DEEPEST):
        filled = REFERENCE.sub(value, text)[:20_000]
        if filled == text:
            break
        text = filled
    return text


def just_rules(text: str) -> Rules:
    """Parameters are left open: what is given for them decides whoever calls."""
    values: dict[str, str] = {}
    exported: dict[str, str] = {}
    targets: dict[str, Target] = {}
    lines = _lines(text)
    at = 0
    while at < len(lines):
        line, at = lines[at], at + 1
        variable, recipe = JUST_VARIABLE.fullmatch(line), JUST.fullmatch(line)
        if variable is not None:
            values[variable["name"]] = variable["value"]
            if variable["export"]:
                exported[variable["name"]] = variable["value"]
        elif recipe is not None:
            begun, at = at, _end_of_recipe(lines, at, (" ", "\t"))
            script = "\n".join(line.strip().lstrip("@-") for line in lines[begun:at])
            targets[recipe["name"]] = Target(
                name=recipe["name"], needs=tuple(recipe["needs"].split()), script=script, line=begun + 1
            )

    def value(found: re.Match[str]) -> str:
        return values.get(found["name"], "$@")

    return Rules(
        targets={
            name: Target(name=name, needs=each.needs, script=JUST_REFERENCE.sub(value, each.script), line=each.line)
            for name, each in targets.items()
        },
        exported=exported,
    )
