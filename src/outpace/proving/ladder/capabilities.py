"""What a change's code can do that the same file's code could not: programs, network, files, code from text ...

Read from syntax alone, so that it is quick and runs nothing. A power counts by file: a file that opened files before
may open others, which is what the rungs that run the code are for.
"""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Iterable, Iterator, Sequence

from msgspec import Struct

from outpace.model.proof import CheckUndecided, Failed, Passed, Result
from outpace.proving.ladder import parses, powers
from outpace.proving.ladder.lent import Own, package_power, powerless, whole
from outpace.proving.ladder.patch import Patch, PatchedFile
from outpace.proving.ladder.shape import is_test

DOCUMENTS = (".md", ".rst", ".txt")
DUNDER = re.compile(r"__[a-z]\w*__")
WRITING = frozenset("wax+")
TEXTS = ast.Constant | ast.JoinedStr
FORMATS = frozenset({"format", "format_map", "vformat"})
SHOWN_AT_MOST = 3
COMPUTED = "a format that is computed"
"""It takes attributes by names that stand in a text: who does less of that may do it otherwise, and it is no news."""
IN_WORDS = (" in a text", " of a computed name")
"""What runs text as code says such things in it, to run less of it: no more than it could."""
BY_HAND = "if __name__ == '__main__':\n    unittest.main()"
"""How tests are started by hand."""
COUNTED = frozenset({powers.SILENCES, powers.SWALLOWS, powers.CLOCK, powers.RANDOM})
"""A file that has it once has no more of it for that: what waits for a day may stand beside what writes a date."""


class Use(Struct, frozen=True, kw_only=True, order=True):
    """One place where code takes a power."""

    power: str
    what: str
    line: int
    is_lent: bool = False  # by a module of the project


def judge(
    patch: Patch,
    own: Own = lambda _: None,
    *,
    granted: frozenset[str] = frozenset(),
    in_tests: frozenset[str] = frozenset(),
    changed: Own | None = None,
) -> Result:
    """`granted` are powers that the task gives, `in_tests` those that tests have besides. `own` is the project at base,
    and `changed` with the change."""
    gained: list[str] = []
    unread: list[str] = []
    for file in patch.files:
        if file.path.endswith(DOCUMENTS) or file.after is None:
            continue
        if not file.is_python:
            unread.append(file.path)
            continue
        try:
            of_test = is_test(file.path)
            given, theirs = (granted | in_tests, powerless(own)) if of_test else (granted, own)
            after = theirs if of_test else changed
            found = gains(file, theirs, given, said=of_test, changed=after)
            gained += [f"{file.path}:{use.line} {use.power} ({use.what})" for use in found]
        except parses.UNREADABLE as error:
            return CheckUndecided(f"{file.path} cannot be read: {error}")
    if gained:
        more = len(gained) - SHOWN_AT_MOST
        others = f", and {more} more" if more > 0 else ""
        return Failed(f"it gains a power that the file did not have: {'; '.join(gained[:SHOWN_AT_MOST])}{others}")
    if unread:
        return CheckUndecided(f"what {unread[0]} can do is not read", "a reader who knows this kind of file")
    return Passed("no code does more to the world than it did")


def packages(sources: Iterable[str]) -> frozenset[str]:
    """The powers to use what these sources import already. What cannot be parsed imports nothing."""
    tops: set[str] = set()
    for source in sources:
        try:
            names = Names(ast.parse(source), "")
        except parses.UNREADABLE:
            continue
        tops.update(name.partition(".")[0] for name, _ in (*names.imported, *names.stars))
    return frozenset(package_power(top) for top in tops)


