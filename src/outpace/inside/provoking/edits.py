"""Edits of source that keep its behavior (T0) or its contract (T1), as replacements of bytes."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

from .sources import Change, Edit, Source, short
from .statements import formatted, local_names, swapped

LOGGING = frozenset({"debug", "info", "warning", "error", "critical", "exception"})
SUFFIX = " (reworded)"


def edits_of(sources: Iterable[Source]) -> list[Edit]:
    """In the order of the files and lines."""
    every = list(sources)
    signatures = _signatures(every)
    found: list[Edit] = [*private_names(every)]
    for source in every:
        found += moved_lines(source)
        found += reordered(source)
        found += by_keyword(source, signatures)
        found += local_names(source)
        found += formatted(source)
        found += swapped(source)
        found += messages(source)
        found += shown(source)
        found += results(source)
    return found


def moved_lines(source: Source) -> Iterator[Edit]:
    """A blank line above everything, and a comment in each function."""
    if not source.bytes.startswith(b"#") and source.tree.body:
        yield Edit("T0", "line number", source.file, 1, "", "(a blank line)", (Change(source.file, 0, 0, "\n"),))
    changes: list[Change] = []
    for node in ast.walk(source.tree):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and node.body[0].lineno > node.lineno:
            first = node.body[0]
            at = source.line_start(first.lineno)
            if not source.text(at, at + first.col_offset).strip():
                changes.append(Change(source.file, at, at, " " * first.col_offset + "# reworded\n"))
    if changes:
        told = "(a comment in each function)"
        yield Edit("T0", "source text", source.file, 1, "", told, tuple(changes))


def private_names(sources: list[Source]) -> Iterator[Edit]:
    """Helpers and constants with one leading underscore, renamed wherever the project says them."""
    defined: dict[str, tuple[str, int]] = {}
    refused: set[str] = set()
    for source in sources:
        for node in ast.walk(source.tree):
            if isinstance(node, ast.ClassDef) and any(not _plain_base(base) for base in node.bases):
                refused.update(_names_in(node))
            elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                refused.add(node.value)
            elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and _private(node.name):
                defined.setdefault(node.name, (source.file, node.lineno))
        for node in source.tree.body:
            for target in node.targets if isinstance(node, ast.Assign) else ():
                if isinstance(target, ast.Name) and _private(target.id):
                    defined.setdefault(target.id, (source.file, node.lineno))
    for name, (file, line) in sorted(defined.items()):
        if name not in refused:
            changes = tuple(change for source in sources for change in _renamed(source, name))
            yield Edit("T0", "private name", file, line, name, f"{name}_reworded", changes)


def _private(name: str) -> bool:
    return name.startswith("_") and not name.startswith("__") and len(name) > 2


def _plain_base(base: ast.expr) -> bool:
    return isinstance(base, ast.Name) and base.id in ("object", "Exception", "ValueError", "Protocol")


def _names_in(node: ast.ClassDef) -> set[str]:
    found = {each.attr for each in ast.walk(node) if isinstance(each, ast.Attribute)}
    return found | {each.name for each in ast.walk(node) if isinstance(each, (ast.FunctionDef, ast.AsyncFunctionDef))}


def _renamed(source: Source, name: str) -> Iterator[Change]:
    new = f"{name}_reworded"
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Name) and node.id == name:
            yield Change(source.file, source.start(node), source.end(node), new)
        elif isinstance(node, ast.Attribute) and node.attr == name:
            end = source.end(node)
            yield Change(source.file, end - len(name.encode()), end, new)
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and node.name == name:
            at = source.bytes.index(name.encode(), source.start(node))
            yield Change(source.file, at, at + len(name.encode()), new)
        elif isinstance(node, ast.alias) and node.name == name and node.asname is None:
            at = source.start(node)
            yield Change(source.file, at, at + len(name.encode()), new)


def reordered(source: Source) -> Iterator[Edit]:
    """Neighbors that do not know each other: plain constants, and functions without decorators and defaults."""
    for block in [source.tree.body, *(node.body for node in source.tree.body if isinstance(node, ast.ClassDef))]:
        for kind in (_constant, _function):
            for run in _runs(block, kind):
                starts = [source.line_start(node.lineno) for node in run]
                ends = [source.end(node) for node in run]
                texts = [source.text(start, end) for start, end in zip(starts, ends)]  # noqa: B905  Python 3.9
                between = [source.text(end, start) for end, start in zip(ends, starts[1:])]  # noqa: B905
                turned = texts[-1]
                for gap, text in zip(between, reversed(texts[:-1])):  # noqa: B905
                    turned += gap + text
                yield source.edit("T0", "order of definitions", run[0], starts[0], ends[-1], turned)


def _runs(block: list[ast.stmt], fits: object) -> Iterator[list[ast.stmt]]:
    run: list[ast.stmt] = []
    for node in [*block, None]:
        name = _name(node)
        alone = node is not None and (not run or node.lineno > (run[-1].end_lineno or 0))
        if node is not None and callable(fits) and fits(node) and alone and name not in {_name(each) for each in run}:
            run.append(node)
            continue
        if len(run) > 1:
            yield run
        run = [node] if node is not None and callable(fits) and fits(node) else []


def _name(node: ast.stmt | None) -> str:
    if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
        return node.targets[0].id
    return node.name if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) else ""


def _constant(node: ast.stmt) -> bool:
    if not isinstance(node, ast.Assign) or len(node.targets) > 1 or not isinstance(node.targets[0], ast.Name):
        return False
    value = node.value
    return isinstance(value, ast.Constant) or (isinstance(value, (ast.List, ast.Dict, ast.Set)) and not _parts(value))


def _parts(value: ast.List | ast.Dict | ast.Set) -> list[ast.expr]:
    return value.values if isinstance(value, ast.Dict) else value.elts


def _function(node: ast.stmt) -> bool:
    if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) or node.decorator_list:
        return False
    given = (*node.args.defaults, *(each for each in node.args.kw_defaults if each is not None))
    return all(isinstance(each, ast.Constant) for each in given)


Signatures = dict[str, "tuple[str, ...]"]


def _signatures(sources: list[Source]) -> Signatures:
    """Module-level functions whose name is unique in the project, and what their arguments are called."""
    found: Signatures = {}
    seen: set[str] = set()
    for source in sources:
        for node in source.tree.body:
            if isinstance(node, ast.FunctionDef):
                plain = not node.args.posonlyargs and node.args.vararg is None and not node.decorator_list
                if plain and node.name not in seen:
                    found[node.name] = tuple(each.arg for each in node.args.args)
                else:
                    found.pop(node.name, None)
                seen.add(node.name)
    return found


def by_keyword(source: Source, signatures: Signatures) -> Iterator[Edit]:
    """Arguments of the project's own functions, named."""
    known = {_name(node) for node in source.tree.body}
    for node in source.tree.body:
        if isinstance(node, ast.ImportFrom):
            known.update(each.name for each in node.names if each.asname is None)
    local = {each.arg for each in ast.walk(source.tree) if isinstance(each, ast.arg)}
    for node in ast.walk(source.tree):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name) or not node.args:
            continue
        names = signatures.get(node.func.id, ())
        fits = len(node.args) <= len(names) and not any(isinstance(each, ast.Starred) for each in node.args)
        if fits and node.func.id in known and node.func.id not in local and not _bare_generator(node):
            changes = tuple(
                Change(source.file, source.start(each), source.start(each), f"{name}=")
                for each, name in zip(node.args, names)  # noqa: B905  Python 3.9
            )
            before = short(source.text(source.start(node), source.end(node)))
            yield Edit("T0", "call by keyword", source.file, node.lineno, before, f"{names[0]}=...", changes)


