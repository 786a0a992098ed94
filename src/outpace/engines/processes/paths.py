"""The directories that Python's start-up files add to its path, and the code in them that is not understood."""

from __future__ import annotations

import ast
import os
import re
from collections.abc import Iterator
from posixpath import join, normpath

from msgspec import Struct

from outpace.delivery.evidence import RUNS_CODE, TOO_MUCH
from outpace.engines.processes.modules import module_in
from outpace.engines.processes.root import Root
from outpace.model.inventory import Unread

PTH_LIMIT = 200
TEXT_LIMIT = 1 << 16
RECORD_LIMIT = 1 << 23
AT_START = ("sitecustomize", "usercustomize")
CHANGES_PATH = re.compile(r"sys\.path|\bsite\.|addsitedir|meta_path|\bexec\(|\bpath\.(?:insert|append|extend)")
HARMLESS = ("_virtualenv", "distutils-precedence", "__editable__", "a1_coverage")
LITERAL = r"""b?(?:"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')"""
ADDED = rf"""site\.addsitedir\((?:__import__\(["']os["']\)\.fsdecode\(({LITERAL})\)|({LITERAL}))\)"""
ADDS_ONLY = re.compile(rf"import site(?:\s*;\s*{ADDED})+\s*;?\s*")  # as `uv run --with` writes it


class Line(Struct, frozen=True):
    """Of a `.pth` file."""

    file: str
    number: int
    text: str


def with_paths(root: Root, sites: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[Unread, ...]]:
    """Adds the directories that `.pth` files name. Code that runs at the start is told, unless it leaves the path."""
    found = _Found(root)
    for site in sites:
        found.add_site(site)
    at_start = (each for place in found.places.values() for each in at_start_of(root, place))
    return tuple(found.places.values()), (*found.unread, *at_start)


class _Found:
    """As Python's own `site` fills its path: each directory once, by what it is without links."""

    def __init__(self, root: Root) -> None:
        self.root = root
        self.places: dict[str, str] = {}
        self.unread: list[Unread] = []
        self._read: set[str] = set()

    def add_site(self, site: str) -> None:
        """As `site.addsitedir`: what its path files name counts too."""
        real = self.root.real(site)
        self.places.setdefault(real, site)
        if real in self._read:
            return
        self._read.add(real)
        for line in self._lines(site):
            self._follow(site, line)

    def _lines(self, site: str) -> Iterator[Line]:
        names = [one for one in self.root.names(site) if one.endswith(".pth")]
        if len(names) > PTH_LIMIT:
            self.unread.append(Unread(file=site, why=TOO_MUCH))
        for name in names[:PTH_LIMIT]:
            text = self.root.text(f"{site}/{name}", limit=TEXT_LIMIT) or ""
            if len(text) >= TEXT_LIMIT:
                self.unread.append(Unread(file=f"{site}/{name}", why=TOO_MUCH))
            for number, line in enumerate(text.splitlines(), start=1):
                if line.strip() and not line.startswith("#"):
                    yield Line(name, number, line)

    def _follow(self, site: str, line: Line) -> None:
        if not line.text.startswith(("import ", "import\t")):
            self._add_path(normpath(join(site, line.text.rstrip())))
        elif added := _added(line.text):
            for place in added:
                if self.root.is_dir(place):
                    self.add_site(place)
        elif not _leaves_the_path(self.root, site, line.file, line.text):
            self.unread.append(Unread(file=f"{site}/{line.file}", line=line.number, why=RUNS_CODE))

    def _add_path(self, path: str) -> None:
        if self.root.is_dir(path):
            self.places.setdefault(self.root.real(path), path)
        elif self.root.is_file(path):
            self.unread.append(Unread(file=path, why="an archive on the path, which is not read"))


def _added(line: str) -> tuple[str, ...]:
    """The directories of a line of code that adds directories and does nothing else; none where that is not so."""
    if ADDS_ONLY.fullmatch(line) is None:
        return ()
    try:
        found = tuple(os.fsdecode(ast.literal_eval(one or other)) for one, other in re.findall(ADDED, line))
    except (ValueError, SyntaxError):
        return ()
    return found if all(one.startswith("/") and "\0" not in one for one in found) else ()


def at_start_of(root: Root, folder: str) -> tuple[Unread, ...]:
    """Modules that Python imports by itself before all others."""
    found = (path for name in AT_START if (path := module_in(root.names, folder, name)))
    return tuple(
        Unread(file=path, why=RUNS_CODE)
        for path in found
        if not _leaves_the_path(root, folder, path.removeprefix(f"{folder}/"), root.text(path) or "")
    )


def _leaves_the_path(root: Root, site: str, name: str, code: str) -> bool:
    """Whether code that runs at the start is a known installer's, or a distribution's that does not name the path."""
    if name.startswith(HARMLESS):
        return True
    return not CHANGES_PATH.search(code) and _belongs(root, site, name)


def _belongs(root: Root, site: str, name: str) -> bool:
    """Whether a distribution lists the file as its own."""
    records = (f"{site}/{one}/RECORD" for one in root.names(site) if one.endswith(".dist-info"))
    return any(f"\n{name}," in f"\n{root.text(record, limit=RECORD_LIMIT) or ''}" for record in records)
