"""What each lock file pins, told by a real parser and by code that shares nothing with the scanners."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

import yaml
from packaging.requirements import Requirement

from outpace.ecosystems.conda import read_conda
from outpace.ecosystems.pypi.indexes import Declared
from outpace.ecosystems.pypi.pipfile_lock import read_pipfile_lock
from outpace.ecosystems.pypi.requirement_lines import Requires
from outpace.ecosystems.pypi.requirements import parsed, required
from outpace.ecosystems.reading import Reading
from outpace.model.inventory import Component, OtherIndex, PublicIndex, Workspace

Row = tuple[str, str, str]  # name, version, how: "pinned", "unpinned" or "elsewhere"
DEVELOPMENT = {"dev", "develop", "development", "test", "tests", "testing", "doc", "docs", "documentation", "lint",
               "linting", "linter", "linters", "typing", "mypy", "bench", "benchmark", "benchmarks", "coverage",
               "ci"}  # fmt: skip


class NotRead(ValueError):
    """The parser refuses the file."""


class Reference(NamedTuple):
    parser: str
    read: Callable[[bytes], set[Row]]


def development(groups: list[str]) -> bool:
    """Whether every group has a word of development in its name, or at its end or its head."""
    return bool(groups) and all({word.lower() for word in re.split(r"[-_.]", group)} & DEVELOPMENT for group in groups)


def plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def toml(data: bytes) -> dict[str, Any]:
    try:
        return tomllib.loads(data.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise NotRead(str(error)) from None


def uv(data: bytes) -> set[Row]:
    lock = toml(data)
    members = set(lock.get("manifest", {}).get("members", []))
    rows: set[Row] = set()
    packages = lock.get("package", [])
    held = {each["name"] for each in packages}
    for each in packages:
        source = each.get("source", {})
        asked = [each.get("dependencies", []), *each.get("optional-dependencies", {}).values(),
                 *each.get("dev-dependencies", {}).values()]  # fmt: skip
        if missing := {one["name"] for many in asked for one in many} - held:
            raise NotRead(f"{missing} missing")
        if "virtual" in source or source.get("editable") == "." or each["name"] in members:
            continue
        how = "pinned" if "://" in source.get("registry", "") else "elsewhere"
        rows.add((plain(each["name"]), each.get("version", ""), how))
    return rows


def poetry(data: bytes) -> set[Row]:
    lock = toml(data)
    if "metadata" not in lock:
        raise NotRead("no metadata")
    return {
        (plain(each["name"]), each["version"], "elsewhere" if kind in ("git", "url", "directory", "file") else "pinned")
        for each in lock.get("package", [])
        for kind in (each.get("source", {}).get("type"),)
    }


def pdm(data: bytes) -> set[Row]:
    lock = toml(data)
    rows: set[Row] = set()
    for each in lock.get("package", []):
        groups = each.get("groups") or each.get("sections") or ([each["section"]] if "section" in each else [])
        how = "elsewhere" if {"git", "path", "url"} & set(each) else "pinned"
        if not development(groups):
            rows.add((plain(each["name"]), each.get("version", ""), how))
    return rows


def pylock(data: bytes) -> set[Row]:
    return {
        (plain(each["name"]), each.get("version", ""), how)
        for each in toml(data)["packages"]
        for how in ("elsewhere" if {"vcs", "directory", "archive"} & set(each) else "pinned",)
    }


def cargo(data: bytes) -> set[Row]:
    lock = toml(data)
    packages = [*lock.get("package", []), *([lock["root"]] if "root" in lock else [])]
    return {
        (each["name"], each["version"], "pinned" if re.match(r"(registry|sparse)\+", source) else "elsewhere")
        for each in packages
        for source in (each.get("source", ""),)
    }


def of_reading(reading: Reading | None) -> set[Row]:
    """By `match`'s own reader, without what is for development."""
    if reading is None or reading.unread:
        raise NotRead("" if reading is None else reading.unread[0].why)
    return {_row(each) for each in reading.components if not development(list(each.groups))}


def _row(each: Component) -> Row:
    version = each.version or each.specifier
    if isinstance(each.origin, PublicIndex | OtherIndex):
        return each.package.name, version, "pinned" if each.version else "unpinned"
    assert not isinstance(each.origin, Workspace)
    return each.package.name, version, "elsewhere"


