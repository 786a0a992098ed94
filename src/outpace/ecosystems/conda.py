"""conda-lock.yml and environment.yml: what they take from PyPI is read, and conda's own packages are counted."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from outpace.ecosystems.pypi.demands import Demand, demanded
from outpace.ecosystems.pypi.indexes import Declared
from outpace.ecosystems.pypi.locks import text_of
from outpace.ecosystems.pypi.requirement_lines import Declares, Includes, understood
from outpace.ecosystems.pypi.sources import VCS, origin_of
from outpace.ecosystems.pypi.versions import canonical, is_name, normalize_name
from outpace.ecosystems.reading import Reading, refused, together
from outpace.ecosystems.secrets import masked
from outpace.model.inventory import Component, DirectUrl, Git, LocalPath, PublicIndex, Uncovered, Unread
from outpace.model.package import PYPI, Package
from outpace.model.yaml_text import Items, Node, NotYaml, Pairs, Scalar, node_of

UNDERSTOOD = "1"
HALF = re.compile(r"\\(?:u|U0000)[dD][89A-Fa-f]")  # of a surrogate pair: one of YAML's two parsers would take it
NAMED = 4

# A fourth of a lock, read by nobody: blanked before it is parsed, and every other line keeps its number.
_HASHES = re.compile(r"^ {2}hash:\n(?: {4}(?:md5|sha256): [0-9a-f]{1,64}\n)++", re.MULTILINE)
_CONDA_NAME = re.compile(r"(?:[^\s:]+::)?([A-Za-z0-9_][A-Za-z0-9._-]*)")


def read_conda(file: str, data: bytes, declared: Declared) -> Reading | None:
    """None for YAML that is neither a conda lock nor an environment."""
    document = _document(file, data)
    if isinstance(document, Reading):
        return document
    packages, wanted = document.rows.get("package"), document.rows.get("dependencies")
    if isinstance(packages, Items) and "metadata" in document.rows:
        return _lock(file, document.text("version"), packages.nodes, declared)
    if isinstance(wanted, Items):
        return _environment(file, wanted.nodes, _with_repositories(document, declared))
    if "channels" in document.rows or (isinstance(wanted, Scalar) and not wanted.text):
        return refused(file, "it has no list of dependencies: it is cut off, or not finished")
    return None


def included_by(file: str, data: bytes) -> tuple[str, ...]:
    """The requirements files that the environment's `pip` section names, as it names them."""
    document = _document(file, data)
    wanted = document.rows.get("dependencies") if isinstance(document, Pairs) else None
    nodes = wanted.nodes if isinstance(wanted, Items) else ()
    entries = (entry for scalar in _pip_lines(nodes) for entry in understood(scalar.text.strip()))
    return tuple(entry.path for entry in entries if isinstance(entry, Includes))


def _document(file: str, data: bytes) -> Pairs | Reading:
    text = text_of(file, data, "YAML")
    if isinstance(text, Reading):
        return text
    if found := HALF.search(text):
        line = text.count("\n", 0, found.start()) + 1
        return refused(file, f"line {line} spells half of a character pair: write the character itself", line)
    try:
        document = node_of(_HASHES.sub(lambda found: "\n" * found[0].count("\n"), text))
    except NotYaml as error:
        return refused(file, masked(error.why)[:200], error.line)
    if not isinstance(document, Pairs):
        return refused(file, "it holds no table, as conda's files do: it is cut off, or another kind of file")
    return document


def _with_repositories(document: Pairs, declared: Declared) -> Declared:
    """`pip-repositories`, as conda-lock reads them: beside the public index."""
    named = document.rows.get("pip-repositories")
    nodes = named.nodes if isinstance(named, Items) else ()
    return Declared(
        other=declared.other | {masked(each.text) for each in nodes if isinstance(each, Scalar)}, public=declared.public
    )