def gains(
    file: PatchedFile, own: Own, granted: frozenset[str] = frozenset(), *,
    said: bool = False, changed: Own | None = None,
) -> tuple[Use, ...]:  # fmt: skip
    """The first use of each power that is new to the file, and each further suppression. `said`: what a text says is no
    use; tests say what an attacker does. Raises SyntaxError."""
    before = uses(file.before or b"", file.path, whole(own))
    after = uses(file.after or b"", file.path, changed or own)
    had = {use.power for use in before} | granted
    if powers.SHELL in had and all(use.what.startswith("subprocess") for use in after if use.power == powers.PROGRAMS):
        had |= {powers.PROGRAMS}
    if _formats(after) >= _formats(before) and all(use.what == COMPUTED for use in before if use.power == powers.NAMES):
        had -= {powers.NAMES} - granted
    had |= {powers.READS} if had & {powers.PROGRAMS, powers.CODE} else set()
    unseen = powers.SEEN - granted - {use.power for use in before if not use.is_lent}
    first: dict[str, Use] = {}
    unsaid = IN_WORDS if powers.CODE in had else IN_WORDS[:1] if said else ()
    after_all = tuple(use for use in after if use.what != COMPUTED and not use.what.endswith(unsaid))
    for use in sorted(after_all, key=lambda each: each.line):
        if use.power not in had or (use.power in unseen and not use.is_lent):
            first.setdefault(use.power, use)
    for power in sorted(COUNTED - granted):
        there = [use for use in after if _counts(use, power)]
        if len(there) > sum(_counts(use, power) for use in before):
            first.setdefault(power, max(there, key=lambda each: each.line))
    return tuple(first.values())


def _counts(use: Use, power: str) -> bool:
    """`secrets` draws what nobody waits for."""
    return use.power == power and not use.is_lent and not use.what.startswith("secrets")


def _formats(found: Sequence[Use]) -> int:
    return sum(use.what == COMPUTED for use in found)


def uses(source: bytes, path: str, own: Own = lambda _: None) -> tuple[Use, ...]:
    """Raises SyntaxError, ValueError."""
    tree = ast.parse(source)
    tree.body = [each for each in tree.body if not (isinstance(each, ast.If) and ast.unparse(each) == BY_HAND)]
    names = Names(tree, path)
    found = [*_Reader(names, own).read(tree)]
    return (*found, *_hooks(tree), *_suppressions(source))


class Names:
    """What the names that a module imports stand for, wherever in it they are imported."""

    def __init__(self, tree: ast.Module, path: str) -> None:
        self.package = path.removesuffix(".py").removesuffix("/__init__").split("/")
        if not path.endswith("/__init__.py"):
            self.package = self.package[:-1]
        self.stand_for: dict[str, str] = {}
        self.stars: list[tuple[str, int]] = []
        self.imported: list[tuple[str, int]] = []
        for node in ast.walk(tree):
            match node:
                case ast.Import():
                    self._whole(node)
                case ast.ImportFrom():
                    self._parts(node)
                case _:
                    pass

    def _whole(self, node: ast.Import) -> None:
        for alias in node.names:
            name = alias.asname or alias.name.partition(".")[0]
            self.stand_for[name] = alias.name if alias.asname else name
            self.imported.append((alias.name, node.lineno))

    def _parts(self, node: ast.ImportFrom) -> None:
        module = self._absolute(node)
        for alias in node.names:
            if alias.name == "*":
                self.stars.append((module, node.lineno))
            else:
                self.stand_for[alias.asname or alias.name] = f"{module}.{alias.name}"
                self.imported.append((f"{module}.{alias.name}", node.lineno))

    def _absolute(self, node: ast.ImportFrom) -> str:
        if not node.level:
            return node.module or ""
        kept = self.package[: len(self.package) - (node.level - 1)]
        return ".".join((*kept, *filter(None, [node.module])))


