"""The powers of a project's own modules, by their dotted names; what one module takes from another counts.

`shop.orders` is all that its code can do, `shop.orders:total` what that name of it can do with what it needs of its
module, and `shop.orders:` what is done as it is loaded.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from pathlib import PurePosixPath

from outpace.proving.ladder import parses, powers
from outpace.proving.ladder.capabilities import uses
from outpace.proving.ladder.lent import Own
from outpace.proving.ladder.patch import Patch
from outpace.proving.ladder.shape import code

OF_ITS_OWN = frozenset({powers.SILENCES, powers.SWALLOWS})
"""What a module does to itself, and not for those that import it."""
UNREAD = frozenset({powers.CODE, powers.INSIDE})
"""Of a module that cannot be read."""
DEFINES = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


def own_powers(
    paths: Iterable[str],
    read: Callable[[str], bytes | None],
    roots: Iterable[str] = (".",),
    beyond: Own = lambda _: None,
) -> Own:
    """`roots` are the folders that are on sys.path, relative as the paths are. Each module is read when it is asked
    for, once; `beyond` knows those that are not among them."""
    files = _by_name(paths, roots)
    found: dict[str, frozenset[str]] = {}

    @cache
    def source(path: str) -> bytes:
        return read(path) or b""

    def own(name: str) -> frozenset[str] | None:
        module, colon, part = name.partition(":")
        path = files.get(module)
        if path is None:
            return beyond(name)
        if name not in found:
            found[name] = frozenset()  # while it is read: modules may import each other
            try:
                taken = part_of(source(path), part) if colon else source(path)
                found[name] = frozenset(use.power for use in uses(taken, path, own)) - OF_ITS_OWN
            except parses.UNREADABLE:
                found[name] = UNREAD
        return found[name]

    return own


def as_changed(own: Own, patch: Patch) -> Own:
    """`own`, with the modules that a change touches or brings as they are then. Roots are not known here: a file has
    each name that one of its folders would give it."""
    files = {file.path: file.after for file in code(patch) if file.after is not None}
    folders = [str(each) for path in files for each in PurePosixPath(path).parents]
    return own_powers(files, files.get, dict.fromkeys(reversed(folders)), own)


def part_of(source: bytes, name: str) -> bytes:
    """The statements of a module that a name of it needs, with those that run in any case as it is loaded; the whole
    where it has no such name. Raises SyntaxError, ValueError."""
    tree = ast.parse(source)
    bound = {each: node for node in tree.body for each in _bound(node)}
    if name and name not in bound:
        return source
    wanted = [node for node in tree.body if not isinstance(node, DEFINES | ast.Import | ast.ImportFrom)]
    wanted += [bound[name]] if name else []
    kept: dict[int, ast.stmt] = {}
    while wanted:
        node = wanted.pop()
        if id(node) not in kept:
            kept[id(node)] = node
            used = (each.id for each in ast.walk(node) if isinstance(each, ast.Name))
            wanted += [bound[each] for each in used if each in bound]
    body = [node for node in tree.body if id(node) in kept]
    return ast.unparse(ast.Module(body=body, type_ignores=[])).encode("utf-8", "surrogateescape")


def _bound(node: ast.stmt) -> Iterator[str]:
    """The names of the module that a statement defines; of one that runs in any case none, since it is kept."""
    match node:
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            yield name
        case ast.Import(names=names) | ast.ImportFrom(names=names):
            yield from ((each.asname or each.name).partition(".")[0] for each in names)
        case ast.Assign() | ast.AnnAssign():
            stored = (each for each in ast.walk(node) if isinstance(each, ast.Name))
            yield from (each.id for each in stored if isinstance(each.ctx, ast.Store))
        case _:
            pass


def _by_name(paths: Iterable[str], roots: Iterable[str]) -> dict[str, str]:
    names: dict[str, str] = {}
    parts_of_roots = [PurePosixPath(root).parts for root in roots]
    for path in paths:
        place = PurePosixPath(path)
        if place.suffix != ".py":
            continue
        for root in parts_of_roots:
            if place.parts[: len(root)] == root:
                parts = place.with_suffix("").parts[len(root) :]
                name = ".".join(parts[:-1] if parts[-1:] == ("__init__",) else parts)
                names.setdefault(name, path)
    names.pop("", None)
    return names
