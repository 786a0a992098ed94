"""conda-lock.yml and environment.yml: what they take from PyPI, by the reader that `match` uses."""

from __future__ import annotations

from sys import intern

from outpace.ecosystems.conda import read_conda
from outpace.ecosystems.pypi.indexes import Declared
from outpace.ecosystems.scan.content import Garbled, shown
from outpace.ecosystems.scan.pins import Pin, Scanned
from outpace.ecosystems.scan.requirements import Include, entries_of
from outpace.ecosystems.scan.scope import is_development_group
from outpace.model.inventory import Component, OtherIndex, PublicIndex
from outpace.model.package import PYPI
from outpace.model.yaml_text import Items, NotYaml, Pairs, Scalar, node_of

HEAD = frozenset({"name", "prefix", "variables"})
BODY = frozenset({"channels", "dependencies"})


def scan_conda_lock(data: bytes) -> Scanned:
    """Without the categories whose name says that they are for development."""
    reading = read_conda("conda-lock.yml", data, Declared())
    if reading is None:
        raise Garbled("it has no `metadata` and `package`, as a conda-lock has: it is cut off, or no such lock")
    if reading.unread:
        raise Garbled(reading.unread[0].why)
    return Scanned(tuple(sorted({_pin(each) for each in reading.components if not _is_for_development(each)})))


def _is_for_development(component: Component) -> bool:
    return bool(component.groups) and all(map(is_development_group, component.groups))


def _pin(component: Component) -> Pin:
    name = intern(component.package.name)
    if not isinstance(component.origin, PublicIndex | OtherIndex):
        return Pin(PYPI, name, component.version or "", "elsewhere")
    if component.version is None:
        return Pin(PYPI, name, component.specifier, "unpinned")
    return Pin(PYPI, name, component.version, "pinned")


def scan_environment(data: bytes) -> Scanned:
    """The lines of its `pip` section, which are those of a requirements file.

    Much else is called so, a workflow of CI for instance, and pins nothing.
    """
    try:
        document = node_of(data.decode())
    except NotYaml as error:
        raise Garbled(shown(error.why)) from None
    if isinstance(document, Pairs) and document.rows.keys() - HEAD and not document.rows.keys() & BODY:
        return Scanned()
    wanted = document.rows.get("dependencies") if isinstance(document, Pairs) else None
    if not isinstance(wanted, Items):
        raise Garbled("it has no list of dependencies: it is cut off, or no environment of conda")
    sections = (each.rows.get("pip") for each in wanted.nodes if isinstance(each, Pairs))
    lines = [line for section in sections if isinstance(section, Items) for line in section.nodes]
    found = {each for line in lines if isinstance(line, Scalar) for each in entries_of(line.text.strip())}
    pins = sorted(each for each in found if not isinstance(each, Include))
    includes = tuple(sorted(each.path for each in found if isinstance(each, Include)))
    return Scanned(tuple(pins), includes, is_partial=True)