def _bare_generator(node: ast.Call) -> bool:
    return any(isinstance(each, ast.GeneratorExp) for each in node.args)


def messages(source: Source) -> Iterator[Edit]:
    """More words at the end of what an exception or a log says."""
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call) and node.exc.args:
            yield from _longer(source, "message", node.exc.args[0])
        elif isinstance(node, ast.Call) and node.args and _logs(node.func):
            yield from _longer(source, "log text", node.args[0])


def _logs(function: ast.expr) -> bool:
    return isinstance(function, ast.Attribute) and function.attr in LOGGING


def _longer(source: Source, on: str, node: ast.expr) -> Iterator[Edit]:
    text = isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str))
    start, end = source.start(node), source.end(node)
    told = source.text(start, end)
    if text and told and told[-1] in "\"'":
        yield source.edit("T1", on, node, start, end, f'{told} "{SUFFIX}"')


def shown(source: Source) -> Iterator[Edit]:
    """Another `repr` for a data class. One that somebody wrote is what was meant."""
    for node in ast.walk(source.tree):
        if not isinstance(node, ast.ClassDef):
            continue
        own = any(isinstance(each, ast.FunctionDef) and each.name == "__repr__" for each in node.body)
        if not own and any("dataclass" in ast.dump(each) for each in node.decorator_list):
            end, indent = source.end(node.body[-1]), " " * node.body[0].col_offset
            text = f'\n\n{indent}def __repr__(self):\n{indent}    return "<{node.name}>"'
            yield source.edit("T1", "repr", node, end, end, text)


def results(source: Source) -> Iterator[Edit]:
    """The order of a list that is used as a set, one more key of a record, the last digit of a sum."""
    for node in ast.walk(source.tree):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            yield from _orders(source, node)
        elif isinstance(node, ast.Call) and _sums(node):
            start, end = source.start(node.args[0]), source.end(node.args[0])
            text = f"list({source.text(start, end)})[::-1]"
            yield source.edit("T1", "last digit", node, start, end, text)


def _sums(node: ast.Call) -> bool:
    called = isinstance(node.func, ast.Name) and node.func.id == "sum"
    return called and len(node.args) == 1 and not node.keywords and not _bare_generator(node)


def _orders(source: Source, function: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[Edit]:
    unique = {name for node in ast.walk(function) if (name := _kept_once(node))}
    unique &= {_name(each) for each in ast.walk(function) if isinstance(each, ast.Assign) and _empty_list(each)}
    for node in ast.walk(function):
        if not isinstance(node, ast.Return) or node.value is None:
            continue
        start, end = source.start(node.value), source.end(node.value)
        if isinstance(node.value, ast.Name) and node.value.id in unique:
            yield source.edit("T1", "order of a result", node, start, end, f"{node.value.id}[::-1]")
        elif isinstance(node.value, ast.Dict) and _record(node.value):
            at = end - 1
            last = node.value.values[-1]
            comma = "" if "," in source.text(source.end(last), at) else ", "
            yield source.edit("T1", "extra key", node, at, at, f'{comma}"reworded": None')


def _empty_list(node: ast.Assign) -> bool:
    return isinstance(node.value, ast.List) and not node.value.elts


def _kept_once(node: ast.AST) -> str:
    """`x not in seen` gives `seen`."""
    if not isinstance(node, ast.Compare) or len(node.ops) != 1 or not isinstance(node.ops[0], ast.NotIn):
        return ""
    inside = node.comparators[0]
    return inside.id if isinstance(inside, ast.Name) else ""


def _record(value: ast.Dict) -> bool:
    texts = [isinstance(key, ast.Constant) and isinstance(key.value, str) for key in value.keys]
    return len(texts) > 1 and all(texts)