class _Reader:
    def __init__(self, names: Names, own: Own) -> None:
        self.names = names
        self.own = own

    def read(self, tree: ast.Module) -> Iterator[Use]:
        for module, line in self.names.stars:
            yield from self._of(module, line, shown=f"from {module} import *")
        for name, line in self.names.imported:
            if (loaded := self.own(f"{name}:")) is not None:  # what is taken of it is looked at where that is
                yield from (Use(power=power, what=name, line=line, is_lent=True) for power in sorted(loaded))
            elif name.partition(".")[0] not in powers.KNOWN:
                yield from self._of(name, line)
        pending: list[ast.AST] = [tree]
        while pending:
            node = pending.pop()
            yield from self._at(node)
            chain = _chain(node)
            if chain is not None and chain[0] in self.names.stand_for:
                continue  # read whole
            pending.extend(ast.iter_child_nodes(node))

    def _at(self, node: ast.AST) -> Iterator[Use]:
        match node:
            case ast.Attribute():
                yield from self._attribute(node)
            case ast.Name(id=name):
                yield from self._name(name, node)
            case ast.Call():
                yield from _call(node)
            case ast.Constant(value=str() as text):
                yield from _text(text, node.lineno)
            case ast.ExceptHandler():
                yield from _handler(node)
            case ast.Assign() | ast.AugAssign() | ast.AnnAssign() | ast.Delete():
                yield from self._altered(node)
            case _:
                pass

    def _attribute(self, node: ast.Attribute) -> Iterator[Use]:
        chain = _chain(node)
        if chain is not None and chain[0] in self.names.stand_for:
            dotted = ".".join((self.names.stand_for[chain[0]], *chain[1:]))
            yield from self._of(dotted, node.lineno)
            return
        yield from _named(node.attr, node.lineno)

    def _name(self, name: str, node: ast.Name) -> Iterator[Use]:
        if name in self.names.stand_for:
            yield from self._of(self.names.stand_for[name], node.lineno)
        elif name in powers.BUILTINS and name != "open":
            yield Use(power=powers.BUILTINS[name], what=name, line=node.lineno)

    def _of(self, dotted: str, line: int, shown: str = "") -> Iterator[Use]:
        """A part of a module of the project has the powers of what it needs of it; a module those of all its code."""
        shown = shown or dotted
        module = dotted
        while module:
            theirs = self.own(module)
            if theirs is not None:
                part = dotted.removeprefix(module)[1:].partition(".")[0]
                named = self.own(f"{module}:{part}") if part else None
                theirs = theirs if named is None else named
                yield from (Use(power=power, what=shown, line=line, is_lent=True) for power in sorted(theirs))
                return
            module = module.rpartition(".")[0]
        power = powers.power_of(dotted)
        if power is None:
            top = dotted.partition(".")[0]
            power = powers.INSIDE if top in powers.KNOWN else package_power(top)
        if power:
            yield Use(power=power, what=shown, line=line)
        for part in dotted.split(".")[1:]:
            if power == powers.NONE:
                yield from _named(part, line)

    def _altered(self, node: ast.Assign | ast.AugAssign | ast.AnnAssign | ast.Delete) -> Iterator[Use]:
        targets = node.targets if isinstance(node, ast.Assign | ast.Delete) else [node.target]
        for target in targets:
            holder = target.value if isinstance(target, ast.Attribute | ast.Subscript) else None
            chain = _chain(holder) if holder is not None else None
            if chain is not None and chain[0] in self.names.stand_for:
                yield Use(power=powers.ALTERS, what=ast.unparse(target), line=target.lineno)


def _hooks(tree: ast.Module) -> Iterator[Use]:
    """What pytest would call or load by its name, however that is bound: functions anywhere, other names where they may
    become those of the module."""
    for node in ast.walk(tree):
        match node:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                yield from _hook(name, node.lineno)
            case ast.Global(names=names):
                yield from (use for name in names for use in _hook(name, node.lineno))
            case ast.ImportFrom():
                bound = (each.asname or each.name for each in node.names)
                yield from (use for name in bound for use in _hook(name, node.lineno))
            case _:
                pass
    pending: list[ast.AST] = [*tree.body]
    while pending:
        node = pending.pop()
        match node:
            case ast.Name(id=name, ctx=ast.Store()):
                yield from _hook(name, node.lineno)
            case ast.MatchAs(name=str() as name) | ast.MatchStar(name=str() as name):
                yield from _hook(name, node.lineno)
            case _:
                pass
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            pending.extend(ast.iter_child_nodes(node))


def _hook(name: str, line: int) -> Iterator[Use]:
    if name.startswith("pytest_"):
        yield Use(power=powers.RUNNER, what=name if name == "pytest_plugins" else f"a hook, {name}", line=line)


