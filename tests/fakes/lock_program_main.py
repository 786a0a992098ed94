"""Runs as `python -m poetry` or `python -m pdm`, in the copy of a project."""

from __future__ import annotations

import hashlib
import itertools
import json
import os
import sys
import tomllib
from pathlib import Path

from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.version import Version

POETRY = __package__ == "poetry"
LOCK = Path("poetry.lock" if POETRY else "pdm.lock")
told = json.loads((Path(__file__).parent / "releases.json").read_text())
RELEASES: dict[str, dict[str, list[str]]] = told["releases"]

text = Path("pyproject.toml").read_text()
project = tomllib.loads(text)


def demands() -> list[Requirement]:
    if not POETRY:
        return [Requirement(each) for each in project["project"]["dependencies"]]
    poetry = project["tool"]["poetry"]
    tables = [poetry["dependencies"], *(group["dependencies"] for group in poetry.get("group", {}).values())]
    found: list[Requirement] = []
    for name, value in (pair for table in tables for pair in table.items() if pair[0] != "python"):
        wanted = value["version"] if isinstance(value, dict) else value
        found.append(Requirement(name + ("" if wanted == "*" else wanted if wanted[0] in "<>=" else f"=={wanted}")))
    return found


def asked(chosen: dict[str, str]) -> list[tuple[str, Requirement]]:
    """Every demand on or by what is chosen, and who makes it."""
    found = [("", each) for each in demands()]
    for _, each in iter(found):
        name = each.name
        inner = RELEASES.get(name, {}).get(chosen.get(name, ""), ())
        found += [(name, Requirement(line)) for line in inner if (name, Requirement(line)) not in found]
    return found


def broken(chosen: dict[str, str]) -> list[tuple[str, Requirement]]:
    return [(who, each) for who, each in asked(chosen) if not each.specifier.contains(chosen.get(each.name, "0"))]


def solved(locked: dict[str, str]) -> dict[str, str] | list[tuple[str, Requirement]]:
    """What is locked stays as long as that can be; what cannot goes to the newest that can."""
    order = {
        name: sorted(many, key=lambda version: (version == locked.get(name), Version(version)), reverse=True)
        for name, many in RELEASES.items()
    }
    solutions = [dict(zip(order, each, strict=True)) for each in itertools.product(*order.values())]
    fitting = [each for each in solutions if not broken(each)]
    if not fitting:
        names = {each.name for _, each in broken({name: many[0] for name, many in order.items()})}
        kept = {name: many[0] for name, many in order.items()}
        return [(who, each) for who, each in asked(kept) if each.name in names]
    best = min(fitting, key=lambda each: sum(each[name] != locked.get(name) for name in each))
    needed = {each.name for _, each in asked(best)}
    return {name: version for name, version in best.items() if name in needed}


def refuse(conflicts: list[tuple[str, Requirement]], locked: dict[str, str]) -> None:
    name = conflicts[0][1].name
    here = [(who, each) for who, each in conflicts if each.name == name]
    parent = next((who for who, _ in here if who), "")
    of = {who: each.specifier for who, each in here}
    if not POETRY:
        lines = [f"  {each} (from {f'{who}@{locked[who]}' if who else 'project'})" for who, each in here]
        said = [f"ERROR: Unable to find a resolution for {name}", "because of the following conflicts:", *lines]
    elif not parent:
        said = ["Incompatible constraints in requirements of shop (0.1.0):"]
        said += [f"{name} ({lower_first(each.specifier)})" for _, each in here]
    else:
        asks = f"shop depends on {parent} ({locked[parent]}) which depends on {name} ({of[parent]})"
        said = [
            f"Because {asks}, {name} is required.",
            f"So, because shop depends on {name} ({of['']}), version solving failed.",
        ]
    print("\n".join(said), file=sys.stderr)
    sys.exit(1)


def lower_first(specifier: SpecifierSet) -> str:
    return ",".join(sorted(str(specifier).split(","), key=lambda part: "<" in part))


def digest() -> str:
    return hashlib.sha256(repr(sorted(map(str, demands()))).encode()).hexdigest()


def write(solution: dict[str, str]) -> None:
    rows: list[str] = []
    for name in sorted(solution):
        inner = [Requirement(line) for line in RELEASES[name][solution[name]]]
        rows += ["[[package]]", f'name = "{name}"', f'version = "{solution[name]}"', "files = []"]
        rows += (
            ["optional = false", 'python-versions = "*"', 'groups = ["main"]'] if POETRY else ['groups = ["default"]']
        )
        if inner and POETRY:
            rows += ["", "[package.dependencies]", *(f'{each.name} = "{each.specifier or "*"}"' for each in inner)]
        elif inner:
            rows += [f"dependencies = {json.dumps([str(each) for each in inner])}"]
        rows.append("")
    if POETRY:
        rows += ["[metadata]", 'lock-version = "2.1"', 'python-versions = ">=3.9"', f'content-hash = "{digest()}"', ""]
    else:
        head = ["[metadata]", 'groups = ["default"]', "strategy = []", 'lock_version = "4.5.1"']
        rows = [*head, f'content_hash = "sha256:{digest()}"', "", *rows]
    LOCK.write_text("\n".join(rows))


if told["fails"]:
    here = " ".join(sorted(str(path) for path in Path().rglob("*") if path.is_file()))
    secrets = sum("hunter2" in value for value in os.environ.values())
    print(told["fails"].replace("FILES", here).replace("SECRETS", str(secrets)), file=sys.stderr)
    sys.exit(1)
if "check" in sys.argv or "--check" in sys.argv:
    sys.exit(digest() not in LOCK.read_text())
before = tomllib.loads(LOCK.read_text()) if LOCK.exists() else {}
locked = {row["name"]: row["version"] for row in before.get("package", [])}
answer = solved(locked)
if isinstance(answer, list):
    refuse(answer, locked)
else:
    write(answer)