def _environment(file: str, nodes: Sequence[Node], declared: Declared) -> Reading:
    conda = [each for each in nodes if isinstance(each, Scalar) and each.text.strip()]
    lines = [each for each in _pip_lines(nodes) if each.text.strip()]
    odd = [each for each in nodes if not isinstance(each, Scalar) and not _is_pip(each)]
    empty = [each for each in (*nodes, *_pip_lines(nodes)) if isinstance(each, Scalar) and not each.text.strip()]
    indexes = [
        url
        for scalar in lines
        for entry in understood(scalar.text.strip())
        if isinstance(entry, Declares)
        for url in (*((entry.index,) if entry.index is not None else ()), *entry.extra)
    ]
    declared = Declared(other=declared.other | {masked(url) for url in indexes}, public=declared.public)
    demands = [Demand(text=each.text, line=each.line) for each in lines if not _is_option(each.text)]
    unread = tuple(
        Unread(file=file, line=each.line, why=f"line {each.line} is neither a package nor a pip section")
        for each in odd
    ) + tuple(Unread(file=file, line=each.line, why=f"line {each.line} is an entry without a name") for each in empty)
    return together(
        [demanded(file, demands, declared), Reading(unread=unread, uncovered=_uncovered(file, _names(conda)))]
    )


def _is_pip(node: Node) -> bool:
    return isinstance(node, Pairs) and list(node.rows) == ["pip"] and not isinstance(node.rows["pip"], Pairs)


def _pip_lines(nodes: Sequence[Node]) -> Iterator[Scalar]:
    for node in nodes:
        section = node.rows.get("pip") if isinstance(node, Pairs) else None
        if isinstance(section, Items):
            yield from (each for each in section.nodes if isinstance(each, Scalar))


def _is_option(text: str) -> bool:
    """Includes are followed, and indexes noted, elsewhere; an editable is a demand."""
    entries = understood(text.strip())
    return all(isinstance(entry, Includes | Declares) for entry in entries)


def _names(conda: Iterable[Scalar]) -> list[str]:
    found = (_CONDA_NAME.match(each.text.strip()) for each in conda)
    return [each[1] for each in found if each is not None]


def _uncovered(file: str, names: Iterable[str]) -> tuple[Uncovered, ...]:
    distinct = list(dict.fromkeys(names))
    if not distinct:
        return ()
    shown = ", ".join(name[:40] for name in distinct[:NAMED])
    more = f" and {len(distinct) - NAMED:,} more" if len(distinct) > NAMED else ""
    count = f"{len(distinct):,} conda package{'' if len(distinct) == 1 else 's'}"
    why = f"it also names {count} ({shown}{more}): Outpace knows the advisories of {PYPI} only"
    return (Uncovered(file=file, why=why),)


def _lock(file: str, version: str, nodes: Sequence[Node], declared: Declared) -> Reading:
    if version != UNDERSTOOD:
        return refused(file, f"its version is {version[:20] or 'not named'}; Outpace understands version {UNDERSTOOD}")
    found: dict[object, Component] = {}
    unread: list[Unread] = []
    conda: list[str] = []
    for node in nodes:
        row = node if isinstance(node, Pairs) else Pairs({}, node.line)
        name, manager = row.text("name"), row.text("manager")
        if manager == "conda" and name:
            conda.append(name)
        elif manager != "pip" or not is_name(name) or not row.text("version"):
            why = f"line {row.line}: a package without a name, a version, or a manager that is conda or pip"
            unread.append(Unread(file=file, line=row.line, why=why))
        else:
            component = _locked(file, name, row, declared)
            found.setdefault((component.package, component.version, component.origin, component.groups), component)
    return Reading(components=tuple(found.values()), unread=tuple(unread), uncovered=_uncovered(file, conda))


def _locked(file: str, name: str, row: Pairs, declared: Declared) -> Component:
    """One of many platforms: the first stands for all that pin the same."""
    category = row.text("category")
    return Component(
        package=Package(PYPI, normalize_name(name)),
        version=canonical(row.text("version")),
        origin=_origin(row, declared),
        file=file,
        line=row.line,
        groups=() if category in ("", "main") else (category,),
    )


def _origin(row: Pairs, declared: Declared) -> PublicIndex | Git | DirectUrl | LocalPath:
    """An index's archives and a direct URL look alike; conda-lock writes a `source` where it is the latter."""
    url, source = row.text("url"), row.rows.get("source")
    direct = source.text("url") if isinstance(source, Pairs) else ""
    if direct or VCS.match(url) or url.startswith("file:"):
        return origin_of(direct or url)
    return PublicIndex(beside=tuple(sorted(declared.other)))