def _chain(node: ast.AST) -> tuple[str, ...] | None:
    """`a.b.c` as its parts; None where it does not begin with a name."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    return (node.id, *reversed(parts)) if isinstance(node, ast.Name) else None


def _named(attribute: str, line: int) -> Iterator[Use]:
    power = powers.METHODS.get(attribute, "")
    if power:
        yield Use(power=power, what=f".{attribute}", line=line)
    elif DUNDER.fullmatch(attribute) and attribute not in powers.HARMLESS_DUNDERS:
        yield Use(power=_of_dunder(attribute), what=f".{attribute}", line=line)


def _of_dunder(name: str) -> str:
    return powers.INSIDE if name in powers.INNER_DUNDERS else powers.SPECIAL


def _call(node: ast.Call) -> Iterator[Use]:
    chain = _chain(node.func)
    name = chain[-1] if chain else ""
    if chain == ("open",) or (name == "open" and chain is not None):
        yield Use(power=powers.READS, what="open", line=node.lineno)
        if _writes(node):
            yield Use(power=powers.WRITES, what="open for writing", line=node.lineno)
    if chain is not None and len(chain) == 1 and name in ("getattr", "setattr", "delattr", "hasattr"):
        yield from _by_name(node, name)
    match node.func:
        case ast.Call(func=ast.Name(id="getattr"), args=[_, asked, *_]) if not isinstance(asked, ast.Constant):
            yield Use(power=powers.INSIDE, what="a call of a computed name", line=node.lineno)
        case ast.Attribute(attr=attribute, value=text) if attribute in FORMATS and not isinstance(text, TEXTS):
            yield Use(power=powers.NAMES, what=COMPUTED, line=node.lineno)
        case _:
            pass
    if any(word.arg == "shell" and not _is_false(word.value) for word in node.keywords):
        yield Use(power=powers.SHELL, what="shell=True", line=node.lineno)


def _by_name(node: ast.Call, name: str) -> Iterator[Use]:
    match node.args[1:2]:
        case [ast.Constant(value=str() as attribute)]:
            yield from _named(attribute, node.lineno)
        case _:
            power = powers.NAMES if name in ("getattr", "hasattr") else powers.INSIDE
            yield Use(power=power, what=f"{name} of a computed name", line=node.lineno)


def _writes(node: ast.Call) -> bool:
    """`open` with a mode that writes, or with one that cannot be read here."""
    modes = [word.value for word in node.keywords if word.arg == "mode"] or node.args[1:2]
    if isinstance(node.func, ast.Attribute) and not modes:
        modes = node.args[:1]
    match modes:
        case [ast.Constant(value=str() as mode)]:
            return bool(WRITING & set(mode)) and set(mode) <= set("rwaxbt+U")
        case [ast.Constant()] | []:
            return False
        case _:
            return True


def _is_false(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and not node.value


def _text(text: str, line: int) -> Iterator[Use]:
    """A template or a path of attributes may say in a string what code may not."""
    for word in DUNDER.findall(text):
        if word not in powers.HARMLESS_DUNDERS:
            yield Use(power=_of_dunder(word), what=f"{word} in a text", line=line)


def _handler(node: ast.ExceptHandler) -> Iterator[Use]:
    """Broad, and what was raised is neither raised again nor looked at."""
    named = node.type is None or (_chain(node.type) or ("",))[-1] in ("Exception", "BaseException")
    looked_at = any(
        isinstance(each, ast.Raise) or (isinstance(each, ast.Name) and each.id == node.name)
        for statement in node.body
        for each in ast.walk(statement)
    )
    if named and not looked_at:
        yield Use(power=powers.SWALLOWS, what=ast.unparse(node).partition(":")[0], line=node.lineno)


def _suppressions(source: bytes) -> Iterator[Use]:
    try:
        tokens = list(tokenize.tokenize(io.BytesIO(source).readline))
    except (tokenize.TokenError, SyntaxError) as error:
        raise SyntaxError(str(error)) from error
    for token in tokens:
        if token.type == tokenize.COMMENT:
            words = powers.ONE_RULE.sub("", token.string.lower())
            for mark in powers.SUPPRESSIONS:
                if mark.lower() in words:
                    yield Use(power=powers.SILENCES, what=mark, line=token.start[0])
                    break