def requirements(data: bytes) -> set[Row]:
    one = parsed("requirements.txt", data)
    asked = [Requirement(entry.requirement) for _, entry in one.entries if isinstance(entry, Requires)]
    rows = {_row(required("requirements.txt", None, each, PublicIndex(), {})) for each in asked}
    lines = data.decode("utf-8", "replace").splitlines()
    for each in one.unread:  # old versions of pip took every text for a version, and a lone semicolon for no marker
        plainly = re.fullmatch(r"([\w.-]+)==([\w.+!-]+)\s*;?", lines[each.line - 1].strip() if each.line else "")
        if plainly is None:
            raise NotRead(each.why)
        rows.add((plain(plainly[1]), plainly[2], "pinned"))
    return rows


def npm(data: bytes) -> set[Row]:
    try:
        lock = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise NotRead(str(error)) from None
    return set(_npm_packages(lock["packages"]) if "packages" in lock else _npm_tree(lock.get("dependencies", {})))


def _npm_packages(packages: Mapping[str, Any]) -> Iterator[Row]:
    for place, each in packages.items():
        if "node_modules/" not in place or each.get("dev"):
            continue
        name = each.get("name", place.split("node_modules/")[-1])
        yield name, each.get("version", ""), _npm_how(each, each.get("version", ""))


def _npm_tree(tree: Mapping[str, Any]) -> Iterator[Row]:
    for name, each in tree.items():
        yield from _npm_tree(each.get("dependencies", {}))
        if each.get("dev"):
            continue
        version = each.get("version", "")
        if found := re.fullmatch(r"npm:(.+)@([^@]*)", version):
            name, version = found.groups()  # noqa: PLW2901  an alias
        yield name, version, _npm_how(each, version)


def _npm_how(each: Mapping[str, Any], version: str) -> str:
    resolved = each.get("resolved") or ""
    if each.get("link") or not re.fullmatch(r"[^:/]*", version):
        return "elsewhere"
    if isinstance(resolved, str) and resolved and not re.match(r"https?://.*(/-/|/download/)", resolved):
        return "elsewhere"
    return "pinned" if version else "unpinned"


class Distinct(yaml.CBaseLoader):
    """Refuses what has a key twice, as pnpm and Yarn do."""

    def construct_mapping(self, node: Any, deep: bool = False) -> Any:  # noqa: FBT001, FBT002  as it is declared
        keys = [key.value for key, _ in node.value]
        if len({*keys}) < len(keys):
            raise yaml.YAMLError("a key appears twice")
        return super().construct_mapping(node, deep=deep)


def loaded(data: bytes) -> Any:
    """Every scalar as text: a version `1.10` is no number."""
    try:
        return yaml.load(data, Loader=Distinct)
    except yaml.YAMLError as error:
        raise NotRead(str(error)) from None


def pnpm(data: bytes) -> set[Row]:
    lock = loaded(data)
    packages = lock.get("packages", {})
    by_graph = "snapshots" in lock
    needed = _pnpm_needed(lock) if by_graph else set[str]()
    rows: set[Row] = set()
    for key, each in packages.items():
        if each.get("dev") == "true" or (by_graph and key not in needed):
            continue
        found = re.match(r"/?(@[^@/]+/[^@/]+|[^@/]+)[@/]([0-9][^_(:/]*)(?:[_(].*)?\Z", key)
        name, version = each.get("name"), each.get("version")
        from_registry = found is not None and not {"tarball", "repo", "directory"} & set(each.get("resolution", {}))
        rows.add((
            name or (found[1] if found else re.sub(r"(?<=.)@.*", "", key.removeprefix("/"))),
            version or (found[2] if found else ""),
            "pinned" if from_registry else "elsewhere",
        ))  # fmt: skip
    return rows


def _pnpm_needed(lock: Mapping[str, Any]) -> set[str]:
    pending = [
        (name, told["version"])
        for project in lock["importers"].values()
        for section in ("dependencies", "optionalDependencies")
        for name, told in project.get(section, {}).items()
    ]
    seen: set[str] = set()
    while pending:
        name, version = pending.pop()
        if version.startswith(("link:", "workspace:")):
            continue
        key = f"{name}@{version}" if f"{name}@{version}" in lock["snapshots"] else version
        if key not in seen:
            seen.add(key)
            node = lock["snapshots"][key]
            pending += [*node.get("dependencies", {}).items(), *node.get("optionalDependencies", {}).items()]
    return {key.split("(")[0] for key in seen}


def yarn(data: bytes) -> set[Row]:
    text = data.decode().replace("\r\n", "\n")
    return set(_yarn_later(loaded(data)) if "__metadata:" in text else _yarn_first(text))


def _yarn_later(lock: Mapping[str, Any]) -> Iterator[Row]:
    for key, each in lock.items():
        name, _, told = each.get("resolution", "").rpartition("@") if key == "__metadata" else _at(each["resolution"])
        if key == "__metadata" or told.startswith("workspace:"):
            continue
        pinned = told.startswith("npm:") or re.match(r"patch:.*builtin<", told)
        yield name, each["version"], "pinned" if pinned else "elsewhere"


def _at(text: str) -> tuple[str, str, str]:
    name, at, rest = text[1:].partition("@")
    return text[0] + name, at, rest


def _yarn_first(text: str) -> Iterator[Row]:
    """Line by line, as Yarn's own reader goes: an entry at the margin, its fields two in, what it asks for four in."""
    keys: list[str] = []
    for line in text.split("\n"):
        if line and line[0] not in " #":
            keys = [quoted or bare for quoted, bare in (re.findall(r'"([^"]+)"|([^\s",]+)', line[:-1]))]
        elif line.startswith("  version "):
            version = line.removeprefix("  version ").strip('"')
            name, _, wanted = _at(keys[0])
            if found := re.fullmatch(r"npm:(.+)@([^@]*)", wanted):
                name = found[1]
            asked = [re.sub(r"^npm:(?:.+@)?", "", _at(key)[2]) for key in keys]
            yield name, version, "elsewhere" if any(":" in each or "/" in each for each in asked) else "pinned"


def go(data: bytes) -> set[Row]:
    text = re.sub(r"//.*", "", data.decode())
    for block in re.finditer(r"^(\w+)\s*\((.*?)^\)", text, re.MULTILINE | re.DOTALL):
        text = text.replace(block[0], "".join(f"{block[1]} {line.strip()}\n" for line in block[2].strip().split("\n")))
    replaced = re.findall(r"^replace\s+(\S+)(?:[ \t]+(v\S+))?\s*=>\s*(\S+)(?:[ \t]+(v\S+))?", text, re.MULTILINE)
    rows: set[Row] = set()
    for name, version in re.findall(r"^require\s+(\S+)\s+(v\S+)", text, re.MULTILINE):
        fit = [(new, to) for old, at, new, to in replaced if old == name and at in ("", version)]
        new, to = fit[0] if fit else (name, version)
        rows.add((name, to or (version if new == name else ""), "pinned" if new == name else "elsewhere"))
    return rows


def gems(data: bytes) -> set[Row]:
    """By the pattern that Bundler itself reads such lines with."""
    if not re.search(rb"^DEPENDENCIES$", data, re.MULTILINE):
        raise NotRead("no lock of Bundler 1.0 or later")
    rows: set[Row] = set()
    source = ""
    for line in data.decode().split("\n"):
        source = line if line and line[0] != " " else source
        found = re.match(r"^( {2}| {4}| {6})(?! )(.*?)(?: \(([^-]*)(?:-(.*))?\))?(!)?$", line.rstrip())
        if found and len(found[1]) == 4 and source in ("GEM", "GIT", "PATH", "PLUGIN SOURCE"):
            rows.add((found[2], found[3], "pinned" if source == "GEM" else "elsewhere"))
    return rows


def pipfile(data: bytes) -> set[Row]:
    return of_reading(read_pipfile_lock("Pipfile.lock", data, Declared()))


def conda_lock(data: bytes) -> set[Row]:
    return of_reading(read_conda("conda-lock.yml", data, Declared()))


REFERENCES: Mapping[str, Reference] = {
    "uv.lock": Reference("tomllib", uv),
    "script.py.lock": Reference("tomllib", uv),
    "poetry.lock": Reference("tomllib", poetry),
    "pdm.lock": Reference("tomllib", pdm),
    "pylock.toml": Reference("tomllib", pylock),
    "Cargo.lock": Reference("tomllib", cargo),
    "Pipfile.lock": Reference("match", pipfile),
    "requirements": Reference("match", requirements),
    "conda-lock.yml": Reference("match", conda_lock),
    "package-lock.json": Reference("json", npm),
    "npm-shrinkwrap.json": Reference("json", npm),
    "pnpm-lock.yaml": Reference("yaml", pnpm),
    "yarn.lock": Reference("yaml, lines", yarn),
    "go.mod": Reference("patterns", go),
    "Gemfile.lock": Reference("patterns", gems),
}
